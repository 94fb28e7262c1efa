//! KEX.

use crate::common::parcel::{paid, parcel};
use crate::courier;
use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn a_parcel_exists_once_and_what_kex_pushes_is_understood_with_the_address_s_key() {
    for form in ["json", "form_key"] {
        let world = World::start().await;
        world.set("kex", json!({"push_form": form})).await;
        let (shop, door) = (world.connect("kex").await, world.listen("kex").await);
        let input = json!({"parcel": parcel(), "con_no": "KHL0000001001"});
        let number = courier::exists_once(&world, &shop, &input).await;
        courier::pushes(&world, &shop, &door, &number, Some("key=pushes-4711")).await;
    }
}

#[tokio::test]
async fn a_lost_answer_does_not_make_two_parcels() {
    let world = World::start().await;
    let shop = world.connect("kex").await;
    let input = json!({"parcel": paid(), "con_no": "KHL0000001001"});
    courier::is_found_after_a_lost_answer(&world, &shop, &input, "shipment_info").await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let shop = world.connect("kex").await;
    let input = json!({"parcel": parcel(), "con_no": "KHL0000001001"});
    courier::faults_are_told_apart(&world, &shop, &input).await;
}

#[tokio::test]
async fn a_parcel_is_taken_back() {
    let world = World::start().await;
    let shop = world.connect("kex").await;
    let input = json!({"parcel": parcel(), "con_no": "KHL0000001001"});
    let number = courier::exists_once(&world, &shop, &input).await;
    world.does("kex/cancel_shipment", &shop, json!({"tracking_number": number})).await;
    assert_eq!(world.received("kex", "cancel").await.len(), 1);
}
