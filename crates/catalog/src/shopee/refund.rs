//! Returns and refunds as Shopee lists them.

use super::api::{Api, Pairs, VENDOR};
use super::order::secs;
use crate::market::window::Window;
use crate::values;
use connector::Error;
use serde_json::{Value, json};

const PAGE: usize = 50;
/// Pages of one look.
const PAGES_MAX: usize = 6;

/// All returns that changed in a time, or nothing where there are too many for one look.
pub async fn changed(api: &Api<'_>, window: Window) -> Result<Option<Vec<Value>>, Error> {
    let (found, more) = all(api, (window.from, window.to), "", PAGE * PAGES_MAX).await?;
    Ok((!more).then_some(found))
}

pub async fn all(
    api: &Api<'_>,
    (from, to): (i64, i64),
    status: &str,
    most: usize,
) -> Result<(Vec<Value>, bool), Error> {
    let mut found = Vec::new();
    for page in 0.. {
        let mut pairs: Pairs = vec![
            ("page_no", page.to_string()),
            ("page_size", PAGE.to_string()),
            ("update_time_from", secs(from)),
            ("update_time_to", secs(to)),
        ];
        if !status.is_empty() {
            pairs.push(("status", status.to_owned()));
        }
        let told = api.get("returns/get_return_list", pairs).await?;
        let rows = values::rows_or_none(&told, "/return", VENDOR)?;
        let more = told.get("more") == Some(&Value::Bool(true)) && !rows.is_empty();
        found.extend_from_slice(rows);
        if !more || found.len() >= most {
            return Ok((found, more));
        }
    }
    Ok((found, false))
}

pub async fn one(api: &Api<'_>, return_sn: &str) -> Result<Value, Error> {
    api.get("returns/get_return_detail", vec![("return_sn", return_sn.to_owned())]).await
}

pub fn status(record: &Value) -> &str {
    record.get("status").and_then(Value::as_str).unwrap_or_default()
}

pub fn example() -> Value {
    json!({
        "return_sn": "2212080000001", "order_sn": "201218V2Y6E59M", "status": "REQUESTED", "reason": "ITEM_DAMAGED",
        "refund_amount": 590.0, "currency": "THB", "update_time": 1767670000,
        "item": [{"item_id": 1000, "model_id": 3456, "variation_sku": "ABC-1", "amount": 1}]
    })
}
