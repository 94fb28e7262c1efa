//! The TikTok Shop, as a client sees it.

use std::collections::BTreeMap;

use sandbox::TikTokShopKeys;
use serde_json::{Value, json};

use crate::client::{Client, Listener, start};
use crate::seal::{NOW, hex};

const NAME: &str = "tiktok_shop";

impl Client {
    fn tiktok(
        &self,
        verb: &str,
        path: &str,
        own: &[(&str, &str)],
        body: &Value,
        at: i64,
    ) -> reqwest::RequestBuilder {
        let keys = &self.keys.tiktok_shop;
        let at = at.to_string();
        let mut query: BTreeMap<&str, &str> = own.iter().copied().collect();
        query.extend([("app_key", keys.app_key.as_str()), ("timestamp", &at)]);
        if !path.starts_with("/authorization") {
            query.insert("shop_cipher", &keys.shop_cipher);
        }
        let pairs: String = query.iter().map(|(name, value)| format!("{name}{value}")).collect();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let text = format!("{0}{path}{pairs}{body}{0}", keys.app_secret);
        let sign = hex(&keys.app_secret, text.as_bytes());
        let request = self.http.request(verb.parse().unwrap(), self.vendor(NAME, path));
        let request = request.query(&query).query(&[("sign", sign)]);
        request
            .header("x-tts-access-token", &keys.access_token)
            .header("content-type", "application/json")
            .body(body)
    }

    async fn tiktok_any(&self, verb: &str, path: &str, own: &[(&str, &str)], body: Value) -> Value {
        self.send(self.tiktok(verb, path, own, &body, NOW)).await.1
    }

    async fn tiktok_ok(&self, verb: &str, path: &str, own: &[(&str, &str)], body: Value) -> Value {
        let answer = self.tiktok_any(verb, path, own, body).await;
        assert_eq!(answer["code"], 0, "{answer}");
        answer["data"].clone()
    }

    async fn tiktok_order(&self, id: &str) -> Value {
        self.tiktok_ok("GET", "/order/202507/orders", &[("ids", id)], Value::Null).await["orders"][0].clone()
    }
}

fn id_of(order: &Value) -> String {
    order["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_vendors_own_example_of_a_signature_is_taken_and_another_is_not() {
    let at = 1_623_812_664;
    let client = Client::start(|options| {
        options.keys.tiktok_shop =
            TikTokShopKeys { access_token: "ROW_test".into(), ..TikTokShopKeys::default() };
        options.clock = sandbox::Clock::fixed(chrono::DateTime::from_timestamp(at, 0).unwrap());
    })
    .await;
    let call = |sign: &str| {
        let query = format!("app_key=29a39d&timestamp={at}&sign={sign}");
        let request = client.http.get(client.vendor(NAME, &format!("/authorization/202309/shops?{query}")));
        request.header("x-tts-access-token", "ROW_test")
    };
    let sign = "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8";
    let (status, answer) = client.send(call(sign)).await;
    assert_eq!((status, &answer["data"]["shops"][0]["cipher"]), (200, &json!("ROW_cipherTH")));
    let (status, answer) = client.send(call(&sign.replace('5', "6"))).await;
    assert_eq!((status, &answer["code"]), (401, &json!(106_001)));
}

#[tokio::test]
async fn a_call_is_good_for_five_minutes_and_hardly_in_advance() {
    let client = start().await;
    for (at, code) in [(NOW - 300, 0), (NOW - 301, 36_009_004), (NOW + 30, 0), (NOW + 31, 36_009_004)] {
        let request = client.tiktok("GET", "/logistics/202309/warehouses", &[], &Value::Null, at);
        assert_eq!(client.send(request).await.1["code"], code, "{at}");
    }
}

#[tokio::test]
async fn a_shop_is_named_by_its_cipher_and_the_body_is_signed() {
    let client = start().await;
    let cipher = client.keys.tiktok_shop.shop_cipher.clone();
    let answer = client
        .tiktok_any("GET", "/authorization/202309/shops", &[("shop_cipher", &cipher)], Value::Null)
        .await;
    assert_eq!(answer["code"], 36_009_004, "taken here by nobody");
    let request = client.tiktok(
        "POST",
        "/product/202502/products/search",
        &[("page_size", "10")],
        &json!({ "a": 1 }),
        NOW,
    );
    let answer = client.send(request.body(r#"{"a":2}"#)).await.1;
    assert_eq!(answer["code"], 106_001, "what is signed cannot be changed");
    assert_eq!(client.tiktok_any("GET", "/order/202101/orders", &[], Value::Null).await["code"], 36_009_009);
}

#[tokio::test]
async fn an_expired_token_is_refreshed_and_its_end_is_a_moment() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "token_expired", "times": 1 })).await;
    assert_eq!(
        client.tiktok_any("GET", "/logistics/202309/warehouses", &[], Value::Null).await["code"],
        105_002
    );
    let keys = &client.keys.tiktok_shop;
    let ask = async |token: &str| {
        let query = [
            ("app_key", keys.app_key.as_str()),
            ("app_secret", &keys.app_secret),
            ("refresh_token", token),
            ("grant_type", "refresh_token"),
        ];
        client.send(client.http.get(client.vendor(NAME, "/api/v2/token/refresh")).query(&query)).await.1
    };
    let answer = ask(&keys.refresh_token).await;
    assert_eq!(
        (&answer["code"], &answer["data"]["access_token_expire_in"]),
        (&json!(0), &json!(NOW + 7 * 86_400))
    );
    assert_ne!(ask("ROW_wrong").await["code"], 0);
    assert_eq!(client.get(client.vendor(NAME, "/_sandbox/tokens")).await["refreshed"], 1);
}

#[tokio::test]
async fn orders_are_pulled_with_an_opaque_token() {
    let client = start().await;
    client.post(client.vendor(NAME, "/_sandbox/orders"), &json!({ "count": 5 })).await;
    let (mut token, mut ids) = (String::new(), Vec::new());
    loop {
        let own = [
            ("page_size", "2"),
            ("sort_field", "update_time"),
            ("sort_order", "ASC"),
            ("page_token", token.as_str()),
        ];
        let own = if token.is_empty() { &own[..3] } else { &own[..] };
        let body = json!({ "update_time_ge": NOW, "update_time_lt": NOW + 1 });
        let data = client.tiktok_ok("POST", "/order/202309/orders/search", own, body).await;
        assert_eq!(data["total_count"], 5);
        ids.extend(data["orders"].as_array().unwrap().iter().map(id_of));
        token = data["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert!(ids.len() == 5 && ids.is_sorted(), "{ids:?}");
    let later = json!({ "update_time_ge": NOW + 1 });
    let data = client.tiktok_ok("POST", "/order/202309/orders/search", &[("page_size", "2")], later).await;
    assert_eq!(data["total_count"], 0);
    assert_eq!(
        client.tiktok_any("POST", "/order/202309/orders/search", &[("page_size", "101")], json!({})).await["code"],
        36_009_022
    );
}

#[tokio::test]
async fn ids_and_money_are_text_and_there_is_one_row_per_unit() {
    let client = start().await;
    let order =
        client.sell_at(NAME, json!({ "sku": "TEA-100", "lines": 1, "quantity": 2, "shipping": 3800 })).await;
    assert_eq!(client.tiktok_order(&id_of(&order)).await, order);
    let rows = order["line_items"].as_array().unwrap();
    assert_eq!(
        (rows.len(), &rows[0]["seller_sku"], &rows[0]["sale_price"]),
        (2, &json!("TEA-100"), &json!("250.00"))
    );
    assert_eq!(
        (&order["payment"]["total_amount"], &order["status"]),
        (&json!("538.00"), &json!("AWAITING_SHIPMENT"))
    );
    assert!(id_of(&order).parse::<u64>().unwrap() > 1 << 53);
}

#[tokio::test]
async fn a_package_is_shipped_once_with_the_platforms_number() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({})).await;
    let package = order["packages"][0]["id"].as_str().unwrap().to_owned();
    let slots = client
        .tiktok_ok(
            "GET",
            &format!("/fulfillment/202309/packages/{package}/handover_time_slots"),
            &[],
            Value::Null,
        )
        .await;
    let body = json!({ "handover_method": "PICKUP", "pickup_slot": slots["pickup_slots"][0] });
    let path = format!("/fulfillment/202309/packages/{package}/ship");
    client.tiktok_ok("POST", &path, &[], body.clone()).await;
    assert_eq!(client.tiktok_any("POST", &path, &[], body).await["code"], 11_006_021);
    let detail =
        client.tiktok_ok("GET", &format!("/fulfillment/202309/packages/{package}"), &[], Value::Null).await;
    assert!(detail["tracking_number"].as_str().unwrap().starts_with("TTH"));
    assert_eq!(client.tiktok_order(&id_of(&order)).await["status"], "AWAITING_COLLECTION");
    assert_eq!(client.received(NAME, "fulfilment").await.len(), 1);
}

#[tokio::test]
async fn an_order_is_split_and_its_packages_shipped_with_the_sellers_own_courier() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({ "lines": 2, "quantity": 2, "own_courier": true })).await;
    let id = id_of(&order);
    let ids: Vec<&str> =
        order["line_items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    let groups = |one: &[&str], other: &[&str]| {
        json!({
            "splittable_groups": [{ "id": "1", "order_line_item_ids": one }, { "id": "2", "order_line_item_ids": other }],
        })
    };
    let path = format!("/fulfillment/202309/orders/{id}/split");
    let torn = client.tiktok_any("POST", &path, &[], groups(&ids[..1], &ids[1..])).await;
    assert_eq!(torn["code"], 21_011_031, "the units of one SKU stay together");
    let packages =
        client.tiktok_ok("POST", &path, &[], groups(&ids[..2], &ids[2..])).await["packages"].clone();
    for (place, status) in [(0, "PARTIALLY_SHIPPING"), (1, "AWAITING_COLLECTION")] {
        let path = format!("/fulfillment/202309/packages/{}/ship", packages[place]["id"].as_str().unwrap());
        assert_eq!(
            client.tiktok_any("POST", &path, &[], json!({ "self_shipment": {} })).await["code"],
            21_011_021
        );
        let body = json!({
            "self_shipment": { "tracking_number": format!("TH000{place}"), "shipping_provider_id": "6617675021119438849" },
        });
        client.tiktok_ok("POST", &path, &[], body).await;
        assert_eq!(client.tiktok_order(&id).await["status"], status);
    }
    let correction = json!({ "tracking_number": "TH9", "shipping_provider_id": "6617675021119438850" });
    client
        .tiktok_ok("POST", &format!("/fulfillment/202309/orders/{id}/shipping_info/update"), &[], correction)
        .await;
    assert_eq!(client.tiktok_order(&id).await["tracking_number"], "TH9");
}

#[tokio::test]
async fn stock_is_absolute_and_names_every_warehouse() {
    let client = start().await;
    let found = client
        .tiktok_ok(
            "POST",
            "/product/202502/products/search",
            &[("page_size", "10")],
            json!({ "seller_skus": ["TEA-100"] }),
        )
        .await;
    let product = &found["products"][0];
    let (id, sku) = (product["id"].as_str().unwrap(), product["skus"][0]["id"].clone());
    let warehouse = client.tiktok_ok("GET", "/logistics/202309/warehouses", &[], Value::Null).await["warehouses"][0]["id"].clone();
    let path = format!("/product/202309/products/{id}/inventory/update");
    let push = |warehouse: &Value| {
        json!({
            "skus": [{ "id": sku, "inventory": [{ "warehouse_id": warehouse, "quantity": 12 }] }],
        })
    };
    let wrong = client.tiktok_ok("POST", &path, &[], push(&json!("1"))).await;
    assert_eq!(
        (&wrong["errors"][0]["code"], &wrong["errors"][0]["detail"]["sku_id"]),
        (&json!(12_019_028), &sku)
    );
    assert_eq!(client.tiktok_ok("POST", &path, &[], push(&warehouse)).await, json!({}));
    let price = json!({ "skus": [{ "id": sku, "price": { "amount": "260.00", "currency": "THB" } }] });
    client.tiktok_ok("POST", &format!("/product/202309/products/{id}/prices/update"), &[], price).await;
    let product = client.tiktok_ok("GET", &format!("/product/202309/products/{id}"), &[], Value::Null).await;
    assert_eq!(
        (&product["skus"][0]["inventory"][0]["quantity"], &product["skus"][0]["price"]["sale_price"]),
        (&json!(12), &json!("260.00"))
    );
    assert_eq!(
        (client.received(NAME, "stock").await.len(), client.received(NAME, "price").await.len()),
        (1, 1)
    );
}

#[tokio::test]
async fn a_whole_order_is_cancelled_and_never_a_part() {
    let client = start().await;
    let id = id_of(&client.sell_at(NAME, json!({})).await);
    let path = "/return_refund/202309/cancellations";
    let part = json!({
        "order_id": id, "cancel_reason": "seller_cancel_reason_out_of_stock",
        "order_line_item_ids": ["1"],
    });
    assert_eq!(client.tiktok_any("POST", path, &[], part).await["code"], 25_001_012);
    let whole = json!({ "order_id": id, "cancel_reason": "seller_cancel_reason_out_of_stock" });
    let made = client.tiktok_ok("POST", path, &[], whole.clone()).await;
    assert_eq!(client.tiktok_order(&id).await["status"], "CANCELLED");
    let list = client.tiktok_ok("POST", &format!("{path}/search"), &[("page_size", "50")], json!({})).await;
    assert_eq!(list["cancellations"][0]["cancel_id"], made["cancel_id"]);
    assert_ne!(client.tiktok_any("POST", path, &[], whole).await["code"], 0);
}

#[tokio::test]
async fn a_buyers_wish_to_cancel_is_answered() {
    let client = start().await;
    for (answer, status) in [("reject", "AWAITING_SHIPMENT"), ("approve", "CANCELLED")] {
        let id = id_of(&client.sell_at(NAME, json!({ "cancel_asked": true })).await);
        let list = client
            .tiktok_ok(
                "POST",
                "/return_refund/202309/cancellations/search",
                &[("page_size", "50")],
                json!({}),
            )
            .await;
        let asked = list["cancellations"]
            .as_array()
            .unwrap()
            .iter()
            .find(|asked| asked["order_id"] == id.as_str())
            .unwrap();
        let path =
            format!("/return_refund/202309/cancellations/{}/{answer}", asked["cancel_id"].as_str().unwrap());
        client
            .tiktok_ok("POST", &path, &[], json!({ "reject_reason": "seller_reject_apply_package_reached" }))
            .await;
        assert_eq!(client.tiktok_order(&id).await["status"], status);
    }
}

#[tokio::test]
async fn a_refund_with_the_same_key_is_given_once() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({ "sku": "TEA-100", "lines": 1, "quantity": 2 })).await;
    let body = json!({
        "order_id": order["id"], "return_type": "REFUND", "return_reason": "damaged",
        "order_line_item_ids": [order["line_items"][0]["id"]], "refund_total": "100.00",
        "currency": "THB",
    });
    let path = "/return_refund/202309/returns";
    let first = client.tiktok_ok("POST", path, &[("idempotency_key", "one")], body.clone()).await;
    let again = client.tiktok_ok("POST", path, &[("idempotency_key", "one")], body).await;
    assert_eq!(first, again);
    let list = client
        .tiktok_ok(
            "POST",
            &format!("{path}/search"),
            &[("page_size", "10")],
            json!({ "update_time_ge": NOW }),
        )
        .await;
    assert_eq!(
        (&list["total_count"], &list["return_orders"][0]["refund_amount"]["refund_total"]),
        (&json!(1), &json!("100.00"))
    );
    assert_eq!(list["return_orders"][0]["return_status"], "RETURN_OR_REFUND_REQUEST_COMPLETE");
    assert_eq!(
        client.tiktok_any("POST", &format!("{path}/search"), &[("page_size", "9")], json!({})).await["code"],
        36_009_022
    );
}

#[tokio::test]
async fn a_return_is_agreed_to_in_part() {
    let client = start().await;
    client.sell_at(NAME, json!({ "sku": "TEA-100", "lines": 1, "quantity": 1, "return_asked": true })).await;
    let list = client
        .tiktok_ok("POST", "/return_refund/202309/returns/search", &[("page_size", "10")], json!({}))
        .await;
    let id = list["return_orders"][0]["return_id"].as_str().unwrap().to_owned();
    let path = format!("/return_refund/202309/returns/{id}/approve");
    let offer = json!({
        "decision": "OFFER_PARTIAL_REFUND",
        "partial_refund": { "currency": "THB", "amount": "100.00" },
    });
    client.tiktok_ok("POST", &path, &[], offer.clone()).await;
    assert_eq!(client.tiktok_any("POST", &path, &[], offer).await["code"], 25_001_023, "decided once");
}

#[tokio::test]
async fn a_webhook_is_signed_over_key_and_body_and_has_an_id() {
    let client = start().await;
    let mut listener = Listener::answering(&[]).await;
    let body = json!({ "event_type": "ORDER_STATUS_CHANGE", "address": listener.url });
    client.tiktok_ok("PUT", "/event/202309/webhooks", &[], body).await;
    let order = client.sell_at(NAME, json!({})).await;
    let hook = listener.next().await;
    let keys = &client.keys.tiktok_shop;
    assert_eq!(
        hook.header("authorization"),
        hex(&keys.app_secret, &[keys.app_key.as_bytes(), &hook.body].concat())
    );
    let first = hook.json();
    assert_eq!((&first["type"], &first["data"]["order_id"]), (&json!(1), &order["id"]));
    client
        .post(
            client.vendor(NAME, "/_sandbox/status"),
            &json!({ "order": order["id"], "status": "CANCELLED" }),
        )
        .await;
    let second = listener.next().await.json();
    assert_eq!(second["data"]["order_status"], "CANCEL", "shorter than in the API");
    assert_ne!(first["tts_notification_id"], second["tts_notification_id"]);
    let listed = client.tiktok_ok("GET", "/event/202309/webhooks", &[], Value::Null).await;
    assert_eq!(listed["webhooks"][0]["event_type"], "ORDER_STATUS_CHANGE");
}

#[tokio::test]
async fn a_throttled_call_is_a_429_with_a_number() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "429", "retry_after": 2, "times": 1 })).await;
    let answer =
        client.tiktok("GET", "/logistics/202309/warehouses", &[], &Value::Null, NOW).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "2"));
    assert!(answer.text().await.unwrap().contains("36009002"));
}
