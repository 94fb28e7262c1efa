//! How much the database takes, and days of history that go before their time.

use crate::days;
use crate::fault::Fault;
use crate::store::PostgresStore;
use crate::trim::Trim;
use async_trait::async_trait;
use store::{Error, Ms, RunId, Space, Taken, ids};

/// Days that are tried until one can go: of an old one so much may be needed by open runs that it has to stay.
const DAYS_MAX: usize = 32;
/// What people call the tables whose size says something. The others are the rest.
const KINDS: [(&str, &str); 7] = [
    ("run_hist", "history"),
    ("event", "events"),
    ("journal", "journal"),
    ("run", "open"),
    ("inbox", "inbox"),
    ("dedupe", "deliveries"),
    ("blob_piece", "blobs"),
];

#[async_trait]
impl Space for PostgresStore {
    /// With indexes and long values, and with what a vacuum has not given back yet.
    async fn taken(&self) -> Result<Taken, Error> {
        let sql = "SELECT coalesce(p.relname, c.relname)::text, sum(pg_total_relation_size(c.oid))::bigint
                   FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
                   WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace GROUP BY 1
                   UNION ALL SELECT '', pg_database_size(current_database())";
        // Before the sizes: a day that goes in between is then named, and the next one does not go for its size.
        let oldest = self.oldest_run(i64::MIN).await?;
        let sizes: Vec<(String, i64)> = {
            let mut reader = self.reader().await?;
            sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Sql)?
        };
        let size =
            |table: &str| sizes.iter().find(|(name, _)| name == table).map_or(0, |(_, bytes)| *bytes as u64);
        let mut parts: Vec<_> = KINDS.iter().map(|(table, kind)| (*kind, size(table))).collect();
        let known: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
        parts.push(("rest", size("").saturating_sub(known)));
        Ok(Taken { parts, oldest_day: oldest.map(|run| day_ms(days::day_of(run))) })
    }

    async fn drop_oldest_day(&self, oldest: Ms, now: Ms) -> Result<Option<Ms>, Error> {
        let (today, mut from) = (days::day_at(now), i64::MIN);
        if self.oldest_run(from).await?.map(days::day_of) != Some(days::day_at(oldest)) {
            return Ok(None);
        }
        for _ in 0..DAYS_MAX {
            let day = self.oldest_run(from).await?.map(days::day_of).filter(|day| *day < today);
            let Some(day) = day else { return Ok(None) };
            match self.change(Trim { day, now, whole: true }).await {
                Ok(_) => {
                    self.remove_closed().await?;
                    return Ok(Some(day_ms(day)));
                }
                Err(cause @ (Error::Unavailable(_) | Error::Deadline)) => {
                    tracing::debug!(day, %cause, "a day cannot be dropped now");
                }
                Err(error) => return Err(error),
            }
            from = days::first_of(day + 1);
        }
        Ok(None)
    }
}

impl PostgresStore {
    async fn oldest_run(&self, from: RunId) -> Result<Option<RunId>, Fault> {
        let sql = "SELECT id FROM run_hist WHERE id >= $1 ORDER BY id LIMIT 1";
        Ok(sqlx::query_scalar(sql).bind(from).fetch_optional(&mut *self.reader().await?).await?)
    }
}

fn day_ms(day: i32) -> Ms {
    ids::time_of(days::first_of(day))
}
