//! Flow files: checked, taken in, given out.

use super::client::{Client, Refused, Remote};
use super::moving;
use super::settings::Place;
use crate::imported::ImportedConnectors;
use crate::vault::Vault;
use crate::{flows, wire};
use anyhow::{Context, bail};
use connector::Catalog;
use engine::{Clock, SystemClock};
use model::{FlowDocument, FlowId, Problem, Surroundings};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

const BY: &str = "cli";

#[derive(clap::Args)]
pub struct Validate {
    /// Flow files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print the problems as JSON.
    #[arg(long)]
    json: bool,
    /// A data folder whose imported connectors are known, too. Nothing in it changes, whether a server runs or not.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Import {
    /// Flow files, and workflows exported from n8n: those become drafts, with a report.
    #[arg(required_unless_present = "all")]
    files: Vec<PathBuf>,
    /// Fill a new store with all that `khlong export --all` wrote: flows, secrets as they are sealed, accounts, runs.
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    all: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    remote: Remote,
}

#[derive(clap::Args)]
pub struct Export {
    /// A flow's id; all flows where there is none.
    id: Option<String>,
    /// The folder to write files into; a single flow goes to stdout without it.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write everything the store holds to one file, to go on with it elsewhere. No server may be running.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["id", "out"])]
    all: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    remote: Remote,
}

/// Away from a server nobody knows which connections there are, so names of connections are not checked.
pub async fn validate(args: &Validate) -> anyhow::Result<ExitCode> {
    let (catalog, scripts) = (catalog(args.data.as_deref()).await?, scripts());
    let mut good = true;
    let mut all = serde_json::Map::new();
    for file in &args.files {
        let checked = flows::check(&read(file)?, catalog.specs(), |_| Surroundings::default(), &scripts);
        good &= checked.is_ok();
        let problems = checked.map_or_else(|problems| problems, |checked| checked.warnings);
        match args.json {
            true => drop(all.insert(file.display().to_string(), serde_json::to_value(&problems)?)),
            false => tell(file, &problems),
        }
    }
    if args.json {
        super::print_json(&all.into())?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub async fn import(args: Import) -> anyhow::Result<ExitCode> {
    if let Some(file) = &args.all {
        return moving::import(&args.place, file).await;
    }
    match args.remote.client()? {
        Some(client) => import_there(&client, &args.files).await,
        None => import_here(&args.place, &args.files).await,
    }
}

async fn import_there(client: &Client, files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut good = true;
    for file in files {
        if n8n::is_n8n(&read(file)?) {
            good &= draft_there(client, file).await?;
            continue;
        }
        match client.post::<api::Imported>(api::path::FLOWS, read(file)?.into()).await {
            Ok(imported) => done(file, &imported),
            Err(error) => {
                let Refused(body) = error.downcast::<Refused>()?;
                eprintln!("{}: {} {}", file.display(), body.code, body.message);
                tell(file, &body.problems);
                good = false;
            }
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn import_here(place: &Place, files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let settings = place.settings();
    let store = settings.open_store().await?.store();
    let vault = Vault::open(store.clone(), &settings.master_key()?, model::Value::Null).await?;
    let (catalog, scripts) = (ImportedConnectors::read(&*store).await?.now(), scripts());
    let mut good = true;
    for file in files {
        if n8n::is_n8n(&read(file)?) {
            good &= draft_here(&*store, file).await?;
            continue;
        }
        let others = flows::stored(&*store).await?;
        let around = |document: &FlowDocument| Surroundings {
            connections_known: true,
            connections: vault.connectors(),
            paths: flows::paths(&catalog, others.iter().filter(|other| other.id != document.id)),
            buffers: None,
        };
        let checked = match flows::check(&read(file)?, catalog.specs(), around, &scripts) {
            Ok(checked) => checked,
            Err(problems) => {
                tell(file, &problems);
                good = false;
                continue;
            }
        };
        let before = store.flow(&checked.document.id).await?;
        let row = store.save_flow(flows::save(&checked.document, SystemClock.now(), BY)).await?;
        done(file, &flows::imported(before.as_ref(), &row, checked.warnings));
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub async fn export(args: Export) -> anyhow::Result<ExitCode> {
    if let Some(file) = &args.all {
        return moving::export(&args.place, file).await;
    }
    let documents = match args.remote.client()? {
        Some(client) => documents_there(&client, args.id.as_deref()).await?,
        None => documents_here(&args.place, args.id.as_deref()).await?,
    };
    match (&args.out, &*documents) {
        (Some(folder), _) => {
            std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
            for document in &documents {
                let file = folder.join(format!("{}.json", document.id));
                std::fs::write(&file, document.to_text())
                    .with_context(|| format!("writing {}", file.display()))?;
                eprintln!("{}", file.display());
            }
        }
        (None, [document]) => print!("{}", document.to_text()),
        (None, _) => bail!("there are {} flows: name one, or a folder with --out", documents.len()),
    }
    Ok(ExitCode::SUCCESS)
}

async fn documents_there(client: &Client, id: Option<&str>) -> anyhow::Result<Vec<FlowDocument>> {
    let ids: Vec<String> = match id {
        Some(id) => vec![id.to_owned()],
        None => client
            .get::<api::FlowList>(api::path::FLOWS)
            .await?
            .flows
            .iter()
            .map(|flow| flow.id.to_string())
            .collect(),
    };
    let mut documents = Vec::with_capacity(ids.len());
    for id in ids {
        documents.push(client.get(&api::path::FLOW_EXPORT.replace("{id}", &id)).await?);
    }
    Ok(documents)
}

async fn documents_here(place: &Place, id: Option<&str>) -> anyhow::Result<Vec<FlowDocument>> {
    let store = place.settings().open_existing_store().await?.store();
    match id {
        None => Ok(flows::stored(&*store).await?),
        Some(id) => {
            let row = store::Flows::flow(&*store, &FlowId::from(id)).await?;
            let row = row.with_context(|| format!("there is no flow {id:?}"))?;
            Ok(vec![wire::document(&row)?])
        }
    }
}

/// What is built in, and what was imported into the store that was named.
pub async fn catalog(data: Option<&Path>) -> anyhow::Result<Arc<Catalog>> {
    let Some(folder) = data else { return Ok(Arc::new(catalog::all())) };
    let store = store_sqlite::SqliteStore::look(folder)?;
    Ok(ImportedConnectors::read(&*store).await?.now())
}

pub fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("reading {}", file.display()))
}

/// Scripts are only compiled here, so no clock is needed.
pub fn scripts() -> script::Engine {
    struct Still;
    impl script::Clock for Still {
        fn now_ms(&self) -> u64 {
            0
        }
    }
    script::Engine::new(script::Limits::default(), Arc::new(Still))
}

pub fn tell(file: &Path, problems: &[Problem]) {
    for problem in problems {
        let kind = if problem.is_error() { "error" } else { "warning" };
        let at = if problem.at.is_empty() { "/" } else { &problem.at };
        eprintln!("{}: {kind} {} at {at}: {}", file.display(), problem.code, problem.message);
        eprintln!("    {}", problem.advice);
    }
}

async fn draft_there(client: &Client, file: &Path) -> anyhow::Result<bool> {
    let list = client.get::<api::FlowList>(api::path::FLOWS).await?;
    let drafts = list.drafts.into_iter().map(|draft| draft.id);
    let taken: Vec<FlowId> = list.flows.into_iter().map(|flow| flow.id).chain(drafts).collect();
    let Some(flows) = from_n8n(file, &taken)? else { return Ok(false) };
    for flow in flows {
        let path = api::path::FLOW_DRAFT.replace("{id}", flow.document.id.as_str());
        let save = api::SaveDraft { document: flow.with_todo_note(false), revision: 0, based_on: 0 };
        client.put::<api::SavedDraft>(&path, serde_json::to_vec(&save)?.into()).await?;
        drafted(&flow);
    }
    Ok(true)
}

async fn draft_here(store: &dyn store::Store, file: &Path) -> anyhow::Result<bool> {
    let drafts = store.drafts().await?.into_iter().map(|draft| draft.flow);
    let taken: Vec<FlowId> =
        flows::stored(store).await?.into_iter().map(|flow| flow.id).chain(drafts).collect();
    let Some(flows) = from_n8n(file, &taken)? else { return Ok(false) };
    for flow in flows {
        let draft = store::SaveDraft {
            flow: flow.document.id.clone(),
            document: serde_json::to_string(&flow.with_todo_note(false))?,
            based_on: 0,
            before: 0,
            at: SystemClock.now(),
            by: BY.to_owned(),
        };
        store.save_draft(draft).await?;
        drafted(&flow);
    }
    Ok(true)
}

/// Workflows of n8n; nothing where the file was refused, which is said.
fn from_n8n(file: &Path, taken: &[FlowId]) -> anyhow::Result<Option<Vec<n8n::Imported>>> {
    match n8n::import_beside(&read(file)?, taken) {
        Ok(flows) => Ok(Some(flows)),
        Err(refused) => {
            eprintln!("{}: {refused}", file.display());
            Ok(None)
        }
    }
}

/// What became of a workflow: a draft, which somebody publishes when it is right.
fn drafted(flow: &n8n::Imported) {
    println!("{}: a draft, from the n8n workflow \"{}\"", flow.document.id, flow.document.name);
    for line in flow.report.to_text(false).lines() {
        println!("  {line}");
    }
}

fn done(file: &Path, imported: &api::Imported) {
    tell(file, &imported.problems);
    let api::Imported { id, version, created, changed, .. } = imported;
    let what = match (created, changed) {
        (true, _) => "new",
        (false, true) => "changed",
        (false, false) => "as it was",
    };
    println!("{id}: version {version}, {what}");
}
