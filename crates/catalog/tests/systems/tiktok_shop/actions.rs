//! TikTok Shop's actions: what they ask, and what comes of the answers.

use super::{ORDER, data, detail, order, refused, row, runner};
use crate::common::STEP_KEY;
use crate::common::fake::Fake;
use connector::Error;
use model::EffectRule;
use serde_json::{Value, json};

fn product(id: &str, skus: Vec<Value>) -> Value {
    json!({"id": id, "skus": skus})
}

fn sku(id: &str, sku: &str, warehouses: &[(&str, u64)]) -> Value {
    let stock = |(id, quantity): &(&str, u64)| json!({"warehouse_id": id, "quantity": quantity});
    json!({"id": id, "seller_sku": sku, "inventory": warehouses.iter().map(stock).collect::<Vec<_>>()})
}

fn products(products: Vec<Value>) -> Value {
    data(json!({"products": products, "next_page_token": ""}))
}

#[tokio::test]
async fn every_warehouse_of_a_sku_is_in_the_call_and_the_others_keep_what_they_have() {
    let fake = Fake::start().await;
    fake.answers(200, products(vec![product("P1", vec![sku("S1", "ABC-1", &[("w1", 3), ("w2", 7)])])]));
    fake.answers(200, data(json!({})));
    let items = json!([{"sku": "ABC-1", "quantity": 12, "warehouse": "w1"}]);
    runner("push_stock", &fake).run(json!({"items": items})).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/product/202502/products/search");
    assert_eq!(asked[0].json(), json!({"seller_skus": ["ABC-1"]}));
    assert_eq!(
        asked[1].json()["skus"][0]["inventory"],
        json!([{"warehouse_id": "w1", "quantity": 12}, {"warehouse_id": "w2", "quantity": 7}])
    );
}

#[tokio::test]
async fn a_product_on_sale_goes_before_others_that_had_its_sku() {
    let fake = Fake::start().await;
    let of = |id: &str, status: &str| json!({"id": id, "status": status, "skus": [sku(id, "ABC-1", &[("w1", 1)])]});
    let found =
        vec![of("old", "DELETED"), of("live", "ACTIVATE"), of("draft", "DRAFT"), of("gone", "DELETED")];
    fake.answers(200, products(found)).answers(200, data(json!({})));
    runner("push_stock", &fake).run(json!({"items": [{"sku": "ABC-1", "quantity": 1}]})).await.unwrap();
    assert_eq!(fake.asked()[1].path, "/product/202309/products/live/inventory/update");
}

#[tokio::test]
async fn a_sku_of_two_products_on_sale_is_pushed_to_neither() {
    let fake = Fake::start().await;
    let of = |id: &str| json!({"id": id, "status": "ACTIVATE", "skus": [sku(id, "ABC-1", &[("w1", 1)])]});
    fake.answers(200, products(vec![of("P1"), of("P2")]));
    let input = json!({"items": [{"sku": "ABC-1", "price": "590.00"}], "on_failure": "report"});
    let output = runner("push_price", &fake).run(input).await.unwrap();
    assert_eq!(output["failed"][0]["code"], "ambiguous_sku");
    for (operation, input) in [
        ("push_product", json!({"skus": [{"sku": "ABC-1"}]})),
        ("get_stock", json!({"skus": "ABC-1"})),
        ("set_product_status", json!({"skus": "ABC-1"})),
    ] {
        fake.answers(200, products(vec![of("P1"), of("P2")]));
        let error = runner(operation, &fake).run(input).await.unwrap_err();
        assert!(matches!(&error, Error::Refused { message, .. } if message.contains("ABC-1")), "{error:?}");
    }
}

#[tokio::test]
async fn a_sku_that_is_not_among_the_first_products_is_not_called_unknown() {
    let fake = Fake::start().await;
    let page = || {
        let rows: Vec<Value> = (0..100).map(|number| product(&format!("P{number}"), Vec::new())).collect();
        data(json!({"products": rows, "next_page_token": "more"}))
    };
    fake.answers(200, page()).answers(200, page());
    let input = json!({"items": [{"sku": "ABC-1", "quantity": 1}], "on_failure": "report"});
    let output = runner("push_stock", &fake).run(input).await.unwrap();
    assert_eq!(output["failed"][0]["code"], "unsearched_sku");
    fake.answers(200, page()).answers(200, page());
    let error = runner("push_product", &fake).run(json!({"skus": [{"sku": "ABC-1"}]})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "it would be made a second time: {error:?}");
}

#[tokio::test]
async fn failures_inside_a_success_unknown_skus_and_unclear_warehouses_are_named() {
    let fake = Fake::start().await;
    let skus = vec![
        sku("S1", "ABC-1", &[("w1", 3)]),
        sku("S2", "ABC-2", &[("w1", 3)]),
        sku("S3", "ABC-3", &[("w1", 1), ("w2", 1)]),
    ];
    fake.answers(200, products(vec![product("P1", skus)]));
    let error = json!({"code": 12019012, "message": "bad quantity", "detail": {"sku_id": "S2", "extra_errors": [{"message": "1 to 99999"}]}});
    fake.answers(200, data(json!({"errors": [error]})));
    let items: Vec<Value> =
        ["ABC-1", "ABC-2", "ABC-3", "GONE"].iter().map(|sku| json!({"sku": sku, "quantity": 0})).collect();
    let output =
        runner("push_stock", &fake).run(json!({"items": items, "on_failure": "report"})).await.unwrap();
    assert_eq!(output["updated"], 1);
    let failed: Vec<_> = output["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["sku"].as_str().unwrap(), row["code"].as_str().unwrap()))
        .collect();
    assert_eq!(failed, [("ABC-3", "warehouse"), ("GONE", "unknown_sku"), ("ABC-2", "12019012")]);
    assert_eq!(output["failed"][2]["message"], "bad quantity 1 to 99999");
}

#[tokio::test]
async fn prices_go_out_as_text_and_a_promotion_that_holds_them_is_a_refusal() {
    let fake = Fake::start().await;
    fake.answers(200, products(vec![product("P1", vec![sku("S1", "ABC-1", &[])])]))
        .answers(200, data(json!({})));
    let input = json!({"items": [{"sku": "ABC-1", "price": "590.00"}]});
    runner("push_price", &fake).run(input.clone()).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[1].path, "/product/202309/products/P1/prices/update");
    assert_eq!(
        asked[1].json(),
        json!({"skus": [{"price": {"amount": "590.00", "currency": "THB"}, "id": "S1"}]})
    );
    fake.answers(200, products(vec![product("P1", vec![sku("S1", "ABC-1", &[])])]));
    fake.answers(200, refused(12052038, "locked by a promotion"));
    let error = runner("push_price", &fake).run(input).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("12052038")), "{error:?}");
}

#[tokio::test]
async fn a_new_product_is_made_with_uploaded_images_and_a_known_one_is_changed() {
    let fake = Fake::start().await;
    fake.answers(200, products(Vec::new())).answers_with(200, &[("content-type", "image/jpeg")], "JPEG");
    fake.answers(200, data(json!({"uri": "tos/tea"})));
    fake.answers(200, data(json!({"product_id": "P1", "skus": [{"id": "S1", "seller_sku": "ABC-1"}]})));
    let input = json!({
        "name": "Green tea", "category": "600001", "weight": "0.2", "warehouse": "w1",
        "images": [format!("{}/tea.jpg", fake.url)], "skus": [{"sku": "ABC-1", "price": "590.00", "quantity": 12}]
    });
    let output = runner("push_product", &fake).run(input).await.unwrap();
    assert_eq!(output, json!({"product_id": "P1", "created": true, "skus": ["ABC-1"]}));
    let asked = fake.asked();
    assert_eq!(asked[2].path, "/product/202309/images/upload");
    assert_eq!(asked[2].pair("shop_cipher"), None);
    assert!(String::from_utf8_lossy(&asked[2].body).contains("MAIN_IMAGE"));
    assert_eq!(
        asked[3].json(),
        json!({
            "title": "Green tea", "category_id": "600001", "package_weight": {"value": "0.2", "unit": "KILOGRAM"},
            "main_images": [{"uri": "tos/tea"}],
            "skus": [{
                "seller_sku": "ABC-1", "price": {"amount": "590.00", "currency": "THB"},
                "inventory": [{"warehouse_id": "w1", "quantity": 12}], "sales_attributes": []
            }]
        })
    );
    fake.answers(200, products(vec![product("P1", vec![sku("S1", "ABC-1", &[])])]))
        .answers(200, data(json!({})));
    let output =
        runner("push_product", &fake).run(json!({"name": "Tea", "skus": [{"sku": "ABC-1"}]})).await.unwrap();
    assert_eq!(output["created"], false);
    let asked = fake.asked().pop().unwrap();
    assert_eq!(asked.path, "/product/202309/products/P1/partial_edit");
    assert_eq!(asked.json(), json!({"title": "Tea"}));
}

#[tokio::test]
async fn products_are_taken_off_sale_and_stock_is_read() {
    let fake = Fake::start().await;
    fake.answers(200, products(vec![product("P1", vec![sku("S1", "ABC-1", &[])])]))
        .answers(200, data(json!({})));
    let output = runner("set_product_status", &fake)
        .run(json!({"skus": "ABC-1", "status": "inactive"}))
        .await
        .unwrap();
    assert_eq!(output, json!({"product_ids": ["P1"]}));
    assert_eq!(fake.asked()[1].path, "/product/202309/products/deactivate");
    fake.answers(200, products(vec![product("P1", vec![sku("S1", "ABC-1", &[])])]));
    fake.answers(200, data(json!({"inventory": [{"product_id": "P1"}]})));
    let output = runner("get_stock", &fake).run(json!({"skus": ["ABC-1", "GONE"]})).await.unwrap();
    assert_eq!(output, json!({"stock": [{"product_id": "P1"}], "unknown": ["GONE"]}));
}

#[tokio::test]
async fn an_order_is_read_with_who_pays_which_discount() {
    let fake = Fake::start().await;
    fake.answers(200, detail(order("AWAITING_SHIPMENT", vec![row("1", "ABC-1", "p1")], &["p1"])));
    fake.answers(200, data(json!({"total": "590.00"}))).answers(200, data(json!({"orders": []})));
    let output =
        runner("get_order", &fake).run(json!({"order_id": ORDER, "with_prices": true})).await.unwrap();
    assert_eq!(
        (&output["price_detail"]["total"], &output["lines"][0]["price"]),
        (&json!("590.00"), &json!("590.00"))
    );
    let asked = fake.asked();
    assert_eq!(
        (asked[0].path.as_str(), asked[0].pair("ids").unwrap()),
        ("/order/202507/orders", ORDER.to_owned())
    );
    assert_eq!(asked[1].path, format!("/order/202407/orders/{ORDER}/price_detail"));
    let error = runner("get_order", &fake).run(json!({"order_id": "1"})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn orders_are_found_until_there_are_enough() {
    let fake = Fake::start().await;
    let one = |id: &str| json!({"id": id, "line_items": []});
    fake.answers(200, data(json!({"orders": [one("1"), one("2")], "next_page_token": "t"})));
    let input = json!({"since": "2026-01-05", "status": "AWAITING_SHIPMENT", "limit": 1});
    let output = runner("find_orders", &fake).run(input).await.unwrap();
    assert_eq!((output["orders"].as_array().unwrap().len(), &output["more"]), (1, &json!(true)));
    assert_eq!(fake.asked()[0].json()["order_status"], "AWAITING_SHIPMENT");
}

#[tokio::test]
async fn an_order_is_cancelled_and_whether_it_was_can_be_asked() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({"cancel_id": "C1", "cancel_status": "CANCELLATION_REQUEST_SUCCESS"})));
    fake.answers(200, detail(order("CANCELLED", Vec::new(), &[])));
    fake.answers(200, detail(order("AWAITING_SHIPMENT", Vec::new(), &[])));
    let runner = runner("cancel_order", &fake);
    let input = json!({"order_id": ORDER});
    let output = runner.run(input.clone()).await.unwrap();
    assert_eq!(
        output,
        json!({"order_id": ORDER, "cancel_id": "C1", "status": "CANCELLATION_REQUEST_SUCCESS"})
    );
    assert_eq!(
        fake.asked()[0].json(),
        json!({"order_id": ORDER, "cancel_reason": "seller_cancel_reason_out_of_stock"})
    );
    assert!(runner.probe(input.clone()).await.unwrap().is_some());
    assert!(runner.probe(input).await.unwrap().is_none());
}

#[tokio::test]
async fn a_buyer_s_cancellation_is_found_and_answered() {
    let fake = Fake::start().await;
    let waiting = json!({"cancel_id": "C1", "cancel_status": "CANCELLATION_REQUEST_PENDING"});
    fake.answers(200, data(json!({"cancellations": [waiting]})));
    let found = runner("find_cancellations", &fake)
        .run(json!({"since": "2026-01-05", "order_id": ORDER}))
        .await
        .unwrap();
    assert_eq!(found["cancellations"][0]["cancel_id"], "C1");
    assert_eq!(fake.asked()[0].json()["order_ids"], json!([ORDER]));
    fake.answers(200, data(json!({}))).answers(200, data(json!({})));
    let decide = runner("decide_cancellation", &fake);
    decide.run(json!({"cancel_id": "C1"})).await.unwrap();
    decide.run(json!({"cancel_id": "C1", "agree": false, "reason": "packed"})).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[1].path, "/return_refund/202309/cancellations/C1/approve");
    assert_eq!(asked[2].path, "/return_refund/202309/cancellations/C1/reject");
    assert_eq!(asked[2].json(), json!({"reject_reason": "packed"}));
    fake.answers(
        200,
        data(
            json!({"cancellations": [{"cancel_id": "C1", "cancel_status": "CANCELLATION_REQUEST_PENDING"}]}),
        ),
    );
    assert_eq!(decide.probe(json!({"cancel_id": "C1"})).await.unwrap(), None);
}

#[tokio::test]
async fn refunds_are_made_and_answered_with_the_step_s_own_key() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({"return_id": "R1", "return_status": "RETURN_OR_REFUND_REQUEST_SUCCESS"})));
    fake.answers(200, data(json!({"return_id": "R1"})));
    let create = runner("create_refund", &fake);
    let input =
        json!({"order_id": ORDER, "order_line_item_ids": ["1"], "amount": "100.00", "reason": "missing"});
    create.run(input.clone()).await.unwrap();
    create.run(input).await.unwrap();
    let asked = fake.asked();
    assert_eq!(
        asked[0].json(),
        json!({
            "order_id": ORDER, "return_type": "REFUND", "return_reason": "missing", "order_line_item_ids": ["1"],
            "refund_total": "100.00", "currency": "THB"
        })
    );
    let key = asked[0].pair("idempotency_key").unwrap();
    assert!(key.len() == 64 && !key.contains(STEP_KEY));
    assert_eq!(asked[1].pair("idempotency_key"), Some(key.clone()), "the same for every attempt");
    assert_eq!(create.action.spec().effect, Some(EffectRule::Idempotent));

    fake.answers(200, data(json!({}))).answers(200, data(json!({})));
    let decide = runner("decide_refund", &fake);
    decide
        .run(json!({"return_id": "R1", "decision": "offer_partial_refund", "amount": "100.00"}))
        .await
        .unwrap();
    decide
        .run(json!({"return_id": "R1", "decision": "reject_refund", "reason": "x", "comment": "no"}))
        .await
        .unwrap();
    assert!(matches!(
        decide.run(json!({"return_id": "R1", "decision": "offer_partial_refund"})).await,
        Err(Error::Input { .. })
    ));
    let asked = fake.asked();
    assert_eq!(asked[2].path, "/return_refund/202309/returns/R1/approve");
    assert_eq!(
        asked[2].json(),
        json!({"decision": "OFFER_PARTIAL_REFUND", "partial_refund": {"currency": "THB", "amount": "100.00"}})
    );
    assert_eq!(asked[3].path, "/return_refund/202309/returns/R1/reject");
    assert_eq!(asked[3].json(), json!({"decision": "REJECT_REFUND", "reject_reason": "x", "comment": "no"}));
}

#[tokio::test]
async fn returns_and_their_reasons_are_read() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({"return_orders": [{"return_id": "R1"}], "next_page_token": ""})));
    let found =
        runner("find_refunds", &fake).run(json!({"since": "2026-01-05", "order_id": ORDER})).await.unwrap();
    assert_eq!(found, json!({"refunds": [{"return_id": "R1"}], "more": false}));
    fake.answers(200, data(json!({"return_orders": [{"return_id": "R1"}]})));
    assert_eq!(runner("get_refund", &fake).run(json!({"return_id": "R1"})).await.unwrap()["return_id"], "R1");
    assert_eq!(fake.asked()[1].json(), json!({"return_ids": ["R1"]}));
    fake.answers(200, data(json!({"reasons": [{"name": "packed"}]})));
    let reasons = runner("find_reasons", &fake).run(json!({"id": "R1"})).await.unwrap();
    assert_eq!(reasons, json!({"reasons": [{"name": "packed"}]}));
}

#[tokio::test]
async fn the_own_reference_stands_at_every_row_and_webhooks_are_set() {
    let fake = Fake::start().await;
    fake.answers(200, detail(order("AWAITING_SHIPMENT", vec![row("11", "A", "p")], &["p"])))
        .answers(200, data(json!({})));
    runner("set_reference", &fake).run(json!({"order_id": ORDER, "reference": "SO-1"})).await.unwrap();
    assert_eq!(
        fake.asked()[1].json(),
        json!({"orders": [{"id": ORDER, "external_order": {
            "id": "SO-1", "platform": "ERP_SYSTEM", "line_items": [{"id": "1", "origin_id": "11"}]
        }}]})
    );
    fake.answers(200, data(json!({})));
    let address = "https://hooks.example.com/hooks/tiktok/orders";
    runner("set_webhook", &fake).run(json!({"address": address})).await.unwrap();
    let asked = fake.asked().pop().unwrap();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("PUT", "/event/202309/webhooks"));
    assert_eq!(asked.json(), json!({"event_type": "ORDER_STATUS_CHANGE", "address": address}));
}
