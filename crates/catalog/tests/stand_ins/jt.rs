//! J&T Express.

use crate::common::parcel::{paid, parcel};
use crate::courier;
use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn a_parcel_exists_once_whatever_becomes_of_a_repeat() {
    for repeat in ["refuse", "same", "new"] {
        let world = World::start().await;
        world.set("jt", json!({"repeat": repeat, "code_as_number": repeat == "new"})).await;
        let shop = world.connect("jt").await;
        let number = courier::exists_once(&world, &shop, &json!({"parcel": parcel()})).await;
        courier::has_a_label(&world, &shop, &number).await;
    }
}

#[tokio::test]
async fn it_goes_its_way_in_pushes_and_when_asked() {
    for scans in ["details", "traces"] {
        let world = World::start().await;
        world.set("jt", json!({"scans": scans})).await;
        let (shop, door) = (world.connect("jt").await, world.listen("jt").await);
        let number = courier::exists_once(&world, &shop, &json!({"parcel": parcel()})).await;
        courier::pushes(&world, &shop, &door, &number, None).await;
        courier::is_tracked(&world, &shop, &number, "delivered").await;
    }
}

#[tokio::test]
async fn a_label_may_come_as_an_address() {
    let world = World::start().await;
    world.set("jt", json!({"label": "url"})).await;
    let shop = world.connect("jt").await;
    let number = courier::exists_once(&world, &shop, &json!({"parcel": parcel()})).await;
    let label = world.does("jt/get_label", &shop, json!({"tracking_number": number})).await;
    assert!(label["label"]["base64"].is_string() || label["label"]["url"].is_string(), "{label}");
}

#[tokio::test]
async fn a_lost_answer_does_not_make_two_parcels() {
    let world = World::start().await;
    world.set("jt", json!({"repeat": "new"})).await;
    let shop = world.connect("jt").await;
    courier::is_found_after_a_lost_answer(&world, &shop, &json!({"parcel": paid()}), "addOrder").await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let shop = world.connect("jt").await;
    courier::faults_are_told_apart(&world, &shop, &json!({"parcel": parcel()})).await;
}

#[tokio::test]
async fn a_parcel_is_taken_back() {
    let world = World::start().await;
    let shop = world.connect("jt").await;
    let number = courier::exists_once(&world, &shop, &json!({"parcel": parcel()})).await;
    let input = json!({"tracking_number": number, "reference": parcel()["reference"], "reason": "ลูกค้ายกเลิก"});
    world.does("jt/cancel_shipment", &shop, input).await;
    assert_eq!(world.received("jt", "cancel").await.len(), 1);
}
