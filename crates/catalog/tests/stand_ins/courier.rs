//! What holds for every courier: a parcel exists once, goes its way, and says so.

use crate::follow::names;
use crate::receiver::{Receiver, Sent};
use crate::world::World;
use connector::{Connection, Delivery, Error, Refusal};
use model::Span;
use serde_json::{Value, json};

/// The same parcel twice is one parcel.
pub async fn exists_once(world: &World, connection: &Connection, input: &Value) -> Value {
    let (courier, operation) = (&connection.connector, format!("{}/create_shipment", connection.connector));
    let first = world.does(&operation, connection, input.clone()).await;
    let again = world.does(&operation, connection, input.clone()).await;
    assert_eq!(first["tracking_number"], again["tracking_number"], "{courier}");
    let shipments = world.ask(courier, "shipments").await;
    assert_eq!(names(shipments.as_array().unwrap(), "number").len(), 1, "{courier}: {shipments}");
    first["tracking_number"].clone()
}

/// A parcel whose answer got lost is found, or sent again without becoming two.
pub async fn is_found_after_a_lost_answer(world: &World, connection: &Connection, input: &Value, path: &str) {
    let (courier, operation) = (&connection.connector, format!("{}/create_shipment", connection.connector));
    let plan = json!({"kind": "timeout_after_work", "close": true, "times": 1, "match": {"path": path}});
    world.fault(courier, plan).await;
    let runner = world.runner(&operation, connection);
    let lost = runner.run_within(Span::from_secs(20), input.clone()).await.unwrap_err();
    assert!(lost.may_have_happened(), "{courier}: {lost:?}");
    if runner.action.effect(input) == model::EffectRule::Probe {
        let found = runner.probe(input.clone()).await.unwrap();
        assert!(found.is_some(), "{courier}: the parcel is found");
    }
    world.does(&operation, connection, input.clone()).await;
    assert_eq!(world.ask(courier, "shipments?count_only=1").await["count"], 1, "{courier}");
}

/// The courier moves the parcel: what the trigger makes of the pushes.
pub async fn pushes(
    world: &World,
    connection: &Connection,
    door: &Receiver,
    number: &Value,
    query: Option<&'static str>,
) -> Vec<Delivery> {
    let (courier, operation) = (&connection.connector, format!("{}/status_pushed", connection.connector));
    door.all(); // what was sent before
    world.tell(courier, "advance", json!({"ref": number, "to": "delivered", "duplicates": 1})).await;
    world.settled().await;
    let (sent, catalog) = (door.all(), catalog::all());
    assert!(sent.len() >= 6, "{courier}: each stage twice");
    let take = |sent: &Sent| {
        let knock = crate::common::Knock { query, ..sent.knock() };
        knock
            .at(&catalog, &operation, json!({}), Some(connection))
            .unwrap_or_else(|error| panic!("{courier}: {error:?}"))
    };
    let mut taken: Vec<Delivery> = sent.iter().map(take).collect();
    let other = {
        let mut other = connection.clone();
        other.secrets.values_mut().for_each(|secret| *secret = "another-secret".into());
        other
    };
    let refused =
        crate::common::Knock { query, ..sent[0].knock() }.at(&catalog, &operation, json!({}), Some(&other));
    assert_eq!(refused.map(|_| ()), Err(Refusal::Unauthorized), "{courier}");
    let ids: Vec<_> = taken.iter().map(|delivery| delivery.id.clone().expect("an id")).collect();
    let once: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(once.len() * 2, ids.len(), "{courier}: a push that comes twice is one event: {ids:?}");
    taken.dedup_by(|one, other| one.id == other.id);
    let last = taken.last().unwrap().body.clone().into_value();
    let shipment = &last["shipments"][0];
    assert_eq!(
        (&shipment["tracking_number"], &shipment["status"]),
        (number, &json!("delivered")),
        "{courier}: {last}"
    );
    taken
}

pub async fn is_tracked(world: &World, connection: &Connection, number: &Value, status: &str) {
    let operation = format!("{}/track", connection.connector);
    let tracked = world.does(&operation, connection, json!({"tracking_numbers": [number]})).await;
    let shipment = &tracked["shipments"][0];
    assert_eq!((&shipment["tracking_number"], &shipment["status"]), (number, &json!(status)), "{tracked}");
}

pub async fn has_a_label(world: &World, connection: &Connection, number: &Value) {
    let operation = format!("{}/get_label", connection.connector);
    let label = world.does(&operation, connection, json!({"tracking_number": number})).await;
    let text = label["label"]["base64"].as_str().unwrap_or_else(|| panic!("{label}"));
    assert!(text.starts_with("JVBERi0"), "a PDF: {label}");
    assert_eq!(label["label"]["content_type"], "application/pdf");
}

/// Refusals, pages and throttles on the way to a parcel; none makes one.
pub async fn faults_are_told_apart(world: &World, connection: &Connection, input: &Value) {
    let (courier, operation) = (&connection.connector, format!("{}/create_shipment", connection.connector));
    for (plan, fits) in [
        (json!({"kind": "429", "retry_after": 7, "times": 1}), "E0306"),
        (json!({"kind": "html", "times": 1}), "E0309 E0305"),
        (json!({"kind": "down", "times": 1}), "E0307"),
        (json!({"kind": "token_expired", "times": 1}), "E0302 E0308 E0311"),
    ] {
        world.fault(courier, plan.clone()).await;
        let error = world.fails(&operation, connection, input.clone()).await;
        assert!(fits.contains(error.code()), "{operation} {plan}: {error:?}");
    }
    let mut wrong = input.clone();
    wrong["parcel"]["recipient"]["postcode"] = "10500".into();
    let error = world.fails(&operation, connection, wrong).await;
    assert!(matches!(error, Error::Refused { .. } | Error::Input { .. }), "{error:?}");
    assert_eq!(world.ask(courier, "shipments?count_only=1").await["count"], 0, "{courier}");
}
