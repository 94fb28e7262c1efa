//! Sales invoices and what they have in common with credit notes.

use super::api::{Api, Query};
use super::order::docstatus;
use connector::Error;
use serde_json::{Value, json};

pub const INVOICE: &str = "Sales Invoice";
/// Rows of one search: an invoice comes once for each of its lines where these are asked about.
const ROWS_MAX: usize = 1_000;
const STANDING: [&str; 10] = [
    "name",
    "docstatus",
    "status",
    "customer",
    "po_no",
    "posting_date",
    "due_date",
    "currency",
    "grand_total",
    "outstanding_amount",
];

pub async fn find(api: &Api<'_>, filters: Value) -> Result<Option<Value>, Error> {
    api.first(INVOICE, &STANDING, filters).await
}

/// Those that meet the filters, in ERPNext's own order.
pub async fn find_all(api: &Api<'_>, filters: Value) -> Result<Vec<Value>, Error> {
    let query = Query { kind: INVOICE, fields: &STANDING, filters, order: "", from: 0, most: ROWS_MAX };
    api.list(&query).await
}

/// Which invoices an order has: their lines name it.
pub fn of_order(order: &str) -> Value {
    json!([["Sales Invoice Item", "sales_order", "=", order], ["docstatus", "!=", 2], ["is_return", "=", 0]])
}

/// Makes one, and submits it at once where it is wanted.
pub async fn make(api: &Api<'_>, mut body: Value, post: bool) -> Result<Value, Error> {
    if let Some(fields) = body.as_object_mut() {
        fields.insert("docstatus".into(), i32::from(post).into());
    }
    api.create(INVOICE, &body).await
}

/// One that stands is submitted where it is wanted and has not been.
pub async fn finish(api: &Api<'_>, standing: Value, post: bool, created: bool) -> Result<Value, Error> {
    if !is_open(&standing, post) {
        return Ok(output(&standing, created));
    }
    let name = standing.get("name").and_then(Value::as_str).unwrap_or_default();
    let posted = api.update(INVOICE, name, &json!({"docstatus": 1})).await?;
    Ok(output(&posted, created))
}

pub fn is_open(standing: &Value, post: bool) -> bool {
    post && docstatus(standing) == 0
}

/// An invoice as operations give it; a credit note's total is below zero.
pub fn output(document: &Value, created: bool) -> Value {
    let field = |name: &str| document.get(name).cloned().unwrap_or_default();
    json!({
        "id": field("name"), "number": field("name"), "status": field("status"), "customer": field("customer"),
        "reference": field("po_no"), "date": field("posting_date"), "due_date": field("due_date"), "currency": field("currency"),
        "total": field("grand_total"), "outstanding": field("outstanding_amount"), "created": created,
    })
}

pub fn example(created: bool) -> Value {
    json!({
        "id": "ACC-SINV-2026-00007", "number": "ACC-SINV-2026-00007", "status": "Unpaid", "customer": "สมชาย ใจดี",
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "due_date": "2026-12-20", "currency": "THB", "total": 535.0,
        "outstanding": 535.0, "created": created,
    })
}
