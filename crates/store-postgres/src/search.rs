//! Lists of runs: newest first, by flow, outcome and text.

use crate::fault::Fault;
use crate::row::{self, SUMMARY_ENDED, SUMMARY_OPEN};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use store::{RunFilter, RunId, RunSummaryRow, Status};

/// Most runs one list gives.
const LIST_MAX: usize = 1_000;
/// How many runs are looked through for a text, and how many keys with one start are considered.
const SEARCH_MAX: i64 = 20_000;
const TEXT_CHARS_MAX: usize = 200;

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

pub(crate) struct Search<'a> {
    filter: &'a RunFilter,
    before: RunId,
    limit: usize,
    text: Option<String>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(filter: &'a RunFilter) -> Self {
        let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Self {
            filter,
            before: filter.before.unwrap_or(RunId::MAX),
            limit: filter.limit.min(LIST_MAX),
            // No text of the database holds a NUL, and it takes none in a question.
            text: text.map(|text| text.chars().filter(|c| *c != '\0').take(TEXT_CHARS_MAX).collect()),
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

    /// Open runs first: one that ends meanwhile is then found twice, and not missed.
    pub(crate) async fn ask(&self, connection: &mut PgConnection) -> Result<Vec<RunSummaryRow>, Fault> {
        let mut found = Vec::new();
        for runs in self.runs() {
            for pick in self.picks() {
                let rows = self.sql(runs, pick).build().fetch_all(&mut *connection).await?;
                found.append(&mut rows.iter().map(row::summary).collect::<Result<_, _>>()?);
            }
        }
        Ok(self.newest(found))
    }

    fn sql(&self, runs: Runs, pick: Pick) -> QueryBuilder<Postgres> {
        let (columns, table) = match runs {
            Runs::Open => (SUMMARY_OPEN, "run"),
            Runs::Ended(_) => (SUMMARY_ENDED, "run_hist"),
        };
        let mut sql = QueryBuilder::new(format!("SELECT * FROM (SELECT {columns} FROM {table} WHERE id < "));
        sql.push_bind(self.before);
        if let Some(flow) = self.filter.flow {
            sql.push(" AND flow = ").push_bind(flow);
        }
        if let Runs::Ended(Some(status)) = runs {
            sql.push(format!(" AND status = {}", status as i16));
        }
        self.push_pick(&mut sql, pick);
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(self.limit as i64);
        sql
    }

    /// Ends the inner question and, where rows have to be looked at, begins the outer one.
    fn push_pick(&self, sql: &mut QueryBuilder<Postgres>, pick: Pick) {
        let text = self.text.as_deref().unwrap_or_default();
        match pick {
            Pick::Newest => {
                sql.push(" ORDER BY id DESC LIMIT ").push_bind(self.limit as i64).push(") AS newest")
            }
            Pick::One(run) => sql.push(" AND id = ").push_bind(run).push(") AS one"),
            Pick::Starting => {
                sql.push(" AND key COLLATE \"C\" >= ").push_bind(text.to_owned());
                sql.push(" AND key COLLATE \"C\" < ").push_bind(format!("{text}\u{10ffff}"));
                sql.push(" LIMIT ").push_bind(SEARCH_MAX).push(") AS starting")
            }
            Pick::Holding => {
                let pattern = contains(text);
                sql.push(" ORDER BY id DESC LIMIT ")
                    .push_bind(SEARCH_MAX)
                    .push(") AS recent WHERE key ILIKE ");
                sql.push_bind(pattern.clone()).push(" OR error ILIKE ");
                sql.push_bind(pattern)
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

pub(crate) fn contains(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}
