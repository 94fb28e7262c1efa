//! Products and variants by page and search, inventory items by id, and the location.

use serde_json::{Value, json};

use super::Shop;
use super::goods::{LOCATION, inventory_item_id, number_of, product_id, variant_id};
use super::order_node::utc;
use super::query::Selection;
use super::schema::{Node, Refused, leaf, project};
use super::search::Search;
use crate::market::Good;
use crate::money::money;

fn found(shop: &Shop, field: &Selection, show: impl Fn(&Good) -> Node) -> Result<Value, Refused> {
    let search = Search::parse(field.argument("query").as_str().unwrap_or_default())?;
    let state = shop.state();
    let fits = |good: &&Good| {
        let time = |name: &str| (name == "updated_at").then_some(good.changed_at);
        let text = |name: &str| match name {
            "sku" => Some(good.sku.clone()),
            "title" => Some(good.title.clone()),
            "handle" => Some(handle(good)),
            "status" => Some(status(good).to_owned()),
            _ => None,
        };
        search.fits(time, text)
    };
    let nodes = state.shelf.all().filter(fits).map(show).collect();
    project(&Node::Connection(nodes), field)
}

fn one(shop: &Shop, field: &Selection, kind: &str, show: impl Fn(&Good) -> Node) -> Result<Value, Refused> {
    let state = shop.state();
    let good = number_of(field.argument("id"), kind).and_then(|number| state.shelf.numbered(number));
    good.map_or(Ok(Value::Null), |good| project(&show(good), field))
}

pub(super) fn products(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    found(shop, field, product_node)
}

pub(super) fn product(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    one(shop, field, "Product", product_node)
}

pub(super) fn variants(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    found(shop, field, variant_node)
}

pub(super) fn variant(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    one(shop, field, "ProductVariant", variant_node)
}

pub(super) fn inventory_item(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    one(shop, field, "InventoryItem", inventory_item_node)
}

pub(super) fn handle(good: &Good) -> String {
    good.sku.to_lowercase()
}

fn status(good: &Good) -> &'static str {
    if good.live { "ACTIVE" } else { "DRAFT" }
}

/// The product without its variants, so that the two can name each other.
fn product_head(good: &Good) -> Vec<(&'static str, Node)> {
    vec![
        ("id", leaf(format!("gid://shopify/Product/{}", product_id(good.number)))),
        ("legacyResourceId", leaf(product_id(good.number).to_string())),
        ("title", leaf(good.title.as_str())),
        ("productType", leaf("")),
        ("tags", Node::List(Vec::new())),
        ("descriptionHtml", leaf("")),
        ("createdAt", utc(&json!(good.changed_at.to_rfc3339()))),
        ("handle", leaf(handle(good))),
        ("status", leaf(status(good))),
        ("vendor", leaf("Khlong Tea")),
        ("updatedAt", utc(&json!(good.changed_at.to_rfc3339()))),
        ("totalInventory", leaf(good.stock)),
    ]
}

pub(super) fn product_node(good: &Good) -> Node {
    let mut fields = product_head(good);
    fields.push(("variants", Node::Connection(vec![variant_node(good)])));
    Node::Object("Product", fields)
}

pub(super) fn variant_node(good: &Good) -> Node {
    let option =
        Node::Object("SelectedOption", vec![("name", leaf("Title")), ("value", leaf("Default Title"))]);
    Node::Object(
        "ProductVariant",
        vec![
            ("id", leaf(format!("gid://shopify/ProductVariant/{}", variant_id(good.number)))),
            ("sku", leaf(good.sku.as_str())),
            ("barcode", Node::null()),
            ("selectedOptions", Node::List(vec![option])),
            ("title", leaf("Default Title")),
            ("displayName", leaf(format!("{} - Default Title", good.title))),
            ("price", leaf(money(good.price))),
            ("compareAtPrice", leaf(json!(good.special.map(money)))),
            ("inventoryQuantity", leaf(good.stock)),
            ("product", Node::Object("Product", product_head(good))),
            ("inventoryItem", inventory_item_node(good)),
        ],
    )
}

fn inventory_item_node(good: &Good) -> Node {
    let quantity = |name: &str, quantity: i64| {
        Node::Object("InventoryQuantity", vec![("name", leaf(name)), ("quantity", leaf(quantity))])
    };
    let quantities = vec![
        quantity("available", good.stock),
        quantity("on_hand", good.stock + good.reserved),
        quantity("committed", good.reserved),
    ];
    let level = Node::Object(
        "InventoryLevel",
        vec![
            (
                "id",
                leaf(format!(
                    "gid://shopify/InventoryLevel/{}?inventory_item_id={}",
                    good.number,
                    inventory_item_id(good.number)
                )),
            ),
            ("location", location()),
            ("quantities", Node::List(quantities)),
        ],
    );
    Node::Object(
        "InventoryItem",
        vec![
            ("id", leaf(format!("gid://shopify/InventoryItem/{}", inventory_item_id(good.number)))),
            ("sku", leaf(good.sku.as_str())),
            ("tracked", leaf(true)),
            ("inventoryLevels", Node::Connection(vec![level.clone()])),
            ("inventoryLevel", level),
        ],
    )
}

pub(super) fn location() -> Node {
    Node::Object(
        "Location",
        vec![
            ("id", leaf(LOCATION)),
            ("name", leaf("คลังสินค้าหลัก")),
            ("isActive", leaf(true)),
            ("fulfillsOnlineOrders", leaf(true)),
        ],
    )
}
