//! Thailand Post.

use serde_json::{Value, json};

use crate::booth::Booth;

const BARCODE: &str = "EY145587898TH";

struct Post(Booth);

impl Post {
    async fn open() -> Self {
        Self(Booth::open("thailand_post").await)
    }

    async fn parcel(&self, path: &str, body: Value) -> Value {
        let request = self.0.client.http.post(self.0.url(&format!("/webservice/{path}")));
        let request = request.basic_auth(self.0.key("username"), Some(self.0.key("password")));
        self.0.client.send(request.body(body.to_string())).await.1
    }

    async fn add(&self, change: Value) -> Value {
        let mut item = item();
        for (name, value) in change.as_object().unwrap() {
            item[name] = value.clone();
        }
        self.parcel("addItem", item).await["statusCode"].clone()
    }

    async fn token(&self, key: &str) -> (u16, Value) {
        let request = self.0.client.http.post(self.0.url("/post/api/v1/authenticate/token"));
        self.0.client.send(request.header("authorization", format!("Token {key}"))).await
    }

    async fn tracked(&self, path: &str, body: Value) -> (u16, Value) {
        let token = self.token(self.0.key("static_key")).await.1["token"].as_str().unwrap().to_owned();
        let request = self.0.client.http.post(self.0.url(&format!("/post/api/v1/{path}")));
        self.0
            .client
            .send(request.header("authorization", format!("Token {token}")).body(body.to_string()))
            .await
    }
}

fn item() -> Value {
    serde_json::from_str(
        r#"{"orderId":"SHOPIFY-1001","invNo":"SHOPIFY-1001","barcode":"EY145587898TH","shipperName":"ร้านชา","shipperAddress":"1 ถนนสีลม",
        "shipperZipcode":"10500","shipperMobile":"0810000002","cusName":"สมชาย ใจดี","cusAdd":"99 หมู่ 1 ต.สันทรายน้อย","cusAmp":"สันทราย",
        "cusProv":"เชียงใหม่","cusZipcode":"50210","cusTel":"0810000001","productPrice":267.5,"productInbox":"ชาเขียว 1","productWeight":1000,
        "orderType":"D","manifestNo":"20261120-1","merchantId":"1","storeLocationNo":"1"}"#,
    )
    .unwrap()
}

fn track() -> Value {
    json!({ "status": "all", "language": "TH", "barcode": [BARCODE] })
}

#[tokio::test]
async fn a_barcode_is_good_once() {
    let post = Post::open().await;
    assert_eq!(post.add(json!({})).await, "000");
    assert_eq!(post.add(json!({ "orderId": "SHOPIFY-1002" })).await, "018");
    assert_eq!(post.parcel("cancelOrder", json!({ "barcode": BARCODE })).await["statusCode"], "000");
    assert_eq!(post.add(json!({})).await, "018", "also after it was cancelled");
}

#[tokio::test]
async fn each_mistake_has_its_code() {
    let post = Post::open().await;
    for (change, code) in [
        (json!({ "barcode": "EY145587896TH" }), "002"),
        (json!({ "cusZipcode": "10500" }), "002"),
        (json!({ "cusTel": "+66810000001" }), "002"),
        (json!({ "productWeight": 20_001 }), "016"),
        (json!({ "cusName": "" }), "002"),
    ] {
        assert_eq!(post.add(change.clone()).await, code, "{change}");
    }
    let request =
        post.0.client.http.post(post.0.url("/webservice/addItem")).basic_auth("khlongtea", Some("wrong"));
    assert_eq!(post.0.client.send(request.body("{}")).await.1["statusCode"], "001");
    post.0.set(json!({ "checks_digit": false })).await;
    assert_eq!(post.add(json!({ "barcode": "EY145587896TH" })).await, "000");
}

#[tokio::test]
async fn tracking_tells_its_times_in_buddhist_years() {
    let post = Post::open().await;
    post.add(json!({})).await;
    post.0.advance("SHOPIFY-1001", "delivered").await;
    let (_, answer) = post.tracked("track", track()).await;
    let items = &answer["response"]["items"][BARCODE];
    let statuses: Vec<_> = items.as_array().unwrap().iter().map(|item| &item["status"]).collect();
    assert_eq!(statuses, ["101", "103", "201", "301", "501"]);
    assert_eq!(items[0]["status_date"], "20/11/2569 10:10:00+07:00");
    assert_eq!(items[4]["receiver_name"], "สมชาย ใจดี");
    assert_eq!(answer["response"]["track_count"]["track_date"], "20/11/2569");
}

#[tokio::test]
async fn a_day_has_room_for_so_many_barcodes() {
    let post = Post::open().await;
    post.0.set(json!({ "track_count_limit": 1 })).await;
    assert_eq!(post.tracked("track", track()).await.1["status"], true);
    let (_, full) = post.tracked("track", track()).await;
    assert_eq!(
        (&full["status"], &full["response"]["track_count"]["count_number"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(post.token("wrong").await.0, 401);
    post.0.fault(json!({ "kind": "token_expired", "times": 1, "match": { "path": "track" } })).await;
    assert_eq!(post.tracked("track", track()).await.0, 401);
}

#[tokio::test]
async fn only_hooked_barcodes_are_pushed_with_the_receivers_key() {
    let post = Post::open().await;
    let mut listener = post.0.listener().await;
    post.add(json!({})).await;
    post.0.advance(BARCODE, "picked_up").await;
    assert_eq!(listener.all().len(), 0);
    let hook =
        json!({ "status": "all", "language": "TH", "barcode": [BARCODE], "req_previous_status": true });
    assert_eq!(post.tracked("hook", hook).await.1["response"]["items"][0]["status"], true);
    assert_eq!(listener.all().len(), 2, "what was before");
    post.0.advance(BARCODE, "in_transit").await;
    let push = listener.next().await;
    assert_eq!(push.header("authorization"), format!("Bearer {}", post.0.key("webhook_bearer")));
    assert_eq!(push.json()["items"][0]["status"], "201");
    assert_eq!(push.json()["track_datetime"], "20/11/2569 10:10+07:00");
}

#[tokio::test]
async fn labels_and_deposit_lists_are_pdfs() {
    let post = Post::open().await;
    post.add(json!({})).await;
    for path in ["LabelPDF?barcode=EY145587898TH", "DepositPDF?manifestNo=20261120-1"] {
        let request = post.0.client.http.get(post.0.url(&format!("/webservice/{path}")));
        let answer =
            request.basic_auth(post.0.key("username"), Some(post.0.key("password"))).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        assert!(answer.text().await.unwrap().contains("EY145587898TH"));
    }
}
