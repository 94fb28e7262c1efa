//! How Shopee is called: signed addresses, and errors in the body whatever the status.

use super::failure;
use crate::market::{self, Answered, Said, text_at};
use crate::signature::hmac_sha256_hex;
use bytes::Bytes;
use connector::http::Answer;
use connector::{ActionCx, Connection, Error, Http, PollCx};
use http::Method;
use model::Span;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

pub const VENDOR: &str = "Shopee";
pub const URL: &str = "https://partner.shopeemobile.com";
const PREFIX: &str = "/api/v2/";

/// What a GET asks for; it goes into the address.
pub type Pairs = Vec<(&'static str, String)>;

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    timeout: Span,
}

/// What a call carries besides its signature.
enum Body {
    None,
    Json(Value),
    /// A file, with its content type. Its bytes are not signed.
    File(String, Bytes),
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
        self.settled(self.ask_get(path, pairs).await?)
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value, Error> {
        self.settled(self.ask(path, body).await?)
    }

    fn settled(&self, answered: Answered) -> Result<Value, Error> {
        answered.map_err(|said| failure::of(VENDOR, &said, self.http.source().now()))
    }

    /// The same, where a refusal is not the end of the step.
    pub async fn ask_get(&self, path: &str, pairs: Pairs) -> Result<Answered, Error> {
        self.read(self.send(Method::GET, path, pairs, Body::None, true).await?)
    }

    pub async fn ask(&self, path: &str, body: Value) -> Result<Answered, Error> {
        self.read(self.send(Method::POST, path, Vec::new(), Body::Json(body), true).await?)
    }

    /// Sends a file, as the form with parts that it is given as.
    pub async fn upload(&self, path: &str, content_type: String, body: Bytes) -> Result<Value, Error> {
        let answer = self.send(Method::POST, path, Vec::new(), Body::File(content_type, body), false).await?;
        self.settled(self.read(answer)?)
    }

    /// Asks for a file: its bytes, unless the answer is an error.
    pub async fn download(&self, path: &str, body: Value) -> Result<Bytes, Error> {
        let answer = self.send(Method::POST, path, Vec::new(), Body::Json(body), true).await?;
        if answer.status.is_success() && !answer.body.starts_with(b"{") {
            return Ok(answer.body);
        }
        self.settled(self.read(answer)?)?;
        Err(Error::Unreadable { host: VENDOR.into(), message: "the answer holds no file".into() })
    }

    /// Asks for tokens: the one kind of call that carries none.
    pub async fn token(&self, path: &str, body: Value) -> Result<Value, Error> {
        let answer = self.send(Method::POST, path, Vec::new(), Body::Json(body), false).await?;
        self.settled(self.read(answer)?)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        pairs: Pairs,
        body: Body,
        of_shop: bool,
    ) -> Result<Answer, Error> {
        let (partner, key) =
            (self.connection.need("partner_id")?, market::plain(self.connection, "partner_key")?);
        let path = format!("{PREFIX}{path}");
        let timestamp = (self.http.source().now() / 1_000).to_string();
        let shop =
            if of_shop { Some((self.connection.access_token()?, shop_id(self.connection)?)) } else { None };
        let sign = sign(key, partner, &path, &timestamp, shop);
        let url = format!("{}{path}", market::base(self.connection, "url", URL));
        let mut call = self.http.request(method, &url).timeout(self.timeout);
        call = call.query("partner_id", partner).query("timestamp", &timestamp).query("sign", &sign);
        if let Some((token, shop)) = shop {
            call = call.query("access_token", token.expose_secret()).query("shop_id", shop);
        }
        call = pairs.iter().fold(call, |call, (name, value)| call.query(name, value));
        call = match body {
            Body::None => call,
            Body::Json(body) => call.json(&body),
            Body::File(content_type, bytes) => call.header("content-type", &content_type).body(bytes),
        };
        call.send().await
    }

    fn read(&self, answer: Answer) -> Result<Answered, Error> {
        let says = |body: &Value| matches!(body.get("error"), Some(Value::String(_) | Value::Null));
        let Some(mut body) = answer.json::<Value>().ok().filter(says) else {
            let host = answer.host();
            answer.error_for_status(|_| None)?;
            return Err(Error::Unreadable { host, message: "not an answer as Shopee gives them".into() });
        };
        let code = text_at(&body, "/error");
        if code.is_empty() {
            let response = body.get_mut("response").filter(|response| !response.is_null()).map(Value::take);
            return Ok(Ok(response.unwrap_or(body)));
        }
        let said = market::concealed(self.connection, Said::new(code, &told(&body)));
        let error = failure::of(&answer.host(), &said, self.http.source().now());
        market::judged(&answer, said, error)
    }
}

/// The message, and what is wrong with each part of a batch that failed as a whole.
fn told(body: &Value) -> String {
    let rows = market::list(body, "/response/result_list").iter();
    let reasons = rows.map(|row| text_at(row, "/fail_message")).filter(|reason| !reason.is_empty());
    let all: Vec<String> = std::iter::once(text_at(body, "/message")).chain(reasons).collect();
    all.join(" ")
}

/// The shop that the seller chose when he consented.
pub fn shop_id(connection: &Connection) -> Result<&str, Error> {
    let chosen = connection.fact("shop_id").or_else(|| connection.text("shop_id"));
    chosen.ok_or_else(|| connector::sign_in::needed(connection.name.as_str()))
}

/// Signs what the vendor signs, and nothing of the body. The key is used as the text it is, though it looks like hex.
fn sign(
    key: &str,
    partner: &str,
    path: &str,
    timestamp: &str,
    shop: Option<(&SecretString, &str)>,
) -> String {
    let (token, shop) = shop.map_or(("", ""), |(token, shop)| (token.expose_secret(), shop));
    hmac_sha256_hex(key, format!("{partner}{path}{timestamp}{token}{shop}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "test_partner_key";

    #[test]
    fn calls_of_a_shop_are_signed_as_the_vendor_does() {
        let vectors = [
            (
                (
                    "2001887",
                    "/api/v2/shop/get_shop_info",
                    "1655714431",
                    "59777174636562737266615546704c6d",
                    "14701711",
                ),
                "9fdae5aeed86e753249982ec04aa54339280f12d3f456b9e3f7d8ee91e66a2b3",
            ),
            (
                ("123456", "/api/v2/order/get_order_list", "1710000000", "token_value", "654321"),
                "174af5342b881750dad12a896dffa27da126f1e58a9eb99b12e59a06c288735c",
            ),
        ];
        for ((partner, path, timestamp, token, shop), signature) in vectors {
            let token = SecretString::from(token);
            assert_eq!(sign(KEY, partner, path, timestamp, Some((&token, shop))), signature, "{path}");
        }
    }

    #[test]
    fn calls_without_a_shop_are_signed_as_the_vendor_does() {
        let vectors = [
            (
                ("2001887", "/api/v2/public/get_shops_by_partner", "1655714431"),
                "bfd95b21eda3ed2c80e9373e8c0ce80bdc39b2dc02e4c6dc19e1413c75f8ab09",
            ),
            (
                ("123456", "/api/v2/auth/token/get", "1710000000"),
                "39a59ca303bf398e37f8fb20c9f98f44cf295631b970aa0b671ee398e2b5adb7",
            ),
        ];
        for ((partner, path, timestamp), signature) in vectors {
            assert_eq!(sign(KEY, partner, path, timestamp, None), signature, "{path}");
        }
    }

    #[test]
    fn the_digest_is_hmac_sha256_in_lower_case_hex() {
        let text = "/api/v2/auth/token/get123456test_partner_idtest_shop_idtest_main_account_id";
        let digest = "37c864bd9821ff5f2c2f46b2faca14eb1811a718d1fdc6dcf383cba7c74bf9e9";
        assert_eq!(hmac_sha256_hex(KEY, text.as_bytes()), digest);
    }
}
