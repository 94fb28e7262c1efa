//! Questions that people ask about runs.

use crate::blob::{self, Kind};
use crate::commit::DAY_MS;
use crate::fault::Fault;
use crate::reader::snapshot;
use crate::row::{self, SUMMARY_ENDED, SUMMARY_OPEN};
use crate::store::SqliteStore;
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite, SqliteConnection};
use store::{
    DayCount, Error, EventId, FlowKey, FlowTotals, Ms, RunDetailRow, RunFilter, RunId, RunQueries,
    RunSummaryRow, SUMMARIES_MAX, Status, StoreSize,
};

/// Most runs one list gives.
const LIST_MAX: usize = 1_000;
/// How many runs are looked through for a text, and how many keys with one start are considered.
const SEARCH_MAX: i64 = 20_000;
const TEXT_CHARS_MAX: usize = 200;

#[async_trait]
impl RunQueries for SqliteStore {
    async fn runs(&self, filter: RunFilter) -> Result<Vec<RunSummaryRow>, Error> {
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        Ok(Search::new(&filter).ask(&mut at_once).await?)
    }

    async fn summaries(&self, runs: &[RunId]) -> Result<Vec<RunSummaryRow>, Error> {
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        let mut sql = by_id(&runs[..runs.len().min(SUMMARIES_MAX)]);
        let rows = sql.build().fetch_all(&mut *at_once).await.map_err(Fault::Read)?;
        Ok(rows.iter().map(row::summary).collect::<Result<_, Fault>>()?)
    }

    async fn run_detail(&self, run: RunId) -> Result<Option<RunDetailRow>, Error> {
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        Ok(detail(&mut at_once, run).await?)
    }

    async fn retries(&self, event: EventId) -> Result<Vec<RunSummaryRow>, Error> {
        let later = "event = ?1 AND id <> event";
        let sql = format!(
            "SELECT {SUMMARY_OPEN} FROM run WHERE {later} UNION ALL
             SELECT {SUMMARY_ENDED} FROM run_hist WHERE {later} ORDER BY id"
        );
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        let query = sqlx::query(AssertSqlSafe(sql)).bind(event);
        let rows = query.fetch_all(&mut *at_once).await.map_err(Fault::Read)?;
        Ok(rows.iter().map(row::summary).collect::<Result<_, Fault>>()?)
    }

    async fn flow_totals(&self) -> Result<Vec<(FlowKey, FlowTotals)>, Error> {
        let sql = "SELECT flow, done, failed, cancelled, open, last_run_at, last_status FROM flow_total ORDER BY flow";
        let mut reader = self.reader.take().await?;
        let rows: Vec<TotalsRow> = sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(totals).collect::<Result<_, Fault>>()?)
    }

    async fn days(&self, since: Ms) -> Result<Vec<DayCount>, Error> {
        let sql = "SELECT flow, day, status, runs FROM flow_day WHERE day >= ?1 ORDER BY day, flow, status";
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(sql).bind(since.div_euclid(DAY_MS));
        let rows: Vec<DayRow> = query.fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(day).collect::<Result<_, Fault>>()?)
    }

    async fn size(&self) -> Result<StoreSize, Error> {
        let bytes = |path| std::fs::metadata(path).map_or(0, |data| data.len());
        Ok(StoreSize {
            bytes: bytes(self.place.file()),
            wal_bytes: bytes(self.place.log()),
            free_disk_bytes: self.place.free_bytes(),
        })
    }

    async fn ping(&self) -> Result<(), Error> {
        let mut reader = self.reader.take().await?;
        sqlx::query("SELECT 1").execute(&mut *reader).await.map_err(Fault::Read)?;
        Ok(())
    }
}

type TotalsRow = (FlowKey, i64, i64, i64, i64, Option<Ms>, Option<i16>);

fn totals(row: TotalsRow) -> Result<(FlowKey, FlowTotals), Fault> {
    let (flow, done, failed, cancelled, open, last_run_at, last_status) = row;
    let count = |number: i64| u64::try_from(number).map_err(|_| Fault::unreadable("a count below zero"));
    let totals = FlowTotals {
        done: count(done)?,
        failed: count(failed)?,
        cancelled: count(cancelled)?,
        open: count(open)?,
        last_run_at,
        last_status: last_status.map(row::status).transpose()?,
    };
    Ok((flow, totals))
}

type DayRow = (FlowKey, i64, i16, i64);

fn day((flow, day, status, runs): DayRow) -> Result<DayCount, Fault> {
    let runs = u64::try_from(runs).map_err(|_| Fault::unreadable("a count below zero"))?;
    Ok(DayCount { flow, day: day * DAY_MS, status: row::status(status)?, runs })
}

/// Which runs one walk goes through.
#[derive(Clone, Copy)]
enum Runs {
    Open,
    Ended(Option<Status>),
}

/// What it picks out of them.
#[derive(Clone, Copy)]
enum Pick {
    Newest,
    /// Those of the newest whose key or error holds the text.
    Holding,
    /// Those whose key starts with the text.
    Starting,
    One(RunId),
}

struct Search<'a> {
    filter: &'a RunFilter,
    before: RunId,
    limit: usize,
    text: Option<String>,
}

impl<'a> Search<'a> {
    fn new(filter: &'a RunFilter) -> Self {
        let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Self {
            filter,
            before: filter.before.unwrap_or(RunId::MAX),
            limit: filter.limit.min(LIST_MAX),
            text: text.map(|text| text.chars().take(TEXT_CHARS_MAX).collect()),
        }
    }

    fn runs(&self) -> Vec<Runs> {
        let RunFilter { flow, statuses, open, .. } = self.filter;
        let all = statuses.is_empty() && !open;
        // The table itself is in order of id; with a flow or a status given, an index has one order per status.
        let ended: Vec<Option<Status>> = match (all, flow) {
            (true, None) => vec![None],
            (true, Some(_)) => [Status::Done, Status::Failed, Status::Cancelled].map(Some).into(),
            (false, _) => statuses.iter().copied().map(Some).collect(),
        };
        let open = (*open || all).then_some(Runs::Open);
        open.into_iter().chain(ended.into_iter().map(Runs::Ended)).collect()
    }

    fn picks(&self) -> Vec<Pick> {
        let Some(text) = &self.text else { return vec![Pick::Newest] };
        let one = text.parse().ok().map(Pick::One);
        [Pick::Holding, Pick::Starting].into_iter().chain(one).collect()
    }

    async fn ask(&self, connection: &mut SqliteConnection) -> Result<Vec<RunSummaryRow>, Fault> {
        let mut found = Vec::new();
        for runs in self.runs() {
            for pick in self.picks() {
                let rows = self.sql(runs, pick).build().fetch_all(&mut *connection).await?;
                found.append(&mut rows.iter().map(row::summary).collect::<Result<_, _>>()?);
            }
        }
        Ok(self.newest(found))
    }

    fn sql(&self, runs: Runs, pick: Pick) -> QueryBuilder<Sqlite> {
        let (columns, table) = match runs {
            Runs::Open => (SUMMARY_OPEN, "run"),
            Runs::Ended(status) => (SUMMARY_ENDED, self.ended_table(status, pick)),
        };
        let mut sql = QueryBuilder::new(format!("SELECT * FROM (SELECT {columns} FROM {table} WHERE id < "));
        sql.push_bind(self.before);
        if let Some(flow) = self.filter.flow {
            sql.push(" AND flow = ").push_bind(flow);
        }
        if let Runs::Ended(Some(status)) = runs {
            // SQLite does not see by itself that 2 is in an index over all from 2.
            let in_trouble = if status == Status::Done { "" } else { " AND status >= 2" };
            sql.push(format!(" AND status = {}{in_trouble}", status as i16));
        }
        self.push_pick(&mut sql, pick);
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(self.limit as i64);
        sql
    }

    /// Said outright, because without statistics SQLite would rather walk the whole table.
    fn ended_table(&self, status: Option<Status>, pick: Pick) -> &'static str {
        match (pick, self.filter.flow, status) {
            (Pick::Starting, _, _) => "run_hist INDEXED BY run_hist_key",
            (Pick::One(_), _, _) | (_, None, None | Some(Status::Done)) => "run_hist",
            (_, Some(_), _) => "run_hist INDEXED BY run_hist_flow",
            (_, None, Some(Status::Failed | Status::Cancelled)) => "run_hist INDEXED BY run_hist_trouble",
        }
    }

    /// Ends the inner question and, where rows have to be looked at, begins the outer one.
    fn push_pick(&self, sql: &mut QueryBuilder<Sqlite>, pick: Pick) {
        let text = self.text.as_deref().unwrap_or_default();
        match pick {
            Pick::Newest => sql.push(" ORDER BY id DESC LIMIT ").push_bind(self.limit as i64).push(")"),
            Pick::One(run) => sql.push(" AND id = ").push_bind(run).push(")"),
            Pick::Starting => {
                sql.push(" AND key >= ").push_bind(text.to_owned());
                sql.push(" AND key < ").push_bind(format!("{text}\u{10ffff}"));
                sql.push(" LIMIT ").push_bind(SEARCH_MAX).push(")")
            }
            Pick::Holding => {
                let pattern = contains(text);
                sql.push(" ORDER BY id DESC LIMIT ").push_bind(SEARCH_MAX).push(") WHERE key LIKE ");
                sql.push_bind(pattern.clone()).push(" ESCAPE '\\' OR error LIKE ");
                sql.push_bind(pattern).push(" ESCAPE '\\'")
            }
        };
    }

    /// One run may be found in several ways.
    fn newest(&self, mut found: Vec<RunSummaryRow>) -> Vec<RunSummaryRow> {
        found.sort_unstable_by_key(|run| std::cmp::Reverse(run.id));
        found.dedup_by_key(|run| run.id);
        found.truncate(self.limit);
        found
    }
}

fn contains(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}

fn by_id(runs: &[RunId]) -> QueryBuilder<Sqlite> {
    let open = format!("SELECT {SUMMARY_OPEN} FROM run WHERE id IN (");
    let ended = format!(") UNION ALL SELECT {SUMMARY_ENDED} FROM run_hist WHERE id IN (");
    let mut sql = QueryBuilder::new("");
    for half in [open, ended] {
        let mut ids = sql.push(half).separated(", ");
        for run in runs {
            ids.push_bind(*run);
        }
    }
    sql.push(") ORDER BY id");
    sql
}

async fn detail(connection: &mut SqliteConnection, run: RunId) -> Result<Option<RunDetailRow>, Fault> {
    let open = format!("SELECT {SUMMARY_OPEN}, x'' AS doc FROM run WHERE id = ");
    let ended = format!("SELECT {SUMMARY_ENDED}, doc FROM run_hist WHERE id = ");
    for sql in [open, ended] {
        let mut sql = QueryBuilder::<Sqlite>::new(sql);
        let Some(row) = sql.push_bind(run).build().fetch_optional(&mut *connection).await? else {
            continue;
        };
        let summary = row::summary(&row)?;
        let doc = blob::get(connection, row.try_get("doc")?, run, Kind::Doc, 0).await?;
        let event = row::event(connection, summary.event).await?;
        return Ok(Some(RunDetailRow { summary, doc, event }));
    }
    Ok(None)
}
