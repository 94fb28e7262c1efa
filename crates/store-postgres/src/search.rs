//! Lists of runs: newest first, by flow, outcome and text.

use crate::fault::Fault;
use crate::row::{self, SUMMARY_ENDED, SUMMARY_OPEN};
use crate::text::text;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use store::search::{Pick, Runs, SEARCH_MAX, Search, after_all_starting, contains};
use store::{KeyFilter, RunFilter, RunSummaryRow};

/// How a list is asked of the tables.
pub(crate) struct Asking<'a>(Search<'a>);

impl<'a> Asking<'a> {
    pub(crate) fn new(filter: &'a RunFilter) -> Self {
        Self(Search::new(filter))
    }

    /// Open runs first: one that ends meanwhile is then found twice, and not missed.
    pub(crate) async fn ask(&self, connection: &mut PgConnection) -> Result<Vec<RunSummaryRow>, Fault> {
        let mut found = Vec::new();
        for runs in self.0.runs() {
            for pick in self.0.picks() {
                let rows = self.sql(runs, pick).build().fetch_all(&mut *connection).await?;
                found.append(&mut rows.iter().map(row::summary).collect::<Result<_, _>>()?);
            }
        }
        Ok(self.0.newest(found))
    }

    fn sql(&self, runs: Runs, pick: Pick) -> QueryBuilder<Postgres> {
        let (columns, table) = match runs {
            Runs::Open => (SUMMARY_OPEN, "run"),
            Runs::Ended(_) => (SUMMARY_ENDED, "run_hist"),
        };
        let mut sql = QueryBuilder::new(format!("SELECT * FROM (SELECT {columns} FROM {table} WHERE id < "));
        sql.push_bind(self.0.before);
        sql.push(" AND id >= ").push_bind(self.0.oldest);
        if let Some(flow) = self.0.filter.flow {
            sql.push(" AND flow = ").push_bind(flow);
        }
        self.push_key(&mut sql);
        if let Runs::Ended(Some(status)) = runs {
            sql.push(format!(" AND status = {}", status as i16));
        }
        self.push_pick(&mut sql, runs, pick);
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(self.0.limit as i64);
        sql
    }

    fn push_key(&self, sql: &mut QueryBuilder<Postgres>) {
        match &self.0.filter.key {
            None => {}
            Some(KeyFilter::Is(key)) => {
                sql.push(" AND key COLLATE \"C\" = ").push_bind(text(key));
            }
            Some(KeyFilter::Starts(start)) => {
                sql.push(" AND key COLLATE \"C\" >= ").push_bind(text(start));
                sql.push(" AND key COLLATE \"C\" < ").push_bind(after_all_starting(&text(start)));
            }
        }
    }

    /// Ends the inner question and, where rows have to be looked at, begins the outer one.
    fn push_pick(&self, sql: &mut QueryBuilder<Postgres>, runs: Runs, pick: Pick) {
        let wanted = self.0.text();
        match pick {
            // So many keys of ended runs may start like this that no order of all of them is waited for. Open ones lie in order,
            // and a job goes through all of them.
            Pick::Newest if self.0.starts() && runs != Runs::Open => {
                sql.push(" LIMIT ").push_bind(SEARCH_MAX).push(") AS starting")
            }
            Pick::Newest => {
                sql.push(" ORDER BY id DESC LIMIT ").push_bind(self.0.limit as i64).push(") AS newest")
            }
            Pick::One(run) => sql.push(" AND id = ").push_bind(run).push(") AS one"),
            Pick::Starting => {
                sql.push(" AND key COLLATE \"C\" >= ").push_bind(wanted.to_owned());
                sql.push(" AND key COLLATE \"C\" < ").push_bind(after_all_starting(wanted));
                sql.push(" LIMIT ").push_bind(SEARCH_MAX).push(") AS starting")
            }
            Pick::Holding => {
                let pattern = contains(wanted);
                sql.push(" ORDER BY id DESC LIMIT ")
                    .push_bind(SEARCH_MAX)
                    .push(") AS recent WHERE key ILIKE ");
                sql.push_bind(pattern.clone()).push(" OR error ILIKE ");
                sql.push_bind(pattern)
            }
        };
    }
}
