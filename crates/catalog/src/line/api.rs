//! How LINE is called.

use super::{API_URL, TOKEN, failure, has_token};
use crate::{address, retry_key};
use connector::http::{Answer, Call};
use connector::{ActionCx, Connection, Error, Http};
use serde_json::Value;

/// Names a call that was accepted before under the same key.
const ACCEPTED: &str = "x-line-accepted-request-id";

pub struct Api<'a> {
    http: &'a Http,
    connection: &'a Connection,
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
        let answer = self.signed(self.http.get(&url))?.send().await?;
        self.read(answer)
    }

    /// Sends messages. With a step's key, a repeat is recognised for 24 hours.
    pub async fn send(&self, kind: &str, body: &Value, step_key: Option<&str>) -> Result<Value, Error> {
        let url = address::below(base(self.connection), &["v2", "bot", "message", kind])?;
        let mut call = self.signed(self.http.post(&url))?.json(body);
        if let Some(key) = step_key {
            call = call.header("x-line-retry-key", &retry_key::uuid(key));
        }
        let answer = call.send().await?;
        // Said of a repeat: an earlier attempt was accepted.
        if answer.status.as_u16() == 409 && answer.header(ACCEPTED).is_some() {
            return Ok(answer.json().unwrap_or_default());
        }
        self.read(answer)
    }

    /// Sends a notice by a hashed phone number.
    pub async fn notify(&self, body: &Value) -> Result<Value, Error> {
        let url = address::below(base(self.connection), &["bot", "pnp", "push"])?;
        let answer = self.signed(self.http.post(&url))?.json(body).send().await?;
        self.read(answer)
    }

    fn signed(&self, call: Call<'a>) -> Result<Call<'a>, Error> {
        match self.connection.secret(TOKEN).filter(|_| has_token(self.connection)) {
            Some(token) => Ok(call.bearer(token)),
            None => Ok(call.bearer(self.connection.access_token()?)),
        }
    }

    fn read(&self, answer: Answer) -> Result<Value, Error> {
        if answer.status.is_success() {
            answer.json()
        } else {
            Err(failure::of(answer, !has_token(self.connection)))
        }
    }
}
