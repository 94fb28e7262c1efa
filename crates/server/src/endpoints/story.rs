//! Everything that happened to one ordering key, over all flows.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::Asked;
use super::pages;
use super::runs::{flow_names, parse_id};
use crate::auth::{Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::links::Links;
use crate::story::{EVENTS_MAX, Run};
use crate::{App, live};
use api::{Story, StoryEvent};
use axum::Json;
use axum::extract::State;
use model::FlowDocument;
use serde::Deserialize;
use std::collections::HashMap;
use store::{InboxFilter, InboxRow, KeyFilter, Ms, RetryRow, RunFilter, RunId, RunSummaryRow, Status};
use utoipa::IntoParams;

/// Runs whose steps are looked at for one page.
const RUNS_MAX: usize = 20;
const KEY_BYTES_MAX: usize = 1_024;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The ordering key, as flows' `order_by` gave it.
    key: String,
    /// Only runs older than this one: `next` of the page before.
    before: Option<String>,
}

/// What happened to one ordering key, in order of time.
#[utoipa::path(get, path = api::path::ORDER, tag = "orders", params(Which),
    responses((status = 200, description = "What happened, of the newest runs or of those before", body = Story), AnyFailure))]
pub async fn show(
    State(app): State<App>,
    _: Require<Viewer>,
    Asked(which): Asked<Which>,
) -> Result<Json<Story>, Failure> {
    if which.key.is_empty() || which.key.len() > KEY_BYTES_MAX {
        return Err(Failure::bad_request(format!("`key` has from 1 to {KEY_BYTES_MAX} bytes")));
    }
    let before = which.before.as_deref().map(parse_id).transpose()?;
    let filter = RunFilter {
        key: Some(KeyFilter::Is(which.key.clone())),
        before,
        limit: RUNS_MAX,
        ..RunFilter::default()
    };
    let rows = app.store().runs(filter).await?;
    let next = pages::next(&rows, RUNS_MAX, |row| row.id);
    let retries = retries(&app, &rows).await?;
    let (mut events, mut shortened) = (Vec::new(), false);
    for row in &rows {
        shortened |= tell(&app, row, retries.get(&row.id), &mut events).await?;
    }
    events.sort_by_key(|event| event.at.unwrap_or(Ms::MAX));
    let (names, links) = (flow_names(&app).await?, Links::of(app.store(), &rows).await?);
    let runs = rows.iter().map(|row| live::summary(app.engine(), row, &names, &links)).collect();
    Ok(Json(Story { key: which.key, events, runs, next, shortened }))
}

/// By the run that retries.
async fn retries(app: &App, rows: &[RunSummaryRow]) -> Result<HashMap<RunId, RetryRow>, store::Error> {
    let runs: Vec<RunId> = rows.iter().map(|row| row.id).collect();
    let rows = app.store().retries_by(&runs).await?;
    Ok(rows.into_iter().map(|row| (row.by_run, row)).collect())
}

/// Adds what happened in a run; says whether something is left out. One that has gone meanwhile has nothing to tell.
async fn tell(
    app: &App,
    row: &RunSummaryRow,
    retries: Option<&RetryRow>,
    events: &mut Vec<StoryEvent>,
) -> Result<bool, Failure> {
    let Some(view) = app.engine().inspect(row.id).await? else { return Ok(false) };
    let unreadable = |error| store::Error::Unreadable(format!("run {}: {error}", row.id));
    let document: FlowDocument = serde_json::from_str(&view.version.logic).map_err(unreadable)?;
    let record = match view.summary.status {
        Some(Status::Failed) => record(app, row.id).await?,
        _ => None,
    };
    let run = Run {
        summary: &view.summary,
        trigger_node: &view.trigger_node,
        trigger: &view.trigger,
        steps: &view.steps,
        document: &document,
        retries,
        record: record.as_ref(),
    };
    let told = run.tell(app.catalog().specs());
    let shortened = view.truncated || told.len() > EVENTS_MAX;
    events.extend(told.into_iter().take(EVENTS_MAX));
    Ok(shortened)
}

async fn record(app: &App, run: RunId) -> Result<Option<InboxRow>, store::Error> {
    let one = InboxFilter { after: Some(run - 1), before: Some(run + 1), limit: 1, ..InboxFilter::default() };
    Ok(app.store().inbox(one).await?.into_iter().next())
}
