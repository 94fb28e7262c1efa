//! Parcels on the three ways that stores know, and invoices.

use super::{lines, page, runner};
use crate::common::fake::Fake;
use connector::Error;
use serde_json::{Value, json};

fn order(status: &str) -> Value {
    json!({"id": 727, "number": "727", "status": status, "line_items": [{"id": 315, "sku": "ABC-1", "quantity": 2}, {"id": 316, "sku": "CUP", "quantity": 1}]})
}

fn parcel(way: &str) -> Value {
    json!({"order_id": 727, "way": way, "company": "Flash Express", "number": "TH0001", "url": "https://flash.example.com/?se=TH0001"})
}

fn kept(number: &str, items: Value) -> Value {
    json!({"id": 12, "meta_data": [{"key": "_items", "value": items}, {"key": "_tracking_number", "value": number}]})
}

#[tokio::test]
async fn in_a_bare_store_a_parcel_is_a_note_and_the_order_is_completed() {
    let fake = Fake::start().await;
    fake.answers(200, order("processing"));
    page(&fake, &[json!({"id": 1, "note": "TH00010 is another number"})], 1);
    fake.answers(201, json!({"id": 281})).answers(200, order("completed"));
    let runner = runner("woocommerce/fulfil_order", &fake);
    let output = runner.run(parcel("note")).await.unwrap();
    assert_eq!(
        output,
        json!({"parcel": {"id": 281, "number": "TH0001"}, "already": false, "completed": true})
    );
    assert_eq!(
        lines(&fake),
        [
            "GET wc/v3/orders/727",
            "GET wc/v3/orders/727/notes",
            "POST wc/v3/orders/727/notes",
            "PUT wc/v3/orders/727"
        ]
    );
    assert_eq!(
        fake.asked()[2].json(),
        json!({"note": "Flash Express TH0001 https://flash.example.com/?se=TH0001", "customer_note": true})
    );
    assert_eq!(fake.asked()[3].json(), json!({"status": "completed"}));
}

#[tokio::test]
async fn what_a_lost_answer_left_half_done_is_finished_and_not_done_again() {
    let fake = Fake::start().await;
    let note = json!({"id": 281, "note": "Flash Express TH0001"});
    let runner = runner("woocommerce/fulfil_order", &fake);
    for status in ["processing", "completed"] {
        fake.answers(200, order(status));
        page(&fake, std::slice::from_ref(&note), 1);
    }
    assert!(runner.probe(parcel("note")).await.unwrap().is_none(), "it still has to be completed");
    assert!(runner.probe(parcel("note")).await.unwrap().is_some());
    fake.answers(200, order("processing"));
    page(&fake, &[note], 1);
    fake.answers(200, order("completed"));
    assert_eq!(runner.run(parcel("note")).await.unwrap()["already"], true);
    assert!(lines(&fake).iter().all(|line| !line.starts_with("POST")));
}

#[tokio::test]
async fn the_store_s_own_parcels_know_of_parts() {
    let fake = Fake::start().await;
    let runner = runner("woocommerce/fulfil_order", &fake);
    fake.answers(200, order("processing")).answers(200, json!([])).answers(201, json!({"id": 12}));
    let mut part = parcel("fulfillments");
    part["lines"] = json!([{"sku": "ABC-1", "quantity": 1}]);
    let output = runner.run(part).await.unwrap();
    assert_eq!(
        output,
        json!({"parcel": {"id": 12, "number": "TH0001"}, "already": false, "completed": false})
    );
    assert_eq!(
        fake.asked()[2].json(),
        json!({"status": "fulfilled", "is_fulfilled": true, "notify_customer": true, "meta_data": [
            {"key": "_items", "value": [{"item_id": 315, "qty": 1}]}, {"key": "_tracking_number", "value": "TH0001"},
            {"key": "_shipment_provider", "value": "Flash Express"}, {"key": "_tracking_url", "value": "https://flash.example.com/?se=TH0001"}]})
    );
    let sent = kept("TH0001", json!([{"item_id": 315, "qty": 1}]));
    fake.answers(200, order("processing"))
        .answers(200, json!([sent]))
        .answers(201, json!({"id": 13}))
        .answers(200, order("completed"));
    let mut rest = parcel("fulfillments");
    rest["number"] = "TH0002".into();
    assert_eq!(runner.run(rest).await.unwrap()["completed"], true);
    assert_eq!(
        fake.asked()[5].json()["meta_data"][0]["value"],
        json!([{"item_id": 315, "qty": 1}, {"item_id": 316, "qty": 1}])
    );
    assert_eq!(lines(&fake)[5], "POST wc/v3/orders/727/fulfillments");
}

#[tokio::test]
async fn more_than_is_left_is_refused_and_notes_know_of_no_parts() {
    let fake = Fake::start().await;
    let runner = runner("woocommerce/fulfil_order", &fake);
    let mut part = parcel("fulfillments");
    part["lines"] = json!([{"sku": "ABC-1", "quantity": 3}]);
    fake.answers(200, order("processing")).answers(200, json!([]));
    assert!(matches!(runner.run(part.clone()).await.unwrap_err(), Error::Refused { .. }));
    part["way"] = "note".into();
    assert!(matches!(runner.run(part).await.unwrap_err(), Error::Input { .. }));
}

#[tokio::test]
async fn the_shipment_tracking_extension_gets_its_own_entry() {
    let fake = Fake::start().await;
    fake.answers(200, json!([{"tracking_id": "a1", "tracking_number": "OLD"}]))
        .answers(201, json!({"tracking_id": "b2", "tracking_number": "TH0001"}));
    let runner = runner("woocommerce/set_tracking", &fake);
    let output = runner.run(parcel("shipment_tracking")).await.unwrap();
    assert_eq!(output, json!({"parcel": {"id": "b2", "number": "TH0001"}, "already": false}));
    assert_eq!(lines(&fake)[1], "POST wc-shipment-tracking/v3/orders/727/shipment-trackings");
    assert_eq!(
        fake.asked()[1].json(),
        json!({"custom_tracking_provider": "Flash Express", "custom_tracking_link": "https://flash.example.com/?se=TH0001", "tracking_number": "TH0001"})
    );
    let there = json!([{"tracking_id": "b2", "tracking_number": "TH0001"}]);
    fake.answers(200, there.clone()).answers(200, there);
    assert_eq!(runner.run(parcel("shipment_tracking")).await.unwrap()["already"], true);
    assert!(runner.probe(parcel("shipment_tracking")).await.unwrap().is_some());
}

#[tokio::test]
async fn the_store_s_own_parcel_gets_another_number() {
    let fake = Fake::start().await;
    let runner = runner("woocommerce/set_tracking", &fake);
    fake.answers(200, json!([kept("OLD", json!([]))])).answers(200, json!({"id": 12}));
    runner.run(parcel("fulfillments")).await.unwrap();
    assert_eq!(lines(&fake)[1], "PUT wc/v3/orders/727/fulfillments/12");
    for parcels in [json!([]), json!([kept("A", json!([])), kept("B", json!([]))])] {
        fake.answers(200, parcels);
        let error = runner.run(parcel("fulfillments")).await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_invoice_is_noted_under_the_key_that_the_store_s_plugin_reads() {
    let fake = Fake::start().await;
    fake.answers(200, order("completed")).answers(200, order("completed"));
    let runner = runner("woocommerce/note_invoice", &fake);
    runner.run(json!({"order_id": 727, "number": "INV6901-0001"})).await.unwrap();
    assert_eq!(
        fake.asked()[0].json(),
        json!({"meta_data": [{"key": "_khlong_tax_invoice_no", "value": "INV6901-0001"}]})
    );
    let with = json!({"order_id": 727, "number": "INV6901-0001", "url": "https://files.example.com/1.pdf", "number_key": "_invoice_no"});
    runner.run(with).await.unwrap();
    assert_eq!(
        fake.asked()[1].json()["meta_data"],
        json!([{"key": "_invoice_no", "value": "INV6901-0001"}, {"key": "_khlong_tax_invoice_url", "value": "https://files.example.com/1.pdf"}])
    );
}
