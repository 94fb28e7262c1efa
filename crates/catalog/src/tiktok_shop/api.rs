//! How TikTok Shop is called: the whole request is signed, body included.

use super::failure;
use crate::market::{self, Answered, Said, text_at};
use crate::signature::hmac_sha256_hex;
use bytes::Bytes;
use connector::http::Answer;
use connector::{ActionCx, Connection, Error, Http, PollCx};
use http::Method;
use model::Span;
use secrecy::SecretString;
use serde_json::Value;

pub const VENDOR: &str = "TikTok Shop";
pub const URL: &str = "https://open-api.tiktokglobalshop.com";

pub type Pairs = Vec<(&'static str, String)>;

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    timeout: Span,
}

/// What a call carries.
pub struct Body {
    content_type: String,
    bytes: Bytes,
}

impl Body {
    fn none() -> Self {
        Self { content_type: "application/json".into(), bytes: Bytes::new() }
    }

    fn json(value: &Value) -> Self {
        Self { content_type: "application/json".into(), bytes: value.to_string().into() }
    }

    /// A form with parts, which is not signed.
    pub fn form(boundary: &str, bytes: Bytes) -> Self {
        Self { content_type: format!("multipart/form-data; boundary={boundary}"), bytes }
    }

    fn signed(&self) -> &[u8] {
        if self.content_type.starts_with("multipart/") { &[] } else { &self.bytes }
    }
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Self {
        Self { http, connection, timeout: connector::http::TIMEOUT }
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Ok(Self { http: cx.http, connection: cx.connection()?, timeout: cx.timeout })
    }

    pub fn of_look(cx: &PollCx<'a>) -> Result<Self, Error> {
        let connection = cx.connection()?;
        Ok(Self { http: cx.http, connection, timeout: cx.timeout })
    }

    pub fn http(&self) -> &'a Http {
        self.http
    }

    pub async fn get(&self, path: &str, pairs: Pairs) -> Result<Value, Error> {
        settled(self.ask(Method::GET, path, pairs, None).await?)
    }

    pub async fn post(&self, path: &str, pairs: Pairs, body: Value) -> Result<Value, Error> {
        settled(self.ask(Method::POST, path, pairs, Some(body)).await?)
    }

    pub async fn put(&self, path: &str, body: Value) -> Result<Value, Error> {
        settled(self.ask(Method::PUT, path, Vec::new(), Some(body)).await?)
    }

    /// A call about the shop, where a refusal is not the end of the step.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        mut pairs: Pairs,
        body: Option<Value>,
    ) -> Result<Answered, Error> {
        let cipher = self.connection.fact("shop_cipher");
        let cipher = cipher.ok_or_else(|| connector::sign_in::needed(self.connection.name.as_str()))?;
        pairs.push(("shop_cipher", cipher.to_owned()));
        let body = body.as_ref().map_or_else(Body::none, Body::json);
        self.read(self.send(method, path, pairs, body, self.connection.access_token()?).await?)
    }

    /// A call that is about no shop: there, the cipher must not be given.
    pub async fn shopless(
        &self,
        method: Method,
        path: &str,
        body: Option<Body>,
        token: &SecretString,
    ) -> Result<Value, Error> {
        let answer = self.send(method, path, Vec::new(), body.unwrap_or_else(Body::none), token).await?;
        settled(self.read(answer)?)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        mut pairs: Pairs,
        body: Body,
        token: &SecretString,
    ) -> Result<Answer, Error> {
        let secret = market::plain(self.connection, "app_secret")?;
        pairs.push(("app_key", self.connection.need("app_key")?.to_owned()));
        pairs.push(("timestamp", (self.http.source().now() / 1_000).to_string()));
        let all = pairs.iter().map(|(name, value)| (*name, value.as_str()));
        let sign = sign(secret, path, all, body.signed());
        let url = format!("{}{path}", market::base(self.connection, "url", URL));
        let call = self.http.request(method, &url).timeout(self.timeout);
        let call = pairs.iter().fold(call, |call, (name, value)| call.query(name, value));
        let call = call.query("sign", &sign).header("content-type", &body.content_type);
        call.secret_header("x-tts-access-token", token).body(body.bytes).send().await
    }

    /// Reads an answer, also one of the sign-in's.
    pub fn read(&self, answer: Answer) -> Result<Answered, Error> {
        let busy = matches!(answer.status.as_u16(), 429 | 503);
        let body = answer.json::<Value>().ok().filter(|body| !text_at(body, "/code").is_empty() && !busy);
        let Some(mut body) = body else {
            let host = answer.host();
            answer.error_for_status(|_| None)?;
            return Err(Error::Unreadable {
                host,
                message: "not an answer as TikTok Shop gives them".into(),
            });
        };
        let code = text_at(&body, "/code");
        if code == "0" {
            return Ok(Ok(body.get_mut("data").map(Value::take).unwrap_or_default()));
        }
        let said = market::concealed(self.connection, Said::new(code, &text_at(&body, "/message")));
        let error = failure::of(&answer.host(), &said);
        market::judged(&answer, said, error)
    }
}

pub fn settled(answered: Answered) -> Result<Value, Error> {
    answered.map_err(|said| failure::of(VENDOR, &said))
}

/// The path, every parameter by its name, and the body, between the secret twice.
fn sign<'p>(
    secret: &str,
    path: &str,
    pairs: impl Iterator<Item = (&'p str, &'p str)>,
    body: &[u8],
) -> String {
    let mut pairs: Vec<(&str, &str)> =
        pairs.filter(|(name, _)| !matches!(*name, "sign" | "access_token")).collect();
    pairs.sort_unstable();
    let head = pairs.into_iter().fold(format!("{secret}{path}"), |text, (name, value)| text + name + value);
    hmac_sha256_hex(secret, &[head.as_bytes(), body, secret.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Query<'p> = &'p [(&'p str, &'p str)];

    #[test]
    fn requests_are_signed_as_the_vendor_does() {
        let body = r#"{"skus":[{"id":"1729382588","inventory":[{"warehouse_id":"7068517275539719942","quantity":999}]}]}"#;
        let shops = [("timestamp", "1623812664"), ("app_key", "29a39d")];
        let stock = [("app_key", "29a39d"), ("timestamp", "1700000000"), ("shop_cipher", "ROW_cipherTH")];
        let vectors: [(&str, &str, Query<'_>, &str, &str); 3] = [
            (
                "e59af819cc",
                "/authorization/202309/shops",
                &shops,
                "",
                "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
            ),
            (
                "app_secret",
                "/test-api",
                &[("foo", "bar")],
                "",
                "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f",
            ),
            (
                "e59af819cc",
                "/product/202309/products/1729382476/inventory/update",
                &stock,
                body,
                "7c5520bd53a24b603ebc9a59542a0ba4e5d86d199c0f5dd5c3734b3717287dba",
            ),
        ];
        for (secret, path, pairs, body, signature) in vectors {
            assert_eq!(sign(secret, path, pairs.iter().copied(), body.as_bytes()), signature, "{path}");
        }
    }

    #[test]
    fn a_form_with_parts_is_left_out_of_the_signature() {
        assert!(Body::form("b", Bytes::from_static(b"--b")).signed().is_empty());
        assert_eq!(Body::json(&Value::from(1)).signed(), b"1");
    }
}
