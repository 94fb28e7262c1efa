//! Quantities: ERPNext keeps one bin for each item in each warehouse.

use super::api::{Api, Query};
use crate::office;
use connector::Error;
use serde_json::{Value, json};

pub const BIN: &str = "Bin";
pub const BIN_FIELDS: [&str; 7] =
    ["name", "item_code", "warehouse", "actual_qty", "reserved_qty", "projected_qty", "modified"];
/// As many as one answer brings: 200 items in 25 warehouses each.
const BINS_MAX: usize = 5_000;

pub async fn levels(api: &Api<'_>, skus: &[&str], warehouse: Option<&str>) -> Result<Vec<Value>, Error> {
    let mut filters = vec![json!(["item_code", "in", skus])];
    filters.extend(warehouse.map(|warehouse| json!(["warehouse", "=", warehouse])));
    let filters = Value::Array(filters);
    let query = Query { kind: BIN, fields: &BIN_FIELDS, filters, order: "name asc", from: 0, most: BINS_MAX };
    Ok(api.list(&query).await?.iter().map(level).collect())
}

pub fn level(bin: &Value) -> Value {
    let field = |name: &str| bin.get(name).cloned().unwrap_or_default();
    json!({
        "sku": field("item_code"), "warehouse": field("warehouse"), "on_hand": field("actual_qty"), "reserved": field("reserved_qty"),
        "free": office::less(bin.get("actual_qty"), &[bin.get("reserved_qty")]), "forecast": field("projected_qty"),
    })
}
