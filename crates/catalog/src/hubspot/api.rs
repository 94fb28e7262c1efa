//! How HubSpot is called.

use super::{API_URL, TOKEN, VERSION, failure, has_token};
use crate::address;
use connector::http::Call;
use connector::{ActionCx, Connection, Error, Http};
use http::Method;
use serde_json::Value;

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
}

pub fn base(connection: &Connection) -> &str {
    connection.text("api_url").unwrap_or(API_URL).trim_end_matches('/')
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Self {
        Self { http, connection }
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Ok(Self::new(cx.http, cx.connection()?))
    }

    pub async fn get(&self, path: &[&str]) -> Result<Value, Error> {
        let url = address::below(base(self.connection), path)?;
        self.send(self.http.get(&url)).await
    }

    pub async fn put(&self, path: &[&str]) -> Result<Value, Error> {
        let url = address::below(base(self.connection), path)?;
        self.send(self.http.request(Method::PUT, &url)).await
    }

    /// Something about one kind of object, such as `contacts` and `batch/upsert`.
    pub async fn objects(&self, object: &str, verb: &[&str], body: &Value) -> Result<Value, Error> {
        let version = self.connection.text("version").unwrap_or(VERSION);
        let path: Vec<&str> = ["crm", "objects", version, object].iter().chain(verb).copied().collect();
        let url = address::below(base(self.connection), &path)?;
        self.send(self.http.post(&url).json(body)).await
    }

    async fn send(&self, call: Call<'_>) -> Result<Value, Error> {
        let private = self.connection.secret(TOKEN).filter(|_| has_token(self.connection));
        let token = match private {
            Some(token) => token,
            None => self.connection.access_token()?,
        };
        let answer = call.bearer(token).send().await?;
        match answer.status.is_success() {
            true => answer.json(),
            false => Err(failure::of(answer, private.is_none())),
        }
    }
}
