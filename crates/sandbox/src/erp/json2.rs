//! JSON-2, the protocol since release 19: one URL per method, named arguments, real statuses.

use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::calls::{Call, Protocol, has_json2};
use super::exception::Exception;
use super::struck::{Caller, under_faults};
use super::{Erp, Series};
use crate::line::Cut;

pub(super) async fn call(
    State(erp): State<Arc<Erp>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path((model, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let caller = Caller::Json2 { model: model.clone(), method: method.clone() };
    under_faults(&erp, &cut, &caller, || answer(&erp, model, method, &headers, &body).unwrap_or_else(refuse))
        .await
}

fn answer(
    erp: &Erp,
    model: String,
    method: String,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Exception> {
    if !has_json2(erp.series) {
        return Err(Exception::not_found("404 Not Found"));
    }
    authenticate(erp, headers)?;
    let named = read_body(headers, body)?;
    let call = Call { protocol: Protocol::Json2, model, method, positional: Vec::new(), named };
    let origin = erp.origin(headers);
    let result = call.run(&mut erp.database(), &origin)?;
    Ok(Json(result).into_response())
}

fn authenticate(erp: &Erp, headers: &HeaderMap) -> Result<(), Exception> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // One database is served, so the header may be absent, but not wrong.
    if text("x-odoo-database").is_some_and(|name| name != erp.keys.erp_database) {
        return Err(Exception::not_found("404 Not Found"));
    }
    let Some((scheme, key)) = text("authorization").and_then(|value| value.split_once(' ')) else {
        let advice = "User not authenticated, use an API Key with a Bearer Authorization header.";
        return Err(Exception::unauthorized(advice));
    };
    if scheme.eq_ignore_ascii_case("bearer") && key.trim() == erp.keys.erp_api_key {
        Ok(())
    } else {
        Err(Exception::unauthorized("Invalid apikey"))
    }
}

fn read_body(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Exception> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let mime = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !mime.to_ascii_lowercase().starts_with("application/json") {
        return Err(Exception::bad_request(
            "Request inferred type is compatible with json2 but the mimetype is not",
        ));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(named)) => Ok(named),
        // Odoo drops a body that is not an object and then misses the arguments.
        Ok(_) => Ok(Map::new()),
        Err(error) => Err(Exception::bad_request(format!("could not parse the body as json: {error}"))),
    }
}

pub(super) fn refuse(exception: Exception) -> Response {
    (exception.status(), Json(exception.body())).into_response()
}

pub(super) async fn lost() -> Response {
    refuse(Exception::not_found("Did you mean POST /json/2/<model>/<method>?"))
}

pub(super) async fn version(State(erp): State<Arc<Erp>>, ConnectInfo(cut): ConnectInfo<Cut>) -> Response {
    let caller = Caller::Json2 { model: String::new(), method: "version".to_owned() };
    under_faults(&erp, &cut, &caller, || match erp.series {
        Series::V17 => StatusCode::NOT_FOUND.into_response(),
        Series::V19 => {
            Json(json!({ "version_info": [19, 0, 0, "final", 0, ""], "version": "19.0" })).into_response()
        }
    })
    .await
}

pub(super) async fn health(State(erp): State<Arc<Erp>>, ConnectInfo(cut): ConnectInfo<Cut>) -> Response {
    let caller = Caller::Json2 { model: String::new(), method: "health".to_owned() };
    under_faults(&erp, &cut, &caller, || Json(json!({ "status": "pass" })).into_response()).await
}
