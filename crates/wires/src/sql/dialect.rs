//! What a database system has of its own; everything else is said once.

use super::name::Table;
use super::reading::Lexis;
use super::rows::{Found, Most};
use super::statement::{Given, Statement};
use super::trouble::Failed;
use async_trait::async_trait;
use connector::{Connection, Error};
use model::ConnectorSpec;
use serde_json::Value;
use std::time::Duration;

/// An open connection to a database, and the language that is spoken there.
#[async_trait]
pub trait Dialect: Send + Sized + 'static {
    const ID: &'static str;
    const LEXIS: Lexis;
    /// Values that one statement may have.
    const VALUES_MAX: usize;
    /// Whether "insert or update" meets every unique key there is, and not only the one that is named.
    const MEETS_EVERY_KEY: bool = false;

    fn spec() -> ConnectorSpec;

    /// How errors call the place.
    fn place(connection: &Connection) -> Result<String, Error>;

    async fn open(connection: &Connection) -> Result<Self, Error>;
    /// What is there, for whoever tries the connection.
    async fn describe(&mut self) -> Result<String, Failed>;

    async fn begin(&mut self, only_reads: bool, most: Duration) -> Result<(), Failed>;
    async fn read(&mut self, statement: &Statement, most: Most) -> Result<Found, Failed>;
    /// How many rows it changed.
    async fn change(&mut self, statement: &Statement) -> Result<u64, Failed>;
    async fn commit(&mut self) -> Result<(), Failed>;
    /// Whether it can be used again: it is not where an answer was not read to its end.
    fn is_whole(&self) -> bool;

    fn quote(name: &str) -> String;
    /// Rows of `name` and `type`, in the table's order.
    fn columns(table: &Table) -> Statement;
    /// Rows of `key` and `name`: the columns of each unique key. Nothing where the server itself refuses keys that are none.
    fn unique_keys(_table: &Table) -> Option<Statement> {
        None
    }
    /// Rows of `schema`, `name` and `about`, by name, with the letters in it; one table where it is named.
    fn tables(like: &str, from: usize, most: usize) -> Statement;
    /// A value as a column of this type takes it.
    fn given(&self, value: Value, kind: &str) -> Result<Given, String>;
    /// Ends a SELECT that has an order, so that it gives so many rows at most.
    fn at_most(rows: usize) -> String;
    /// Inserts the rows that are not there by their keys, and updates the others where `updates` says so.
    fn upsert(writing: &Writing<'_>) -> Statement;
}

/// Rows for a table.
#[derive(Debug)]
pub struct Writing<'a> {
    /// Quoted, as all names here.
    pub table: &'a str,
    pub columns: &'a [String],
    pub keys: &'a [String],
    pub rows: &'a [Vec<Given>],
    pub updates: bool,
}

impl Writing<'_> {
    /// `INSERT INTO … VALUES …`
    pub fn insert(&self) -> Statement {
        Statement::new(format!("INSERT INTO {} ({}) VALUES ", self.table, self.columns.join(", ")))
            .rows(self.rows)
    }

    /// What an update sets: all but the keys.
    pub fn rest(&self) -> Vec<&String> {
        let rest = self.columns.iter().filter(|column| !self.keys.contains(column));
        rest.filter(|_| self.updates).collect()
    }

    /// As PostgreSQL and SQLite say it.
    pub fn on_conflict(&self) -> Statement {
        let rest = self.rest();
        let sets: Vec<String> = rest.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        let then = match sets.is_empty() {
            true => "NOTHING".to_owned(),
            false => format!("UPDATE SET {}", sets.join(", ")),
        };
        self.insert().text(format!(" ON CONFLICT ({}) DO {then}", self.keys.join(", ")))
    }
}
