//! LINE SHOPPING.

use crate::follow::Follower;
use crate::shop::Shop;
use crate::world::World;
use serde_json::{Value, json};

const SHOP: Shop = Shop { connector: "line_shopping", name: "orderNumber", shown: "orderNumber" };

#[tokio::test]
async fn orders_come_page_by_page_and_changes_once() {
    let world = World::start().await;
    let shop = world.connect("line_shopping").await;
    SHOP.orders_come_once(&world, &shop, async |order: &Value| {
        world.happens("line_shopping", order, "PAID").await;
    })
    .await;
}

#[tokio::test]
async fn what_line_shopping_pushes_is_let_in() {
    let world = World::start().await;
    SHOP.pushes_are_let_in(&world, &world.connect("line_shopping").await).await;
}

#[tokio::test]
async fn figures_and_prices_arrive() {
    let world = World::start().await;
    SHOP.goods_take_what_is_pushed(&world, &world.connect("line_shopping").await, json!({})).await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let shop = world.connect("line_shopping").await;
    let order = SHOP.order(&world, json!({})).await;
    SHOP.faults_are_told_apart(&world, &shop, "order_number", &order["orderNumber"]).await;
}

#[tokio::test]
async fn an_order_is_marked_as_sent_once_and_gets_another_number() {
    let world = World::start().await;
    let shop = world.connect("line_shopping").await;
    let order = SHOP.order(&world, json!({"paid": true})).await;
    let number = &order["orderNumber"];
    let input = json!({"order_number": number, "tracking_number": "TH0101ABCD0A"});
    let sent = world.does("line_shopping/fulfil_order", &shop, input.clone()).await;
    assert_eq!(sent["shipped"], true, "{sent}");
    let again = world.does("line_shopping/fulfil_order", &shop, input).await;
    assert_eq!(again["shipped"], true, "{again}");
    assert_eq!(world.received("line_shopping", "fulfilment").await.len(), 1);
    world
        .does("line_shopping/set_tracking", &shop, json!({"order_number": number, "tracking_number": "TH2"}))
        .await;
    let read = world.does("line_shopping/get_order", &shop, json!({"order_number": number})).await;
    assert_eq!(read["shipmentDetail"]["trackingNumber"], "TH2");
    let label = world.does("line_shopping/get_label", &shop, json!({"order_number": number})).await;
    assert_eq!(label["label"]["content_type"], "application/pdf", "{label}");
}

#[tokio::test]
async fn an_order_is_cancelled_and_its_refund_comes_as_an_event() {
    let world = World::start().await;
    let shop = world.connect("line_shopping").await;
    let mut refunds = Follower::new(&world, "line_shopping/refunds_changed", &shop);
    assert!(refunds.records().await.is_empty());
    let order = SHOP.order(&world, json!({"paid": true})).await;
    let input = json!({"order_number": order["orderNumber"], "reason": "สินค้าหมด"});
    world.pass(60);
    world.does("line_shopping/cancel_order", &shop, input.clone()).await;
    world.does("line_shopping/cancel_order", &shop, input).await;
    assert_eq!(world.received("line_shopping", "cancel").await.len(), 1);
    world.pass(60);
    let asked = refunds.records().await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    world.pass(60);
    assert!(refunds.records().await.is_empty());
}

#[tokio::test]
async fn what_is_pushed_is_the_whole_order() {
    let world = World::start().await;
    let (shop, door) = (world.connect("line_shopping").await, world.listen("line_shopping").await);
    let made = world.tell("line_shopping", "orders", json!({"overrides": {"paid": true}})).await;
    world.settled().await;
    let sent = door.all();
    assert!(!sent.is_empty());
    let told =
        sent[0].knock().at(&catalog::all(), "line_shopping/order_pushed", json!({}), Some(&shop)).unwrap();
    assert!(told.id.is_some());
    assert_eq!(told.body.into_value()["orderNumber"], made["orders"][0]["orderNumber"]);
}
