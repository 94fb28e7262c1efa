//! Databases: PostgreSQL, MySQL and MariaDB, SQLite, SQL Server. What they share is said once; a dialect is one file.

mod dialect;
mod insert_rows;
mod look_up;
mod mysql;
mod mysql_value;
mod name;
mod postgresql;
mod query;
mod reading;
mod rows;
mod rows_changed;
mod run_statement;
mod sessions;
mod sql_server;
mod sqlite;
mod statement;
mod table;
mod times;
mod trouble;
mod upsert_rows;
mod walk;
mod words;
mod writing;

pub use sqlite::allow_below;

use async_trait::async_trait;
use connector::lookup::{Page, Wanted};
use connector::{Connection, Connector, Error, Http, Parts};
use dialect::Dialect;
use model::ConnectorSpec;
use sessions::Databases;
use std::time::Duration;

/// Somebody waits for the answer of a test.
const TEST_MAX: Duration = Duration::from_secs(15);

pub fn parts() -> Parts {
    [
        of::<mysql::MySql>(),
        of::<postgresql::Postgres>(),
        of::<sql_server::SqlServer>(),
        of::<sqlite::Sqlite>(),
    ]
    .into_iter()
    .collect()
}

fn of<D: Dialect>() -> Parts {
    let databases = Databases::<D>::default();
    Parts::of(Database(databases.clone()))
        .poll(rows_changed::RowsChanged(databases.clone()))
        .action(query::Query(databases.clone()))
        .action(insert_rows::InsertRows(databases.clone()))
        .action(upsert_rows::UpsertRows(databases.clone()))
        .action(run_statement::RunStatement(databases))
}

struct Database<D>(Databases<D>);

#[async_trait]
impl<D: Dialect> Connector for Database<D> {
    fn spec(&self) -> ConnectorSpec {
        D::spec()
    }

    fn speaks_http(&self) -> bool {
        false
    }

    async fn test(&self, _http: &Http, connection: &Connection) -> Result<String, Error> {
        let mut open = self.0.begin(connection, true, TEST_MAX).await?;
        let found = open.describe().await?;
        open.leave().await;
        Ok(found)
    }

    fn lookups(&self) -> Vec<&'static str> {
        vec![look_up::TABLE]
    }

    async fn look_up(&self, _http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        look_up::tables(&self.0, connection, wanted).await
    }
}
