//! What flows are made of, as data: for editors, here and elsewhere.

use crate::App;
use crate::auth::{Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::site::accepts;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::Value;

/// Every connector and operation there is. Compressed for who takes that, and sent only where it is another than the one that is
/// known (`ETag`).
#[utoipa::path(get, path = api::path::SPECS, tag = "specs",
    responses((status = 200, description = "Connectors and operations", body = Object), AnyFailure))]
pub async fn specs(
    State(app): State<App>,
    _: Require<Viewer>,
    asked: HeaderMap,
) -> Result<Response, Failure> {
    let packed = app.imported().packed().await.map_err(Failure::internal)?;
    let known =
        asked.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == packed.etag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if accepts(&asked, "br") {
        ([(header::CONTENT_ENCODING, "br")], packed.brotli.clone()).into_response()
    } else if accepts(&asked, "gzip") {
        ([(header::CONTENT_ENCODING, "gzip")], packed.gzip.clone()).into_response()
    } else {
        packed.plain.clone().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::ETAG, HeaderValue::try_from(&packed.etag).map_err(Failure::internal)?);
    Ok(response)
}

/// The JSON Schema of flow files. Not a secret, so that editors can load it.
#[utoipa::path(get, path = api::path::SCHEMA, tag = "specs", security(()),
    responses((status = 200, description = "The schema", body = Object)))]
pub async fn schema() -> Json<Value> {
    Json(model::schema())
}
