//! Databases: PostgreSQL, MariaDB and SQLite, as flows use them.

mod mariadb;
mod postgresql;
mod scenes;
mod sqlite;

use crate::common::{catalog, http, object};
use connector::lookup::{Page, Wanted};
use connector::{ActionCx, Body, Catalog, Connection, Error, PollCx, Polled};
use model::{EffectRule, OperationId, Span};
use serde_json::{Value, json};

/// A database, and the sessions that are kept for it.
pub struct Base {
    pub connection: Connection,
    catalog: Catalog,
}

impl Base {
    pub fn new(connection: Connection) -> Self {
        Self { connection, catalog: catalog() }
    }

    fn id(&self, operation: &str) -> OperationId {
        format!("{}/{operation}", self.connection.connector).as_str().into()
    }

    pub async fn run(&self, operation: &str, input: Value) -> Result<Value, Error> {
        let http = http();
        let cx = ActionCx {
            http: &http,
            connection: Some(&self.connection),
            step_key: "k",
            timeout: Span::from_secs(60),
        };
        self.catalog.action(&self.id(operation)).expect("an action").run(&cx, input).await
    }

    pub fn effect(&self, operation: &str, input: Value) -> EffectRule {
        self.catalog.action(&self.id(operation)).expect("an action").effect(&input)
    }

    /// Rows that a query finds.
    pub async fn rows(&self, sql: &str, parameters: Value) -> Value {
        let found = self.run("query", json!({"sql": sql, "parameters": parameters})).await.expect(sql);
        found["rows"].clone()
    }

    /// The one value that a query finds.
    pub async fn one(&self, sql: &str, parameters: Value) -> Value {
        let rows = self.rows(sql, parameters).await;
        let first = rows[0].as_object().and_then(|row| row.values().next()).cloned();
        first.unwrap_or_else(|| panic!("{sql} finds something"))
    }

    pub async fn upsert(&self, rows: Value, keys: &str) -> Result<Value, Error> {
        self.run("upsert_rows", json!({"table": "orders", "rows": rows, "keys": keys})).await
    }

    pub async fn poll(&self, with: &Value, cursor: Option<&Value>, now: i64) -> Result<Polled, Error> {
        let (http, with) = (http(), object(with.clone()));
        let cx =
            PollCx { http: &http, connection: Some(&self.connection), now, timeout: Span::from_secs(60) };
        self.catalog.poll(&self.id("rows_changed")).expect("a trigger").poll(&cx, &with, cursor).await
    }

    /// Looks until there is nothing more at once: ids and bodies, and where it ended.
    pub async fn looks(&self, with: &Value, cursor: &mut Option<Value>, now: i64) -> Vec<(String, Value)> {
        let mut came = Vec::new();
        loop {
            let polled = self.poll(with, cursor.as_ref(), now).await.expect("a look");
            *cursor = Some(polled.cursor);
            let told = |delivery: connector::Delivery| {
                let Body::Value(body) = delivery.body else { panic!("a row is a value") };
                (delivery.id.expect("an id"), body)
            };
            came.extend(polled.deliveries.into_iter().map(told));
            if !polled.more {
                return came;
            }
        }
    }

    pub async fn look_up(&self, text: &str, id: Option<Value>) -> Page {
        let wanted = Wanted { kind: "table".into(), text: text.into(), id, after: None };
        let connector = self.catalog.connector(&self.connection.connector).expect("a connector");
        connector.look_up(&http(), &self.connection, &wanted).await.expect("tables")
    }

    pub async fn test(&self) -> Result<String, Error> {
        self.catalog
            .connector(&self.connection.connector)
            .expect("a connector")
            .test(&http(), &self.connection)
            .await
    }

    /// The same with other fields.
    pub fn with(&self, fields: &[(&str, Value)]) -> Self {
        let mut connection = self.connection.clone();
        for (name, value) in fields {
            connection.fields.insert((*name).into(), value.clone());
        }
        Self::new(connection)
    }
}
