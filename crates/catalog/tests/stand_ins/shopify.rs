//! Shopify.

use crate::common::sign_in;
use crate::follow::Follower;
use crate::receiver::Receiver;
use crate::shop::Shop;
use crate::world::World;
use connector::sign_in::{Consent, Grant, Return};
use connector::{Connection, Error, Refusal};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SHOP: Shop = Shop { connector: "shopify", name: "id", shown: "admin_graphql_api_id" };
const LOCATION: &str = "gid://shopify/Location/124656943";

#[tokio::test]
async fn orders_come_page_by_page_and_changes_once() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    SHOP.orders_come_once(&world, &shop, async |order: &Value| {
        world.does("shopify/note_invoice", &shop, json!({"order_id": order, "number": "INV-1"})).await;
    })
    .await;
}

#[tokio::test]
async fn what_shopify_sends_is_let_in() {
    let world = World::start().await;
    SHOP.pushes_are_let_in(&world, &world.connect("shopify").await).await;
}

#[tokio::test]
async fn a_subscribed_webhook_brings_the_order_under_the_vendor_s_id() {
    let world = World::start().await;
    let (shop, door) = (world.connect("shopify").await, Receiver::start().await);
    let wanted = json!({"webhooks": [{"topic": "orders/cancelled", "url": door.url}]});
    let made = world.does("shopify/subscribe_webhooks", &shop, wanted.clone()).await;
    assert_eq!(made["created"].as_array().unwrap().len(), 1);
    let again = world.does("shopify/subscribe_webhooks", &shop, wanted).await;
    assert_eq!((again["created"].as_array().unwrap().len(), again["kept"].as_array().unwrap().len()), (0, 1));
    let order = SHOP.order(&world, json!({})).await;
    world.does("shopify/cancel_order", &shop, json!({"order_id": order["id"], "reason": "INVENTORY"})).await;
    world.settled().await;
    let (sent, catalog) = (door.all(), catalog::all());
    assert_eq!(sent.len(), 1);
    let told = sent[0].knock().at(&catalog, "shopify/order_cancelled", json!({}), Some(&shop)).unwrap();
    assert!(told.id.is_some());
    assert_eq!(told.body.into_value()["id"], order["id"], "all digits of it");
    let paid = sent[0].knock().at(&catalog, "shopify/order_paid", json!({}), Some(&shop));
    assert!(matches!(paid, Err(Refusal::Ignored(_))));
}

#[tokio::test]
async fn figures_and_prices_arrive() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    SHOP.goods_take_what_is_pushed(&world, &shop, json!({"location": LOCATION})).await;
}

#[tokio::test]
async fn an_order_is_found_sent_in_parts_and_its_parcel_gets_another_number() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    let order = SHOP.order(&world, json!({"lines": 2, "quantity": 2})).await;
    let found = world.does("shopify/find_orders", &shop, json!({"name": order["name"]})).await;
    assert_eq!(found["orders"][0]["id"], order["admin_graphql_api_id"]);
    let whole = world.does("shopify/get_order", &shop, json!({"order_id": order["id"]})).await;
    let sku = whole["lineItems"][0]["sku"].clone();
    let part = json!({"order_id": order["id"], "number": "KEX1", "company": "KEX", "lines": [{"sku": sku, "quantity": 1}]});
    let first = world.does("shopify/fulfil_order", &shop, part.clone()).await;
    assert_eq!(first["already"], false);
    assert!(world.finds("shopify/fulfil_order", &shop, part).await.is_some());
    let rest = json!({"order_id": order["id"], "number": "KEX2", "company": "KEX"});
    world.does("shopify/fulfil_order", &shop, rest.clone()).await;
    assert_eq!(world.does("shopify/fulfil_order", &shop, rest).await["already"], true);
    assert_eq!(world.received("shop", "fulfilment").await.len(), 2);
    let other =
        json!({"order_id": order["id"], "fulfillment_id": first["fulfillments"][0]["id"], "number": "TH9"});
    let told = world.does("shopify/set_tracking", &shop, other).await;
    assert_eq!(told["trackingInfo"][0]["number"], "TH9");
    let whole = world.does("shopify/get_order", &shop, json!({"order_id": order["id"]})).await;
    let parcel = &whole["fulfillments"][0];
    assert_eq!((&parcel["trackingInfo"][0]["number"], &parcel["status"]), (&json!("TH9"), &json!("SUCCESS")));
    assert_eq!(parcel["fulfillmentLineItems"], json!([{"quantity": 1, "lineItem": whole_line(&whole)}]));
}

/// A line as its parcels and refunds name it.
fn whole_line(order: &Value) -> Value {
    json!({"id": order["lineItems"][0]["id"], "sku": order["lineItems"][0]["sku"]})
}

#[tokio::test]
async fn an_order_is_cancelled_once() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    let order = SHOP.order(&world, json!({})).await;
    let input = json!({"order_id": order["id"], "reason": "INVENTORY", "refund": true});
    assert_eq!(world.finds("shopify/cancel_order", &shop, input.clone()).await, None);
    assert_eq!(world.does("shopify/cancel_order", &shop, input.clone()).await["already"], false);
    assert_eq!(world.does("shopify/cancel_order", &shop, input).await["already"], true);
    assert_eq!(world.received("shop", "cancel").await.len(), 1);
}

#[tokio::test]
async fn a_refund_is_made_once_and_comes_as_an_event_once() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    let order = SHOP.order(&world, json!({"quantity": 2, "lines": 1})).await;
    let mut refunds = Follower::new(&world, "shopify/refunds_changed", &shop);
    assert!(refunds.records().await.is_empty());
    let whole = world.does("shopify/get_order", &shop, json!({"order_id": order["id"]})).await;
    let lines = json!([{"sku": whole["lineItems"][0]["sku"], "quantity": 1}]);
    let input = json!({"order_id": order["id"], "lines": lines, "reference": "RMA-1"});
    let piece = json!({"body": "refundCreate"});
    SHOP.a_lost_answer_is_in_doubt(&world, &shop, "create_refund", &input, piece).await;
    assert!(world.finds("shopify/create_refund", &shop, input.clone()).await.is_some());
    assert_eq!(world.does("shopify/create_refund", &shop, input).await["created"], false);
    assert_eq!(world.received("shop", "refund").await.len(), 1);
    assert_eq!(refunds.records().await.len(), 1);
    assert!(refunds.records().await.is_empty());
    let whole = world.does("shopify/get_order", &shop, json!({"order_id": order["id"]})).await;
    let refunded = &whole["refunds"][0]["refundLineItems"][0];
    assert_eq!((&refunded["quantity"], &refunded["lineItem"]), (&json!(1), &whole_line(&whole)));
    let found = world.does("shopify/find_refunds", &shop, json!({"order_id": order["id"]})).await;
    assert_eq!(found["refunds"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    let order = SHOP.order(&world, json!({})).await;
    SHOP.faults_are_told_apart(&world, &shop, "order_id", &order["id"]).await;
}

#[tokio::test]
async fn an_app_s_keys_get_a_token_and_a_consented_one_is_renewed_once() {
    let world = World::start().await;
    let order = SHOP.order(&world, json!({})).await;
    let mut shop = world.entered("shopify");
    shop.fields.insert("sign_in".into(), "keys".into());
    sign_in(&world.http(), &mut shop, Grant::Keys).await.unwrap();
    world.does("shopify/get_order", &shop, json!({"order_id": order["id"]})).await;
    world.pass(86_400);
    let error = world.fails("shopify/get_order", &shop, json!({"order_id": order["id"]})).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    sign_in(&world.http(), &mut shop, Grant::Keys).await.unwrap();
    world.does("shopify/get_order", &shop, json!({"order_id": order["id"]})).await;
    assert!(shop.tokens.as_ref().unwrap().access.expose_secret().starts_with("shpat_"));
}

#[tokio::test]
async fn a_product_is_put_and_found_again() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    let input = json!({"title": "ชาใหม่", "variants": [{"sku": "NEW-1", "price": "120.00"}]});
    let made = world.does("shopify/push_product", &shop, input.clone()).await;
    assert_eq!(made["created"], true);
    let again = world.does("shopify/push_product", &shop, input).await;
    assert_eq!((&again["created"], &again["id"]), (&json!(false), &made["id"]));
}

#[tokio::test]
async fn a_shop_that_consented_is_renewed_and_its_tokens_rotate() {
    let world = World::start().await;
    let order = SHOP.order(&world, json!({})).await;
    let input = json!({"order_id": order["id"]});
    let mut shop = world.entered("shopify");
    shop.fields.insert("sign_in".into(), "consent".into());
    let door = Receiver::start().await;
    let redirect_uri = door.url.as_str();
    let consent = Consent { redirect_uri, state: "st4te", challenge: "unused" };
    let page = catalog::all().connector("shopify").unwrap().consent_url(&shop, &consent).unwrap();
    world.http().get(page.as_str()).send().await.unwrap();
    let back = door.all().remove(0).query;
    let query: BTreeMap<String, String> = url::form_urlencoded::parse(back.as_bytes()).into_owned().collect();
    assert_eq!(query["state"], "st4te");
    let verifier = SecretString::from("verifier");
    let grant = Grant::Code(Return { redirect_uri, verifier: &verifier, query: &query });
    let first = sign_in(&world.http(), &mut shop, grant).await.unwrap();
    world.does("shopify/get_order", &shop, input.clone()).await;
    world.pass(3_601);
    let error = world.fails("shopify/get_order", &shop, input.clone()).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    let second = sign_in(&world.http(), &mut shop, Grant::Refresh(&first)).await.unwrap();
    assert!(!second.is_same(&first));
    world.does("shopify/get_order", &shop, input).await;
    assert_eq!(world.ask("shop", "tokens").await["refreshed"], 1);
    // A lost answer can be asked for again, until the newer token is used.
    sign_in(&world.http(), &mut shop, Grant::Refresh(&second)).await.unwrap();
    let spent = sign_in(&world.http(), &mut shop, Grant::Refresh(&first)).await.unwrap_err();
    assert!(matches!(spent, Error::Connection { .. }), "{spent:?}");
}

#[tokio::test]
async fn a_changed_price_makes_the_product_an_event() {
    let world = World::start().await;
    SHOP.a_price_makes_an_event(&world, &world.connect("shopify").await).await;
}

#[tokio::test]
async fn customers_are_found_and_come_as_events() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    SHOP.order(&world, json!({})).await;
    let mut customers = Follower::new(&world, "shopify/customers_changed", &shop);
    customers.records().await;
    assert_eq!(customers.records().await, Vec::<Value>::new());
    let order = SHOP.order(&world, json!({})).await;
    let whole = world.does("shopify/get_order", &shop, json!({"order_id": order["id"]})).await;
    let found =
        world.does("shopify/get_customer", &shop, json!({"customer_id": whole["customer"]["id"]})).await;
    assert_eq!(found["id"], whole["customer"]["id"]);
}

/// An order of two articles, two pieces each, and the first one's SKU.
async fn two_articles(world: &World, shop: &Connection) -> (Value, Value) {
    let order = SHOP.order(world, json!({"lines": 2, "quantity": 2})).await;
    let whole = world.does("shopify/get_order", shop, json!({"order_id": order["id"]})).await;
    (order["id"].clone(), whole["lineItems"][0]["sku"].clone())
}

#[tokio::test]
async fn a_shipment_that_is_told_of_twice_is_one_parcel_also_without_a_tracking_number() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    let (order, sku) = two_articles(&world, &shop).await;
    let part = |reference: &str| json!({"order_id": order, "reference": reference, "lines": [{"sku": sku, "quantity": 1}]});
    let first = world.does("shopify/fulfil_order", &shop, part("WH/OUT/1")).await;
    let again = world.does("shopify/fulfil_order", &shop, part("WH/OUT/1")).await;
    assert_eq!((&first["already"], &again["already"]), (&json!(false), &json!(true)));
    assert_eq!(first["fulfillments"][0]["id"], again["fulfillments"][0]["id"]);
    assert!(world.finds("shopify/fulfil_order", &shop, part("WH/OUT/1")).await.is_some());
    assert_eq!(world.finds("shopify/fulfil_order", &shop, part("WH/OUT/2")).await, None);
    // A second shipment of the same lines is another one, and what is left goes with the third.
    let second = world.does("shopify/fulfil_order", &shop, part("WH/OUT/2")).await;
    assert_ne!(second["fulfillments"][0]["id"], first["fulfillments"][0]["id"]);
    let rest = json!({"order_id": order, "reference": "WH/OUT/3"});
    assert_eq!(world.does("shopify/fulfil_order", &shop, rest.clone()).await["already"], false);
    assert_eq!(world.does("shopify/fulfil_order", &shop, rest).await["already"], true);
    assert_eq!(world.received("shop", "fulfilment").await.len(), 3);
}

#[tokio::test]
async fn a_shipment_whose_answer_was_lost_is_found_by_what_came_since() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    let (order, sku) = two_articles(&world, &shop).await;
    let part = |reference: &str| json!({"order_id": order, "reference": reference, "lines": [{"sku": sku, "quantity": 1}]});
    world.does("shopify/fulfil_order", &shop, part("WH/OUT/1")).await;
    let (lost, piece) = (part("WH/OUT/2"), json!({"body": "fulfillmentCreate"}));
    SHOP.a_lost_answer_is_in_doubt(&world, &shop, "fulfil_order", &lost, piece).await;
    let found = world.finds("shopify/fulfil_order", &shop, lost.clone()).await.unwrap();
    assert_eq!(found["fulfillments"].as_array().unwrap().len(), 1);
    assert_eq!(world.does("shopify/fulfil_order", &shop, lost).await["already"], true);
    assert_eq!(world.received("shop", "fulfilment").await.len(), 2);
}

#[tokio::test]
async fn a_shipment_that_got_no_further_than_its_note_is_sent_and_two_in_one_box_are_two() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    let (order, sku) = two_articles(&world, &shop).await;
    let part = |reference: &str| json!({"order_id": order, "reference": reference, "number": "KEX1", "lines": [{"sku": sku, "quantity": 1}]});
    world.fault("shop", json!({"kind": "500", "times": 1, "match": {"body": "fulfillmentCreate"}})).await;
    world.fails("shopify/fulfil_order", &shop, part("WH/OUT/1")).await;
    assert_eq!(world.finds("shopify/fulfil_order", &shop, part("WH/OUT/1")).await, None);
    assert_eq!(world.does("shopify/fulfil_order", &shop, part("WH/OUT/1")).await["already"], false);
    assert_eq!(world.does("shopify/fulfil_order", &shop, part("WH/OUT/2")).await["already"], false);
    assert_eq!(world.received("shop", "fulfilment").await.len(), 2);
}
