//! Flows: listed, imported, exported, paused, started by hand.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{self, Asked, Body, Path, Raw};
use super::drafts;
use crate::auth::{Editor, Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::overview::Overview;
use crate::series::{self, Sparks};
use crate::{App, flows, wire};
use api::{
    FlowDetail, FlowList, FlowSeries, FlowSummary, Imported, ScheduleInfo, SetFlowState, SourceFailing,
    SourceInfo, StartRun, Started, WebhookInfo,
};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use engine::Trace;
use model::{FlowDocument, FlowId, NodeId, Problem};
use serde::Deserialize;
use serde_json::value::RawValue;
use store::{FlowRow, Grain, SlotFilter};
use utoipa::IntoParams;

const SERIES_HOURS_MAX: u32 = 8 * 24;

/// All flows with how they fared, and what is being worked on.
#[utoipa::path(get, path = api::path::FLOWS, tag = "flows",
    responses((status = 200, description = "All flows", body = FlowList), AnyFailure))]
pub async fn list(State(app): State<App>, _: Require<Viewer>) -> Result<Json<FlowList>, Failure> {
    let overview = Overview::load(app.store()).await?;
    let rows = app.store().flows().await?;
    let mut sparks = Sparks::read(app.store(), app.now()).await?;
    let flows = rows.iter().map(|row| {
        let summary = overview.summary(row, app.engine())?;
        Ok(FlowSummary { spark: sparks.take(row.key), ..summary })
    });
    let flows = flows.collect::<Result<_, store::Error>>()?;
    Ok(Json(FlowList { flows, drafts: drafts::summaries(&app).await? }))
}

/// Imports a flow file: as a new flow, or as a new version of the one with its id. Refused as a whole where anything is wrong.
#[utoipa::path(post, path = api::path::FLOWS, tag = "flows", request_body = Object,
    responses((status = 200, description = "What the import did, and warnings", body = Imported), AnyFailure))]
pub async fn import(
    State(app): State<App>,
    editor: Require<Editor>,
    Raw(text): Raw,
) -> Result<Json<Imported>, Failure> {
    flows::import(&app, &text, &editor.principal.who).await.map(Json)
}

/// Says what is wrong with a flow file and saves nothing.
#[utoipa::path(post, path = api::path::FLOW_CHECK, tag = "flows", request_body = Object,
    responses((status = 200, description = "All problems; none of them an error where the flow could be imported", body = Vec<Object>), AnyFailure))]
pub async fn check(State(app): State<App>, _: Require<Viewer>, Raw(text): Raw) -> Json<Vec<Problem>> {
    Json(match flows::check_here(&app, &text) {
        Ok(checked) => checked.warnings,
        Err(problems) => problems,
    })
}

/// One flow with its document and where its triggers listen.
#[utoipa::path(get, path = api::path::FLOW, tag = "flows", params(("id" = String, Path)),
    responses((status = 200, description = "The flow", body = FlowDetail), AnyFailure))]
pub async fn show(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<String>,
) -> Result<Json<FlowDetail>, Failure> {
    let row = find(&app, &id).await?;
    let document = wire::document(&row)?;
    let summary = summary(&app, &row).await?;
    let webhooks = webhooks(&app, &document);
    let schedules = schedules(&app, &document);
    let sources = sources(&app, row.key, &document);
    Ok(Json(FlowDetail { summary, document, webhooks, schedules, sources }))
}

/// Takes a flow away. Refused while it has open runs.
#[utoipa::path(delete, path = api::path::FLOW, tag = "flows", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone"), AnyFailure))]
pub async fn delete(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let _turn = app.importing().await;
    let row = find(&app, &id).await?;
    app.store().delete_flow(&row.id, app.now()).await?;
    if let Some(draft) = app.store().draft(&row.id).await? {
        app.store().discard_draft(&row.id, draft.revision).await?;
    }
    app.store().forget_points(&row.id).await?;
    app.engine().withdraw(&row.id).await;
    app.uses().forget();
    app.audit(&editor.principal.who, "flow.delete", &row.id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// The flow as a file, ready for git.
#[utoipa::path(get, path = api::path::FLOW_EXPORT, tag = "flows", params(("id" = String, Path)),
    responses((status = 200, description = "The flow file", body = Object), AnyFailure))]
pub async fn export(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let row = find(&app, &id).await?;
    let text = wire::document(&row)?.to_text();
    let name = format!("attachment; filename=\"{}.json\"", row.id);
    let headers =
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Lately {
    /// How far back; a day where nothing is said, at most eight.
    hours: Option<u32>,
}

/// A flow's runs per five minutes of late, and how long they took.
#[utoipa::path(get, path = api::path::FLOW_SERIES, tag = "flows", params(("id" = String, Path), Lately),
    responses((status = 200, description = "What ended when", body = FlowSeries), AnyFailure))]
pub async fn series(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<String>,
    Asked(lately): Asked<Lately>,
) -> Result<Json<FlowSeries>, Failure> {
    let row = find(&app, &id).await?;
    let hours = lately.hours.unwrap_or(24).clamp(1, SERIES_HOURS_MAX);
    let now = app.now();
    let since = series::slot_of(now - i64::from(hours) * 3_600_000);
    let which = SlotFilter { flow: Some(row.key), since, until: now + 1 };
    let counts = app.store().slots(which, Grain { slots: 1, by_flow: true }).await?;
    let durations = app.store().durations(which).await?.remove(&row.key).unwrap_or_default();
    let series = series::series(&counts, since, now);
    Ok(Json(FlowSeries { series, took: series::took(&durations) }))
}

/// Pauses a flow, or sets it live again.
#[utoipa::path(put, path = api::path::FLOW_STATE, tag = "flows", params(("id" = String, Path)),
    request_body = SetFlowState, responses((status = 200, description = "The flow as it is now", body = FlowSummary), AnyFailure))]
pub async fn set_state(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<String>,
    Body(wanted): Body<SetFlowState>,
) -> Result<Json<FlowSummary>, Failure> {
    let _turn = app.importing().await;
    let id = find(&app, &id).await?.id;
    let state = wire::stored_flow_state(wanted.state);
    app.store().set_flow_state(&id, state, app.now()).await?;
    let what = format!("flow.{}", wanted.state.as_str());
    app.audit(&editor.principal.who, &what, &id).await;
    let row = find(&app, id.as_str()).await?;
    app.engine().deploy(row.clone()).await?;
    app.hub().flow_changed(&id);
    Ok(Json(summary(&app, &row).await?))
}

/// Starts a run by hand.
#[utoipa::path(post, path = api::path::FLOW_RUNS, tag = "flows", params(("id" = String, Path)),
    request_body = StartRun, responses((status = 202, description = "The run is on disk and will be done", body = Started), AnyFailure))]
pub async fn start(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<(StatusCode, Json<Started>), Failure> {
    let wanted: Start = body::read(&bytes)?;
    let row = find(&app, &id).await?;
    let id = row.id.clone();
    if let Some(node) = &wanted.node {
        flows::check_start(app.catalog().specs(), &wire::document(&row)?, node)?;
    }
    let input = wanted.input(&bytes)?;
    let trace = Trace::of_headers(&headers);
    let received = app.engine().start_run_in_trace(&id, wanted.node.as_ref(), input, trace).await;
    app.room().hear(&received, app.now());
    let received = received?;
    app.audit(&operator.principal.who, "run.start", received.run).await;
    let started = Started { run: received.run.to_string(), duplicate: received.duplicate };
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// `StartRun` with its input left as it came: opened, a long list would take twenty times its length.
#[derive(Deserialize)]
struct Start<'b> {
    #[serde(default)]
    node: Option<NodeId>,
    #[serde(borrow, default)]
    input: Option<&'b RawValue>,
}

impl Start<'_> {
    fn input(&self, body: &Bytes) -> Result<connector::Body, Failure> {
        let Some(input) = self.input else {
            return Ok(model::Value::Null.into());
        };
        let text = body.slice_ref(input.get().as_bytes());
        connector::Body::json(&text)
            .map_err(|error| Failure::bad_request(format!("the input is not JSON: {error}")))
    }
}

pub(super) async fn find(app: &App, id: &str) -> Result<FlowRow, Failure> {
    let row = app.store().flow(&FlowId::from(id)).await?;
    row.ok_or_else(|| Failure::not_found(format_args!("flow {id:?}")))
}

pub(super) async fn summary(app: &App, row: &FlowRow) -> Result<FlowSummary, Failure> {
    Ok(Overview::load(app.store()).await?.summary(row, app.engine())?)
}

fn webhooks(app: &App, document: &FlowDocument) -> Vec<WebhookInfo> {
    let of = |node: &model::Node| {
        let path = app.catalog().webhook(&node.operation)?.path(&node.with)?;
        let url = format!("{}/hooks/{path}", app.base_url());
        Some(WebhookInfo { node: node.id.clone(), url })
    };
    document.nodes.iter().filter_map(of).collect()
}

pub(super) fn sources(app: &App, flow: store::FlowKey, document: &FlowDocument) -> Vec<SourceInfo> {
    let of = |node: &model::Node| {
        let state = app.engine().source_state(flow, &node.id)?;
        let failing = state.failing.map(|failing| SourceFailing {
            since: failing.since,
            tries: failing.tries,
            code: failing.code,
            message: failing.message,
            advice: failing.advice,
        });
        let (answered_at, next_at, events) = (state.answered_at, state.next_at, state.events);
        Some(SourceInfo { node: node.id.clone(), answered_at, next_at, events, failing })
    };
    document.nodes.iter().filter_map(of).collect()
}

fn schedules(app: &App, document: &FlowDocument) -> Vec<ScheduleInfo> {
    let next = app.engine().next_times(&document.id).into_iter();
    let mut schedules: Vec<_> = next.map(|(node, next_at)| ScheduleInfo { node, next_at }).collect();
    schedules.sort_by(|a, b| a.node.cmp(&b.node));
    schedules
}
