//! How Flash is called: a signed form, and a code in the answer.

use super::{URL, failure, sign};
use connector::http::Answer;
use connector::{ActionCx, Connection, Error, Http};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;

pub type Fields = Vec<(&'static str, String)>;

pub struct Api<'a> {
    http: &'a Http,
    connection: &'a Connection,
}

/// What Flash says. Numbers in it may be texts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Said {
    pub code: Value,
    pub message: Value,
    pub data: Value,
}

impl Said {
    pub fn code(&self) -> Option<i64> {
        number(&self.code)
    }
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Self {
        Self { http, connection }
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Ok(Self::new(cx.http, cx.connection()?))
    }

    /// What Flash gives where it agrees.
    pub async fn call(&self, path: &str, fields: Fields) -> Result<Value, Error> {
        let (host, said) = self.ask(path, fields).await?;
        if said.code() == Some(1) { Ok(said.data) } else { Err(failure::of(&host, &said)) }
    }

    /// What Flash says, agreeing or not.
    pub async fn ask(&self, path: &str, fields: Fields) -> Result<(String, Said), Error> {
        let answer = self.raw(path, fields).await?;
        Ok((answer.host(), answer.json()?))
    }

    /// An answer that may be a file.
    pub async fn raw(&self, path: &str, mut fields: Fields) -> Result<Answer, Error> {
        let key = self.connection.need_secret("secret_key")?;
        fields.push(("mchId", self.connection.need("merchant_id")?.to_owned()));
        fields.push(("nonceStr", self.http.source().nonce()));
        let mut fields = sign::sorted(fields);
        let signature = sign::sign(&fields, key.expose_secret());
        fields.push(("sign", signature));
        let base = self.connection.text("url").unwrap_or(URL).trim_end_matches('/');
        let call = self
            .http
            .post(&format!("{base}{path}"))
            .header("accept", "application/json")
            .header("accept-language", self.connection.text("language").unwrap_or("th"))
            .form(fields);
        call.send().await?.error_for_status(|_| None)
    }
}

/// A number that may be written as a text.
pub fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A text that may be written as a number.
pub fn text(record: &Value, name: &str) -> String {
    match record.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
