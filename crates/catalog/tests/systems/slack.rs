//! Slack: messages to a webhook whose address is the secret, and signed commands.

use crate::common::fake::Fake;
use crate::common::{Knock, Runner, connection, http};
use connector::{Connection, Error, Refusal, Retry};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use model::EffectRule;
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const TIME: &str = "1531420618";
const COMMAND: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

fn channel(url: &str) -> Connection {
    connection("slack", json!({}), &[("webhook_url", url), ("signing_secret", SECRET)])
}

fn runner(fake: &Fake) -> Runner {
    Runner::new("slack/post_message", Some(channel(&format!("{}/services/T0/B0/S3CRET", fake.url))))
}

#[tokio::test]
async fn a_message_goes_to_the_webhook_and_ok_is_a_success() {
    let fake = Fake::start().await;
    fake.answers_with(200, &[("content-type", "text/html")], "ok");
    let input = json!({"text": "Order SHOPIFY-1001: stock too low", "blocks": [{"type": "divider"}]});
    assert_eq!(runner(&fake).run(input.clone()).await.unwrap(), json!({"sent": true}));
    let asked = &fake.asked()[0];
    assert_eq!((asked.path.as_str(), asked.json()), ("/services/T0/B0/S3CRET", input));
    assert_eq!(runner(&fake).action.effect(&json!({})), EffectRule::Ask);
}

#[tokio::test]
async fn each_answer_says_what_is_to_be_done_and_none_shows_the_address() {
    let fake = Fake::start().await;
    let cases = [
        (400, "invalid_payload", "E0308", Retry::Never),
        (400, "user_not_found", "E0308", Retry::Never),
        (403, "action_prohibited", "E0302", Retry::Never),
        (404, "channel_not_found", "E0302", Retry::Never),
        (404, "no_service", "E0302", Retry::Never),
        (410, "channel_is_archived", "E0302", Retry::Never),
        (500, "rollup_error", "E0307", Retry::Backoff),
        (503, "", "E0307", Retry::Backoff),
        (200, "<html>", "E0309", Retry::Never),
    ];
    for (status, body, code, retry) in cases {
        fake.answers_with(status, &[], body);
        let error = runner(&fake).run(json!({"text": "hi"})).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{status} {body}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("S3CRET"), "{error:?}");
    }
    fake.answers_with(429, &[("retry-after", "30")], "rate_limited");
    let error = runner(&fake).run(json!({"text": "hi"})).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(model::Span::from_secs(30)));
    let broken = Runner::new("slack/post_message", Some(channel("hooks.slack.com/S3CRET")));
    let error = broken.run(json!({"text": "hi"})).await.unwrap_err();
    assert!(
        matches!(error, Error::Connection { .. }) && !format!("{error:?}").contains("S3CRET"),
        "{error:?}"
    );
}

#[tokio::test]
async fn trying_a_connection_writes_nothing_to_the_channel() {
    let all = catalog::all();
    let said = all
        .connector("slack")
        .unwrap()
        .test(&http(1_000), &channel("https://hooks.slack.com/services/S3CRET"))
        .await;
    assert!(
        said.as_ref().is_ok_and(|said| said.contains("hooks.slack.com") && !said.contains("S3CRET")),
        "{said:?}"
    );
}

/// A minute after what Slack's own tests sign.
const NOW: i64 = 1_531_420_678_000;

fn receive(knock: Knock, secret: &str) -> Result<connector::Delivery, Refusal> {
    received_at(NOW, knock, secret)
}

fn received_at(at: i64, knock: Knock, secret: &str) -> Result<connector::Delivery, Refusal> {
    let knock = knock.at_ms(at);
    let connection = connection("slack", json!({}), &[("signing_secret", secret)]);
    knock.at(&catalog::all(), "slack/command_received", json!({}), Some(&connection))
}

#[test]
fn the_command_of_slack_s_own_tests_comes_in_without_its_token() {
    let knock =
        Knock::post(COMMAND).header("x-slack-request-timestamp", TIME).header("x-slack-signature", SIGNATURE);
    let delivery = receive(knock, SECRET).unwrap();
    assert_eq!(delivery.id.as_deref(), Some("398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"));
    let body = delivery.body.into_value();
    assert_eq!(
        (&body["command"], &body["user_name"], &body["token"]),
        (&json!("/webhook-collect"), &json!("roadrunner"), &Value::Null)
    );
}

/// A form as Slack would have signed it.
fn signed_now(form: &str) -> Knock {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("v0:{TIME}:{form}").as_bytes());
    let signature = format!("v0={}", hex::encode(mac.finalize().into_bytes()));
    Knock::post(form.to_owned())
        .header("x-slack-request-timestamp", TIME)
        .header("x-slack-signature", &signature)
}

#[test]
fn a_button_comes_in_as_what_was_pressed_with_its_id_and_without_its_tokens() {
    let pressed = json!({"type": "block_actions", "token": "S3CRET", "bot_access_token": "xoxb-S3CRET",
        "trigger_id": "13345224609.738474920.8088930838d88f008e0", "actions": [{"action_id": "approve", "value": "SO-1"}]});
    let form = |payload: &str| {
        url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", payload).finish()
    };
    let delivery = receive(signed_now(&form(&pressed.to_string())), SECRET).unwrap();
    assert_eq!(delivery.id.as_deref(), Some("13345224609.738474920.8088930838d88f008e0"));
    let body = delivery.body.into_value();
    assert_eq!((&body["type"], &body["actions"][0]["value"]), (&json!("block_actions"), &json!("SO-1")));
    assert!(!body.to_string().contains("S3CRET"), "{body}");
    let deep = format!("{}{}", "[".repeat(2_000), "]".repeat(2_000));
    for payload in [deep.as_str(), "[1]", "no JSON", ""] {
        let refused = receive(signed_now(&form(payload)), SECRET);
        assert!(matches!(refused, Err(Refusal::Malformed(_))), "{refused:?}");
    }
}

#[test]
fn a_wrong_signature_time_or_secret_lets_nobody_in() {
    let signed = |body: &str, time: &str, signature: &str| {
        Knock::post(body.to_owned())
            .header("x-slack-request-timestamp", time)
            .header("x-slack-signature", signature)
    };
    let wrong = [
        signed(&COMMAND.replace("roadrunner", "coyote"), TIME, SIGNATURE),
        signed(COMMAND, "1531420619", SIGNATURE),
        signed(COMMAND, TIME, "v0=00"),
        Knock::post(COMMAND).header("x-slack-signature", SIGNATURE),
    ];
    for knock in wrong {
        assert_eq!(receive(knock, SECRET), Err(Refusal::Unauthorized));
    }
    assert!(matches!(receive(signed(COMMAND, TIME, SIGNATURE), ""), Err(Refusal::NotSetUp(_))));
}

#[test]
fn what_was_signed_more_than_five_minutes_ago_is_somebody_else_s_by_now() {
    let signed = || {
        Knock::post(COMMAND).header("x-slack-request-timestamp", TIME).header("x-slack-signature", SIGNATURE)
    };
    let signed_at = TIME.parse::<i64>().unwrap() * 1_000;
    for (later_ms, is_in) in [(-300_001, false), (-300_000, true), (300_000, true), (300_001, false)] {
        let said = received_at(signed_at + later_ms, signed(), SECRET);
        assert_eq!(said.is_ok(), is_in, "{later_ms} ms later: {said:?}");
    }
}
