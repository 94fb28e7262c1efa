//! The door: the time and its signature, the client's token, the user's token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

use super::answer::{Node, Refused};
use super::{Peak, SignatureAs, Values};
use crate::chance::Chance;
use crate::seal;
use crate::stand::lock;

/// A day.
const TOKEN_HOURS: i64 = 24;
const TOKENS_MAX: usize = 1_000;
/// Records of one call.
const ITEMS_MAX: usize = 50;

/// HMAC-SHA1 of the time's text, with the connect id as the key.
pub(super) fn sign(connect_id: &str, time: &str, written: SignatureAs) -> String {
    let mac = seal::hmac_sha1(connect_id, &[time.as_bytes()]);
    match written {
        SignatureAs::Hex => hex::encode(mac),
        SignatureAs::Base64 => seal::base64(mac),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refused> {
    let given = headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
    given.ok_or_else(|| Refused::new(401, format!("{name} is required")))
}

impl Peak {
    fn check_time(&self, headers: &HeaderMap, values: &Values) -> Result<(), Refused> {
        let time = header(headers, "Time-Stamp")?;
        let said = NaiveDateTime::parse_from_str(time, "%Y%m%d%H%M%S").ok().filter(|_| time.len() == 14);
        let said = said.ok_or_else(|| Refused::new(401, "Time-Stamp is not yyyyMMddHHmmss"))?.and_utc();
        if (self.stand.now() - said).abs() > TimeDelta::seconds(values.skew_seconds) {
            return Err(Refused::new(401, "Time-Stamp is too far from now"));
        }
        if header(headers, "Time-Signature")? != sign(&values.connect_id, time, values.signature_as) {
            return Err(Refused::new(401, "Time-Signature is wrong"));
        }
        Ok(())
    }

    fn may_enter(&self, headers: &HeaderMap) -> Result<Values, Refused> {
        let values = self.settings.get();
        self.check_time(headers, &values)?;
        let (token, now) = (header(headers, "Client-Token")?, self.stand.now());
        if !lock(&self.tokens).iter().any(|(held, until)| held == token && now < *until) {
            return Err(Refused::new(401, "Client-Token is wrong or has ended"));
        }
        if header(headers, "User-Token")? != values.user_token {
            return Err(Refused::new(401, "User-Token is wrong"));
        }
        Ok(values)
    }

    /// Lets a call in whose headers are good.
    pub(super) fn entered(
        &self,
        node: Node,
        headers: &HeaderMap,
        work: impl FnOnce(&Values) -> Result<Response, Refused>,
    ) -> Response {
        let answer = self.may_enter(headers).and_then(|values| work(&values));
        answer.unwrap_or_else(|refused| node.refuse(&refused))
    }

    /// The same for a call that brings records: each is taken or refused by itself.
    pub(super) fn each(
        &self,
        node: Node,
        headers: &HeaderMap,
        body: &[u8],
        mut work: impl FnMut(&Value, &Values) -> Result<Value, Refused>,
    ) -> Response {
        self.entered(node, headers, |values| {
            let body: Value =
                serde_json::from_slice(body).map_err(|_| Refused::bad("the body is not JSON"))?;
            let items = body[node.name][node.list].as_array().map_or(&[][..], Vec::as_slice);
            if items.is_empty() || items.len() > ITEMS_MAX {
                return Err(Refused::bad(format!("{}.{} are from 1 to {ITEMS_MAX}", node.name, node.list)));
            }
            let answer = |item: &Value| {
                super::answer::item(work(item, values), item["code"].as_str().unwrap_or_default())
            };
            Ok(node.list(items.iter().map(answer).collect()))
        })
    }
}

/// The connect id and key against a token of a day.
pub(super) async fn client_token(State(peak): State<Arc<Peak>>, headers: HeaderMap, body: Bytes) -> Response {
    match peak.token(&headers, &body) {
        Ok(token) => Node::TOKEN.good(json!({ "token": token })),
        Err(refused) => Node::TOKEN.refuse(&refused),
    }
}

impl Peak {
    fn token(&self, headers: &HeaderMap, body: &[u8]) -> Result<String, Refused> {
        let values = self.settings.get();
        self.check_time(headers, &values)?;
        let body: Value = serde_json::from_slice(body).map_err(|_| Refused::bad("the body is not JSON"))?;
        let given = &body[Node::TOKEN.name];
        let good = given["connectId"] == json!(values.connect_id)
            && given[&values.connect_key_field] == json!(values.connect_key);
        if !good {
            return Err(Refused::new(401, "connectId or password is wrong"));
        }
        let issued = self.registers().count_token();
        let mut chance = Chance::of(self.stand.seed, &format!("{} {issued}", values.connect_key));
        let token = format!("{:016x}{:016x}", chance.next(), chance.next());
        let mut tokens = lock(&self.tokens);
        tokens.push_back((token.clone(), self.stand.now() + TimeDelta::hours(TOKEN_HOURS)));
        if tokens.len() > TOKENS_MAX {
            tokens.pop_front();
        }
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_signed_as_peaks_clients_do() {
        let sign = |written| sign("demo-connect-id", "20261123031500", written);
        assert_eq!(sign(SignatureAs::Hex), "9dc463d32c502f078120935828455e19f9b6ef68");
        assert_eq!(sign(SignatureAs::Base64), "ncRj0yxQLweBIJNYKEVeGfm272g=");
    }
}
