//! Flows: listed, imported, exported, paused, started by hand.

use super::body::{self, Body, Raw};
use super::drafts;
use crate::auth::{Editor, Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::{App, flows, wire};
use api::{
    FlowDetail, FlowList, FlowSummary, Imported, ScheduleInfo, SetFlowState, StartRun, Started, WebhookInfo,
};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use engine::Trace;
use model::{FlowDocument, FlowId, NodeId, Problem};
use serde::Deserialize;
use serde_json::value::RawValue;
use store::{FlowKey, FlowRow, FlowTotals};

/// All flows with how they fared, and what is being worked on.
#[utoipa::path(get, path = api::path::FLOWS, tag = "flows",
    responses((status = 200, description = "All flows", body = FlowList), AnyFailure))]
pub async fn list(State(app): State<App>, _: Require<Viewer>) -> Result<Json<FlowList>, Failure> {
    let totals = app.store().flow_totals().await?;
    let rows = app.store().flows().await?;
    let flows = rows.iter().map(|row| {
        let document = wire::document(row)?;
        Ok(wire::flow(row, &document, totals_of(&totals, row.key)))
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
    let summary = summary(&app, &row, &document).await?;
    let webhooks = webhooks(&app, &document);
    let schedules = schedules(&app, &document);
    Ok(Json(FlowDetail { summary, document, webhooks, schedules }))
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
    app.engine().withdraw(&row.id).await;
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
    let document = wire::document(&row)?;
    Ok(Json(summary(&app, &row, &document).await?))
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

async fn summary(app: &App, row: &FlowRow, document: &FlowDocument) -> Result<FlowSummary, Failure> {
    let totals = app.store().flow_totals().await?;
    Ok(wire::flow(row, document, totals_of(&totals, row.key)))
}

fn totals_of(all: &[(FlowKey, FlowTotals)], flow: FlowKey) -> FlowTotals {
    let found = all.iter().find(|(key, _)| *key == flow);
    found.map(|(_, totals)| *totals).unwrap_or_default()
}

fn webhooks(app: &App, document: &FlowDocument) -> Vec<WebhookInfo> {
    let of = |node: &model::Node| {
        let path = app.catalog().webhook(&node.operation)?.path(&node.with)?;
        let url = format!("{}/hooks/{path}", app.base_url());
        Some(WebhookInfo { node: node.id.clone(), url })
    };
    document.nodes.iter().filter_map(of).collect()
}

fn schedules(app: &App, document: &FlowDocument) -> Vec<ScheduleInfo> {
    let next = app.engine().next_times(&document.id).into_iter();
    let mut schedules: Vec<_> = next.map(|(node, next_at)| ScheduleInfo { node, next_at }).collect();
    schedules.sort_by(|a, b| a.node.cmp(&b.node));
    schedules
}
