//! Lazada's pushes: who sent one, and what it is about. It carries ids, so the trigger asks for the rest itself.

use crate::signature::{hmac_sha256_hex, must_be, secret_for};
use crate::{door, market};
use connector::{Connection, Refusal, Request};
use http::Method;
use serde_json::Value;

/// The digits that a push of this app carries in `Authorization`.
fn sign(app_key: &str, secret: &str, body: &[u8]) -> String {
    hmac_sha256_hex(secret, &[app_key.as_bytes(), body].concat())
}

/// Lets a push in whose signature is right, that is of this shop, and of one of these kinds.
pub fn nudged(request: &Request<'_>, connection: Option<&Connection>, kinds: &[i64]) -> Result<(), Refusal> {
    if request.method != Method::POST {
        return Err(Refusal::Method { allowed: "POST".into() });
    }
    let secret = secret_for(connection, "app_secret")?;
    let app_key = connection.and_then(|connection| connection.text("app_key")).unwrap_or_default();
    must_be(door::header(request.headers, "authorization"), &sign(app_key, secret, request.body))?;
    let push = door::read_json(request.body)?.into_value();
    // A seller has two numbers; which of them pushes carry is not promised.
    let fact = |name: &str| connection.and_then(|connection| connection.fact(name));
    let ours: Vec<&str> = ["seller_id", "user_id"].into_iter().filter_map(fact).collect();
    let theirs = market::text_at(&push, "/seller_id");
    if !ours.is_empty() && !theirs.is_empty() && !ours.contains(&theirs.as_str()) {
        return Err(Refusal::Ignored(format!("this trigger is not for the seller {theirs}")));
    }
    match push.get("message_type").and_then(Value::as_i64) {
        Some(kind) if kinds.contains(&kind) => Ok(()),
        kind => Err(Refusal::Ignored(format!("this trigger is not for pushes of the kind {kind:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pushes_are_signed_as_the_vendor_s_own_examples_are() {
        let of_order = r#"{"seller_id":"1234567","message_type":0,"data":{"order_status":"unpaid","trade_order_id":"260422900198363","trade_order_line_id":"260422900298363","status_update_time":1603698638},"timestamp":1603766859530,"site":"lazada_th"}"#;
        let vectors = [
            (
                r#"{"seller_id":"1234567", "message_type":0, "data":{...}..}"#,
                "f3d2ca947f16a50b577c036adecd18bec126ea19cadedd59816e255d3b6104ab",
            ),
            (of_order, "92ca63d81c29fe0cc8cd1eddb41fcf243196b4df82511646ecd399181a926cf3"),
        ];
        for (body, signature) in vectors {
            assert_eq!(sign("123456", "3412gyo124goi3124", body.as_bytes()), signature, "{body}");
        }
    }
}
