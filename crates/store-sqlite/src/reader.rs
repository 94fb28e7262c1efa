//! Connections that only read, each question under a deadline so that none holds the log back.

use crate::fault::Fault;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};
use std::path::Path;
use std::time::{Duration, Instant};

const CONNECTIONS_MAX: u32 = 4;
pub(crate) const QUESTION_MAX: Duration = Duration::from_secs(2);
/// Idle connections are closed, and with them their caches.
const IDLE_MAX: Duration = Duration::from_secs(60);
/// Instructions of SQLite's machine between two looks at the clock: well under a millisecond.
const LOOK_EVERY: i32 = 10_000;

#[derive(Clone)]
pub(crate) struct Reader {
    pool: SqlitePool,
}

impl Reader {
    pub(crate) fn open(file: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .busy_timeout(QUESTION_MAX)
            .pragma("query_only", "1")
            .pragma("cache_size", "-2000")
            .pragma("temp_store", "MEMORY")
            .thread_name(|number| format!("store-reader-{number}"));
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .min_connections(0)
            .acquire_timeout(QUESTION_MAX)
            .idle_timeout(IDLE_MAX)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Self { pool }
    }

    /// A connection for one question: whatever still runs on it after the deadline is interrupted.
    pub(crate) async fn take(&self) -> Result<PoolConnection<Sqlite>, Fault> {
        self.take_for(QUESTION_MAX).await
    }

    async fn take_for(&self, time: Duration) -> Result<PoolConnection<Sqlite>, Fault> {
        let mut connection = self.pool.acquire().await?;
        deadline(&mut connection, Instant::now() + time).await?;
        Ok(connection)
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Whatever still runs on the connection then is interrupted.
pub(crate) async fn deadline(connection: &mut SqliteConnection, until: Instant) -> Result<(), Fault> {
    connection.lock_handle().await?.set_progress_handler(LOOK_EVERY, move || Instant::now() < until);
    Ok(())
}

/// Several statements about the same instant.
pub(crate) async fn snapshot(connection: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>, Fault> {
    Ok(connection.begin().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteStore;
    use store::Error;

    #[tokio::test]
    async fn a_question_without_end_is_given_up_and_the_connection_serves_the_next() {
        let store = SqliteStore::temporary().await.expect("it opens");
        for _ in 0..=CONNECTIONS_MAX {
            let mut connection = store.reader.take_for(Duration::ZERO).await.expect("a connection");
            let endless =
                "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";
            let answer = sqlx::query(endless).fetch_one(&mut *connection).await.map_err(Fault::Read);
            let error = answer.map(drop).map_err(Error::from).expect_err("it has no end");
            assert!(matches!(error, Error::Deadline), "{error:?}");
        }
        store::RunQueries::ping(&*store).await.expect("it answers");
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let store = SqliteStore::temporary().await.expect("it opens");
        let mut connection = store.reader.take().await.expect("a connection");
        sqlx::query("DELETE FROM run").execute(&mut *connection).await.expect_err("it only reads");
    }
}
