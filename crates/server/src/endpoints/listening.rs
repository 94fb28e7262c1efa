//! Waiting for one event at a trigger's test address.

use super::body::{Body, Path};
use crate::App;
use crate::auth::{Editor, Require};
use crate::failure::{AnyFailure, Failure};
use crate::listening::Heard;
use api::{Listen, Listening};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::FlowId;

/// Waits for the next event at the test address of a trigger, two minutes at most. The event is kept in memory for whoever asked,
/// and starts no run.
#[utoipa::path(post, path = api::path::FLOW_LISTEN, tag = "drafts", params(("id" = String, Path)), request_body = Listen,
    responses((status = 200, description = "Where it is waited for", body = Listening), AnyFailure))]
pub async fn listen(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Body(wanted): Body<Listen>,
) -> Result<Json<Listening>, Failure> {
    let heard = app.listeners().listen(&app, &editor.principal.who, &id, wanted.node)?;
    Ok(Json(told(&app, heard)))
}

/// Whether the event has come.
#[utoipa::path(get, path = api::path::FLOW_LISTEN, tag = "drafts", params(("id" = String, Path)),
    responses((status = 200, description = "The event, or how long it is still waited for", body = Listening), AnyFailure))]
pub async fn heard(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
) -> Result<Json<Listening>, Failure> {
    let heard = app.listeners().heard(app.now(), &editor.principal.who, &id);
    let heard = heard.ok_or_else(|| Failure::not_found("test event that is waited for"))?;
    Ok(Json(told(&app, heard)))
}

/// Waits no longer.
#[utoipa::path(delete, path = api::path::FLOW_LISTEN, tag = "drafts", params(("id" = String, Path)),
    responses((status = 204, description = "Nothing is waited for"), AnyFailure))]
pub async fn stop(State(app): State<App>, editor: Require<Editor>, Path(id): Path<FlowId>) -> StatusCode {
    app.listeners().stop(app.now(), &editor.principal.who, &id);
    StatusCode::NO_CONTENT
}

fn told(app: &App, heard: Heard) -> Listening {
    let left_ms = (heard.until - app.now()).max(0);
    Listening { url: format!("{}/hooks-test/{}", app.base_url(), heard.path), left_ms, event: heard.event }
}
