//! Who changed what.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::Asked;
use crate::auth::{Owner, Require};
use crate::failure::{AnyFailure, Failure};
use crate::{App, wire};
use api::AuditList;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use store::Ms;
use utoipa::IntoParams;

const LIMIT_MAX: usize = 500;
const LIMIT: usize = 100;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Entries before this time, in milliseconds since 1970.
    before: Option<Ms>,
    limit: Option<usize>,
}

/// The audit trail, newest first.
#[utoipa::path(get, path = api::path::AUDIT, tag = "audit", params(Page),
    responses((status = 200, description = "The entries, newest first", body = AuditList), AnyFailure))]
pub async fn list(
    State(app): State<App>,
    _: Require<Owner>,
    Asked(page): Asked<Page>,
) -> Result<Json<AuditList>, Failure> {
    let before = page.before.unwrap_or(Ms::MAX);
    let limit = page.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let entries = app.store().audit_trail(before, limit).await?;
    Ok(Json(AuditList { entries: entries.into_iter().map(wire::audit).collect() }))
}
