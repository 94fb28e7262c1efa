//! Days that are over. Where most of a day has gone, the rest is written anew and the old rows go with their files:
//! that costs what is kept, and not what goes.

use crate::days::{self, TABLES, first_of};
use crate::fault::{Fault, What};
use crate::store::{Change, PostgresStore};
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use store::{Error, Ms};

/// Fewer old runs than this go one by one.
const MANY: i64 = 5_000;
/// What may be written anew at once: others wait for it.
const KEPT_ROWS_MAX: i64 = 20_000;
const KEPT_BYTES_MAX: i64 = 64 << 20;
/// A day is looked at once an hour, and so many in one turn.
const LOOK_EVERY: Ms = 3_600_000;
const DAYS_MAX: i64 = 32;
/// A journal that is larger than this has mostly records of runs that have ended.
const JOURNAL_BYTES_MIN: i64 = 8 << 20;

impl PostgresStore {
    /// Tells how many runs went.
    pub(crate) async fn trim_days(&self, now: Ms) -> Result<usize, Fault> {
        let mut gone = 0;
        for day in self.days_to_look_at(now).await? {
            match self.change(Trim { day, now, whole: false }).await {
                Ok(runs) => gone += runs,
                // Somebody reads it, or there is too much to keep. Its old runs go one by one, or the next time.
                Err(cause @ (Error::Unavailable(_) | Error::Deadline)) => {
                    tracing::debug!(day, %cause, "a day is not trimmed now");
                }
                Err(error) => return Err(error.into()),
            }
            let looked = sqlx::query("UPDATE day SET trimmed_at = $2 WHERE day = $1").bind(day).bind(now);
            looked.execute(&mut *self.desk().await?).await?;
        }
        self.remove_closed().await?;
        Ok(gone)
    }

    async fn days_to_look_at(&self, now: Ms) -> Result<Vec<i32>, Fault> {
        let sql =
            "SELECT day FROM day WHERE day < $1 AND closed = 0 AND trimmed_at <= $2 ORDER BY day LIMIT $3";
        let query = sqlx::query_scalar(sql).bind(days::day_at(now)).bind(now - LOOK_EVERY).bind(DAYS_MAX);
        Ok(query.fetch_all(&mut *self.reader().await?).await?)
    }

    /// Detaches first, which nobody waits for, and can be broken off at any point and gone on with.
    pub(crate) async fn remove_closed(&self) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        let closed: Vec<i32> =
            sqlx::query_scalar("SELECT day FROM day WHERE closed = 1").fetch_all(&mut *desk).await?;
        for day in closed {
            match remove(&mut desk, day).await {
                Err(fault) if matches!(fault.what(), What::Again | What::Slow) => {
                    tracing::debug!(day, ?fault, "a day is not removed now");
                }
                done => done?,
            }
        }
        Ok(())
    }
}

async fn remove(desk: &mut PgConnection, day: i32) -> Result<(), Fault> {
    for table in TABLES {
        let name = days::partition(desk, table, day).await?;
        let sql = "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = to_regclass($1)";
        let begun: Option<bool> = sqlx::query_scalar(sql).bind(&name).fetch_optional(&mut *desk).await?;
        if let Some(begun) = begun {
            let how = if begun { "FINALIZE" } else { "CONCURRENTLY" };
            let sql = format!("ALTER TABLE {table} DETACH PARTITION {name} {how}");
            desk.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
        }
        desk.execute(sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE IF EXISTS {name}")))).await?;
    }
    sqlx::query("DELETE FROM day WHERE day = $1").bind(day).execute(desk).await?;
    Ok(())
}

pub(crate) struct Trim {
    pub(crate) day: i32,
    pub(crate) now: Ms,
    /// All history goes, whatever its flows say of keeping it.
    pub(crate) whole: bool,
}

impl Change<usize> for Trim {
    async fn make(self, connection: &mut PgConnection) -> Result<usize, Fault> {
        connection.execute("SET LOCAL statement_timeout = '60s'").await?;
        connection.execute("SET LOCAL lock_timeout = '500ms'").await?;
        let [event, journal, history] = TABLES;
        let event = days::partition(connection, event, self.day).await?;
        let journal = days::partition(connection, journal, self.day).await?;
        let history = days::partition(connection, history, self.day).await?;
        let gone = self.trim_history(connection, &history, &event).await?;
        self.trim_journal(connection, &journal).await?;
        self.close_where_empty(connection).await?;
        Ok(gone)
    }
}

impl Trim {
    /// The ids of the day.
    fn within(&self, id: &str) -> String {
        format!("{id} >= {} AND {id} < {}", first_of(self.day), first_of(self.day + 1))
    }

    /// From here on no new run can refer to the day's events.
    async fn hold(&self, connection: &mut PgConnection, tables: &[&str]) -> Result<(), Fault> {
        sqlx::query("SELECT FROM day WHERE day = $1 FOR UPDATE")
            .bind(self.day)
            .execute(&mut *connection)
            .await?;
        let lock = format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", "));
        connection.execute(AssertSqlSafe(lock)).await?;
        Ok(())
    }

    async fn trim_history(
        &self,
        connection: &mut PgConnection,
        history: &str,
        event: &str,
    ) -> Result<usize, Fault> {
        if !self.whole && (self.goes_few(connection).await? || self.keeps_many(connection).await?) {
            return Ok(0);
        }
        let gone = if self.whole { 0 } else { self.count(connection, "<", i64::MAX).await? };
        self.hold(connection, &[history, event]).await?;
        let keep = "CASE WHEN h.status = 1 THEN flow.keep_done ELSE flow.keep_failed END";
        let kept = match self.whole {
            true => format!("SELECT h.* FROM {history} AS h WHERE false"),
            false => format!(
                "SELECT h.* FROM {history} AS h LEFT JOIN flow ON flow.key = h.flow
                 WHERE NOT coalesce(h.finished_at < {} - {keep}, false)",
                self.now
            ),
        };
        rewrite(connection, history, &kept, "doc").await?;
        let (own, later) = (self.within("id"), self.within("event"));
        let kept = format!(
            "SELECT event.* FROM {event} AS event JOIN (
                 SELECT event AS id FROM {history} WHERE {later} UNION SELECT id FROM run WHERE {own}
                 UNION SELECT event FROM run WHERE id <> event AND {later}
                 UNION SELECT event FROM run_hist WHERE id <> event AND {later}
             ) AS kept USING (id)"
        );
        rewrite(connection, event, &kept, "body").await?;
        Ok(gone as usize)
    }

    async fn goes_few(&self, connection: &mut PgConnection) -> Result<bool, Fault> {
        Ok(self.count(connection, "<", MANY).await? < MANY)
    }

    async fn keeps_many(&self, connection: &mut PgConnection) -> Result<bool, Fault> {
        Ok(self.count(connection, ">=", KEPT_ROWS_MAX).await? == KEPT_ROWS_MAX)
    }

    /// Runs of the day that are past their time (`<`) or not, counted up to a limit. A flow's outcome whose time is not
    /// up for the whole day is not looked through.
    async fn count(&self, connection: &mut PgConnection, which: &str, most: i64) -> Result<i64, Fault> {
        let (now, day_end) = (self.now, store::ids::time_of(first_of(self.day + 1)));
        let due = if which == "<" { format!("{day_end} + keep <= {now}") } else { "true".into() };
        let sql = format!(
            "SELECT count(*) FROM (
                 SELECT 1 FROM (
                     SELECT key, 1 AS status, keep_done AS keep FROM flow
                     UNION ALL SELECT key, status, keep_failed FROM flow CROSS JOIN (VALUES (2), (3)) AS s (status)
                 ) AS class CROSS JOIN LATERAL (
                     SELECT 1 FROM run_hist AS h WHERE h.flow = class.key AND h.status = class.status
                     AND {} AND h.finished_at {which} {now} - class.keep LIMIT {most}
                 ) AS h WHERE {due} LIMIT {most}
             ) AS counted",
            self.within("h.id")
        );
        Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?)
    }

    async fn trim_journal(&self, connection: &mut PgConnection, journal: &str) -> Result<(), Fault> {
        let size = sqlx::query_scalar("SELECT pg_table_size($1::regclass)").bind(journal);
        let bytes: i64 = size.fetch_one(&mut *connection).await?;
        if bytes < JOURNAL_BYTES_MIN {
            return Ok(());
        }
        self.hold(connection, &[journal]).await?;
        let kept = format!(
            "SELECT j.* FROM run JOIN {journal} AS j ON j.run = run.id WHERE {}",
            self.within("run.id")
        );
        rewrite(connection, journal, &kept, "body").await
    }

    /// A day that no run refers to is not needed any more.
    async fn close_where_empty(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        if self.is_needed(connection).await? {
            return Ok(());
        }
        // Whoever is about to refer to one of its events holds its row, so this waits for them and looks again.
        let day = "SELECT FROM day WHERE day = $1 FOR UPDATE";
        sqlx::query(day).bind(self.day).execute(&mut *connection).await?;
        if !self.is_needed(connection).await? {
            sqlx::query("UPDATE day SET closed = 1 WHERE day = $1")
                .bind(self.day)
                .execute(connection)
                .await?;
        }
        Ok(())
    }

    async fn is_needed(&self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let (own, later) = (self.within("id"), self.within("event"));
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM run_hist WHERE {own}) OR EXISTS (SELECT 1 FROM run WHERE {own})
                 OR EXISTS (SELECT 1 FROM run WHERE id <> event AND {later})
                 OR EXISTS (SELECT 1 FROM run_hist WHERE id <> event AND {later})"
        );
        Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?)
    }
}

/// Leaves of a table what a question finds. `large` is its column that may be long.
async fn rewrite(connection: &mut PgConnection, table: &str, kept: &str, large: &str) -> Result<(), Fault> {
    let size =
        format!("SELECT count(*), coalesce(sum(octet_length({large})), 0)::bigint FROM ({kept}) AS kept");
    let (rows, bytes): (i64, i64) = sqlx::query_as(AssertSqlSafe(size)).fetch_one(&mut *connection).await?;
    if rows > KEPT_ROWS_MAX || bytes > KEPT_BYTES_MAX {
        return Err(Error::Unavailable(format!("{rows} rows of {table} are kept")).into());
    }
    let sql = format!(
        "CREATE TEMPORARY TABLE kept ON COMMIT DROP AS {kept};
         TRUNCATE {table}; INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept"
    );
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
    Ok(())
}
