//! Shopee's pushes: who sent one, and what it is about. It carries ids, so the trigger asks for the rest itself.

use crate::signature::{hmac_sha256_hex, must_be, secret_for};
use crate::{door, market};
use connector::{Connection, Refusal, Request};
use http::Method;
use serde_json::Value;

/// The digits that a push to this address carries in `Authorization`.
fn sign(key: &str, url: &str, body: &[u8]) -> String {
    hmac_sha256_hex(key, &[url.as_bytes(), b"|", body].concat())
}

/// Lets a push in whose signature is right, that is of this shop, and of one of these codes.
pub fn nudged(request: &Request<'_>, connection: Option<&Connection>, codes: &[i64]) -> Result<(), Refusal> {
    if request.method != Method::POST {
        return Err(Refusal::Method { allowed: "POST".into() });
    }
    let key = secret_for(connection, "partner_key")?;
    // Behind a proxy the address that arrives here is not the one that was signed.
    let url = connection.and_then(|connection| connection.text("push_url"));
    let url = url.ok_or_else(|| Refusal::NotSetUp("the connection has no push address".into()))?;
    must_be(door::header(request.headers, "authorization"), &sign(key, url, request.body))?;
    let push = door::read_json(request.body)?.into_value();
    let ours = connection.and_then(|connection| connection.fact("shop_id"));
    let theirs = market::text_at(&push, "/shop_id");
    if ours.is_some_and(|ours| !theirs.is_empty() && ours != theirs) {
        return Err(Refusal::Ignored(format!("this trigger is not for the shop {theirs}")));
    }
    match push.get("code").and_then(Value::as_i64) {
        Some(code) if codes.contains(&code) => Ok(()),
        code => Err(Refusal::Ignored(format!("this trigger is not for pushes with the code {code:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_signed_with_the_address_it_is_sent_to() {
        let body = r#"{"data":{"items":[],"ordersn":"220810QSDU6QSB","status":"READY_TO_SHIP","completed_scenario":"","update_time":1660123127},"shop_id":727720655,"code":3,"timestamp":1660123127}"#;
        let signature = "902be03570348059fceb69b1cb66c19506621a808fb466cb17fec5a806af2aa7";
        assert_eq!(sign("test_partner_key", "https://hooks.example.com/shopee", body.as_bytes()), signature);
    }
}
