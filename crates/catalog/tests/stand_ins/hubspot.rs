//! HubSpot.

use crate::common::sign_in;
use crate::follow::{Follower, names};
use crate::world::World;
use connector::sign_in::{Grant, Tokens};
use connector::{Error, Refusal};
use serde_json::{Value, json};

fn people(from: u32, to: u32) -> Value {
    let person = |number: u32| {
        json!({"khlong_external_id": format!("shopify:{number}"), "email": format!("buyer{number}@example.com"),
            "firstname": "สมชาย"})
    };
    json!({"records": (from..to).map(person).collect::<Vec<_>>()})
}

#[tokio::test]
async fn people_are_entered_once_changed_and_come_as_events() {
    let world = World::start().await;
    let portal = world.connect("hubspot").await;
    let mut contacts = Follower::new(&world, "hubspot/contacts_changed", &portal);
    assert!(contacts.records().await.is_empty());
    for start in 0..25 {
        let made = world.does("hubspot/upsert_contact", &portal, people(start * 10, start * 10 + 10)).await;
        assert_eq!(made["records"].as_array().unwrap().len(), 10);
        world.pass(11);
    }
    assert_eq!(contacts.records().await.len(), 250);
    world.pass(11);
    assert_eq!(contacts.records().await, Vec::<Value>::new());
    let again = world
        .does(
            "hubspot/upsert_contact",
            &portal,
            json!({"records": [
        {"khlong_external_id": "shopify:7", "email": "buyer7@example.com", "firstname": "สมหญิง"}]}),
        )
        .await;
    assert_eq!(again["records"][0]["created"], false);
    world.pass(11);
    let changed = contacts.records().await;
    assert_eq!(names(&changed, "id"), names(again["records"].as_array().unwrap(), "id"));
    world.pass(11);
    assert_eq!(contacts.records().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_deal_is_entered_once_and_belongs_to_its_buyer() {
    let world = World::start().await;
    let portal = world.connect("hubspot").await;
    let deal = json!({"records": [{"khlong_external_id": "SHOPIFY-1001", "dealname": "SHOPIFY-1001", "amount": "1070.00",
        "pipeline": "default", "dealstage": "closedwon"}]});
    let first = world.does("hubspot/upsert_deal", &portal, deal.clone()).await;
    let again = world.does("hubspot/upsert_deal", &portal, deal).await;
    assert_eq!(first["records"][0]["id"], again["records"][0]["id"]);
    let buyer = world.does("hubspot/upsert_contact", &portal, people(1, 2)).await;
    let link = json!({"from": "deals", "from_id": first["records"][0]["id"], "to": "contacts", "to_id": buyer["records"][0]["id"]});
    world.does("hubspot/associate", &portal, link).await;
    let found = world.does("hubspot/find_contacts", &portal, json!({"value": "buyer1@example.com"})).await;
    assert_eq!(found["contacts"][0]["id"], buyer["records"][0]["id"]);
}

#[tokio::test]
async fn what_hubspot_sends_is_let_in() {
    let world = World::start().await;
    world.set("hubspot", json!({"public_uri": "https://khlong.example.com/hooks/orders"})).await;
    let (mut portal, door) = (world.connect("hubspot").await, world.listen("hubspot").await);
    portal.fields.insert("public_url".into(), "https://khlong.example.com".into());
    let events = json!({"events": [{"subscriptionType": "contact.creation", "objectId": 512}]});
    world.tell("hubspot", "events", events).await;
    world.settled().await;
    let (sent, catalog) = (door.all(), catalog::all());
    assert_eq!(sent.len(), 1);
    let operation = "hubspot/contacts_changed";
    // The stand-in's clock is its own.
    let signed_at = sent[0].headers["x-hubspot-request-timestamp"].to_str().unwrap().parse().unwrap();
    let said = sent[0].knock().at_ms(signed_at).nudges(&catalog, operation, json!({}), Some(&portal));
    assert!(said.is_ok(), "{said:?}");
    assert_eq!(
        sent[0].forged().at_ms(signed_at).nudges(&catalog, operation, json!({}), Some(&portal)),
        Err(Refusal::Unauthorized)
    );
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let portal = world.connect("hubspot").await;
    for (plan, fits) in [
        (json!({"kind": "429", "retry_after": 7, "times": 1}), "E0306"),
        (json!({"kind": "html", "times": 1}), "E0309"),
        (json!({"kind": "down", "times": 1}), "E0307"),
        (json!({"kind": "token_expired", "times": 1}), "E0302 E0311"),
    ] {
        world.fault("hubspot", plan.clone()).await;
        let error = world.fails("hubspot/upsert_contact", &portal, people(1, 2)).await;
        assert!(fits.contains(error.code()), "{plan}: {error:?}");
    }
    let wrong = json!({"records": [{"khlong_external_id": "x", "no_such_property": "1"}]});
    let error = world.fails("hubspot/upsert_contact", &portal, wrong).await;
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn an_app_that_was_allowed_renews_its_token() {
    let world = World::start().await;
    let mut portal = world.entered("hubspot");
    portal.secrets.remove("token");
    let allowed = Tokens {
        refresh: Some(world.key("hubspot", "refresh_token").into()),
        ..Tokens::new("a-token-that-has-ended")
    };
    portal.tokens = Some(allowed.clone());
    let error = world.fails("hubspot/find_contacts", &portal, json!({"value": "a@example.com"})).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    let renewed = sign_in(&world.http(), &mut portal, Grant::Refresh(&allowed)).await.unwrap();
    assert!(renewed.expires_at.is_some_and(|end| end > world.now()));
    world.does("hubspot/find_contacts", &portal, json!({"value": "a@example.com"})).await;
}
