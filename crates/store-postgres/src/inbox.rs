//! Failed runs that wait for a person: written with the commits, asked by people.

use crate::care;
use crate::fault::Fault;
use crate::store::{Change, PostgresStore};
use crate::text::text;
use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Postgres, QueryBuilder, Row};
use std::collections::{BTreeMap, HashMap};
use store::decode::{
    self, GROUP, GroupColumns, INBOX, IS_A_PERSONS, InboxColumns, RETRY, RetryColumns, SNOOZED, group,
};
use store::{
    Accept, DeadLetter, Error, ErrorGroup, Fingerprint, Finish, FlowKey, GroupFilter, Inbox, InboxFilter,
    InboxRow, InboxState, Ms, RECORDS_MAX, Retried, RetryRow, RunId, Status,
};

const NO_DOC: &[u8] = &[];

/// What a commit adds to the groups, written at its end and in order, so that two processes never wait for each other.
#[derive(Default)]
pub(crate) struct Groups(BTreeMap<Fingerprint, Added>);

#[derive(Default)]
struct Added {
    runs: i64,
    open: i64,
    latest: Option<Latest>,
}

struct Latest {
    flow: FlowKey,
    node: String,
    code: String,
    message: String,
    first_at: Ms,
    last_at: Ms,
}

impl Groups {
    fn open(&mut self, fingerprint: Fingerprint, records: i64) {
        self.0.entry(fingerprint).or_default().open += records;
    }

    fn failed(&mut self, fingerprint: Fingerprint, finish: &Finish) {
        let at = finish.finished_at;
        let added = self.0.entry(fingerprint).or_default();
        let (first_at, last_at) = added
            .latest
            .as_ref()
            .map_or((at, at), |latest| (latest.first_at.min(at), latest.last_at.max(at)));
        added.runs += 1;
        added.open += 1;
        added.latest = Some(Latest {
            flow: finish.run.flow,
            node: node(finish),
            code: finish.error_code.clone().unwrap_or_default(),
            message: finish.error.clone().unwrap_or_default(),
            first_at,
            last_at,
        });
    }

    pub(crate) async fn write(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        for (fingerprint, Added { runs, open, latest }) in &self.0 {
            let Some(latest) = latest else {
                let sql = "UPDATE error_group SET open = open + $2 WHERE fingerprint = $1";
                sqlx::query(sql).bind(fingerprint).bind(open).execute(&mut *connection).await?;
                continue;
            };
            let sql = "INSERT INTO error_group AS g (fingerprint, flow, node, code, message, runs, open, first_at, last_at)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                       ON CONFLICT (fingerprint) DO UPDATE SET runs = g.runs + excluded.runs, open = g.open + excluded.open,
                           message = excluded.message, last_at = greatest(g.last_at, excluded.last_at)";
            let query = sqlx::query(sql).bind(fingerprint).bind(latest.flow).bind(&latest.node);
            let query = query.bind(text(&latest.code)).bind(text(&latest.message)).bind(runs).bind(open);
            query.bind(latest.first_at).bind(latest.last_at).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

fn node(finish: &Finish) -> String {
    finish.error_node.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// Writes down which runs are retried by those of the batch that are new; tells which come too late, and after whom.
pub(crate) async fn retry(
    connection: &mut PgConnection,
    accepts: &[Accept],
    is_known: impl Fn(RunId) -> bool,
    groups: &mut Groups,
) -> Result<HashMap<RunId, RunId>, Fault> {
    let retries = accepts.iter().filter(|accept| !is_known(accept.run.id));
    let mut retries: Vec<_> =
        retries.filter_map(|accept| Some((accept.retries.as_ref()?, accept.run.id))).collect();
    retries.sort_unstable_by_key(|(retried, by)| (retried.run, *by));
    let mut refused = HashMap::new();
    for (retried, by) in retries {
        // Waits for whoever is about to retry the same run.
        let sql = "INSERT INTO retry (run, by_run, origin, at, who, what) VALUES ($1, $2, $3, $4, $5, $6)
                   ON CONFLICT (run) DO NOTHING";
        let origin = origin(connection, retried.run).await?;
        let query = sqlx::query(sql).bind(retried.run).bind(by).bind(origin).bind(retried.at);
        query.bind(text(&retried.who)).bind(text(&retried.what)).execute(&mut *connection).await?;
        let first: RunId = sqlx::query_scalar("SELECT by_run FROM retry WHERE run = $1")
            .bind(retried.run)
            .fetch_one(&mut *connection)
            .await?;
        if first == by {
            let change = Closing::retried(retried);
            set_state(connection, retried.run, &change, groups).await?;
        } else {
            refused.insert(by, first);
        }
    }
    Ok(refused)
}

/// The first of the runs that retry one another up to this one.
async fn origin(connection: &mut PgConnection, run: RunId) -> Result<RunId, Fault> {
    let sql = "SELECT origin FROM retry WHERE by_run = $1";
    let first: Option<RunId> = sqlx::query_scalar(sql).bind(run).fetch_optional(connection).await?;
    Ok(first.unwrap_or(run))
}

/// What a run's end means for the inbox. No run but those that failed and retries costs anything.
pub(crate) async fn ended(
    connection: &mut PgConnection,
    finish: &Finish,
    groups: &mut Groups,
) -> Result<(), Fault> {
    if let Some(dead) = &finish.dead {
        open(connection, finish, dead, groups).await?;
    }
    let state = match finish.status {
        Status::Done => InboxState::Resolved,
        Status::Cancelled => InboxState::Ignored,
        Status::Failed => return Ok(()),
    };
    if finish.run.lineage == finish.run.id {
        return Ok(());
    }
    let first = origin(connection, finish.run.id).await?;
    let sql = "SELECT run FROM inbox WHERE origin = $1 AND state <> 3 ORDER BY run";
    let runs: Vec<RunId> = sqlx::query_scalar(sql).bind(first).fetch_all(&mut *connection).await?;
    for run in runs {
        let change = Closing { state, at: finish.finished_at, by: "", reason: "" };
        put_state(connection, run, &change, groups).await?;
    }
    Ok(())
}

async fn open(
    connection: &mut PgConnection,
    finish: &Finish,
    dead: &DeadLetter,
    groups: &mut Groups,
) -> Result<(), Fault> {
    let sql =
        "INSERT INTO inbox (run, flow, origin, fingerprint, at, key, node, code, message, state, changed_at,
                                  changed_by, doc)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $5, '', $11) ON CONFLICT (run) DO NOTHING";
    let run = &finish.run;
    let origin = origin(connection, run.id).await?;
    let query = sqlx::query(sql).bind(run.id).bind(run.flow).bind(origin).bind(dead.fingerprint);
    let query = query.bind(finish.finished_at).bind(run.key.as_deref().map(text)).bind(node(finish));
    let query = query.bind(text(finish.error_code.as_deref().unwrap_or_default()));
    let query = query.bind(text(finish.error.as_deref().unwrap_or_default()));
    let query = query.bind(InboxState::Open as i16).bind(&dead.doc[..]);
    if query.execute(connection).await?.rows_affected() == 1 {
        groups.failed(dead.fingerprint, finish);
    }
    Ok(())
}

/// What becomes of a record.
struct Closing<'a> {
    state: InboxState,
    at: Ms,
    by: &'a str,
    reason: &'a str,
}

impl<'a> Closing<'a> {
    fn retried(retried: &'a Retried) -> Self {
        Self { state: InboxState::Retried, at: retried.at, by: &retried.who, reason: "" }
    }
}

/// Changes a record that is in a person's hands; says whether it is.
async fn set_state(
    connection: &mut PgConnection,
    run: RunId,
    change: &Closing<'_>,
    groups: &mut Groups,
) -> Result<bool, Fault> {
    let sql = format!("SELECT 1 FROM inbox WHERE run = $1 AND {IS_A_PERSONS} AND state <> $2 FOR UPDATE");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(run).bind(change.state as i16);
    if query.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(false);
    }
    put_state(connection, run, change, groups).await?;
    Ok(true)
}

async fn put_state(
    connection: &mut PgConnection,
    run: RunId,
    change: &Closing<'_>,
    groups: &mut Groups,
) -> Result<(), Fault> {
    let Closing { state, at, by, reason } = *change;
    let sql = "WITH before AS (SELECT state FROM inbox WHERE run = $1 FOR UPDATE)
               UPDATE inbox SET state = $2, changed_at = $3, changed_by = $4, reason = $7,
                   doc = CASE WHEN $5 THEN doc ELSE $6 END
               FROM before WHERE run = $1 RETURNING fingerprint, before.state";
    let query = sqlx::query_as(sql).bind(run).bind(state as i16).bind(at).bind(text(by));
    // While a person may still change their mind, what a retry takes is kept.
    let query = query.bind(state.is_a_persons(by)).bind(NO_DOC).bind(text(reason));
    let (fingerprint, before): (Fingerprint, i16) = query.fetch_one(connection).await?;
    let is_open = |state: i16| i64::from(state == InboxState::Open as i16);
    groups.open(fingerprint, is_open(state as i16) - is_open(before));
    Ok(())
}

struct SetStates {
    runs: Vec<RunId>,
    state: InboxState,
    at: Ms,
    by: String,
    reason: String,
}

impl Change<usize> for SetStates {
    async fn make(self, connection: &mut PgConnection) -> Result<usize, Fault> {
        let Self { mut runs, state, at, by, reason } = self;
        runs.sort_unstable();
        let change = Closing { state, at, by: &by, reason: &reason };
        let (mut groups, mut changed) = (Groups::default(), 0);
        for run in runs {
            changed += usize::from(set_state(connection, run, &change, &mut groups).await?);
        }
        groups.write(connection).await?;
        Ok(changed)
    }
}

struct Forget {
    before: RunId,
    limit: i64,
}

impl Change<usize> for Forget {
    async fn make(self, connection: &mut PgConnection) -> Result<usize, Fault> {
        let Self { before, limit } = self;
        let sql =
            "DELETE FROM inbox WHERE run IN (SELECT run FROM inbox WHERE run < $1 ORDER BY run LIMIT $2)
                   RETURNING fingerprint, state";
        let query = sqlx::query_as(sql).bind(before).bind(limit);
        let gone: Vec<(Fingerprint, i16)> = query.fetch_all(&mut *connection).await?;
        let mut groups = Groups::default();
        for (fingerprint, state) in &gone {
            groups.open(*fingerprint, -i64::from(*state == InboxState::Open as i16));
        }
        groups.write(connection).await?;
        let left: Vec<Fingerprint> = groups.0.into_keys().collect();
        let sql = "DELETE FROM error_group AS g WHERE fingerprint = ANY($1)
                   AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.fingerprint = g.fingerprint)";
        sqlx::query(sql).bind(&left).execute(&mut *connection).await?;
        if !gone.is_empty() {
            care::forget(connection).await?;
        }
        let sql =
            "DELETE FROM retry WHERE run IN (SELECT run FROM retry WHERE run < $1 ORDER BY run LIMIT $2)";
        sqlx::query(sql).bind(before).bind(limit).execute(&mut *connection).await?;
        Ok(gone.len())
    }
}

#[async_trait]
impl Inbox for PostgresStore {
    async fn error_groups(&self, filter: GroupFilter) -> Result<Vec<ErrorGroup>, Error> {
        let mut sql = QueryBuilder::<Postgres>::new(format!("SELECT {GROUP} FROM error_group WHERE true"));
        if let Some(flow) = filter.flow {
            sql.push(" AND flow = ").push_bind(flow);
        }
        if filter.open {
            sql.push(" AND open > 0");
        }
        if let Some(fingerprint) = filter.fingerprint {
            sql.push(" AND fingerprint = ").push_bind(fingerprint);
        }
        if let Some(assignee) = &filter.assignee {
            sql.push(
                " AND EXISTS (SELECT 1 FROM care WHERE kind = 1 AND subject = fingerprint AND assignee = ",
            );
            sql.push_bind(text(assignee).into_owned()).push(")");
        }
        if let Some((aside, now)) = filter.snoozed {
            sql.push(if aside { " AND EXISTS (" } else { " AND NOT EXISTS (" }).push(SNOOZED).push(" ");
            sql.push_bind(now).push("))");
        }
        if let Some((at, fingerprint)) = filter.before {
            sql.push(" AND (last_at, fingerprint) < (").push_bind(at);
            sql.push(", ").push_bind(fingerprint).push(")");
        }
        sql.push(" ORDER BY last_at DESC, fingerprint DESC LIMIT ").push_bind(filter.most());
        let mut reader = self.reader().await?;
        let rows = sql.build_query_as::<GroupColumns>().fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(group).collect()
    }

    async fn inbox(&self, filter: InboxFilter) -> Result<Vec<InboxRow>, Error> {
        let mut sql = records(&filter);
        let mut reader = self.reader().await?;
        let rows = sql.build_query_as::<InboxColumns>().fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(decode::inbox).collect()
    }

    async fn dead_letter(&self, run: RunId) -> Result<Option<(InboxRow, Bytes)>, Error> {
        let sql = format!("SELECT {INBOX}, doc FROM inbox WHERE run = $1");
        let mut reader = self.reader().await?;
        let found = sqlx::query(AssertSqlSafe(sql)).bind(run).fetch_optional(&mut *reader).await;
        let Some(row) = found.map_err(Fault::Sql)? else { return Ok(None) };
        let doc: Vec<u8> = row.try_get("doc").map_err(Fault::Sql)?;
        Ok(Some((decode::inbox(InboxColumns::from_row(&row).map_err(Fault::Sql)?)?, doc.into())))
    }

    async fn set_inbox_state(
        &self,
        runs: &[RunId],
        state: InboxState,
        at: Ms,
        by: &str,
        reason: &str,
    ) -> Result<usize, Error> {
        let runs = runs.iter().copied().take(RECORDS_MAX).collect();
        self.change(SetStates { runs, state, at, by: by.to_owned(), reason: reason.to_owned() }).await
    }

    async fn retries_by(&self, runs: &[RunId]) -> Result<Vec<RetryRow>, Error> {
        self.retries("by_run", runs).await
    }

    async fn retries_of(&self, runs: &[RunId]) -> Result<Vec<RetryRow>, Error> {
        self.retries("run", runs).await
    }

    async fn retried_by(&self, run: RunId) -> Result<Option<RetryRow>, Error> {
        let mut reader = self.reader().await?;
        let sql = format!("SELECT {RETRY} FROM retry WHERE run = $1");
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(run);
        let row: Option<RetryColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(row.map(decode::retry))
    }

    async fn forget_errors(&self, before: RunId, limit: usize) -> Result<usize, Error> {
        self.change(Forget { before, limit: limit.min(RECORDS_MAX) as i64 }).await
    }
}

impl PostgresStore {
    /// The rows that have one of these runs in a column, in its order.
    async fn retries(&self, column: &str, runs: &[RunId]) -> Result<Vec<RetryRow>, Error> {
        let sql = format!("SELECT {RETRY} FROM retry WHERE {column} = ANY($1) ORDER BY {column}");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(&runs[..runs.len().min(RECORDS_MAX)]);
        let rows: Vec<RetryColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(decode::retry).collect())
    }
}

fn records(filter: &InboxFilter) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::<Postgres>::new(format!("SELECT {INBOX} FROM inbox WHERE true"));
    for (comparison, bound) in filter.comparisons() {
        sql.push(" AND ").push(comparison).push_bind(bound);
    }
    if let Some(wanted) = filter.wanted() {
        let pattern = store::search::contains(&text(wanted));
        sql.push(" AND (key ILIKE ").push_bind(pattern.clone()).push(" OR message ILIKE ");
        sql.push_bind(pattern).push(")");
    }
    sql.push(" ORDER BY ").push(filter.order()).push(" LIMIT ").push_bind(filter.most());
    sql
}
