//! Odoo, for as much of it as the stand-in has: orders, customers, articles.

use crate::follow::{Follower, names};
use crate::world::World;
use connector::{Connection, Error};
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

/// An order that is confirmed and, if so, shipped; the ERP and the stand-ins around it.
async fn sold(world: &World, erp: &Connection, reference: &str, shipped: bool) {
    world.does("odoo/create_sales_order", erp, order(reference)).await;
    if shipped {
        let tracking = json!({"order": reference, "tracking": "TH01234567890", "validate": true});
        world.does("odoo/set_tracking", erp, tracking).await;
    }
}

#[tokio::test]
async fn an_order_that_was_shipped_is_cancelled_only_where_that_is_wished() {
    let world = World::start().await;
    for protocol in ["json2", "jsonrpc"] {
        let mut erp = world.connect("odoo").await;
        erp.fields.insert("protocol".into(), protocol.into());
        let reference = format!("SHIPPED-{protocol}");
        sold(&world, &erp, &reference, true).await;
        let input = json!({"order": reference});
        let error = world.fails("odoo/cancel_sales_order", &erp, input.clone()).await;
        assert!(matches!(error, Error::Refused { .. }) && error.to_string().contains("WH/OUT/"), "{error:?}");
        assert_eq!(world.does("odoo/get_order", &erp, input).await["state"], "sale");
        let sure = json!({"order": reference, "if_shipped": "cancel"});
        assert_eq!(world.does("odoo/cancel_sales_order", &erp, sure).await["cancelled_now"], true);
    }
}

#[tokio::test]
async fn a_delivery_comes_as_an_event_with_its_order_and_its_lines() {
    let world = World::start().await;
    let erp = world.connect("odoo").await;
    let mut shipments = Follower::new(&world, "odoo/shipments_changed", &erp);
    shipments.records().await;
    world.pass(1);
    sold(&world, &erp, "SHOPIFY-1001", true).await;
    world.pass(60);
    let come = shipments.records().await;
    assert_eq!(names(&come, "client_order_ref"), ["SHOPIFY-1001"]);
    assert_eq!((&come[0]["lines"][0]["sku"], &come[0]["lines"][0]["done"]), (&json!("TEA-100"), &json!(2.0)));
    assert_eq!(come[0]["carrier_tracking_ref"], "TH01234567890");
}

#[tokio::test]
async fn an_invoice_is_found_by_what_the_shop_and_the_office_call_it() {
    let world = World::start().await;
    let erp = world.connect("odoo").await;
    sold(&world, &erp, "SHOPIFY-1001", false).await;
    let get = |invoice: &str, by: &str| json!({"invoice": invoice, "by": by, "if_missing": "nothing"});
    let none = world.does("odoo/get_invoice", &erp, get("SHOPIFY-1001", "reference")).await;
    assert_eq!(none, json!({"id": null}));
    let made = json!({"order": "SHOPIFY-1001", "post": true, "total": "1070.00"});
    let made = world.does("odoo/create_invoice", &erp, made).await;
    let number = made["number"].as_str().unwrap();
    for (invoice, by) in [("SHOPIFY-1001", "reference"), ("S00001", "order"), (number, "number"), ("1", "id")]
    {
        let found = world.does("odoo/get_invoice", &erp, get(invoice, by)).await;
        assert_eq!((&found["number"], &found["date"]), (&made["number"], &json!("2026-11-20")), "{by}");
        assert_eq!(
            (&found["due_date"], &found["amount_due"]),
            (&json!("2026-11-20"), &json!(1070.0)),
            "{by}"
        );
    }
    let error = world.fails("odoo/get_invoice", &erp, json!({"invoice": "SHOPIFY-9"})).await;
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn an_order_is_read_with_what_became_of_it() {
    let world = World::start().await;
    let erp = world.connect("odoo").await;
    sold(&world, &erp, "SHOPIFY-1001", true).await;
    let made = world.does("odoo/create_invoice", &erp, json!({"order": "SHOPIFY-1001", "post": true})).await;
    let refund =
        json!({"invoice": made["id"], "reference": "R-1", "lines": [{"sku": "TEA-100", "quantity": 1}]});
    world.does("odoo/create_credit_note", &erp, refund).await;
    let input = json!({"order": "SHOPIFY-1001", "parts": true});
    let order = world.does("odoo/get_order", &erp, input).await;
    let delivery = &order["deliveries"][0];
    assert_eq!((&delivery["state"], &delivery["lines"][0]["sku"]), (&json!("done"), &json!("TEA-100")));
    let invoices = order["invoices"].as_array().unwrap();
    assert_eq!(names(invoices, "type"), ["out_invoice", "out_refund"]);
    let alone = world.does("odoo/get_order", &erp, json!({"order": "SHOPIFY-1001"})).await;
    assert_eq!(alone["deliveries"], Value::Null);
}

#[tokio::test]
async fn a_credit_note_is_posted_only_where_it_comes_to_what_was_refunded() {
    let world = World::start().await;
    let erp = world.connect("odoo").await;
    sold(&world, &erp, "SHOPIFY-1001", false).await;
    let made = world.does("odoo/create_invoice", &erp, json!({"order": "SHOPIFY-1001", "post": true})).await;
    let mut input = json!({
        "invoice": made["id"], "reference": "R-1", "reason": "ลูกค้าคืนสินค้า", "post": true, "total": "500.00",
        "lines": [{"sku": "TEA-100", "quantity": 1}]
    });
    let error = world.fails("odoo/create_credit_note", &erp, input.clone()).await;
    assert!(error.to_string().contains("comes to 535"), "{error}");
    assert_eq!(world.finds("odoo/create_credit_note", &erp, input.clone()).await, None, "it is a draft");
    input["reference"] = "R-2".into();
    input["discount"] = "35.00".into();
    let note = world.does("odoo/create_credit_note", &erp, input.clone()).await;
    assert_eq!((&note["amount_total"], &note["state"]), (&json!(500.0), &json!("posted")));
    assert_eq!(world.does("odoo/create_credit_note", &erp, input.clone()).await["created"], false);
    for nothing in [json!([]), Value::Null] {
        input["reference"] = "R-3".into();
        input["lines"] = nothing;
        let error = world.fails("odoo/create_credit_note", &erp, input.clone()).await;
        assert!(matches!(error, Error::Input { .. }), "{error:?}");
    }
}
