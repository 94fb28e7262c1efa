//! How ERPNext is called: one address for each kind of document.

use super::{REFERENCE, failure};
use crate::address;
use crate::failure::Failure;
use connector::http::Call;
use connector::{ActionCx, Connection, Error, Http};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// What is asked for in a list.
pub struct Query<'q> {
    pub kind: &'q str,
    pub fields: &'q [&'q str],
    pub filters: Value,
    pub order: &'q str,
    pub from: usize,
    pub most: usize,
}

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    base: &'a str,
    authorization: SecretString,
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        let (key, secret) = (connection.need("api_key")?, connection.need_secret("api_secret")?);
        let authorization = format!("token {key}:{}", secret.expose_secret()).into();
        Ok(Self { http, connection, base: connection.need("url")?, authorization })
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::new(cx.http, cx.connection()?)
    }

    /// The field that the shop's numbers are kept in.
    pub fn reference(&self) -> &'a str {
        self.connection.text("reference_field").unwrap_or(REFERENCE)
    }

    pub async fn list(&self, query: &Query<'_>) -> Result<Vec<Value>, Error> {
        let call = self.http.get(&self.resource(query.kind, None)?);
        let call = call
            .query("fields", &json!(query.fields).to_string())
            .query("filters", &query.filters.to_string())
            .query("limit_start", &query.from.to_string())
            .query("limit_page_length", &query.most.to_string());
        let call = if query.order.is_empty() { call } else { call.query("order_by", query.order) };
        match data(self.send(call).await?) {
            Value::Array(rows) => Ok(rows),
            _ => Err(Error::Unreadable { host: "ERPNext".into(), message: "a list without rows".into() }),
        }
    }

    /// The first document that meets the filters.
    pub async fn first(&self, kind: &str, fields: &[&str], filters: Value) -> Result<Option<Value>, Error> {
        // With a child table, a column's name alone would be that of two tables; ERPNext's own order is put in its place.
        let joined = filters.as_array().into_iter().flatten().any(|term| term.get(3).is_some());
        let order = if joined { "" } else { "docstatus asc, creation desc" };
        let query = Query { kind, fields, filters, order, from: 0, most: 1 };
        Ok(self.list(&query).await?.into_iter().next())
    }

    /// A whole document.
    pub async fn get(&self, kind: &str, name: &str) -> Result<Option<Value>, Error> {
        match self.send(self.http.get(&self.resource(kind, Some(name))?)).await {
            Ok(answer) => Ok(Some(data(answer))),
            Err(Failure::Absent(_)) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    pub async fn create(&self, kind: &str, body: &Value) -> Result<Value, Error> {
        Ok(data(self.send(self.http.post(&self.resource(kind, None)?).json(body)).await?))
    }

    /// Changes the fields that are given, and no others.
    pub async fn update(&self, kind: &str, name: &str, body: &Value) -> Result<Value, Error> {
        Ok(data(self.send(self.http.put(&self.resource(kind, Some(name))?).json(body)).await?))
    }

    pub async fn delete(&self, kind: &str, name: &str) -> Result<(), Error> {
        self.send(self.http.delete(&self.resource(kind, Some(name))?)).await?;
        Ok(())
    }

    pub async fn method(&self, name: &str, body: &Value) -> Result<Value, Error> {
        let url = address::below(self.base, &["api", "method", name])?;
        let mut answer = self.send(self.http.post(&url).json(body)).await?;
        Ok(answer.get_mut("message").map(Value::take).unwrap_or_default())
    }

    fn resource(&self, kind: &str, name: Option<&str>) -> Result<String, Error> {
        let parts: Vec<&str> = ["api", "resource", kind].into_iter().chain(name).collect();
        address::below(self.base, &parts)
    }

    async fn send(&self, call: Call<'_>) -> Result<Value, Failure> {
        let call =
            call.secret_header("authorization", &self.authorization).header("accept", "application/json");
        let answer = call.send().await?;
        if answer.status.is_success() { Ok(answer.json()?) } else { Err(failure::of(answer)) }
    }
}

fn data(mut answer: Value) -> Value {
    answer.get_mut("data").map(Value::take).unwrap_or_default()
}
