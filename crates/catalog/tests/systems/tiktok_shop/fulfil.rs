//! Shipping at TikTok Shop: by its courier, by the seller's own, in parts, and again after a lost answer.

use super::{ORDER, data, detail, order, refused, row, runner};
use crate::common::fake::Fake;
use connector::Error;
use serde_json::{Value, json};

fn ready() -> Value {
    detail(order("AWAITING_SHIPMENT", vec![row("1", "ABC-1", "p1")], &["p1"]))
}

fn package(status: &str, number: &str) -> Value {
    data(
        json!({"package_id": "p1", "package_status": status, "tracking_number": number, "shipping_provider_name": "J&T Express"}),
    )
}

#[tokio::test]
async fn a_package_is_picked_up_at_the_first_time_that_is_free() {
    let fake = Fake::start().await;
    fake.answers(200, ready()).answers(200, package("TO_FULFILL", ""));
    let slots = json!([
        {"start_time": 1767600000, "end_time": 1767610000, "avaliable": false},
        {"start_time": 1767620000, "end_time": 1767630000, "avaliable": true}
    ]);
    fake.answers(200, data(json!({"pickup_slots": slots}))).answers(200, data(json!({})));
    fake.answers(200, package("PROCESSING", "TH340231JV0W0A"));
    let output = runner("fulfil_order", &fake).run(json!({"order_id": ORDER})).await.unwrap();
    assert_eq!(
        output,
        json!({"order_id": ORDER, "packages": [{
            "package_id": "p1", "tracking_number": "TH340231JV0W0A", "shipment_provider": "J&T Express", "status": "PROCESSING"
        }]})
    );
    let asked = fake.asked();
    assert_eq!(asked[2].path, "/fulfillment/202309/packages/p1/handover_time_slots");
    assert_eq!(asked[3].path, "/fulfillment/202309/packages/p1/ship");
    assert_eq!(
        asked[3].json(),
        json!({"handover_method": "PICKUP", "pickup_slot": {"start_time": 1767620000, "end_time": 1767630000}})
    );
}

#[tokio::test]
async fn a_package_is_dropped_off_or_sent_by_the_seller_s_own_courier() {
    let fake = Fake::start().await;
    let answers = || {
        fake.answers(200, ready()).answers(200, package("TO_FULFILL", "")).answers(200, data(json!({})));
        fake.answers(200, package("PROCESSING", "TH1"));
    };
    answers();
    let runner = runner("fulfil_order", &fake);
    runner.run(json!({"order_id": ORDER, "method": "DROP_OFF"})).await.unwrap();
    assert_eq!(fake.asked()[2].json(), json!({"handover_method": "DROP_OFF"}));
    answers();
    runner.run(json!({"order_id": ORDER, "tracking_number": "TH0001", "provider": "6617"})).await.unwrap();
    assert_eq!(
        fake.asked()[6].json(),
        json!({"self_shipment": {"tracking_number": "TH0001", "shipping_provider_id": "6617"}})
    );
    answers();
    let error = runner.run(json!({"order_id": ORDER, "tracking_number": "TH0001"})).await.unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
}

#[tokio::test]
async fn what_was_shipped_already_is_no_failure_and_other_refusals_are() {
    let fake = Fake::start().await;
    let runner = runner("fulfil_order", &fake);
    let input = json!({"order_id": ORDER, "method": "DROP_OFF"});
    fake.answers(200, ready()).answers(200, package("TO_FULFILL", ""));
    fake.answers(200, refused(11006021, "already shipped")).answers(200, package("PROCESSING", "TH1"));
    assert_eq!(runner.run(input.clone()).await.unwrap()["packages"][0]["tracking_number"], "TH1");
    fake.answers(200, ready())
        .answers(200, package("TO_FULFILL", ""))
        .answers(200, refused(11006001, "on hold"));
    let error = runner.run(input.clone()).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("on hold")), "{error:?}");
    fake.answers(200, ready()).answers(200, package("PROCESSING", "TH1"));
    assert!(runner.probe(input.clone()).await.unwrap().is_some());
    for open in ["TO_FULFILL", "CANCELLED", ""] {
        fake.answers(200, ready()).answers(200, package(open, ""));
        assert!(runner.probe(input.clone()).await.unwrap().is_none(), "{open}");
    }
}

#[tokio::test]
async fn an_order_without_packages_waits_and_an_unknown_package_is_a_mistake() {
    let fake = Fake::start().await;
    let runner = runner("fulfil_order", &fake);
    fake.answers(200, detail(order("ON_HOLD", vec![row("1", "ABC-1", "")], &[]))).answers(200, ready());
    assert!(matches!(runner.run(json!({"order_id": ORDER})).await, Err(Error::Input { .. })));
    let unknown = json!({"order_id": ORDER, "package_ids": ["p9"]});
    assert!(matches!(runner.run(unknown).await, Err(Error::Input { message, .. }) if message.contains("p9")));
}

#[tokio::test]
async fn an_order_is_split_by_sku_with_all_of_its_units_together() {
    let fake = Fake::start().await;
    let rows = vec![row("1", "ABC-1", "p1"), row("2", "ABC-1", "p1"), row("3", "CUP", "p1")];
    fake.answers(200, detail(order("AWAITING_SHIPMENT", rows.clone(), &["p1"])))
        .answers(200, data(json!({})));
    fake.answers(200, detail(order("AWAITING_SHIPMENT", rows, &["p1", "p2"])));
    let runner = runner("split_order", &fake);
    let input = json!({"order_id": ORDER, "packages": [["ABC-1"], ["CUP"]]});
    let output = runner.run(input.clone()).await.unwrap();
    assert_eq!(output, json!({"order_id": ORDER, "package_ids": ["p1", "p2"]}));
    let asked = &fake.asked()[1];
    assert_eq!(asked.path, format!("/fulfillment/202309/orders/{ORDER}/split"));
    assert_eq!(
        asked.json(),
        json!({"splittable_groups": [
            {"id": "1", "order_line_item_ids": ["1", "2"]}, {"id": "2", "order_line_item_ids": ["3"]}
        ]})
    );
    fake.answers(200, ready());
    assert_eq!(runner.probe(input).await.unwrap(), None);
}

#[tokio::test]
async fn a_label_is_fetched_without_the_token() {
    let fake = Fake::start().await;
    let url = format!("{}/label.pdf", fake.url);
    fake.answers(200, data(json!({"doc_url": url, "tracking_number": "TH1"})));
    fake.answers_with(200, &[("content-type", "application/pdf")], "%PDF-1.4");
    let output = runner("get_label", &fake).run(json!({"package_id": "p1"})).await.unwrap();
    assert_eq!(
        output,
        json!({"package_id": "p1", "content": "JVBERi0xLjQ=", "format": "PDF", "tracking_number": "TH1"})
    );
    let asked = fake.asked();
    assert_eq!(asked[0].pair("document_type").as_deref(), Some("SHIPPING_LABEL"));
    assert_eq!((asked[1].header("x-tts-access-token"), asked[1].query.as_str()), ("", ""));
}

#[tokio::test]
async fn a_tracking_number_is_corrected_and_parcels_are_traced() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({})))
        .answers(200, data(json!({"tracking": [{"description": "Picked up"}]})));
    let input = json!({"package_id": "p1", "tracking_number": "TH2", "provider": "6617"});
    runner("set_tracking", &fake).run(input).await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!(asked.path, "/fulfillment/202309/packages/p1/shipping_info/update");
    assert_eq!(asked.json(), json!({"tracking_number": "TH2", "shipping_provider_id": "6617"}));
    let output = runner("track_order", &fake).run(json!({"order_id": ORDER})).await.unwrap();
    assert_eq!(output["trace"]["tracking"][0]["description"], "Picked up");
}
