//! Reading it all, table by table, row by row.

use super::name;
use crate::fault::Fault;
use futures::TryStreamExt;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Row as _};
use store::moving::{Cell, Kind, Page, Pages, Row, TABLES, Table, UNFINISHED, is_of_blobs};
use store::{Error, RunId};

/// Runs of history whose events go before them.
const CHUNK: i64 = 1_000;

pub(super) async fn give(connection: &mut PgConnection, to: &mut dyn Pages) -> Result<(), Error> {
    for table in TABLES.iter().filter(|table| !is_of_blobs(table) && table.name != "run_hist") {
        rows(connection, table, &question(table), (0, 0), to).await?;
    }
    history(connection, to).await
}

/// All of a table that moves. Counts have parts here, and are added up.
fn question(table: &Table) -> String {
    let (columns, from) = (columns(table), name(table));
    match table.name {
        "setting" => format!("SELECT {columns} FROM {from} t WHERE name <> '{UNFINISHED}' ORDER BY 1"),
        "flow_total" => "SELECT flow, sum(open)::bigint AS open, sum(done)::bigint AS done,
                sum(failed)::bigint AS failed, sum(cancelled)::bigint AS cancelled, max(last_run_at) AS last_run_at,
                ((array_agg(last_status ORDER BY last_ended_at DESC NULLS LAST))[1])::bigint AS last_status
             FROM flow_total GROUP BY flow ORDER BY flow"
            .into(),
        "flow_day" => "SELECT day, flow, status::bigint AS status, sum(runs)::bigint AS runs
             FROM flow_day GROUP BY day, flow, status ORDER BY day, flow, status"
            .into(),
        "flow_slot" => "SELECT slot, flow, status::bigint AS status, retried::bigint AS retried, band::bigint AS band,
                sum(runs)::bigint AS runs
             FROM flow_slot GROUP BY slot, flow, status, retried, band ORDER BY slot, flow, status, retried, band"
            .into(),
        "event" => {
            format!("SELECT {columns} FROM {from} t WHERE id IN (SELECT event FROM run) ORDER BY id")
        }
        "run" => format!("SELECT {columns} FROM {from} t ORDER BY turn"),
        "journal" => {
            format!("SELECT {columns} FROM run JOIN {from} t ON t.run = run.id ORDER BY t.run, t.seq")
        }
        "control" => format!("SELECT {columns} FROM {from} t WHERE answer IS NULL ORDER BY id"),
        _ => format!("SELECT {columns} FROM {from} t ORDER BY 1, 2"),
    }
}

/// The columns of `t`, with all numbers of one size.
fn columns(table: &Table) -> String {
    let column = |(name, kind): &(&str, Kind)| match kind {
        Kind::Int => format!("t.\"{name}\"::bigint AS \"{name}\""),
        _ => format!("t.\"{name}\""),
    };
    table.columns.iter().map(column).collect::<Vec<_>>().join(", ")
}

/// In the order of ids, so that an event's first run comes first and brings it along; where that one has gone or is open, the
/// first of the others does, or nobody.
async fn history(connection: &mut PgConnection, to: &mut dyn Pages) -> Result<(), Error> {
    let (event_table, run_table) = (Page::of("event")?.table, Page::of("run_hist")?.table);
    let events = format!(
        "SELECT {} FROM run_hist h JOIN event t ON t.id = h.event WHERE h.id > $1 AND h.id <= $2
            AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = t.id)
            AND NOT EXISTS (SELECT 1 FROM run WHERE run.event = t.id AND run.id <> run.event)
            AND (h.id = h.event OR NOT EXISTS (SELECT 1 FROM run_hist f WHERE f.id = t.id)
                AND NOT EXISTS (SELECT 1 FROM run_hist f WHERE f.event = t.id AND f.id <> f.event AND f.id < h.id))
         ORDER BY h.id",
        columns(event_table)
    );
    let runs =
        format!("SELECT {} FROM run_hist t WHERE id > $1 AND id <= $2 ORDER BY id", columns(run_table));
    let last = "SELECT max(id) FROM (SELECT id FROM run_hist WHERE id > $1 ORDER BY id LIMIT $2) AS chunk";
    let mut after = i64::MIN;
    loop {
        let chunk = sqlx::query_scalar(last).bind(after).bind(CHUNK);
        let last: Option<RunId> = chunk.fetch_one(&mut *connection).await.map_err(Fault::Sql)?;
        let Some(last) = last else { return Ok(()) };
        rows(connection, event_table, &events, (after, last), to).await?;
        rows(connection, run_table, &runs, (after, last), to).await?;
        after = last;
    }
}

/// `within` are the parameters of a question that has some.
async fn rows(
    connection: &mut PgConnection,
    table: &'static Table,
    sql: &str,
    within: (RunId, RunId),
    to: &mut dyn Pages,
) -> Result<(), Error> {
    let mut query = sqlx::query(AssertSqlSafe(sql));
    if sql.contains("$1") {
        query = query.bind(within.0).bind(within.1);
    }
    let mut page = Page::new(table);
    let mut found = query.fetch(connection);
    while let Some(row) = found.try_next().await.map_err(Fault::Sql)? {
        page.push(cells(table, &row)?);
        if page.is_full() {
            to.page(page.take()).await?;
        }
    }
    if page.rows.is_empty() { Ok(()) } else { to.page(page).await }
}

fn cells(table: &Table, row: &PgRow) -> Result<Row, Fault> {
    let cell = |(place, (_, kind)): (usize, &(&str, Kind))| {
        Ok(match kind {
            Kind::Int => row.try_get::<Option<i64>, _>(place)?.map(Cell::Int),
            Kind::Text => row.try_get::<Option<String>, _>(place)?.map(Cell::Text),
            Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(place)?.map(Cell::Bytes),
        }
        .unwrap_or(Cell::Null))
    };
    table.columns.iter().enumerate().map(cell).collect()
}
