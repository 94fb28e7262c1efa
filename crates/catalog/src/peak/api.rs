//! How PEAK is called: each call signs the time, and each answer says at every level whether it worked.

use super::{API_URL, failure};
use crate::failure::Failure;
use crate::{address, signature};
use chrono::DateTime;
use connector::http::Call;
use connector::sign_in::Tokens;
use connector::{ActionCx, Connection, Error, Http};
use model::Span;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// A client token is good for a day.
const TOKEN_LIFE_MS: i64 = 24 * 3_600_000;
/// How long a call whose answer was lost may still be at work.
pub const SETTLE: Span = Span::from_secs(60);

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    token: &'a SecretString,
}

/// What a call is about: the outer name of its body, and the name of the list in it.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    pub path: &'static str,
    pub outer: &'static str,
    pub list: &'static str,
}

pub const CONTACTS: Topic = Topic { path: "contacts", outer: "PeakContacts", list: "contacts" };
pub const INVOICES: Topic = Topic { path: "invoices", outer: "PeakInvoices", list: "invoices" };
pub const RECEIPTS: Topic = Topic { path: "receipts", outer: "PeakReceipts", list: "receipts" };
pub const PRODUCTS: Topic = Topic { path: "products", outer: "PeakProducts", list: "products" };
pub const PAYMENT_METHODS: Topic =
    Topic { path: "paymentmethods", outer: "PeakPaymentMethods", list: "paymentMethods" };

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        Ok(Self { http, connection, token: connection.access_token()? })
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::new(cx.http, cx.connection()?)
    }

    /// The records of a list.
    pub async fn get(
        &self,
        topic: Topic,
        more: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<Value>, Failure> {
        let path: Vec<&str> = [topic.path].iter().chain(more).copied().collect();
        let call = self.http.get(&address::below(base(self.connection), &path)?);
        let call = query.iter().fold(call, |call, (name, value)| call.query(name, value));
        self.send(topic, call).await
    }

    /// Sends one record, and gives what PEAK says of it.
    pub async fn post(&self, topic: Topic, more: &[&str], record: Value) -> Result<Value, Error> {
        let path: Vec<&str> = [topic.path].iter().chain(more).copied().collect();
        let body = json!({topic.outer: {topic.list: [record]}});
        let call = self.http.post(&address::below(base(self.connection), &path)?).json(&body);
        let done = self.send(topic, call).await?;
        Ok(done.into_iter().next().unwrap_or_default())
    }

    /// The one with this code, where there is one. PEAK may say "not found" as a failure.
    pub async fn find(&self, topic: Topic, code: &str) -> Result<Option<Value>, Error> {
        let found = match self.get(topic, &[], &[("code", code)]).await {
            Err(Failure::Absent(_)) => return Ok(None),
            found => found?,
        };
        Ok(found.into_iter().find(|row| row.get("code").and_then(Value::as_str) == Some(code)))
    }

    async fn send(&self, topic: Topic, call: Call<'_>) -> Result<Vec<Value>, Failure> {
        let call = signed(self.http, self.connection, call)?
            .secret_header("client-token", self.token)
            .secret_header("user-token", self.connection.need_secret("user_token")?);
        let answer = call.send().await?;
        if !answer.status.is_success() {
            return Err(failure::of_answer(answer).into());
        }
        let host = answer.host();
        let node = named(answer.json()?, topic.outer);
        // Lists that worked may come without a code.
        if node.get(topic.list).is_none() || node.get("resCode").is_some() {
            failure::check(&host, &node)?;
        }
        let rows = match node.get(topic.list) {
            Some(Value::Array(rows)) => rows.clone(),
            Some(Value::Null) | None => Vec::new(),
            Some(one @ Value::Object(_)) => vec![one.clone()],
            // Taken for "none", it would make a document that is there already.
            Some(_) => {
                return Err(Error::Unreadable { host, message: "a list without records".into() }.into());
            }
        };
        rows.iter().try_for_each(|row| failure::check_row(&host, row))?;
        Ok(rows)
    }
}

/// What stands under a name, whose first letter PEAK writes large or small.
fn named(body: Value, name: &str) -> Value {
    match body {
        Value::Object(mut fields) => {
            let key = fields.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
            key.and_then(|key| fields.shift_remove(&key)).unwrap_or(Value::Object(fields))
        }
        other => other,
    }
}

fn base(connection: &Connection) -> &str {
    connection.text("api_url").unwrap_or(API_URL).trim_end_matches('/')
}

/// Signs the time. The body is not signed.
fn signed<'c>(http: &Http, connection: &Connection, call: Call<'c>) -> Result<Call<'c>, Error> {
    let now = DateTime::from_timestamp_millis(http.source().now()).unwrap_or_default();
    let stamp = now.format("%Y%m%d%H%M%S").to_string();
    let key = connection.need_secret("connect_id")?.expose_secret();
    let signature = match connection.text("signature") {
        Some("base64") => signature::hmac_sha1_base64(key, stamp.as_bytes()),
        _ => signature::hmac_sha1_hex(key, stamp.as_bytes()),
    };
    let call = call.header("time-stamp", &stamp).header("time-signature", &signature);
    Ok(match connection.text("application_code") {
        Some(code) => call.header("application-code", code),
        None => call,
    })
}

/// Gets a client token with the program's keys.
pub async fn client_token(http: &Http, connection: &Connection) -> Result<Tokens, Error> {
    let key = connection.need_secret("connect_key")?.expose_secret();
    let id = connection.need_secret("connect_id")?.expose_secret();
    let name = connection.text("key_name").unwrap_or("password");
    let body = json!({"PeakClientToken": {"connectId": id, name: key}});
    let url = format!("{}/clienttoken", base(connection));
    let answer = signed(http, connection, http.post(&url))?.json(&body).send().await?;
    if !answer.status.is_success() {
        return Err(failure::of_answer(answer));
    }
    let node = named(answer.json()?, "PeakClientToken");
    failure::check(&answer.host(), &node).map_err(|failure| failure::bad_keys(failure.into()))?;
    let token = node.get("token").and_then(Value::as_str).filter(|token| !token.is_empty());
    let token = token
        .ok_or_else(|| Error::Unreadable { host: answer.host(), message: "no token in the answer".into() })?;
    let now = http.source().now();
    let mut tokens = Tokens::new(token.to_owned());
    (tokens.made_at, tokens.expires_at) = (Some(now), Some(now.saturating_add(TOKEN_LIFE_MS)));
    Ok(tokens)
}
