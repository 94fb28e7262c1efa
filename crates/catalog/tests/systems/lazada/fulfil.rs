//! Packing at Lazada: whole orders, parts of them, and again after a lost answer.

use super::{data, result, row, runner};
use crate::common::fake::Fake;
use connector::Error;
use model::EffectRule;
use serde_json::{Value, json};

const ORDER: &str = "260422900198363";

fn packed(id: u64, status: &str) -> Value {
    let mut row = row(id, "ABC-1", status);
    row["package_id"] = "FP001".into();
    row["tracking_code"] = "TH001".into();
    row
}

fn pack_answer(lines: Value) -> Value {
    result(json!({"pack_order_list": [{"order_id": 260422900198363u64, "order_item_list": lines}]}))
}

fn good(id: u64, package: &str) -> Value {
    json!({
        "order_item_id": id, "msg": "success", "item_err_code": "0", "tracking_number": "TH340231JV0W0A",
        "shipment_provider": "Flash Express", "package_id": package, "retry": false
    })
}

#[tokio::test]
async fn an_order_is_packed_and_marked_ready_with_lazada_s_tracking_number() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!([row(11, "ABC-1", "pending"), row(12, "ABC-1", "canceled")])));
    fake.answers(
        200,
        result(json!({"platform_default": 1, "shipping_allocate_type": "TFS", "shipment_providers": []})),
    );
    fake.answers(200, pack_answer(json!([good(11, "FP001")])));
    fake.answers(
        200,
        result(json!({"packages": [{"package_id": "FP001", "item_err_code": "0", "msg": ""}]})),
    );
    let output = runner("fulfil_order", &fake).run(json!({"order_id": ORDER})).await.unwrap();
    assert_eq!(
        output,
        json!({"order_id": ORDER, "ready_to_ship": true, "packages": [{
            "package_id": "FP001", "tracking_number": "TH340231JV0W0A", "shipment_provider": "Flash Express",
            "order_item_ids": [11]
        }]})
    );
    let asked = fake.asked();
    assert_eq!(
        asked[1].pair("getShipmentProvidersReq").as_deref(),
        Some(r#"{"orders":[{"order_id":260422900198363,"order_item_ids":[11]}]}"#)
    );
    assert_eq!(
        asked[2].pair("packReq").as_deref(),
        Some(
            r#"{"pack_order_list":[{"order_id":260422900198363,"order_item_list":[11]}],"delivery_type":"dropship","shipping_allocate_type":"TFS"}"#
        )
    );
    assert_eq!(asked[3].pair("readyToShipReq").as_deref(), Some(r#"{"packages":[{"package_id":"FP001"}]}"#));
}

#[tokio::test]
async fn what_is_packed_already_is_only_marked_ready() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!([packed(11, "packed")])));
    fake.answers(200, result(json!({"packages": [{"package_id": "FP001", "item_err_code": "0"}]})));
    let output = runner("fulfil_order", &fake).run(json!({"order_id": ORDER})).await.unwrap();
    assert_eq!(output["packages"][0]["tracking_number"], "TH001");
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn a_part_is_packed_by_sku_and_quantity_or_by_units() {
    let fake = Fake::start().await;
    let rows = json!([row(11, "ABC-1", "pending"), row(12, "ABC-1", "pending"), row(13, "CUP", "pending")]);
    fake.answers(200, data(rows.clone())).answers(200, pack_answer(json!([good(11, "FP001")])));
    let input = json!({
        "order_id": ORDER, "lines": [{"sku": "ABC-1", "quantity": 1}], "ready_to_ship": false, "allocation": "TFS"
    });
    runner("fulfil_order", &fake).run(input).await.unwrap();
    assert!(fake.asked()[1].pair("packReq").unwrap().contains(r#""order_item_list":[11]"#));
    fake.answers(200, data(rows.clone())).answers(200, pack_answer(json!([good(13, "FP002")])));
    let input =
        json!({"order_id": ORDER, "order_item_ids": [13], "ready_to_ship": false, "allocation": "TFS"});
    runner("fulfil_order", &fake).run(input).await.unwrap();
    assert!(fake.asked()[3].pair("packReq").unwrap().contains(r#""order_item_list":[13]"#));
    fake.answers(200, data(rows.clone()))
        .answers(200, pack_answer(json!([good(11, "FP001"), good(12, "FP001")])));
    let line = json!({"sku": "ABC-1", "quantity": 1});
    let twice =
        json!({"order_id": ORDER, "lines": [line, line], "ready_to_ship": false, "allocation": "TFS"});
    runner("fulfil_order", &fake).run(twice).await.unwrap();
    assert!(fake.asked()[5].pair("packReq").unwrap().contains(r#""order_item_list":[11,12]"#));
    fake.answers(200, data(rows));
    let too_many = json!({"order_id": ORDER, "lines": [{"sku": "CUP", "quantity": 2}]});
    assert!(matches!(runner("fulfil_order", &fake).run(too_many).await, Err(Error::Input { .. })));
}

#[tokio::test]
async fn a_success_that_holds_a_failure_is_one() {
    let fake = Fake::start().await;
    let bad = |retry: bool| json!({"order_item_id": 11, "msg": "item current status not allow to pack", "item_err_code": "700026", "retry": retry});
    fake.answers(200, data(json!([row(11, "A", "pending")]))).answers(200, pack_answer(json!([bad(false)])));
    let input = json!({"order_id": ORDER, "allocation": "TFS"});
    let error = runner("fulfil_order", &fake).run(input.clone()).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("700026")), "{error:?}");
    fake.answers(200, data(json!([row(11, "A", "pending")]))).answers(200, pack_answer(json!([bad(true)])));
    let error = runner("fulfil_order", &fake).run(input).await.unwrap_err();
    assert!(matches!(error, Error::Status { status: 503, .. }), "{error:?}");
}

#[tokio::test]
async fn whether_an_order_was_fulfilled_can_be_asked_unless_units_were_not_named() {
    let fake = Fake::start().await;
    let runner = runner("fulfil_order", &fake);
    let input = json!({"order_id": ORDER});
    fake.answers(200, data(json!([packed(11, "ready_to_ship")])))
        .answers(200, data(json!([packed(11, "packed")])));
    let done = runner.probe(input.clone()).await.unwrap().unwrap();
    assert_eq!(done["packages"][0]["package_id"], "FP001");
    assert_eq!(runner.probe(input.clone()).await.unwrap(), None);
    assert_eq!(runner.action.effect(&input), EffectRule::Probe);
    let by_sku = json!({"order_id": ORDER, "lines": [{"sku": "A", "quantity": 1}]});
    assert_eq!(runner.action.effect(&by_sku), EffectRule::Ask);
}

#[tokio::test]
async fn packages_are_marked_ready_once() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!([packed(11, "packed")])));
    fake.answers(200, result(json!({"packages": [{"package_id": "FP001", "item_err_code": "0"}]})));
    fake.answers(200, data(json!([packed(11, "ready_to_ship")])));
    let runner = runner("ready_to_ship", &fake);
    runner.run(json!({"order_id": ORDER})).await.unwrap();
    assert!(runner.probe(json!({"order_id": ORDER})).await.unwrap().is_some());
    fake.answers(200, data(json!([packed(11, "packed")])));
    let error = runner.run(json!({"order_id": ORDER, "package_ids": ["FP9"]})).await.unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
}

#[tokio::test]
async fn a_label_is_a_pdf_wherever_lazada_keeps_it() {
    let fake = Fake::start().await;
    fake.answers(200, result(json!({"file": "JVBERi0xLjQK", "doc_type": "PDF"})));
    let output = runner("get_label", &fake).run(json!({"package_ids": ["FP038541022"]})).await.unwrap();
    assert_eq!(output["content"], "JVBERi0xLjQK");
    assert_eq!(
        fake.asked()[0].pair("getDocumentReq").as_deref(),
        Some(r#"{"doc_type":"PDF","packages":[{"package_id":"FP038541022"}],"print_item_list":false}"#)
    );
    let url = format!("{}/label.pdf", fake.url);
    fake.answers(200, result(json!({"file": "PGlmcmFtZSBzcm", "doc_type": "PDF", "pdf_url": url})));
    fake.answers_with(200, &[("content-type", "application/pdf")], "%PDF-1.4");
    let output = runner("get_label", &fake).run(json!({"package_ids": "FP038541022"})).await.unwrap();
    assert_eq!(output["content"], "JVBERi0xLjQ=");
    assert_eq!(fake.asked()[2].query, "", "the token does not go to where the file is");
}

#[tokio::test]
async fn packing_is_undone_deliveries_are_reported_invoices_numbered_and_parcels_traced() {
    let fake = Fake::start().await;
    fake.answers(200, result(json!({"packages": [{"msg": "package not found", "item_err_code": "600001", "package_id": "FP1"}]})));
    let error = runner("undo_packing", &fake).run(json!({"package_ids": ["FP1"]})).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { message, .. } if message.contains("package not found")),
        "{error:?}"
    );
    fake.answers(200, result(json!({"packages": [{"item_err_code": "0", "package_id": "FP1"}]})));
    runner("report_delivery", &fake).run(json!({"package_ids": ["FP1"], "outcome": "failed"})).await.unwrap();
    let asked = fake.asked().pop().unwrap();
    assert_eq!(asked.path, "/rest/order/package/sof/failed_delivery");
    assert!(asked.pair("dbsFailedDeliveryReq").is_some());

    fake.answers(200, data(json!([packed(11, "packed"), row(12, "A", "canceled")])))
        .answers(200, data(json!({})));
    let input = json!({"order_id": ORDER, "invoice_number": "INV-1"});
    let output = runner("set_invoice_number", &fake).run(input).await.unwrap();
    assert_eq!(output["order_item_ids"], json!([11]));
    assert_eq!(fake.asked().pop().unwrap().pair("invoice_number").as_deref(), Some("INV-1"));

    fake.answers(200, json!({"code": "0", "result": {"success": true, "module": [{"ofc_order_id": 1}]}}));
    let output = runner("track_order", &fake).run(json!({"order_id": ORDER})).await.unwrap();
    assert_eq!(output["trace"]["module"][0]["ofc_order_id"], 1);
}

#[tokio::test]
async fn what_is_asked_before_anything_is_packed_leaves_no_doubt_behind() {
    let fake = Fake::start().await;
    let input = json!({"order_id": ORDER, "lines": [{"sku": "ABC-1", "quantity": 1}]});
    let runner = runner("fulfil_order", &fake);
    assert_eq!(runner.action.effect(&input), EffectRule::Ask);
    fake.answers(502, json!({}));
    let error = runner.run(input.clone()).await.unwrap_err();
    assert!(!error.may_have_happened(), "{error:?}");
    fake.answers(200, data(json!([row(11, "ABC-1", "pending")]))).answers(502, json!({}));
    let error = runner.run(input).await.unwrap_err();
    assert!(!error.may_have_happened(), "{error:?}");
}
