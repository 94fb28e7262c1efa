//! Sales orders as they stand in Business Central, which knows them only until they are invoiced in full.

use super::SYSTEM;
use super::api::{Api, record};
use super::company::is_id;
use super::invoice::INVOICES;
use crate::odata::{Query, quoted};
use crate::office::{self, By, GetOrder};
use connector::Error;
use serde_json::{Value, json};

pub const ORDERS: &str = "salesOrders";
pub const LINES: &str = "salesOrderLines";

/// A filter by the shop's number. Nothing in Business Central makes it unique.
pub fn of_reference(reference: &str) -> String {
    format!("externalDocumentNumber eq {}", quoted(reference))
}

/// The order with a reference that is still an order.
pub async fn find(api: &Api<'_>, reference: &str) -> Result<Option<Value>, Error> {
    api.first(ORDERS, of_reference(reference)).await
}

/// What became of an order that is none any more: it was invoiced.
pub async fn invoiced(api: &Api<'_>, reference: &str) -> Result<Option<Value>, Error> {
    api.first(INVOICES, of_reference(reference)).await
}

/// Tries whether orders can be read.
pub async fn look(api: &Api<'_>) -> Result<(), Error> {
    api.list(&Query { entity: ORDERS, select: "id", most: 1, ..Query::default() }).await.map(drop)
}

/// The order that is meant, without its lines; by its number where the id is none.
pub async fn standing(api: &Api<'_>, input: &GetOrder) -> Result<Option<Value>, Error> {
    let wanted = input.order.filled().ok_or_else(|| office::lacks("order"))?;
    match input.by {
        By::Reference => find(api, wanted).await,
        By::Id if is_id(wanted) => api.get(&record(ORDERS, wanted), "").await,
        By::Id => api.first(ORDERS, format!("number eq {}", quoted(wanted))).await,
    }
}

pub fn missing(input: &GetOrder) -> Error {
    office::missing(SYSTEM.name, "open sales order", input.order.as_str())
}

pub fn id(row: &Value) -> &str {
    office::text(row, "id")
}

pub fn output(document: &Value, created: bool) -> Value {
    let field = |name: &str| document.get(name).cloned().unwrap_or_default();
    json!({"id": field("id"), "number": field("number"), "status": field("status"), "total": field("totalAmountIncludingTax"),
           "created": created})
}

/// The order that an invoice came from.
pub fn output_of_invoice(invoice: &Value) -> Value {
    let field = |name: &str| invoice.get(name).cloned().unwrap_or_default();
    json!({"id": field("orderId"), "number": field("orderNumber"), "status": "Invoiced", "total": field("totalAmountIncludingTax"),
           "created": false, "invoice": field("number")})
}
