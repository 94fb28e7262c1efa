//! Reverse orders (cancellations, returns, refunds) as Lazada lists them.

use super::api::{Api, Pairs, VENDOR};
use crate::market::window::Window;
use crate::market::{list, text_at, text_of};
use crate::values;
use connector::Error;
use serde_json::{Value, json};

const PAGE: usize = 20;
/// Reverse orders of one look.
const PAGES_MAX: usize = 15;
/// Amounts of these countries are not in hundredths.
const WHOLE: &str = "vn";

/// All reverse orders that were changed in a time, or nothing where there are too many for one look.
pub async fn changed(api: &Api<'_>, window: Window, more: &Pairs) -> Result<Option<Vec<Value>>, Error> {
    let mut found = Vec::new();
    for page in 1..=PAGES_MAX {
        let rows = self::page(api, (window.from, window.to), page, more).await?;
        let last = rows.len() < PAGE;
        found.extend(rows);
        if last {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

pub async fn page(
    api: &Api<'_>,
    (from, to): (i64, i64),
    page: usize,
    more: &Pairs,
) -> Result<Vec<Value>, Error> {
    let mut pairs = vec![
        ("page_no", page.to_string()),
        ("page_size", PAGE.to_string()),
        ("ReverseOrderLineModifiedTimeRangeStart", from.to_string()),
        ("ReverseOrderLineModifiedTimeRangeEnd", to.to_string()),
    ];
    pairs.extend(more.iter().cloned());
    let data = api.get("/reverse/getreverseordersforseller", pairs).await?;
    let rows = values::rows_or_none(&data, "/items", VENDOR)?;
    Ok(rows.iter().map(|row| in_baht(api, row.clone(), "reverse_order_lines")).collect())
}

/// Adds to each line what is refunded as an amount of money: Lazada writes it in hundredths.
pub fn in_baht(api: &Api<'_>, mut record: Value, lines: &str) -> Value {
    let whole = api.connection.fact("country") == Some(WHOLE);
    let rows = record.get_mut(lines).and_then(Value::as_array_mut);
    for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
        if let Some(amount) = row.get("refund_amount").map(text_of).and_then(|text| amount(&text, whole)) {
            row.insert("refund".into(), amount.into());
        }
    }
    record
}

fn amount(hundredths: &str, whole: bool) -> Option<String> {
    let digits = hundredths.parse::<u64>().ok()?;
    Some(if whole { digits.to_string() } else { format!("{}.{:02}", digits / 100, digits % 100) })
}

/// When a reverse order changed last, by its lines.
pub fn changed_at(record: &Value) -> i64 {
    let of_line = |line: &Value| text_at(line, "/return_order_line_gmt_modified").parse::<i64>().ok();
    list(record, "/reverse_order_lines").iter().filter_map(of_line).max().unwrap_or_default()
}

/// The last change, and the state of each line: some states change without it.
pub fn version(record: &Value) -> String {
    let states = list(record, "/reverse_order_lines")
        .iter()
        .flat_map(|line| [text_at(line, "/reverse_status"), text_at(line, "/ofc_status")]);
    let states: Vec<String> = states.filter(|state| !state.is_empty()).collect();
    format!("{} {}", changed_at(record), states.join("+")).trim().to_owned()
}

pub fn example() -> Value {
    json!({
        "reverse_order_id": 260422900598363u64, "trade_order_id": 260422900198363u64, "request_type": "RETURN",
        "reverse_order_lines": [{
            "reverse_order_line_id": 260422900698363u64, "trade_order_line_id": 260422900298363u64,
            "reverse_status": "REQUEST_INITIATE", "seller_sku_id": "ABC-1", "refund_amount": 59000, "refund": "590.00",
            "reason_text": "Damaged", "return_order_line_gmt_modified": 1767670000000u64
        }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn satang_become_baht_to_the_last_place_and_dong_stay() {
        assert_eq!(amount("59005", false).as_deref(), Some("590.05"));
        assert_eq!(amount("7", false).as_deref(), Some("0.07"));
        assert_eq!(amount("10000", true).as_deref(), Some("10000"));
        assert_eq!(amount("x", false), None);
    }
}
