//! Stock, prices and products.

use super::{page, refusal, runner};
use crate::common::fake::Fake;
use connector::Error;
use serde_json::{Value, json};

fn product(id: u64, variants: Value) -> Value {
    json!({"id": id, "code": "ABC", "name": "Green tea", "instantDiscount": 25.5, "isDisplay": true, "variants": variants})
}

fn variant(id: Value, sku: &str) -> Value {
    json!({"id": id, "inventoryId": 71001, "sku": sku, "price": 590, "discountedPrice": 590, "onHandNumber": 12,
           "reservedNumber": 1, "readyToShipNumber": 1, "availableNumber": 10, "weight": 0.2})
}

#[tokio::test]
async fn a_stock_level_is_what_can_be_sold_and_what_is_reserved_is_added() {
    let fake = Fake::start().await;
    let rows = [product(9001, json!([variant(json!(123), "ABC-1"), variant(json!(124), "ABC-2")]))];
    fake.answers(200, page(&rows, 1, 1)).answers(200, rows[0].clone());
    let output =
        runner(&fake, "push_stock").run(json!({"items": [{"sku": "ABC-1", "quantity": "7"}]})).await.unwrap();
    assert_eq!(output, json!({"updated": 1, "failed": []}));
    let asked = fake.asked();
    assert_eq!(asked[0].pair("skus").as_deref(), Some("ABC-1"));
    assert_eq!(
        (asked[1].method.as_str(), asked[1].path.as_str()),
        ("PATCH", "/myshop/v1/products/9001/variant")
    );
    assert_eq!(asked[1].json(), json!({"id": 123, "onHandNumber": 9}), "7 wanted, 1 reserved, 1 to ship");
}

#[tokio::test]
async fn a_variant_without_an_id_is_reached_through_its_inventory() {
    for (wanted, way, amount) in [(13, "increase", 3), (4, "decrease", 6)] {
        let fake = Fake::start().await;
        fake.answers(200, page(&[product(9001, json!([variant(Value::Null, "ABC-1")]))], 1, 1));
        fake.answers(200, json!({"availableNumber": wanted}));
        runner(&fake, "push_stock")
            .run(json!({"items": [{"sku": "ABC-1", "quantity": wanted}]}))
            .await
            .unwrap();
        let asked = &fake.asked()[1];
        assert_eq!(
            (asked.method.as_str(), asked.path.as_str()),
            ("PUT", &*format!("/myshop/v1/inventory/71001/{way}"))
        );
        assert_eq!(asked.json(), json!({ "amount": amount }));
    }
    let fake = Fake::start().await;
    fake.answers(200, page(&[product(9001, json!([variant(Value::Null, "ABC-1")]))], 1, 1));
    runner(&fake, "push_stock").run(json!({"items": [{"sku": "ABC-1", "quantity": 10}]})).await.unwrap();
    assert_eq!(fake.asked().len(), 1, "nothing to change");
}

#[tokio::test]
async fn unknown_skus_are_named_after_the_others_were_done() {
    let items = json!([{"sku": "NONE", "quantity": 1}, {"sku": "ABC-1", "quantity": 7}, {"sku": "TWICE", "quantity": 1}]);
    let rows = [
        product(9001, json!([variant(json!(123), "ABC-1"), variant(json!(124), "TWICE")])),
        product(9002, json!([variant(json!(125), "TWICE")])),
    ];
    let fake = Fake::start().await;
    fake.answers(200, page(&rows, 1, 1)).answers(200, json!({}));
    let error = runner(&fake, "push_stock").run(json!({ "items": items })).await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("did not take 2 of 3: NONE: ") && said.contains("; TWICE: "), "{said}");
    assert_eq!(fake.asked().len(), 2);

    fake.answers(200, page(&rows, 1, 1)).answers(200, json!({}));
    let reported =
        runner(&fake, "push_stock").run(json!({"items": items, "on_failure": "report"})).await.unwrap();
    assert_eq!((&reported["updated"], reported["failed"].as_array().unwrap().len()), (&json!(1), 2));
    assert_eq!(reported["failed"][0]["sku"], "NONE");
    assert_eq!(reported["failed"][1]["message"], "LINE SHOPPING has the SKU TWICE more than once");
}

#[tokio::test]
async fn what_is_not_about_one_sku_ends_the_step_and_too_many_are_not_sent() {
    let fake = Fake::start().await;
    fake.answers(200, page(&[product(9001, json!([variant(json!(123), "ABC-1")]))], 1, 1));
    fake.answers(500, refusal("INTERNAL_ERROR"));
    let input = json!({"items": [{"sku": "ABC-1", "quantity": 7}], "on_failure": "report"});
    let error = runner(&fake, "push_stock").run(input).await.unwrap_err();
    assert!(matches!(error, Error::Status { status: 500, .. }), "{error:?}");
    let items: Vec<Value> = (0..1_001).map(|at| json!({"sku": at.to_string(), "quantity": 1})).collect();
    let error = runner(&fake, "push_stock").run(json!({ "items": items })).await.unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
}

#[tokio::test]
async fn a_sku_that_is_there_twice_is_not_sent() {
    let fake = Fake::start().await;
    let items = json!([{"sku": "ABC-1", "quantity": 1}, {"sku": " ABC-1", "quantity": 2}]);
    let error = runner(&fake, "push_stock").run(json!({ "items": items })).await.unwrap_err();
    assert_eq!(error.to_string(), "the SKU ABC-1 is there twice");
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn sixty_skus_are_asked_for_in_two_questions() {
    let fake = Fake::start().await;
    fake.answers(200, page(&[], 1, 1)).answers(200, page(&[], 1, 1));
    let items: Vec<Value> = (0..60).map(|at| json!({"sku": format!("S-{at}"), "quantity": 1})).collect();
    let output =
        runner(&fake, "push_stock").run(json!({"items": items, "on_failure": "report"})).await.unwrap();
    assert_eq!(output["failed"].as_array().unwrap().len(), 60);
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn prices_go_out_by_product_and_the_discount_is_given_back() {
    let fake = Fake::start().await;
    let rows = [product(9001, json!([variant(json!(123), "ABC-1"), variant(json!(124), "ABC-2")]))];
    fake.answers(200, page(&rows, 1, 1)).answers(200, rows[0].clone());
    let items = json!([{"sku": "ABC-1", "price": "590.00"}, {"sku": "ABC-2", "price": 649.25}]);
    let output = runner(&fake, "push_price").run(json!({ "items": items })).await.unwrap();
    assert_eq!(output, json!({"updated": 2, "failed": []}));
    let sent = &fake.asked()[1];
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("PATCH", "/myshop/v1/products/9001/prices"));
    let wanted = r#"{"instantDiscount":25.5,"variants":[{"id":123,"price":590},{"id":124,"price":649.25}]}"#;
    assert_eq!(String::from_utf8_lossy(&sent.body), wanted);
}

#[tokio::test]
async fn a_promotion_that_runs_refuses_the_product_s_prices_and_says_so() {
    let fake = Fake::start().await;
    let rows = [product(9001, json!([variant(json!(123), "ABC-1"), variant(json!(124), "ABC-2")]))];
    fake.answers(200, page(&rows, 1, 1))
        .answers(400, json!({"code": "BAD_REQUEST", "message": "promotion period"}));
    let input = json!({"items": [{"sku": "ABC-1", "price": "1"}, {"sku": "ABC-2", "price": "0"}], "on_failure": "report"});
    let output = runner(&fake, "push_price").run(input).await.unwrap();
    let failed = output["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 2);
    assert!(failed[0]["message"].as_str().unwrap().contains("one baht"), "{failed:?}");
    assert!(failed[1]["message"].as_str().unwrap().contains("promotion period"), "{failed:?}");
}

fn tea() -> Value {
    json!({"product": {"sku": "ABC-1", "name": "Green tea", "category_id": 55, "image_urls": ["https://s.example/1.jpg"],
                       "price": "590", "weight_grams": 195, "stock": 12, "on_sale": true}})
}

#[tokio::test]
async fn a_product_that_is_not_there_is_made_and_shown() {
    let fake = Fake::start().await;
    fake.answers(200, page(&[], 1, 1)).answers(201, json!({"id": 9001})).answers(200, json!({}));
    let output = runner(&fake, "push_product").run(tea()).await.unwrap();
    assert_eq!(output, json!({"id": 9001, "sku": "ABC-1", "created": true}));
    let asked = fake.asked();
    assert_eq!((asked[1].method.as_str(), asked[1].path.as_str()), ("POST", "/myshop/v1/products"));
    assert_eq!(
        asked[1].json(),
        json!({"name": "Green tea", "categoryId": 55, "imageUrls": ["https://s.example/1.jpg"], "code": "ABC-1",
               "variants": [{"sku": "ABC-1", "price": 590, "onHandNumber": 12, "weight": serde_json::from_str::<Value>("0.20").unwrap()}]})
    );
    assert_eq!(asked[2].path, "/myshop/v1/products/9001/display-status/onsale");
}

#[tokio::test]
async fn a_product_that_is_there_is_updated_and_its_stock_is_left() {
    let fake = Fake::start().await;
    fake.answers(200, page(&[product(9001, json!([variant(Value::Null, "ABC-1")]))], 1, 1));
    fake.answers(200, json!({})).answers(200, json!({})).answers(200, json!({}));
    let mut input = tea();
    input["product"]["on_sale"] = Value::Null;
    let output = runner(&fake, "push_product").run(input).await.unwrap();
    assert_eq!(output["created"], false);
    let asked = fake.asked();
    let paths: Vec<&str> = asked.iter().skip(1).map(|asked| asked.path.as_str()).collect();
    assert_eq!(
        paths,
        ["/myshop/v1/products/9001", "/myshop/v1/products/9001/prices", "/myshop/v1/products/9001/variant"]
    );
    assert_eq!(asked[2].json(), json!({"instantDiscount": 25.5, "variants": [{"price": 590}]}));
    assert_eq!(String::from_utf8_lossy(&asked[3].body), r#"{"weight":0.20}"#);
}

#[tokio::test]
async fn a_new_product_that_lacks_something_is_not_sent() {
    let fake = Fake::start().await;
    for lacks in ["name", "category_id", "image_urls", "price", "weight_grams"] {
        fake.answers(200, page(&[], 1, 1));
        let mut input = tea();
        input["product"].as_object_mut().unwrap().remove(lacks);
        let error = runner(&fake, "push_product").run(input).await.unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{lacks}: {error:?}");
    }
    assert!(fake.asked().iter().all(|asked| asked.method == "GET"));
}
