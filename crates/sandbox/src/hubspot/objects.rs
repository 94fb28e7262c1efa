//! Which call is meant: all of them are a kind of object and a few words of path.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;

use super::HubSpot;
use super::answer::{Refused, Said};
use super::kinds::Kind;

/// One call, taken apart.
pub(super) struct Call<'a> {
    pub kind: Kind,
    /// Of a dated path.
    pub version: Option<&'a str>,
    pub query: &'a HashMap<String, String>,
    pub body: Value,
}

impl Call<'_> {
    /// The properties that the caller wants to see; all if he names none.
    pub(super) fn wanted(&self) -> Vec<String> {
        let named = self.query.get("properties").map_or("", String::as_str);
        named.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn id_property(&self) -> Option<&str> {
        self.query.get("idProperty").map(String::as_str)
    }
}

type Asked = Query<HashMap<String, String>>;

pub(super) async fn dated(
    State(hubspot): State<Arc<HubSpot>>,
    Path((version, rest)): Path<(String, String)>,
    Query(query): Asked,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_date = version.len() == 7 && version.starts_with("20") && version.as_bytes()[4] == b'-';
    let rest = if is_date { rest } else { String::new() };
    hubspot.call(Some(&version), &rest, &query, &method, &headers, &body)
}

pub(super) async fn undated(
    State(hubspot): State<Arc<HubSpot>>,
    Path(rest): Path<String>,
    Query(query): Asked,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    hubspot.call(None, &rest, &query, &method, &headers, &body)
}

impl HubSpot {
    fn call(
        &self,
        version: Option<&str>,
        rest: &str,
        query: &HashMap<String, String>,
        method: &Method,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Response {
        let words: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
        self.entered(headers, words.get(1) == Some(&"search"), || {
            let kind = words.first().and_then(|word| Kind::of(word)).ok_or_else(unknown)?;
            let body = match body {
                [] => Value::Null,
                body => serde_json::from_slice(body).map_err(|_| Refused::invalid("Invalid input JSON"))?,
            };
            let call = Call { kind, version, query, body };
            self.dispatch(method.as_str(), &words[1..], &call)
        })
    }

    fn dispatch(&self, method: &str, words: &[&str], call: &Call<'_>) -> Result<Said, Refused> {
        match (method, words) {
            ("GET", []) => self.list(call),
            ("POST", []) => self.create(call),
            ("POST", ["search"]) => self.search(call),
            ("POST", ["batch", "create"]) => self.batch_create(call),
            ("POST", ["batch", "update"]) => self.batch_update(call),
            ("POST", ["batch", "upsert"]) => self.batch_upsert(call),
            ("POST", ["batch", "read"]) => self.batch_read(call),
            ("GET", [id]) => self.read(call, id),
            ("PATCH", [id]) => self.update(call, id),
            ("DELETE", [id]) => self.archive(call, id),
            ("GET", [id, "associations", to]) => self.associations(call, id, to),
            ("PUT", [id, "associations", "default", to, other]) => self.associate(call, id, to, other),
            _ => Err(unknown()),
        }
    }
}

fn unknown() -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Unable to infer object type or path")
}
