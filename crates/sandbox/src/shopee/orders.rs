//! The pull: numbers of orders by time, with a cursor.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shopee;
use super::call::{Answer, Params, Reply};
use super::order::{Order, STATUSES};
use super::refused::Refused;
use crate::market::Asked;

const PAGE_MAX: usize = 100;
/// A window of time is at most so long.
const WINDOW_SECONDS_MAX: i64 = 15 * 86_400;

/// `{prefix}_from` and `{prefix}_to`: both bounds are inside.
pub(super) fn window(query: &Asked, from: &str, to: &str) -> Result<Option<(i64, i64)>, Refused> {
    let bound = |name: &str| query.get(name).map(str::parse::<i64>).transpose();
    let wrong = |_| Refused::parameter(format!("Wrong parameters, detail: {from} and {to} are seconds."));
    let (start, end) = (bound(from).map_err(wrong)?, bound(to).map_err(wrong)?);
    match (start, end) {
        (None, None) => Ok(None),
        (Some(start), Some(end)) if start <= end && end - start <= WINDOW_SECONDS_MAX => {
            Ok(Some((start, end)))
        }
        _ => Err(Refused::parameter(format!(
            "Wrong parameters, detail: {to} is later than {from}, and at most 15 days."
        ))),
    }
}

pub(super) fn list(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let query = &params.query;
    let by_update = match query.text("time_range_field") {
        "update_time" => true,
        "create_time" => false,
        _ => {
            return Err(Refused::parameter(
                "Wrong parameters, detail: time_range_field is create_time or update_time.",
            ));
        }
    };
    let Some((from, to)) = window(query, "time_from", "time_to")? else {
        return Err(Refused::parameter("Wrong parameters, detail: time_from and time_to are required."));
    };
    let size = params.number("page_size", 0, 1, PAGE_MAX)?;
    let start: usize =
        query.number("cursor", 0).ok_or_else(|| Refused::parameter("Wrong parameters, detail: cursor."))?;
    let status = query.get("order_status").filter(|status| *status != "ALL");
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        return Err(Refused::parameter("Wrong parameters, detail: order_status."));
    }
    let time = |order: &Order| if by_update { order.updated_at } else { order.sale.at }.timestamp();
    let state = shopee.state();
    let fits = |order: &&Order| {
        (from..=to).contains(&time(order)) && status.is_none_or(|status| status == order.status)
    };
    let mut found: Vec<&Order> = state.book.all().filter(fits).collect();
    found.sort_by_key(|order| time(order));
    let with_status = query.list("response_optional_fields").contains(&"order_status");
    let page: Vec<Value> = found.iter().skip(start).take(size).map(|order| row(order, with_status)).collect();
    let end = start.saturating_add(page.len());
    let more = end < found.len();
    let cursor = if more { end.to_string() } else { String::new() };
    Ok(Reply::Response(json!({ "more": more, "next_cursor": cursor, "order_list": page })))
}

fn row(order: &Order, with_status: bool) -> Value {
    let mut row = json!({ "order_sn": order.sn, "booking_sn": "" });
    if with_status {
        row["order_status"] = order.status.as_str().into();
    }
    row
}
