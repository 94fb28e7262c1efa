//! PEAK.

use crate::common::sign_in;
use crate::world::World;
use connector::sign_in::Grant;
use connector::{Connection, Error};
use model::Span;
use serde_json::{Value, json};

async fn customer(world: &World, shop: &Connection) -> Value {
    let buyer = json!({"buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "tax_id": "1103700000001"}});
    world.does("peak/upsert_contact", shop, buyer).await
}

fn sale(reference: &str, contact: &Value) -> Value {
    json!({"sale": {"reference": reference, "date": "2026-11-20", "prices_include_vat": false, "total": "267.50",
        "lines": [{"sku": "TEA-100", "name": "ชาเขียว 100 g", "quantity": 1, "price": "250.00"}]},
        "contact": contact, "tax_invoice": true})
}

#[tokio::test]
async fn a_customer_is_entered_once() {
    let world = World::start().await;
    let shop = world.connect("peak").await;
    let (first, again) = (customer(&world, &shop).await, customer(&world, &shop).await);
    assert_eq!(
        (&first["created"], &again["created"], &first["id"]),
        (&json!(true), &json!(false), &again["id"])
    );
}

#[tokio::test]
async fn a_sale_becomes_one_invoice_although_it_is_sent_twice() {
    for repeat in ["refuse", "accept"] {
        let world = World::start().await;
        world.set("peak", json!({"repeat": repeat})).await;
        let shop = world.connect("peak").await;
        let contact = customer(&world, &shop).await["id"].clone();
        let input = sale("SHOPIFY-1001", &contact);
        let first = world.does("peak/create_document", &shop, input.clone()).await;
        assert_eq!((&first["created"], &first["grand_total"]), (&json!(true), &json!("267.50")), "{first}");
        let again = world.does("peak/create_document", &shop, input).await;
        assert_eq!((&again["created"], &again["id"]), (&json!(false), &first["id"]), "{repeat}");
        assert_eq!(world.received("peak", "invoice").await.len(), 1, "{repeat}");
    }
}

#[tokio::test]
async fn an_answer_that_got_lost_does_not_make_a_second_invoice() {
    let world = World::start().await;
    world.set("peak", json!({"repeat": "accept"})).await;
    let shop = world.connect("peak").await;
    let contact = customer(&world, &shop).await["id"].clone();
    let plan = json!({"kind": "timeout_after_work", "close": true, "times": 1, "match": {"path": "/invoices", "method": "POST"}});
    world.fault("peak", plan).await;
    let runner = world.runner("peak/create_document", &shop);
    let lost = runner.run_within(Span::from_secs(20), sale("SHOPIFY-1001", &contact)).await.unwrap_err();
    assert!(lost.may_have_happened(), "{lost:?}");
    assert!(runner.probe(sale("SHOPIFY-1001", &contact)).await.unwrap().is_some());
    assert_eq!(world.received("peak", "invoice").await.len(), 1);
}

#[tokio::test]
async fn an_invoice_is_paid_and_found() {
    let world = World::start().await;
    let shop = world.connect("peak").await;
    let contact = customer(&world, &shop).await["id"].clone();
    let mut included = sale("SHOPIFY-1001", &contact);
    included["sale"]["prices_include_vat"] = true.into();
    included["sale"]["lines"][0]["price"] = "267.50".into();
    let made = world.does("peak/create_document", &shop, included).await;
    assert_eq!(made["grand_total"], "267.50", "{made}");
    let connector = catalog::all().connector("peak").unwrap().clone();
    assert!(connector.test(&world.http(), &shop).await.is_ok());
    let found = world.does("peak/find_products", &shop, json!({"code": "TEA-100"})).await;
    assert_eq!(found["products"][0]["code"], "TEA-100");
    let found = world.does("peak/find_invoices", &shop, json!({"code": made["code"]})).await;
    assert_eq!(found["invoices"][0]["id"], made["id"]);
}

#[tokio::test]
async fn each_way_of_signing_is_taken() {
    for (signature, field) in [("hex", "password"), ("base64", "connectKey")] {
        let world = World::start().await;
        world.set("peak", json!({"signature_as": signature, "connect_key_field": field})).await;
        let mut shop = world.entered("peak");
        shop.fields.insert("signature".into(), signature.into());
        shop.fields.insert("key_name".into(), field.into());
        sign_in(&world.http(), &mut shop, Grant::Keys).await.unwrap();
        world.does("peak/find_products", &shop, json!({"code": "TEA-100"})).await;
    }
}

#[tokio::test]
async fn an_ended_token_is_got_anew_and_faults_are_told_apart() {
    let world = World::start().await;
    let mut shop = world.connect("peak").await;
    let contact = customer(&world, &shop).await["id"].clone();
    for (plan, fits) in [
        (json!({"kind": "429", "retry_after": 7, "times": 1}), "E0306"),
        (json!({"kind": "html", "times": 1}), "E0309"),
        (json!({"kind": "token_expired", "times": 1}), "E0311"),
    ] {
        world.fault("peak", plan.clone()).await;
        let error = world.fails("peak/create_document", &shop, sale("SHOPIFY-1001", &contact)).await;
        assert!(fits.contains(error.code()), "{plan}: {error:?}");
    }
    let error = world.fails("peak/create_document", &shop, sale("SHOPIFY-1001", &contact)).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    sign_in(&world.http(), &mut shop, Grant::Keys).await.unwrap();
    world.does("peak/create_document", &shop, sale("SHOPIFY-1001", &contact)).await;
}
