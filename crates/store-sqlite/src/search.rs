//! A list of runs: newest first, from the hot file and as many days' files as it takes.

use crate::fault::Fault;
use crate::history::{Days, REACH, REACH_ORDER, files_with};
use crate::row::{self, SUMMARY_ENDED, SUMMARY_OPEN};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use store::search::{Pick, Runs, SEARCH_MAX, Search, after_all_starting, contains};
use store::{KeyFilter, RunFilter, RunSummaryRow, Status};

/// How a list is asked of the hot file and the days' files.
pub(crate) struct Asking<'a>(Search<'a>);

impl<'a> Asking<'a> {
    pub(crate) fn new(filter: &'a RunFilter) -> Self {
        Self(Search::new(filter))
    }

    /// The hot file first: what moves to its day's file meanwhile is then found twice, and not missed.
    pub(crate) async fn ask(
        &self,
        hot: &mut SqliteConnection,
        days: &Days,
    ) -> Result<Vec<RunSummaryRow>, Fault> {
        let mut found = self.look(hot, &self.0.runs(), SEARCH_MAX).await?;
        let ended: Vec<Runs> =
            self.0.runs().into_iter().filter(|runs| matches!(runs, Runs::Ended(_))).collect();
        if ended.is_empty() {
            return Ok(found);
        }
        let (question, mut to_search) = (days.ask(), SEARCH_MAX);
        for reach in files_with(hot, self.files()).await? {
            if found.len() >= self.0.limit && found.last().is_none_or(|oldest| oldest.id > reach.last) {
                break;
            }
            if let Some(mut day) = question.open(reach.file).await? {
                found.append(&mut self.look(&mut day, &ended, to_search).await?);
                found = self.0.newest(found);
                to_search = (to_search - reach.runs).max(0);
            }
        }
        Ok(found)
    }

    async fn look(
        &self,
        connection: &mut SqliteConnection,
        among: &[Runs],
        to_search: i64,
    ) -> Result<Vec<RunSummaryRow>, Fault> {
        let mut found = Vec::new();
        for runs in among {
            for pick in self.0.picks() {
                let rows = self.sql(*runs, pick, to_search).build().fetch_all(&mut *connection).await?;
                found.append(&mut rows.iter().map(row::summary).collect::<Result<_, _>>()?);
            }
        }
        Ok(self.0.newest(found))
    }

    /// Which days' files may hold any of them.
    fn files(&self) -> QueryBuilder<Sqlite> {
        let RunFilter { flow, statuses, .. } = self.0.filter;
        let mut sql = QueryBuilder::new(REACH);
        sql.push("first_id < ").push_bind(self.0.before);
        sql.push(" AND last_id >= ").push_bind(self.0.oldest);
        if let Some(flow) = flow {
            sql.push(" AND flow = ").push_bind(*flow);
        }
        if !statuses.is_empty() {
            let numbers: Vec<String> = statuses.iter().map(|status| (*status as i16).to_string()).collect();
            sql.push(format!(" AND status IN ({})", numbers.join(", ")));
        }
        sql.push(REACH_ORDER);
        sql
    }

    fn sql(&self, runs: Runs, pick: Pick, to_search: i64) -> QueryBuilder<Sqlite> {
        let (columns, table) = match runs {
            Runs::Open => (SUMMARY_OPEN, "run"),
            Runs::Ended(status) => (SUMMARY_ENDED, self.ended_table(status, pick)),
        };
        let mut sql = QueryBuilder::new(format!("SELECT * FROM (SELECT {columns} FROM {table} WHERE id < "));
        sql.push_bind(self.0.before);
        sql.push(" AND id >= ").push_bind(self.0.oldest);
        if let Some(flow) = self.0.filter.flow {
            sql.push(" AND flow = ").push_bind(flow);
        }
        self.push_key(&mut sql);
        if let Runs::Ended(Some(status)) = runs {
            // SQLite does not see by itself that 2 is in an index over all from 2.
            let in_trouble = if status == Status::Done { "" } else { " AND status >= 2" };
            sql.push(format!(" AND status = {}{in_trouble}", status as i16));
        }
        self.push_pick(&mut sql, runs, pick, to_search);
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(self.0.limit as i64);
        sql
    }

    /// Said outright, because without statistics SQLite would rather walk the whole table.
    fn ended_table(&self, status: Option<Status>, pick: Pick) -> &'static str {
        match (pick, self.0.filter.flow, status) {
            (Pick::Newest | Pick::Holding, _, _) if self.0.filter.key.is_some() => {
                "run_hist INDEXED BY run_hist_key"
            }
            (Pick::Starting, _, _) => "run_hist INDEXED BY run_hist_key",
            (Pick::One(_), _, _) | (_, None, None | Some(Status::Done)) => "run_hist",
            (_, Some(_), _) => "run_hist INDEXED BY run_hist_flow",
            (_, None, Some(Status::Failed | Status::Cancelled)) => "run_hist INDEXED BY run_hist_trouble",
        }
    }

    fn push_key(&self, sql: &mut QueryBuilder<Sqlite>) {
        match &self.0.filter.key {
            None => {}
            Some(KeyFilter::Is(key)) => drop(sql.push(" AND key = ").push_bind(key.clone())),
            Some(KeyFilter::Starts(start)) => {
                sql.push(" AND key >= ").push_bind(start.clone());
                sql.push(" AND key < ").push_bind(after_all_starting(start));
            }
        }
    }

    /// Ends the inner question and, where rows have to be looked at, begins the outer one.
    fn push_pick(&self, sql: &mut QueryBuilder<Sqlite>, runs: Runs, pick: Pick, to_search: i64) {
        let text = self.0.text();
        match pick {
            // So many keys of ended runs may start like this that no order of all of them is waited for. Open ones lie in order,
            // and a job goes through all of them.
            Pick::Newest if self.0.starts() && runs != Runs::Open => {
                sql.push(" LIMIT ").push_bind(SEARCH_MAX).push(")")
            }
            Pick::Newest => sql.push(" ORDER BY id DESC LIMIT ").push_bind(self.0.limit as i64).push(")"),
            Pick::One(run) => sql.push(" AND id = ").push_bind(run).push(")"),
            Pick::Starting => {
                sql.push(" AND key >= ").push_bind(text.to_owned());
                sql.push(" AND key < ").push_bind(after_all_starting(text));
                sql.push(" LIMIT ").push_bind(SEARCH_MAX).push(")")
            }
            Pick::Holding => {
                let pattern = contains(text);
                sql.push(" ORDER BY id DESC LIMIT ").push_bind(to_search).push(") WHERE key LIKE ");
                sql.push_bind(pattern.clone()).push(" ESCAPE '\\' OR error LIKE ");
                sql.push_bind(pattern).push(" ESCAPE '\\'")
            }
        };
    }
}
