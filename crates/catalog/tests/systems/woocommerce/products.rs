//! Stock, prices and products go to the store.

use super::{lines, page, runner};
use crate::common::fake::Fake;
use connector::Error;
use serde_json::{Value, json};

fn row(id: u32, sku: &str, parent: u32) -> Value {
    json!({"id": id, "sku": sku, "parent_id": parent})
}

#[tokio::test]
async fn stock_goes_in_batches_and_variations_to_their_own_product() {
    let fake = Fake::start().await;
    page(&fake, &[row(799, "ABC-1", 0), row(94, "TEE-L", 93), row(800, "BAD", 0)], 1);
    fake.answers(200, json!({"update": [{"id": 799, "stock_quantity": 12},
        {"id": 800, "error": {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID.", "data": {"status": 400}}}]}))
        .answers(200, json!({"update": [{"id": 94}]}));
    let items = json!([{"sku": "ABC-1", "quantity": 12}, {"sku": "TEE-L", "quantity": "3.00"}, {"sku": "BAD", "quantity": 1}, {"sku": "NONE", "quantity": 1}]);
    let output = runner("woocommerce/push_stock", &fake)
        .run(json!({"items": items, "on_failure": "report"}))
        .await
        .unwrap();
    assert_eq!(
        output,
        json!({"updated": 2, "failed": [
            {"sku": "NONE", "code": "unknown_sku", "message": "the shop has no product with this SKU"},
            {"sku": "BAD", "code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID."}]})
    );
    assert_eq!(
        lines(&fake),
        [
            "GET wc/v3/products?sku=ABC-1%2CTEE-L%2CBAD%2CNONE&_fields=id%2Csku%2Cparent_id&per_page=100&page=1",
            "POST wc/v3/products/batch",
            "POST wc/v3/products/93/variations/batch"
        ]
    );
    let asked = fake.asked();
    assert_eq!(asked[1].json()["update"][0], json!({"id": 799, "manage_stock": true, "stock_quantity": 12}));
    assert_eq!(asked[2].json(), json!({"update": [{"id": 94, "manage_stock": true, "stock_quantity": 3}]}));
}

#[tokio::test]
async fn a_step_fails_after_everything_was_tried_and_names_the_skus() {
    let fake = Fake::start().await;
    page(&fake, &[row(1, "A", 0), row(2, "DOUBLE", 0), row(3, "DOUBLE", 0)], 1);
    fake.answers(200, json!({"update": [{"id": 1}]}));
    let items = json!([{"sku": "DOUBLE", "quantity": 1}, {"sku": "A", "quantity": 1}]);
    let error = runner("woocommerce/push_stock", &fake).run(json!({"items": items})).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { .. }) && error.to_string().contains("DOUBLE"), "{error}");
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn two_hundred_skus_are_two_batches_and_a_sku_with_a_comma_is_asked_for_alone() {
    let fake = Fake::start().await;
    let skus: Vec<String> =
        (0..149).map(|number| format!("S{number}")).chain(["TEA,GREEN".to_owned()]).collect();
    let rows: Vec<Value> = skus.iter().zip(1..).map(|(sku, id)| row(id, sku, 0)).collect();
    for some in [&rows[..50], &rows[50..100], &rows[100..149], &rows[149..]] {
        page(&fake, some, 1);
    }
    for some in rows.chunks(100) {
        fake.answers(200, json!({"update": some}));
    }
    let items: Vec<Value> = skus.iter().map(|sku| json!({"sku": sku, "quantity": 1})).collect();
    let output = runner("woocommerce/push_stock", &fake).run(json!({"items": items})).await.unwrap();
    assert_eq!(output["updated"], 150);
    assert_eq!(fake.asked()[3].pair("sku").as_deref(), Some("TEA,GREEN"));
    assert_eq!(fake.asked()[4].json()["update"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn prices_keep_their_digits_and_a_sale_can_end() {
    let fake = Fake::start().await;
    page(&fake, &[row(1, "A", 0), row(2, "B", 0)], 1);
    fake.answers(200, json!({"update": [{"id": 1}, {"id": 2}]}));
    let items = json!([{"sku": "A", "price": "590.10", "sale_price": "490.00"}, {"sku": "B", "end_sale": true}, {"sku": "C"}]);
    let output = runner("woocommerce/push_price", &fake)
        .run(json!({"items": items, "on_failure": "report"}))
        .await
        .unwrap();
    assert_eq!((&output["updated"], &output["failed"][0]["code"]), (&json!(2), &json!("no_price")));
    assert_eq!(
        fake.asked()[1].json()["update"],
        json!([{"id": 1, "regular_price": "590.10", "sale_price": "490.00"}, {"id": 2, "sale_price": ""}])
    );
}

#[tokio::test]
async fn a_product_is_made_once_and_changed_after_that() {
    let fake = Fake::start().await;
    let runner = runner("woocommerce/push_product", &fake);
    let with = json!({"sku": "ABC-1", "name": "Green tea 100 g", "price": "590.00", "quantity": 12});
    page(&fake, &[], 0);
    fake.answers(201, json!({"id": 93, "sku": "ABC-1", "permalink": "https://shop.example.com/p"}));
    let made = runner.run(with.clone()).await.unwrap();
    assert_eq!(
        made,
        json!({"id": 93, "sku": "ABC-1", "permalink": "https://shop.example.com/p", "created": true})
    );
    assert_eq!(
        fake.asked()[1].json(),
        json!({"name": "Green tea 100 g", "status": "publish", "regular_price": "590.00", "manage_stock": true,
            "stock_quantity": 12, "type": "simple", "sku": "ABC-1"})
    );
    page(&fake, &[row(93, "ABC-1", 0)], 1);
    fake.answers(200, json!({"id": 93}));
    let mut again = with.clone();
    again["keep_status"] = true.into();
    assert_eq!(runner.run(again).await.unwrap()["created"], false);
    let changed = &fake.asked()[3];
    assert_eq!((changed.method.as_str(), changed.path.as_str()), ("PUT", "/wp-json/wc/v3/products/93"));
    assert!(changed.json().get("status").is_none());
    page(&fake, &[row(94, "ABC-1", 93)], 1);
    fake.answers(200, json!({"id": 94}));
    runner.run(with).await.unwrap();
    let variation = &fake.asked()[5];
    assert_eq!(variation.path, "/wp-json/wc/v3/products/93/variations/94");
    assert!(variation.json().get("name").is_none(), "a variation keeps its product's name");
}

#[tokio::test]
async fn a_product_that_somebody_made_meanwhile_is_changed() {
    let fake = Fake::start().await;
    page(&fake, &[], 0);
    fake.answers(400, json!({"code": "product_invalid_sku", "message": "Invalid or duplicated SKU.", "data": {"status": 400, "resource_id": 93}}))
        .answers(200, json!({"id": 93}));
    let output =
        runner("woocommerce/push_product", &fake).run(json!({"sku": "A", "name": "Tea"})).await.unwrap();
    assert_eq!((&output["id"], &output["created"]), (&json!(93), &json!(false)));
    assert_eq!(lines(&fake)[2], "PUT wc/v3/products/93");
}
