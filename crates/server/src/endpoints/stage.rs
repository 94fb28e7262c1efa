//! How far a flow goes with its effects, set without opening it: forward step by step, and back by one word.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{Body, Path};
use super::{both, flows as flow_endpoints};
use crate::auth::{Editor, Require};
use crate::failure::{AnyFailure, Failure};
use crate::{App, flows, stage};
use api::{FlowSummary, SetStage};
use axum::Json;
use axum::extract::State;
use model::{FlowDocument, FlowId};

/// Lets a flow observe, shadow, assist, be a canary or live from now on, as a version of its own. Runs that have begun go no
/// further than the new mode, either. The draft gets the same, so that publishing it does not take it back.
#[utoipa::path(put, path = api::path::FLOW_STAGE, tag = "flows", params(("id" = String, Path)), request_body = SetStage,
    responses((status = 200, description = "The flow as it is now", body = FlowSummary), AnyFailure))]
pub async fn set_stage(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Body(wanted): Body<SetStage>,
) -> Result<Json<FlowSummary>, Failure> {
    let who = &editor.principal.who;
    let _turn = app.importing().await;
    let not_found = || Failure::not_found(format_args!("flow {id:?}"));
    let mut document = crate::wire::document(&app.store().flow(&id).await?.ok_or_else(not_found)?)?;
    stage::apply(&wanted, &mut document);
    let problems = stage::problems(&document, app.catalog().specs(), app.engine().scripts());
    if !problems.is_empty() {
        return Err(flows::refused(problems));
    }
    let change = |document: &mut FlowDocument| stage::apply(&wanted, document);
    // The flow first: whatever becomes of the draft, nothing more is to be sent.
    let row = both::change_flow(&app, &id, who, change).await?.ok_or_else(not_found)?;
    app.audit(who, &stage::word(wanted.mode), stage::on(&document)).await;
    app.engine().deploy(row.clone()).await?;
    app.hub().flow_changed(&id);
    both::change_draft(&app, &id, change).await?;
    Ok(Json(flow_endpoints::summary(&app, &row).await?))
}
