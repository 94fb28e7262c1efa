//! Shipping at Shopee: pickup, drop-off, the seller's own courier, split orders and labels.

use super::{order, orders, response, runner};
use crate::common::fake::Fake;
use connector::{Error, Retry};
use serde_json::{Value, json};

const ORDER: &str = "201218V2Y6E59M";

fn package(number: &str, status: &str) -> Value {
    json!({"package_number": number, "logistics_status": status, "shipping_carrier": "SPX Express"})
}

fn ready() -> Value {
    orders(vec![order("READY_TO_SHIP", json!([package("OFG1929", "LOGISTICS_READY")]))])
}

fn ways(needed: Value) -> Value {
    let slots = json!([{"pickup_time_id": "1639472400"}, {"pickup_time_id": "1639558800"}]);
    response(json!({"info_needed": needed, "dropoff": {}, "pickup": {"address_list": [
        {"address_id": 1, "address_flag": [], "time_slot_list": []},
        {"address_id": 2826, "address_flag": ["pickup_address"], "time_slot_list": slots}
    ]}}))
}

async fn shipped(fake: &Fake, input: Value, needed: Value) -> Value {
    fake.answers(200, ready()).answers(200, ways(needed)).answers(200, response(json!({})));
    fake.answers(200, response(json!({"tracking_number": "TH02742637123B"})));
    let output = runner("fulfil_order", fake).run(input).await.unwrap();
    assert_eq!(output["tracking_number"], "TH02742637123B");
    let asked = fake.asked();
    assert_eq!(asked[asked.len() - 2].path, "/api/v2/logistics/ship_order");
    asked[asked.len() - 2].json()
}

#[tokio::test]
async fn a_package_is_picked_up_dropped_off_or_sent_by_the_seller_s_own_courier() {
    let fake = Fake::start().await;
    let both = json!({"pickup": ["address_id", "pickup_time_id"], "dropoff": []});
    let picked_up = shipped(&fake, json!({"order_id": ORDER}), both.clone()).await;
    assert_eq!(
        picked_up,
        json!({"order_sn": ORDER, "pickup": {"address_id": 2826, "pickup_time_id": "1639472400"}})
    );
    let named = json!({"order_id": ORDER, "method": "pickup", "address_id": 1, "pickup_time_id": "77"});
    let named = shipped(&fake, named, both.clone()).await;
    assert_eq!(named["pickup"], json!({"address_id": 1, "pickup_time_id": "77"}));
    let dropped_off = shipped(&fake, json!({"order_id": ORDER, "method": "dropoff"}), both).await;
    assert_eq!(dropped_off["dropoff"], json!({}));
    let own = json!({"order_id": ORDER, "package_number": "OFG1929", "tracking_number": "AK22"});
    let own = shipped(&fake, own, json!({"non_integrated": ["tracking_number"]})).await;
    assert_eq!(
        own,
        json!({"order_sn": ORDER, "package_number": "OFG1929", "non_integrated": {"tracking_number": "AK22"}})
    );
}

#[tokio::test]
async fn a_way_that_shopee_does_not_offer_is_refused_with_those_it_does() {
    let fake = Fake::start().await;
    fake.answers(200, ready()).answers(200, ways(json!({"dropoff": []})));
    let error =
        runner("fulfil_order", &fake).run(json!({"order_id": ORDER, "method": "pickup"})).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("dropoff")), "{error:?}");
    fake.answers(200, ready()).answers(200, ways(json!({"dropoff": ["branch_id"]})));
    let error = runner("fulfil_order", &fake).run(json!({"order_id": ORDER})).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("branch")), "{error:?}");
}

#[tokio::test]
async fn what_is_arranged_already_is_not_arranged_again() {
    let fake = Fake::start().await;
    let arranged = orders(vec![order("PROCESSED", json!([package("OFG1929", "LOGISTICS_REQUEST_CREATED")]))]);
    let number = response(json!({"tracking_number": "TH1"}));
    fake.answers(200, arranged.clone())
        .answers(200, number.clone())
        .answers(200, arranged)
        .answers(200, number);
    fake.answers(200, ready());
    let runner = runner("fulfil_order", &fake);
    let output = runner.run(json!({"order_id": ORDER})).await.unwrap();
    assert_eq!(
        output,
        json!({"order_id": ORDER, "package_number": "OFG1929", "tracking_number": "TH1", "shipment_provider": "SPX Express"})
    );
    assert_eq!(runner.probe(json!({"order_id": ORDER})).await.unwrap(), Some(output));
    assert_eq!(runner.probe(json!({"order_id": ORDER})).await.unwrap(), None, "it still waits");
    let cancelled = order("CANCELLED", json!([package("OFG1929", "LOGISTICS_REQUEST_CANCELED")]));
    fake.answers(200, orders(vec![cancelled]));
    fake.answers(200, json!({"error": "error_status", "message": "The order has been cancelled."}));
    let error = runner.run(json!({"order_id": ORDER})).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("cancelled")), "{error:?}");
}

#[tokio::test]
async fn a_split_order_wants_its_package_named() {
    let fake = Fake::start().await;
    let two = json!([package("OFG1", "LOGISTICS_READY"), package("OFG2", "LOGISTICS_READY")]);
    fake.answers(200, orders(vec![order("READY_TO_SHIP", two)]));
    let error = runner("fulfil_order", &fake).run(json!({"order_id": ORDER})).await.unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
}

#[tokio::test]
async fn an_order_is_split_by_sku_with_every_item_named() {
    let fake = Fake::start().await;
    let two = json!([package("OFG1", "LOGISTICS_READY"), package("OFG2", "LOGISTICS_READY")]);
    fake.answers(200, ready()).answers(200, response(json!({})));
    fake.answers(200, orders(vec![order("READY_TO_SHIP", two.clone())]));
    let runner = runner("split_order", &fake);
    let input = json!({"order_id": ORDER, "packages": [["ABC-1"], ["CUP"]]});
    let output = runner.run(input.clone()).await.unwrap();
    assert_eq!(output, json!({"order_id": ORDER, "package_numbers": ["OFG1", "OFG2"]}));
    assert_eq!(
        fake.asked()[1].json(),
        json!({"order_sn": ORDER, "package_list": [
            {"item_list": [{"item_id": 1000, "model_id": 3456, "order_item_id": 1000, "promotion_group_id": 0}]},
            {"item_list": [{"item_id": 1001, "model_id": 0, "order_item_id": 1001, "promotion_group_id": 0}]}
        ]})
    );
    fake.answers(200, orders(vec![order("READY_TO_SHIP", two)]));
    assert_eq!(runner.probe(input).await.unwrap(), Some(output));
    fake.answers(200, ready());
    let error = runner.run(json!({"order_id": ORDER, "packages": [["ABC-1"], ["ABC-1"]]})).await.unwrap_err();
    assert!(matches!(&error, Error::Input { message, .. } if message.contains("CUP")), "{error:?}");
    fake.answers(200, ready()).answers(200, response(json!({}))).answers(200, ready());
    runner.run(json!({"order_id": ORDER})).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[asked.len() - 2].path, "/api/v2/order/unsplit_order");
}

#[tokio::test]
async fn a_label_is_made_waited_for_and_downloaded() {
    let fake = Fake::start().await;
    let state = |status: &str| response(json!({"result_list": [{"order_sn": ORDER, "status": status}]}));
    fake.answers(200, json!({"error": "logistics.error_param", "message": "not created"}));
    fake.answers(200, response(json!({"tracking_number": "TH1"})));
    fake.answers(200, response(json!({"result_list": [{"order_sn": ORDER}]})))
        .answers(200, state("PROCESSING"));
    let runner = runner("get_label", &fake);
    let error = runner.run(json!({"order_id": ORDER})).await.unwrap_err();
    assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, false));
    let asked = fake.asked();
    assert_eq!(asked[2].path, "/api/v2/logistics/create_shipping_document");
    assert_eq!(
        asked[2].json()["order_list"][0],
        json!({"order_sn": ORDER, "shipping_document_type": "NORMAL_AIR_WAYBILL", "tracking_number": "TH1"})
    );

    fake.answers(200, state("READY")).answers_with(200, &[("content-type", "application/pdf")], "%PDF-1.4");
    let output = runner.run(json!({"order_id": ORDER})).await.unwrap();
    assert_eq!(output, json!({"order_id": ORDER, "content": "JVBERi0xLjQ=", "format": "PDF"}));
    assert_eq!(
        fake.asked().pop().unwrap().json(),
        json!({"shipping_document_type": "NORMAL_AIR_WAYBILL", "order_list": [{"order_sn": ORDER}]})
    );

    let failed = json!({"order_sn": ORDER, "fail_error": "logistics.package_can_not_print", "fail_message": "The package can not print now."});
    fake.answers(200, response(json!({"result_list": []})))
        .answers(200, response(json!({"tracking_number": ""})));
    fake.answers(200, response(json!({"result_list": [failed]})));
    let error = runner.run(json!({"order_id": ORDER})).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { message, .. } if message.contains("can not print now")),
        "{error:?}"
    );
}

#[tokio::test]
async fn packages_that_wait_are_found_page_by_page() {
    let fake = Fake::start().await;
    let page = |number: &str, more: bool| {
        let pagination = json!({"more": more, "next_cursor": "c2"});
        response(
            json!({"packages_list": [{"order_sn": ORDER, "package_number": number}], "pagination": pagination}),
        )
    };
    fake.answers(200, page("OFG1", true)).answers(200, page("OFG2", false));
    let output = runner("find_packages", &fake).run(json!({})).await.unwrap();
    assert_eq!(output["packages"][1]["package_number"], "OFG2");
    assert_eq!(output["more"], false);
    let asked = fake.asked();
    assert_eq!(
        asked[0].json(),
        json!({"filter": {"package_status": 2}, "pagination": {"page_size": 50, "cursor": ""}})
    );
    assert_eq!(asked[1].json()["pagination"]["cursor"], "c2");
}

#[tokio::test]
async fn a_package_is_tracked() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!({"tracking_number": "TH1"})));
    fake.answers(200, response(json!({"logistics_status": "LOGISTICS_PICKUP_DONE", "tracking_info": []})));
    let output = runner("track_order", &fake)
        .run(json!({"order_id": ORDER, "package_number": "OFG1929"}))
        .await
        .unwrap();
    assert_eq!(output["trace"]["logistics_status"], "LOGISTICS_PICKUP_DONE");
    assert_eq!(fake.asked()[1].pair("package_number").as_deref(), Some("OFG1929"));
}
