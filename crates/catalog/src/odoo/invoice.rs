//! Invoices and credit notes as they stand in Odoo.

use super::record::{self, Row, linked};
use super::rpc::Rpc;
use connector::Error;
use serde_json::{Value, json};

pub const FIELDS: [&str; 14] = [
    "id",
    "name",
    "move_type",
    "state",
    "ref",
    "invoice_origin",
    "partner_id",
    "invoice_date",
    "currency_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "reversed_entry_id",
    "invoice_line_ids",
];

/// The latest that is not cancelled, by any domain.
pub async fn find(rpc: &Rpc<'_>, kind: &str, domain: Vec<Value>) -> Result<Option<Row>, Error> {
    let all: Vec<Value> = [json!(["move_type", "=", kind]), json!(["state", "!=", "cancel"])]
        .into_iter()
        .chain(domain)
        .collect();
    let mut found: Vec<Row> = rpc.search_read("account.move", all.into(), &FIELDS, 1).await?;
    Ok(found.pop())
}

/// One by its id.
pub async fn read(rpc: &Rpc<'_>, id: i64) -> Result<Row, Error> {
    let mut found: Vec<Row> = rpc.search_read("account.move", json!([["id", "=", id]]), &FIELDS, 1).await?;
    found.pop().ok_or_else(|| record::missing("invoice", &id.to_string()))
}

/// Posts a draft, which gives it its number; what is posted stays as it is.
pub async fn post(rpc: &Rpc<'_>, invoice: Row) -> Result<Row, Error> {
    match (record::text(&invoice, "state"), record::id(&invoice)) {
        ("draft", Some(id)) => {
            let answer: Value =
                rpc.call("account.move", "action_post", ("ids", json!([id])), json!({})).await?;
            record::check_done(&answer, "the invoice is posted")?;
            read(rpc, id).await
        }
        _ => Ok(invoice),
    }
}

/// An invoice as operations give it. A draft has no number yet: Odoo writes `/`.
pub fn output(invoice: &Row, created: bool) -> Value {
    let number = Some(record::text(invoice, "name")).filter(|name| !matches!(*name, "" | "/"));
    json!({
        "id": invoice.get("id"),
        "number": number,
        "state": invoice.get("state"),
        "customer": linked(invoice, "partner_id"),
        "amount_untaxed": invoice.get("amount_untaxed"),
        "amount_tax": invoice.get("amount_tax"),
        "amount_total": invoice.get("amount_total"),
        "currency": record::link_name(invoice, "currency_id"),
        "created": created,
    })
}

pub fn example(number: &str, created: bool) -> Value {
    json!({
        "id": 88, "number": number, "state": "posted", "customer": {"id": 57, "name": "สมชาย ใจดี"},
        "amount_untaxed": 1000.00, "amount_tax": 70.00, "amount_total": 1070.00, "currency": "THB", "created": created
    })
}
