//! Products as they stand in Odoo.

use super::changes::{ALONG_MAX, check_whole};
use super::record::{self, Row, plain};
use super::rpc::Rpc;
use connector::Error;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

const FIELDS: [&str; 13] = [
    "id",
    "default_code",
    "barcode",
    "name",
    "display_name",
    "lst_price",
    "standard_price",
    "product_tmpl_id",
    "categ_id",
    "uom_id",
    "sale_ok",
    "active",
    "write_date",
];

/// Variants by any domain, archived ones included. Prices in the templates' own currency, before price lists.
pub async fn read(rpc: &Rpc<'_>, domain: Value) -> Result<Vec<Row>, Error> {
    let named = json!({
        "fields": FIELDS, "limit": ALONG_MAX, "order": "id", "context": {"active_test": false}
    });
    let rows: Vec<Row> = rpc.call("product.product", "search_read", ("domain", domain), named).await?;
    check_whole(rows.len(), "variants")?;
    Ok(rows)
}

/// The time of the last change of each product's template.
pub async fn templates_written(rpc: &Rpc<'_>, products: &[Row]) -> Result<HashMap<i64, String>, Error> {
    let ids: std::collections::BTreeSet<i64> =
        products.iter().filter_map(|product| record::link(product, "product_tmpl_id")).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let named =
        json!({"fields": ["id", "write_date"], "limit": ids.len(), "context": {"active_test": false}});
    let rows: Vec<Row> =
        rpc.call("product.template", "search_read", ("domain", json!([["id", "in", ids]])), named).await?;
    let pair = |row: &Row| Some((record::id(row)?, record::text(row, "write_date").to_owned()));
    Ok(rows.iter().filter_map(pair).collect())
}

/// A product as it leaves, and the version that it is in: a price lands on the template and leaves the variant's own time.
pub fn leaving(product: Row, templates: &HashMap<i64, String>) -> Option<(String, String, Value)> {
    let id = record::id(&product)?.to_string();
    let template = record::link(&product, "product_tmpl_id").and_then(|template| templates.get(&template));
    let own = record::text(&product, "write_date").to_owned();
    let version = template.filter(|template| **template > own).cloned().unwrap_or(own);
    let mut body: Map<String, Value> = plain(product);
    body.insert("sku".into(), body.get("default_code").cloned().unwrap_or_default());
    body.insert("changed".into(), "product".into());
    body.insert("changed_at".into(), version.as_str().into());
    Some((id, version, Value::Object(body)))
}

pub fn example() -> Value {
    json!({
        "id": 31, "sku": "TEA-100", "default_code": "TEA-100", "name": "ชาเขียว 100 g", "lst_price": 250.00,
        "product_tmpl_id": [18, "ชาเขียว 100 g"], "active": true, "changed": "product",
        "changed_at": "2026-11-20 03:11:09"
    })
}
