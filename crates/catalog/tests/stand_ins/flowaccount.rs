//! FlowAccount.

use crate::common::sign_in;
use crate::world::World;
use connector::Error;
use connector::sign_in::Grant;
use model::Span;
use serde_json::{Value, json};

fn sale(reference: &str) -> Value {
    json!({"kind": "cash_invoice", "paid_by": "transfer", "bank_account": 1201, "sale": {
        "reference": reference, "date": "2026-11-20", "prices_include_vat": true, "total": "267.50",
        "buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "address": "99 ถ.สุขุมวิท กรุงเทพมหานคร 10110",
            "tax_id": "1103700000001", "branch": "00000", "zip": "10110"},
        "lines": [{"sku": "TEA-100", "name": "ชาเขียว 100 g", "quantity": 1, "unit": "ถุง", "price": "267.50"}]}})
}

async fn documents(world: &World, path: &str) -> usize {
    world.received("flowaccount", path).await.len()
}

#[tokio::test]
async fn a_sale_becomes_one_document_although_it_is_sent_twice() {
    let world = World::start().await;
    let shop = world.connect("flowaccount").await;
    let first = world.does("flowaccount/create_document", &shop, sale("SHOPIFY-1001")).await;
    assert_eq!(
        (&first["created"], first["grand_total"].to_string().as_str()),
        (&json!(true), "267.50"),
        "{first}"
    );
    let again = world.does("flowaccount/create_document", &shop, sale("SHOPIFY-1001")).await;
    assert_eq!((&again["created"], &again["id"]), (&json!(false), &first["id"]));
    let other = world.does("flowaccount/create_document", &shop, sale("SHOPIFY-10011")).await;
    assert_eq!(other["created"], true, "a reference that only begins the same is another");
    let shorter = world.does("flowaccount/create_document", &shop, sale("SHOPIFY-100")).await;
    assert_eq!(shorter["created"], true);
    let counts = world.ask("flowaccount", "received?counts=1").await;
    assert_eq!(counts["cash-invoices"], 3, "{counts}");
}

#[tokio::test]
async fn an_answer_that_got_lost_does_not_make_a_second_document() {
    let world = World::start().await;
    let shop = world.connect("flowaccount").await;
    let plan = json!({"kind": "timeout_after_work", "close": true, "times": 1, "match": {"path": "/cash-invoices", "method": "POST"}});
    world.fault("flowaccount", plan).await;
    let runner = world.runner("flowaccount/create_document", &shop);
    let lost = runner.run_within(Span::from_secs(20), sale("SHOPIFY-1001")).await.unwrap_err();
    assert!(lost.may_have_happened(), "{lost:?}");
    assert!(runner.probe(sale("SHOPIFY-1001")).await.unwrap().is_some());
    assert_eq!(documents(&world, "cash-invoices").await, 1);
}

#[tokio::test]
async fn totals_with_odd_satang_are_the_ones_that_flowaccount_computes() {
    let world = World::start().await;
    let shop = world.connect("flowaccount").await;
    for (place, (inside, lines, total)) in [
        (true, json!([["33.33", 3, "0"]]), "99.99"),
        (true, json!([["149.25", 7, "0.05"], ["99.75", 1, "0"]]), "1144.45"),
        (false, json!([["33.33", 3, "0"]]), "106.99"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut input = sale(&format!("SHOPIFY-2{place:03}"));
        let lines: Vec<Value> = lines
            .as_array()
            .unwrap()
            .iter()
            .map(|line| json!({"name": "ชา", "price": line[0], "quantity": line[1], "discount": line[2]}))
            .collect();
        input["sale"]["prices_include_vat"] = inside.into();
        input["sale"]["lines"] = lines.into();
        input["sale"]["total"] = total.into();
        let made = world.does("flowaccount/create_document", &shop, input).await;
        assert_eq!(made["created"], true);
    }
}

#[tokio::test]
async fn a_tax_invoice_is_paid_shared_and_voided() {
    let world = World::start().await;
    let shop = world.connect("flowaccount").await;
    let mut input = sale("SHOPIFY-1001");
    input["kind"] = "tax_invoice".into();
    input.as_object_mut().unwrap().retain(|name, _| !matches!(name.as_str(), "paid_by" | "bank_account"));
    let made = world.does("flowaccount/create_document", &shop, input).await;
    let document = json!(made["id"].to_string());
    let payment = json!({"kind": "tax_invoice", "document": document, "paid_by": "transfer", "amount": "267.50",
        "date": "2026-11-20", "bank_account": 1201});
    assert_eq!(world.does("flowaccount/record_payment", &shop, payment.clone()).await["paid"], true);
    assert!(world.finds("flowaccount/record_payment", &shop, payment).await.is_some());
    assert_eq!(documents(&world, "payment").await, 1);
    let shared = world
        .does("flowaccount/share_document", &shop, json!({"kind": "tax_invoice", "document": document}))
        .await;
    assert!(shared["link"].is_string());
    let other = world.does("flowaccount/create_document", &shop, sale("SHOPIFY-1002")).await;
    let void = json!({"kind": "cash_invoice", "document": other["id"].to_string()});
    world.does("flowaccount/void_document", &shop, void).await;
}

#[tokio::test]
async fn a_customer_is_entered_once_and_products_are_found() {
    let world = World::start().await;
    let shop = world.connect("flowaccount").await;
    let buyer = json!({"buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "tax_id": "1103700000001", "zip": "10110"}});
    let first = world.does("flowaccount/upsert_contact", &shop, buyer.clone()).await;
    let again = world.does("flowaccount/upsert_contact", &shop, buyer).await;
    assert_eq!(
        (&first["created"], &again["created"], &first["id"]),
        (&json!(true), &json!(false), &again["id"])
    );
    let found = world.does("flowaccount/find_products", &shop, json!({"sku": "TEA-100"})).await;
    assert_eq!(found["products"][0]["sku"], "TEA-100");
}

#[tokio::test]
async fn an_ended_token_is_got_anew_and_faults_are_told_apart() {
    let world = World::start().await;
    let mut shop = world.connect("flowaccount").await;
    for (plan, fits) in [
        (json!({"kind": "429", "retry_after": 7, "times": 1}), "E0306"),
        (json!({"kind": "html", "times": 1}), "E0309"),
        (json!({"kind": "token_expired", "times": 1}), "E0311"),
    ] {
        world.fault("flowaccount", plan.clone()).await;
        let error = world.fails("flowaccount/create_document", &shop, sale("SHOPIFY-1001")).await;
        assert!(fits.contains(error.code()), "{plan}: {error:?}");
    }
    let error = world.fails("flowaccount/create_document", &shop, sale("SHOPIFY-1001")).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    sign_in(&world.http(), &mut shop, Grant::Keys).await.unwrap();
    world.does("flowaccount/create_document", &shop, sale("SHOPIFY-1001")).await;
    assert_eq!(documents(&world, "cash-invoices").await, 1);
}
