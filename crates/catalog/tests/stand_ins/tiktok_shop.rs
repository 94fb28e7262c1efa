//! TikTok Shop.

use crate::common::sign_in;
use crate::follow::Follower;
use crate::shop::Shop;
use crate::world::World;
use connector::Error;
use connector::sign_in::Grant;
use serde_json::{Value, json};

const SHOP: Shop = Shop { connector: "tiktok_shop", name: "id", shown: "id" };

#[tokio::test]
async fn orders_come_page_by_page_and_changes_once() {
    let world = World::start().await;
    let shop = world.connect("tiktok_shop").await;
    SHOP.orders_come_once(&world, &shop, async |order: &Value| {
        world.happens("tiktok_shop", order, "IN_TRANSIT").await;
    })
    .await;
}

#[tokio::test]
async fn what_tiktok_pushes_is_let_in() {
    let world = World::start().await;
    SHOP.pushes_are_let_in(&world, &world.connect("tiktok_shop").await).await;
}

#[tokio::test]
async fn figures_and_prices_arrive() {
    let world = World::start().await;
    SHOP.goods_take_what_is_pushed(&world, &world.connect("tiktok_shop").await, json!({})).await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let shop = world.connect("tiktok_shop").await;
    let order = SHOP.order(&world, json!({})).await;
    SHOP.faults_are_told_apart(&world, &shop, "order_id", &order["id"]).await;
}

#[tokio::test]
async fn an_ended_token_is_renewed_once_and_the_call_goes_through() {
    let world = World::start().await;
    let mut shop = world.connect("tiktok_shop").await;
    let order = SHOP.order(&world, json!({})).await;
    let input = json!({"order_id": order["id"]});
    world.fault("tiktok_shop", json!({"kind": "token_expired", "times": 1})).await;
    let error = world.fails("tiktok_shop/get_order", &shop, input.clone()).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    let before = shop.tokens.clone().unwrap();
    let after = sign_in(&world.http(), &mut shop, Grant::Refresh(&before)).await.unwrap();
    assert!(!after.is_same(&before) && after.facts == before.facts, "{:?}", after.facts);
    world.does("tiktok_shop/get_order", &shop, input).await;
    assert_eq!(world.ask("tiktok_shop", "tokens").await["refreshed"], 1);
    world.tell("tiktok_shop", "tokens", json!({"do": "revoke"})).await;
    let ended = sign_in(&world.http(), &mut shop, Grant::Refresh(&after)).await.unwrap_err();
    assert!(matches!(ended, Error::Connection { .. }), "{ended:?}");
}

#[tokio::test]
async fn an_order_is_handed_over_once_and_its_label_read() {
    let world = World::start().await;
    let shop = world.connect("tiktok_shop").await;
    let order = SHOP.order(&world, json!({"paid": true})).await;
    let input = json!({"order_id": order["id"], "method": "PICKUP"});
    SHOP.a_lost_answer_is_in_doubt(&world, &shop, "fulfil_order", &input, json!({"path": "/ship"})).await;
    assert!(world.finds("tiktok_shop/fulfil_order", &shop, input.clone()).await.is_some());
    let sent = world.does("tiktok_shop/fulfil_order", &shop, input).await;
    assert_eq!(world.received("tiktok_shop", "fulfilment").await.len(), 1);
    let label = world
        .does("tiktok_shop/get_label", &shop, json!({"package_id": sent["packages"][0]["package_id"]}))
        .await;
    assert_eq!(label["format"], "PDF");
}

#[tokio::test]
async fn an_order_is_split_into_parcels() {
    let world = World::start().await;
    let shop = world.connect("tiktok_shop").await;
    let order = SHOP.order(&world, json!({"paid": true, "lines": 2})).await;
    let skus = crate::follow::names(order["line_items"].as_array().unwrap(), "seller_sku");
    let input = json!({"order_id": order["id"], "packages": [[skus[0]], [skus[skus.len() - 1]]]});
    let split = world.does("tiktok_shop/split_order", &shop, input.clone()).await;
    assert_eq!(split["package_ids"].as_array().unwrap().len(), 2);
    assert!(world.finds("tiktok_shop/split_order", &shop, input).await.is_some());
    let part = json!({"order_id": order["id"], "method": "PICKUP", "package_ids": [split["package_ids"][0]]});
    world.does("tiktok_shop/fulfil_order", &shop, part).await;
    assert_eq!(world.received("tiktok_shop", "fulfilment").await.len(), 1);
}

#[tokio::test]
async fn an_order_is_cancelled_once() {
    let world = World::start().await;
    let shop = world.connect("tiktok_shop").await;
    let order = SHOP.order(&world, json!({"paid": true})).await;
    let input = json!({"order_id": order["id"], "reason": "seller_cancel_reason_out_of_stock"});
    assert_eq!(world.finds("tiktok_shop/cancel_order", &shop, input.clone()).await, None);
    world.does("tiktok_shop/cancel_order", &shop, input.clone()).await;
    assert!(world.finds("tiktok_shop/cancel_order", &shop, input).await.is_some());
    assert_eq!(world.received("tiktok_shop", "cancel").await.len(), 1);
}

#[tokio::test]
async fn a_return_comes_as_an_event_and_is_decided() {
    let world = World::start().await;
    let shop = world.connect("tiktok_shop").await;
    let mut returns = Follower::new(&world, "tiktok_shop/returns_changed", &shop);
    assert!(returns.records().await.is_empty());
    world.pass(60);
    let order = SHOP.order(&world, json!({"return_asked": true})).await;
    world.pass(60);
    let asked = returns.records().await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0]["order_id"], order["id"]);
    assert!(returns.records().await.is_empty());
    let input = json!({"return_id": asked[0]["return_id"], "decision": "approve_return"});
    world.does("tiktok_shop/decide_refund", &shop, input).await;
    assert_eq!(world.received("tiktok_shop", "refund").await.len(), 1);
}

#[tokio::test]
async fn a_changed_price_makes_the_product_an_event() {
    let world = World::start().await;
    SHOP.a_price_makes_an_event(&world, &world.connect("tiktok_shop").await).await;
}
