//! How Xero is called: every call names the organisation.

use super::{API_URL, failure};
use crate::address;
use crate::failure::Failure;
use connector::http::Call;
use connector::sign_in::Tokens;
use connector::{ActionCx, Connection, Error, Http};
use http::Method;
use secrecy::SecretString;
use serde_json::Value;

/// What the sign-in told: which organisation it is for.
pub const TENANT: &str = "tenant_id";
/// Xero takes keys of so many characters.
const KEY_CHARS_MAX: usize = 128;

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    token: &'a SecretString,
    tenant: &'a str,
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        let token = connection.access_token()?;
        let tenant = connection.fact(TENANT).ok_or_else(|| connection.lacks("organisation"))?;
        Ok(Self { http, connection, token, tenant })
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::new(cx.http, cx.connection()?)
    }

    /// A page of records; `since` asks for those that changed later.
    pub async fn get(&self, what: &str, query: &[(&str, &str)], since: Option<&str>) -> Result<Value, Error> {
        let mut call = self.http.get(&self.url(&[what])?);
        call = query.iter().fold(call, |call, (name, value)| call.query(name, value));
        if let Some(since) = since {
            call = call.header("if-modified-since", since);
        }
        Ok(self.send(call).await?)
    }

    /// Makes or changes records under a key by which Xero knows a repeat.
    pub async fn write(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
        key: &str,
    ) -> Result<Value, Failure> {
        let call = self.http.request(method, &self.url(path)?);
        let key: String = key.chars().filter(char::is_ascii).take(KEY_CHARS_MAX).collect();
        let call = call.query("summarizeErrors", "false").query("unitdp", "4").retry_key(&key).json(body);
        let answer = self.send(call).await?;
        failure::check(&answer)?;
        Ok(answer)
    }

    fn url(&self, path: &[&str]) -> Result<String, Error> {
        let whole: Vec<&str> = ["api.xro", "2.0"].iter().chain(path).copied().collect();
        address::below(base(self.connection), &whole)
    }

    async fn send(&self, call: Call<'_>) -> Result<Value, Failure> {
        let call = call
            .bearer(self.token)
            .header("xero-tenant-id", self.tenant)
            .header("accept", "application/json");
        let answer = call.send().await?;
        if answer.status.is_success() { Ok(answer.json()?) } else { Err(failure::of(answer)) }
    }
}

fn base(connection: &Connection) -> &str {
    connection.text("api_url").unwrap_or(API_URL)
}

/// The organisation that a new sign-in is for: the one that the connection names, else the only one.
pub async fn tenant(
    http: &Http,
    connection: &Connection,
    tokens: &Tokens,
) -> Result<(String, String), Error> {
    let url = address::below(base(connection), &["connections"])?;
    let answer = http.get(&url).bearer(&tokens.access).header("accept", "application/json").send().await?;
    if !answer.status.is_success() {
        return Err(failure::of(answer).into());
    }
    let found: Vec<Value> = answer.json()?;
    let text = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let wanted = connection.text("organisation").map(str::trim);
    let mut fitting = found
        .iter()
        .filter(|row| wanted.is_none_or(|wanted| text(row, "tenantName").eq_ignore_ascii_case(wanted)));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok((text(only, "tenantId"), text(only, "tenantName"))),
        (found, _) => Err(Error::Connection {
            message: match found {
                Some(_) => "the sign-in opens several organisations".into(),
                None => "the sign-in opens no organisation of that name".into(),
            },
            advice: "Write the organisation's name into the connection as Xero shows it, then sign in again."
                .into(),
        }),
    }
}

/// The first record of an answer's list.
pub fn first(answer: &Value, list: &str) -> Value {
    answer.get(list).and_then(|list| list.get(0)).cloned().unwrap_or_default()
}
