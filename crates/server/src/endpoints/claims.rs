//! Claims: who does an order by hand, so that its flow does not.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{Asked, Body, Path};
use crate::auth::{Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::{App, codes};
use api::{ClaimInfo, ClaimKey, ClaimList};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::FlowId;
use serde::Deserialize;
use store::{ClaimRow, Claimed};
use utoipa::IntoParams;

/// Longer ones are no numbers of orders.
const KEY_CHARS_MAX: usize = 2_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// An ordering key, such as an order's number.
    key: Option<String>,
}

/// What people do by hand, the newest first; of a key, whoever has it, also the flow.
#[utoipa::path(get, path = api::path::FLOW_CLAIMS, tag = "flows", params(("id" = String, Path), Which),
    responses((status = 200, description = "The claims", body = ClaimList), AnyFailure))]
pub async fn claims(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<FlowId>,
    Asked(which): Asked<Which>,
) -> Result<Json<ClaimList>, Failure> {
    let rows = match which.key {
        Some(key) => app.engine().claim_of(&id, &key).await?.into_iter().collect(),
        None => {
            let flow = app.store().flow(&id).await?.ok_or_else(|| no_flow(&id))?;
            app.store().claims_of_people(flow.key).await?
        }
    };
    Ok(Json(ClaimList { claims: rows.into_iter().map(info).collect() }))
}

/// Claims a key for whoever asks: the flow does not write of it from then on. Refused where the flow has begun to, or where
/// somebody else has it; whoever has it already is told so again.
#[utoipa::path(post, path = api::path::FLOW_CLAIMS, tag = "flows", params(("id" = String, Path)), request_body = ClaimKey,
    responses((status = 204, description = "It is theirs"), AnyFailure))]
pub async fn claim(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(id): Path<FlowId>,
    Body(given): Body<ClaimKey>,
) -> Result<StatusCode, Failure> {
    let who = &operator.principal.who;
    if given.key.is_empty() || given.key.chars().count() >= KEY_CHARS_MAX {
        return Err(Failure::bad_request(format!("`key` has 1 to {} characters", KEY_CHARS_MAX - 1)));
    }
    match app.engine().claim_by_hand(&id, &given.key, who).await? {
        Claimed::Yours => {}
        Claimed::Another(held) => return Err(taken(&held)),
        Claimed::Lost => return Err(Failure::internal("a person's claim knows no lease")),
    }
    app.audit(who, "flow.claim", format!("{id} {}", given.key)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets go of a key, so that the flow may write of it again. Refused where the flow has it and is at work.
#[utoipa::path(delete, path = api::path::FLOW_CLAIMS, tag = "flows", params(("id" = String, Path), Which),
    responses((status = 204, description = "Nobody has it"), AnyFailure))]
pub async fn release(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(id): Path<FlowId>,
    Asked(which): Asked<Which>,
) -> Result<StatusCode, Failure> {
    let key = which.key.unwrap_or_default();
    if !app.engine().release_claim(&id, &key).await? {
        return Err(Failure::not_found(format_args!("claim of {key:?}")));
    }
    app.audit(&operator.principal.who, "flow.release_claim", format!("{id} {key}")).await;
    Ok(StatusCode::NO_CONTENT)
}

fn no_flow(id: &FlowId) -> Failure {
    Failure::not_found(format_args!("flow {id:?}"))
}

fn taken(held: &ClaimRow) -> Failure {
    let message = match held.run {
        Some(run) => format!("the flow has {}: the run {run} has begun to write", held.key),
        None => format!("{} has {}", held.who, held.key),
    };
    Failure::new(StatusCode::CONFLICT, codes::CLAIMED, message)
}

fn info(row: ClaimRow) -> ClaimInfo {
    let ClaimRow { key, run, who, at, .. } = row;
    ClaimInfo { key, run: run.map(|run| run.to_string()), who: Some(who).filter(|who| !who.is_empty()), at }
}
