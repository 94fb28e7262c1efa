//! The Lazada seller, as a client sees him.

use std::collections::BTreeMap;

use sandbox::LazadaKeys;
use serde_json::{Value, json};

use crate::client::{Client, Listener, start};
use crate::seal::{NOW, hex};

const NAME: &str = "lazada";

/// The call of the vendor's own example: key, secret, token, second and signature.
const EXAMPLE_SECOND: i64 = 1_517_820_392;
const EXAMPLE_SIGN: &str = "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A";

fn example_keys() -> LazadaKeys {
    LazadaKeys {
        app_key: "123456".into(),
        app_secret: "helloworld".into(),
        access_token: "test".into(),
        refresh_token: "again".into(),
        seller_id: "100191234567".into(),
    }
}

impl Client {
    /// Every parameter of a call, signed.
    fn lazada_form(
        &self,
        path: &str,
        token: &str,
        own: &[(&str, &str)],
        at: i64,
    ) -> BTreeMap<String, String> {
        let keys = &self.keys.lazada;
        let at = (at * 1_000).to_string();
        let mut form: BTreeMap<String, String> =
            own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        for (name, value) in [
            ("app_key", keys.app_key.as_str()),
            ("timestamp", &at),
            ("sign_method", "sha256"),
            ("access_token", token),
        ] {
            if !value.is_empty() {
                form.insert(name.to_owned(), value.to_owned());
            }
        }
        let text: String = form.iter().map(|(name, value)| format!("{name}{value}")).collect();
        let sign = hex(&keys.app_secret, format!("{path}{text}").as_bytes()).to_uppercase();
        form.insert("sign".to_owned(), sign);
        form
    }

    async fn lazada_with(&self, path: &str, token: &str, own: &[(&str, &str)]) -> Value {
        let form = self.lazada_form(path, token, own, NOW);
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
        let request = self.http.post(self.vendor(NAME, &format!("/rest{path}")));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let (status, answer) = self.send(request).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    async fn lazada(&self, path: &str, own: &[(&str, &str)]) -> Value {
        self.lazada_with(path, &self.keys.lazada.access_token, own).await
    }

    async fn lazada_ok(&self, path: &str, own: &[(&str, &str)]) -> Value {
        let answer = self.lazada(path, own).await;
        assert_eq!(answer["code"], "0", "{answer}");
        answer
    }

    async fn lazada_units(&self, order: &Value) -> Vec<Value> {
        let id = order["order_id"].to_string();
        self.lazada_ok("/order/items/get", &[("order_id", &id)]).await["data"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn the_vendors_own_example_of_a_signature_is_taken_and_another_is_not() {
    let client = Client::start(|options| {
        options.keys.lazada = example_keys();
        options.clock = sandbox::Clock::fixed(chrono::DateTime::from_timestamp(EXAMPLE_SECOND, 0).unwrap());
    })
    .await;
    let call = |sign: &str| {
        let query = format!(
            "app_key=123456&access_token=test&order_id=1234&sign_method=sha256&timestamp=1517820392000&sign={sign}"
        );
        client.http.get(client.vendor(NAME, &format!("/rest/order/get?{query}")))
    };
    let (_, answer) = client.send(call(EXAMPLE_SIGN)).await;
    assert_eq!(
        (&answer["code"], &answer["type"]),
        (&json!("16"), &json!("ISP")),
        "signed, but there is no such order"
    );
    let (_, answer) = client.send(call(&EXAMPLE_SIGN.replace('4', "5"))).await;
    assert_eq!((&answer["code"], &answer["type"]), (&json!("IncompleteSignature"), &json!("ISV")));
}

#[tokio::test]
async fn a_call_is_good_for_two_hours() {
    let client = start().await;
    for (at, code) in
        [(NOW - 7_200, "0"), (NOW - 7_201, "IllegalTimestamp"), (NOW + 7_201, "IllegalTimestamp")]
    {
        let form = client.lazada_form("/seller/get", &client.keys.lazada.access_token, &[], at);
        let (_, answer) =
            client.send(client.http.get(client.vendor(NAME, "/rest/seller/get")).query(&form)).await;
        assert_eq!(answer["code"], code, "{answer}");
    }
    let missing = client.send(client.http.get(client.vendor(NAME, "/rest/seller/get"))).await.1;
    assert_eq!(missing["code"], "MissingParameter");
}

#[tokio::test]
async fn an_expired_token_is_refreshed_and_the_end_of_the_consent_stands() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "token_expired", "times": 1 })).await;
    assert_eq!(client.lazada("/seller/get", &[]).await["code"], "IllegalAccessToken");
    let refresh = client.keys.lazada.refresh_token.clone();
    let pair = client.lazada_with("/auth/token/refresh", "", &[("refresh_token", &refresh)]).await;
    assert_eq!(
        (&pair["code"], &pair["expires_in"], &pair["refresh_expires_in"]),
        (&json!("0"), &json!(2_592_000), &json!(15_552_000))
    );
    let token = pair["access_token"].as_str().unwrap();
    assert_eq!(client.lazada_with("/seller/get", token, &[]).await["code"], "0");
    assert_eq!(client.lazada_with("/seller/get", "500001wrong", &[]).await["code"], "IllegalAccessToken");
    let wrong = client.lazada_with("/auth/token/refresh", "", &[("refresh_token", "x")]).await;
    assert_eq!(wrong["code"], "IllegalRefreshToken");
    assert_eq!(client.get(client.vendor(NAME, "/_sandbox/tokens")).await["refreshed"], 1);
}

#[tokio::test]
async fn a_seller_consents_and_his_code_is_good_once() {
    let client = start().await;
    let code = client.post(client.vendor(NAME, "/_sandbox/tokens"), &json!({ "do": "consent" })).await.1;
    let code = code["code"].as_str().unwrap().to_owned();
    let pair = client.lazada_with("/auth/token/create", "", &[("code", &code)]).await;
    assert_eq!(pair["country_user_info"][0]["country"], "th");
    assert_eq!(client.lazada_with("/auth/token/create", "", &[("code", &code)]).await["code"], "InvalidCode");
}

#[tokio::test]
async fn orders_are_pulled_by_time_with_an_offset() {
    let client = start().await;
    client.post(client.vendor(NAME, "/_sandbox/orders"), &json!({ "count": 5 })).await;
    let pull = async |offset: &str, after: &str| {
        let own = [
            ("update_after", after),
            ("sort_by", "updated_at"),
            ("sort_direction", "ASC"),
            ("limit", "2"),
            ("offset", offset),
        ];
        client.lazada("/orders/get", &own).await
    };
    let mut ids = Vec::new();
    for offset in ["0", "2", "4"] {
        let data = pull(offset, "2026-11-20T10:10:00+07:00").await["data"].clone();
        assert_eq!(data["countTotal"], 5);
        ids.extend(
            data["orders"].as_array().unwrap().iter().map(|order| order["order_id"].as_u64().unwrap()),
        );
    }
    assert!(ids.len() == 5 && ids.is_sorted() && ids[0] > 1 << 53, "{ids:?}");
    assert_eq!(pull("0", "2026-11-20T10:10:01+07:00").await["data"]["count"], 0);
    assert_eq!(pull("5001", "2026-11-20T10:10:00+07:00").await["code"], "14");
    assert_eq!(client.lazada("/orders/get", &[]).await["code"], "18", "without a time nothing is pulled");
}

#[tokio::test]
async fn there_is_one_row_per_unit_and_the_buyer_is_masked() {
    let client = start().await;
    let wish = json!({
        "sku": "TEA-104", "lines": 1, "quantity": 3, "discount_percent": 10,
        "tax_id": "0105561000000",
    });
    let order = client.sell_at(NAME, wish).await;
    let units = client.lazada_units(&order).await;
    assert_eq!(
        (units.len(), &units[0]["sku"], &units[0]["status"]),
        (3, &json!("TEA-104"), &json!("pending"))
    );
    let paid: Vec<String> = units.iter().map(|unit| unit["paid_price"].to_string()).collect();
    assert_eq!(paid, ["89.78", "89.77", "89.77"], "299.25 less 29.93");
    assert_eq!((&order["price"], order["voucher"].to_string().as_str()), (&json!("299.25"), "29.93"));
    assert_eq!(order["tax_code"], "0105561000000");
    assert!(order["address_shipping"]["phone"].as_str().unwrap().starts_with("******"));
    assert_eq!(order["created_at"], "2026-11-20 10:10:00 +0700");
}

#[tokio::test]
async fn a_part_of_an_order_is_packed_and_made_ready() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({ "lines": 1, "quantity": 3 })).await;
    let units: Vec<u64> = client
        .lazada_units(&order)
        .await
        .iter()
        .map(|unit| unit["order_item_id"].as_u64().unwrap())
        .collect();
    let request = |units: &[u64]| {
        json!({
            "pack_order_list": [{ "order_id": order["order_id"], "order_item_list": units }],
            "delivery_type": "dropship", "shipping_allocate_type": "TFS",
        })
        .to_string()
    };
    let answer = client.lazada_ok("/order/fulfill/pack", &[("packReq", &request(&units[..2]))]).await;
    let rows = answer["result"]["data"]["pack_order_list"][0]["order_item_list"].clone();
    assert_eq!((&rows[0]["item_err_code"], &rows[0]["package_id"]), (&json!("0"), &rows[1]["package_id"]));
    assert!(!rows[0]["tracking_number"].as_str().unwrap().is_empty(), "the platform gives the number");
    let again = client.lazada_ok("/order/fulfill/pack", &[("packReq", &request(&units[1..]))]).await;
    let again = again["result"]["data"]["pack_order_list"][0]["order_item_list"].clone();
    assert_eq!(again[0]["item_err_code"], "700026", "one of them is packed already, so none is packed");
    let ready =
        json!({ "packages": [{ "package_id": rows[0]["package_id"] }, { "package_id": "FP0" }] }).to_string();
    let answer = client.lazada_ok("/order/package/rts", &[("readyToShipReq", &ready)]).await;
    let codes: Vec<_> = answer["result"]["data"]["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["item_err_code"])
        .collect();
    assert_eq!(codes, ["0", "600001"]);
    let statuses: Vec<_> =
        client.lazada_units(&order).await.iter().map(|unit| unit["status"].clone()).collect();
    assert_eq!(statuses, ["ready_to_ship", "ready_to_ship", "pending"]);
    assert_eq!(client.received(NAME, "fulfilment").await.len(), 1);
}

#[tokio::test]
async fn price_and_stock_are_pushed_as_xml_and_open_orders_withhold_theirs() {
    let client = start().await;
    client.sell_at(NAME, json!({ "sku": "TEA-100", "lines": 1, "quantity": 2 })).await;
    let payload = |quantity: i64| {
        format!(
            "<Request><Product><Skus><Sku><SellerSku>TEA-100</SellerSku><Price>260.00</Price><Quantity>{quantity}</Quantity></Sku></Skus></Product></Request>"
        )
    };
    client.lazada_ok("/product/price_quantity/update", &[("payload", &payload(12))]).await;
    let found = client.lazada_ok("/products/get", &[("sku_seller_list", "[\"TEA-100\"]")]).await;
    let sku = found["data"]["products"][0]["skus"][0].clone();
    assert_eq!(
        (&sku["quantity"], &sku["Available"], sku["price"].to_string().as_str()),
        (&json!(12), &json!(10), "260.00")
    );
    let refused = client.lazada("/product/price_quantity/update", &[("payload", &payload(1))]).await;
    assert_eq!((&refused["code"], &refused["detail"][0]["seller_sku"]), (&json!("501"), &json!("TEA-100")));
    let sellable = json!({
        "Request": { "Product": { "Skus": { "Sku": [{ "SellerSku": "TEA-100", "SellableQuantity": 7 }] } } },
    });
    client.lazada_ok("/product/stock/sellable/update", &[("payload", &sellable.to_string())]).await;
    let found = client.lazada_ok("/products/get", &[("sku_seller_list", "[\"TEA-100\"]")]).await;
    assert_eq!(found["data"]["products"][0]["skus"][0]["Available"], 7);
    assert_eq!(client.received(NAME, "stock").await.len(), 2);
}

#[tokio::test]
async fn at_most_fifty_skus_go_into_one_push() {
    let client = start().await;
    let sku = json!({ "SellerSku": "TEA-100", "SellableQuantity": 7 });
    let payload = json!({ "Request": { "Product": { "Skus": { "Sku": vec![sku; 51] } } } }).to_string();
    assert_eq!(
        client.lazada("/product/stock/sellable/update", &[("payload", &payload)]).await["code"],
        "204"
    );
}

#[tokio::test]
async fn cancelling_for_want_of_stock_empties_the_shelf() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({ "sku": "TEA-104", "lines": 1, "quantity": 1 })).await;
    let (id, units) = (order["order_id"].to_string(), client.lazada_units(&order).await);
    let list = format!("[{}]", units[0]["order_item_id"]);
    let own = [("order_id", id.as_str()), ("order_item_id_list", list.as_str())];
    let check = client.lazada_ok("/order/reverse/cancel/validate", &own).await;
    let reason = check["data"]["reason_options"][0]["reason_id"].as_str().unwrap().to_owned();
    let own = [own[0], own[1], ("reason_id", reason.as_str())];
    client.lazada_ok("/order/reverse/cancel/create", &own).await;
    assert_eq!(client.lazada_units(&order).await[0]["status"], "canceled");
    let found = client.lazada_ok("/products/get", &[("sku_seller_list", "[\"TEA-104\"]")]).await;
    assert_eq!(found["data"]["products"][0]["skus"][0]["Available"], 0);
    assert_eq!(client.lazada("/order/reverse/cancel/create", &own).await["code"], "123");
}

#[tokio::test]
async fn returns_are_read_in_satang_and_decided() {
    let client = start().await;
    let order = client
        .sell_at(NAME, json!({ "sku": "TEA-100", "lines": 1, "quantity": 2, "return_asked": true }))
        .await;
    let own =
        [("page_no", "1"), ("page_size", "20"), ("ReverseOrderLineModifiedTimeRangeStart", "1795144200000")];
    let result = client.lazada_ok("/reverse/getreverseordersforseller", &own).await["result"].clone();
    let (back, line) = (&result["items"][0], &result["items"][0]["reverse_order_lines"][0]);
    assert_eq!((&back["trade_order_id"], &line["refund_amount"]), (&order["order_id"], &json!(25_000)));
    let (id, lines) = (back["reverse_order_id"].to_string(), format!("[{}]", line["reverse_order_line_id"]));
    let own = [
        ("action", "agreeRefund"),
        ("reverse_order_id", id.as_str()),
        ("reverse_order_item_ids", lines.as_str()),
    ];
    client.lazada_ok("/order/reverse/return/update", &own).await;
    assert_eq!(client.lazada("/order/reverse/return/update", &own).await["code"], "114", "decided once");
    let detail = client.lazada_ok("/order/reverse/return/detail/list", &[("reverse_order_id", &id)]).await;
    assert_eq!(detail["data"]["reverseOrderLineDTOList"][0]["reverse_status"], "REFUND_ISSUED");
}

#[tokio::test]
async fn an_invoice_number_needs_a_packed_unit() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({ "lines": 1, "quantity": 1 })).await;
    let unit = client.lazada_units(&order).await[0]["order_item_id"].to_string();
    let own = [("order_item_id", unit.as_str()), ("invoice_number", "INV6901-0001")];
    assert_eq!(client.lazada("/order/invoice_number/set", &own).await["code"], "34");
    let request = json!({
        "pack_order_list": [{ "order_id": order["order_id"], "order_item_list": [unit.parse::<u64>().unwrap()] }],
        "delivery_type": "dropship", "shipping_allocate_type": "TFS",
    });
    client.lazada_ok("/order/fulfill/pack", &[("packReq", &request.to_string())]).await;
    client.lazada_ok("/order/invoice_number/set", &own).await;
    assert_eq!(client.lazada_units(&order).await[0]["invoice_number"], "INV6901-0001");
}

#[tokio::test]
async fn a_push_tells_of_every_unit_and_is_signed_over_key_and_body() {
    let client = start().await;
    let mut listener = Listener::of_vendor(&client, NAME, &[]).await;
    let order = client.sell_at(NAME, json!({ "lines": 1, "quantity": 2 })).await;
    let pushes = listener.all();
    assert_eq!(pushes.len(), 2);
    let keys = &client.keys.lazada;
    for push in &pushes {
        let text = [keys.app_key.as_bytes(), &push.body].concat();
        assert_eq!(push.header("authorization"), hex(&keys.app_secret, &text));
        let body = push.json();
        assert_eq!((&body["message_type"], &body["data"]["order_status"]), (&json!(0), &json!("pending")));
        assert_eq!(body["data"]["trade_order_id"], order["order_id"].to_string());
    }
}

#[tokio::test]
async fn a_push_that_nobody_takes_comes_twelve_times_more() {
    let client = Client::start(|options| options.hurry = u32::MAX).await;
    let mut listener = Listener::of_vendor(&client, NAME, &[500; 20]).await;
    client.sell_at(NAME, json!({ "lines": 1, "quantity": 1 })).await;
    client.handle().settled().await;
    assert_eq!(listener.all().len(), 13);
    let given_up = client.vendor(NAME, "/_sandbox/deliveries?state=given_up&count_only=1");
    assert_eq!(client.get(given_up).await, json!({ "count": 1 }));
}

#[tokio::test]
async fn a_throttled_call_is_an_error_inside_a_200() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "429", "times": 1 })).await;
    assert_eq!(client.lazada("/seller/get", &[]).await["code"], "ApiCallLimit");
    assert_eq!(client.lazada("/seller/get", &[]).await["code"], "0");
}
