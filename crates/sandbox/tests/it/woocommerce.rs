//! The WooCommerce store, as a client sees it.

use serde_json::{Value, json};

use crate::client::{Client, Listener, start};
use crate::seal::{NOW, base64};

const NAME: &str = "woocommerce";

impl Client {
    fn woo(&self, verb: &str, path: &str, body: &Value) -> reqwest::RequestBuilder {
        let method = verb.parse().unwrap();
        let keys = &self.keys.woocommerce;
        let request = self.http.request(method, self.vendor(NAME, &format!("/wp-json/wc/v3{path}")));
        let request = request.basic_auth(&keys.consumer_key, Some(&keys.consumer_secret));
        if body.is_null() {
            request
        } else {
            request.header("content-type", "application/json").body(body.to_string())
        }
    }

    async fn woo_ok(&self, verb: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.send(self.woo(verb, path, &body)).await;
        assert!((200..300).contains(&status), "{status} {answer}");
        answer
    }

    async fn woo_code(&self, verb: &str, path: &str, body: Value) -> (u16, String) {
        let (status, answer) = self.send(self.woo(verb, path, &body)).await;
        (status, answer["code"].as_str().unwrap_or_default().to_owned())
    }
}

#[tokio::test]
async fn who_has_no_keys_is_not_let_in_and_the_query_will_do_as_well() {
    let client = start().await;
    let keys = &client.keys.woocommerce;
    let url = client.vendor(NAME, "/wp-json/wc/v3/orders");
    let wrong = client.http.get(&url).basic_auth(&keys.consumer_key, Some("cs_wrong"));
    assert_eq!(client.send(wrong).await.0, 401);
    assert_eq!(client.send(client.http.get(&url)).await.0, 401);
    let query = format!("{url}?consumer_key={}&consumer_secret={}", keys.consumer_key, keys.consumer_secret);
    assert_eq!(client.send(client.http.get(query)).await.0, 200);
}

/// Signs `/orders?per_page=1` as a store without TLS wants it.
fn signed(client: &Client, nonce: &str, at: i64) -> String {
    let keys = &client.keys.woocommerce;
    let url = client.vendor(NAME, "/wp-json/wc/v3/orders");
    let query = format!(
        "oauth_consumer_key={}&oauth_nonce={nonce}&oauth_signature_method=HMAC-SHA256&oauth_timestamp={at}&per_page=1",
        keys.consumer_key
    );
    let encode = |text: &str| {
        text.replace('%', "%25")
            .replace(':', "%3A")
            .replace('/', "%2F")
            .replace('&', "%26")
            .replace('=', "%3D")
    };
    let base = format!("GET&{}&{}", encode(&url), encode(&query));
    let signature = base64(&format!("{}&", keys.consumer_secret), base.as_bytes());
    let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("{url}?{query}&oauth_signature={signature}")
}

#[tokio::test]
async fn a_signed_query_is_good_once_and_for_a_quarter_of_an_hour() {
    let client = start().await;
    assert_eq!(client.send(client.http.get(signed(&client, "abc123", NOW))).await.0, 200);
    let (status, again) = client.send(client.http.get(signed(&client, "abc123", NOW))).await;
    assert_eq!((status, again["message"].as_str().unwrap().contains("nonce")), (401, true), "{again}");
    assert_eq!(client.send(client.http.get(signed(&client, "later", NOW - 901))).await.0, 401);
    let other = signed(&client, "other", NOW).replace("per_page=1", "per_page=2");
    assert_eq!(client.send(client.http.get(other)).await.0, 401, "what is signed cannot be changed");
}

#[tokio::test]
async fn a_pull_goes_through_numbered_pages() {
    let client = start().await;
    client.post(client.vendor(NAME, "/_sandbox/orders"), &json!({ "count": 5 })).await;
    let mut ids = Vec::new();
    for page in 1..=3 {
        let path = format!(
            "/orders?modified_after=2026-11-20T03:09:59&dates_are_gmt=true&orderby=modified&order=asc&per_page=2&page={page}&status=processing"
        );
        let answer = client.woo("GET", &path, &Value::Null).send().await.unwrap();
        assert_eq!(answer.headers()["x-wp-total"], "5");
        assert_eq!(answer.headers()["x-wp-totalpages"], "3");
        assert_eq!(answer.headers()["link"].to_str().unwrap().contains("rel=\"next\""), page < 3);
        let orders: Vec<Value> = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        ids.extend(orders.iter().map(|order| order["id"].as_u64().unwrap()));
    }
    assert!(ids.len() == 5 && ids.is_sorted(), "{ids:?}");
    let local = "/orders?modified_after=2026-11-20T10:09:59";
    assert_eq!(client.woo_ok("GET", local, Value::Null).await.as_array().unwrap().len(), 5, "local time");
    assert_eq!(client.woo_code("GET", "/orders?per_page=101", Value::Null).await.1, "rest_invalid_param");
}

#[tokio::test]
async fn an_old_store_does_not_sort_by_modification() {
    let client = start().await;
    let site = client.http.put(client.vendor(NAME, "/_sandbox/site")).body(r#"{"orderby_modified":false}"#);
    assert_eq!(client.send(site).await.0, 200);
    let refused = client.woo_code("GET", "/orders?orderby=modified", Value::Null).await;
    assert_eq!(refused, (400, "rest_invalid_param".into()));
}

#[tokio::test]
async fn stock_and_price_are_pushed_to_a_product_and_to_a_variation() {
    let client = start().await;
    let simple = client.woo_ok("GET", "/products?sku=TEA-100", Value::Null).await[0].clone();
    let changed = client
        .woo_ok(
            "PUT",
            &format!("/products/{}", simple["id"]),
            json!({ "stock_quantity": 12, "regular_price": "260.00" }),
        )
        .await;
    assert_eq!((&changed["stock_quantity"], &changed["price"]), (&json!(12), &json!("260.00")));
    let variation = client.woo_ok("GET", "/products?sku=TEA-107", Value::Null).await[0].clone();
    assert_eq!(variation["type"], "variation");
    let path = format!("/products/{}/variations/batch", variation["parent_id"]);
    let body = json!({
        "update": [{ "id": variation["id"], "stock_quantity": 3 }, { "id": 1, "stock_quantity": 3 }],
    });
    let answer = client.woo_ok("POST", &path, body).await;
    assert_eq!(answer["update"][0]["stock_quantity"], 3);
    assert_eq!(answer["update"][1]["error"]["code"], "woocommerce_rest_product_invalid_id");
    let received = client.received(NAME, "stock").await;
    let skus: Vec<_> = received.iter().map(|entry| entry["reference"].as_str().unwrap()).collect();
    assert_eq!(skus, ["TEA-100", "TEA-107"]);
    assert_eq!(client.received(NAME, "price").await.len(), 1);
}

#[tokio::test]
async fn a_sku_is_taken_once() {
    let client = start().await;
    let tea = json!({ "name": "ชาใหม่", "type": "simple", "sku": "NEW-1", "regular_price": "99.00" });
    let made = client.woo_ok("POST", "/products", tea.clone()).await;
    let (status, error) = client.send(client.woo("POST", "/products", &tea)).await;
    assert_eq!((status, &error["code"]), (400, &json!("product_invalid_sku")));
    assert_eq!(error["data"]["resource_id"], made["id"]);
}

#[tokio::test]
async fn an_order_is_cancelled_and_its_pieces_come_back() {
    let client = start().await;
    let stock = async || {
        client.woo_ok("GET", "/products?sku=TEA-104", Value::Null).await[0]["stock_quantity"].clone()
    };
    let order = client.sell_at(NAME, json!({ "sku": "TEA-104", "lines": 1, "quantity": 3 })).await;
    assert_eq!(stock().await, 97);
    let path = format!("/orders/{}", order["id"]);
    assert_eq!(client.woo_ok("PUT", &path, json!({ "status": "cancelled" })).await["status"], "cancelled");
    assert_eq!(stock().await, 100);
    assert_eq!(
        client.received(NAME, "cancel").await[0]["said"],
        json!({ "from": "processing", "to": "cancelled" })
    );
    assert_eq!(client.woo_code("PUT", &path, json!({ "status": "gone" })).await.0, 400);
    assert_eq!(
        client.woo_code("PUT", "/orders/1", json!({})).await.1,
        "woocommerce_rest_shop_order_invalid_id"
    );
}

#[tokio::test]
async fn a_part_and_then_the_rest_is_refunded() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({ "sku": "TEA-100", "lines": 1, "quantity": 2 })).await;
    let path = format!("/orders/{}/refunds", order["id"]);
    let line = json!({
        "id": order["line_items"][0]["id"], "quantity": 1, "refund_total": "233.64",
        "refund_tax": [{ "id": 12, "refund_total": "16.36" }],
    });
    let part = json!({ "amount": "250.00", "reason": "damaged", "api_refund": false, "line_items": [line] });
    assert_eq!(client.woo_ok("POST", &path, part).await["amount"], "250.00");
    let by_gateway = json!({ "amount": "1.00" });
    assert_eq!(
        client.woo_code("POST", &path, by_gateway).await.1,
        "woocommerce_rest_cannot_create_order_refund"
    );
    let too_much = json!({ "amount": "250.01", "api_refund": false });
    assert_eq!(client.woo_code("POST", &path, too_much).await.0, 500);
    client.woo_ok("POST", &path, json!({ "amount": "250.00", "api_refund": false })).await;
    let order = client.woo_ok("GET", &format!("/orders/{}", order["id"]), Value::Null).await;
    assert_eq!((&order["status"], order["refunds"].as_array().unwrap().len()), (&json!("refunded"), 2));
}

#[tokio::test]
async fn two_parcels_go_out_where_fulfilments_are_switched_on() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({ "lines": 1, "quantity": 3 })).await;
    let (path, item) =
        (format!("/orders/{}/fulfillments", order["id"]), order["line_items"][0]["id"].clone());
    let parcel = |quantity: u64| {
        json!({ "status": "fulfilled", "is_fulfilled": true, "meta_data": [
            { "key": "_items", "value": [{ "item_id": item, "qty": quantity }] },
            { "key": "_tracking_number", "value": "TH0001" },
        ] })
    };
    assert_eq!(client.woo_code("POST", &path, parcel(1)).await, (404, "rest_no_route".into()));
    let site = client.http.put(client.vendor(NAME, "/_sandbox/site")).body(r#"{"fulfillments":true}"#);
    client.send(site).await;
    client.woo_ok("POST", &path, parcel(1)).await;
    assert_eq!(client.woo_code("POST", &path, parcel(3)).await.0, 400, "only two are left");
    client.woo_ok("POST", &path, parcel(2)).await;
    assert_eq!(client.woo_ok("GET", &path, Value::Null).await.as_array().unwrap().len(), 2);
    assert_eq!(client.received(NAME, "fulfilment").await.len(), 2);
}

#[tokio::test]
async fn the_tracking_extension_and_a_note_serve_other_stores() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({})).await;
    let url = client
        .vendor(NAME, &format!("/wp-json/wc-shipment-tracking/v3/orders/{}/shipment-trackings", order["id"]));
    let keys = &client.keys.woocommerce;
    let body = json!({ "custom_tracking_provider": "Flash Express", "tracking_number": "TH0001" });
    let request = client
        .http
        .post(&url)
        .basic_auth(&keys.consumer_key, Some(&keys.consumer_secret))
        .body(body.to_string());
    let (status, tracking) = client.send(request).await;
    assert_eq!((status, &tracking["tracking_provider"]), (201, &json!("Flash Express")));
    let note = json!({ "note": "Flash TH0001", "customer_note": true });
    let note = client.woo_ok("POST", &format!("/orders/{}/notes", order["id"]), note).await;
    assert_eq!(note["customer_note"], true);
    let invoice = json!({ "meta_data": [{ "key": "_khlong_tax_invoice_no", "value": "INV6901-0001" }] });
    let order = client.woo_ok("PUT", &format!("/orders/{}", order["id"]), invoice).await;
    assert_eq!(order["meta_data"][0]["value"], "INV6901-0001");
}

#[tokio::test]
async fn a_customer_is_found_by_e_mail_and_a_guest_is_nobody() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({ "customer": 7 })).await;
    let found = client.woo_ok("GET", "/customers?email=customer7@example.com", Value::Null).await[0].clone();
    assert_eq!(found["id"], order["customer_id"]);
    assert_eq!(client.woo_ok("GET", &format!("/customers/{}", found["id"]), Value::Null).await, found);
    let guest = client.sell_at(NAME, json!({ "customer": 10 })).await;
    assert_eq!(
        (&guest["customer_id"], &guest["billing"]["email"]),
        (&json!(0), &json!("customer10@example.com"))
    );
    assert_eq!(client.woo_ok("GET", "/customers?email=customer10@example.com", Value::Null).await, json!([]));
}

#[tokio::test]
async fn a_webhook_is_signed_with_its_own_secret_after_an_unsigned_ping() {
    let client = start().await;
    let mut listener = Listener::answering(&[]).await;
    let hook =
        json!({ "name": "khlong", "topic": "order.created", "delivery_url": listener.url, "secret": "hush" });
    let made = client.woo_ok("POST", "/webhooks", hook).await;
    assert_eq!(made["status"], "active");
    let ping = listener.next().await;
    assert_eq!(ping.body, format!("webhook_id={}", made["id"]));
    assert!(!ping.headers.contains_key("x-wc-webhook-signature"));
    let order = client.sell_at(NAME, json!({})).await;
    let hook = listener.next().await;
    assert_eq!(hook.header("x-wc-webhook-signature"), base64("hush", &hook.body));
    assert_eq!(
        (hook.header("x-wc-webhook-topic"), hook.header("x-wc-webhook-resource")),
        ("order.created", "order")
    );
    assert_eq!(hook.json()["id"], order["id"]);
}

#[tokio::test]
async fn a_failed_delivery_never_comes_again_and_too_many_switch_the_hook_off() {
    let client = start().await;
    let mut listener = Listener::answering(&[200, 500, 500, 500, 500, 500, 500]).await;
    let hook = json!({ "topic": "order.updated", "delivery_url": listener.url, "secret": "hush" });
    let id = client.woo_ok("POST", "/webhooks", hook).await["id"].clone();
    let order = client.sell_at(NAME, json!({})).await;
    for _ in 0..7 {
        client.woo_ok("PUT", &format!("/orders/{}", order["id"]), json!({ "status": "processing" })).await;
        client.handle().settled().await;
    }
    assert_eq!(client.woo_ok("GET", &format!("/webhooks/{id}"), Value::Null).await["status"], "disabled");
    assert_eq!(listener.all().len(), 7, "the ping and six attempts");
    let again = client.woo_ok("PUT", &format!("/webhooks/{id}"), json!({ "status": "active" })).await;
    assert_eq!(again["status"], "active");
}

#[tokio::test]
async fn an_address_that_does_not_answer_the_ping_is_not_active() {
    let client = start().await;
    let listener = Listener::answering(&[404]).await;
    let hook = json!({ "topic": "order.created", "delivery_url": listener.url });
    assert_eq!(client.woo_ok("POST", "/webhooks", hook).await["status"], "disabled");
    let paid = json!({ "topic": "order.paid", "delivery_url": listener.url });
    assert_eq!(client.woo_code("POST", "/webhooks", paid).await.0, 400, "there is no such topic");
}
