//! How Business Central is called: everything but the list of companies lies below a company.

use super::{company, failure, guide};
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
    key: Key<'a>,
    /// Where everything lies that belongs to no company.
    service: String,
    /// `companies(…)`, or nothing before it is known which.
    company: String,
    root: String,
}

#[derive(Clone, Copy)]
enum Key<'a> {
    Token(&'a SecretString),
    User(&'a str, &'a SecretString),
}

/// Whether it is a server of the company's own, not the cloud.
pub fn is_own_server(connection: &Connection) -> bool {
    connection.text("server").is_some()
}

/// A record by its id.
pub fn record(entity: &str, id: &str) -> String {
    format!("{entity}({id})")
}

impl<'a> Api<'a> {
    /// The company of the connection.
    pub async fn open(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        let key = match is_own_server(connection) {
            true => Key::User(connection.need("username")?, connection.need_secret("access_key")?),
            false => Key::Token(connection.access_token()?),
        };
        let mut api = Self::without_company(http, connection, key)?;
        let id = match company::known(connection)? {
            Some(id) => id.to_owned(),
            None => company::find(&api).await?,
        };
        api.company = record("companies", &id);
        api.root = address::below(&api.service, &[&api.company])?;
        Ok(api)
    }

    pub async fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::open(cx.http, cx.connection()?).await
    }

    /// With a token that is not the connection's own yet.
    pub fn with_token(
        http: &'a Http,
        connection: &'a Connection,
        token: &'a SecretString,
    ) -> Result<Self, Error> {
        Self::without_company(http, connection, Key::Token(token))
    }

    fn without_company(http: &'a Http, connection: &'a Connection, key: Key<'a>) -> Result<Self, Error> {
        let service = match connection.text("server") {
            Some(server) => server.trim().to_owned(),
            None => {
                let base = connection.text("api_url").unwrap_or(guide::API_URL);
                let environment = connection.text("environment").unwrap_or(guide::ENVIRONMENT);
                address::below(base, &["v2.0", connection.need("tenant")?, environment, "api", "v2.0"])?
            }
        };
        Ok(Self { http, connection, key, root: service.clone(), company: String::new(), service })
    }

    /// The company's own part of addresses.
    pub fn company(&self) -> &str {
        &self.company
    }

    /// What belongs to no company.
    pub fn outside(&self) -> Self {
        let (service, root) = (self.service.clone(), self.service.clone());
        Self {
            http: self.http,
            connection: self.connection,
            key: self.key,
            service,
            company: String::new(),
            root,
        }
    }

    /// One record, or nothing where there is none.
    pub async fn get(&self, record: &str, expand: &str) -> Result<Option<Value>, Error> {
        let expand: Vec<(&str, String)> = Some(expand)
            .filter(|name| !name.is_empty())
            .map(|name| ("$expand", name.to_owned()))
            .into_iter()
            .collect();
        let url = address::with_query(&self.url(&[record])?, &expand);
        match self.send(self.http.get(&url)).await {
            Ok(answer) => Ok(Some(answer.json()?)),
            Err(Failure::Absent(_)) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// As many rows as are wanted.
    pub async fn list(&self, query: &Query<'_>) -> Result<Vec<Value>, Error> {
        let mut pages = Pages::new(query.address(&self.url(&[query.entity])?), query.most);
        while let Some(url) = pages.following() {
            let call = self.http.get(&url).header("prefer", &format!("odata.maxpagesize={}", query.most));
            pages.add(&self.root, &self.send(call).await?)?;
        }
        Ok(pages.rows())
    }

    /// The first row that meets a filter.
    pub async fn first(&self, entity: &str, filter: String) -> Result<Option<Value>, Error> {
        let query = Query { entity, filter, most: 1, ..Query::default() };
        Ok(self.list(&query).await?.into_iter().next())
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

    pub async fn create(&self, entity: &str, body: &Value) -> Result<Value, Failure> {
        Ok(self.send(self.http.post(&self.url(&[entity])?).json(body)).await?.json()?)
    }

    /// Changes a record, unless it is another one than was read.
    pub async fn update(&self, record: &str, standing: &Value, body: &Value) -> Result<Value, Error> {
        let call = self.http.patch(&self.url(&[record])?).header("if-match", etag(standing)).json(body);
        let answer = self.send(call).await?;
        if answer.body.is_empty() { Ok(Value::Null) } else { answer.json() }
    }

    pub async fn delete(&self, record: &str, standing: &Value) -> Result<(), Error> {
        self.send(self.http.delete(&self.url(&[record])?).header("if-match", etag(standing))).await?;
        Ok(())
    }

    pub async fn act(&self, record: &str, action: &str) -> Result<(), Error> {
        self.send(self.http.post(&self.url(&[record, &format!("Microsoft.NAV.{action}")])?)).await?;
        Ok(())
    }

    fn url(&self, parts: &[&str]) -> Result<String, Error> {
        address::below(&self.root, parts)
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let call = match self.key {
            Key::Token(token) => call.bearer(token),
            Key::User(name, key) => call.basic(name, key),
        };
        let answer = call.header("accept", "application/json").send().await?;
        match answer.status.is_success() {
            true => Ok(answer),
            false => Err(failure::of(answer, matches!(self.key, Key::Token(_)))),
        }
    }
}

fn etag(standing: &Value) -> &str {
    standing.get("@odata.etag").and_then(Value::as_str).unwrap_or("*")
}
