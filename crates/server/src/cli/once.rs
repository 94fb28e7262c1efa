//! `khlong run`: one flow, once, in a store that is thrown away.

use super::files::read;
use super::settings::{Outgoing, RunRoom, read_text};
use crate::endpoints::connections;
use crate::failure::Failure;
use crate::{App, Settings, flows, live, wire};
use anyhow::{Context, anyhow};
use api::SaveConnection;
use model::{FlowId, NodeId, Value};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use store::RunId;

const BY: &str = "cli";
/// A run that changes nothing for so long is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

#[derive(clap::Args)]
pub struct Args {
    /// The flow file.
    flow: PathBuf,
    /// What the trigger shall have received, as a JSON file.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// The trigger to start at, where the flow has several.
    #[arg(long, value_name = "NODE")]
    node: Option<String>,
    /// Connections by name, as a JSON file: {"erp": {"connector", "fields", "secrets"}}.
    #[arg(long, value_name = "FILE")]
    connections: Option<PathBuf>,
    #[command(flatten)]
    outgoing: Outgoing,
    #[command(flatten)]
    run_room: RunRoom,
}

/// Prints how the run went as JSON; the exit code says whether it is done.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir().context("making a temporary folder")?;
    let mut settings = Settings::new(folder.path(), "http://localhost");
    settings.allow_network_dir = true;
    args.outgoing.apply(&mut settings)?;
    args.run_room.apply(&mut settings);
    let app = App::open(&settings).await?;
    if let Some(file) = &args.connections {
        connect(&app, file).await?;
    }
    let imported = flows::import(&app, &read(&args.flow)?, BY).await.map_err(Failure::into_error)?;
    let input = match &args.input {
        Some(file) => serde_json::from_str(&read_text(file)?)
            .with_context(|| format!("{} is not JSON", file.display()))?,
        None => Value::Null,
    };
    let run = start(&app, &imported.id, args.node.as_deref(), input).await?;
    let done = settle(&app, run).await?;
    app.close(LOOK_AGAIN).await;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn connect(app: &App, file: &Path) -> anyhow::Result<()> {
    let all: BTreeMap<String, SaveConnection> =
        serde_json::from_str(&read_text(file)?).with_context(|| format!("reading {}", file.display()))?;
    for (name, connection) in all {
        connections::put(app, &name, connection, BY).await.map_err(Failure::into_error)?;
    }
    Ok(())
}

async fn start(app: &App, flow: &FlowId, node: Option<&str>, input: Value) -> anyhow::Result<RunId> {
    let node = node.map(NodeId::from);
    if let Some(node) = &node {
        let row = app.store().flow(flow).await?.context("the flow is gone")?;
        let document = wire::document(&row)?;
        flows::check_start(app.catalog().specs(), &document, node).map_err(Failure::into_error)?;
    }
    let received = app.engine().start_run(flow, node.as_ref(), input).await?;
    Ok(received.run)
}

async fn settle(app: &App, run: RunId) -> anyhow::Result<bool> {
    let mut changes = app.engine().watch();
    loop {
        let view = app.engine().inspect(run).await?.context("the run is gone")?;
        if let Some(status) = view.summary.status {
            let state = wire::ended(status);
            let summary = &view.summary;
            let outcome = json!({
                "run": run.to_string(), "state": state.as_str(), "error": summary.error, "error_node": summary.error_node,
                "error_code": summary.error_code, "steps": view.steps,
            });
            println!("{}", serde_json::to_string_pretty(&outcome)?);
            return Ok(state == api::RunState::Done);
        }
        if view.state.is_some_and(|state| live::state(state) == api::RunState::Unknown) {
            return Err(anyhow!("nobody knows whether a step was done; a person would have to decide"));
        }
        if view.state.is_some_and(|state| live::state(state) == api::RunState::Proposed) {
            return Err(anyhow!("a write waits for a person's yes, and here is nobody to say it"));
        }
        // Whatever changed: look. Nothing to hear is no failure either.
        let _ = tokio::time::timeout(LOOK_AGAIN, changes.recv()).await;
    }
}
