//! Everything in this store as plain rows, and back.

mod give;
mod take;

use crate::fault::Fault;
use crate::options::Kind;
use crate::shards::NOW;
use crate::store::PostgresStore;
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use store::Error;
use store::moving::{Moving, Pages, Table, Taking, UNFINISHED, give_blobs};
use take::Filling;

#[async_trait]
impl Moving for PostgresStore {
    async fn give(&self, to: &mut dyn Pages) -> Result<(), Error> {
        let mut connection = self.options.connect(Kind::Builder).connect().await.map_err(Fault::Sql)?;
        refuse_workers(&mut connection).await?;
        give_blobs(self, to).await?;
        give::give(&mut connection, to).await
    }

    fn takes(&self, _: &Table) -> bool {
        true
    }

    async fn begin(&self) -> Result<Box<dyn Taking + '_>, Error> {
        let connection = self.options.connect(Kind::Builder).connect().await.map_err(Fault::Sql)?;
        Ok(Box::new(Filling::begin(self, connection).await?))
    }
}

/// What a table is called here: `user` is a word of the language.
fn name(table: &Table) -> &'static str {
    match table.name {
        "user" => "account",
        name => name,
    }
}

/// By the database's clock, as leases are.
async fn refuse_workers(connection: &mut PgConnection) -> Result<(), Fault> {
    let sql = format!("SELECT count(*) FROM worker WHERE lease_until > {NOW}");
    let workers: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?;
    if workers == 0 {
        return Ok(());
    }
    let what = format!(
        "{workers} processes work on the database: stop them, and wait a quarter of a minute where one was killed"
    );
    Err(Error::Conflict(what).into())
}

/// Whether an import was begun here and has not come to its end.
pub(crate) async fn is_unfinished(connection: &mut PgConnection) -> Result<bool, Fault> {
    let sql = "SELECT EXISTS (SELECT 1 FROM setting WHERE name = $1)";
    Ok(sqlx::query_scalar(sql).bind(UNFINISHED).fetch_one(connection).await?)
}
