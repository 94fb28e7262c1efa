//! Calling the Admin API: one address, one token, GraphQL, pages.

use super::failure::{self, Failure};
use crate::unchanged::nothing_done;
use connector::http::Answer;
use connector::{ActionCx, Connection, Error, Http, PollCx};
use model::Span;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

/// Shopify supports a version for a year; an expired one falls forward silently.
pub const VERSION: &str = "2026-10";
const TOKEN: &str = "x-shopify-access-token";
/// Which version really answered.
const VERSION_TOLD: &str = "x-shopify-api-version";
/// How long a person waits for a test or a choice.
pub const ASK_TIMEOUT: Span = Span::from_secs(20);

pub struct Api<'a> {
    http: &'a Http,
    url: String,
    version: &'a str,
    token: &'a SecretString,
    /// The token is got anew when it has ended.
    renewed: bool,
    timeout: Span,
}

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    pub nodes: Vec<Value>,
    /// Where the next one begins; nothing after the last.
    pub next: Option<String>,
}

impl<'a> Api<'a> {
    pub fn of(http: &'a Http, connection: &'a Connection, timeout: Span) -> Result<Self, Error> {
        let version = connection.text("api_version").unwrap_or(VERSION);
        let shop = connection.need("shop_url")?.trim_end_matches('/');
        let renewed = super::sign_in::is_renewed(connection);
        let token =
            if renewed { connection.access_token()? } else { connection.need_secret("access_token")? };
        let url = format!("{shop}/admin/api/{version}/graphql.json");
        Ok(Self { http, url, version, token, renewed, timeout })
    }

    pub fn open(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::of(cx.http, cx.connection()?, cx.timeout)
    }

    pub fn look(cx: &PollCx<'a>) -> Result<Self, Error> {
        let connection = cx.connection()?;
        Self::of(cx.http, connection, cx.timeout)
    }

    async fn send(&self, query: &str, variables: &Value) -> Result<Answer, Error> {
        let call = self.http.post(&self.url).secret_header(TOKEN, self.token).timeout(self.timeout);
        call.json(&json!({"query": query, "variables": variables})).send().await
    }

    async fn ask(&self, query: &str, variables: &Value) -> Result<Value, Failure> {
        failure::data(self.send(query, variables).await?, self.renewed)
    }

    /// Asks without changing anything, and gives the answer's data.
    pub async fn read(&self, query: &str, variables: Value) -> Result<Value, Error> {
        self.ask(query, &variables).await.map_err(|failure| nothing_done(failure.into()))
    }

    /// One record by its field's name in the query; a record that is not there is refused.
    pub async fn record(&self, query: &str, variables: Value, name: &str) -> Result<Value, Error> {
        let mut data = self.read(query, variables).await?;
        let record = data.get_mut(name).map(Value::take).unwrap_or_default();
        if !record.is_null() {
            return Ok(record);
        }
        Err(Error::Refused {
            message: format!("the shop has no such {name}, or the app may not see it"),
            advice: "Check the id; orders older than 60 days need the scope read_all_orders.".into(),
        })
    }

    /// Sends a document of mutations, and gives what each one told.
    pub async fn change_all(&self, query: &str, variables: &Value) -> Result<Value, Error> {
        Ok(self.ask(query, variables).await?)
    }

    /// Sends a mutation, and gives what it told, its errors included.
    pub async fn try_change(&self, query: &str, variables: &Value, name: &str) -> Result<Value, Error> {
        let mut data = self.change_all(query, variables).await?;
        data.get_mut(name).map(Value::take).filter(Value::is_object).ok_or_else(|| Error::Unreadable {
            host: self.host(),
            message: format!("the answer says nothing of {name}"),
        })
    }

    /// Sends a mutation that is done or refused.
    pub async fn change(&self, query: &str, variables: &Value, name: &str) -> Result<Value, Error> {
        let told = self.try_change(query, variables, name).await?;
        let errors = failure::user_errors(&told);
        if errors.is_empty() { Ok(told) } else { Err(failure::refused(&self.host(), &errors)) }
    }

    /// One page of the list that a JSON pointer into the data leads to. A page that may cost too much is halved.
    pub async fn page(
        &self,
        query: &str,
        mut variables: Map<String, Value>,
        at: &str,
    ) -> Result<Page, Error> {
        loop {
            let first = variables.get("first").and_then(Value::as_u64).unwrap_or(1);
            match self.ask(query, &Value::Object(variables.clone())).await {
                Ok(mut data) => return self.read_page(data.pointer_mut(at).map(Value::take)),
                Err(Failure::TooCostly(_)) if first > 1 => {
                    variables.insert("first".into(), (first / 2).into())
                }
                Err(failure) => return Err(nothing_done(failure.into())),
            };
        }
    }

    fn read_page(&self, list: Option<Value>) -> Result<Page, Error> {
        let read = |mut list: Value| {
            let nodes = list.get_mut("nodes")?.as_array_mut().map(std::mem::take)?;
            let info = list.get("pageInfo");
            let more = info.and_then(|info| info.get("hasNextPage")?.as_bool()).unwrap_or_default();
            let end = info.and_then(|info| info.get("endCursor")?.as_str()).map(str::to_owned);
            Some(Page { nodes, next: end.filter(|_| more) })
        };
        list.and_then(read).ok_or_else(|| Error::Unreachable {
            host: self.host(),
            message: "the answer holds no list where one was asked for".into(),
        })
    }

    /// The shop's name, and the version that answered where it is not the one that was asked for.
    pub async fn shop(&self) -> Result<(String, Option<String>), Error> {
        let answer = self.send("{ shop { name } }", &json!({})).await.map_err(nothing_done)?;
        let told = answer.header(VERSION_TOLD).filter(|told| *told != self.version).map(str::to_owned);
        let data = failure::data(answer, self.renewed).map_err(|failure| nothing_done(failure.into()))?;
        let name = data.pointer("/shop/name").and_then(Value::as_str).ok_or_else(|| Error::Unreadable {
            host: self.host(),
            message: "the answer does not name the shop".into(),
        })?;
        Ok((name.to_owned(), told))
    }

    pub fn version(&self) -> &str {
        self.version
    }

    pub fn host(&self) -> String {
        connector::http::read_url(&self.url)
            .map_or_else(|_| "Shopify".into(), |url| connector::http::host_of(&url))
    }
}

/// An id as GraphQL wants it. Webhooks tell the number at its end, which is taken as well.
pub fn gid(kind: &str, id: &str) -> String {
    if id.starts_with("gid://") { id.to_owned() } else { format!("gid://shopify/{kind}/{id}") }
}

/// A record in which lists are lists: `{"nodes": [..]}` becomes `[..]` at every depth.
pub fn plain(value: Value) -> Value {
    match value {
        Value::Object(mut object) => match object.get_mut("nodes") {
            Some(Value::Array(nodes)) => std::mem::take(nodes).into_iter().map(plain).collect(),
            _ => Value::Object(object.into_iter().map(|(name, value)| (name, plain(value))).collect()),
        },
        Value::Array(list) => list.into_iter().map(plain).collect(),
        other => other,
    }
}

/// A text for Shopify's search, in which nothing is a sign of its own.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_as_a_number_or_as_graphql_writes_it() {
        assert_eq!(gid("Order", "820982911946154508"), "gid://shopify/Order/820982911946154508");
        assert_eq!(gid("Order", "gid://shopify/Order/5551"), "gid://shopify/Order/5551");
    }

    #[test]
    fn lists_are_lists_at_every_depth() {
        let told = json!({"a": {"nodes": [{"b": {"nodes": [1], "pageInfo": {}}}]}});
        assert_eq!(plain(told), json!({"a": [{"b": [1]}]}));
    }

    #[test]
    fn a_sku_with_signs_in_it_is_searched_as_it_is() {
        assert_eq!(quoted(r#"TEA "5" OR a\b"#), r#""TEA \"5\" OR a\\b""#);
    }
}
