//! WooCommerce.

use crate::follow::Follower;
use crate::receiver::Receiver;
use crate::shop::Shop;
use crate::world::World;
use serde_json::{Value, json};

const SHOP: Shop = Shop { connector: "woocommerce", name: "id", shown: "id" };

#[tokio::test]
async fn orders_come_page_by_page_and_changes_once() {
    let world = World::start().await;
    let shop = world.connect("woocommerce").await;
    SHOP.orders_come_once(&world, &shop, async |order: &Value| {
        world.happens("woocommerce", order, "completed").await;
    })
    .await;
}

#[tokio::test]
async fn what_the_store_sends_is_let_in() {
    let world = World::start().await;
    SHOP.pushes_are_let_in(&world, &world.connect("woocommerce").await).await;
}

#[tokio::test]
async fn a_subscribed_webhook_brings_the_order() {
    let world = World::start().await;
    let (shop, door) = (world.connect("woocommerce").await, Receiver::start().await);
    let wanted = json!({"webhooks": [{"topic": "order.updated", "url": door.url}]});
    world.does("woocommerce/subscribe_webhooks", &shop, wanted.clone()).await;
    let again = world.does("woocommerce/subscribe_webhooks", &shop, wanted).await;
    assert_eq!((again["created"].as_array().unwrap().len(), again["kept"].as_array().unwrap().len()), (0, 1));
    let order = SHOP.order(&world, json!({})).await;
    let input = json!({"order_id": order["id"], "status": "completed"});
    world.does("woocommerce/update_order_status", &shop, input).await;
    world.settled().await;
    let told: Vec<_> = door
        .all()
        .iter()
        .filter_map(|sent| {
            sent.knock().at(&catalog::all(), "woocommerce/order_updated", json!({}), Some(&shop)).ok()
        })
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].body.clone().into_value()["status"], "completed");
}

#[tokio::test]
async fn figures_and_prices_arrive() {
    let world = World::start().await;
    SHOP.goods_take_what_is_pushed(&world, &world.connect("woocommerce").await, json!({})).await;
}

#[tokio::test]
async fn the_keys_are_taken_on_each_of_the_three_ways() {
    let world = World::start().await;
    let order = SHOP.order(&world, json!({})).await;
    for way in ["auto", "header", "address", "signed"] {
        let mut shop = world.connect("woocommerce").await;
        shop.fields.insert("keys_in".into(), way.into());
        let read = world.does("woocommerce/get_order", &shop, json!({"order_id": order["id"]})).await;
        assert_eq!(read["id"], order["id"], "{way}");
        let found =
            world.does("woocommerce/find_orders", &shop, json!({"search": "ก & ข", "limit": 5})).await;
        assert!(found["orders"].is_array(), "{way}");
    }
}

#[tokio::test]
async fn an_order_is_sent_on_each_way_and_once() {
    let world = World::start().await;
    let shop = world.connect("woocommerce").await;
    let site = format!("{}/_sandbox/site", world.url("woocommerce"));
    world.http().put(&site).json(&json!({"fulfillments": true})).send().await.unwrap();
    for way in ["note", "fulfillments", "shipment_tracking"] {
        let order = SHOP.order(&world, json!({"lines": 2, "quantity": 2})).await;
        let input =
            json!({"order_id": order["id"], "company": "Flash Express", "number": "TH0001", "way": way});
        let sent = world.does("woocommerce/fulfil_order", &shop, input.clone()).await;
        assert_eq!((&sent["already"], &sent["completed"]), (&json!(false), &json!(true)), "{way}");
        assert!(world.finds("woocommerce/fulfil_order", &shop, input.clone()).await.is_some(), "{way}");
        let again = world.does("woocommerce/fulfil_order", &shop, input).await;
        assert_eq!(again["already"], true, "{way}");
        let read = world.does("woocommerce/get_order", &shop, json!({"order_id": order["id"]})).await;
        assert_eq!(read["status"], "completed", "{way}");
    }
    let counts = world.ask("woocommerce", "received?counts=1").await;
    assert_eq!((&counts["note"], &counts["fulfilment"]), (&json!(1), &json!(2)), "{counts}");
}

#[tokio::test]
async fn a_part_of_an_order_goes_into_a_parcel_of_the_store() {
    let world = World::start().await;
    let shop = world.connect("woocommerce").await;
    let site = format!("{}/_sandbox/site", world.url("woocommerce"));
    world.http().put(&site).json(&json!({"fulfillments": true})).send().await.unwrap();
    let order = SHOP.order(&world, json!({"lines": 2, "quantity": 2})).await;
    let lines = json!([{"sku": order["line_items"][0]["sku"], "quantity": 1}]);
    let input = json!({"order_id": order["id"], "company": "Flash Express", "number": "TH1", "way": "fulfillments",
        "lines": lines, "complete": false});
    let sent = world.does("woocommerce/fulfil_order", &shop, input).await;
    assert_eq!(sent["completed"], false);
    assert_eq!(world.received("woocommerce", "fulfilment").await.len(), 1);
}

#[tokio::test]
async fn an_order_is_cancelled() {
    let world = World::start().await;
    let shop = world.connect("woocommerce").await;
    let order = SHOP.order(&world, json!({})).await;
    let input = json!({"order_id": order["id"]});
    assert_eq!(world.does("woocommerce/cancel_order", &shop, input.clone()).await["already"], false);
    assert_eq!(world.does("woocommerce/cancel_order", &shop, input).await["already"], true);
    assert_eq!(world.received("woocommerce", "cancel").await.len(), 1);
}

#[tokio::test]
async fn a_refund_is_made_once_and_comes_as_an_event_once() {
    let world = World::start().await;
    let shop = world.connect("woocommerce").await;
    let order = SHOP.order(&world, json!({"lines": 1, "quantity": 2})).await;
    let mut refunds = Follower::new(&world, "woocommerce/refunds_changed", &shop);
    assert!(refunds.records().await.is_empty());
    let sku = order["line_items"][0]["sku"].clone();
    let input = json!({"order_id": order["id"], "reason": "damaged", "reference": "RMA-1", "amount": "10.00",
        "lines": [{"sku": sku, "quantity": 1, "total": "10.00"}]});
    let piece = json!({"path": "/refunds", "method": "POST"});
    SHOP.a_lost_answer_is_in_doubt(&world, &shop, "create_refund", &input, piece).await;
    assert!(world.finds("woocommerce/create_refund", &shop, input.clone()).await.is_some());
    assert_eq!(world.does("woocommerce/create_refund", &shop, input).await["created"], false);
    assert_eq!(world.received("woocommerce", "refund").await.len(), 1);
    world.pass(1);
    assert_eq!(refunds.records().await.len(), 1);
    world.pass(600);
    assert!(refunds.records().await.is_empty());
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let shop = world.connect("woocommerce").await;
    let order = SHOP.order(&world, json!({})).await;
    SHOP.faults_are_told_apart(&world, &shop, "order_id", &order["id"]).await;
}

#[tokio::test]
async fn a_changed_price_makes_the_product_an_event() {
    let world = World::start().await;
    SHOP.a_price_makes_an_event(&world, &world.connect("woocommerce").await).await;
}
