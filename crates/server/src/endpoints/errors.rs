//! Failed runs by what they have in common.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::Asked;
use super::pages;
use super::runs::flow_names;
use crate::App;
use crate::auth::{Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::wire::{self, FlowName};
use api::{ErrorGroup, ErrorList};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use store::{Fingerprint, GroupFilter, Ms};
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// A flow's id.
    flow: Option<String>,
    /// Only those in which runs wait for a person.
    #[serde(default)]
    open: bool,
    /// Only groups older than this one: `next` of the page before.
    before: Option<String>,
    limit: Option<usize>,
}

/// Failed runs that are alike, in groups, the latest first.
#[utoipa::path(get, path = api::path::ERRORS, tag = "errors", params(Which),
    responses((status = 200, description = "One page of groups", body = ErrorList), AnyFailure))]
pub async fn list(
    State(app): State<App>,
    _: Require<Viewer>,
    Asked(which): Asked<Which>,
) -> Result<Json<ErrorList>, Failure> {
    let flow = pages::flow(&app, which.flow.as_deref()).await?;
    let limit = pages::limit(which.limit);
    let before = which.before.as_deref().map(place).transpose()?;
    let names = flow_names(&app).await?;
    let rows = app.store().error_groups(GroupFilter { flow, open: which.open, before, limit }).await?;
    let next = pages::next(&rows, limit, |row| format!("{}.{}", row.last_at, row.fingerprint));
    let group = |row: store::ErrorGroup| {
        let flow = names.get(&row.flow).cloned().unwrap_or_else(FlowName::deleted);
        ErrorGroup {
            fingerprint: wire::fingerprint(row.fingerprint),
            flow: flow.id,
            flow_name: flow.name,
            node: row.node,
            code: row.code,
            message: row.message,
            runs: row.runs,
            open: row.open,
            first_at: row.first_at,
            last_at: row.last_at,
        }
    };
    Ok(Json(ErrorList { groups: rows.into_iter().map(group).collect(), next }))
}

/// Where a page ended.
fn place(text: &str) -> Result<(Ms, Fingerprint), Failure> {
    let parts = text.split_once('.').and_then(|(at, print)| Some((at.parse().ok()?, print.parse().ok()?)));
    parts.ok_or_else(|| Failure::bad_request("`before` is no place in this list"))
}
