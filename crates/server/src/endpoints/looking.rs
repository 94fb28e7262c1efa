//! Triggers that ask their systems now and then are told to ask at once.

use super::body::{Body, Path};
use super::flows::{find, sources};
use crate::App;
use crate::auth::{Operator, Require};
use crate::failure::{AnyFailure, Failure};
use crate::wire;
use api::{LookNow, SourceInfo};
use axum::Json;
use axum::extract::State;
use model::FlowId;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "{0:?} asks nobody: the flow is paused, the node is no such trigger, or another process serves it"
    )]
    NotServed(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::conflict(error.to_string()).advice("Publish or resume the flow, and wait for its next look.")
    }
}

/// Lets a trigger ask its system at once, and gives how it is getting on: what it brings comes a little later.
#[utoipa::path(post, path = api::path::FLOW_LOOK, tag = "flows", params(("id" = String, Path)), request_body = LookNow,
    responses((status = 200, description = "The trigger, about to ask", body = SourceInfo), AnyFailure))]
pub async fn look(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(id): Path<FlowId>,
    Body(LookNow { node }): Body<LookNow>,
) -> Result<Json<SourceInfo>, Failure> {
    let row = find(&app, id.as_str()).await?;
    let not_served = || Error::NotServed(node.to_string());
    if !app.engine().look_now(row.key, &node) {
        return Err(not_served().into());
    }
    app.audit(&operator.principal.who, "flow.look", format!("{id}/{node}")).await;
    let now = sources(&app, row.key, &wire::document(&row)?);
    let source = now.into_iter().find(|source| source.node == node).ok_or_else(not_served)?;
    Ok(Json(source))
}
