//! What all of a store's webhooks share: the signature on the raw bytes, the topic, and which change it is.

use crate::{door, signature};
use connector::{Connection, Delivery, Refusal, Request};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Orders with hundreds of lines stay far below this.
pub const BODY_BYTES_MAX: u64 = 4 << 20;
/// Digits of a body's hash in a delivery's id.
const HASH_DIGITS: usize = 32;

/// What is kept of a delivery's headers: the name in `trigger`, and the end of the header's.
const KEPT: [(&str, &str); 6] = [
    ("topic", "topic"),
    ("resource", "resource"),
    ("event", "event"),
    ("source", "source"),
    ("webhook_id", "id"),
    ("delivery_id", "delivery-id"),
];

fn header<'a>(headers: &'a HeaderMap, end: &str) -> Option<&'a str> {
    door::header(headers, &format!("x-wc-webhook-{end}"))
}

/// Who sent it, and whether it is about what is wanted.
pub fn check(
    request: &Request<'_>,
    connection: Option<&Connection>,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<(), Refusal> {
    door::posted(request, BODY_BYTES_MAX)?;
    let given = header(request.headers, "signature");
    // The store saves a new webhook only if this is answered with 200, and signs it with nothing. It is no event.
    if given.is_none() && request.body.starts_with(b"webhook_id=") {
        return Err(Refusal::Ignored("the store tries the address of a new webhook".into()));
    }
    let secret = signature::secret_for(connection, "webhook_secret")?;
    signature::must_be(given, &signature::hmac_sha256_base64(secret, request.body))?;
    let topic = header(request.headers, "topic").unwrap_or_default();
    if is_wanted(topic) {
        return Ok(());
    }
    Err(Refusal::Ignored(format!("this trigger is not for \"{topic}\"")))
}

pub fn receive(
    request: &Request<'_>,
    connection: Option<&Connection>,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Delivery, Refusal> {
    check(request, connection, is_wanted)?;
    let body = door::read_json(request.body)?;
    let mut head = door::place(request);
    for (name, end) in KEPT {
        head.extend(header(request.headers, end).map(|value| (name.to_owned(), value.into())));
    }
    let record = body.read::<Record>().unwrap_or_default();
    Ok(door::delivery(Some(id(request, &record)), body, head))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Record {
    id: Value,
    date_modified_gmt: Option<String>,
}

/// The store's own delivery id counts seconds, so that two changes can share one. What came tells them apart.
fn id(request: &Request<'_>, record: &Record) -> String {
    let topic = header(request.headers, "topic").unwrap_or_default();
    let mut hash = hex::encode(Sha256::digest(request.body));
    hash.truncate(HASH_DIGITS);
    format!("{topic}:{}@{}#{hash}", record.id, record.date_modified_gmt.as_deref().unwrap_or_default())
}
