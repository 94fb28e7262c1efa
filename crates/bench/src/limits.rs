//! What this machine could do at best.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;

use crate::load;
use crate::store::Postgres;

/// What everything is compared with. Names are those of the JSON object.
#[derive(Default)]
pub struct Limits {
    pub bare_per_s: f64,
    pub fsync_per_s: f64,
    pub group_per_s: f64,
    /// Where PostgreSQL is measured.
    pub postgres_group_per_s: Option<f64>,
}

pub async fn measure(folder: &Path, length: Duration, postgres: Option<&Postgres>) -> Result<Limits> {
    eprintln!("==> this machine's limits");
    let postgres_group_per_s = match postgres {
        Some(postgres) => Some(grouped_rows_in_postgres(postgres).await?),
        None => None,
    };
    Ok(Limits {
        fsync_per_s: appends_per_second(folder)?,
        group_per_s: grouped_rows_per_second(folder)?,
        postgres_group_per_s,
        bare_per_s: bare_per_second(length.min(Duration::from_secs(5))).await?,
    })
}

const BLOCK_BYTES: usize = 4_096;
const APPEND_TIME: Duration = Duration::from_secs(2);
/// As an order of 2 KB is kept.
const ROW_BYTES: usize = 900;
/// As many as 64 connections bring at once.
const GROUP_ROWS: u32 = 64;
const BARE_PATH: &str = "/bare";

/// Answers per second of a handler that reads the body and stores nothing.
async fn bare_per_second(length: Duration) -> Result<f64> {
    let (bare, address) = start_bare()?;
    let outcome = load::post_orders(address, BARE_PATH, length).await;
    stop(bare)?;
    Ok(outcome?.per_second())
}

fn start_bare() -> Result<(Child, SocketAddr)> {
    let mut bare = Command::new(std::env::current_exe()?).arg("bare").stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(bare.stdout.take().context("no output")?).read_line(&mut line)?;
    Ok((bare, line.trim().parse().context("reading the address of the bare handler")?))
}

fn stop(mut bare: Child) -> Result<()> {
    bare.kill()?;
    bare.wait()?;
    Ok(())
}

/// The other end of `start_bare`.
pub fn serve_bare() -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let router = Router::new().route(BARE_PATH, post(async |_body: Bytes| StatusCode::ACCEPTED));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("{}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

/// Rows that a bare SQLite takes in a second when as many go into one commit as Khlong's writer takes: on disk, in the
/// same mode, nothing else.
fn grouped_rows_per_second(folder: &Path) -> Result<f64> {
    let connection = rusqlite::Connection::open(folder.join("bare.db")).context("making a bare store")?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE event (id INTEGER PRIMARY KEY, body BLOB);",
    )?;
    let body = [7_u8; ROW_BYTES];
    let start = Instant::now();
    let mut rows = 0_u32;
    while start.elapsed() < APPEND_TIME {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let mut insert = connection.prepare_cached("INSERT INTO event (body) VALUES (?1)")?;
        for _ in 0..GROUP_ROWS {
            insert.execute([&body[..]])?;
        }
        connection.execute_batch("COMMIT")?;
        rows += GROUP_ROWS;
    }
    Ok(f64::from(rows) / start.elapsed().as_secs_f64())
}

/// The same over one connection to PostgreSQL, a statement for each commit.
async fn grouped_rows_in_postgres(postgres: &Postgres) -> Result<f64> {
    let database = postgres.database().await?;
    let mut connection = database.connect().await?;
    let table =
        "CREATE TABLE event (id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, body BYTEA NOT NULL)";
    sqlx::query(table).execute(&mut connection).await?;
    let bodies = vec![vec![7_u8; ROW_BYTES]; GROUP_ROWS as usize];
    let start = Instant::now();
    let mut rows = 0_u32;
    while start.elapsed() < APPEND_TIME {
        let insert = sqlx::query("INSERT INTO event (body) SELECT * FROM unnest($1::bytea[])");
        insert.bind(&bodies).execute(&mut connection).await?;
        rows += GROUP_ROWS;
    }
    Ok(f64::from(rows) / start.elapsed().as_secs_f64())
}

/// Single-thread 4 KB appends per second, each waited for until it is on the disk.
fn appends_per_second(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("appends")).context("making a file to append to")?;
    let block = [7_u8; BLOCK_BYTES];
    let start = Instant::now();
    let mut appends = 0_u32;
    while start.elapsed() < APPEND_TIME {
        file.write_all(&block)?;
        file.sync_data()?;
        appends += 1;
    }
    Ok(f64::from(appends) / start.elapsed().as_secs_f64())
}
