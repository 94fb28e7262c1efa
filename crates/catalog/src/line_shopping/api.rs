//! How LINE SHOPPING is called: its key, its pages, what it says when it refuses.

use super::{URL, VENDOR, failure};
use crate::values;
use connector::http::Answer;
use connector::{ActionCx, Connection, Error, Http};
use http::Method;
use serde_json::Value;

const ROOT: &str = "/myshop/v1";
/// The most that a page may have.
pub const PAGE_MAX: usize = 100;

pub struct Api<'a> {
    http: &'a Http,
    connection: &'a Connection,
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Self {
        Self { http, connection }
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Ok(Self::new(cx.http, cx.connection()?))
    }

    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Error> {
        let call = self.http.get(&self.url(path)).secret_header("x-api-key", self.key()?);
        let call = query.iter().fold(call, |call, (name, value)| call.query(name, value));
        failure::check(call.send().await?)?.json()
    }

    /// The answer, which is empty where there is nothing to say.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, Error> {
        let answer = self.raw(method, path, body).await?;
        if answer.body.is_empty() { Ok(Value::Null) } else { answer.json() }
    }

    /// An answer that may be a file.
    pub async fn raw(&self, method: Method, path: &str, body: &Value) -> Result<Answer, Error> {
        let call = self.http.request(method, &self.url(path)).secret_header("x-api-key", self.key()?);
        let call = if body.is_null() { call } else { call.json(body) };
        failure::check(call.send().await?)
    }

    pub async fn order(&self, number: &str) -> Result<Value, Error> {
        self.get(&order_path(number, "")?, &[]).await
    }

    fn key(&self) -> Result<&'a secrecy::SecretString, Error> {
        self.connection.need_secret("api_key")
    }

    fn url(&self, path: &str) -> String {
        let base = self.connection.text("url").unwrap_or(URL);
        format!("{}{ROOT}{path}", base.trim_end_matches('/'))
    }
}

/// An order's path. A number with anything but letters, digits and lines in it would lead elsewhere.
pub fn order_path(number: &str, end: &str) -> Result<String, Error> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if number.is_empty() || number.len() > 64 || !number.chars().all(fits) {
        return Err(Error::Input {
            message: "this is no order number of LINE SHOPPING".into(),
            advice: "Enter the orderNumber of an order, such as 2026010500001.".into(),
        });
    }
    Ok(format!("/orders/{number}{end}"))
}

/// The rows of a page.
pub fn rows(page: &Value) -> Result<&[Value], Error> {
    values::rows(page, "/data", VENDOR)
}

/// Whether there are pages behind this one.
pub fn is_last(page: &Value, number: usize) -> bool {
    let total = page.get("totalPage").and_then(Value::as_u64).unwrap_or_default();
    u64::try_from(number).is_ok_and(|number| number >= total)
}

/// A text field of a record.
pub fn text<'v>(record: &'v Value, name: &str) -> &'v str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}
