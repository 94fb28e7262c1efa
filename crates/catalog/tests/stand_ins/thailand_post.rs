//! Thailand Post.

use crate::common::parcel::paid;
use crate::common::sign_in;
use crate::courier;
use crate::world::World;
use connector::Error;
use connector::sign_in::Grant;
use serde_json::{Value, json};

fn input() -> Value {
    json!({"parcel": paid(), "barcode": "EY145587898TH", "manifest_no": "20261120-1"})
}

#[tokio::test]
async fn a_parcel_exists_once_is_subscribed_to_and_delivered() {
    let world = World::start().await;
    let (shop, door) = (world.connect("thailand_post").await, world.listen("thailand_post").await);
    let number = courier::exists_once(&world, &shop, &input()).await;
    let subscribed =
        world.does("thailand_post/subscribe", &shop, json!({"tracking_numbers": [number]})).await;
    assert_eq!(subscribed["subscribed"], 1);
    courier::has_a_label(&world, &shop, &number).await;
    courier::pushes(&world, &shop, &door, &number, None).await;
    courier::is_tracked(&world, &shop, &number, "delivered").await;
}

#[tokio::test]
async fn a_lost_answer_does_not_make_two_parcels() {
    let world = World::start().await;
    let shop = world.connect("thailand_post").await;
    courier::is_found_after_a_lost_answer(&world, &shop, &input(), "addItem").await;
}

#[tokio::test]
async fn a_barcode_of_another_parcel_is_refused() {
    let world = World::start().await;
    let shop = world.connect("thailand_post").await;
    world.does("thailand_post/create_shipment", &shop, input()).await;
    let mut other = input();
    other["parcel"]["reference"] = "SHOPIFY-1002-1".into();
    let error = world.fails("thailand_post/create_shipment", &shop, other).await;
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn a_parcel_is_taken_back() {
    let world = World::start().await;
    let shop = world.connect("thailand_post").await;
    let number = courier::exists_once(&world, &shop, &input()).await;
    world.does("thailand_post/cancel_shipment", &shop, json!({"tracking_number": number})).await;
    assert_eq!(world.received("thailand_post", "cancel").await.len(), 1);
}

#[tokio::test]
async fn a_token_that_has_ended_is_got_anew() {
    let world = World::start().await;
    let mut shop = world.connect("thailand_post").await;
    let number = courier::exists_once(&world, &shop, &input()).await;
    world.pass(40 * 86_400);
    let error = world.fails("thailand_post/track", &shop, json!({"tracking_numbers": [number]})).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    sign_in(&world.http(), &mut shop, Grant::Keys).await.unwrap();
    world.does("thailand_post/track", &shop, json!({"tracking_numbers": [number]})).await;
}
