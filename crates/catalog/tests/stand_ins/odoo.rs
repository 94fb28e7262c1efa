//! Odoo, for as much of it as the stand-in has: orders, customers, articles.

use crate::follow::{Follower, names};
use crate::world::World;
use serde_json::{Value, json};

fn order(reference: &str) -> Value {
    json!({"order": {"reference": reference, "date": "2026-11-20T10:10:00+07:00", "currency": "THB",
        "partner": {"ref": "SHOPIFY-8891", "name": "สมชาย ใจดี", "email": "somchai@example.com"},
        "lines": [{"sku": "TEA-100", "quantity": 2, "price": "535.00", "tax_included": true}]}, "confirm": true})
}

#[tokio::test]
async fn orders_come_as_events_once_and_again_when_they_change() {
    let world = World::start().await;
    for protocol in ["json2", "jsonrpc"] {
        let mut erp = world.connect("odoo").await;
        erp.fields.insert("protocol".into(), protocol.into());
        let mut orders = Follower::new(&world, "odoo/orders_changed", &erp);
        orders.records().await;
        world.pass(1);
        let reference = format!("SHOPIFY-{protocol}");
        let made = world.does("odoo/create_sales_order", &erp, order(&reference)).await;
        world.pass(60);
        assert_eq!(names(&orders.records().await, "client_order_ref"), std::slice::from_ref(&reference));
        assert_eq!(orders.records().await, Vec::<Value>::new());
        let read = world.does("odoo/get_order", &erp, json!({"order": reference})).await;
        assert_eq!(read["id"], made["id"]);
        let cancelled = world.does("odoo/cancel_sales_order", &erp, json!({"order": reference})).await;
        assert_eq!(cancelled["cancelled_now"], true);
        let again = world.does("odoo/cancel_sales_order", &erp, json!({"order": reference})).await;
        assert_eq!(again["cancelled_now"], false);
        world.pass(60);
        let changed = orders.records().await;
        assert_eq!(changed.len(), 1, "{protocol}: {changed:?}");
        assert_eq!(changed[0]["state"], "cancel");
    }
}

#[tokio::test]
async fn a_customer_is_entered_once() {
    let world = World::start().await;
    let erp = world.connect("odoo").await;
    let customer = |name: &str| json!({"customer": {"ref": "shopify_8891", "name": name, "email": "somchai@example.com"}});
    let first = world.does("odoo/upsert_customer", &erp, customer("สมชาย")).await;
    let again = world.does("odoo/upsert_customer", &erp, customer("สมชาย ใจดี")).await;
    assert_eq!(first["id"], again["id"]);
}

#[tokio::test]
async fn orders_are_found_by_their_state() {
    let world = World::start().await;
    let erp = world.connect("odoo").await;
    world.does("odoo/create_sales_order", &erp, order("SHOPIFY-1001")).await;
    let found = world.does("odoo/find_orders", &erp, json!({"state": "sale"})).await;
    assert_eq!(names(found["orders"].as_array().unwrap(), "client_order_ref"), ["SHOPIFY-1001"]);
}
