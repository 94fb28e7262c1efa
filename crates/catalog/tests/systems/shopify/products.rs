//! Stock, prices and products go to the shop.

use super::{TOKEN, data, document, runner, variables, variant, variants};
use crate::common::fake::Fake;
use connector::Error;
use serde_json::{Value, json};

const LOCATION: &str = "gid://shopify/Location/124656943";

fn stock(items: Value) -> Value {
    json!({"items": items, "location": LOCATION})
}

fn was_set(errors: Value) -> Value {
    data(json!({"inventorySetQuantities": {"inventoryAdjustmentGroup": null, "userErrors": errors}}))
}

fn keys(fake: &Fake) -> Vec<Value> {
    let asked = fake.asked();
    let keys = asked.iter().map(|asked| variables(asked)["k"].clone());
    keys.filter(|key| !key.is_null()).collect()
}

#[tokio::test]
async fn stock_is_set_as_the_vendor_shows_it() {
    let fake = Fake::start().await;
    fake.answers(200, variants(&[variant("ABC-1", 30_322_695)])).answers(200, was_set(json!([])));
    let runner = runner("shopify/push_stock", &fake);
    let output = runner.run(stock(json!([{"sku": "ABC-1", "quantity": 12}]))).await.unwrap();
    assert_eq!(output, json!({"updated": 1, "failed": []}));
    let asked = fake.asked();
    assert_eq!(variables(&asked[0])["query"], "sku:\"ABC-1\"");
    assert_eq!(
        document(&asked[1]),
        "mutation($i:InventorySetQuantitiesInput!,$k:String!){inventorySetQuantities(input:$i) @idempotent(key:$k)\
         {inventoryAdjustmentGroup{id} userErrors{field message code}}}"
    );
    assert_eq!(
        variables(&asked[1])["i"],
        json!({"name": "available", "reason": "correction", "referenceDocumentUri": "khlong://step/run-7/erp/0",
            "quantities": [{"inventoryItemId": "gid://shopify/InventoryItem/30322695", "locationId": LOCATION,
                "quantity": 12, "changeFromQuantity": null}]})
    );
}

#[tokio::test]
async fn the_same_step_sends_the_same_key_and_another_quantity_another_one() {
    let fake = Fake::start().await;
    let runner = runner("shopify/push_stock", &fake);
    for quantity in [12, 12, 13] {
        fake.answers(200, variants(&[variant("ABC-1", 1)])).answers(200, was_set(json!([])));
        runner.run(stock(json!([{"sku": "ABC-1", "quantity": quantity}]))).await.unwrap();
    }
    let keys = keys(&fake);
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);
    assert_eq!(keys[0].as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn what_shopify_refuses_is_taken_out_and_the_rest_is_set() {
    let fake = Fake::start().await;
    let found = [variant("A", 11), variant("B", 21), variant("D", 31), variant("D", 32)];
    let refusal = json!([{"field": ["input", "quantities", "1", "locationId"], "message": "The item is not stocked at the location.",
        "code": "ITEM_NOT_STOCKED_AT_LOCATION"}]);
    fake.answers(200, variants(&found)).answers(200, was_set(refusal)).answers(200, was_set(json!([])));
    let items = json!([{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 2}, {"sku": "C", "quantity": 3}, {"sku": "D", "quantity": 4}]);
    let mut with = stock(items);
    with["on_failure"] = "report".into();
    let output = runner("shopify/push_stock", &fake).run(with).await.unwrap();
    assert_eq!(output["updated"], 1);
    let failed: Vec<(&str, &str)> = output["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["sku"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(failed, [("C", "unknown_sku"), ("D", "ambiguous_sku"), ("B", "ITEM_NOT_STOCKED_AT_LOCATION")]);
    assert_eq!(variables(&fake.asked()[2])["i"]["quantities"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_item_that_is_not_stocked_there_is_from_now_on_where_that_is_wanted() {
    let fake = Fake::start().await;
    let refusal = json!([{"field": ["input", "quantities", "0", "locationId"], "message": "Not stocked.",
        "code": "ITEM_NOT_STOCKED_AT_LOCATION"}]);
    let activated = json!({"inventoryActivate": {"inventoryLevel": {"id": "l"}, "userErrors": []}});
    fake.answers(200, variants(&[variant("A", 11)]))
        .answers(200, was_set(refusal))
        .answers(200, data(activated));
    let mut with = stock(json!([{"sku": "A", "quantity": 7}]));
    with["activate"] = true.into();
    let output = runner("shopify/push_stock", &fake).run(with).await.unwrap();
    assert_eq!(output, json!({"updated": 1, "failed": []}));
    let asked = &fake.asked()[2];
    assert!(document(asked).contains("available:$n) @idempotent(key:$k)"), "{}", document(asked));
    let sent = variables(asked);
    assert_eq!(
        (&sent["item"], &sent["at"], &sent["n"]),
        (&json!("gid://shopify/InventoryItem/11"), &json!(LOCATION), &json!(7))
    );
}

#[tokio::test]
async fn a_key_that_is_at_work_this_moment_is_tried_again() {
    let fake = Fake::start().await;
    let busy = json!([{"field": null, "message": "In progress.", "code": "IDEMPOTENCY_CONCURRENT_REQUEST"}]);
    fake.answers(200, variants(&[variant("A", 11)])).answers(200, was_set(busy));
    let items = stock(json!([{"sku": "A", "quantity": 7}]));
    let error = runner("shopify/push_stock", &fake).run(items).await.unwrap_err();
    assert_eq!(error.retry(), connector::Retry::Backoff, "{error:?}");
}

#[tokio::test]
async fn a_step_fails_after_everything_was_tried_and_names_the_skus() {
    let fake = Fake::start().await;
    fake.answers(200, variants(&[variant("A", 11)])).answers(200, was_set(json!([])));
    let items = json!([{"sku": "NONE-1", "quantity": 1}, {"sku": "A", "quantity": 1}]);
    let error = runner("shopify/push_stock", &fake).run(stock(items)).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { .. }) && error.to_string().contains("NONE-1"), "{error}");
    assert_eq!(fake.asked().len(), 2, "the other one was set");
}

#[tokio::test]
async fn without_a_location_the_only_one_is_meant_and_several_have_to_be_chosen_from() {
    let fake = Fake::start().await;
    let places = |ids: &[&str]| {
        let nodes: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        data(json!({"locations": {"nodes": nodes}}))
    };
    fake.answers(200, places(&[LOCATION]))
        .answers(200, variants(&[variant("A", 1)]))
        .answers(200, was_set(json!([])));
    let runner = runner("shopify/push_stock", &fake);
    let items = json!({"items": [{"sku": "A", "quantity": "3.00"}]});
    runner.run(items.clone()).await.unwrap();
    let set = &variables(&fake.asked()[2])["i"]["quantities"][0];
    assert_eq!((&set["locationId"], &set["quantity"]), (&json!(LOCATION), &json!(3)));
    fake.answers(200, places(&[LOCATION, "gid://shopify/Location/2"]));
    assert!(matches!(runner.run(items).await.unwrap_err(), Error::Input { .. }));
}

#[tokio::test]
async fn five_hundred_skus_go_out_in_batches() {
    let fake = Fake::start().await;
    let items: Vec<Value> =
        (0..250).map(|number| json!({"sku": format!("S{number}"), "quantity": number})).collect();
    let nodes: Vec<Value> = (0..250).map(|number| variant(&format!("S{number}"), number + 10)).collect();
    for some in nodes.chunks(40) {
        fake.answers(200, variants(some));
    }
    for _ in 0..3 {
        fake.answers(200, was_set(json!([])));
    }
    let output = runner("shopify/push_stock", &fake).run(stock(items.into())).await.unwrap();
    assert_eq!(output["updated"], 250);
    let keys = keys(&fake);
    assert_eq!(keys.len(), 3);
    assert!(keys[0] != keys[1] && keys[1] != keys[2]);
}

#[tokio::test]
async fn prices_are_set_product_by_product_with_their_digits() {
    let fake = Fake::start().await;
    let told = json!({
        "m0": {"productVariants": [], "userErrors": []},
        "m1": {"productVariants": [], "userErrors": [{"field": ["variants", "0", "price"], "message": "Price is too high", "code": "INVALID"}]},
    });
    fake.answers(200, variants(&[variant("A", 11), variant("B", 12), variant("C", 21)]))
        .answers(200, data(told));
    let items = json!([{"sku": "A", "price": "590.10"}, {"sku": "B", "price": "690.00", "compare_at_price": "790.00"},
        {"sku": "C", "price": "99999999.00"}]);
    let output = runner("shopify/push_price", &fake)
        .run(json!({"items": items, "on_failure": "report"}))
        .await
        .unwrap();
    assert_eq!(
        output,
        json!({"updated": 2, "failed": [{"sku": "C", "code": "INVALID", "message": "Price is too high"}]})
    );
    let asked = &fake.asked()[1];
    assert!(document(asked).starts_with(
        "mutation($p0:ID!,$v0:[ProductVariantsBulkInput!]!,$p1:ID!,$v1:[ProductVariantsBulkInput!]!)\
         {m0:productVariantsBulkUpdate(productId:$p0,variants:$v0){productVariants{id price} userErrors"
    ));
    assert_eq!(
        variables(asked)["v0"],
        json!([{"id": "gid://shopify/ProductVariant/11", "price": "590.10"},
            {"id": "gid://shopify/ProductVariant/12", "price": "690.00", "compareAtPrice": "790.00"}])
    );
}

#[tokio::test]
async fn a_product_is_made_under_a_handle_that_makes_a_repeat_the_same_product() {
    let fake = Fake::start().await;
    let made = json!({"productSet": {"product": {"id": "gid://shopify/Product/7001", "handle": "tea-100"}, "userErrors": []}});
    fake.answers(200, variants(&[])).answers(200, data(made));
    let with = json!({"title": "Green tea", "tags": "tea, green", "variants": [
        {"sku": "TEA-100", "price": "590.00", "options": {"Size": "100 g"}}, {"sku": "TEA-200", "price": "990.00", "options": {"Size": "200 g"}}]});
    let output = runner("shopify/push_product", &fake).run(with).await.unwrap();
    assert_eq!(output, json!({"id": "gid://shopify/Product/7001", "handle": "tea-100", "created": true}));
    let sent = variables(&fake.asked()[1]);
    assert_eq!(sent["id"], json!({"handle": "tea-100"}));
    assert_eq!(sent["input"]["handle"], "tea-100");
    assert_eq!(sent["input"]["tags"], json!(["tea", "green"]));
    assert_eq!(
        sent["input"]["productOptions"],
        json!([{"name": "Size", "values": [{"name": "100 g"}, {"name": "200 g"}]}])
    );
    assert_eq!(
        sent["input"]["variants"][0],
        json!({"price": "590.00", "optionValues": [{"optionName": "Size", "name": "100 g"}], "sku": "TEA-100", "inventoryItem": {"tracked": true}})
    );
}

#[tokio::test]
async fn a_product_that_is_there_keeps_the_variants_that_are_not_given() {
    let fake = Fake::start().await;
    let no_errors = json!([]);
    fake.answers(200, variants(&[variant("TEA-100", 11)]))
        .answers(200, data(json!({"productSet": {"product": {"id": "gid://shopify/Product/1", "handle": "h"}, "userErrors": no_errors}})))
        .answers(200, data(json!({"productVariantsBulkUpdate": {"productVariants": [], "userErrors": no_errors}})))
        .answers(200, data(json!({"productVariantsBulkCreate": {"productVariants": [], "userErrors": no_errors}})));
    let with = json!({"title": "Green tea", "keep_status": true, "variants": [{"sku": "TEA-100", "price": "590.00"},
        {"sku": "TEA-300", "price": "1290.00", "options": {"Size": "300 g"}}]});
    let output = runner("shopify/push_product", &fake).run(with).await.unwrap();
    assert_eq!(output["created"], false);
    let asked = fake.asked();
    assert_eq!(
        variables(&asked[1]),
        json!({"id": {"id": "gid://shopify/Product/1"}, "input": {"title": "Green tea"}})
    );
    assert_eq!(
        variables(&asked[2])["v"],
        json!([{"id": "gid://shopify/ProductVariant/11", "price": "590.00"}])
    );
    assert_eq!(variables(&asked[3])["v"][0]["inventoryItem"], json!({"sku": "TEA-300", "tracked": true}));
}

#[tokio::test]
async fn skus_of_two_products_are_not_one_product() {
    let fake = Fake::start().await;
    fake.answers(200, variants(&[variant("A", 11), variant("B", 21)]));
    let with = json!({"title": "T", "variants": [{"sku": "A"}, {"sku": "B"}]});
    let error = runner("shopify/push_product", &fake).run(with).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }) && fake.asked().len() == 1, "{error:?}");
}

#[tokio::test]
async fn a_secret_is_in_no_error() {
    let fake = Fake::start().await;
    fake.answers(401, json!({"errors": "[API] Invalid API key or access token"})).answers(500, json!({}));
    let runner = runner("shopify/push_stock", &fake);
    for _ in 0..2 {
        let error = runner.run(stock(json!([{"sku": "A", "quantity": 1}]))).await.unwrap_err();
        assert!(!format!("{error:?} {error} {}", error.advice()).contains(TOKEN));
    }
}
