//! What flows are made of, as data: for editors, here and elsewhere.

use crate::App;
use crate::auth::{Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use model::Value;

/// Every connector and operation there is.
#[utoipa::path(get, path = api::path::SPECS, tag = "specs",
    responses((status = 200, description = "Connectors and operations", body = Object), AnyFailure))]
pub async fn specs(State(app): State<App>, _: Require<Viewer>) -> Result<Response, Failure> {
    let text = serde_json::to_vec(&**app.catalog().specs()).map_err(Failure::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// The JSON Schema of flow files. Not a secret, so that editors can load it.
#[utoipa::path(get, path = api::path::SCHEMA, tag = "specs", security(()),
    responses((status = 200, description = "The schema", body = Object)))]
pub async fn schema() -> Json<Value> {
    Json(model::schema())
}
