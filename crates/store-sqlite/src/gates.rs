//! What holds calls of a connection back.

use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use model::ConnectionName;
use model::rate::{AHEAD_MAX_US, Rate, Us};
use rusqlite::OptionalExtension;
use sqlx::AssertSqlSafe;
use store::decode::{GATE, GateColumns, gate};
use store::{Drawn, Error, GateRow, Gates, Ms, OpenBreaker};

#[async_trait]
impl Gates for SqliteStore {
    async fn gates(&self) -> Result<Vec<GateRow>, Error> {
        let sql = format!("SELECT {GATE} FROM gate ORDER BY connection");
        let mut reader = self.reader.take().await?;
        let rows: Vec<GateColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(gate).collect()
    }

    async fn take_calls(
        &self,
        connection: &ConnectionName,
        rate: &Rate,
        calls: u32,
        now: Ms,
    ) -> Result<Drawn, Error> {
        let sql = "INSERT INTO gate (connection, spent_until) SELECT ?1, ?2 + ?3 WHERE ?3 <= ?4
                   ON CONFLICT (connection) DO UPDATE
                   SET spent_until = iif(spent_until > ?2 + ?4 + ?5, ?2, max(spent_until, ?2)) + ?3
                   WHERE held_until * 1000 <= ?2
                       AND iif(spent_until > ?2 + ?4 + ?5, ?2, max(spent_until, ?2)) + ?3 <= ?2 + ?4";
        let left = "SELECT spent_until, held_until FROM gate WHERE connection = ?1";
        let (name, rate) = (connection.as_str().to_owned(), *rate);
        let (now, wanted) = (now * 1_000, rate.gap_us().saturating_mul(Us::from(calls)));
        self.write(move |tx| {
            let taken = tx.execute(sql, (&name, now, wanted, rate.reserve_us(), AHEAD_MAX_US))?;
            if taken == 1 {
                return Ok(Drawn::Now);
            }
            let row = tx.query_row(left, [&name], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let (spent_until, held_until): (Us, Ms) = row.unwrap_or_default();
            let at = rate.take(spent_until, now, calls).unwrap_or_else(|at| at);
            Ok(Drawn::Later(at.max(held_until * 1_000)))
        })
        .await
    }

    async fn keep_spent(&self, connection: &ConnectionName, spent_until: Us) -> Result<(), Error> {
        let sql =
            "INSERT INTO gate (connection, spent_until) VALUES (?1, ?2) ON CONFLICT (connection) DO UPDATE
                   SET spent_until = max(spent_until, excluded.spent_until)";
        self.write_number(sql, connection, spent_until).await
    }

    async fn hold(&self, connection: &ConnectionName, until: Ms) -> Result<(), Error> {
        let sql =
            "INSERT INTO gate (connection, held_until) VALUES (?1, ?2) ON CONFLICT (connection) DO UPDATE
                   SET held_until = max(held_until, excluded.held_until)";
        self.write_number(sql, connection, until).await
    }

    async fn open_breaker(&self, connection: &ConnectionName, open: &OpenBreaker) -> Result<(), Error> {
        let sql = "INSERT INTO gate (connection, open_since, trials, next_trial_at, error) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (connection) DO UPDATE SET open_since = ifnull(open_since, excluded.open_since),
                       trials = excluded.trials, next_trial_at = excluded.next_trial_at, error = excluded.error";
        let (name, open) = (connection.as_str().to_owned(), open.clone());
        self.write(move |tx| {
            tx.execute(sql, (name, open.since, open.trials, open.next_trial_at, open.error))?;
            Ok(())
        })
        .await
    }

    async fn begin_trial(&self, connection: &ConnectionName, now: Ms, until: Ms) -> Result<bool, Error> {
        let sql = "UPDATE gate SET next_trial_at = ?3
                   WHERE connection = ?1 AND open_since IS NOT NULL AND next_trial_at <= ?2";
        let name = connection.as_str().to_owned();
        self.write(move |tx| Ok(tx.execute(sql, (name, now, until))? == 1)).await
    }

    async fn close_breaker(&self, connection: &ConnectionName) -> Result<bool, Error> {
        let sql =
            "UPDATE gate SET open_since = NULL, trials = 0, next_trial_at = 0, error = '', held_until = 0
                   WHERE connection = ?1 AND (open_since IS NOT NULL OR held_until > 0)";
        let name = connection.as_str().to_owned();
        self.write(move |tx| Ok(tx.execute(sql, [name])? == 1)).await
    }
}

impl SqliteStore {
    async fn write_number(
        &self,
        sql: &'static str,
        connection: &ConnectionName,
        number: i64,
    ) -> Result<(), Error> {
        let name = connection.as_str().to_owned();
        self.write(move |tx| {
            tx.execute(sql, (name, number))?;
            Ok(())
        })
        .await
    }
}
