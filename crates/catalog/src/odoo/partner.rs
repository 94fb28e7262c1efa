//! The customer of an order: found by what the shop knows, else made under an external id, so that twice is once.

use super::failure::nothing_done;
use super::order::{Name, Order, Partner};
use super::rpc::Rpc;
use connector::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write as _;

#[derive(Deserialize)]
struct Found {
    id: i64,
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
    match (text(partner.reference.as_ref()), &partner.email) {
        (Some(reference), _) => Some(by("ref", reference)),
        (None, Some(email)) if !email.is_empty() => Some(by("email", email)),
        _ => None,
    }
}

async fn make(rpc: &Rpc<'_>, order: &Order) -> Result<i64, Error> {
    let (fields, row) = columns(order)?;
    let loaded: Loaded =
        rpc.call("res.partner", "load", ("fields", json!(fields)), json!({"data": [row]})).await?;
    match loaded.ids.pointer("/0").and_then(Value::as_i64) {
        Some(id) if loaded.messages.is_empty() => Ok(id),
        _ => Err(refused(&loaded.messages)),
    }
}

/// The columns that have something in them, and their values.
fn columns(order: &Order) -> Result<(Vec<&'static str>, Vec<String>), Error> {
    let partner = &order.partner;
    let name =
        partner.name.as_deref().filter(|name| !name.trim().is_empty()).ok_or_else(|| Error::Input {
            message: format!(
                "order {} names no customer that Odoo knows, and gives no name for a new one",
                order.reference
            ),
            advice: "Fill partner.name in the node before, then retry.".into(),
        })?;
    let columns = [
        ("id", Some(external_id(order))),
        ("name", Some(name.to_owned())),
        ("ref", text(partner.reference.as_ref()).map(str::to_owned)),
        ("email", partner.email.clone()),
        ("phone", partner.phone.clone()),
        ("vat", partner.vat.clone()),
        ("street", partner.street.clone()),
        ("city", partner.city.clone()),
        ("zip", text(partner.zip.as_ref()).map(str::to_owned)),
    ];
    let filled = columns
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    Ok(filled.unzip())
}

/// Odoo keeps external ids unique, so the same customer cannot be made twice, whatever is sent again.
fn external_id(order: &Order) -> String {
    let partner = &order.partner;
    let (kind, name) = match (text(partner.reference.as_ref()), partner.email.as_deref()) {
        (Some(reference), _) => ("partner", reference),
        (None, Some(email)) if !email.is_empty() => ("email", email),
        _ => ("order", order.reference.as_str()),
    };
    format!("__import__.khlong_{kind}_{}", plain(name))
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

fn text(name: Option<&Name>) -> Option<&str> {
    name.map(|name| name.0.as_str()).filter(|text| !text.is_empty())
}

fn refused(messages: &[Value]) -> Error {
    let said = messages.iter().filter_map(|message| message.get("message")?.as_str());
    let said = said.collect::<Vec<_>>().join("; ");
    Error::Refused {
        message: format!("Odoo refuses the customer: {}", connector::http::shorten(&said)),
        advice: "Correct the customer's data, then retry.".into(),
    }
}
