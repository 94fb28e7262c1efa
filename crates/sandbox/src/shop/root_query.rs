//! The root's fields, and what a query costs.

use serde_json::{Map, Value};

use super::query::Selection;
use super::schema::{Node, Refused, leaf, project, unknown};
use super::{Shop, customers_query, goods_query, hooks, orders_query};

/// Answers a query.
pub(crate) fn answer(shop: &Shop, query: &[Selection]) -> Result<Value, Refused> {
    let mut data = Map::new();
    for field in query {
        data.insert(field.alias.clone(), field_of(shop, field)?);
    }
    Ok(data.into())
}

fn field_of(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    match field.name.as_str() {
        "orders" => orders_query::orders(shop, field),
        "order" => orders_query::order(shop, field),
        "customers" => customers_query::customers(shop, field),
        "customer" => customers_query::customer(shop, field),
        "products" => goods_query::products(shop, field),
        "product" => goods_query::product(shop, field),
        "productVariants" => goods_query::variants(shop, field),
        "productVariant" => goods_query::variant(shop, field),
        "inventoryItem" => goods_query::inventory_item(shop, field),
        "locations" => project(&Node::Connection(vec![goods_query::location()]), field),
        "location" => project(&goods_query::location(), field),
        "webhookSubscriptions" => hooks::list(shop, field),
        "job" => project(&job(field.argument("id").clone()), field),
        "shop" => project(&shop_node(shop), field),
        "__typename" => Ok("QueryRoot".into()),
        other => Err(unknown(other, "QueryRoot")),
    }
}

/// Jobs are done as soon as they are asked for.
pub(super) fn job(id: Value) -> Node {
    Node::Object("Job", vec![("id", Node::Leaf(id)), ("done", leaf(true))])
}

/// A rough price of a query: an object is a point, a connection two and a tenth of its nodes.
pub(crate) fn cost(query: &[Selection]) -> u64 {
    let one = |field: &Selection| {
        let nodes =
            field.arguments.get("first").and_then(Value::as_u64).map_or(0, |first| 2 + first.div_ceil(10));
        nodes + u64::from(!field.inner.is_empty() && nodes == 0) + cost(&field.inner)
    };
    query.iter().map(one).sum()
}

fn shop_node(shop: &Shop) -> Node {
    Node::Object(
        "Shop",
        vec![
            ("id", leaf("gid://shopify/Shop/1")),
            ("name", leaf("Khlong Tea")),
            ("email", leaf("shop@example.com")),
            ("myshopifyDomain", leaf(shop.domain())),
            ("currencyCode", leaf("THB")),
            ("taxesIncluded", leaf(true)),
            ("ianaTimezone", leaf("Asia/Bangkok")),
        ],
    )
}
