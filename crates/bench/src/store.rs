//! The stores that are measured, and what the database server spends.

use anyhow::{Context, Result};
use sqlx::{Connection, PgConnection};
use testkit_postgres::{Cluster, Database};

use crate::memory;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// For programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// What a small server is given; all else is as it comes, above all that a commit waits for the disk.
const SETTINGS: &str = "shared_buffers = 512MB\n";

/// A private server, which ends with this process.
pub struct Postgres {
    cluster: Cluster,
    pid: u32,
}

/// What the server has spent so far, for whomever.
#[derive(Clone, Copy)]
pub struct Spent {
    pub cpu_us: u64,
    pub wal_bytes: i64,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        eprintln!("==> a PostgreSQL of our own");
        // Not in the folder of the other stores: PostgreSQL may be somebody else, who cannot enter it.
        let cluster = Cluster::start_in(&std::env::temp_dir(), SETTINGS)?;
        Ok(Self { pid: cluster.pid()?, cluster })
    }

    /// An empty one, gone when it is dropped.
    pub async fn database(&self) -> Result<Database> {
        Database::create_on(&self.cluster.url()).await.context("making a database")
    }

    pub async fn spent(&self) -> Result<Spent> {
        let mut connection = PgConnection::connect(&self.cluster.url()).await?;
        let written = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";
        let wal_bytes: i64 = sqlx::query_scalar(written).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(Spent { cpu_us: memory::family_cpu_us(self.pid)?, wal_bytes })
    }
}

/// Rows that were written over or removed in the life of a database: each leaves a dead tuple, whoever has swept it up
/// since. Complete once the connections that did it are closed.
pub async fn dead_tuples(database: &Database) -> Result<i64> {
    let mut connection = database.connect().await?;
    let sql = "SELECT coalesce(sum(n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_user_tables";
    Ok(sqlx::query_scalar(sql).fetch_one(&mut connection).await?)
}

pub async fn size_mb(database: &Database) -> Result<f64> {
    let mut connection = database.connect().await?;
    let sql = "SELECT pg_database_size(current_database())";
    let bytes: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    Ok(bytes as f64 / f64::from(1 << 20))
}
