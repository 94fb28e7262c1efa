//! Invoices and credit notes as they stand in Odoo.

use super::record::{self, Row, linked};
use super::rpc::Rpc;
use connector::Error;
use serde_json::{Value, json};

pub const FIELDS: [&str; 17] = [
    "id",
    "name",
    "move_type",
    "state",
    "ref",
    "invoice_origin",
    "partner_id",
    "invoice_date",
    "invoice_date_due",
    "currency_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "amount_residual",
    "payment_state",
    "reversed_entry_id",
    "invoice_line_ids",
];

/// The invoices of an order: they name it as their origin, or have the shop's reference that it has.
pub fn of_order(order: &Row) -> Vec<Value> {
    let origin = json!(["invoice_origin", "=", record::text(order, "name")]);
    match record::text(order, "client_order_ref") {
        "" => vec![origin],
        reference => vec![json!("|"), origin, json!(["ref", "=", reference])],
    }
}

/// The first that is not cancelled, by any domain.
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
    let filled = |field: &str| Some(record::text(invoice, field)).filter(|text| !text.is_empty());
    json!({
        "id": invoice.get("id"),
        "number": number,
        "type": filled("move_type"),
        "state": invoice.get("state"),
        "customer": linked(invoice, "partner_id"),
        "reference": filled("ref"),
        "date": filled("invoice_date"),
        "due_date": filled("invoice_date_due"),
        "amount_untaxed": invoice.get("amount_untaxed"),
        "amount_tax": invoice.get("amount_tax"),
        "amount_total": invoice.get("amount_total"),
        "amount_due": invoice.get("amount_residual"),
        "currency": record::link_name(invoice, "currency_id"),
        "payment_state": filled("payment_state"),
        "created": created,
    })
}

pub fn example(number: &str, created: bool) -> Value {
    json!({
        "id": 88, "number": number, "type": if number.starts_with('R') { "out_refund" } else { "out_invoice" }, "state": "posted",
        "customer": {"id": 57, "name": "สมชาย ใจดี"},
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "due_date": "2026-12-20",
        "amount_untaxed": 1000.00, "amount_tax": 70.00, "amount_total": 1070.00, "amount_due": 1070.00, "currency": "THB",
        "payment_state": "not_paid", "created": created
    })
}
