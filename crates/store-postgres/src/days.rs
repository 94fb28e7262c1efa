//! The days of the tables that are cut by day.
//!
//! A row's id says its day. A day's partitions are made when its first row comes, and ahead of it by `expire`.

use crate::commit::Known;
use crate::fault::Fault;
use crate::store::Change;
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use std::collections::BTreeSet;
use store::{Batch, Error, Ms, ids};

const DAY_MS: Ms = 86_400_000;
pub(crate) const TABLES: [&str; 3] = ["event", "journal", "run_hist"];

/// The day of an id, counted from the first one an id can have.
pub(crate) fn day_of(id: i64) -> i32 {
    i32::try_from((id.max(0) >> ids::TIME_SHIFT) / DAY_MS).unwrap_or(i32::MAX)
}

pub(crate) fn day_at(time: Ms) -> i32 {
    day_of(ids::first_at(time))
}

/// The smallest id of a day.
pub(crate) fn first_of(day: i32) -> i64 {
    (i64::from(day) * DAY_MS) << ids::TIME_SHIFT
}

pub(crate) async fn known(connection: &mut PgConnection) -> Result<BTreeSet<i32>, Fault> {
    let sql = "SELECT day FROM day WHERE closed = 0";
    let days: Vec<i32> = sqlx::query_scalar(sql).fetch_all(connection).await?;
    Ok(days.into_iter().collect())
}

/// Makes the partitions that the batch's rows need, in a transaction before the batch's own.
pub(crate) async fn ensure(
    connection: &mut PgConnection,
    known: &mut Known,
    batch: &Batch,
) -> Result<(), Fault> {
    let missing: BTreeSet<i32> = needed(batch).filter(|day| !known.days.contains(day)).collect();
    for day in missing {
        make(connection, day).await?;
        known.days.insert(day);
    }
    Ok(())
}

fn needed(batch: &Batch) -> impl Iterator<Item = i32> {
    let accepts = batch.accepts.iter().flat_map(|accept| {
        let event = accept.event.as_ref().map(|event| event.id);
        event.into_iter().chain([accept.run.id])
    });
    let records = batch.records.iter().map(|record| record.run);
    let finishes = batch.finishes.iter().map(|finish| finish.run.id);
    let mut last = -1;
    // Nearly all are of one day.
    accepts
        .chain(records)
        .chain(finishes)
        .map(day_of)
        .filter(move |day| std::mem::replace(&mut last, *day) != *day)
}

/// Two processes may make the same day at once; one of them waits here.
const ALONE: &str = "SELECT pg_advisory_xact_lock(hashtext('khlong'), hashtext('days'))";

/// Makes a table and attaches it, which needs no lock that writers or readers would wait for.
pub(crate) async fn make(connection: &mut PgConnection, day: i32) -> Result<(), Fault> {
    connection.execute(sqlx::raw_sql("BEGIN")).await?;
    let made = make_in_transaction(connection, day).await;
    let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
    connection.execute(sqlx::raw_sql(end)).await?;
    made
}

/// Days ahead that are made before their first row comes.
const AHEAD: i32 = 3;

/// Makes the day of a time, and some after it.
pub(crate) struct MakeAhead(pub Ms);

impl Change<()> for MakeAhead {
    async fn make(self, connection: &mut PgConnection) -> Result<(), Fault> {
        let today = day_at(self.0);
        for day in today..=today + AHEAD {
            make_in_transaction(connection, day).await?;
        }
        Ok(())
    }
}

async fn make_in_transaction(connection: &mut PgConnection, day: i32) -> Result<(), Fault> {
    connection.execute(sqlx::raw_sql(ALONE)).await?;
    let closed: Option<i16> = sqlx::query_scalar("SELECT closed FROM day WHERE day = $1")
        .bind(day)
        .fetch_optional(&mut *connection)
        .await?;
    match closed {
        Some(0) => return Ok(()),
        Some(_) => return Err(Error::Unavailable("that day is being removed".into()).into()),
        None => {}
    }
    for table in TABLES {
        let name = partition(connection, table, day).await?;
        let (from, to) = (first_of(day), first_of(day + 1));
        let sql = format!(
            "CREATE TABLE {name} (LIKE {table} INCLUDING ALL);
             ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to})"
        );
        connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
    }
    sqlx::query("INSERT INTO day (day) VALUES ($1)").bind(day).execute(connection).await?;
    Ok(())
}

/// Such as `event_20260131`.
pub(crate) async fn partition(connection: &mut PgConnection, table: &str, day: i32) -> Result<String, Fault> {
    let sql = "SELECT to_char(DATE '2024-01-01' + $1, 'YYYYMMDD')";
    let date: String = sqlx::query_scalar(sql).bind(day).fetch_one(connection).await?;
    Ok(format!("{table}_{date}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_in_the_day_it_was_minted_on() {
        let noon = ids::EPOCH_MS + 5 * DAY_MS + DAY_MS / 2;
        assert_eq!((day_of(ids::first_at(noon)), day_at(noon)), (5, 5));
        assert_eq!(first_of(5), ids::first_at(ids::EPOCH_MS + 5 * DAY_MS));
        assert_eq!((day_of(first_of(5) - 1), day_of(0)), (4, 0));
    }
}
