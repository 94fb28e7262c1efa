//! Histories in a database.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use testkit_postgres::Database;

use super::{AGE_DAYS, DOC_BYTES, Day, Place};

/// Rows in one transaction.
const BATCH: i64 = 500_000;
const DAY_BATCH: i64 = 25_000;
/// Ids lie so far apart: 64 in a millisecond, so that ten million lie in the three minutes before the first run.
const STEP: i64 = 1 << 16;
/// As the store has it: an id is its milliseconds since 2024 and so many bits more.
const EPOCH_MS: i64 = 1_704_067_200_000;
const TIME_SHIFT: u32 = 22;
const DAY_MS: i64 = 86_400_000;
const LOOK_EVERY_MS: i64 = 3_600_000;
const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

pub async fn fill(database: &Database, rows: i64) -> Result<i64> {
    let mut connection = connect(database).await?;
    let first = first_run(&mut connection).await?;
    let columns = columns(&mut connection, "run_hist").await?;
    let (start, mut made) = (Instant::now(), 0);
    while made < rows {
        let batch = BATCH.min(rows - made);
        // The oldest first, as they would have come: an index grows best at its end.
        let id = format!("{} + n * {STEP}", first - (rows + 1) * STEP);
        let doc = format!("substring(doc FOR {DOC_BYTES})");
        let new = [("id", id.as_str()), ("doc", doc.as_str())];
        let sql = copies("run_hist", &columns, first, (made + 1, made + batch), &new);
        connection.execute(AssertSqlSafe(sql)).await?;
        made += batch;
        eprintln!("    {made} rows after {} s", start.elapsed().as_secs());
    }
    settle(&mut connection).await?;
    Ok(sqlx::query_scalar("SELECT count(*) FROM run_hist").fetch_one(&mut connection).await?)
}

/// With what each run told and its event, as they are.
pub async fn old_day(database: &Database, bytes: u64, due: Duration) -> Result<Day> {
    let mut connection = connect(database).await?;
    let first = first_run(&mut connection).await?;
    let day = (first >> TIME_SHIFT) / DAY_MS - AGE_DAYS;
    let (begin, end) = (first_of(day), first_of(day + 1));
    let [events, history] = make_partitions(&mut connection, day).await?;
    let (of_events, of_runs) =
        (columns(&mut connection, "event").await?, columns(&mut connection, "run_hist").await?);
    // In its last seconds: until `due` none of them is old, and then all are.
    let id = format!("{end} - n * {STEP}");
    let time = format!("{EPOCH_MS} + (({id}) >> {TIME_SHIFT})");
    let (id, time) = (id.as_str(), time.as_str());
    let mut runs = 0;
    while size(&mut connection, &events).await? + size(&mut connection, &history).await? < bytes {
        let new = [("id", id), ("received_at", time), ("started_at", time), ("finished_at", time)];
        let range = (runs + 1, runs + DAY_BATCH);
        connection.execute(AssertSqlSafe(copies("event", &of_events, first, range, &new))).await?;
        connection.execute(AssertSqlSafe(copies("run_hist", &of_runs, first, range, &new))).await?;
        runs += DAY_BATCH;
    }
    // A whole day is due when its last moment is, and is looked at once an hour: not when the server starts.
    let due = i64::try_from(due.as_millis())?;
    let over = EPOCH_MS + (day + 1) * DAY_MS;
    let sql = format!("UPDATE flow SET keep_done = {NOW} + {due} - {over}");
    connection.execute(AssertSqlSafe(sql)).await?;
    let sql = format!("INSERT INTO day (day, trimmed_at) VALUES ({day}, {NOW} + {due} - {LOOK_EVERY_MS})");
    connection.execute(AssertSqlSafe(sql)).await?;
    settle(&mut connection).await?;
    let bytes = size(&mut connection, &events).await? + size(&mut connection, &history).await?;
    Ok(Day { bytes, runs, place: Place::Ids(begin, end) })
}

/// Whether a run of these ids is left. The emptied tables may stay a while longer.
pub async fn holds(database: &Database, begin: i64, end: i64) -> Result<bool> {
    let mut connection = database.connect().await?;
    let sql = "SELECT EXISTS (SELECT 1 FROM run_hist WHERE id >= $1 AND id < $2)";
    Ok(sqlx::query_scalar(sql).bind(begin).bind(end).fetch_one(&mut connection).await?)
}

async fn connect(database: &Database) -> Result<PgConnection> {
    let mut connection = database.connect().await?;
    connection.execute("SET synchronous_commit = off").await?;
    Ok(connection)
}

/// The oldest that was done. It was the first of its event, so both have one id.
async fn first_run(connection: &mut PgConnection) -> Result<i64> {
    let sql = "SELECT id FROM run_hist WHERE status = 1 AND id = event ORDER BY id LIMIT 1";
    sqlx::query_scalar(sql).fetch_optional(connection).await?.context("no run has ended yet")
}

async fn columns(connection: &mut PgConnection, table: &str) -> Result<Vec<String>> {
    let sql = "SELECT quote_ident(attname) FROM pg_attribute
               WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
    Ok(sqlx::query_scalar(sql).bind(table).fetch_all(connection).await?)
}

/// Copies of one row, in which some columns are said anew. `n` counts them.
fn copies(
    table: &str,
    columns: &[String],
    first: i64,
    (from, to): (i64, i64),
    new: &[(&str, &str)],
) -> String {
    let value = |column: &String| {
        // Whatever names a run or an event here names this one.
        let named = if matches!(column.as_str(), "event" | "lineage") { "id" } else { column.as_str() };
        let said = new.iter().find(|(name, _)| *name == named);
        said.map_or_else(|| format!("was.{column}"), |(_, value)| (*value).to_owned())
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} AS was, generate_series({from}::bigint, {to}) AS n
         WHERE was.id = {first}",
        columns.join(", "),
        values.join(", "),
    )
}

/// The smallest id of a day, counted from the first one an id can have.
fn first_of(day: i64) -> i64 {
    (day * DAY_MS) << TIME_SHIFT
}

/// As the store makes them; gives those of the events and of the history.
async fn make_partitions(connection: &mut PgConnection, day: i64) -> Result<[String; 2]> {
    let date: String = sqlx::query_scalar("SELECT to_char(DATE '2024-01-01' + $1::integer, 'YYYYMMDD')")
        .bind(i32::try_from(day)?)
        .fetch_one(&mut *connection)
        .await?;
    let (begin, end) = (first_of(day), first_of(day + 1));
    for table in ["event", "journal", "run_hist"] {
        let sql = format!("CREATE TABLE {table}_{date} (LIKE {table} INCLUDING ALL)");
        connection.execute(AssertSqlSafe(sql)).await?;
        let sql = format!(
            "ALTER TABLE {table} ATTACH PARTITION {table}_{date} FOR VALUES FROM ({begin}) TO ({end})"
        );
        connection.execute(AssertSqlSafe(sql)).await?;
    }
    Ok([format!("event_{date}"), format!("run_hist_{date}")])
}

async fn size(connection: &mut PgConnection, table: &str) -> Result<u64> {
    let sql = "SELECT pg_total_relation_size($1::regclass)";
    let bytes: i64 = sqlx::query_scalar(sql).bind(table).fetch_one(connection).await?;
    Ok(bytes as u64)
}

/// What a database does by itself after so much is done before anything is measured.
async fn settle(connection: &mut PgConnection) -> Result<()> {
    connection.execute("VACUUM (ANALYZE)").await?;
    connection.execute("CHECKPOINT").await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_an_id_of_its_own_wherever_the_run_is_named() {
        let columns = ["id", "event", "flow", "lineage"].map(str::to_owned);
        let sql = copies("run_hist", &columns, 7, (1, 3), &[("id", "8 + n")]);
        assert!(sql.contains("SELECT 8 + n, 8 + n, was.flow, 8 + n FROM run_hist AS was"), "{sql}");
        assert!(sql.contains("generate_series(1::bigint, 3)") && sql.ends_with("was.id = 7"), "{sql}");
    }
}
