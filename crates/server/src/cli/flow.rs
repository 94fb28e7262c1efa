//! What is to become of a flow's events: taken and run, taken and kept waiting, or refused.

use super::client::Remote;
use super::settings::Place;
use crate::wire;
use anyhow::bail;
use api::FlowState;
use clap::Subcommand;
use engine::{Clock, SystemClock};
use http::Method;
use model::FlowId;
use std::process::ExitCode;
use store::{Accounts, AuditEntry, Flows};

const BY: &str = "cli";

#[derive(Subcommand)]
pub enum Flow {
    /// Take events and let their runs wait; runs that have begun go on.
    Hold(Which),
    /// Refuse events with 503, and let schedules rest.
    Pause(Which),
    /// Take events and run them, those first that waited.
    Release(Which),
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
