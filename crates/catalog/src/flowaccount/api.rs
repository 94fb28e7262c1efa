//! How FlowAccount is called: every answer comes in an envelope that says whether it worked.

use super::{API_URL, failure};
use crate::address;
use connector::http::{Answer, Call};
use connector::{ActionCx, Connection, Error, Http};
use model::Span;
use secrecy::SecretString;
use serde_json::Value;

const PAGE: u64 = 100;
const PAGES_MAX: u64 = 10;
/// How long a call whose answer was lost may still be at work.
pub const SETTLE: Span = Span::from_secs(60);

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    token: &'a SecretString,
}

pub fn base(connection: &Connection) -> &str {
    connection.text("api_url").unwrap_or(API_URL).trim_end_matches('/')
}

/// One condition and the order of a list, as FlowAccount writes them.
#[derive(Clone, Copy, Debug)]
pub struct List<'l> {
    pub filter: Option<(&'l str, &'l str)>,
    /// The newest first, by this column.
    pub newest: Option<&'l str>,
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        Ok(Self { http, connection, token: connection.access_token()? })
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::new(cx.http, cx.connection()?)
    }

    pub async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, Error> {
        let call = self.http.get(&self.url(path)?);
        let call = query.iter().fold(call, |call, (name, value)| call.query(name, value));
        self.send(call).await
    }

    pub async fn post(&self, path: &[&str], body: &Value) -> Result<Value, Error> {
        self.send(self.http.post(&self.url(path)?).json(body)).await
    }

    pub async fn put(&self, path: &[&str], body: &Value) -> Result<Value, Error> {
        self.send(self.http.put(&self.url(path)?).json(body)).await
    }

    /// The first record of a list that `is` says yes to; the search ends after a thousand.
    pub async fn find(
        &self,
        path: &str,
        list: List<'_>,
        is: impl Fn(&Value) -> bool,
    ) -> Result<Option<Value>, Error> {
        for page in 1..=PAGES_MAX {
            let rows = self.page(path, list, page, PAGE).await?;
            let last = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            if let Some(found) = rows.into_iter().find(&is) {
                return Ok(Some(found));
            }
            if last {
                return Ok(None);
            }
        }
        Ok(None)
    }

    pub async fn page(&self, path: &str, list: List<'_>, page: u64, size: u64) -> Result<Vec<Value>, Error> {
        let mut query = vec![("currentPage", page.to_string()), ("pageSize", size.to_string())];
        // FlowAccount reads texts in single quotes; one that holds a quote itself cannot be asked for, and all are gone through.
        if let Some((column, value)) = list.filter.filter(|(_, value)| !value.contains(['\'', '\\'])) {
            query.push((
                "filter",
                format!(
                    "[{{'columnName':'{column}','columnValue':'{value}','columnPredicateOperator':'And'}}]"
                ),
            ));
        }
        if let Some(column) = list.newest {
            query.push(("sortBy", format!("[{{'name':'{column}','sortOrder':'desc'}}]")));
        }
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut data = self.get(&[path], &query).await?;
        let rows = match data.get_mut("list") {
            Some(list) => list.take(),
            None => data,
        };
        match rows {
            Value::Array(rows) => Ok(rows),
            Value::Null => Ok(Vec::new()),
            // Taken for "none", it would make a document that is there already.
            _ => Err(Error::Unreadable { host: "FlowAccount".into(), message: "a list without rows".into() }),
        }
    }

    fn url(&self, path: &[&str]) -> Result<String, Error> {
        address::below(base(self.connection), path)
    }

    async fn send(&self, call: Call<'_>) -> Result<Value, Error> {
        let answer = call.bearer(self.token).header("accept", "application/json").send().await?;
        open(answer)
    }
}

/// What is inside of the envelope. A failure comes with 200, too.
fn open(answer: Answer) -> Result<Value, Error> {
    if !answer.status.is_success() {
        return Err(failure::of_answer(answer));
    }
    let mut body: Value = answer.json()?;
    match body.get("status").and_then(Value::as_bool) {
        Some(true) => Ok(body.get_mut("data").map(Value::take).unwrap_or_default()),
        Some(false) => Err(failure::of_envelope(&answer.host(), &body)),
        None => Err(Error::Unreadable {
            host: answer.host(),
            message: "the answer does not say whether it worked".into(),
        }),
    }
}
