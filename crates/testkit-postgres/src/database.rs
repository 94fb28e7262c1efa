//! A database of its own for each test.

use crate::{Cluster, SERVER};
use anyhow::{Context, Result};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::sync::OnceLock;
use url::Url;

/// Where nobody has started a server, each process that runs tests starts one.
static OWN: OnceLock<Cluster> = OnceLock::new();

/// An empty database that is gone when this is dropped.
pub struct Database {
    server: Url,
    name: String,
}

impl Database {
    /// On the server that all tests share, or one of this process.
    pub async fn create() -> Result<Self> {
        let server = match std::env::var(SERVER) {
            Ok(url) => url,
            Err(_) => OWN.get_or_init(|| Cluster::start().expect("a PostgreSQL starts")).url(),
        };
        Self::create_on(&server).await
    }

    pub async fn create_on(server: &str) -> Result<Self> {
        let server = Url::parse(server).with_context(|| format!("{SERVER} is no address of a database"))?;
        let name = format!("khlong_test_{}", uuid::Uuid::new_v4().simple());
        ask(&server, format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
        Ok(Self { server, name })
    }

    pub fn url(&self) -> String {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        url.into()
    }

    /// Asks the server itself, as whoever may do everything.
    pub async fn as_operator(&self, sql: String) -> Result<()> {
        ask(&self.server, sql).await
    }

    /// A connection to look at what is there.
    pub async fn connect(&self) -> Result<PgConnection> {
        Ok(PgConnection::connect(&self.url()).await?)
    }

    /// A number that it answers.
    pub async fn count(&self, sql: &'static str) -> Result<i64> {
        let mut connection = self.connect().await?;
        let count = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(count)
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, sql) =
            (self.server.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // A runtime cannot be entered twice, and a test may be inside one.
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(ask(&server, sql))
        });
        removed.join().ok();
    }
}

async fn ask(server: &Url, sql: String) -> Result<()> {
    let mut connection = PgConnection::connect(server.as_str()).await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    Ok(connection.close().await?)
}
