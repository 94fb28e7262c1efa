//! Brings the file's tables to this release.

use crate::fault::Fault;
use rusqlite::OptionalExtension;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::path::Path;
use store::Error;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// The number of the last one.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Nothing to do is the usual case and is found out with one query, on the writer's connection.
pub(crate) fn is_current(connection: &rusqlite::Connection) -> Result<bool, Fault> {
    let known = "SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    if connection.query_row(known, [], |_| Ok(())).optional()?.is_none() {
        return Ok(false);
    }
    let mut applied =
        connection.prepare("SELECT version, checksum, success FROM _sqlx_migrations ORDER BY version")?;
    let rows = applied.query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?)))?;
    let rows = rows.collect::<Result<Vec<(i64, Vec<u8>, bool)>, _>>()?;
    let ours = MIGRATIONS.iter().map(|ours| (ours.version, ours.checksum.to_vec(), true));
    Ok(ours.eq(rows))
}

pub(crate) async fn migrate(file: &Path) -> Result<(), Error> {
    // A pool of one: with a bare connection sqlx's future cannot be sent between threads.
    let pool = SqlitePoolOptions::new().max_connections(1);
    let options = SqliteConnectOptions::new().filename(file);
    let pool = pool.connect_with(options).await.map_err(Fault::Read)?;
    let done = MIGRATIONS.run(&pool).await;
    pool.close().await;
    done.map_err(|error| match error {
        MigrateError::VersionMissing(version) => {
            Error::Unreadable(format!("it has migration {version}, which this release does not know"))
        }
        other => Error::Unreadable(other.to_string()),
    })
}
