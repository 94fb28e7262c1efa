//! Quantities of products, in one warehouse or in all.

use super::record::{self, Row};
use super::rpc::Rpc;
use connector::Error;
use serde_json::{Map, Value, json};

const FIELDS: [&str; 6] =
    ["id", "default_code", "display_name", "free_qty", "qty_available", "virtual_available"];

/// What is free, on hand and forecast of each product.
pub async fn levels(
    rpc: &Rpc<'_>,
    domain: Value,
    warehouse: Option<i64>,
    most: usize,
) -> Result<Vec<Map<String, Value>>, Error> {
    if most == 0 {
        return Ok(Vec::new());
    }
    // Releases until 17 look for `warehouse`, later ones for `warehouse_id`; each takes no notice of the other.
    let context = warehouse.map_or(json!({}), |id| json!({"warehouse": id, "warehouse_id": id}));
    let named = json!({"fields": FIELDS, "limit": most, "order": "id", "context": context});
    let rows: Vec<Row> = rpc.call("product.product", "search_read", ("domain", domain), named).await?;
    Ok(rows.into_iter().filter_map(level).collect())
}

fn level(row: Row) -> Option<Map<String, Value>> {
    let number = |field: &str| row.get(field).cloned().unwrap_or_default();
    let sku = record::text(&row, "default_code");
    Some(Map::from_iter([
        ("product_id".into(), record::id(&row)?.into()),
        ("sku".into(), (!sku.is_empty()).then(|| sku.to_owned()).into()),
        ("name".into(), record::text(&row, "display_name").into()),
        ("free".into(), number("free_qty")),
        ("on_hand".into(), number("qty_available")),
        ("forecast".into(), number("virtual_available")),
    ]))
}
