//! `khlong doctor`: what an administrator looks at first.

use super::client;
use super::settings::Place;
use crate::vault::Vault;
use crate::{flows, wire};
use model::{FlowDocument, Surroundings};
use std::process::ExitCode;
use store::Store;

/// Below this much free disk the doctor warns.
const FREE_BYTES_MIN: u64 = 1 << 30;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// Only ask a running server whether it is ready, as a container's health check does.
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "http://127.0.0.1:8686")]
    health: Option<String>,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    if let Some(url) = &args.health {
        let url = format!("{}/health/ready", url.trim_end_matches('/'));
        let answer = client::http()?.get(&url).send().await?;
        let ready = answer.status.is_success();
        return Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut report = Report::default();
    examine(&args.place, &mut report).await;
    Ok(if report.bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

#[derive(Default)]
struct Report {
    bad: bool,
}

impl Report {
    fn good(&mut self, what: &str) {
        println!("ok    {what}");
    }

    fn bad(&mut self, what: &str) {
        self.bad = true;
        println!("BAD   {what}");
    }
}

async fn examine(place: &Place, report: &mut Report) {
    let settings = place.settings();
    let storage = match settings.open_store().await {
        Ok(storage) => storage,
        Err(error) => return report.bad(&format!("{error:#}")),
    };
    report.good(&format!("the store in {} opens", storage.place()));
    let store = storage.store();
    disk(&*store, report).await;
    let master = match settings.master_key() {
        Ok(master) => master,
        Err(error) => return report.bad(&error.to_string()),
    };
    match Vault::open(store.clone(), &master, model::Value::Null).await {
        Ok(vault) => {
            report.good("the secrets of all connections can be opened");
            check_flows(&*store, &vault, report).await;
        }
        Err(error) => report.bad(&error.to_string()),
    }
    match store.users().await {
        Ok(users) if users.is_empty() => {
            report.bad("nobody has an account yet: open the web page and create the owner")
        }
        Ok(users) => report.good(&format!("{} accounts", users.len())),
        Err(error) => report.bad(&error.to_string()),
    }
}

async fn disk(store: &dyn Store, report: &mut Report) {
    match store.size().await {
        Ok(size) if size.free_disk_bytes < FREE_BYTES_MIN => {
            report.bad(&format!("only {} MB free on the disk", size.free_disk_bytes >> 20));
        }
        // A database's disk is another machine's.
        Ok(size) if size.free_disk_bytes == u64::MAX => {
            report.good(&format!("{} MB of data", size.bytes >> 20))
        }
        Ok(size) => {
            report.good(&format!("{} MB of data, {} MB free", size.bytes >> 20, size.free_disk_bytes >> 20))
        }
        Err(error) => report.bad(&error.to_string()),
    }
}

async fn check_flows(store: &dyn Store, vault: &Vault, report: &mut Report) {
    let rows = match store.flows().await {
        Ok(rows) => rows,
        Err(error) => return report.bad(&error.to_string()),
    };
    let (catalog, scripts) = (catalog::all(), super::files::scripts());
    let documents: Vec<FlowDocument> = rows.iter().filter_map(|row| wire::document(row).ok()).collect();
    if documents.len() < rows.len() {
        report.bad("some flows cannot be read");
    }
    for document in &documents {
        let others = documents.iter().filter(|other| other.id != document.id);
        let around = Surroundings {
            connections_known: true,
            connections: vault
                .list()
                .into_iter()
                .map(|(name, (held, _))| (name, held.connector.clone()))
                .collect(),
            paths: flows::paths(&catalog, others),
        };
        let problems = model::validate(document, catalog.specs(), &around, &scripts);
        match problems.iter().find(|problem| problem.is_error()) {
            None => report.good(&format!("flow {}", document.id)),
            Some(problem) => report.bad(&format!("flow {}: {problem}", document.id)),
        }
    }
}
