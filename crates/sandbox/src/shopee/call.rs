//! One call: its parameters, its signature, its token, and the envelope of its answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{Method, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::refused::Refused;
use super::{Shopee, signature, table};
use crate::market::{Asked, Consenting};
use crate::seal::same;

/// A call is good for so long, in both directions of the clock.
const WINDOW_SECONDS: i64 = 5 * 60;
/// What stands before every path.
const PREFIX: &str = "/api/v2/";

/// Where an answer carries what was asked for.
pub(super) enum Reply {
    Response(Value),
    /// Tokens stand beside the error word.
    Flat(Map<String, Value>),
    /// A file without any envelope.
    Pdf(Vec<u8>),
}

pub(super) type Answer = Result<Reply, Refused>;

/// Business parameters: in the query of a GET, in the JSON body of a POST.
pub(super) struct Params {
    pub query: Asked,
    pub body: Value,
}

pub(super) type Handler = fn(&Arc<Shopee>, &Params) -> Answer;

/// Who may ask, and what signs it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// Tokens, pushes: signed by the partner alone.
    Public,
    /// A shop's own data: signed with its token and id.
    Shop,
}

pub(super) async fn answer(
    State(shopee): State<Arc<Shopee>>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    let request_id = shopee.request_id();
    match run(&shopee, &method, &uri, &body) {
        Ok(Reply::Pdf(file)) => ([(header::CONTENT_TYPE, "application/pdf")], file).into_response(),
        Ok(Reply::Response(response)) => Json(wrapped(&response, &request_id)).into_response(),
        Ok(Reply::Flat(fields)) => Json(beside(fields, &request_id)).into_response(),
        Err(refused) => (refused.status, Json(refused.show(&request_id))).into_response(),
    }
}

fn run(shopee: &Arc<Shopee>, method: &Method, uri: &Uri, body: &[u8]) -> Answer {
    let query = Asked::of(uri);
    let path = uri.path();
    let name = path.strip_prefix(PREFIX).unwrap_or_default();
    let (verb, gate, handler) = table::handler(name).ok_or_else(|| {
        Refused::gate(
            "error_param",
            "Permission denied. This API is currently offline or the request path is incorrect.",
        )
    })?;
    admit(shopee, path, gate, &query)?;
    if method.as_str() != verb {
        return Err(Refused::parameter(format!("request method is wrong, use {verb}")));
    }
    let body = match body {
        [] => Value::Null,
        body => serde_json::from_slice(body).map_err(|_| Refused::new("error_data", "parse data failed"))?,
    };
    handler(shopee, &Params { query, body })
}

fn admit(shopee: &Shopee, path: &str, gate: Gate, query: &Asked) -> Result<(), Refused> {
    let given =
        |name: &str, message: &str| query.get(name).ok_or_else(|| Refused::gate("error_param", message));
    let partner = given("partner_id", "There is no partner_id in query.")?;
    let at = given("timestamp", "no timestamp")?;
    let sign = given("sign", "There is no sign in query.")?;
    if partner != shopee.keys.partner_id.to_string() {
        return Err(Refused::gate("invalid_partner_id", "Invalid partner_id, please have a check."));
    }
    let now = shopee.stand.now().timestamp();
    if !at.parse::<i64>().is_ok_and(|at| (now - at).abs() <= WINDOW_SECONDS) {
        return Err(Refused::gate("error_param", "Timestamp is expired."));
    }
    let (token, shop) = (query.text("access_token"), query.text("shop_id"));
    let rest = [token, shop];
    let rest = if gate == Gate::Shop { &rest[..] } else { &[] };
    if !same(sign, &signature::of_call(&shopee.keys.partner_key, partner, path, at, rest)) {
        return Err(Refused::gate("error_sign", "Wrong sign."));
    }
    if gate == Gate::Shop { admit_shop(shopee, token, shop) } else { Ok(()) }
}

fn admit_shop(shopee: &Shopee, token: &str, shop: &str) -> Result<(), Refused> {
    if token.is_empty() || shop.is_empty() {
        return Err(Refused::gate("error_param", "There is no access_token or shop_id in query."));
    }
    if shop != shopee.keys.shop_id.to_string() {
        let message = "Invalid partner_id or shop_id, please have a check.";
        return Err(Refused::gate("partner_shop_no_link", message));
    }
    let checked = shopee.tokens().check(token, shopee.stand.now());
    // The vendor's own spelling.
    checked.map_err(|_| Refused::gate("invalid_acceess_token", "Invalid access_token, please have a check."))
}

fn wrapped(response: &Value, request_id: &str) -> Value {
    json!({ "error": "", "message": "", "warning": "", "request_id": request_id, "response": response })
}

fn beside(mut fields: Map<String, Value>, request_id: &str) -> Value {
    for (name, value) in [("error", ""), ("message", ""), ("request_id", request_id)] {
        fields.insert(name.to_owned(), value.into());
    }
    fields.into()
}

impl Params {
    /// A text of the body.
    pub(super) fn text(&self, name: &str) -> Result<&str, Refused> {
        let text = self.body[name].as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| Refused::parameter(format!("{name} is required")))
    }

    /// A number of the query between two bounds.
    pub(super) fn number(
        &self,
        name: &str,
        otherwise: usize,
        from: usize,
        to: usize,
    ) -> Result<usize, Refused> {
        let number = self.query.number(name, otherwise).filter(|number| (from..=to).contains(number));
        number.ok_or_else(|| {
            Refused::parameter(format!("Wrong parameters, detail: {name} is from {from} to {to}."))
        })
    }
}
