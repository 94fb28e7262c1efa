//! Flash.

use crate::common::parcel::{paid, parcel};
use crate::courier;
use crate::world::World;
use connector::Error;
use serde_json::json;

/// A Flash that names the parcel which is there already.
async fn world() -> World {
    let world = World::start().await;
    world.set("flash", json!({"pno_on_repeat": true})).await;
    world
}

#[tokio::test]
async fn a_parcel_exists_once_is_tracked_and_delivered() {
    let world = world().await;
    let (shop, door) = (world.connect("flash").await, world.listen("flash").await);
    let number = courier::exists_once(&world, &shop, &json!({"parcel": parcel()})).await;
    courier::has_a_label(&world, &shop, &number).await;
    courier::pushes(&world, &shop, &door, &number, None).await;
    courier::is_tracked(&world, &shop, &number, "delivered").await;
}

#[tokio::test]
async fn a_repeat_of_which_flash_does_not_say_the_number_is_for_a_person_and_no_second_parcel() {
    for names_it in [true, false] {
        let world = World::start().await;
        world.set("flash", json!({"pno_on_repeat": names_it, "numbers_as_text": names_it})).await;
        let (shop, input) = (world.connect("flash").await, json!({"parcel": parcel()}));
        let first = world.does("flash/create_shipment", &shop, input.clone()).await;
        let again = world.runner("flash/create_shipment", &shop).run(input).await;
        match again {
            Ok(again) => assert_eq!((names_it, &again["tracking_number"]), (true, &first["tracking_number"])),
            Err(error) => assert!(!names_it && matches!(error, Error::Refused { .. }), "{error:?}"),
        }
        assert_eq!(world.ask("flash", "shipments?count_only=1").await["count"], 1);
    }
}

#[tokio::test]
async fn a_lost_answer_does_not_make_two_parcels() {
    let world = world().await;
    let shop = world.connect("flash").await;
    courier::is_found_after_a_lost_answer(&world, &shop, &json!({"parcel": paid()}), "/orders").await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    for mismatch in ["bad_value", "ends", "training"] {
        let world = World::start().await;
        world.set("flash", json!({"area_mismatch": mismatch})).await;
        let shop = world.connect("flash").await;
        courier::faults_are_told_apart(&world, &shop, &json!({"parcel": parcel()})).await;
    }
}

#[tokio::test]
async fn a_parcel_is_taken_back_once() {
    let world = world().await;
    let shop = world.connect("flash").await;
    let number = courier::exists_once(&world, &shop, &json!({"parcel": parcel()})).await;
    let input = json!({"tracking_number": number});
    assert_eq!(world.finds("flash/cancel_shipment", &shop, input.clone()).await, None);
    assert_eq!(world.does("flash/cancel_shipment", &shop, input.clone()).await["cancelled"], true);
    assert!(world.finds("flash/cancel_shipment", &shop, input).await.is_some());
    assert_eq!(world.received("flash", "cancel").await.len(), 1);
}

#[tokio::test]
async fn every_form_of_a_push_is_understood() {
    for (form, field) in [("form", "data"), ("form", "dataJson"), ("json", "data")] {
        let world = World::start().await;
        world.set("flash", json!({"push_form": form, "push_field": field, "pno_on_repeat": true})).await;
        let (shop, door) = (world.connect("flash").await, world.listen("flash").await);
        let number = courier::exists_once(&world, &shop, &json!({"parcel": parcel()})).await;
        courier::pushes(&world, &shop, &door, &number, None).await;
    }
}

#[tokio::test]
async fn the_rest_of_flash_s_calls_go_through() {
    let world = World::start().await;
    let shop = world.connect("flash").await;
    assert_eq!(
        world.does("flash/estimate_rate", &shop, json!({"parcel": parcel()})).await["currency"],
        "THB"
    );
    let sender = parcel()["sender"].clone();
    world.does("flash/request_pickup", &shop, json!({"sender": sender, "parcels": 25})).await;
    let hook = json!({"url": "https://khlong.shop.example/hooks/flash/status-pushed"});
    world.does("flash/set_webhook", &shop, hook).await;
}
