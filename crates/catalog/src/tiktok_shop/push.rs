//! TikTok Shop's webhooks: who sent one, and what it is about. They carry ids, so the trigger asks for the rest itself.

use crate::signature::{hmac_sha256_hex, must_be, secret_for};
use crate::{door, market};
use connector::{Connection, Refusal, Request};
use http::Method;
use serde_json::Value;

/// The digits that a webhook of this app carries in `Authorization`.
fn sign(app_key: &str, secret: &str, body: &[u8]) -> String {
    hmac_sha256_hex(secret, &[app_key.as_bytes(), body].concat())
}

/// Lets a webhook in whose signature is right, that is of this shop, and of one of these types.
pub fn nudged(request: &Request<'_>, connection: Option<&Connection>, types: &[i64]) -> Result<(), Refusal> {
    if request.method != Method::POST {
        return Err(Refusal::Method { allowed: "POST".into() });
    }
    let secret = secret_for(connection, "app_secret")?;
    let app_key = connection.and_then(|connection| connection.text("app_key")).unwrap_or_default();
    must_be(door::header(request.headers, "authorization"), &sign(app_key, secret, request.body))?;
    let push = door::read_json(request.body)?.into_value();
    let ours = connection.and_then(|connection| connection.fact("shop_id"));
    let theirs = market::text_at(&push, "/shop_id");
    if ours.is_some_and(|ours| !theirs.is_empty() && ours != theirs) {
        return Err(Refusal::Ignored(format!("this trigger is not for the shop {theirs}")));
    }
    match push.get("type").and_then(Value::as_i64) {
        Some(kind) if types.contains(&kind) => Ok(()),
        kind => Err(Refusal::Ignored(format!("this trigger is not for webhooks of the type {kind:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_are_signed_as_the_vendor_s_own_examples_are() {
        let vectors = [
            (
                ("abcdef", "123"),
                r#"{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}"#,
                "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05",
            ),
            (
                ("fake_app_key", "fake_app_secret"),
                r#"{"type":1,"shop_id":"7494726673780148744","timestamp":1664095733,"data":{"order_id":"576684019603311365","order_status":"AWAITING_SHIPMENT","update_time":1664095610}}"#,
                "21109834de72ec53c9959716d8514ae388ce1f123e5ffdcafc46713fcdf62b27",
            ),
        ];
        for ((app_key, secret), body, signature) in vectors {
            assert_eq!(sign(app_key, secret, body.as_bytes()), signature, "{body}");
        }
    }
}
