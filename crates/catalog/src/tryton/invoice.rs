//! Invoices of customers, and credit notes, which are invoices with negative quantities.

use super::rpc::{Rpc, id};
use crate::office;
use connector::Error;
use serde_json::{Value, json};

pub const INVOICE: &str = "account.invoice";
pub const FIELDS: [&str; 11] = [
    "id",
    "number",
    "state",
    "party",
    "invoice_address",
    "currency",
    "journal",
    "account",
    "payment_term",
    "total_amount",
    "lines",
];

/// The first one that meets the domain and was not cancelled.
pub async fn find(rpc: &Rpc<'_>, mut domain: Vec<Value>) -> Result<Option<Value>, Error> {
    domain.extend([json!(["type", "=", "out"]), json!(["state", "!=", "cancelled"])]);
    Ok(rpc.search_read(INVOICE, Value::Array(domain), json!([["id", "ASC"]]), &FIELDS, 1).await?.pop())
}

pub async fn read(rpc: &Rpc<'_>, id: i64) -> Result<Option<Value>, Error> {
    Ok(rpc.search_read(INVOICE, json!([["id", "=", id]]), Value::Null, &FIELDS, 1).await?.pop())
}

pub fn is_open(invoice: &Value, post: bool) -> bool {
    post && matches!(office::text(invoice, "state"), "draft" | "validated")
}

/// Posts it where that is wanted and was not done.
pub async fn finish(rpc: &Rpc<'_>, invoice: Value, post: bool, created: bool) -> Result<Value, Error> {
    if !is_open(&invoice, post) {
        return Ok(output(&invoice, created));
    }
    rpc.press(INVOICE, "post", id(&invoice)).await?;
    let posted = read(rpc, id(&invoice)).await?;
    Ok(output(&posted.unwrap_or(invoice), created))
}

pub fn output(invoice: &Value, created: bool) -> Value {
    let field = |name: &str| invoice.get(name).cloned().unwrap_or_default();
    json!({"id": id(invoice), "number": field("number"), "status": field("state"), "total": field("total_amount"), "created": created})
}
