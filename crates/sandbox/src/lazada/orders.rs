//! The pull: orders by time, one order, and the units of orders.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Lazada;
use super::call::{Answer, Reply, ids};
use super::order::{Order, STATUSES};
use super::refused::Refused;
use crate::market::Asked;

const LIMIT_MAX: usize = 100;
/// Further back one windows by time.
const OFFSET_MAX: usize = 5_000;
/// Orders whose units are asked for at once.
const ORDERS_MAX: usize = 50;

fn moment(asked: &Asked, name: &str) -> Result<Option<DateTime<Utc>>, Refused> {
    let read = |text: &str| DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let wrong = |_| Refused::service("17", format!("E017: \"{name}\" Invalid Date Format"));
    asked.get(name).map(read).transpose().map_err(wrong)
}

/// "After or on", "before or on": to the second, for that is all an answer shows.
fn within(time: DateTime<Utc>, after: Option<DateTime<Utc>>, before: Option<DateTime<Utc>>) -> bool {
    after.is_none_or(|after| time.timestamp() >= after.timestamp())
        && before.is_none_or(|before| time.timestamp() <= before.timestamp())
}

/// `limit` and `offset`
pub(super) fn window(asked: &Asked, limit_max: usize, offset_max: usize) -> Result<(usize, usize), Refused> {
    let limit = asked.number("limit", limit_max).filter(|limit| (1..=limit_max).contains(limit));
    let offset = asked.number("offset", 0).filter(|offset| *offset <= offset_max);
    let limit = limit.ok_or_else(|| Refused::service("19", "E019: Invalid Limit"))?;
    Ok((limit, offset.ok_or_else(|| Refused::service("14", "E014: Invalid Offset"))?))
}

pub(super) fn list(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let (limit, offset) = window(asked, LIMIT_MAX, OFFSET_MAX)?;
    let updated = (moment(asked, "update_after")?, moment(asked, "update_before")?);
    let created = (moment(asked, "created_after")?, moment(asked, "created_before")?);
    if updated.0.is_none() && created.0.is_none() {
        return Err(Refused::service("18", "E018: Either update_after or created_after is mandatory"));
    }
    let status = asked.get("status");
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        return Err(Refused::service("36", "E036: Invalid status filter"));
    }
    let state = lazada.state();
    let fits = |order: &&Order| {
        within(order.updated_at(), updated.0, updated.1)
            && within(order.sale.at, created.0, created.1)
            && status.is_none_or(|status| order.has_status(status))
    };
    let mut found: Vec<&Order> = state.book.all().filter(fits).collect();
    sort(asked, &mut found)?;
    let page: Vec<Value> = found.iter().skip(offset).take(limit).map(|order| order.show()).collect();
    Ok(Reply::Data(json!({ "count": page.len(), "countTotal": found.len(), "orders": page })))
}

fn sort(asked: &Asked, found: &mut [&Order]) -> Result<(), Refused> {
    match asked.get("sort_by").unwrap_or("created_at") {
        "created_at" => {} // numbers and times rise together
        "updated_at" => found.sort_by_key(|order| order.updated_at()),
        _ => return Err(Refused::service("75", "E075: Invalid sort filter.")),
    }
    match asked.get("sort_direction").unwrap_or("DESC") {
        "ASC" => {}
        "DESC" => found.reverse(),
        _ => return Err(Refused::service("74", "E074: Invalid sort direction.")),
    }
    Ok(())
}

pub(super) fn order_id(asked: &Asked) -> Result<u64, Refused> {
    let text = asked.get("order_id").ok_or_else(|| Refused::missing("order_id"))?;
    text.parse().map_err(|_| Refused::order())
}

pub(super) fn one(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    Ok(Reply::Data(lazada.state().order(order_id(asked)?)?.show()))
}

fn units(order: &Order) -> Value {
    order.units.iter().map(|unit| order.show_unit(unit)).collect()
}

pub(super) fn items(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    Ok(Reply::Data(units(lazada.state().order(order_id(asked)?)?)))
}

pub(super) fn many_items(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let wanted = ids(asked, "order_ids")?;
    if wanted.len() > ORDERS_MAX {
        return Err(Refused::service("38", "E038: Too many orders were requested"));
    }
    let state = lazada.state();
    let one = |id: &u64| {
        let order = state.order(*id)?;
        Ok(json!({ "order_id": order.id, "order_number": order.id, "order_items": units(order) }))
    };
    wanted.iter().map(one).collect::<Result<Value, Refused>>().map(Reply::Data)
}
