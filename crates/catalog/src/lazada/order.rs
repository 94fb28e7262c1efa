//! Orders as Lazada keeps them: a head, and one row per unit, each with a state of its own.

use super::api::{Api, Pairs, VENDOR};
use crate::market::lines::Lines;
use crate::market::{list, mistake, text_at, text_of};
use crate::since;
use crate::values::{self, Id};
use chrono::{DateTime, FixedOffset};
use connector::Error;
use serde_json::{Value, json};

/// Orders whose rows are asked for in one call.
pub const PAGE: usize = 50;

const LINES: Lines<'_> = Lines {
    same: &[
        ("sku", "sku"),
        ("shop_sku", "shop_sku"),
        ("name", "name"),
        ("price", "item_price"),
        ("paid_price", "paid_price"),
        ("status", "status"),
    ],
    id: "order_item_id",
    ids: "order_item_ids",
};

/// A time as the filters take it.
pub fn filter_time(ms: i64) -> String {
    let bangkok = FixedOffset::east_opt(7 * 3_600);
    let time = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    match bangkok {
        Some(bangkok) => time.with_timezone(&bangkok).format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        None => since::iso(ms),
    }
}

/// Reads `2026-01-05 10:22:00 +0700`.
pub fn read_time(text: &str) -> Option<i64> {
    let zoned = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z").map(|time| time.timestamp_millis());
    zoned.ok().or_else(|| since::read_iso(text))
}

/// When an order changed last.
pub fn changed_at(order: &Value) -> Option<i64> {
    read_time(order.get("updated_at")?.as_str()?)
}

/// One page of heads that changed in a time, the earliest change first.
pub async fn page(
    api: &Api<'_>,
    from: i64,
    to: i64,
    offset: usize,
    more: Pairs,
) -> Result<Vec<Value>, Error> {
    let mut pairs = vec![
        ("update_after", filter_time(from)),
        ("update_before", filter_time(to)),
        ("sort_by", "updated_at".to_owned()),
        ("sort_direction", "ASC".to_owned()),
        ("limit", PAGE.to_string()),
        ("offset", offset.to_string()),
    ];
    pairs.extend(more);
    let data = api.get("/orders/get", pairs).await?;
    Ok(values::rows_or_none(&data, "/orders", VENDOR)?.to_vec())
}

/// Adds to each order its rows (`items`) and its lines (`lines`).
pub async fn with_items(api: &Api<'_>, orders: Vec<Value>) -> Result<Vec<Value>, Error> {
    let mut whole = Vec::with_capacity(orders.len());
    for batch in orders.chunks(PAGE) {
        let ids: Vec<String> = batch.iter().map(|order| text_at(order, "/order_id")).collect();
        let data = api.get("/orders/items/get", vec![("order_ids", format!("[{}]", ids.join(",")))]).await?;
        let groups = values::rows_or_none(&data, "", VENDOR)?;
        for (order, id) in batch.iter().zip(&ids) {
            let group = groups.iter().find(|group| group.get("order_id").map(text_of).as_ref() == Some(id));
            let rows = match group {
                Some(group) => list(group, "/order_items").to_vec(),
                None => rows(api, id).await?,
            };
            whole.push(joined(order.clone(), rows));
        }
    }
    Ok(whole)
}

/// The rows of one order.
pub async fn rows(api: &Api<'_>, order_id: &str) -> Result<Vec<Value>, Error> {
    let data = api.get("/order/items/get", vec![("order_id", order_id.to_owned())]).await?;
    values::rows_or_none(&data, "", VENDOR).map(<[Value]>::to_vec)
}

pub async fn one(api: &Api<'_>, order_id: &str) -> Result<Value, Error> {
    let order = api.get("/order/get", vec![("order_id", order_id.to_owned())]).await?;
    let rows = rows(api, order_id).await?;
    Ok(joined(order, rows))
}

fn joined(mut order: Value, rows: Vec<Value>) -> Value {
    if let Some(order) = order.as_object_mut() {
        order.insert("lines".into(), LINES.of(&rows));
        order.insert("items".into(), rows.into());
    }
    order
}

/// What names an order and its change: the states of its rows are in the head, too.
pub fn version(order: &Value) -> String {
    let statuses: Vec<String> = list(order, "/statuses").iter().map(text_of).collect();
    format!("{} {}", text_at(order, "/updated_at"), statuses.join("+")).trim().to_owned()
}

pub fn status(row: &Value) -> &str {
    row.get("status").and_then(Value::as_str).unwrap_or_default()
}

/// Whether a unit is not sent any more, or never was to be.
pub fn is_off(row: &Value) -> bool {
    matches!(status(row), "canceled" | "returned" | "lost")
}

pub fn is_cancelled(row: &Value) -> bool {
    status(row) == "canceled"
}

pub fn row_id(row: &Value) -> String {
    text_at(row, "/order_item_id")
}

/// The rows with these ids, which have to be the order's; all rows where none are named.
pub fn named<'r>(rows: &'r [Value], ids: &[Id]) -> Result<Vec<&'r Value>, Error> {
    if ids.is_empty() {
        return Ok(rows.iter().collect());
    }
    let find = |id: &Id| {
        let row = rows.iter().find(|row| Some(row_id(row).as_str()) == id.filled());
        row.ok_or_else(|| {
            mistake(format!("the order has no row {id}"), "Take order_item_id from the order's items.")
        })
    };
    ids.iter().map(find).collect()
}

pub fn ids_of(rows: &[&Value]) -> Vec<Value> {
    rows.iter().map(|row| row.get("order_item_id").cloned().unwrap_or_default()).collect()
}

/// An order as examples show it.
pub fn example() -> Value {
    json!({
        "order_id": 260422900198363u64, "order_number": 260422900198363u64, "created_at": "2026-01-05 10:21:10 +0700",
        "updated_at": "2026-01-05 10:22:00 +0700", "statuses": ["pending"], "price": "1180.00", "shipping_fee": 38.00,
        "voucher": 0.00, "payment_method": "COD",
        "items": [
            {"order_item_id": 260422900298363u64, "sku": "ABC-1", "item_price": 590.00, "status": "pending"},
            {"order_item_id": 260422900398363u64, "sku": "ABC-1", "item_price": 590.00, "status": "pending"}
        ],
        "lines": [{
            "sku": "ABC-1", "shop_sku": "260422_TH-5001", "name": "Green tea", "price": "590.00", "paid_price": "590.00",
            "status": "pending", "quantity": 2, "order_item_ids": [260422900298363u64, 260422900398363u64]
        }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_as_lazada_does() {
        let ms = read_time("2026-01-05 10:22:00 +0700").unwrap();
        assert_eq!(filter_time(ms), "2026-01-05T10:22:00+07:00");
        assert_eq!(read_time(&filter_time(ms)), Some(ms));
        assert_eq!(read_time("yesterday"), None);
    }
}
