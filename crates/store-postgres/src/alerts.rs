//! What people are to be told of.

use crate::PostgresStore;
use crate::fault::Fault;
use crate::text::text;
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use store::alerts::too_many;
use store::decode::{ALERT, AlertColumns, alert};
use store::{ALERTS_MAX, AlertRow, Alerts, Error};

#[async_trait]
impl Alerts for PostgresStore {
    async fn alerts(&self) -> Result<Vec<AlertRow>, Error> {
        let sql = format!("SELECT {ALERT} FROM alert ORDER BY id");
        let mut reader = self.reader().await?;
        let rows: Vec<AlertColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(alert).collect())
    }

    async fn alert(&self, id: &str) -> Result<Option<AlertRow>, Error> {
        let sql = format!("SELECT {ALERT} FROM alert WHERE id = $1");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(text(id));
        let row: Option<AlertColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(row.map(alert))
    }

    async fn save_alert(&self, row: AlertRow) -> Result<bool, Error> {
        if row.revision == 0 { self.add_alert(row).await } else { self.change_alert(row).await }
    }

    async fn delete_alert(&self, id: &str) -> Result<bool, Error> {
        let mut desk = self.desk().await?;
        let done = sqlx::query("DELETE FROM alert WHERE id = $1").bind(text(id)).execute(&mut *desk).await;
        Ok(done.map_err(Fault::Sql)?.rows_affected() == 1)
    }
}

impl PostgresStore {
    /// Two who add at the same time may end up with one more than the most: the bound is against running full.
    async fn add_alert(&self, row: AlertRow) -> Result<bool, Error> {
        let sql = "WITH others AS (SELECT count(*) AS n FROM alert WHERE id <> $1),
                   added AS (
                       INSERT INTO alert (id, rule, state, revision, changed_at, changed_by)
                       SELECT $1, $2, $3, $4, $5, $6 FROM others WHERE n < $7
                       ON CONFLICT (id) DO NOTHING RETURNING 1)
                   SELECT n, EXISTS (SELECT 1 FROM added) FROM others";
        let mut desk = self.desk().await?;
        let query = sqlx::query_as(sql).bind(text(&row.id)).bind(text(&row.rule)).bind(text(&row.state));
        let query = query.bind(row.first_revision()).bind(row.changed_at).bind(text(&row.changed_by));
        let query = query.bind(ALERTS_MAX as i64);
        let (others, added): (i64, bool) = query.fetch_one(&mut *desk).await.map_err(Fault::Sql)?;
        if others >= ALERTS_MAX as i64 { Err(too_many()) } else { Ok(added) }
    }

    async fn change_alert(&self, row: AlertRow) -> Result<bool, Error> {
        let sql = "UPDATE alert SET rule = $2, state = $3, revision = revision + 1, changed_at = $5, changed_by = $6
                   WHERE id = $1 AND revision = $4";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(text(&row.id)).bind(text(&row.rule)).bind(text(&row.state));
        let query = query.bind(row.revision).bind(row.changed_at).bind(text(&row.changed_by));
        Ok(query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() == 1)
    }
}
