//! What people are to be told of.

use crate::SqliteStore;
use crate::fault::Fault;
use async_trait::async_trait;
use rusqlite::{Transaction, params};
use sqlx::AssertSqlSafe;
use store::alerts::too_many;
use store::decode::{ALERT, AlertColumns, alert};
use store::{ALERTS_MAX, AlertRow, Alerts, Error};

#[async_trait]
impl Alerts for SqliteStore {
    async fn alerts(&self) -> Result<Vec<AlertRow>, Error> {
        let sql = format!("SELECT {ALERT} FROM alert ORDER BY id");
        let mut reader = self.reader.take().await?;
        let rows: Vec<AlertColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(alert).collect())
    }

    async fn alert(&self, id: &str) -> Result<Option<AlertRow>, Error> {
        let sql = format!("SELECT {ALERT} FROM alert WHERE id = ?1");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(id);
        let row: Option<AlertColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        Ok(row.map(alert))
    }

    async fn save_alert(&self, row: AlertRow) -> Result<bool, Error> {
        self.write(move |tx| if row.revision == 0 { add(tx, &row) } else { change(tx, &row) }).await
    }

    async fn delete_alert(&self, id: &str) -> Result<bool, Error> {
        let id = id.to_owned();
        self.write(move |tx| Ok(tx.execute("DELETE FROM alert WHERE id = ?1", [id])? == 1)).await
    }
}

fn add(tx: &Transaction<'_>, row: &AlertRow) -> Result<bool, Fault> {
    let others: i64 =
        tx.query_row("SELECT count(*) FROM alert WHERE id <> ?1", [&row.id], |row| row.get(0))?;
    if usize::try_from(others).is_ok_and(|others| others >= ALERTS_MAX) {
        return Err(too_many().into());
    }
    let sql = "INSERT INTO alert (id, rule, state, revision, changed_at, changed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT DO NOTHING";
    let first = row.first_revision();
    Ok(tx.execute(sql, params![row.id, row.rule, row.state, first, row.changed_at, row.changed_by])? == 1)
}

fn change(tx: &Transaction<'_>, row: &AlertRow) -> Result<bool, Fault> {
    let sql =
        "UPDATE alert SET rule = ?2, state = ?3, revision = revision + 1, changed_at = ?5, changed_by = ?6
               WHERE id = ?1 AND revision = ?4";
    let AlertRow { id, rule, state, revision, changed_at, changed_by } = row;
    Ok(tx.execute(sql, params![id, rule, state, revision, changed_at, changed_by])? == 1)
}
