//! How QuickBooks is called: below the company's number, in the version that is the base since August 2025.

use super::{API_URL, failure};
use crate::address;
use crate::failure::Failure;
use connector::http::Call;
use connector::{ActionCx, Connection, Error, Http};
use secrecy::SecretString;
use serde_json::Value;

/// What the sign-in told: which company it is for.
pub const REALM: &str = "realm_id";
const MINOR_VERSION: &str = "75";
/// QuickBooks takes request ids of so many characters.
const REQUEST_ID_MAX: usize = 50;

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    token: &'a SecretString,
    realm: &'a str,
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        let token = connection.access_token()?;
        let realm = connection.fact(REALM).ok_or_else(|| connection.lacks("company"))?;
        Ok(Self { http, connection, token, realm })
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::new(cx.http, cx.connection()?)
    }

    /// What a query finds, by the names of its kinds.
    pub async fn query(&self, query: &str) -> Result<Value, Error> {
        let call = self.http.get(&self.url("query")?).query("query", query);
        let mut answer = self.send(call).await?;
        Ok(answer.get_mut("QueryResponse").map(Value::take).unwrap_or_default())
    }

    /// Makes or changes one thing. The same request id again brings the first answer again.
    pub async fn post(&self, what: &str, body: &Value, key: &str) -> Result<Value, Failure> {
        let call = self.http.post(&self.url(what)?).query("requestid", &request_id(key)).json(body);
        self.send(call).await
    }

    fn url(&self, what: &str) -> Result<String, Error> {
        let base = self.connection.text("api_url").unwrap_or(API_URL);
        address::below(base, &["v3", "company", self.realm, what])
    }

    async fn send(&self, call: Call<'_>) -> Result<Value, Failure> {
        let call =
            call.query("minorversion", MINOR_VERSION).bearer(self.token).header("accept", "application/json");
        let answer = call.send().await?;
        if !answer.status.is_success() {
            return Err(failure::of(answer));
        }
        let body: Value = answer.json()?;
        failure::check(&answer.host(), &body)?;
        Ok(body)
    }
}

/// A step's key as QuickBooks takes it. One that is too long is told by its hash, so that no two keys become one.
fn request_id(key: &str) -> String {
    let plain =
        key.len() <= REQUEST_ID_MAX && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain { key.to_owned() } else { crate::retry_key::uuid(key) }
}

/// A text in a query.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_the_step_s_key_or_stands_for_it() {
        assert_eq!(request_id("khlong-run77-step3"), "khlong-run77-step3");
        assert_eq!(request_id("run-7/erp/0").len(), 36);
        assert_ne!(request_id("run-7/erp/0"), request_id("run-7/erp/1"));
        assert_eq!(quoted(r"O'Neil \"), r"'O\'Neil \\'");
    }
}
