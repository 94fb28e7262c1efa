//! What every webhook does with a request: compare secrets, read the body by its type, keep what is harmless.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use connector::{Body, Delivery, Refusal, Request, nesting};
use hmac::Mac;
use hmac::digest::KeyInit;
use http::HeaderMap;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

/// The largest body a webhook takes unless its node says otherwise.
pub const BODY_BYTES_DEFAULT: u64 = 1 << 20;
/// The largest body that a node can ask for. What is longer than 16 MB is not held: it goes to the disk as it comes.
pub const BODY_BYTES_CEILING: u64 = 1 << 30;

/// Parts of header names whose values are not kept with an event: they may be credentials or signatures.
const SECRET_NAMES: [&str; 8] =
    ["authorization", "cookie", "signature", "hmac", "token", "secret", "password", "api-key"];

/// The signature that a body should have, by the digest in the type parameter.
pub fn sign<M: Mac + KeyInit>(key: &[u8], body: &[u8]) -> Vec<u8> {
    signer::<M>(key).chain_update(body).finalize().into_bytes().to_vec()
}

/// The same for a body that comes in parts.
pub fn signer<M: Mac + KeyInit>(key: &[u8]) -> M {
    <M as Mac>::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// Compares in a time that does not tell how much was right.
pub fn same(given: &[u8], wanted: &[u8]) -> bool {
    given.ct_eq(wanted).into()
}

pub fn check_size(request: &Request<'_>, limit: u64) -> Result<(), Refusal> {
    if request.body.len() as u64 > limit {
        return Err(Refusal::TooLarge { limit });
    }
    Ok(())
}

/// What was sent by POST and is not too long.
pub fn posted(request: &Request<'_>, limit: u64) -> Result<(), Refusal> {
    if request.method != http::Method::POST {
        return Err(Refusal::Method { allowed: "POST".into() });
    }
    check_size(request, limit)
}

/// A header's text, or nothing where it is absent or not text.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// How and where a request came: all that is kept of one whose query or headers may hold a key.
pub fn place(request: &Request<'_>) -> Map<String, Value> {
    Map::from_iter([("method".into(), request.method.as_str().into()), ("path".into(), request.path.into())])
}

/// What is kept of a request besides its body.
pub fn head(request: &Request<'_>, secret_header: &str) -> Map<String, Value> {
    let mut head = place(request);
    head.insert("query".into(), pairs(request.query.unwrap_or_default().as_bytes()));
    head.insert("headers".into(), harmless(request.headers, secret_header));
    head
}

fn harmless(headers: &HeaderMap, secret_header: &str) -> Value {
    let mut kept = Map::new();
    for (name, value) in headers {
        let name = name.as_str();
        let secret =
            SECRET_NAMES.iter().any(|part| name.contains(part)) || name.eq_ignore_ascii_case(secret_header);
        if let (false, Ok(value)) = (secret, value.to_str()) {
            add(&mut kept, name.to_owned(), value.to_owned());
        }
    }
    Value::Object(kept)
}

/// Form-encoded names and texts as an object; a name that comes more than once gets a list.
pub fn pairs(encoded: &[u8]) -> Value {
    let mut object = Map::new();
    for (name, value) in form_urlencoded::parse(encoded) {
        add(&mut object, name.into_owned(), value.into_owned());
    }
    Value::Object(object)
}

fn add(object: &mut Map<String, Value>, name: String, value: String) {
    match object.get_mut(&name) {
        Some(Value::Array(values)) => values.push(value.into()),
        Some(first) => *first = Value::Array(vec![first.take(), value.into()]),
        None => {
            object.insert(name, value.into());
        }
    }
}

/// Reads a body by its content type: JSON, a form, text, and otherwise `{"base64": …}`. Without a type, JSON is tried.
pub fn read_body(request: &Request<'_>) -> Result<Body, Refusal> {
    let body = request.body;
    if body.is_empty() {
        return Ok(Value::Null.into());
    }
    let content_type = header(request.headers, "content-type").unwrap_or_default();
    let kind = kind_of(content_type);
    match kind.as_str() {
        "application/x-www-form-urlencoded" => Ok(pairs(body).into()),
        kind if kind_is_json(kind) => read_json(body),
        "" if too_deep(body) => read_json(body),
        "" => Ok(read_json(body).unwrap_or_else(|_| text_or_base64(body).into())),
        kind if kind.starts_with("text/") || kind.ends_with("xml") => Ok(text_or_base64(body).into()),
        _ => Ok(base64(body).into()),
    }
}

fn kind_of(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn kind_is_json(kind: &str) -> bool {
    kind == "application/json" || kind.ends_with("+json")
}

pub fn is_json(content_type: &str) -> bool {
    kind_is_json(&kind_of(content_type))
}

fn too_deep(body: &[u8]) -> bool {
    nesting::is_deeper(body, nesting::JSON_LEVELS_MAX)
}

pub fn read_json(body: &Bytes) -> Result<Body, Refusal> {
    if too_deep(body) {
        return Err(Refusal::Malformed(nesting::too_deep()));
    }
    Body::json(body).map_err(|error| Refusal::Malformed(format!("the body is not JSON: {error}")))
}

/// JSON within another body, as a text; nothing where it cannot be read.
pub fn read_inner(text: &str) -> Option<Value> {
    (!too_deep(text.as_bytes())).then(|| serde_json::from_str(text).ok())?
}

pub fn text_or_base64(body: &[u8]) -> Value {
    match std::str::from_utf8(body) {
        Ok(text) => text.into(),
        Err(_) => base64(body),
    }
}

fn base64(body: &[u8]) -> Value {
    serde_json::json!({ "base64": STANDARD.encode(body) })
}

/// A delivery whose id is empty has none.
pub fn delivery(id: Option<String>, body: Body, head: Map<String, Value>) -> Delivery {
    Delivery { id: id.filter(|id| !id.is_empty()), body, head }
}
