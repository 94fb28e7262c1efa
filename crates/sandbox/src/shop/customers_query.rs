//! Customers: everybody who bought something.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Shop;
use super::order_node::customer as customer_node;
use super::query::Selection;
use super::schema::{Node, Refused, project};
use super::search::Search;

/// A buyer with the times of his first and his latest order.
struct Buyer {
    body: Value,
    since: DateTime<Utc>,
    changed: DateTime<Utc>,
}

fn buyers(shop: &Shop) -> BTreeMap<u64, Buyer> {
    let mut buyers: BTreeMap<u64, Buyer> = BTreeMap::new();
    for order in shop.state().orders.values() {
        let body = order.json()["customer"].take();
        let Some(id) = body["id"].as_u64() else { continue };
        let buyer = buyers.entry(id).or_insert(Buyer {
            body: Value::Null,
            since: order.created_at,
            changed: order.created_at,
        });
        buyer.body = body;
        buyer.changed = buyer.changed.max(order.created_at);
    }
    for buyer in buyers.values_mut() {
        buyer.body["created_at"] = json!(buyer.since.to_rfc3339());
        buyer.body["updated_at"] = json!(buyer.changed.to_rfc3339());
    }
    buyers
}

pub(super) fn customers(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    let search = Search::parse(field.argument("query").as_str().unwrap_or_default())?;
    let fits = |buyer: &&Buyer| {
        let time = |name: &str| match name {
            "updated_at" => Some(buyer.changed),
            "created_at" | "customer_date" => Some(buyer.since),
            _ => None,
        };
        let text = |name: &str| match name {
            "email" | "phone" => Some(buyer.body[name].as_str().unwrap_or_default().to_owned()),
            "id" => Some(buyer.body["id"].to_string()),
            _ => None,
        };
        search.fits(time, text)
    };
    let buyers = buyers(shop);
    let nodes = buyers.values().filter(fits).map(|buyer| customer_node(&buyer.body)).collect();
    project(&Node::Connection(nodes), field)
}

pub(super) fn customer(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    let id = field.argument("id").as_str().and_then(|gid| gid.rsplit('/').next()?.parse().ok());
    let buyers = buyers(shop);
    let buyer = id.and_then(|id: u64| buyers.get(&id));
    buyer.map_or(Ok(Value::Null), |buyer| project(&customer_node(&buyer.body), field))
}
