//! How Salesforce is called: always where the token's answer says.

use super::{EXTERNAL_FIELD, VERSION, failure};
use crate::{address, values};
use connector::http::{Answer, Call};
use connector::{ActionCx, Connection, Error, Http};
use secrecy::SecretString;
use serde_json::Value;

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    token: &'a SecretString,
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        Ok(Self { http, connection, token: connection.access_token()? })
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::new(cx.http, cx.connection()?)
    }

    pub fn external_field(&self) -> &str {
        self.connection.text("external_field").unwrap_or(EXTERNAL_FIELD)
    }

    /// One page of a query, 2,000 records at most; deleted ones included where that is wanted.
    pub async fn query(&self, soql: &str, deleted: bool) -> Result<Vec<Value>, Error> {
        let url = self.url(&[if deleted { "queryAll" } else { "query" }])?;
        let answer = self.send(self.http.get(&url).query("q", soql)).await?;
        let told: Value = answer.json()?;
        values::rows(&told, "/records", &answer.host()).map(<[Value]>::to_vec)
    }

    pub async fn patch(&self, path: &[&str], query: &[(&str, &str)], body: &Value) -> Result<Answer, Error> {
        let call = self.http.patch(&self.url(path)?).json(body);
        self.send(query.iter().fold(call, |call, (name, value)| call.query(name, value))).await
    }

    fn url(&self, path: &[&str]) -> Result<String, Error> {
        let base = match self.connection.fact("instance_url") {
            Some(base) => base,
            None => self.connection.need("domain")?,
        };
        let version = self.connection.text("version").unwrap_or(VERSION);
        let whole: Vec<&str> = ["services", "data", version].iter().chain(path).copied().collect();
        address::below(base, &whole)
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Error> {
        let answer = call.bearer(self.token).header("accept", "application/json").send().await?;
        if answer.status.is_success() { Ok(answer) } else { Err(failure::of(answer)) }
    }
}
