//! How e-Parcel is called: a user name and a password, and a code in the answer.

use super::{EPARCEL_URL, failure};
use connector::http::{Answer, Call};
use connector::{ActionCx, Connection, Error, Http};
use serde_json::Value;

pub struct EParcel<'a> {
    http: &'a Http,
    connection: &'a Connection,
}

/// What e-Parcel says. What its members are called is not confirmed: the likely names are tried.
pub struct Said {
    pub host: String,
    pub code: String,
    pub message: String,
    pub body: Value,
}

impl<'a> EParcel<'a> {
    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Ok(Self { http: cx.http, connection: cx.connection()? })
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Said, Error> {
        let answer = self.signed(self.http.post(&self.url(path)).json(body))?.send().await?;
        said(&failure::of_status(answer)?)
    }

    /// An answer that may be a file.
    pub async fn get(&self, path: &str, barcode: &str) -> Result<Answer, Error> {
        let call = self.http.get(&self.url(path)).query("barcode", barcode);
        failure::of_status(self.signed(call)?.send().await?)
    }

    fn signed<'c>(&self, call: Call<'c>) -> Result<Call<'c>, Error> {
        Ok(call.basic(self.connection.need("username")?, self.connection.need_secret("password")?))
    }

    fn url(&self, path: &str) -> String {
        let base = self.connection.text("eparcel_url").unwrap_or(EPARCEL_URL);
        format!("{}{path}", base.trim_end_matches('/'))
    }
}

pub fn said(answer: &Answer) -> Result<Said, Error> {
    let body: Value = answer.json()?;
    let first = |names: &[&str]| names.iter().map(|name| word(&body, name)).find(|word| !word.is_empty());
    let code = first(&["statusCode", "status_code", "code", "status"]).unwrap_or_default();
    let message = first(&["message", "statusDesc", "status_desc", "description"]).unwrap_or_default();
    if code.is_empty() {
        return Err(Error::Unreadable { host: answer.host(), message: "an answer without a code".into() });
    }
    Ok(Said { host: answer.host(), code, message, body })
}

/// A text that may be written as a number.
pub fn word(record: &Value, name: &str) -> String {
    match record.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
