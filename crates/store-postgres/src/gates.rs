//! What holds calls of a connection back. Each question is one statement on one row, whose lock ends with it.

use crate::fault::Fault;
use crate::store::PostgresStore;
use crate::text::text;
use async_trait::async_trait;
use model::ConnectionName;
use model::rate::{AHEAD_MAX_US, Rate, Us};
use sqlx::AssertSqlSafe;
use store::decode::{GATE, GateColumns, gate};
use store::{Drawn, Error, GateRow, Gates, Ms, OpenBreaker};

#[async_trait]
impl Gates for PostgresStore {
    async fn gates(&self) -> Result<Vec<GateRow>, Error> {
        let sql = format!("SELECT {GATE} FROM gate ORDER BY connection");
        let mut reader = self.reader().await?;
        let rows: Vec<GateColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(gate).collect()
    }

    async fn take_calls(
        &self,
        connection: &ConnectionName,
        rate: &Rate,
        calls: u32,
        now: Ms,
    ) -> Result<Drawn, Error> {
        let sql = "INSERT INTO gate AS held (connection, spent_until) SELECT $1, $2 + $3 WHERE $3 <= $4
                   ON CONFLICT (connection) DO UPDATE SET spent_until =
                       CASE WHEN held.spent_until > $2 + $4 + $5 THEN $2 ELSE greatest(held.spent_until, $2) END + $3
                   WHERE held.held_until * 1000 <= $2 AND
                       CASE WHEN held.spent_until > $2 + $4 + $5 THEN $2 ELSE greatest(held.spent_until, $2) END + $3
                       <= $2 + $4";
        let (now, wanted) = (now * 1_000, rate.gap_us().saturating_mul(Us::from(calls)));
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(connection.as_str()).bind(now).bind(wanted);
        let query = query.bind(rate.reserve_us()).bind(AHEAD_MAX_US);
        if query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() == 1 {
            return Ok(Drawn::Now);
        }
        let left = "SELECT spent_until, held_until FROM gate WHERE connection = $1";
        let query = sqlx::query_as(left).bind(connection.as_str());
        let row: Option<(Us, Ms)> = query.fetch_optional(&mut *desk).await.map_err(Fault::Sql)?;
        let (spent_until, held_until) = row.unwrap_or_default();
        let at = rate.take(spent_until, now, calls).unwrap_or_else(|at| at);
        Ok(Drawn::Later(at.max(held_until * 1_000)))
    }

    async fn keep_spent(&self, connection: &ConnectionName, spent_until: Us) -> Result<(), Error> {
        let sql = "INSERT INTO gate AS held (connection, spent_until) VALUES ($1, $2) ON CONFLICT (connection) DO UPDATE
                   SET spent_until = greatest(held.spent_until, excluded.spent_until)";
        self.write_number(sql, connection, spent_until).await
    }

    async fn hold(&self, connection: &ConnectionName, until: Ms) -> Result<(), Error> {
        let sql = "INSERT INTO gate AS held (connection, held_until) VALUES ($1, $2) ON CONFLICT (connection) DO UPDATE
                   SET held_until = greatest(held.held_until, excluded.held_until)";
        self.write_number(sql, connection, until).await?;
        self.hints.give();
        Ok(())
    }

    async fn open_breaker(&self, connection: &ConnectionName, open: &OpenBreaker) -> Result<(), Error> {
        let sql = "INSERT INTO gate AS held (connection, open_since, trials, next_trial_at, error)
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (connection) DO UPDATE
                   SET open_since = coalesce(held.open_since, excluded.open_since), trials = excluded.trials,
                       next_trial_at = excluded.next_trial_at, error = excluded.error";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(connection.as_str()).bind(open.since).bind(open.trials as i32);
        let query = query.bind(open.next_trial_at).bind(text(&open.error));
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        self.hints.give();
        Ok(())
    }

    async fn begin_trial(&self, connection: &ConnectionName, now: Ms, until: Ms) -> Result<bool, Error> {
        let sql = "UPDATE gate SET next_trial_at = $3
                   WHERE connection = $1 AND open_since IS NOT NULL AND next_trial_at <= $2";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(connection.as_str()).bind(now).bind(until);
        Ok(query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() == 1)
    }

    async fn close_breaker(&self, connection: &ConnectionName) -> Result<bool, Error> {
        let sql =
            "UPDATE gate SET open_since = NULL, trials = 0, next_trial_at = 0, error = '', held_until = 0
                   WHERE connection = $1 AND (open_since IS NOT NULL OR held_until > 0)";
        let mut desk = self.desk().await?;
        let closed = sqlx::query(sql).bind(connection.as_str()).execute(&mut *desk).await;
        let closed = closed.map_err(Fault::Sql)?.rows_affected() == 1;
        self.hints.give();
        Ok(closed)
    }
}

impl PostgresStore {
    async fn write_number(
        &self,
        sql: &'static str,
        connection: &ConnectionName,
        number: i64,
    ) -> Result<(), Error> {
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(connection.as_str()).bind(number);
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }
}
