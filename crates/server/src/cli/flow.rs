//! What is to become of a flow's events: taken and run, taken and kept waiting, or refused.

use super::client::Remote;
use super::settings::Place;
use crate::{flows, stage, wire};
use anyhow::{Context, bail};
use api::{FlowState, SetStage};
use clap::Subcommand;
use engine::{Clock, SystemClock};
use http::Method;
use model::{Canary, FlowDocument, FlowId, Mode};
use std::process::ExitCode;
use store::{Accounts, AuditEntry, DraftRow, Flows, SaveDraft, SaveFlow};

const BY: &str = "cli";

#[derive(Subcommand)]
pub enum Flow {
    /// Take events and let their runs wait; runs that have begun go on.
    Hold(Which),
    /// Refuse events with 503, and let schedules rest.
    Pause(Which),
    /// Take events and run them, those first that waited.
    Release(Which),
    /// Go on, or back, with what is really sent: observe, shadow, assist, canary, live.
    Stage(Stage),
}

#[derive(clap::Args)]
pub struct Stage {
    #[command(flatten)]
    which: Which,
    /// How far the flow goes: observe, shadow, assist, canary or live.
    #[arg(long, value_name = "MODE", value_parser = mode)]
    to: Mode,
    /// With canary: so many of a hundred keys are live. Without it and --key, what the flow says.
    #[arg(long, value_name = "N")]
    percent: Option<u8>,
    /// With canary: a key that is live whatever the share; may be given several times.
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,
}

fn mode(text: &str) -> Result<Mode, String> {
    let known = Mode::ALL.into_iter().find(|mode| mode.as_str() == text);
    known.ok_or_else(|| format!("write one of {}", Mode::ALL.map(Mode::as_str).join(", ")))
}

#[derive(clap::Args)]
pub struct Which {
    /// The flow's id.
    id: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    remote: Remote,
}

pub async fn run(flow: Flow) -> anyhow::Result<ExitCode> {
    let (state, which) = match flow {
        Flow::Hold(which) => (FlowState::Held, which),
        Flow::Pause(which) => (FlowState::Paused, which),
        Flow::Release(which) => (FlowState::Live, which),
        Flow::Stage(stage) => return set_stage(stage).await,
    };
    match which.remote.client()? {
        Some(client) => {
            let path = api::path::FLOW_STATE.replace("{id}", &which.id);
            let body = serde_json::to_vec(&api::SetFlowState { state })?;
            client.send(Method::PUT, &path, Some(body.into())).await?;
        }
        None => set_here(&which, state).await?,
    }
    println!("{}: {}", which.id, state.as_str());
    Ok(ExitCode::SUCCESS)
}

/// Processes that work on the same database learn of it from there.
async fn set_here(which: &Which, state: FlowState) -> anyhow::Result<()> {
    let store = which.place.settings().open_existing_store().await?.store();
    let (id, now) = (FlowId::from(which.id.as_str()), SystemClock.now());
    if !Flows::set_flow_state(&*store, &id, wire::stored_flow_state(state), now).await? {
        bail!("there is no flow {:?}", which.id);
    }
    let what = format!("flow.{}", state.as_str());
    let entry = AuditEntry { at: now, who: BY.into(), what, on: which.id.clone() };
    Ok(Accounts::audit(&*store, entry).await?)
}

async fn set_stage(Stage { which, to, percent, keys }: Stage) -> anyhow::Result<ExitCode> {
    let said = percent.is_some() || !keys.is_empty();
    let canary = said.then(|| Canary { percent: percent.unwrap_or_default(), keys });
    let wanted = SetStage { mode: to, canary };
    match which.remote.client()? {
        Some(client) => {
            let path = api::path::FLOW_STAGE.replace("{id}", &which.id);
            client.send(Method::PUT, &path, Some(serde_json::to_vec(&wanted)?.into())).await?;
        }
        None => set_stage_here(&which, &wanted).await?,
    }
    println!("{}: {}", which.id, to.as_str());
    Ok(ExitCode::SUCCESS)
}

/// The draft gets the same, so that publishing it does not take it back.
async fn set_stage_here(which: &Which, wanted: &SetStage) -> anyhow::Result<()> {
    let store = which.place.settings().open_existing_store().await?.store();
    let (id, now) = (FlowId::from(which.id.as_str()), SystemClock.now());
    let row = Flows::flow(&*store, &id).await?;
    let row = row.with_context(|| format!("there is no flow {:?}", which.id))?;
    let mut document = wire::document(&row)?;
    stage::apply(wanted, &mut document);
    let problems = stage::problems(&document, catalog::all().specs(), &super::files::scripts());
    if let Some(problem) = problems.first() {
        bail!("{} {}. {}", problem.code, problem.message, problem.advice);
    }
    let over = Some((row.version, row.updated_at));
    store.save_flow(SaveFlow { over, ..flows::save(&document, now, BY) }).await?;
    let (what, on) = (stage::word(wanted.mode), stage::on(&document));
    Accounts::audit(&*store, AuditEntry { at: now, who: BY.into(), what, on }).await?;
    if let Some(draft) = store.draft(&id).await? {
        let mut document: FlowDocument = serde_json::from_str(&draft.document)?;
        stage::apply(wanted, &mut document);
        let document = serde_json::to_string(&document)?;
        let DraftRow { based_on, saved_at, saved_by, revision, .. } = draft;
        let save = SaveDraft { flow: id, document, based_on, before: revision, at: saved_at, by: saved_by };
        store.save_draft(save).await?;
    }
    Ok(())
}
