//! The shop of LINE SHOPPING, as a client sees it.

use serde_json::{Value, json};

use crate::client::{Client, Listener, start};
use crate::seal::base64;

const NAME: &str = "line_shopping";

impl Client {
    async fn line(&self, verb: &str, path: &str, body: Value) -> (u16, Value) {
        let method = verb.parse().unwrap();
        let request = self.http.request(method, self.vendor(NAME, &format!("/myshop/v1{path}")));
        let request = request.header("X-API-KEY", &self.keys.line_shopping.api_key);
        self.send(if body.is_null() { request } else { request.body(body.to_string()) }).await
    }

    async fn line_ok(&self, verb: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.line(verb, path, body).await;
        assert!((200..300).contains(&status), "{status} {answer}");
        answer
    }
}

fn number_of(order: &Value) -> &str {
    order["orderNumber"].as_str().unwrap()
}

#[tokio::test]
async fn without_the_key_nobody_is_let_in() {
    let client = start().await;
    let url = client.vendor(NAME, "/myshop/v1/orders");
    let (status, error) = client.send(client.http.get(&url).header("X-API-KEY", "wrong")).await;
    assert_eq!(
        (status, &error["code"], &error["timestamp"]),
        (401, &json!("UNAUTHORIZED"), &json!(1_795_144_200))
    );
    let answer =
        client.http.get(&url).header("X-API-KEY", &client.keys.line_shopping.api_key).send().await.unwrap();
    assert_eq!(answer.headers()["x-ratelimit-limit-second"], "50");
    assert!(answer.headers().contains_key("x-line-oap-request-id"));
}

#[tokio::test]
async fn orders_come_in_pages_by_time_of_update_and_without_their_items() {
    let client = start().await;
    client.post(client.vendor(NAME, "/_sandbox/orders"), &json!({ "count": 5 })).await;
    let mut numbers = Vec::new();
    for page in 1..=3 {
        let path = format!(
            "/orders?startAt=2026-11-20T03:10:00Z&sortBy=UPDATED_AT&orderBy=ASC&page={page}&perPage=2"
        );
        let answer = client.line_ok("GET", &path, Value::Null).await;
        assert_eq!((&answer["totalPage"], &answer["totalRow"]), (&json!(3), &json!(5)));
        for row in answer["data"].as_array().unwrap() {
            assert!(row.get("orderItems").is_none());
            numbers.push(number_of(row).to_owned());
        }
    }
    assert_eq!(numbers[0], "2026112001001");
    assert!(numbers.len() == 5 && numbers.is_sorted());
    assert_eq!(client.line("GET", "/orders?perPage=101", Value::Null).await.0, 400);
    let later = client.line_ok("GET", "/orders?startAt=2026-11-20T03:10:01Z", Value::Null).await;
    assert_eq!(later["totalRow"], 0);
}

#[tokio::test]
async fn a_detail_has_money_as_numbers_and_an_unmasked_address() {
    let client = start().await;
    let order =
        client.sell_at(NAME, json!({ "sku": "TEA-103", "lines": 1, "quantity": 1, "shipping": 3800 })).await;
    let detail = client.line_ok("GET", &format!("/orders/{}", number_of(&order)), Value::Null).await;
    assert_eq!(detail, order);
    assert_eq!(
        (detail["totalPrice"].to_string().as_str(), detail["shipmentPrice"].to_string().as_str()),
        ("187.25", "38")
    );
    assert_eq!(
        (&detail["orderItems"][0]["sku"], &detail["orderItems"][0]["variantId"]),
        (&json!("TEA-103"), &Value::Null)
    );
    assert!(detail["shippingAddress"]["phoneNumber"].as_str().unwrap().starts_with("081"));
    assert_eq!(client.line("GET", "/orders/1", Value::Null).await.1["code"], "NOT_FOUND");
}

#[tokio::test]
async fn an_order_is_shipped_once_and_its_number_corrected_after() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({})).await;
    let path = format!("/orders/{}", number_of(&order));
    let number = json!({ "trackingNumber": "TH0001", "trackingUrl": "https://example.com/TH0001" });
    assert_eq!(client.line("PUT", &format!("{path}/shipments"), number.clone()).await.0, 409, "not yet");
    let shipped = client.line_ok("POST", &format!("{path}/mark-as-ship"), number.clone()).await;
    assert_eq!(
        (&shipped["orderStatus"], &shipped["shipmentStatus"]),
        (&json!("COMPLETED"), &json!("SHIPPED_ALL"))
    );
    let (status, again) = client.line("POST", &format!("{path}/mark-as-ship"), number).await;
    assert_eq!((status, &again["code"]), (409, &json!("DATA_CONFLICT")));
    let other =
        client.line_ok("PUT", &format!("{path}/shipments"), json!({ "trackingNumber": "TH0002" })).await;
    assert_eq!(other["shipmentDetail"]["trackingNumber"], "TH0002");
    assert_eq!(client.received(NAME, "fulfilment").await.len(), 1);
    assert_eq!(client.line("PUT", &format!("{path}/cancel"), json!({})).await.0, 409);
}

#[tokio::test]
async fn cash_on_delivery_is_paid_after_shipping() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({ "cod": true })).await;
    assert_eq!((&order["orderStatus"], &order["paymentStatus"]), (&json!("FINALIZED"), &json!("PENDING")));
    let path = format!("/orders/{}", number_of(&order));
    assert_eq!(client.line("POST", &format!("{path}/mark-as-paid"), Value::Null).await.0, 409);
    client.line_ok("POST", &format!("{path}/mark-as-ship"), json!({ "trackingNumber": "TH0001" })).await;
    let paid = client.line_ok("POST", &format!("{path}/mark-as-paid"), Value::Null).await;
    assert_eq!((&paid["orderStatus"], &paid["paymentStatus"]), (&json!("COMPLETED"), &json!("PAID")));
}

#[tokio::test]
async fn what_is_on_hand_is_not_all_to_be_sold() {
    let client = start().await;
    let waiting =
        client.sell_at(NAME, json!({ "sku": "TEA-107", "lines": 1, "quantity": 2, "paid": false })).await;
    client.sell_at(NAME, json!({ "sku": "TEA-107", "lines": 1, "quantity": 3 })).await;
    let product = client.line_ok("GET", "/products?skus=TEA-107", Value::Null).await["data"][0].clone();
    let variant =
        product["variants"].as_array().unwrap().iter().find(|variant| variant["sku"] == "TEA-107").unwrap();
    let figures = ["onHandNumber", "reservedNumber", "readyToShipNumber", "availableNumber"]
        .map(|name| variant[name].as_i64().unwrap());
    assert_eq!(figures, [100, 2, 3, 95]);
    let body = json!({ "id": variant["id"], "onHandNumber": 12 + 2 + 3 });
    let product = client.line_ok("PATCH", &format!("/products/{}/variant", product["id"]), body).await;
    let variant =
        product["variants"].as_array().unwrap().iter().find(|variant| variant["sku"] == "TEA-107").unwrap();
    assert_eq!(variant["availableNumber"], 12);
    client
        .line_ok("PUT", &format!("/orders/{}/cancel", number_of(&waiting)), json!({ "remarkCancel": "x" }))
        .await;
    let product = client.line_ok("GET", "/products?skus=TEA-107", Value::Null).await["data"][0].clone();
    assert!(product["variants"].to_string().contains("\"availableNumber\":14"), "{product}");
}

#[tokio::test]
async fn a_product_without_variants_is_reached_by_its_inventory() {
    let client = start().await;
    let product = client.line_ok("GET", "/products?skus=TEA-100", Value::Null).await["data"][0].clone();
    let variant = &product["variants"][0];
    assert_eq!((&product["hasOnlyDefaultVariant"], &variant["id"]), (&json!(true), &Value::Null));
    let inventory = format!("/inventory/{}", variant["inventoryId"]);
    let answer = client.line_ok("PUT", &format!("{inventory}/decrease"), json!({ "amount": 88 })).await;
    assert_eq!(
        answer,
        json!({ "availableNumber": 12, "onHandAmount": 12, "readyToShipAmount": 0, "reservedAmount": 0 })
    );
    assert_eq!(client.line("PUT", &format!("{inventory}/decrease"), json!({ "amount": 13 })).await.0, 409);
    assert_eq!(client.line("PUT", &format!("{inventory}/increase"), json!({ "amount": 0 })).await.0, 400);
    assert_eq!(client.received(NAME, "stock").await.len(), 1);
}

#[tokio::test]
async fn a_price_push_that_forgets_the_discount_is_refused() {
    let client = start().await;
    let product = client.line_ok("GET", "/products?skus=TEA-100", Value::Null).await["data"][0].clone();
    let path = format!("/products/{}/prices", product["id"]);
    assert_eq!(
        client.line("PATCH", &path, json!({ "variants": [{ "id": null, "price": 260 }] })).await.0,
        400
    );
    let body = json!({ "instantDiscount": 10, "variants": [{ "id": null, "price": 260.5 }] });
    let variant = client.line_ok("PATCH", &path, body).await["variants"][0].clone();
    assert_eq!(
        (variant["price"].to_string().as_str(), variant["discountedPrice"].to_string().as_str()),
        ("260.5", "250.5")
    );
}

#[tokio::test]
async fn a_new_product_is_hidden_until_it_is_put_on_sale() {
    let client = start().await;
    let body = json!({ "name": "ชาใหม่", "code": "NEW", "categoryId": 55, "imageUrls": ["https://example.com/1.jpg"],
        "variants": [{ "sku": "NEW-1", "price": 99, "onHandNumber": 5, "weight": 0.2 }] });
    let (status, product) = client.line("POST", "/products", body.clone()).await;
    assert_eq!((status, &product["isDisplay"]), (201, &json!(false)));
    assert_eq!(client.line("POST", "/products", body).await.0, 409);
    let shown = client
        .line_ok("POST", &format!("/products/{}/display-status/onsale", product["id"]), Value::Null)
        .await;
    assert_eq!(shown["isDisplay"], true);
    assert_eq!(client.line("DELETE", &format!("/products/{}", product["id"]), Value::Null).await.0, 204);
}

#[tokio::test]
async fn a_webhook_carries_the_whole_order_and_a_base64_signature() {
    let client = start().await;
    let mut listener = Listener::of_vendor(&client, NAME, &[]).await;
    let order = client.sell_at(NAME, json!({ "paid": false })).await;
    let hook = listener.next().await;
    assert_eq!(
        hook.header("x-myshop-signature"),
        base64(&client.keys.line_shopping.webhook_secret, &hook.body)
    );
    assert_eq!(
        (&hook.json()["event"]["name"], &hook.json()["orderItems"]),
        (&json!("ORDER.PENDING_PAYMENT"), &order["orderItems"])
    );
    for (status, event) in
        [("PAID", Some("ORDER.READY_TO_SHIP")), ("REFUND", None), ("CANCELED", Some("ORDER.CANCELED"))]
    {
        let body = json!({ "order": number_of(&order), "status": status });
        assert_eq!(client.post(client.vendor(NAME, "/_sandbox/status"), &body).await.0, 200);
        let events: Vec<_> = listener.all().iter().map(|hook| hook.json()["event"]["name"].clone()).collect();
        assert_eq!(events, event.into_iter().collect::<Vec<_>>(), "{status}");
    }
    assert_eq!(hook.header("x-request-id").len(), 36);
}

#[tokio::test]
async fn a_webhook_that_nobody_takes_comes_nine_times_more() {
    let client = Client::start(|options| options.hurry = u32::MAX).await;
    let mut listener = Listener::of_vendor(&client, NAME, &[500; 20]).await;
    client.sell_at(NAME, json!({})).await;
    client.handle().settled().await;
    assert_eq!(listener.all().len(), 10);
}

#[tokio::test]
async fn a_throttled_call_is_a_429_with_counting_headers() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "429", "times": 1 })).await;
    let request = client.http.get(client.vendor(NAME, "/myshop/v1/orders"));
    let answer = request.header("X-API-KEY", &client.keys.line_shopping.api_key).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["x-ratelimit-remaining-second"].to_str().unwrap()),
        (429, "0")
    );
    client.vendor_fault(NAME, json!({ "kind": "token_expired", "times": 1 })).await;
    assert_eq!(
        client.line("GET", "/orders", Value::Null).await.1["code"],
        "UNAUTHORIZED",
        "the key was deleted"
    );
}
