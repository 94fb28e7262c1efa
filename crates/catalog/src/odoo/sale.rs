//! Sales orders as they stand in Odoo, with their lines.

use super::changes::{ALONG_MAX, check_whole};
use super::record::{self, Row, plain};
use super::rpc::Rpc;
use connector::Error;
use serde_json::{Value, json};
use std::collections::HashMap;

pub const FIELDS: [&str; 16] = [
    "id",
    "name",
    "client_order_ref",
    "origin",
    "date_order",
    "state",
    "partner_id",
    "partner_shipping_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "currency_id",
    "invoice_status",
    "warehouse_id",
    "order_line",
    "write_date",
];

const LINE_FIELDS: [&str; 13] = [
    "id",
    "order_id",
    "product_id",
    "name",
    "product_uom_qty",
    "qty_delivered",
    "qty_invoiced",
    "price_unit",
    "discount",
    "price_subtotal",
    "price_tax",
    "price_total",
    "display_type",
];

/// Which order is meant: by its own id, its number in Odoo, or the shop's reference.
pub fn domain(by: &str, value: &str) -> Result<Value, Error> {
    match by {
        "id" => match value.parse::<i64>() {
            Ok(id) => Ok(json!([["id", "=", id]])),
            Err(_) => Err(Error::Input {
                message: format!("\"{}\" is no id of an order", connector::http::shorten(value)),
                advice: "Give the number that Odoo keeps the order under, or search by reference.".into(),
            }),
        },
        "name" => Ok(json!([["name", "=", value]])),
        _ => Ok(json!([["client_order_ref", "=", value]])),
    }
}

/// The one order that is meant, or nothing. Two with one reference are for people to look at.
pub async fn find(rpc: &Rpc<'_>, by: &str, value: &str) -> Result<Option<Row>, Error> {
    let mut found: Vec<Row> = rpc.search_read("sale.order", domain(by, value)?, &FIELDS, 2).await?;
    if found.len() > 1 {
        return Err(Error::Refused {
            message: format!("Odoo has several orders with the {by} \"{value}\""),
            advice: "Search by the order's own number in Odoo.".into(),
        });
    }
    Ok(found.pop())
}

/// Orders as they leave: nothing in place of `false`, and their lines with SKUs inside.
pub async fn with_lines(rpc: &Rpc<'_>, orders: Vec<Row>) -> Result<Vec<Value>, Error> {
    let ids: Vec<i64> = orders.iter().filter_map(record::id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let domain = json!([["order_id", "in", ids]]);
    let lines: Vec<Row> = rpc.search_read("sale.order.line", domain, &LINE_FIELDS, ALONG_MAX).await?;
    check_whole(lines.len(), "lines")?;
    let skus = skus(rpc, lines.iter().filter_map(|line| record::link(line, "product_id"))).await?;
    let mut of_order: HashMap<i64, Vec<Value>> = HashMap::new();
    for line in lines {
        let Some(order) = record::link(&line, "order_id") else { continue };
        let sku = record::link(&line, "product_id").and_then(|product| skus.get(&product)).cloned();
        let mut line = plain(line);
        line.insert("sku".into(), sku.into());
        of_order.entry(order).or_default().push(Value::Object(line));
    }
    let whole = |order: Row| {
        let lines = record::id(&order).and_then(|id| of_order.remove(&id)).unwrap_or_default();
        let mut order = plain(order);
        order.insert("lines".into(), lines.into());
        Value::Object(order)
    };
    Ok(orders.into_iter().map(whole).collect())
}

/// The SKU of each product that has one.
pub async fn skus(rpc: &Rpc<'_>, products: impl Iterator<Item = i64>) -> Result<HashMap<i64, String>, Error> {
    let ids: std::collections::BTreeSet<i64> = products.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    // Archived products still stand on orders.
    let named =
        json!({"fields": ["id", "default_code"], "limit": ids.len(), "context": {"active_test": false}});
    let rows: Vec<Row> =
        rpc.call("product.product", "search_read", ("domain", json!([["id", "in", ids]])), named).await?;
    let sku = |row: &Row| Some((record::id(row)?, record::text(row, "default_code").to_owned()));
    Ok(rows.iter().filter_map(sku).filter(|(_, sku)| !sku.is_empty()).collect())
}

/// An order as `get_order` and the trigger give it.
pub fn example() -> Value {
    json!({
        "id": 120, "name": "S00120", "client_order_ref": "SHOPIFY-1001", "date_order": "2026-11-20 03:10:00",
        "state": "sale", "partner_id": [57, "สมชาย ใจดี"], "amount_untaxed": 1000.00, "amount_tax": 70.00,
        "amount_total": 1070.00, "currency_id": [1, "THB"], "invoice_status": "to invoice",
        "write_date": "2026-11-20 03:11:09",
        "lines": [{"sku": "TEA-100", "product_id": [31, "ชาเขียว 100 g"], "product_uom_qty": 2, "price_unit": 535.00,
                   "qty_delivered": 0, "price_total": 1070.00}]
    })
}
