//! LINE Messaging API: requests as LINE documents them, its repeats, its refusals, and the signature of its webhooks.

use crate::common::fake::Fake;
use crate::common::{Knock, Runner, STEP_KEY, connection, http, http_at, sign_in};
use connector::sign_in::{Grant, TokenRule};
use connector::{Connection, Error, Refusal, Retry};
use serde_json::{Value, json};

const USER: &str = "U4af4980629e2d3f1b0c7a5e8d9f60123";

fn shop(fake: &Fake) -> Connection {
    let secrets = [("client_secret", "channel_secret"), ("channel_access_token", "L0NG-TOKEN")];
    connection("line", json!({"api_url": fake.url, "client_id": "1234567890"}), &secrets)
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("line/{operation}"), Some(shop(fake)))
}

fn hello() -> Value {
    json!({"to": USER, "text": "ร้านได้รับคำสั่งซื้อ SHOPIFY-1001 แล้ว"})
}

#[tokio::test]
async fn a_message_is_pushed_under_a_key_that_is_the_same_for_every_attempt() {
    let fake = Fake::start().await;
    let sent = json!({"sentMessages": [{"id": "461230966842064897", "quoteToken": "q"}]});
    fake.answers(200, sent.clone()).answers(200, sent);
    let push = runner(&fake, "push_message");
    let output = push.run(hello()).await.unwrap();
    assert_eq!(output, json!({"sent_messages": [{"id": "461230966842064897", "quoteToken": "q"}]}));
    push.run(hello()).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/v2/bot/message/push");
    assert_eq!(asked[0].header("authorization"), "Bearer L0NG-TOKEN");
    assert_eq!(
        asked[0].json(),
        json!({"to": USER, "messages": [{"type": "text", "text": "ร้านได้รับคำสั่งซื้อ SHOPIFY-1001 แล้ว"}],
               "notificationDisabled": false})
    );
    let key = asked[0].header("x-line-retry-key");
    assert_eq!((key.len(), &key[14..15], key), (36, "5", asked[1].header("x-line-retry-key")), "{STEP_KEY}");
}

#[tokio::test]
async fn a_repeat_that_line_has_accepted_before_is_a_success() {
    let fake = Fake::start().await;
    let body = r#"{"message":"The retry key is already accepted","sentMessages":[{"id":"4612"}]}"#;
    fake.answers_with(409, &[("x-line-accepted-request-id", "e2f7")], body);
    let output = runner(&fake, "push_message").run(hello()).await.unwrap();
    assert_eq!(output["sent_messages"][0]["id"], "4612");
    fake.answers(409, json!({"message": "conflict"}));
    let other = runner(&fake, "push_message").run(hello()).await.unwrap_err();
    assert!(matches!(other, Error::Status { status: 409, .. }), "{other:?}");
}

#[tokio::test]
async fn many_users_get_the_same_message_and_a_reply_carries_no_key() {
    let fake = Fake::start().await;
    fake.answers(200, json!({})).answers(200, json!({"sentMessages": [{"id": "9"}]}));
    let output = runner(&fake, "multicast").run(json!({"to": [USER, "U2"], "text": "hi"})).await.unwrap();
    assert_eq!(output, json!({"users": 2}));
    runner(&fake, "reply").run(json!({"reply_token": "nHuy", "text": "ค่ะ"})).await.unwrap();
    let asked = fake.asked();
    assert_eq!(
        (asked[0].path.as_str(), asked[0].json()["to"].clone()),
        ("/v2/bot/message/multicast", json!([USER, "U2"]))
    );
    assert_eq!(asked[1].json(), json!({"replyToken": "nHuy", "messages": [{"type": "text", "text": "ค่ะ"}]}));
    assert_eq!((asked[0].header("x-line-retry-key").len(), asked[1].header("x-line-retry-key")), (36, ""));
}

#[tokio::test]
async fn a_notice_by_phone_number_tells_line_only_its_hash() {
    let fake = Fake::start().await;
    fake.answers(202, json!({}));
    let input = json!({"phone": "+818000001234", "text": "พัสดุกำลังนำส่ง"});
    assert_eq!(runner(&fake, "push_to_phone").run(input).await.unwrap(), json!({"accepted": true}));
    let asked = &fake.asked()[0];
    assert_eq!((asked.path.as_str(), asked.header("x-line-retry-key")), ("/bot/pnp/push", ""));
    assert_eq!(asked.json()["to"], "d41e0ad70dddfeb68f149ad6fc61574b9c5780ab7bcb2fba5517771ffbb2409c");
}

#[tokio::test]
async fn a_profile_and_what_is_left_of_the_quota_are_read() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"userId": USER, "displayName": "สมชาย"}))
        .answers(200, json!({"type": "limited", "value": 1000}))
        .answers(200, json!({"totalUsage": 312}))
        .answers(200, json!({"type": "none"}))
        .answers(200, json!({"totalUsage": 5}));
    assert_eq!(
        runner(&fake, "get_profile").run(json!({"user": USER})).await.unwrap()["displayName"],
        "สมชาย"
    );
    assert_eq!(fake.asked()[0].path, format!("/v2/bot/profile/{USER}"));
    let quota = runner(&fake, "quota").run(json!({})).await.unwrap();
    assert_eq!(quota, json!({"limit": 1000, "used": 312, "left": 688}));
    let endless = runner(&fake, "quota").run(json!({})).await.unwrap();
    assert_eq!(endless, json!({"limit": null, "used": 5, "left": null}));
}

#[tokio::test]
async fn each_refusal_says_whether_trying_again_can_help() {
    let fake = Fake::start().await;
    let cases = [
        (429, "Rate limit exceeded", "E0306", Retry::Backoff),
        (429, "You have reached your monthly limit.", "E0308", Retry::Never),
        (400, "Invalid reply token", "E0308", Retry::Never),
        (400, "The request body has 1 error(s)", "E0308", Retry::Never),
        (401, "Authentication failed", "E0302", Retry::Never),
        (403, "Access to this API is not available for your account", "E0308", Retry::Never),
        (404, "Not found", "E0308", Retry::Never),
        (500, "Internal error", "E0307", Retry::Backoff),
        (503, "Unavailable", "E0307", Retry::Backoff),
    ];
    for (status, message, code, retry) in cases {
        fake.answers(status, json!({"message": message}));
        let error = runner(&fake, "push_message").run(hello()).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{status} {message}: {error:?}");
        assert!(!format!("{error:?}").contains("L0NG-TOKEN"));
    }
    let details = json!([{"message": "May not be empty", "property": "messages[0].text"}]);
    fake.answers(400, json!({"message": "The request body has 1 error(s)", "details": details}));
    let error = runner(&fake, "push_message").run(hello()).await.unwrap_err();
    assert!(error.to_string().contains("messages[0].text May not be empty"), "{error}");
    fake.answers_with(200, &[("content-type", "text/html")], "<html>");
    let html = runner(&fake, "push_message").run(hello()).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
}

#[tokio::test]
async fn what_cannot_be_a_message_is_not_sent() {
    let fake = Fake::start().await;
    let six: Vec<Value> = vec![json!({"type": "text", "text": "a"}); 6];
    for input in [json!({"to": USER}), json!({"to": USER, "text": " "}), json!({"to": USER, "messages": six})]
    {
        let error = runner(&fake, "push_message").run(input).await.unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{error:?}");
    }
    let nobody = runner(&fake, "multicast").run(json!({"to": [], "text": "a"})).await.unwrap_err();
    assert!(matches!(nobody, Error::Input { .. }) && fake.asked().is_empty(), "{nobody:?}");
}

#[tokio::test]
async fn a_channel_without_a_long_lived_token_gets_short_ones_by_its_keys() {
    let fake = Fake::start().await;
    let fields = json!({"api_url": fake.url, "client_id": "1234567890"});
    let mut keys = connection("line", fields, &[("client_secret", "channel_secret")]);
    let line = catalog::all().connector("line").unwrap().clone();
    assert_eq!((line.token_rule(&keys), line.token_rule(&shop(&fake))), (TokenRule::Keys, TokenRule::None));
    fake.answers(200, json!({"token_type": "Bearer", "access_token": "SH0RT", "expires_in": 900}));
    let tokens = sign_in(&http_at(1_000), &mut keys, Grant::Keys).await.unwrap();
    assert_eq!(tokens.expires_at, Some(901_000));
    let asked = &fake.asked()[0];
    assert_eq!(
        (asked.path.as_str(), asked.pair("grant_type").as_deref()),
        ("/oauth2/v3/token", Some("client_credentials"))
    );
    assert_eq!(
        (asked.pair("client_id").as_deref(), asked.pair("client_secret").as_deref()),
        (Some("1234567890"), Some("channel_secret"))
    );
    fake.answers(200, json!({"displayName": "ร้านชา", "basicId": "@tea"}));
    assert_eq!(line.test(&http(10_000), &keys).await.unwrap(), "ร้านชา (@tea)");
    assert_eq!(fake.asked()[1].header("authorization"), "Bearer SH0RT");
    fake.answers(401, json!({"message": "expired"}));
    let ended = line.test(&http(10_000), &keys).await.unwrap_err();
    assert!(matches!(ended, Error::TokenEnded { .. }), "{ended:?}");
}

fn receive(knock: &Knock, with: Value, secret: &str) -> Result<connector::Delivery, Refusal> {
    let connection = connection("line", json!({}), &[("client_secret", secret)]);
    knock.at(&catalog::all(), "line/event_received", with, Some(&connection))
}

#[test]
fn the_signature_of_line_s_own_tests_is_known() {
    let signed = Knock::post("bodybodybodybody")
        .header("x-line-signature", "/gg9a+LvFevTH1sd7XCQycD7tsWclCsInj7MhBHxN7k=");
    // The body is no event; that it was read at all says that the signature passed.
    assert!(matches!(receive(&signed, json!({}), "channel_secret"), Err(Refusal::Malformed(_))));
    assert_eq!(receive(&signed, json!({}), "other"), Err(Refusal::Unauthorized));
    assert_eq!(
        receive(&Knock::post("bodybodybodybody"), json!({}), "channel_secret"),
        Err(Refusal::Unauthorized)
    );
    assert!(matches!(receive(&signed, json!({}), ""), Err(Refusal::NotSetUp(_))));
}

fn sign(body: &str) -> Knock {
    use base64::Engine as _;
    use hmac::Mac as _;
    let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"channel_secret").unwrap();
    let signature = mac.chain_update(body).finalize().into_bytes();
    let text = base64::engine::general_purpose::STANDARD.encode(signature);
    Knock::post(body.to_owned()).header("x-line-signature", &text)
}

#[test]
fn events_come_in_with_their_ids_and_the_console_s_check_is_answered() {
    let body = r#"{"destination":"U8","events":[{"type":"message","webhookEventId":"01HA","deliveryContext":{"isRedelivery":true},"message":{"id":"461230966842064897","text":"ok"}},{"type":"follow","webhookEventId":"01HB"}]}"#;
    let both = receive(&sign(body), json!({}), "channel_secret").unwrap();
    assert_eq!((both.id.as_deref(), &both.head["redelivery"]), (Some("01HA+01HB/2"), &json!(true)));
    let follow = receive(&sign(body), json!({"kind": "follow"}), "channel_secret").unwrap();
    assert_eq!(follow.body.into_value()["events"], json!([{"type": "follow", "webhookEventId": "01HB"}]));
    for (body, kind) in [(r#"{"destination":"U8","events":[]}"#, "any"), (body, "postback")] {
        let refusal = receive(&sign(body), json!({"kind": kind}), "channel_secret").unwrap_err();
        assert!(matches!(refusal, Refusal::Ignored(_)), "{refusal:?}");
    }
}
