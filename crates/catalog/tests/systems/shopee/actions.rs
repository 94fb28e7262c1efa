//! Shopee's actions: what they ask, and what comes of the answers.

use super::{order, orders, response, runner};
use crate::common::fake::Fake;
use connector::Error;
use model::EffectRule;
use serde_json::{Value, json};

const ORDER: &str = "201218V2Y6E59M";

fn base(item: u64, sku: &str, has_model: bool) -> Value {
    json!({"item_id": item, "item_sku": sku, "has_model": has_model})
}

fn bases(items: Vec<Value>) -> Value {
    response(json!({"item_list": items}))
}

#[tokio::test]
async fn stock_goes_out_item_by_item_with_the_models_behind_each_sku() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!({"item_id_list": [1000]})));
    fake.answers(200, bases(vec![base(1000, "", true)]));
    fake.answers(200, response(json!({"model": [{"model_id": 3456, "model_sku": "ABC-1"}, {"model_id": 3457, "model_sku": "ABC-2"}]})));
    // The other SKU is searched for as well: another item may have it.
    fake.answers(200, response(json!({"item_id_list": [1000]})));
    fake.answers(200, response(json!({"success_list": [], "failure_list": []})));
    let items = json!([{"sku": "ABC-1", "quantity": 12}, {"sku": "ABC-2", "quantity": "0"}]);
    let output = runner("push_stock", &fake).run(json!({"items": items})).await.unwrap();
    assert_eq!(output, json!({"updated": 2, "failed": []}));
    let asked = fake.asked();
    assert_eq!(asked[0].pair("item_sku").as_deref(), Some("ABC-1"));
    assert_eq!(asked[4].path, "/api/v2/product/update_stock");
    assert_eq!(
        asked[4].json(),
        json!({"item_id": 1000, "stock_list": [
            {"seller_stock": [{"stock": 12}], "model_id": 3456}, {"seller_stock": [{"stock": 0}], "model_id": 3457}
        ]})
    );
}

#[tokio::test]
async fn a_sku_of_two_items_on_sale_is_pushed_to_neither_and_what_is_not_on_sale_stands_back() {
    let fake = Fake::start().await;
    let of = |item: u64, status: &str| {
        let mut base = base(item, "CUP", false);
        base["item_status"] = status.into();
        base
    };
    let items = json!([{"sku": "CUP", "quantity": 1}]);
    let input = json!({"items": items, "on_failure": "report"});
    let search = || response(json!({"item_id_list": [1000, 1001]}));
    fake.answers(200, search()).answers(200, bases(vec![of(1000, "NORMAL"), of(1001, "NORMAL")]));
    let output = runner("push_stock", &fake).run(input.clone()).await.unwrap();
    assert_eq!(output["failed"][0]["code"], "ambiguous_sku");
    fake.answers(200, search()).answers(200, bases(vec![of(1000, "UNLIST"), of(1001, "NORMAL")]));
    fake.answers(200, response(json!({"failure_list": []})));
    runner("push_stock", &fake).run(input).await.unwrap();
    assert_eq!(fake.asked()[4].json()["item_id"], 1001);
}

#[tokio::test]
async fn a_variant_that_the_search_does_not_find_is_found_among_all_items() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!({"item_id_list": []})));
    fake.answers(200, response(json!({"item": [{"item_id": 1000}], "has_next_page": false})));
    fake.answers(200, bases(vec![base(1000, "", true)]));
    fake.answers(200, response(json!({"model": [{"model_id": 3456, "model_sku": "ABC-1"}]})));
    fake.answers(200, response(json!({"failure_list": []})));
    let items = json!([{"sku": "ABC-1", "quantity": 5, "warehouse": "THZ"}]);
    runner("push_stock", &fake).run(json!({"items": items})).await.unwrap();
    assert_eq!(
        fake.asked()[4].json()["stock_list"][0],
        json!({"seller_stock": [{"location_id": "THZ", "stock": 5}], "model_id": 3456})
    );
}

#[tokio::test]
async fn a_success_that_holds_failures_names_them_and_known_places_are_not_searched() {
    let fake = Fake::start().await;
    fake.answers(
        200,
        response(json!({"failure_list": [{"model_id": 3457, "failed_reason": "stock is reserved"}]})),
    );
    let items = json!([
        {"sku": "ABC-1", "quantity": 1, "item_id": 1000, "model_id": 3456},
        {"sku": "ABC-2", "quantity": 0, "item_id": 1000, "model_id": 3457}
    ]);
    let input = json!({"items": items, "on_failure": "report"});
    let output = runner("push_stock", &fake).run(input.clone()).await.unwrap();
    assert_eq!(
        output,
        json!({"updated": 1, "failed": [{"sku": "ABC-2", "code": "failed", "message": "stock is reserved"}]})
    );
    fake.answers(200, json!({"error": "product.error_busi", "message": "in promotion"}));
    let error = runner("push_stock", &fake).run(json!({"items": items})).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { message, .. } if message.contains("ABC-2: in promotion")),
        "{error:?}"
    );
}

#[tokio::test]
async fn prices_keep_their_digits() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!({"success_list": [{"model_id": 0}], "failure_list": []})));
    let items = json!([{"sku": "CUP", "price": "590.00", "item_id": "1000"}]);
    runner("push_price", &fake).run(json!({"items": items})).await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!(asked.path, "/api/v2/product/update_price");
    assert_eq!(asked.body, r#"{"item_id":1000,"price_list":[{"original_price":590.00,"model_id":0}]}"#);
}

#[tokio::test]
async fn a_new_item_is_made_with_uploaded_images_and_its_variants() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!({"item_id_list": []})));
    fake.answers(200, response(json!({"item": [], "has_next_page": false})));
    fake.answers_with(200, &[("content-type", "image/jpeg")], "JPEG");
    fake.answers(200, response(json!({"image_info": {"image_id": "img-1"}})));
    fake.answers(200, response(json!({"item_id": 1000})));
    fake.answers(200, response(json!({})));
    let input = json!({
        "sku": "ABC", "name": "Green tea", "category": "100629", "price": "590", "quantity": 12, "weight": "0.2",
        "images": [format!("{}/tea.jpg", fake.url)], "logistics": 70021,
        "variations": {"tier_variation": [{"name": "Size"}]}
    });
    let output = runner("push_product", &fake).run(input).await.unwrap();
    assert_eq!(output, json!({"item_id": "1000", "created": true}));
    let asked = fake.asked();
    assert_eq!(asked[3].path, "/api/v2/media_space/upload_image");
    assert!(asked[3].header("content-type").starts_with("multipart/form-data; boundary=khlong-0707"));
    assert!(
        String::from_utf8_lossy(&asked[3].body).contains("Content-Type: image/jpeg\r\n\r\nJPEG\r\n--khlong-")
    );
    assert_eq!(
        asked[4].json(),
        json!({
            "item_sku": "ABC", "item_name": "Green tea", "category_id": 100629, "weight": "0.2".parse::<serde_json::Number>().unwrap(),
            "logistic_info": [{"logistic_id": 70021, "enabled": true}], "image": {"image_id_list": ["img-1"]},
            "original_price": 590, "seller_stock": [{"stock": 12}]
        })
    );
    assert_eq!(asked[5].json(), json!({"tier_variation": [{"name": "Size"}], "item_id": 1000}));
}

#[tokio::test]
async fn a_known_item_is_changed_where_something_was_given() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!({"item_id_list": [1000]})))
        .answers(200, bases(vec![base(1000, "CUP", false)]));
    fake.answers(200, response(json!({"item_id": 1000})));
    let output = runner("push_product", &fake).run(json!({"sku": "CUP", "name": "Cup"})).await.unwrap();
    assert_eq!(output["created"], false);
    let asked = fake.asked().pop().unwrap();
    assert_eq!(asked.path, "/api/v2/product/update_item");
    assert_eq!(asked.json(), json!({"item_sku": "CUP", "item_name": "Cup", "item_id": 1000}));
}

#[tokio::test]
async fn an_order_is_cancelled_whole_or_in_part() {
    let fake = Fake::start().await;
    fake.answers(200, orders(vec![order("READY_TO_SHIP", json!([]))]))
        .answers(200, response(json!({"update_time": 1})));
    let output = runner("cancel_order", &fake)
        .run(json!({"order_id": ORDER, "reason": "OUT_OF_STOCK"}))
        .await
        .unwrap();
    assert_eq!(output, json!({"order_id": ORDER, "cancelled": true}));
    assert_eq!(
        fake.asked()[1].json(),
        json!({"order_sn": ORDER, "cancel_reason": "OUT_OF_STOCK", "item_list": [
            {"item_id": 1000, "model_id": 3456}, {"item_id": 1001, "model_id": 0}
        ]})
    );
    fake.answers(200, orders(vec![order("READY_TO_SHIP", json!([]))])).answers(200, response(json!({})));
    let part = json!({"order_id": ORDER, "lines": [{"sku": "ABC-1", "quantity": 1}]});
    runner("cancel_order", &fake).run(part.clone()).await.unwrap();
    assert_eq!(
        fake.asked()[3].json()["partial_cancel_item_list"],
        json!([{"item_id": 1000, "model_id": 3456, "model_quantity": 1}])
    );
    let runner = runner("cancel_order", &fake);
    assert_eq!(runner.action.effect(&part), EffectRule::Ask);
    fake.answers(502, json!({}));
    let unread = runner.run(part).await.unwrap_err();
    assert!(!unread.may_have_happened(), "nothing was cancelled: {unread:?}");
    assert_eq!(runner.action.effect(&json!({"order_id": ORDER})), EffectRule::Probe);
    fake.answers(200, orders(vec![order("CANCELLED", json!([]))]));
    assert!(runner.probe(json!({"order_id": ORDER})).await.unwrap().is_some());
}

#[tokio::test]
async fn a_buyer_s_cancellation_is_answered_once() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!({}))).answers(200, orders(vec![order("IN_CANCEL", json!([]))]));
    let runner = runner("decide_cancellation", &fake);
    runner.run(json!({"order_id": ORDER, "agree": false})).await.unwrap();
    assert_eq!(fake.asked()[0].json(), json!({"order_sn": ORDER, "operation": "REJECT"}));
    assert_eq!(runner.probe(json!({"order_id": ORDER})).await.unwrap(), None);
}

#[tokio::test]
async fn returns_are_found_read_and_answered() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!({"more": false, "return": [{"return_sn": "R1"}]})));
    let found = runner("find_refunds", &fake)
        .run(json!({"since": "2026-01-01", "status": "REQUESTED"}))
        .await
        .unwrap();
    assert_eq!(found, json!({"refunds": [{"return_sn": "R1"}], "more": false}));
    let too_long = json!({"since": "2025-11-01"});
    assert!(matches!(runner("find_refunds", &fake).run(too_long.clone()).await, Err(Error::Input { .. })));
    assert!(matches!(runner("find_orders", &fake).run(too_long).await, Err(Error::Input { .. })));

    fake.answers(200, response(json!({"return_sn": "R1"}))).answers(200, response(json!({"solution": []})));
    let whole =
        runner("get_refund", &fake).run(json!({"return_id": "R1", "with_solutions": true})).await.unwrap();
    assert_eq!(whole, json!({"return_sn": "R1", "solutions": {"solution": []}}));

    fake.answers(200, response(json!({})))
        .answers(200, response(json!({})))
        .answers(200, response(json!({})));
    let decide = runner("decide_refund", &fake);
    decide.run(json!({"return_id": "R1"})).await.unwrap();
    decide.run(json!({"return_id": "R1", "decision": "offer", "amount": "100.0"})).await.unwrap();
    let dispute = json!({"return_id": "R1", "decision": "dispute", "reason_id": 3, "email": "a@example.com", "comment": "Empty"});
    decide.run(dispute).await.unwrap();
    let asked = fake.asked();
    let [confirm, offer, dispute] = &asked[asked.len() - 3..] else { panic!("three were sent") };
    assert_eq!(
        (confirm.path.as_str(), confirm.json()),
        ("/api/v2/returns/confirm", json!({"return_sn": "R1"}))
    );
    assert_eq!(
        offer.body,
        r#"{"return_sn":"R1","proposed_solution":"REFUND","proposed_adjusted_refund_amount":100.0}"#
    );
    assert_eq!(dispute.json()["dispute_reason_id"], 3);
    fake.answers(200, response(json!({"status": "ACCEPTED"})));
    assert!(decide.probe(json!({"return_id": "R1"})).await.unwrap().is_some());
    assert_eq!(decide.action.effect(&json!({"decision": "offer"})), EffectRule::Ask);
}

#[tokio::test]
async fn orders_are_found_and_their_invoices_and_incomes_read() {
    let fake = Fake::start().await;
    fake.answers(
        200,
        response(json!({"more": false, "next_cursor": "", "order_list": [{"order_sn": ORDER}]})),
    );
    fake.answers(200, orders(vec![order("READY_TO_SHIP", json!([]))]));
    let found = runner("find_orders", &fake)
        .run(json!({"since": "2026-01-01", "status": "READY_TO_SHIP"}))
        .await
        .unwrap();
    assert_eq!(found["orders"][0]["lines"][0]["variant"], "100 g");
    assert_eq!(fake.asked()[0].pair("order_status").as_deref(), Some("READY_TO_SHIP"));

    fake.answers(
        200,
        json!({"error": "", "invoice_info_list": [{"order_sn": ORDER, "invoice_type": "company"}]}),
    );
    let invoices = runner("get_invoice_data", &fake).run(json!({"order_ids": [ORDER]})).await.unwrap();
    assert_eq!(invoices["invoices"][0]["invoice_type"], "company");
    assert_eq!(fake.asked()[2].json(), json!({"queries": [{"order_sn": ORDER}]}));

    fake.answers(200, response(json!({"order_income": {"escrow_amount": 540.5}})));
    let income = runner("get_income", &fake).run(json!({"order_id": ORDER})).await.unwrap();
    assert_eq!(income["order_income"]["escrow_amount"].to_string(), "540.5");
}
