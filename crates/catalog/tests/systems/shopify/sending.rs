//! Orders are marked as sent, parcels get their numbers, invoices are noted.

use super::{ORDER_ID, data, document, runner, variables};
use crate::common::fake::Fake;
use connector::Error;
use model::EffectRule;
use serde_json::{Value, json};

fn place(number: u32, location: u32, status: &str, lines: &[(u32, &str, i64)]) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(id, sku, left)| {
            json!({"id": format!("gid://shopify/FulfillmentOrderLineItem/{id}"),
        "remainingQuantity": left, "lineItem": {"id": "l", "sku": sku}})
        })
        .collect();
    json!({"id": format!("gid://shopify/FulfillmentOrder/{number}"), "status": status,
        "assignedLocation": {"location": {"id": format!("gid://shopify/Location/{location}")}}, "lineItems": {"nodes": lines}})
}

fn order(parcels: Value, places: &[Value]) -> Value {
    data(
        json!({"order": {"id": ORDER_ID, "name": "#1001", "fulfillments": parcels, "fulfillmentOrders": {"nodes": places}}}),
    )
}

fn parcel(number: &str) -> Value {
    json!([{"id": "gid://shopify/Fulfillment/1", "status": "SUCCESS", "trackingInfo": [{"company": "Kerry Express", "number": number, "url": null}]}])
}

fn made() -> Value {
    data(
        json!({"fulfillmentCreate": {"fulfillment": {"id": "gid://shopify/Fulfillment/2", "status": "SUCCESS"}, "userErrors": []}}),
    )
}

#[tokio::test]
async fn everything_that_is_left_is_sent_with_its_number() {
    let fake = Fake::start().await;
    fake.answers(
        200,
        order(
            json!([]),
            &[place(1, 9, "OPEN", &[(11, "TEA-100", 2)]), place(2, 9, "CLOSED", &[(12, "CUP", 0)])],
        ),
    )
    .answers(200, made());
    let with = json!({"order_id": 5551, "company": "Kerry Express", "number": "KEX0001", "url": "https://th.kerryexpress.com/track", "notify": true});
    let runner = runner("shopify/fulfil_order", &fake);
    let output = runner.run(with.clone()).await.unwrap();
    assert_eq!(
        output,
        json!({"fulfillments": [{"id": "gid://shopify/Fulfillment/2", "status": "SUCCESS"}], "already": false})
    );
    assert_eq!(
        variables(&fake.asked()[1])["f"],
        json!({"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": "gid://shopify/FulfillmentOrder/1", "fulfillmentOrderLineItems": []}],
            "trackingInfo": {"company": "Kerry Express", "number": "KEX0001", "url": "https://th.kerryexpress.com/track"}, "notifyCustomer": true})
    );
    fake.answers(200, order(parcel("KEX0001"), &[place(1, 9, "CLOSED", &[(11, "TEA-100", 0)])]));
    assert_eq!(runner.run(with).await.unwrap()["already"], true);
}

#[tokio::test]
async fn a_part_is_taken_from_where_it_is_left() {
    let fake = Fake::start().await;
    let places = [
        place(1, 9, "OPEN", &[(11, "TEA-100", 1), (12, "CUP", 5)]),
        place(2, 9, "IN_PROGRESS", &[(21, "TEA-100", 3)]),
    ];
    fake.answers(200, order(json!([]), &places)).answers(200, made());
    let with = json!({"order_id": 5551, "number": "KEX0002", "lines": [{"sku": "TEA-100", "quantity": 2}]});
    runner("shopify/fulfil_order", &fake).run(with).await.unwrap();
    assert_eq!(
        variables(&fake.asked()[1])["f"]["lineItemsByFulfillmentOrder"],
        json!([
            {"fulfillmentOrderId": "gid://shopify/FulfillmentOrder/1", "fulfillmentOrderLineItems": [{"id": "gid://shopify/FulfillmentOrderLineItem/11", "quantity": 1}]},
            {"fulfillmentOrderId": "gid://shopify/FulfillmentOrder/2", "fulfillmentOrderLineItems": [{"id": "gid://shopify/FulfillmentOrderLineItem/21", "quantity": 1}]}
        ])
    );
}

#[tokio::test]
async fn places_get_a_call_each_and_more_than_is_left_is_refused() {
    let fake = Fake::start().await;
    let places = || [place(1, 9, "OPEN", &[(11, "TEA-100", 1)]), place(2, 8, "OPEN", &[(21, "TEA-100", 1)])];
    let runner = runner("shopify/fulfil_order", &fake);
    fake.answers(200, order(json!([]), &places())).answers(200, made()).answers(200, made());
    let output = runner.run(json!({"order_id": 5551, "number": "K"})).await.unwrap();
    assert_eq!(output["fulfillments"].as_array().unwrap().len(), 2);
    for lines in [
        json!([{"sku": "TEA-100", "quantity": 2}]),
        json!([{"sku": "TEA-100", "quantity": 3}]),
        json!([{"sku": "NONE", "quantity": 1}]),
    ] {
        fake.answers(200, order(json!([]), &places()));
        let error = runner.run(json!({"order_id": 5551, "number": "K", "lines": lines})).await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    }
    fake.answers(200, order(json!([]), &[place(1, 9, "ON_HOLD", &[(11, "TEA-100", 1)])]));
    let error = runner.run(json!({"order_id": 5551})).await.unwrap_err();
    assert!(error.advice().contains("on hold"), "{error:?}");
}

#[tokio::test]
async fn a_lost_answer_is_cleared_up_by_the_number_or_by_a_person() {
    let fake = Fake::start().await;
    let runner = runner("shopify/fulfil_order", &fake);
    let part = json!({"order_id": 5551, "number": "KEX0001", "lines": [{"sku": "TEA-100", "quantity": 1}]});
    let nameless = json!({"order_id": 5551, "number": "", "lines": [{"sku": "TEA-100", "quantity": 1}]});
    assert_eq!(runner.action.effect(&part), EffectRule::Probe);
    assert_eq!(runner.action.effect(&json!({"order_id": 5551, "lines": []})), EffectRule::Probe);
    assert_eq!(runner.action.effect(&nameless), EffectRule::Ask);
    let named =
        json!({"order_id": 5551, "reference": "WH/OUT/1", "lines": [{"sku": "TEA-100", "quantity": 1}]});
    assert_eq!(runner.action.effect(&named), EffectRule::Probe);
    let left = [place(1, 9, "OPEN", &[(11, "TEA-100", 1)])];
    fake.answers(200, order(parcel("KEX0001"), &left)).answers(200, order(parcel("KEX0009"), &left));
    assert!(runner.probe(part.clone()).await.unwrap().is_some());
    assert!(runner.probe(part).await.unwrap().is_none());
}

#[tokio::test]
async fn a_parcel_gets_another_number() {
    let fake = Fake::start().await;
    let parcels = |ids: &[u32]| {
        let parcels: Vec<Value> = ids
            .iter()
            .map(|id| json!({"id": format!("gid://shopify/Fulfillment/{id}"), "status": "SUCCESS"}))
            .collect();
        data(json!({"order": {"id": ORDER_ID, "name": "#1001", "fulfillments": parcels}}))
    };
    let told = json!({"fulfillmentTrackingInfoUpdate": {"fulfillment": {"id": "gid://shopify/Fulfillment/1", "status": "SUCCESS"}, "userErrors": []}});
    fake.answers(200, parcels(&[1])).answers(200, data(told));
    let runner = runner("shopify/set_tracking", &fake);
    runner.run(json!({"order_id": 5551, "company": "Flash", "number": "TH0001"})).await.unwrap();
    assert_eq!(
        variables(&fake.asked()[1]),
        json!({"id": "gid://shopify/Fulfillment/1", "tracking": {"company": "Flash", "number": "TH0001"}, "notify": false})
    );
    fake.answers(200, parcels(&[1, 2])).answers(200, parcels(&[]));
    for _ in 0..2 {
        let error = runner.run(json!({"order_id": 5551, "number": "TH0001"})).await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_invoice_is_noted_at_the_order() {
    let fake = Fake::start().await;
    let told = json!({"metafieldsSet": {"metafields": [{"key": "tax_invoice_no", "value": "INV6901-0001"}], "userErrors": []}});
    fake.answers(200, data(told));
    let with = json!({"order_id": 5551, "number": "INV6901-0001", "url": "https://files.example.com/1.pdf"});
    runner("shopify/note_invoice", &fake).run(with).await.unwrap();
    assert_eq!(
        variables(&fake.asked()[0])["m"],
        json!([
            {"ownerId": ORDER_ID, "namespace": "khlong", "key": "tax_invoice_no", "type": "single_line_text_field", "value": "INV6901-0001"},
            {"ownerId": ORDER_ID, "namespace": "khlong", "key": "tax_invoice_url", "type": "url", "value": "https://files.example.com/1.pdf"}
        ])
    );
}

/// An order with parcels by their numbers, and a shipment that was noted.
fn noted(note: &Value, parcels: &[u32]) -> Value {
    let parcels: Vec<Value> = parcels
        .iter()
        .map(|id| json!({"id": format!("gid://shopify/Fulfillment/{id}"), "status": "SUCCESS"}))
        .collect();
    let places = [place(1, 9, "OPEN", &[(11, "TEA-100", 1)])];
    let metafield = json!({"namespace": "khlong", "key": "shipment-1", "value": note.to_string()});
    data(
        json!({"order": {"id": ORDER_ID, "name": "#1001", "fulfillments": parcels, "fulfillmentOrders": {"nodes": places},
        "metafields": {"nodes": [metafield, {"namespace": "khlong", "key": "tax_invoice_no", "value": "INV-1"}]}}}),
    )
}

#[tokio::test]
async fn a_shipment_is_written_down_before_its_parcel_is_made() {
    let fake = Fake::start().await;
    let set = data(json!({"metafieldsSet": {"metafields": [{"key": "shipment-1"}], "userErrors": []}}));
    let runner = runner("shopify/fulfil_order", &fake);
    let with =
        json!({"order_id": 5551, "reference": "WH/OUT/1", "lines": [{"sku": "TEA-100", "quantity": 1}]});
    fake.answers(200, order(parcel("KEX0001"), &[place(1, 9, "OPEN", &[(11, "TEA-100", 1)])]))
        .answers(200, set.clone())
        .answers(200, made())
        .answers(200, set);
    runner.run(with).await.unwrap();
    let asked = fake.asked();
    let note = |index: usize| {
        let field = variables(&asked[index])["m"][0].clone();
        assert_eq!((&field["ownerId"], &field["type"]), (&json!(ORDER_ID), &json!("json")));
        serde_json::from_str::<Value>(field["value"].as_str().unwrap()).unwrap()
    };
    let before = json!(["gid://shopify/Fulfillment/1"]);
    assert_eq!(note(1), json!({"reference": "WH/OUT/1", "before": before, "parcels": []}));
    assert_eq!(
        note(3),
        json!({"reference": "WH/OUT/1", "before": before, "parcels": ["gid://shopify/Fulfillment/2"]})
    );
    assert!(document(&asked[0]).contains("metafields"));
}

#[tokio::test]
async fn parcels_that_cannot_be_told_apart_are_for_a_person_and_a_cancelled_one_is_sent_again() {
    let fake = Fake::start().await;
    let runner = runner("shopify/fulfil_order", &fake);
    let with =
        json!({"order_id": 5551, "reference": "WH/OUT/1", "lines": [{"sku": "TEA-100", "quantity": 1}]});
    let begun = json!({"reference": "WH/OUT/1", "before": ["gid://shopify/Fulfillment/1"]});
    fake.answers(200, noted(&begun, &[1, 2, 3])).answers(200, noted(&begun, &[1]));
    let error = runner.run(with.clone()).await.unwrap_err();
    assert!(error.to_string().contains("several parcels may be shipment WH/OUT/1"), "{error}");
    assert_eq!(runner.probe(with.clone()).await.unwrap(), None);
    let sent = json!({"reference": "WH/OUT/1", "parcels": ["gid://shopify/Fulfillment/7"]});
    fake.answers(200, noted(&sent, &[1, 7])).answers(200, noted(&sent, &[1]));
    let found = runner.probe(with.clone()).await.unwrap().unwrap();
    assert_eq!(found["fulfillments"][0]["id"], "gid://shopify/Fulfillment/7");
    assert_eq!(runner.probe(with).await.unwrap(), None, "its parcel was cancelled in Shopify");
}
