//! J&T Express.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use url::form_urlencoded::{Serializer, parse};

use crate::booth::Booth;

const KEY: &str = "0123456789abcdef0123456789abcdef";

struct Jt(Booth);

impl Jt {
    /// With the keys of the published samples.
    async fn open() -> Self {
        let jt = Self(Booth::open("jt").await);
        jt.0.set(json!({ "private_key": KEY, "customer_code": "J0086474299", "password": "H5CD3zE6" })).await;
        jt
    }

    async fn raw(&self, path: &str, content: &str, headers: &[(&str, &str)]) -> Value {
        let body = Serializer::new(String::new()).append_pair("bizContent", content).finish();
        let url = self.0.url(&format!("/webopenplatformapi/api{path}"));
        let mut request = self.0.client.http.post(url).body(body);
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.0.client.send(request).await.1
    }

    async fn signed(&self, path: &str, content: &str, digest: &str) -> Value {
        let account = self.0.key("api_account");
        let headers = [("apiAccount", account), ("digest", digest), ("timestamp", "1795143600000")];
        self.raw(path, content, &headers).await
    }

    async fn call(&self, path: &str, mut content: Value) -> Value {
        content["customerCode"] = json!("J0086474299");
        content["password"] = json!("6A272C3DD1F3CD2F92BF567C37040910");
        let content = content.to_string();
        self.signed(path, &content, &digest(&content)).await
    }

    async fn order(&self, change: Value) -> Value {
        let mut order = order();
        for (pointer, value) in change.as_object().unwrap() {
            *order.pointer_mut(pointer).unwrap() = value.clone();
        }
        self.call("/order/addOrder", order).await
    }
}

fn digest(content: &str) -> String {
    STANDARD.encode(Md5::digest(format!("{content}{KEY}")))
}

fn order() -> Value {
    json!({
        "actionType": "add", "txlogisticId": "SHOPIFY-1001-1", "orderType": 1, "serviceType": 1, "payType": "PP_PM",
        "expressType": "EZ", "deliveryType": 1, "createOrderTime": "2026-11-20 10:11:00",
        "sendStartTime": "2026-11-20 13:00:00", "sendEndTime": "2026-11-20 18:00:00",
        "sender": { "name": "ร้านชา", "mobile": "0810000002", "countryCode": "THA", "prov": "กรุงเทพมหานคร",
            "city": "บางรัก", "area": "สีลม", "postCode": "10500", "address": "1 ถนนสีลม" },
        "receiver": { "name": "สมชาย ใจดี", "mobile": "0810000001", "countryCode": "THA", "prov": "เชียงใหม่",
            "city": "สันทราย", "area": "สันทรายน้อย", "postCode": "50210", "address": "99 หมู่ 1" },
        "packageInfo": { "packageQuantity": "1", "weight": "1.00", "length": "20", "width": "15", "height": "10" },
        "goodsValue": "267.50", "codInfo": { "codValue": "267.50" },
        "items": [{ "itemName": "ชาเขียว", "number": "1", "itemValue": "267.50" }],
    })
}

#[tokio::test]
async fn the_computed_digests_open_the_door() {
    let jt = Jt::open().await;
    let content = r#"{"customerCode":"J0086474299","password":"6A272C3DD1F3CD2F92BF567C37040910","txlogisticId":"KHL-TEST-0001","lang":"th"}"#;
    let answer = jt.signed("/order/getOrders", content, "tnv+ZiWcuiPzGZYxETBQKg==").await;
    assert_eq!(answer, json!({ "code": "1", "msg": "success", "data": [] }));
    let thai = r#"{"name":"สมชาย","txlogisticId":"KHL-TEST-0002"}"#;
    let answer = jt.signed("/order/getOrders", thai, "kj8trtSuOdAND2w+JOE42g==").await;
    assert_eq!(answer["code"], "145003050", "signed well, but without a customer");
}

#[tokio::test]
async fn a_digest_of_the_hex_is_wrong_and_one_in_the_body_is_none() {
    let jt = Jt::open().await;
    let content = r#"{"customerCode":"J0086474299","password":"6A272C3DD1F3CD2F92BF567C37040910","txlogisticId":"KHL-TEST-0001","lang":"th"}"#;
    let of_hex = "YjY3YmZlNjYyNTljYmEyM2YzMTk5NjMxMTEzMDUwMmE=";
    assert_eq!(jt.signed("/order/getOrders", content, of_hex).await["code"], "145003030");
    let account = ("apiAccount", jt.0.key("api_account"));
    assert_eq!(jt.raw("/order/getOrders", content, &[account]).await["code"], "145003052");
    assert_eq!(jt.raw("/order/getOrders", content, &[]).await["code"], "145003051");
    let digest = ("digest", "tnv+ZiWcuiPzGZYxETBQKg==");
    assert_eq!(jt.raw("/order/getOrders", content, &[account, digest]).await["code"], "145003053");
    let other = [("apiAccount", "1"), digest, ("timestamp", "1")];
    assert_eq!(jt.raw("/order/getOrders", content, &other).await["code"], "145003010");
}

#[tokio::test]
async fn a_repeat_is_answered_as_it_is_set() {
    let jt = Jt::open().await;
    let first = jt.order(json!({})).await;
    assert_eq!(first["code"], "1", "{first}");
    assert_eq!(jt.order(json!({})).await["code"], "145003050");
    jt.0.set(json!({ "repeat": "same", "code_as_number": true })).await;
    let same = jt.order(json!({})).await;
    assert_eq!((&same["code"], &same["data"]), (&json!(1), &first["data"]));
    jt.0.set(json!({ "repeat": "new" })).await;
    assert_ne!(jt.order(json!({})).await["data"]["billCode"], first["data"]["billCode"]);
    assert_eq!(jt.0.received("order").await.len(), 2);
    let found = jt.call("/order/getOrders", json!({ "txlogisticId": "SHOPIFY-1001-1" })).await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_order_is_looked_at_closely() {
    let jt = Jt::open().await;
    for change in [
        json!({ "/receiver/postCode": "50200" }),
        json!({ "/receiver/mobile": "+66810000001" }),
        json!({ "/codInfo/codValue": "267.505" }),
        json!({ "/packageInfo/weight": "0" }),
        json!({ "/serviceType": 2 }),
        json!({ "/createOrderTime": "2026-11-20T10:11:00Z" }),
        json!({ "/items": [] }),
        json!({ "/txlogisticId": "x".repeat(51) }),
    ] {
        assert_eq!(jt.order(change.clone()).await["code"], "145003050", "{change}");
    }
    assert_eq!(jt.0.received("order").await.len(), 0);
}

#[tokio::test]
async fn a_label_comes_as_base64_or_as_an_address() {
    let jt = Jt::open().await;
    let bill_code = jt.order(json!({})).await["data"]["billCode"].clone();
    let asked = json!({ "billCode": bill_code, "type": 1 });
    let printed = jt.call("/order/printOrder", asked.clone()).await;
    let pdf = STANDARD.decode(printed["data"]["base64EncodeContent"].as_str().unwrap()).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    jt.0.set(json!({ "label": "url" })).await;
    let printed = jt.call("/order/printOrder", asked).await;
    let answer = jt.0.client.http.get(printed["data"]["urlContent"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap(), pdf);
}

#[tokio::test]
async fn scans_have_their_thai_names_and_are_pushed_with_a_digest() {
    let jt = Jt::open().await;
    let mut listener = jt.0.listener().await;
    let bill_code = jt.order(json!({})).await["data"]["billCode"].clone();
    jt.0.advance("SHOPIFY-1001-1", "returned").await;
    let trace = jt.call("/logistics/trace", json!({ "billCode": bill_code, "lang": "th" })).await;
    let names: Vec<_> =
        trace["data"]["details"].as_array().unwrap().iter().map(|scan| &scan["scanType"]).collect();
    assert_eq!(names[..2], ["เซ็นรับพัสดุตีกลับ", "สแกนพัสดุตีกลับ"]);
    assert_eq!(trace["data"]["details"][5]["scanTime"], "2026-11-20 10:10:01", "{trace}");
    let pushes = listener.all();
    assert_eq!(pushes.len(), 6);
    let (_, content) = parse(&pushes[0].body).next().unwrap();
    assert_eq!(pushes[0].header("digest"), digest(&content));
    let said: Value = serde_json::from_str(&content).unwrap();
    assert_eq!(said["billCode"], bill_code);
    assert_eq!(
        (&said["details"][0]["scanType"], &said["details"][0]["txlogisticid"]),
        (&json!("รับพัสดุ"), &json!("SHOPIFY-1001-1"))
    );
}

#[tokio::test]
async fn an_order_is_cancelled_with_a_reason_before_it_is_picked_up() {
    let jt = Jt::open().await;
    jt.order(json!({})).await;
    let cancel = json!({ "txlogisticId": "SHOPIFY-1001-1" });
    assert_eq!(jt.call("/order/cancelOrder", cancel).await["code"], "145003050");
    let cancel = json!({ "txlogisticId": "SHOPIFY-1001-1", "reason": "ลูกค้ายกเลิก" });
    assert_eq!(jt.call("/order/cancelOrder", cancel.clone()).await["code"], "1");
    assert_eq!(jt.0.received("cancel").await[0]["said"], "ลูกค้ายกเลิก");
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_an_order_behind() {
    let jt = Jt::open().await;
    jt.0.fault(json!({ "kind": "truncated", "times": 1 })).await;
    assert!(jt.order(json!({})).await.is_string(), "half an answer is no JSON");
    let found = jt.call("/order/getOrders", json!({ "txlogisticId": "SHOPIFY-1001-1" })).await;
    assert_eq!(found["data"][0]["billCode"], "600000000001");
    assert_eq!(jt.order(json!({})).await["code"], "145003050");
}
