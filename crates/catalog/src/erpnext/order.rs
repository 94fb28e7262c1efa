//! Sales orders as they stand in ERPNext.

use super::SYSTEM;
use super::api::Api;
use crate::office::{self, By, GetOrder};
use connector::Error;
use serde_json::{Value, json};

pub const ORDER: &str = "Sales Order";
pub const STANDING: [&str; 6] = ["name", "docstatus", "status", "grand_total", "customer", "po_no"];

/// The order with a reference. One that stands is found before those that were cancelled.
pub async fn find(api: &Api<'_>, reference: &str) -> Result<Option<Value>, Error> {
    api.first(ORDER, &STANDING, json!([[api.reference(), "=", reference]])).await
}

/// The whole order that is meant.
pub async fn meant(api: &Api<'_>, input: &GetOrder) -> Result<Value, Error> {
    let wanted = input.order.filled().ok_or_else(|| office::lacks("order"))?;
    let missing = || office::missing(SYSTEM.name, "sales order", wanted);
    let name = match input.by {
        By::Id => wanted.to_owned(),
        By::Reference => office::text(&find(api, wanted).await?.ok_or_else(missing)?, "name").to_owned(),
    };
    api.get(ORDER, &name).await?.ok_or_else(missing)
}

/// 0 is a draft, 1 has been submitted, 2 was cancelled.
pub fn docstatus(document: &Value) -> i64 {
    document.get("docstatus").and_then(Value::as_i64).unwrap_or_default()
}

pub fn output(document: &Value, created: bool) -> Value {
    let field = |name: &str| document.get(name).cloned().unwrap_or_default();
    json!({"id": field("name"), "number": field("name"), "status": field("status"), "total": field("grand_total"), "created": created})
}
