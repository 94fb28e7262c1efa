//! Deliveries (Odoo: pickings) with what was sent.

use super::changes::{ALONG_MAX, check_whole};
use super::record::{self, Row, plain};
use super::rpc::Rpc;
use super::sale;
use connector::Error;
use serde_json::{Value, json};
use std::collections::HashMap;

const BASE: [&str; 8] =
    ["id", "name", "origin", "state", "partner_id", "scheduled_date", "date_done", "write_date"];
/// These come with the modules for carriers and for sales.
const EXTRA: [&str; 4] = ["carrier_tracking_ref", "carrier_id", "carrier_tracking_url", "sale_id"];

/// The fields of a delivery that this Odoo has.
pub async fn fields(rpc: &Rpc<'_>) -> Result<Vec<&'static str>, Error> {
    let extra = rpc.fields_of("stock.picking", &EXTRA).await?;
    Ok(BASE.into_iter().chain(extra).collect())
}

/// Deliveries as they leave, with their lines and the number of the sales order's shop.
pub async fn with_lines(rpc: &Rpc<'_>, pickings: Vec<Row>) -> Result<Vec<Value>, Error> {
    let ids: Vec<i64> = pickings.iter().filter_map(record::id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // What was really sent has had another name until 16.
    let done = rpc.fields_of("stock.move", &["quantity", "quantity_done"]).await?;
    let fields: Vec<&str> = ["id", "picking_id", "product_id", "product_uom_qty"]
        .into_iter()
        .chain(done.iter().copied())
        .collect();
    let moves: Vec<Row> =
        rpc.search_read("stock.move", json!([["picking_id", "in", ids]]), &fields, ALONG_MAX).await?;
    check_whole(moves.len(), "lines")?;
    let skus = sale::skus(rpc, moves.iter().filter_map(|row| record::link(row, "product_id"))).await?;
    let references = references(rpc, &pickings).await?;
    let mut lines = lines(&moves, &skus, done.first().copied());
    let whole = |picking: Row| {
        let lines = record::id(&picking).and_then(|id| lines.remove(&id)).unwrap_or_default();
        let reference = references.get(record::text(&picking, "origin")).cloned();
        let mut picking = plain(picking);
        picking.insert("client_order_ref".into(), reference.into());
        picking.insert("lines".into(), lines.into());
        Value::Object(picking)
    };
    Ok(pickings.into_iter().map(whole).collect())
}

/// What each delivery sends. `done` is the field that says how much has been sent.
fn lines(moves: &[Row], skus: &HashMap<i64, String>, done: Option<&str>) -> HashMap<i64, Vec<Value>> {
    let mut lines: HashMap<i64, Vec<Value>> = HashMap::new();
    for row in moves {
        let (Some(picking), Some(product)) =
            (record::link(row, "picking_id"), record::link(row, "product_id"))
        else {
            continue;
        };
        let line = json!({
            "sku": skus.get(&product), "product_id": product, "name": record::link_name(row, "product_id"),
            "ordered": row.get("product_uom_qty"), "done": done.and_then(|field| row.get(field)),
        });
        lines.entry(picking).or_default().push(line);
    }
    lines
}

/// The shop's reference of each sales order that deliveries come from.
async fn references(rpc: &Rpc<'_>, pickings: &[Row]) -> Result<HashMap<String, String>, Error> {
    let origins: Vec<&str> =
        pickings.iter().map(|row| record::text(row, "origin")).filter(|origin| !origin.is_empty()).collect();
    if origins.is_empty() {
        return Ok(HashMap::new());
    }
    let domain = json!([["name", "in", origins]]);
    let rows: Vec<Row> =
        rpc.search_read("sale.order", domain, &["id", "name", "client_order_ref"], origins.len() * 2).await?;
    let pair =
        |row: &Row| (record::text(row, "name").to_owned(), record::text(row, "client_order_ref").to_owned());
    Ok(rows.iter().map(pair).filter(|(_, reference)| !reference.is_empty()).collect())
}
