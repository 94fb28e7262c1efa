//! JSON-RPC, the protocol of every release so far: one URL, always 200, errors inside.

use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::calls::{Call, Protocol};
use super::database::BOT;
use super::exception::Exception;
use super::struck::{Caller, under_faults};
use super::{Erp, Series};
use crate::line::Cut;

pub(super) async fn call(
    State(erp): State<Arc<Erp>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(mut request) = serde_json::from_slice::<Value>(&body) else {
        return (StatusCode::BAD_REQUEST, "Invalid JSON data").into_response();
    };
    let id = request["id"].take();
    let parameters = Parameters::take(&mut request);
    let (model, method) = parameters.target();
    let caller = Caller::JsonRpc { id: id.clone(), model, method };
    under_faults(&erp, &cut, &caller, || match answer(&erp, parameters, &headers) {
        Ok(result) => Json(json!({ "jsonrpc": "2.0", "id": id, "result": result })).into_response(),
        Err(exception) => refuse(&id, &exception),
    })
    .await
}

/// HTTP 200, whatever went wrong.
pub(super) fn refuse(id: &Value, exception: &Exception) -> Response {
    let error = json!({ "code": 200, "message": "Odoo Server Error", "data": exception.body() });
    Json(json!({ "jsonrpc": "2.0", "id": id, "error": error })).into_response()
}

/// `params` of the envelope.
struct Parameters {
    service: String,
    method: String,
    args: Vec<Value>,
}

impl Parameters {
    fn take(request: &mut Value) -> Self {
        let params = &mut request["params"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (service, method) = (text(&params["service"]), text(&params["method"]));
        let args = match params["args"].take() {
            Value::Array(args) => args,
            _ => Vec::new(),
        };
        Self { service, method, args }
    }

    /// The model and method meant, for a fault that is about certain calls.
    fn target(&self) -> (String, String) {
        let text = |place: usize| self.args.get(place).and_then(Value::as_str).unwrap_or_default().to_owned();
        if self.service == "object" { (text(3), text(4)) } else { (String::new(), self.method.clone()) }
    }
}

fn answer(erp: &Erp, parameters: Parameters, headers: &HeaderMap) -> Result<Value, Exception> {
    let Parameters { service, method, args } = parameters;
    match (service.as_str(), method.as_str()) {
        ("common", "version") => Ok(version(erp.series)),
        ("common", "login" | "authenticate") => sign_in(erp, &args),
        ("object", "execute_kw") => execute(erp, args, true, headers),
        ("object", "execute") => execute(erp, args, false, headers),
        ("common" | "object", _) => Err(Exception::value(format!("Method not available {method}"))),
        _ => Err(Exception::value(format!("unknown service {service:?}"))),
    }
}

fn version(series: Series) -> Value {
    let (text, number) = match series {
        Series::V17 => ("17.0", 17),
        Series::V19 => ("19.0", 19),
    };
    json!({
        "server_version": text, "server_version_info": [number, 0, 0, "final", 0, ""],
        "server_serie": text, "protocol_version": 1,
    })
}

/// The user's id, or `false`; a database that is not there is an error instead.
fn sign_in(erp: &Erp, args: &[Value]) -> Result<Value, Exception> {
    let text = |place: usize| args.get(place).and_then(Value::as_str).unwrap_or_default();
    right_database(erp, text(0))?;
    let known = text(1) == erp.keys.erp_login && text(2) == erp.keys.erp_api_key;
    Ok(if known { BOT.into() } else { false.into() })
}

fn right_database(erp: &Erp, name: &str) -> Result<(), Exception> {
    if name == erp.keys.erp_database { Ok(()) } else { Err(Exception::no_database(name)) }
}

/// `execute_kw(db, uid, key, model, method, args, kwargs)`, or `execute(db, uid, key, model, method, *args)`.
fn execute(erp: &Erp, args: Vec<Value>, kw: bool, headers: &HeaderMap) -> Result<Value, Exception> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or_default();
    let (name, uid, key, model, method) = (next(), next(), next(), next(), next());
    right_database(erp, name.as_str().unwrap_or_default())?;
    if uid.as_i64() != Some(BOT) || key.as_str() != Some(&erp.keys.erp_api_key) {
        return Err(Exception::access_denied());
    }
    let (positional, named) = if kw { split(next(), next())? } else { (args.collect(), Map::new()) };
    let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
    let (model, method) = (text(model), text(method));
    let call = Call { protocol: Protocol::JsonRpc, model, method, positional, named };
    let origin = erp.origin(headers);
    call.run(&mut erp.database(), &origin)
}

fn split(positional: Value, named: Value) -> Result<(Vec<Value>, Map<String, Value>), Exception> {
    match (positional, named) {
        (Value::Array(positional), Value::Object(named)) => Ok((positional, named)),
        (Value::Array(positional), Value::Null) => Ok((positional, Map::new())),
        _ => Err(Exception::kind("execute_kw() expects a list of arguments and a dictionary of named ones")),
    }
}
