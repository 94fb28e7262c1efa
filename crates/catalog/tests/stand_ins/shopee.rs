//! Shopee.

use crate::common::sign_in;
use crate::follow::Follower;
use crate::shop::Shop;
use crate::world::World;
use connector::Error;
use connector::sign_in::Grant;
use serde_json::{Value, json};

const SHOP: Shop = Shop { connector: "shopee", name: "order_sn", shown: "order_sn" };

#[tokio::test]
async fn orders_come_page_by_page_and_changes_once() {
    let world = World::start().await;
    let shop = world.connect("shopee").await;
    SHOP.orders_come_once(&world, &shop, async |order: &Value| {
        world.happens("shopee", order, "SHIPPED").await;
    })
    .await;
}

#[tokio::test]
async fn what_shopee_pushes_is_let_in() {
    let world = World::start().await;
    SHOP.pushes_are_let_in(&world, &world.connect("shopee").await).await;
}

#[tokio::test]
async fn figures_and_prices_arrive() {
    let world = World::start().await;
    SHOP.goods_take_what_is_pushed(&world, &world.connect("shopee").await, json!({})).await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let shop = world.connect("shopee").await;
    let order = SHOP.order(&world, json!({})).await;
    SHOP.faults_are_told_apart(&world, &shop, "order_id", &order["order_sn"]).await;
}

#[tokio::test]
async fn an_ended_token_is_renewed_once_and_the_call_goes_through() {
    let world = World::start().await;
    let mut shop = world.connect("shopee").await;
    let order = SHOP.order(&world, json!({})).await;
    let input = json!({"order_id": order["order_sn"]});
    world.fault("shopee", json!({"kind": "token_expired", "times": 1})).await;
    let error = world.fails("shopee/get_order", &shop, input.clone()).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    let before = shop.tokens.clone().unwrap();
    let after = sign_in(&world.http(), &mut shop, Grant::Refresh(&before)).await.unwrap();
    assert!(!after.is_same(&before) && after.facts == before.facts, "{:?}", after.facts);
    world.does("shopee/get_order", &shop, input).await;
    assert_eq!(world.ask("shopee", "tokens").await["refreshed"], 1);
    world.tell("shopee", "tokens", json!({"do": "revoke"})).await;
    let ended = sign_in(&world.http(), &mut shop, Grant::Refresh(&after)).await.unwrap_err();
    assert!(matches!(ended, Error::SignedOut { .. }), "{ended:?}");
}

#[tokio::test]
async fn an_order_is_handed_over_once_and_its_label_read() {
    let world = World::start().await;
    let shop = world.connect("shopee").await;
    let order = SHOP.order(&world, json!({"paid": true})).await;
    let input = json!({"order_id": order["order_sn"], "method": "pickup"});
    SHOP.a_lost_answer_is_in_doubt(&world, &shop, "fulfil_order", &input, json!({"path": "/ship_order"}))
        .await;
    assert!(world.finds("shopee/fulfil_order", &shop, input.clone()).await.is_some());
    let sent = world.does("shopee/fulfil_order", &shop, input).await;
    assert!(sent["tracking_number"].as_str().is_some_and(|number| !number.is_empty()), "{sent}");
    assert_eq!(world.received("shopee", "fulfilment").await.len(), 1);
    let label = world.does("shopee/get_label", &shop, json!({"order_id": order["order_sn"]})).await;
    assert_eq!(label["format"], "PDF");
    world.does("shopee/get_income", &shop, json!({"order_id": order["order_sn"]})).await;
}

#[tokio::test]
async fn an_order_is_split_into_parcels() {
    let world = World::start().await;
    let shop = world.connect("shopee").await;
    let order = SHOP.order(&world, json!({"paid": true, "lines": 2})).await;
    let read = world.does("shopee/get_order", &shop, json!({"order_id": order["order_sn"]})).await;
    let skus: Vec<&Value> = read["item_list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| if item["model_sku"] == "" { &item["item_sku"] } else { &item["model_sku"] })
        .collect();
    let input = json!({"order_id": order["order_sn"], "packages": [[skus[0]], [skus[1]]]});
    let split = world.does("shopee/split_order", &shop, input.clone()).await;
    assert_eq!(split["package_numbers"].as_array().unwrap().len(), 2);
    assert!(world.finds("shopee/split_order", &shop, input).await.is_some());
    let first = json!({"order_id": order["order_sn"], "method": "pickup", "package_number": split["package_numbers"][0]});
    world.does("shopee/fulfil_order", &shop, first).await;
    assert_eq!(world.received("shopee", "fulfilment").await.len(), 1);
}

#[tokio::test]
async fn an_order_is_cancelled_once() {
    let world = World::start().await;
    let shop = world.connect("shopee").await;
    let order = SHOP.order(&world, json!({"paid": true})).await;
    let input = json!({"order_id": order["order_sn"], "reason": "OUT_OF_STOCK"});
    assert_eq!(world.finds("shopee/cancel_order", &shop, input.clone()).await, None);
    world.does("shopee/cancel_order", &shop, input.clone()).await;
    assert!(world.finds("shopee/cancel_order", &shop, input).await.is_some());
    let asked = SHOP.order(&world, json!({"cancel_asked": true})).await;
    let input = json!({"order_id": asked["order_sn"], "agree": true});
    world.does("shopee/decide_cancellation", &shop, input).await;
    assert_eq!(world.received("shopee", "cancel").await.len(), 2);
}

#[tokio::test]
async fn a_return_comes_as_an_event_and_is_decided() {
    let world = World::start().await;
    let shop = world.connect("shopee").await;
    let mut returns = Follower::new(&world, "shopee/returns_changed", &shop);
    assert!(returns.records().await.is_empty());
    world.pass(60);
    let order = SHOP.order(&world, json!({"return_asked": true})).await;
    world.pass(60);
    let asked = returns.records().await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0]["order_sn"], order["order_sn"]);
    assert!(returns.records().await.is_empty());
    let input = json!({"return_id": asked[0]["return_sn"], "decision": "agree"});
    world.does("shopee/decide_refund", &shop, input).await;
    assert_eq!(world.received("shopee", "refund").await.len(), 1);
    assert!(world.does("shopee/get_refund", &shop, json!({"return_id": asked[0]["return_sn"]})).await["return_sn"].is_string());
}

#[tokio::test]
async fn a_changed_price_makes_the_product_an_event() {
    let world = World::start().await;
    SHOP.a_price_makes_an_event(&world, &world.connect("shopee").await).await;
}
