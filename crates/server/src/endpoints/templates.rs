//! Flows to begin with.

use crate::auth::{Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use axum::Json;
use templates::Template;

/// Every template in the box: what it asks, and the flow that its answers are put into.
#[utoipa::path(get, path = api::path::TEMPLATES, tag = "flows",
    responses((status = 200, description = "The templates", body = Vec<Object>), AnyFailure))]
pub async fn templates(_: Require<Viewer>) -> Result<Json<Vec<Template>>, Failure> {
    Ok(Json(templates::all()))
}
