//! Lazada.

use crate::common::sign_in;
use crate::follow::Follower;
use crate::shop::Shop;
use crate::world::World;
use connector::Error;
use connector::sign_in::Grant;
use serde_json::{Value, json};

const SHOP: Shop = Shop { connector: "lazada", name: "order_id", shown: "order_id" };

#[tokio::test]
async fn orders_come_page_by_page_and_changes_once() {
    let world = World::start().await;
    let shop = world.connect("lazada").await;
    SHOP.orders_come_once(&world, &shop, async |order: &Value| {
        world.happens("lazada", order, "shipped").await;
    })
    .await;
}

#[tokio::test]
async fn what_lazada_pushes_is_let_in() {
    let world = World::start().await;
    SHOP.pushes_are_let_in(&world, &world.connect("lazada").await).await;
}

#[tokio::test]
async fn figures_and_prices_arrive() {
    let world = World::start().await;
    SHOP.goods_take_what_is_pushed(&world, &world.connect("lazada").await, json!({})).await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let shop = world.connect("lazada").await;
    let order = SHOP.order(&world, json!({})).await;
    SHOP.faults_are_told_apart(&world, &shop, "order_id", &order["order_id"]).await;
}

#[tokio::test]
async fn an_ended_token_is_renewed_once_and_the_call_goes_through() {
    let world = World::start().await;
    let mut shop = world.connect("lazada").await;
    let order = SHOP.order(&world, json!({})).await;
    let input = json!({"order_id": order["order_id"]});
    world.fault("lazada", json!({"kind": "token_expired", "times": 1})).await;
    let error = world.fails("lazada/get_order", &shop, input.clone()).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    let before = shop.tokens.clone().unwrap();
    let after = sign_in(&world.http(), &mut shop, Grant::Refresh(&before)).await.unwrap();
    assert!(!after.is_same(&before) && after.facts == before.facts, "{:?}", after.facts);
    world.does("lazada/get_order", &shop, input).await;
    assert_eq!(world.ask("lazada", "tokens").await["refreshed"], 1);
    world.tell("lazada", "tokens", json!({"do": "revoke"})).await;
    let ended = sign_in(&world.http(), &mut shop, Grant::Refresh(&after)).await.unwrap_err();
    assert!(matches!(ended, Error::Connection { .. }), "{ended:?}");
}

#[tokio::test]
async fn an_order_is_packed_in_parts_told_ready_and_its_label_read() {
    let world = World::start().await;
    let shop = world.connect("lazada").await;
    let order = SHOP.order(&world, json!({"lines": 2, "quantity": 2, "paid": true})).await;
    let id = &order["order_id"];
    let read = world.does("lazada/get_order", &shop, json!({"order_id": id})).await;
    let rows =
        read["order_items"].as_array().or(read["items"].as_array()).unwrap_or_else(|| panic!("{read}"));
    assert_eq!(rows.len(), 4, "one row per unit");
    let part =
        json!({"order_id": id, "lines": [{"sku": rows[0]["sku"], "quantity": 1}], "ready_to_ship": true});
    let first = world.does("lazada/fulfil_order", &shop, part).await;
    let package = &first["packages"][0];
    assert!(package["tracking_number"].as_str().is_some_and(|number| !number.is_empty()), "{first}");
    let rest = json!({"order_id": id, "ready_to_ship": true});
    SHOP.a_lost_answer_is_in_doubt(&world, &shop, "fulfil_order", &rest, json!({"path": "/pack"})).await;
    world.finds("lazada/fulfil_order", &shop, rest.clone()).await;
    world.does("lazada/fulfil_order", &shop, rest).await;
    let label = world.does("lazada/get_label", &shop, json!({"package_ids": [package["package_id"]]})).await;
    assert_eq!(label["format"], "PDF", "{label}");
    assert_eq!(
        world
            .received("lazada", "fulfilment")
            .await
            .iter()
            .filter(|one| one["reference"].as_str() == Some(&*id.to_string()))
            .count(),
        2
    );
    world.does("lazada/set_invoice_number", &shop, json!({"order_id": id, "invoice_number": "INV-1"})).await;
    world.does("lazada/track_order", &shop, json!({"order_id": id})).await;
}

#[tokio::test]
async fn an_order_is_cancelled_once() {
    let world = World::start().await;
    let shop = world.connect("lazada").await;
    let order = SHOP.order(&world, json!({"paid": true})).await;
    let reasons = world.does("lazada/find_reasons", &shop, json!({"order_id": order["order_id"]})).await;
    let input = json!({"order_id": order["order_id"], "reason_id": reasons["reasons"][0]["reason_id"]});
    assert_eq!(world.finds("lazada/cancel_order", &shop, input.clone()).await, None);
    assert_eq!(world.does("lazada/cancel_order", &shop, input.clone()).await["cancelled"], true);
    assert!(world.finds("lazada/cancel_order", &shop, input).await.is_some());
}

#[tokio::test]
async fn a_return_comes_as_an_event_and_is_decided() {
    let world = World::start().await;
    let shop = world.connect("lazada").await;
    let mut returns = Follower::new(&world, "lazada/returns_changed", &shop);
    assert!(returns.records().await.is_empty());
    world.pass(60);
    let order = SHOP.order(&world, json!({"return_asked": true})).await;
    world.pass(60);
    let asked = returns.records().await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0]["trade_order_id"].to_string(), order["order_id"].to_string());
    assert!(returns.records().await.is_empty());
    let found = world.does("lazada/find_refunds", &shop, json!({"since": world.ago(3_600)})).await;
    assert_eq!(found["refunds"].as_array().unwrap().len(), 1);
    let id = &asked[0]["reverse_order_id"];
    let lines: Vec<&Value> = asked[0]["reverse_order_lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["reverse_order_line_id"])
        .collect();
    let input = json!({"reverse_order_id": id, "reverse_order_line_ids": lines, "decision": "agree_return"});
    world.does("lazada/decide_refund", &shop, input).await;
    assert_eq!(world.received("lazada", "refund").await.len(), 1);
}

#[tokio::test]
async fn a_changed_price_makes_the_product_an_event() {
    let world = World::start().await;
    SHOP.a_price_makes_an_event(&world, &world.connect("lazada").await).await;
}
