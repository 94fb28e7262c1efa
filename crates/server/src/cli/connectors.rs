//! Connectors: what there is, and those that are made of API documents.

use super::client::{Client, Remote};
use super::files::read;
use crate::imported;
use anyhow::{Context, bail};
use api::{ConnectorInfo, ConnectorList, OperationInfo};
use clap::Subcommand;
use http::Method;
use model::EffectRule;
use openapi::limits::DOCUMENT_BYTES_MAX;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    list: List,
}

/// Without a server, the connectors that are built in.
#[derive(clap::Args)]
struct List {
    /// Print them as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Subcommand)]
enum What {
    /// Make a connector of an API document on a running server, or make it anew.
    Import(Import),
    /// Give out a connector that was imported, for another server.
    Export(Export),
}

#[derive(clap::Args)]
struct Import {
    /// An OpenAPI or Swagger document in JSON or YAML, or what `export` gave; an address is fetched by the server.
    #[arg(value_name = "FILE|URL")]
    from: String,
    /// The connector's id; one is made of the document's title where there is none.
    #[arg(long)]
    id: Option<String>,
    /// Only operations with this tag; may be given several times.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    #[command(flatten)]
    remote: Remote,
}

#[derive(clap::Args)]
struct Export {
    /// The connector's id.
    id: String,
    #[command(flatten)]
    remote: Remote,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.what {
        None => list(args.list).await,
        Some(What::Import(import)) => take_in(import).await,
        Some(What::Export(Export { id, remote })) => {
            let path = api::path::CONNECTOR_DOCUMENT.replace("{id}", &id);
            let answer = server(&remote)?.send(Method::GET, &path, None).await?;
            std::io::stdout().lock().write_all(&answer.body)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn server(remote: &Remote) -> anyhow::Result<Client> {
    remote
        .client()?
        .context("this is for a running server: give --url and --token, or KHLONG_URL and KHLONG_TOKEN")
}

async fn list(args: List) -> anyhow::Result<ExitCode> {
    let all: ConnectorList = match args.remote.client()? {
        Some(client) => client.get(api::path::CONNECTORS).await?,
        None => imported::list(catalog::all().specs(), |_| false),
    };
    if args.json {
        super::print_json(&serde_json::to_value(&all)?)?;
    } else {
        all.connectors.iter().for_each(tell);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(connector: &ConnectorInfo) {
    let made = if connector.imported { ", imported" } else { "" };
    println!("{}: {}{made}", connector.id, connector.title.en);
    connector.operations.iter().for_each(tell_operation);
}

/// An exclamation mark is for a field that has to be there.
fn tell_operation(operation: &OperationInfo) {
    let rule = operation.effect.map(|rule| format!(", {}", word(rule))).unwrap_or_default();
    let kind = serde_json::to_value(operation.kind).unwrap_or_default();
    println!("  {} ({}{rule}): {}", operation.id, kind.as_str().unwrap_or_default(), operation.title.en);
    let name = |field: &api::FieldInfo| format!("{}{}", field.name, if field.required { "!" } else { "" });
    let fields: Vec<String> = operation.fields.iter().map(name).collect();
    if !fields.is_empty() {
        println!("      {}", fields.join(" "));
    }
}

/// What is done where nobody knows whether a call was carried out.
fn word(rule: EffectRule) -> &'static str {
    match rule {
        EffectRule::Read => "reads",
        EffectRule::Idempotent => "sent again under the same key",
        EffectRule::Probe => "asked for before it is sent again",
        EffectRule::Ask => "a person decides",
    }
}

async fn take_in(args: Import) -> anyhow::Result<ExitCode> {
    let client = server(&args.remote)?;
    let is_url = ["http://", "https://"].iter().any(|start| args.from.starts_with(start));
    let (document, url) = match is_url {
        true => (None, Some(args.from)),
        false => (Some(document(Path::new(&args.from))?), None),
    };
    let id = match args.id {
        Some(id) => id,
        None => {
            let asked = api::PreviewConnector {
                document: document.clone(),
                url: url.clone(),
                id: None,
                tags: args.tag.clone(),
            };
            let preview = client.post::<api::ConnectorPreview>(api::path::CONNECTORS_PREVIEW, body(&asked)?);
            preview.await?.spec.id
        }
    };
    let save = api::SaveConnector { document, url, tags: args.tag, title: None, operations: Vec::new() };
    let saved: api::SavedConnector =
        client.put(&api::path::CONNECTOR.replace("{id}", &id), body(&save)?).await?;
    for note in &saved.notes {
        eprintln!(
            "{} at {}: {}",
            note.weight,
            if note.at.is_empty() { "/" } else { &note.at },
            note.message.en
        );
    }
    let what = if saved.created { "new" } else { "imported anew" };
    println!(
        "{}: {what}, {} operations, {} added, {} removed",
        saved.id,
        saved.operations,
        saved.added.len(),
        saved.removed.len()
    );
    Ok(ExitCode::SUCCESS)
}

fn body(value: &impl serde::Serialize) -> anyhow::Result<bytes::Bytes> {
    Ok(serde_json::to_vec(value)?.into())
}

fn document(file: &Path) -> anyhow::Result<String> {
    let bytes = read(file)?;
    if bytes.len() > DOCUMENT_BYTES_MAX {
        bail!("{} is larger than {} MB", file.display(), DOCUMENT_BYTES_MAX >> 20);
    }
    String::from_utf8(bytes).with_context(|| format!("{} is no text in UTF-8", file.display()))
}
