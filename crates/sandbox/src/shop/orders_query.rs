//! Orders by page and search, and one by its id.

use std::sync::Arc;

use serde_json::Value;

use super::order_node::order_node;
use super::query::Selection;
use super::schema::{Node, Page, Refused, after, cursor, page_size, project, project_connection};
use super::search::Search;
use super::{Shop, ShopOrder};

pub(super) fn orders(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    let first = page_size(field.arguments.get("first"))?;
    let search = Search::parse(field.argument("query").as_str().unwrap_or_default())?;
    let after = after(field)?;
    let mut found: Vec<Arc<ShopOrder>> = shop.state().orders.values().cloned().collect();
    found.retain(|order| fits(&search, order));
    if field.argument("sortKey") == "UPDATED_AT" {
        found.sort_by_key(|order| (order.updated_at, order.number));
    }
    if *field.argument("reverse") == Value::Bool(true) {
        found.reverse();
    }
    let start = match after {
        None => 0,
        Some(number) => {
            found.iter().position(|order| order.number == number).map_or(found.len(), |place| place + 1)
        }
    };
    let page: Vec<_> = found.iter().skip(start).take(first).collect();
    let around = Page {
        cursors: page.iter().map(|order| cursor(order.number)).collect(),
        more_after: start + page.len() < found.len(),
        more_before: start > 0,
    };
    let nodes: Vec<Node> = page.into_iter().map(|order| order_node(order)).collect();
    project_connection(&nodes, &around, &field.inner)
}

fn fits(search: &Search, order: &ShopOrder) -> bool {
    let time = |field: &str| match field {
        "updated_at" => Some(order.updated_at),
        "created_at" | "processed_at" => Some(order.created_at),
        _ => None,
    };
    let text = |field: &str| match field {
        "financial_status" => Some(order.financial_status.clone()),
        "name" => Some(order.name.trim_start_matches('#').to_owned()),
        "id" => Some(order.id.to_string()),
        _ => None,
    };
    search.fits(time, text)
}

pub(super) fn order(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    let id = field.argument("id").as_str().and_then(|gid| gid.rsplit('/').next());
    let order = id.and_then(|id| shop.find(&id.into()));
    order.map_or(Ok(Value::Null), |order| project(&order_node(&order), field))
}
