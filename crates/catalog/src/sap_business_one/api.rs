//! How the Service Layer is called: one address for each kind of record, under the connection's session.

use super::{REFERENCE, failure};
use crate::address;
use crate::failure::Failure;
use crate::odata::{self, NAMED_MAX, Pages, Query};
use connector::http::{Answer, Call};
use connector::{ActionCx, Connection, Error, Http};
use secrecy::SecretString;
use serde_json::Value;

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    root: String,
    session: &'a SecretString,
}

/// The beginning of all addresses. Whoever writes it whole, with `/b1s/`, is taken at his word.
pub fn root(connection: &Connection) -> Result<String, Error> {
    let url = connection.need("url")?.trim().trim_end_matches('/');
    match url.contains("/b1s/") {
        true => Ok(url.to_owned()),
        false => Ok(format!("{url}/b1s/{}", version(connection))),
    }
}

fn version(connection: &Connection) -> &str {
    connection.text("version").unwrap_or("v2")
}

/// A record by its text key, such as `Items('TEA-100')`.
pub fn named(entity: &str, key: &str) -> String {
    format!("{entity}({})", odata::quoted(key))
}

/// A record by its number, such as `Orders(5012)`.
pub fn numbered(entity: &str, key: i64) -> String {
    format!("{entity}({key})")
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        Ok(Self { http, connection, root: root(connection)?, session: connection.access_token()? })
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::new(cx.http, cx.connection()?)
    }

    /// The field that the shop's numbers are kept in.
    pub fn reference(&self) -> &'a str {
        self.connection.text("reference_field").unwrap_or(REFERENCE)
    }

    /// Whether it is the older protocol, whose filters have other words.
    pub fn is_v1(&self) -> bool {
        self.root.ends_with("/v1")
    }

    /// One record, or nothing where there is none.
    pub async fn get(&self, record: &str, select: &str) -> Result<Option<Value>, Error> {
        let query: &[(&str, String)] = &[("$select", select.to_owned())];
        let url = address::with_query(&self.url(&[record])?, if select.is_empty() { &[] } else { query });
        match self.send(self.http.get(&url)).await {
            Ok(answer) => Ok(Some(answer.json()?)),
            Err(Failure::Absent(_)) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// As many rows as are wanted.
    pub async fn list(&self, query: &Query<'_>) -> Result<Vec<Value>, Error> {
        Ok(self.pages(query.address(&self.url(&[query.entity])?), query.most, false).await?)
    }

    /// The same where large and small letters are the same.
    pub async fn search(&self, query: &Query<'_>) -> Result<Vec<Value>, Error> {
        Ok(self.pages(query.address(&self.url(&[query.entity])?), query.most, true).await?)
    }

    /// The records that are named, in groups: a filter is part of the address.
    pub async fn named(
        &self,
        entity: &str,
        key: &str,
        values: &[String],
        select: &str,
    ) -> Result<Vec<Value>, Error> {
        let mut found = Vec::with_capacity(values.len());
        for group in values.chunks(NAMED_MAX) {
            let filter = odata::any_of(key, group);
            let query = Query { entity, select, filter, order: key, most: group.len(), ..Query::default() };
            found.extend(self.list(&query).await?);
        }
        Ok(found)
    }

    /// The rows of a query that is kept in the company.
    pub async fn run_query(
        &self,
        code: &str,
        given: &[(&str, String)],
        most: usize,
    ) -> Result<Vec<Value>, Failure> {
        let url = address::with_query(&self.url(&[&named("SQLQueries", code), "List"])?, given);
        self.pages(url, most, false).await
    }

    async fn pages(&self, first: String, most: usize, any_case: bool) -> Result<Vec<Value>, Failure> {
        let mut pages = Pages::new(first, most);
        while let Some(url) = pages.following() {
            let mut call = self.http.get(&url).header("prefer", &format!("odata.maxpagesize={most}"));
            if self.is_v1() {
                call = call.header("b1s-pagesize", &most.to_string());
            }
            if any_case {
                call = call.header("b1s-caseinsensitive", "true");
            }
            pages.add(&self.root, &self.send(call).await?)?;
        }
        Ok(pages.rows())
    }

    /// Makes a record and gives it as it was made; nothing where it waits for somebody's approval.
    pub async fn create(&self, entity: &str, body: &Value) -> Result<Value, Failure> {
        let answer = self.send(self.http.post(&self.url(&[entity])?).json(body)).await?;
        if answer.status == 204 { Ok(Value::Null) } else { Ok(answer.json()?) }
    }

    /// Changes the fields that are given, and no others.
    pub async fn update(&self, record: &str, body: &Value) -> Result<(), Error> {
        settled(&self.send(self.http.patch(&self.url(&[record])?).json(body)).await?)
    }

    pub async fn act(&self, record: &str, action: &str) -> Result<(), Error> {
        settled(&self.send(self.http.post(&self.url(&[record, action])?)).await?)
    }

    fn url(&self, parts: &[&str]) -> Result<String, Error> {
        address::below(&self.root, parts)
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let answer =
            call.secret_header("cookie", self.session).header("accept", "application/json").send().await?;
        if answer.status.is_success() { Ok(answer) } else { Err(failure::of(answer)) }
    }
}

/// A change is answered with nothing, or with the record; a page of something between is neither.
fn settled(answer: &Answer) -> Result<(), Error> {
    if answer.body.is_empty() { Ok(()) } else { answer.json::<Value>().map(drop) }
}
