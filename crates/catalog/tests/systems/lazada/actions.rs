//! Lazada's actions: what they ask, and what comes of the answers.

use super::{data, row, runner};
use crate::common::fake::Fake;
use connector::Error;
use serde_json::{Value, json};

fn product(sku: &str, item: u64, id: u64) -> Value {
    json!({"item_id": item, "skus": [{"SellerSku": sku, "SkuId": id, "ShopSku": "x"}]})
}

fn products(rows: Vec<Value>) -> Value {
    data(json!({"total_products": rows.len(), "products": rows}))
}

#[tokio::test]
async fn stock_goes_out_by_the_ids_behind_each_sku() {
    let fake = Fake::start().await;
    fake.answers(200, products(vec![product("ABC-1", 260422, 5001), product("A&B", 260423, 5002)]));
    fake.answers(200, data(json!({})));
    let items = json!([{"sku": "ABC-1", "quantity": 12}, {"sku": "A&B", "quantity": "0"}]);
    let output = runner("push_stock", &fake).run(json!({"items": items})).await.unwrap();
    assert_eq!(output, json!({"updated": 2, "failed": []}));
    let asked = fake.asked();
    assert_eq!(asked[0].pair("sku_seller_list").as_deref(), Some(r#"["ABC-1","A&B"]"#));
    assert_eq!(
        (asked[1].method.as_str(), asked[1].path.as_str()),
        ("POST", "/rest/product/stock/sellable/update")
    );
    assert_eq!(
        asked[1].pair("payload").unwrap(),
        "<Request><Product><Skus>\
         <Sku><ItemId>260422</ItemId><SkuId>5001</SkuId><SellerSku>ABC-1</SellerSku><SellableQuantity>12</SellableQuantity></Sku>\
         <Sku><ItemId>260423</ItemId><SkuId>5002</SkuId><SellerSku>A&amp;B</SellerSku><SellableQuantity>0</SellableQuantity></Sku>\
         </Skus></Product></Request>"
    );
}

#[tokio::test]
async fn a_product_on_sale_goes_before_others_that_had_its_sku() {
    let fake = Fake::start().await;
    let of = |item: u64, status: &str| {
        let mut product = product("ABC-1", item, item + 1);
        product["status"] = status.into();
        product
    };
    let found = vec![of(1, "Deleted"), of(3, "Active"), of(5, "InActive"), of(7, "Deleted")];
    fake.answers(200, products(found)).answers(200, data(json!({})));
    runner("push_stock", &fake).run(json!({"items": [{"sku": "ABC-1", "quantity": 1}]})).await.unwrap();
    assert!(fake.asked()[1].pair("payload").unwrap().contains("<ItemId>3</ItemId><SkuId>4</SkuId>"));
}

#[tokio::test]
async fn a_sku_of_two_products_on_sale_is_pushed_to_neither() {
    let fake = Fake::start().await;
    let of = |item: u64| {
        let mut product = product("ABC-1", item, item + 1);
        product["status"] = "active".into();
        product
    };
    let input = json!({"items": [{"sku": "ABC-1", "quantity": 1}], "on_failure": "report"});
    fake.answers(200, products(vec![of(1), of(3)]));
    let output = runner("push_stock", &fake).run(input).await.unwrap();
    assert_eq!(output["failed"][0]["code"], "ambiguous_sku");
    assert_eq!(fake.asked().len(), 1);
    fake.answers(200, products(vec![of(1), of(3)]));
    let error = runner("push_product", &fake).run(json!({"skus": [{"sku": "ABC-1"}]})).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("ABC-1")), "{error:?}");
}

#[tokio::test]
async fn stock_of_several_warehouses_is_told_together() {
    let fake = Fake::start().await;
    fake.answers(200, products(vec![product("ABC-1", 260422, 5001)])).answers(200, data(json!({})));
    let items = json!([{"sku": "ABC-1", "quantity": 5, "warehouse": "dropshipping"}, {"sku": "ABC-1", "quantity": 7}]);
    runner("push_stock", &fake).run(json!({"items": items, "warehouse": "CM1"})).await.unwrap();
    let payload = fake.asked()[1].pair("payload").unwrap();
    assert!(
        payload.contains(
            "<MultiWarehouseInventories>\
             <MultiWarehouseInventory><WarehouseCode>dropshipping</WarehouseCode><SellableQuantity>5</SellableQuantity></MultiWarehouseInventory>\
             <MultiWarehouseInventory><WarehouseCode>CM1</WarehouseCode><SellableQuantity>7</SellableQuantity></MultiWarehouseInventory>\
             </MultiWarehouseInventories>"
        ),
        "{payload}"
    );
}

#[tokio::test]
async fn the_one_bad_sku_of_a_batch_is_found_and_the_others_go_through() {
    let fake = Fake::start().await;
    fake.answers(200, products(vec![product("A", 1, 11), product("B", 2, 12), product("C", 3, 13)]));
    let refused = json!({"code": "4170", "type": "ISP", "message": "stock may only rise", "detail": [{"seller_sku": "B"}]});
    fake.answers(200, refused.clone()).answers(200, data(json!({})));
    fake.answers(200, refused.clone()).answers(200, refused).answers(200, data(json!({})));
    let items: Value = ["A", "B", "C", "D"].iter().map(|sku| json!({"sku": sku, "quantity": 1})).collect();
    let output =
        runner("push_stock", &fake).run(json!({"items": items, "on_failure": "report"})).await.unwrap();
    assert_eq!(output["updated"], 2);
    assert_eq!(output["failed"][0]["sku"], "D");
    assert_eq!(output["failed"][0]["code"], "unknown_sku");
    assert_eq!((&output["failed"][1]["sku"], &output["failed"][1]["code"]), (&json!("B"), &json!("4170")));
}

#[tokio::test]
async fn refused_skus_fail_the_step_by_name() {
    let fake = Fake::start().await;
    fake.answers(200, products(Vec::new()));
    let error = runner("push_stock", &fake)
        .run(json!({"items": [{"sku": "GONE", "quantity": 1}]}))
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("GONE")), "{error:?}");
    let twice = json!({"items": [{"sku": "A", "quantity": 1}, {"sku": "A", "quantity": 2}]});
    assert!(matches!(runner("push_stock", &fake).run(twice).await, Err(Error::Input { .. })));
}

#[tokio::test]
async fn prices_go_out_with_their_sale_as_they_were_written() {
    let fake = Fake::start().await;
    fake.answers(200, products(vec![product("ABC-1", 260422, 5001)])).answers(200, data(json!({})));
    let item = json!({
        "sku": "ABC-1", "price": "590.00", "sale_price": "550.00", "sale_from": "2026-01-01", "sale_to": "2026-01-31"
    });
    runner("push_price", &fake).run(json!({"items": [item]})).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[1].path, "/rest/product/price_quantity/update");
    assert!(asked[1].pair("payload").unwrap().contains(
        "<Price>590.00</Price><SalePrice>550.00</SalePrice><SaleStartDate>2026-01-01</SaleStartDate>\
         <SaleEndDate>2026-01-31</SaleEndDate></Sku>"
    ));
}

#[tokio::test]
async fn a_new_product_is_made_with_images_that_were_copied_first() {
    let fake = Fake::start().await;
    fake.answers(200, products(Vec::new()));
    fake.answers(200, data(json!({"image": {"url": "https://th-live.slatic.net/p/tea.jpg"}})));
    fake.answers(200, data(json!({"item_id": 260422, "sku_list": []})));
    let input = json!({
        "category": "10002019", "name": "Green tea", "brand": "No Brand", "images": ["https://example.com/tea.jpg"],
        "skus": [{"sku": "ABC-1", "price": "590.00", "quantity": 12, "weight": "0.2", "length": "10", "width": "8", "height": "5"}]
    });
    let output = runner("push_product", &fake).run(input).await.unwrap();
    assert_eq!(output, json!({"item_id": "260422", "created": true, "skus": ["ABC-1"]}));
    let asked = fake.asked();
    assert_eq!(asked[1].path, "/rest/image/migrate");
    assert_eq!(asked[2].path, "/rest/product/create");
    let payload: Value = serde_json::from_str(&asked[2].pair("payload").unwrap()).unwrap();
    assert_eq!(
        payload,
        json!({"Request": {"Product": {
            "PrimaryCategory": "10002019", "Images": {"Image": ["https://th-live.slatic.net/p/tea.jpg"]},
            "Attributes": {"name": "Green tea", "brand": "No Brand"},
            "Skus": {"Sku": [{
                "SellerSku": "ABC-1", "quantity": "12", "price": "590.00", "package_weight": "0.2",
                "package_length": "10", "package_width": "8", "package_height": "5"
            }]}
        }}})
    );
}

#[tokio::test]
async fn a_known_product_is_changed_where_something_was_given() {
    let fake = Fake::start().await;
    fake.answers(200, products(vec![product("ABC-1", 260422, 5001)])).answers(200, data(json!({})));
    let input = json!({"name": "Green tea", "skus": [{"sku": "ABC-1"}]});
    let output = runner("push_product", &fake).run(input).await.unwrap();
    assert_eq!(output["created"], false);
    let payload: Value = serde_json::from_str(&fake.asked()[1].pair("payload").unwrap()).unwrap();
    assert_eq!(
        payload["Request"]["Product"],
        json!({"ItemId": "260422", "Attributes": {"name": "Green tea"}, "Skus": {"Sku": [{"SellerSku": "ABC-1"}]}})
    );
}

#[tokio::test]
async fn an_order_is_cancelled_for_one_of_the_reasons_that_lazada_offers() {
    let fake = Fake::start().await;
    let reasons = json!({"reason_options": [{"reason_id": "10000021", "reason_name": "Out of stock"}]});
    fake.answers(200, data(json!([row(11, "A", "pending"), row(12, "A", "canceled")])));
    fake.answers(200, data(reasons.clone())).answers(200, data(json!({"tip_content": "", "tip_type": ""})));
    let input = json!({"order_id": 260422900198363u64, "reason_id": "10000021"});
    let output = runner("cancel_order", &fake).run(input).await.unwrap();
    assert_eq!(output, json!({"order_id": "260422900198363", "order_item_ids": [11, 12], "cancelled": true}));
    let asked = &fake.asked()[2];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/rest/order/reverse/cancel/create"));
    assert_eq!(asked.pair("order_item_id_list").as_deref(), Some("[11]"));
    assert_eq!(asked.pair("reason_id").as_deref(), Some("10000021"));

    fake.answers(200, data(json!([row(11, "A", "pending")]))).answers(200, data(reasons));
    let error =
        runner("cancel_order", &fake).run(json!({"order_id": "1", "reason_id": "9"})).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { message, .. } if message.contains("10000021 Out of stock")),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_order_that_cannot_be_cancelled_any_more_is_refused_in_lazada_s_words() {
    let fake = Fake::start().await;
    let tip = json!({"tip_type": "error", "tip_content": "It is on its way", "reason_options": []});
    fake.answers(200, data(json!([row(11, "A", "shipped")]))).answers(200, data(tip));
    let error =
        runner("cancel_order", &fake).run(json!({"order_id": "1", "reason_id": "9"})).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("on its way")), "{error:?}");
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn whether_an_order_was_cancelled_can_be_asked() {
    let fake = Fake::start().await;
    let input = json!({"order_id": "1", "reason_id": "9"});
    fake.answers(200, data(json!([row(11, "A", "canceled")])))
        .answers(200, data(json!([row(11, "A", "pending")])));
    assert!(runner("cancel_order", &fake).probe(input.clone()).await.unwrap().is_some());
    assert!(runner("cancel_order", &fake).probe(input).await.unwrap().is_none());
}

#[tokio::test]
async fn returns_are_found_read_and_answered() {
    let fake = Fake::start().await;
    let record = json!({"reverse_order_id": 5, "reverse_order_lines": [{"refund_amount": 100}]});
    fake.answers(200, json!({"code": "0", "result": {"success": true, "items": [record]}}));
    fake.answers(200, json!({"code": "0", "result": {"success": true, "items": []}}));
    let input = json!({"since": "2026-01-05", "order_id": "1", "kind": "RETURN"});
    let output = runner("find_refunds", &fake).run(input).await.unwrap();
    assert_eq!(output["refunds"][0]["reverse_order_lines"][0]["refund"], "1.00");
    assert_eq!(fake.asked()[0].pair("request_type_list").as_deref(), Some("[\"RETURN\"]"));

    fake.answers(
        200,
        data(json!({"reverse_order_id": 5, "reverseOrderLineDTOList": [{"refund_amount": 59000}]})),
    );
    let output = runner("get_refund", &fake).run(json!({"reverse_order_id": 5})).await.unwrap();
    assert_eq!(output["reverseOrderLineDTOList"][0]["refund"], "590.00");

    fake.answers(200, data(json!({})));
    let input = json!({
        "reverse_order_id": 5, "reverse_order_line_ids": [260422900698363u64], "decision": "refuse_refund",
        "reason_id": 7, "comment": "Seal broken", "images": ["https://example.com/a.jpg"]
    });
    runner("decide_refund", &fake).run(input).await.unwrap();
    let asked = fake.asked().pop().unwrap();
    assert_eq!(asked.path, "/rest/order/reverse/return/update");
    assert_eq!(asked.pair("action").as_deref(), Some("refuseRefund"));
    assert_eq!(asked.pair("reverse_order_item_ids").as_deref(), Some("[260422900698363]"));
    assert_eq!(
        asked.pair("image_info").as_deref(),
        Some(r#"[{"name":"image-1","url":"https://example.com/a.jpg"}]"#)
    );

    fake.answers(200, data(Value::Null));
    let input =
        json!({"reverse_order_id": 5, "reverse_order_line_ids": "6", "decision": "agree_only_refund"});
    runner("decide_refund", &fake).run(input).await.unwrap();
    assert_eq!(fake.asked().pop().unwrap().path, "/rest/order/reverse/onlyrefund/seller/decide");

    fake.answers(200, data(Value::Null));
    runner("decide_cancellation", &fake).run(json!({"reverse_order_id": 5, "agree": false})).await.unwrap();
    assert_eq!(fake.asked().pop().unwrap().pair("agree_cancel").as_deref(), Some("false"));
}

#[tokio::test]
async fn orders_are_found_by_time_and_status() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({"orders": [{"order_id": 1, "updated_at": "2026-01-05 10:22:00 +0700"}]})));
    fake.answers(200, data(json!([{"order_id": 1, "order_items": [row(11, "A", "pending")]}])));
    let input = json!({"since": "2026-01-05", "status": "pending", "limit": 5});
    let output = runner("find_orders", &fake).run(input).await.unwrap();
    assert_eq!(output["orders"][0]["lines"][0]["sku"], "A");
    assert_eq!(output["more"], false);
    assert_eq!(fake.asked()[0].pair("status").as_deref(), Some("pending"));
}

#[tokio::test]
async fn reasons_come_for_an_order_or_for_a_return_s_line() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!([row(11, "A", "pending")])));
    fake.answers(200, data(json!({"reason_options": [{"reason_id": "1"}]})));
    fake.answers(200, data(json!([{"reason_id": 2}])));
    let of_order = runner("find_reasons", &fake).run(json!({"order_id": 1})).await.unwrap();
    assert_eq!(of_order, json!({"reasons": [{"reason_id": "1"}]}));
    let of_line = runner("find_reasons", &fake).run(json!({"reverse_order_line_id": 6})).await.unwrap();
    assert_eq!(of_line, json!({"reasons": [{"reason_id": 2}]}));
}
