//! Customers: found by what the shop knows, else made under an external id, so that twice is once.

use super::failure::nothing_done;
use super::order::{Order, Partner};
use super::rpc::Rpc;
use crate::values::{Text, filled};
use connector::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write as _;

#[derive(Deserialize)]
pub struct Found {
    pub id: i64,
}

/// What `load` answers: also when rows fail, it answers 200.
#[derive(Deserialize)]
struct Loaded {
    ids: Value,
    #[serde(default)]
    messages: Vec<Value>,
}

/// The partner's id. A partner that exists is left as it is: people may have corrected it.
pub async fn find_or_make(rpc: &Rpc<'_>, order: &Order) -> Result<i64, Error> {
    let partner = &order.partner;
    let found = match domain(partner) {
        Some(domain) => {
            rpc.search_read::<Found>("res.partner", domain, &["id"], 1).await.map_err(nothing_done)?
        }
        None => Vec::new(),
    };
    match found.first() {
        Some(found) => Ok(found.id),
        None => make(rpc, order).await.map_err(nothing_done),
    }
}

fn domain(partner: &Partner) -> Option<Value> {
    let by = |field: &str, value: &str| json!([[field, "=", value]]);
    match (filled(partner.reference.as_ref()), &partner.email) {
        (Some(reference), _) => Some(by("ref", reference)),
        (None, Some(email)) if !email.is_empty() => Some(by("email", email)),
        _ => None,
    }
}

async fn make(rpc: &Rpc<'_>, order: &Order) -> Result<i64, Error> {
    if !has_name(&order.partner) {
        return Err(Error::Input {
            message: format!(
                "order {} names no customer that Odoo knows, and gives no name for a new one",
                order.reference
            ),
            advice: "Fill partner.name in the node before, then retry.".into(),
        });
    }
    load(rpc, &order.partner, external_id(&order.partner, Some(&order.reference)).as_deref()).await
}

pub fn has_name(partner: &Partner) -> bool {
    partner.name.as_deref().is_some_and(|name| !name.trim().is_empty())
}

/// Makes or changes the partner with this external id, in one call.
pub async fn load(rpc: &Rpc<'_>, partner: &Partner, external: Option<&str>) -> Result<i64, Error> {
    let id = external.map(|external| ("id", external.to_owned()));
    let (fields, row): (Vec<&str>, Vec<String>) = id.into_iter().chain(columns(partner)).unzip();
    let loaded: Loaded =
        rpc.call("res.partner", "load", ("fields", json!(fields)), json!({"data": [row]})).await?;
    match loaded.ids.pointer("/0").and_then(Value::as_i64) {
        Some(id) if loaded.messages.is_empty() => Ok(id),
        _ => Err(refused(&loaded.messages)),
    }
}

/// The columns that have something in them, and their values.
pub fn columns(partner: &Partner) -> Vec<(&'static str, String)> {
    let name = |name: Option<&Text>| filled(name).map(str::to_owned);
    let columns = [
        ("name", partner.name.clone()),
        ("ref", name(partner.reference.as_ref())),
        ("email", partner.email.clone()),
        ("phone", partner.phone.clone()),
        ("vat", partner.vat.clone()),
        ("street", partner.street.clone()),
        ("city", partner.city.clone()),
        ("zip", name(partner.zip.as_ref())),
    ];
    let filled = |(name, value): (&'static str, Option<String>)| {
        Some((name, value.filter(|value| !value.is_empty())?))
    };
    columns.into_iter().filter_map(filled).collect()
}

/// Odoo keeps external ids unique, so the same customer cannot be made twice, whatever is sent again.
pub fn external_id(partner: &Partner, order: Option<&str>) -> Option<String> {
    let (kind, name) = match (filled(partner.reference.as_ref()), partner.email.as_deref()) {
        (Some(reference), _) => ("partner", reference),
        (None, Some(email)) if !email.is_empty() => ("email", email),
        _ => ("order", order?),
    };
    Some(format!("__import__.khlong_{kind}_{}", plain(name)))
}

/// Letters, digits and hyphens stay; any other byte becomes `_` and two hex digits, so that no two names become one.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            plain.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(plain, "_{byte:02x}");
        }
    }
    plain
}

fn refused(messages: &[Value]) -> Error {
    let said = messages.iter().filter_map(|message| message.get("message")?.as_str());
    let said = said.collect::<Vec<_>>().join("; ");
    Error::Refused {
        message: format!("Odoo refuses the customer: {}", connector::http::shorten(&said)),
        advice: "Correct the customer's data, then retry.".into(),
    }
}
