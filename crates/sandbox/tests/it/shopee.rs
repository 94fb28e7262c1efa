//! The Shopee shop, as a client sees it.

use sandbox::ShopeeKeys;
use serde_json::{Value, json};

use crate::client::{Client, Listener, start};
use crate::seal::{NOW, hex};

const NAME: &str = "shopee";

impl Client {
    fn shopee_url(&self, path: &str, token: Option<&str>, query: &str, at: i64) -> String {
        let keys = &self.keys.shopee;
        let path = format!("/api/v2/{path}");
        let (shop, rest) = match token {
            None => (String::new(), String::new()),
            Some(token) => (
                format!("&access_token={token}&shop_id={}", keys.shop_id),
                format!("{token}{}", keys.shop_id),
            ),
        };
        let text = format!("{}{path}{at}{rest}", keys.partner_id);
        let sign = hex(&keys.partner_key, text.as_bytes());
        let common = format!("partner_id={}&timestamp={at}&sign={sign}{shop}", keys.partner_id);
        self.vendor(NAME, &format!("{path}?{common}&{query}"))
    }

    async fn shopee_get(&self, path: &str, query: &str) -> Value {
        let url = self.shopee_url(path, Some(&self.keys.shopee.access_token), query, NOW);
        self.send(self.http.get(url)).await.1
    }

    async fn shopee_post(&self, path: &str, body: Value) -> Value {
        let url = self.shopee_url(path, Some(&self.keys.shopee.access_token), "", NOW);
        self.send(self.http.post(url).body(body.to_string())).await.1
    }

    async fn shopee_ok(&self, path: &str, query: &str) -> Value {
        let answer = self.shopee_get(path, query).await;
        assert_eq!(answer["error"], "", "{answer}");
        answer["response"].clone()
    }

    async fn shopee_done(&self, path: &str, body: Value) -> Value {
        let answer = self.shopee_post(path, body).await;
        assert_eq!(answer["error"], "", "{answer}");
        answer["response"].clone()
    }

    async fn shopee_refresh(&self, refresh: &str) -> Value {
        let keys = &self.keys.shopee;
        let body =
            json!({ "refresh_token": refresh, "partner_id": keys.partner_id, "shop_id": keys.shop_id });
        let url = self.shopee_url("auth/access_token/get", None, "", NOW);
        self.send(self.http.post(url).body(body.to_string())).await.1
    }

    async fn shopee_detail(&self, sn: &str) -> Value {
        let query = format!(
            "order_sn_list={sn}&response_optional_fields=item_list,package_list,total_amount,cancel_reason"
        );
        self.shopee_ok("order/get_order_detail", &query).await["order_list"][0].clone()
    }
}

fn sn_of(order: &Value) -> String {
    order["order_sn"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_known_signature_of_a_shops_call_is_taken_and_another_is_not() {
    let at = 1_655_714_431;
    let client = Client::start(|options| {
        options.keys.shopee = ShopeeKeys {
            partner_id: 2_001_887,
            partner_key: "test_partner_key".into(),
            shop_id: 14_701_711,
            access_token: "59777174636562737266615546704c6d".into(),
            refresh_token: "again".into(),
        };
        options.clock = sandbox::Clock::fixed(chrono::DateTime::from_timestamp(at, 0).unwrap());
    })
    .await;
    let call = |sign: &str| {
        let query = format!(
            "partner_id=2001887&timestamp={at}&access_token=59777174636562737266615546704c6d&shop_id=14701711&sign={sign}"
        );
        client.http.get(client.vendor(NAME, &format!("/api/v2/shop/get_shop_info?{query}")))
    };
    let sign = "9fdae5aeed86e753249982ec04aa54339280f12d3f456b9e3f7d8ee91e66a2b3";
    let (status, answer) = client.send(call(sign)).await;
    assert_eq!((status, &answer["error"], &answer["region"]), (200, &json!(""), &json!("TH")));
    let (status, answer) = client.send(call(&sign.replace('9', "8"))).await;
    assert_eq!((status, &answer["error"]), (403, &json!("error_sign")));
}

#[tokio::test]
async fn a_call_is_good_for_five_minutes_and_for_its_own_shop() {
    let client = start().await;
    let token = client.keys.shopee.access_token.clone();
    let ask = async |at: i64, token: &str| {
        client.send(client.http.get(client.shopee_url("shop/get_shop_info", Some(token), "", at))).await.1["error"].clone()
    };
    assert_eq!(ask(NOW - 300, &token).await, "");
    assert_eq!(ask(NOW - 301, &token).await, "error_param");
    assert_eq!(ask(NOW, "wrong").await, "invalid_acceess_token");
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let client = start().await;
    let first = client.keys.shopee.refresh_token.clone();
    let pair = client.shopee_refresh(&first).await;
    assert_eq!((&pair["error"], &pair["expire_in"]), (&json!(""), &json!(14_400)));
    assert_eq!(client.shopee_refresh(&first).await["error"], "error_auth");
    let next = client.shopee_refresh(pair["refresh_token"].as_str().unwrap()).await;
    assert_ne!(next["refresh_token"], pair["refresh_token"]);
    assert_eq!(client.get(client.vendor(NAME, "/_sandbox/tokens")).await["refreshed"], 2);
}

#[tokio::test]
async fn an_expired_token_is_refused_with_the_vendors_own_spelling() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "token_expired", "times": 1 })).await;
    assert_eq!(client.shopee_get("shop/get_shop_info", "").await["error"], "invalid_acceess_token");
    let pair = client.shopee_refresh(&client.keys.shopee.refresh_token).await;
    let url = client.shopee_url("shop/get_shop_info", pair["access_token"].as_str(), "", NOW);
    assert_eq!(client.send(client.http.get(url)).await.1["error"], "");
}

#[tokio::test]
async fn orders_are_pulled_with_a_cursor_in_windows_of_fifteen_days() {
    let client = start().await;
    client.post(client.vendor(NAME, "/_sandbox/orders"), &json!({ "count": 5 })).await;
    let (mut cursor, mut numbers) = (String::new(), Vec::new());
    loop {
        let query = format!(
            "time_range_field=update_time&time_from={}&time_to={NOW}&page_size=2&cursor={cursor}&response_optional_fields=order_status",
            NOW - 900
        );
        let page = client.shopee_ok("order/get_order_list", &query).await;
        numbers.extend(page["order_list"].as_array().unwrap().iter().map(sn_of));
        assert_eq!(page["order_list"][0]["order_status"], "READY_TO_SHIP");
        if page["more"] == false {
            break;
        }
        cursor = page["next_cursor"].as_str().unwrap().to_owned();
    }
    assert!(numbers.len() == 5 && numbers.is_sorted() && numbers[0].starts_with("261120"), "{numbers:?}");
    let wide =
        format!("time_range_field=update_time&time_from={}&time_to={NOW}&page_size=2", NOW - 15 * 86_400 - 1);
    assert_eq!(client.shopee_get("order/get_order_list", &wide).await["error"], "error_param");
}

#[tokio::test]
async fn a_detail_has_only_the_fields_that_were_named() {
    let client = start().await;
    let sn = sn_of(&client.sell_at(NAME, json!({ "sku": "TEA-107", "lines": 1, "quantity": 1 })).await);
    let bare = client.shopee_ok("order/get_order_detail", &format!("order_sn_list={sn}")).await["order_list"]
        [0]
    .clone();
    assert!(bare.get("item_list").is_none() && bare["order_status"] == "READY_TO_SHIP");
    let full = client.shopee_detail(&sn).await;
    let item = &full["item_list"][0];
    assert_eq!(
        (&item["item_sku"], &item["model_sku"]),
        (&json!(""), &json!("TEA-107")),
        "an item with models"
    );
    assert_eq!(
        (full["total_amount"].to_string().as_str(), item["model_discounted_price"].to_string().as_str()),
        ("890.50", "890.50")
    );
    assert_eq!(
        client.shopee_get("order/get_order_detail", "order_sn_list=X").await["error"],
        "error_not_found"
    );
}

#[tokio::test]
async fn an_order_is_shipped_and_the_platform_gives_the_number() {
    let client = start().await;
    let sn = sn_of(&client.sell_at(NAME, json!({})).await);
    let needed = client.shopee_ok("logistics/get_shipping_parameter", &format!("order_sn={sn}")).await;
    assert_eq!(needed["info_needed"]["pickup"], json!(["address_id", "pickup_time_id"]));
    let slot = needed["pickup"]["address_list"][0]["time_slot_list"][0]["pickup_time_id"].clone();
    let body = json!({ "order_sn": sn, "pickup": { "address_id": 2826, "pickup_time_id": slot } });
    client.shopee_done("logistics/ship_order", body.clone()).await;
    let tracking = client.shopee_ok("logistics/get_tracking_number", &format!("order_sn={sn}")).await;
    assert!(tracking["tracking_number"].as_str().unwrap().starts_with("TH"));
    assert_eq!(client.shopee_detail(&sn).await["order_status"], "PROCESSED");
    assert_ne!(client.shopee_post("logistics/ship_order", body).await["error"], "", "it is shipped already");
    assert_eq!(client.received(NAME, "fulfilment").await.len(), 1);
}

#[tokio::test]
async fn a_seller_with_a_courier_of_his_own_gives_the_number() {
    let client = start().await;
    let sn = sn_of(&client.sell_at(NAME, json!({ "own_courier": true })).await);
    let needed = client.shopee_ok("logistics/get_shipping_parameter", &format!("order_sn={sn}")).await;
    assert!(needed["info_needed"].get("non_integrated").is_some());
    assert_eq!(
        client.shopee_post("logistics/ship_order", json!({ "order_sn": sn, "dropoff": {} })).await["error"],
        "logistics.error_param"
    );
    client
        .shopee_done(
            "logistics/ship_order",
            json!({ "order_sn": sn, "non_integrated": { "tracking_number": "AK22" } }),
        )
        .await;
    let tracking = client.shopee_ok("logistics/get_tracking_number", &format!("order_sn={sn}")).await;
    assert_eq!(tracking["tracking_number"], "AK22");
}

#[tokio::test]
async fn an_order_is_split_and_each_parcel_shipped_alone() {
    let client = start().await;
    let sn = sn_of(&client.sell_at(NAME, json!({ "lines": 2 })).await);
    let items = client.shopee_detail(&sn).await["item_list"].as_array().unwrap().clone();
    let parcel = |item: &Value| {
        json!({
            "item_list": [{ "item_id": item["item_id"], "model_id": item["model_id"], "order_item_id": item["order_item_id"], "promotion_group_id": 0 }],
        })
    };
    let half = json!({ "order_sn": sn, "package_list": [parcel(&items[0]), parcel(&items[0])] });
    assert_eq!(client.shopee_post("order/split_order", half).await["error"], "error_param");
    let whole = json!({ "order_sn": sn, "package_list": [parcel(&items[0]), parcel(&items[1])] });
    let packages = client.shopee_done("order/split_order", whole).await["package_list"].clone();
    let nameless = json!({ "order_sn": sn, "dropoff": {} });
    assert_eq!(
        client.shopee_post("logistics/ship_order", nameless).await["error"],
        "logistics.package_number_not_exist"
    );
    for (place, status) in [(0, "READY_TO_SHIP"), (1, "PROCESSED")] {
        let body =
            json!({ "order_sn": sn, "package_number": packages[place]["package_number"], "dropoff": {} });
        client.shopee_done("logistics/ship_order", body).await;
        assert_eq!(client.shopee_detail(&sn).await["order_status"], status);
    }
}

#[tokio::test]
async fn prices_are_whole_baht_and_stock_names_what_failed() {
    let client = start().await;
    let found = client.shopee_ok("product/search_item", "item_sku=TEA-100&page_size=10").await;
    let item = found["item_id_list"][0].clone();
    let body = json!({ "item_id": item, "price_list": [{ "model_id": 0, "original_price": 590.4 }] });
    let answer = client.shopee_done("product/update_price", body).await;
    assert_eq!(answer["success_list"][0]["original_price"].to_string(), "590.00");
    let body = json!({ "item_id": item, "stock_list": [
        { "model_id": 0, "seller_stock": [{ "stock": 12 }] }, { "model_id": 7, "seller_stock": [{ "stock": 12 }] },
    ] });
    let answer = client.shopee_done("product/update_stock", body).await;
    assert_eq!(
        (&answer["success_list"][0]["stock"], &answer["failure_list"][0]["model_id"]),
        (&json!(12), &json!(7))
    );
    let many =
        json!({ "item_id": item, "stock_list": vec![json!({ "seller_stock": [{ "stock": 1 }] }); 51] });
    assert_eq!(client.shopee_post("product/update_stock", many).await["error"], "error_param");
    let base = client.shopee_ok("product/get_item_base_info", &format!("item_id_list={item}")).await;
    assert_eq!(base["item_list"][0]["stock_info_v2"]["seller_stock"][0]["stock"], 12);
}

#[tokio::test]
async fn items_come_in_pages_and_one_has_models() {
    let client = start().await;
    let first = client.shopee_ok("product/get_item_list", "offset=0&page_size=8&item_status=NORMAL").await;
    assert_eq!(
        (&first["total_count"], &first["has_next_page"], &first["next_offset"]),
        (&json!(11), &json!(true), &json!(8))
    );
    let rest = client.shopee_ok("product/get_item_list", "offset=8&page_size=8&item_status=NORMAL").await;
    let ids: Vec<String> = [&first, &rest]
        .iter()
        .flat_map(|page| page["item"].as_array().unwrap())
        .map(|item| item["item_id"].to_string())
        .collect();
    let infos =
        client.shopee_ok("product/get_item_base_info", &format!("item_id_list={}", ids.join(","))).await;
    let teaware =
        infos["item_list"].as_array().unwrap().iter().find(|item| item["has_model"] == true).unwrap();
    let models = client.shopee_ok("product/get_model_list", &format!("item_id={}", teaware["item_id"])).await;
    let skus: Vec<_> = models["model"].as_array().unwrap().iter().map(|model| &model["model_sku"]).collect();
    assert_eq!(skus, ["TEA-107", "TEA-108"]);
}

#[tokio::test]
async fn a_part_and_then_the_whole_is_cancelled() {
    let client = start().await;
    let sn = sn_of(&client.sell_at(NAME, json!({ "lines": 1, "quantity": 3, "sku": "TEA-100" })).await);
    let item = client.shopee_detail(&sn).await["item_list"][0].clone();
    let part = json!({
        "order_sn": sn, "cancel_reason": "OUT_OF_STOCK",
        "partial_cancel_item_list": [{ "item_id": item["item_id"], "model_id": 0, "model_quantity": 1 }],
    });
    client.shopee_done("order/cancel_order", part).await;
    let detail = client.shopee_detail(&sn).await;
    assert_eq!(
        (&detail["order_status"], detail["total_amount"].to_string().as_str()),
        (&json!("READY_TO_SHIP"), "500.00")
    );
    let nothing_named = json!({ "order_sn": sn, "cancel_reason": "OUT_OF_STOCK" });
    assert_eq!(client.shopee_post("order/cancel_order", nothing_named).await["error"], "error_param");
    client
        .shopee_done("order/cancel_order", json!({ "order_sn": sn, "cancel_reason": "CUSTOMER_REQUEST" }))
        .await;
    let detail = client.shopee_detail(&sn).await;
    assert_eq!(
        (&detail["order_status"], &detail["cancel_reason"]),
        (&json!("CANCELLED"), &json!("CUSTOMER_REQUEST"))
    );
}

#[tokio::test]
async fn a_buyers_wish_to_cancel_is_answered() {
    let client = start().await;
    for (operation, status) in [("REJECT", "READY_TO_SHIP"), ("ACCEPT", "CANCELLED")] {
        let sn = sn_of(&client.sell_at(NAME, json!({ "cancel_asked": true })).await);
        client
            .shopee_done("order/handle_buyer_cancellation", json!({ "order_sn": sn, "operation": operation }))
            .await;
        assert_eq!(client.shopee_detail(&sn).await["order_status"], status);
    }
}

#[tokio::test]
async fn a_return_is_read_and_bargained_over() {
    let client = start().await;
    let order = client
        .sell_at(NAME, json!({ "sku": "TEA-100", "lines": 1, "quantity": 2, "return_asked": true }))
        .await;
    let query = format!("page_no=0&page_size=50&update_time_from={}&update_time_to={NOW}", NOW - 60);
    let list = client.shopee_ok("returns/get_return_list", &query).await;
    let back = &list["return"][0];
    assert_eq!(
        (&back["order_sn"], &back["status"], back["refund_amount"].to_string().as_str()),
        (&order["order_sn"], &json!("REQUESTED"), "250.00")
    );
    let offer = json!({
        "return_sn": back["return_sn"], "proposed_solution": "REFUND",
        "proposed_adjusted_refund_amount": 100.0,
    });
    client.shopee_done("returns/offer", offer).await;
    let sn = back["return_sn"].as_str().unwrap();
    let detail = client.shopee_ok("returns/get_return_detail", &format!("return_sn={sn}")).await;
    assert_eq!(
        (&detail["status"], detail["refund_amount"].to_string().as_str()),
        (&json!("ACCEPTED"), "100.00")
    );
    assert_eq!(
        client.shopee_post("returns/confirm", json!({ "return_sn": sn })).await["error"],
        "error_status"
    );
}

#[tokio::test]
async fn a_push_is_signed_over_the_url_and_the_body() {
    let client = start().await;
    let mut listener = Listener::of_vendor(&client, NAME, &[]).await;
    let order = client.sell_at(NAME, json!({})).await;
    let push = listener.next().await;
    let text = [listener.url.as_bytes(), b"|", &push.body].concat();
    assert_eq!(push.header("authorization"), hex(&client.keys.shopee.partner_key, &text));
    let body = push.json();
    assert_eq!((&body["code"], &body["data"]["ordersn"]), (&json!(3), &order["order_sn"]));
    assert_eq!(body["data"]["status"], "READY_TO_SHIP");
}

#[tokio::test]
async fn what_nobody_took_can_be_asked_for_until_it_is_confirmed() {
    let client = Client::start(|options| options.hurry = u32::MAX).await;
    let _listener = Listener::of_vendor(&client, NAME, &[500; 20]).await;
    let order = client.sell_at(NAME, json!({})).await;
    client.handle().settled().await;
    let ask = async || {
        let url = client.shopee_url("push/get_lost_push_message", None, "", NOW);
        client.send(client.http.get(url)).await.1["response"].clone()
    };
    let lost = ask().await;
    let data: Value = serde_json::from_str(lost["push_message_list"][0]["data"].as_str().unwrap()).unwrap();
    assert_eq!(data["data"]["ordersn"], order["order_sn"]);
    let url = client.shopee_url("push/confirm_consumed_lost_push_message", None, "", NOW);
    let body = json!({ "last_message_id": lost["last_message_id"] });
    client.send(client.http.post(url).body(body.to_string())).await;
    assert_eq!(ask().await["push_message_list"], json!([]));
}

#[tokio::test]
async fn a_throttled_call_is_told_by_a_word() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "429", "times": 1 })).await;
    assert_eq!(client.shopee_get("shop/get_shop_info", "").await["error"], "error_rate_limit");
}
