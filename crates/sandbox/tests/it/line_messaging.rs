//! LINE Messaging API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::booth::Booth;

const KEY: &str = "7b0c3a52-2f5c-4c1e-9a61-0f6f3f7f9a10";

struct Line(Booth);

struct Answer {
    status: u16,
    request_id: String,
    accepted: Option<String>,
    body: Value,
}

impl Line {
    async fn open() -> Self {
        Self(Booth::open("line").await)
    }

    fn friend(&self) -> String {
        self.0.settings["friends"].as_object().unwrap().keys().next().unwrap().clone()
    }

    async fn send(&self, path: &str, token: &str, retry_key: Option<&str>, body: &Value) -> Answer {
        let url = self.0.url(&format!("/v2/bot/message/{path}"));
        let mut request = self.0.client.http.post(url).bearer_auth(token).body(body.to_string());
        if let Some(key) = retry_key {
            request = request.header("x-line-retry-key", key);
        }
        let answer = request.send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (request_id, accepted) =
            (header("x-line-request-id").unwrap(), header("x-line-accepted-request-id"));
        let status = answer.status().as_u16();
        let body = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        Answer { status, request_id, accepted, body }
    }

    async fn call(&self, path: &str, retry_key: Option<&str>, body: Value) -> Answer {
        self.send(path, self.0.key("channel_access_token"), retry_key, &body).await
    }

    async fn push(&self, retry_key: Option<&str>, text: &str) -> Answer {
        let message = json!({ "to": self.friend(), "messages": [{ "type": "text", "text": text }] });
        self.call("push", retry_key, message).await
    }

    async fn used(&self) -> Value {
        let url = self.0.url("/v2/bot/message/quota/consumption");
        let request = self.0.client.http.get(url).bearer_auth(self.0.key("channel_access_token"));
        self.0.client.send(request).await.1["totalUsage"].clone()
    }
}

#[tokio::test]
async fn a_push_under_the_same_key_is_sent_once() {
    let line = Line::open().await;
    let first = line.push(Some(KEY), "ร้านได้รับคำสั่งซื้อ SHOPIFY-1001 แล้ว").await;
    assert_eq!(first.status, 200, "{}", first.body);
    let again = line.push(Some(KEY), "ร้านได้รับคำสั่งซื้อ SHOPIFY-1001 แล้ว").await;
    assert_eq!((again.status, again.accepted), (409, Some(first.request_id)));
    assert_eq!(again.body["sentMessages"], first.body["sentMessages"]);
    assert_eq!((line.0.received("push").await.len(), line.used().await), (1, json!(1)));
}

#[tokio::test]
async fn without_a_key_every_push_is_sent() {
    let line = Line::open().await;
    for _ in 0..2 {
        assert_eq!(line.push(None, "a").await.status, 200);
    }
    assert_eq!(line.used().await, 2);
    assert_eq!(line.push(Some("run77-step3"), "a").await.status, 400, "a key is a UUID");
}

#[tokio::test]
async fn a_wrong_token_and_a_wrong_body_are_refused_in_lines_words() {
    let line = Line::open().await;
    assert_eq!(line.send("push", "wrong", None, &json!({})).await.status, 401);
    let answer = line.push(None, "").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["message"], "The request body has 1 error(s)");
    assert_eq!(answer.body["details"][0]["property"], "messages[0].text");
    let to = json!({ "to": "somchai", "messages": [{ "type": "text", "text": "a" }] });
    assert_eq!(line.call("push", None, to).await.status, 400);
}

#[tokio::test]
async fn each_recipient_counts_until_the_month_is_full() {
    let line = Line::open().await;
    line.0.set(json!({ "quota": 3 })).await;
    let to = json!({ "to": [line.friend(), line.friend()], "messages": [{ "type": "text", "text": "a" }] });
    assert_eq!(line.call("multicast", None, to.clone()).await.status, 200);
    let full = line.call("multicast", Some(KEY), to).await;
    assert_eq!((full.status, &full.body["message"]), (429, &json!("You have reached your monthly limit.")));
    assert_eq!(line.used().await, 2);
    assert_eq!(line.push(Some(KEY), "b").await.status, 200, "what was refused did not use its key up");
}

#[tokio::test]
async fn a_webhook_is_signed_and_brings_a_token_for_one_reply() {
    let line = Line::open().await;
    let mut listener = line.0.listener().await;
    line.0.control("events", json!({ "events": [{ "text": "สวัสดี" }] })).await;
    let hook = listener.next().await;
    let mut mac = Hmac::<Sha256>::new_from_slice(line.0.key("channel_secret").as_bytes()).unwrap();
    mac.update(&hook.body);
    assert_eq!(hook.header("x-line-signature"), STANDARD.encode(mac.finalize().into_bytes()));
    let event = hook.json()["events"][0].clone();
    assert_eq!(event["message"]["text"], "สวัสดี");
    let reply =
        json!({ "replyToken": event["replyToken"], "messages": [{ "type": "text", "text": "ขอบคุณ" }] });
    assert_eq!(line.call("reply", Some(KEY), reply.clone()).await.status, 400, "a reply takes no key");
    assert_eq!(line.call("reply", None, reply.clone()).await.status, 200);
    let again = line.call("reply", None, reply).await;
    assert_eq!((again.status, &again.body["message"]), (400, &json!("Invalid reply token")));
    assert_eq!(line.used().await, 0, "a reply is free");
}

#[tokio::test]
async fn a_redelivery_has_the_same_event_id_and_the_consoles_check_no_event() {
    let line = Line::open().await;
    let mut listener = line.0.listener().await;
    line.0.control("events", json!({ "events": [{ "type": "follow" }], "redelivery": true })).await;
    let (first, again) = (listener.next().await.json(), listener.next().await.json());
    assert_eq!(first["events"][0]["webhookEventId"], again["events"][0]["webhookEventId"]);
    assert_eq!(again["events"][0]["deliveryContext"]["isRedelivery"], true);
    line.0.control("events", json!({})).await;
    assert_eq!(listener.next().await.json()["events"], json!([]));
}

#[tokio::test]
async fn a_profile_is_seen_of_friends_only() {
    let line = Line::open().await;
    let profile = async |user: &str| {
        let url = line.0.url(&format!("/v2/bot/profile/{user}"));
        line.0.client.send(line.0.client.http.get(url).bearer_auth(line.0.key("channel_access_token"))).await
    };
    let friend = line.friend();
    assert_eq!(profile(&friend).await.1["displayName"], line.0.settings["friends"][&friend]);
    assert_eq!(profile("U00000000000000000000000000000000").await.0, 404);
    line.0.set(json!({ "blocked": [friend] })).await;
    assert_eq!(profile(&friend).await.0, 404);
    assert_eq!(line.push(None, "a").await.status, 200, "200 is no proof of delivery");
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_again_by_its_key() {
    let line = Line::open().await;
    line.0.fault(json!({ "kind": "timeout_after_work", "close": true, "times": 1 })).await;
    let url = line.0.url("/v2/bot/message/push");
    let body = json!({ "to": line.friend(), "messages": [{ "type": "text", "text": "a" }] }).to_string();
    let request = line.0.client.http.post(url).bearer_auth(line.0.key("channel_access_token"));
    assert!(request.header("x-line-retry-key", KEY).body(body).send().await.is_err());
    assert_eq!(line.push(Some(KEY), "a").await.status, 409);
    line.0.fault(json!({ "kind": "429", "times": 1 })).await;
    assert_eq!(
        line.push(None, "a").await.body["message"],
        "The API rate limit has been exceeded. Try again later."
    );
}

#[tokio::test]
async fn a_token_of_fifteen_minutes_opens_the_door() {
    let line = Line::open().await;
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        line.0.key("channel_id"),
        line.0.key("channel_secret")
    );
    let token =
        line.0.client.send(line.0.client.http.post(line.0.url("/oauth2/v3/token")).body(body)).await.1;
    assert_eq!(token["expires_in"], 900);
    let message = json!({ "to": line.friend(), "messages": [{ "type": "text", "text": "a" }] });
    assert_eq!(line.send("push", token["access_token"].as_str().unwrap(), None, &message).await.status, 200);
}
