//! LINE SHOPPING, against a server that answers what LINE's descriptions show.

mod orders;
mod products;
mod pushes;

use crate::common::fake::Fake;
use crate::common::{Runner, connection};
use connector::Connection;
use serde_json::{Value, json};

const KEY: &str = "oap-key-4f3a91c27b";
const NUMBER: &str = "2026010500001";

fn shop(url: &str) -> Connection {
    let secrets = [("api_key", KEY), ("webhook_secret", "secret-token")];
    connection("line_shopping", json!({ "url": url }), &secrets)
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("line_shopping/{operation}"), Some(shop(&fake.url)))
}

fn refusal(code: &str) -> Value {
    json!({"code": code, "message": "no", "info": {}, "timestamp": 1767583270})
}

fn order(number: &str, updated: &str) -> Value {
    json!({
        "orderNumber": number, "orderStatus": "FINALIZED", "paymentStatus": "PAID", "shipmentStatus": "SHIPMENT_READY",
        "lastUpdatedAt": updated, "totalPrice": 628,
        "shipmentDetail": {"isAutoTracking": false, "trackingNumber": ""},
        "orderItems": [{"productId": 9007199254740993u64, "sku": "ABC-1", "price": 590.50, "quantity": 1}]
    })
}

/// A page of a list.
fn page(rows: &[Value], number: u64, of: u64) -> Value {
    json!({"currentPage": number, "perPage": 100, "totalPage": of, "totalRow": rows.len(), "data": rows})
}

#[tokio::test]
async fn testing_a_connection_says_how_many_products_there_are_and_changes_nothing() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"currentPage": 1, "perPage": 1, "totalPage": 12, "totalRow": 12, "data": []}));
    let all = catalog::all();
    let http = crate::common::http(1 << 20);
    let said = all.connector("line_shopping").unwrap().test(&http, &shop(&fake.url)).await.unwrap();
    assert_eq!(said, "The key is accepted; the shop has 12 products.");
    let asked = &fake.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/myshop/v1/products"));
    assert_eq!(asked.header("x-api-key"), KEY);
    assert!(asked.header("user-agent").starts_with("khlong/"));
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_the_connection_s_matter_and_is_in_no_error() {
    let fake = Fake::start().await;
    fake.answers(401, json!({"code": "UNAUTHORIZED", "message": "bad key"}));
    let error = runner(&fake, "get_order").run(json!({"order_number": NUMBER})).await.unwrap_err();
    assert_eq!(error.code(), "E0302");
    assert!(!format!("{error:?}").contains(KEY));
}
