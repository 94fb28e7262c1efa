//! Filling an empty database.

use super::{is_unfinished, name, refuse_workers};
use crate::days;
use crate::fault::Fault;
use crate::store::PostgresStore;
use crate::text::text;
use async_trait::async_trait;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Executor, PgConnection, Postgres};
use std::borrow::Cow;
use std::collections::BTreeSet;
use store::Error;
use store::moving::{
    BlobTaker, Cell, Kind, Page, Pages, TABLES, Table, Taking, UNFINISHED, is_of_blobs, not_empty,
};

/// The column whose number says the day of a row, where a table is cut by day.
fn day_column(table: &Table) -> Option<&'static str> {
    match table.name {
        "event" | "run_hist" => Some("id"),
        "journal" => Some("run"),
        _ => None,
    }
}

pub(super) struct Filling<'a> {
    store: &'a PostgresStore,
    connection: PgConnection,
    days: BTreeSet<i32>,
    blobs: BlobTaker,
}

impl<'a> Filling<'a> {
    pub(super) async fn begin(store: &'a PostgresStore, mut connection: PgConnection) -> Result<Self, Error> {
        refuse_workers(&mut connection).await?;
        clear(&mut connection).await?;
        let days = days::known(&mut connection).await?;
        Ok(Self { store, connection, days, blobs: BlobTaker::default() })
    }

    async fn insert(&mut self, page: &Page) -> Result<(), Fault> {
        if let Some(column) = day_column(page.table) {
            let ids = page.rows.iter().filter_map(|row| page.cell(row, column).and_then(Cell::int));
            let needed: BTreeSet<i32> = ids.map(days::day_of).collect();
            for day in needed.difference(&self.days.clone()).copied() {
                days::make(&mut self.connection, day).await?;
                self.days.insert(day);
            }
        }
        let sql = statement(page.table);
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (place, (_, kind)) in page.table.columns.iter().enumerate() {
            query = bind(query, *kind, page.rows.iter().map(|row| &row[place]));
        }
        query.execute(&mut self.connection).await?;
        Ok(())
    }
}

#[async_trait]
impl Pages for Filling<'_> {
    async fn page(&mut self, page: Page) -> Result<(), Error> {
        if is_of_blobs(page.table) {
            return self.blobs.take(self.store, page).await;
        }
        Ok(self.insert(&page).await?)
    }
}

#[async_trait]
impl Taking for Filling<'_> {
    async fn end(mut self: Box<Self>) -> Result<(), Error> {
        Ok(self.count_on().await?)
    }
}

impl Filling<'_> {
    /// Numbers that the database gives go on after those that came.
    async fn count_on(&mut self) -> Result<(), Fault> {
        for (table, column) in [("version", "key"), ("audit", "n")] {
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), coalesce(max({column}), 0) + 1, false)
                 FROM {table}"
            );
            self.connection.execute(AssertSqlSafe(sql)).await?;
        }
        // Only ours: an ordinary role gets a warning for each of the server's own tables.
        for table in TABLES {
            self.connection.execute(AssertSqlSafe(format!("ANALYZE {}", name(table)))).await?;
        }
        sqlx::query("DELETE FROM setting WHERE name = $1")
            .bind(UNFINISHED)
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }
}

/// Rows come in the order of the page, and so get their turns in it. Counts become the first part.
fn statement(table: &Table) -> String {
    let kind = |kind: &Kind| match kind {
        Kind::Int => "bigint",
        Kind::Text => "text",
        Kind::Bytes => "bytea",
    };
    let arrays = table.columns.iter().enumerate();
    let arrays = arrays.map(|(place, (_, of))| format!("${}::{}[]", place + 1, kind(of))).collect::<Vec<_>>();
    let (part, parts) = match table.name {
        "flow_total" | "flow_day" | "flow_slot" => (", part", ", 0"),
        _ => ("", ""),
    };
    format!(
        "INSERT INTO {} ({}{part}) OVERRIDING SYSTEM VALUE SELECT t.*{parts} FROM unnest({}) AS t",
        name(table),
        table.quoted(),
        arrays.join(", ")
    )
}

fn bind<'q>(
    query: Query<'q, Postgres, PgArguments>,
    kind: Kind,
    cells: impl Iterator<Item = &'q Cell>,
) -> Query<'q, Postgres, PgArguments> {
    match kind {
        Kind::Int => query.bind(cells.map(Cell::int).collect::<Vec<Option<i64>>>()),
        Kind::Text => {
            let texts = cells.map(|cell| match cell {
                Cell::Text(given) => Some(text(given)),
                _ => None,
            });
            query.bind(texts.collect::<Vec<Option<Cow<'q, str>>>>())
        }
        Kind::Bytes => {
            let bytes = |cell: &'q Cell| match cell {
                Cell::Bytes(bytes) => Some(bytes.as_slice()),
                _ => None,
            };
            query.bind(cells.map(bytes).collect::<Vec<Option<&[u8]>>>())
        }
    }
}

/// Makes way for an import.
async fn clear(connection: &mut PgConnection) -> Result<(), Fault> {
    if !is_unfinished(connection).await? {
        if holds_something(connection).await? {
            return Err(not_empty().into());
        }
        let mark = "INSERT INTO setting (name, value) VALUES ($1, '') ON CONFLICT DO NOTHING";
        sqlx::query(mark).bind(UNFINISHED).execute(&mut *connection).await?;
    }
    // Day by day: a lock on every partition at once may be more than the database has room for.
    let days: Vec<i32> = sqlx::query_scalar("SELECT day FROM day").fetch_all(&mut *connection).await?;
    for day in days {
        let mut tables = Vec::new();
        for table in days::TABLES {
            tables.push(days::partition(connection, table, day).await?);
        }
        let sql = format!("TRUNCATE {}", tables.join(", "));
        connection.execute(AssertSqlSafe(sql)).await?;
    }
    let whole = TABLES.iter().filter(|table| day_column(table).is_none() && table.name != "setting");
    let names = whole.map(name).collect::<Vec<_>>().join(", ");
    connection.execute(AssertSqlSafe(format!("TRUNCATE {names}, blob_upload"))).await?;
    sqlx::query("DELETE FROM setting WHERE name <> $1").bind(UNFINISHED).execute(connection).await?;
    Ok(())
}

/// Settings are there as soon as a server has been started, and are no reason to refuse.
async fn holds_something(connection: &mut PgConnection) -> Result<bool, Fault> {
    for table in TABLES.iter().filter(|table| !["setting", "session"].contains(&table.name)) {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", name(table));
        let holds = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await?;
        if holds {
            return Ok(true);
        }
    }
    Ok(false)
}
