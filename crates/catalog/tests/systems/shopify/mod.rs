//! Shopify: its webhooks with the vendor's own vectors, its sign-in, and the Admin API as the vendor shows it.

mod looks;
mod orders;
mod products;
mod sending;
mod setup;
mod tokens;
mod webhooks;

use crate::common::fake::{Asked, Fake};
use crate::common::{Runner, connection};
use connector::Connection;
use serde_json::{Value, json};

pub const TOKEN: &str = "shpat_0123456789abcdef";
pub const ORDER_ID: &str = "gid://shopify/Order/5551";

pub fn shop(fake: &Fake) -> Connection {
    connection("shopify", json!({"shop_url": fake.url}), &[("access_token", TOKEN)])
}

pub fn runner(operation: &str, fake: &Fake) -> Runner {
    Runner::new(operation, Some(shop(fake)))
}

pub fn data(data: Value) -> Value {
    json!({"data": data})
}

/// What was asked: the document and its variables.
pub fn variables(asked: &Asked) -> Value {
    asked.json()["variables"].clone()
}

pub fn document(asked: &Asked) -> String {
    asked.json()["query"].as_str().unwrap().to_owned()
}

pub fn variant(sku: &str, number: u32) -> Value {
    json!({
        "id": format!("gid://shopify/ProductVariant/{number}"), "sku": sku,
        "product": {"id": format!("gid://shopify/Product/{}", number / 10)},
        "inventoryItem": {"id": format!("gid://shopify/InventoryItem/{number}")}
    })
}

pub fn variants(nodes: &[Value]) -> Value {
    data(json!({"productVariants": {"pageInfo": {"hasNextPage": false, "endCursor": "x"}, "nodes": nodes}}))
}
