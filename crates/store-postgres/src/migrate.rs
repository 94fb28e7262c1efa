//! Brings the database's tables to this release.

use crate::fault::Fault;
use sqlx::migrate::Migrator;
use sqlx::{PgConnection, Row};
use store::Error;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// The oldest that has all that is used here.
const VERSION_MIN: i32 = 140_000;

pub(crate) async fn migrate(connection: &mut PgConnection) -> Result<(), Fault> {
    check(connection).await?;
    // Several processes may start at once; sqlx lets one of them do it.
    MIGRATIONS.run_direct(None, connection, false).await?;
    Ok(())
}

async fn check(connection: &mut PgConnection) -> Result<(), Fault> {
    let sql =
        "SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync";
    let row = sqlx::query(sql).fetch_one(connection).await?;
    if row.try_get::<i32, _>("version")? < VERSION_MIN {
        return Err(Error::Conflict("PostgreSQL 14 or newer is needed".into()).into());
    }
    if row.try_get::<String, _>("fsync")? != "on" {
        tracing::warn!("the database runs with fsync off: a power cut loses acknowledged events");
    }
    Ok(())
}
