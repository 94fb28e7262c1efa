//! Sales as they stand in Tryton.

use super::SYSTEM;
use super::rpc::{Rpc, id, ids};
use crate::office::{self, By, GetOrder};
use connector::Error;
use serde_json::{Value, json};

pub const SALE: &str = "sale.sale";
const FIELDS: [&str; 13] = [
    "id",
    "number",
    "reference",
    "state",
    "party",
    "party.name",
    "sale_date",
    "untaxed_amount",
    "tax_amount",
    "total_amount",
    "lines",
    "invoices",
    "shipments",
];
const LINE_FIELDS: [&str; 7] =
    ["id", "product", "product.code", "description", "quantity", "unit_price", "amount"];

pub async fn find(rpc: &Rpc<'_>, reference: &str) -> Result<Option<Value>, Error> {
    let domain = json!([["reference", "=", reference], ["company", "=", rpc.company]]);
    // One that people cancelled and made again is found in its later form.
    Ok(rpc.search_read(SALE, domain, json!([["id", "DESC"]]), &FIELDS, 1).await?.pop())
}

pub async fn read(rpc: &Rpc<'_>, id: i64) -> Result<Option<Value>, Error> {
    Ok(rpc.search_read(SALE, json!([["id", "=", id]]), Value::Null, &FIELDS, 1).await?.pop())
}

/// The sale that is meant.
pub async fn meant(rpc: &Rpc<'_>, input: &GetOrder) -> Result<Value, Error> {
    let wanted = input.order.filled().ok_or_else(|| office::lacks("order"))?;
    let found = match (input.by, wanted.parse()) {
        (By::Reference, _) => find(rpc, wanted).await?,
        (By::Id, Ok(id)) => read(rpc, id).await?,
        (By::Id, Err(_)) => None,
    };
    found.ok_or_else(|| office::missing(SYSTEM.name, "sale", wanted))
}

pub async fn with_lines(rpc: &Rpc<'_>, mut sale: Value) -> Result<Value, Error> {
    let lines = rpc.read("sale.line", &ids(&sale, "lines"), &LINE_FIELDS).await?;
    sale["lines"] = lines.into();
    Ok(sale)
}

pub fn output(sale: &Value, created: bool) -> Value {
    let field = |name: &str| sale.get(name).cloned().unwrap_or_default();
    json!({"id": id(sale), "number": field("number"), "status": field("state"), "total": field("total_amount"), "created": created})
}
