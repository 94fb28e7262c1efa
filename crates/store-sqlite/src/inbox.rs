//! Failed runs that wait for a person: written with the commits, asked by people.

use crate::blob::{self, Kind};
use crate::care;
use crate::fault::Fault;
use crate::reader::snapshot;
use crate::store::SqliteStore;
use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{OptionalExtension, Transaction, params};
use sqlx::{AssertSqlSafe, FromRow, QueryBuilder, Row, Sqlite};
use std::collections::BTreeMap;
use store::decode::{
    self, GROUP, GroupColumns, INBOX, IS_A_PERSONS, InboxColumns, RETRY, RetryColumns, SNOOZED, group,
};
use store::{
    DeadLetter, Error, ErrorGroup, Fingerprint, Finish, GroupFilter, Inbox, InboxFilter, InboxRow,
    InboxState, Ms, RECORDS_MAX, Retried, RetryRow, RunId, Status,
};

/// What is left of a document that is not needed any more.
const NO_DOC: &[u8] = &[];

/// What a commit adds to the groups' counts of open records, folded so that each is written once.
#[derive(Default)]
pub(crate) struct Opened(BTreeMap<Fingerprint, i64>);

impl Opened {
    fn add(&mut self, fingerprint: Fingerprint, records: i64) {
        *self.0.entry(fingerprint).or_default() += records;
    }

    pub(crate) fn write(&self, tx: &Transaction<'_>) -> Result<(), Fault> {
        let mut add = tx.prepare_cached("UPDATE error_group SET open = open + ?2 WHERE fingerprint = ?1")?;
        for (fingerprint, records) in self.0.iter().filter(|(_, records)| **records != 0) {
            add.execute((fingerprint, records))?;
        }
        Ok(())
    }
}

/// The run that retries this one already, unless it is the given one.
pub(crate) fn retried_before(
    tx: &Transaction<'_>,
    retried: &Retried,
    by: RunId,
) -> Result<Option<RunId>, Fault> {
    let sql = "SELECT by_run FROM retry WHERE run = ?1";
    let before: Option<RunId> =
        tx.prepare_cached(sql)?.query_row([retried.run], |row| row.get(0)).optional()?;
    Ok(before.filter(|before| *before != by))
}

/// Writes down that a run retries another, and takes that out of a person's hands.
pub(crate) fn retry(
    tx: &Transaction<'_>,
    retried: &Retried,
    by: RunId,
    opened: &mut Opened,
) -> Result<(), Fault> {
    let sql = "INSERT INTO retry (run, by_run, origin, at, who, what) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT DO NOTHING";
    let Retried { run, at, who, what } = retried;
    tx.prepare_cached(sql)?.execute(params![run, by, origin(tx, *run)?, at, who, what])?;
    set_state(tx, *run, &Change { state: InboxState::Retried, at: *at, by: who, reason: "" }, opened)?;
    Ok(())
}

/// The first of the runs that retry one another up to this one.
fn origin(tx: &Transaction<'_>, run: RunId) -> Result<RunId, Fault> {
    let sql = "SELECT origin FROM retry WHERE by_run = ?1";
    let first = tx.prepare_cached(sql)?.query_row([run], |row| row.get(0)).optional()?;
    Ok(first.unwrap_or(run))
}

/// What a run's end means for the inbox. It is asked for runs that failed and for retries only: no other run costs it
/// anything.
pub(crate) fn ended(tx: &Transaction<'_>, finish: &Finish, opened: &mut Opened) -> Result<(), Fault> {
    if let Some(dead) = &finish.dead {
        open(tx, finish, dead, opened)?;
    }
    let closed = match finish.status {
        Status::Done => InboxState::Resolved,
        Status::Cancelled => InboxState::Ignored,
        Status::Failed => return Ok(()),
    };
    if finish.run.lineage != finish.run.id {
        close_origin(tx, finish, closed, opened)?;
    }
    Ok(())
}

fn open(tx: &Transaction<'_>, finish: &Finish, dead: &DeadLetter, opened: &mut Opened) -> Result<(), Fault> {
    let sql =
        "INSERT INTO inbox (run, flow, origin, fingerprint, at, key, node, code, message, state, changed_at,
                                  changed_by, doc)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?5, '', ?11) ON CONFLICT DO NOTHING";
    let (run, at) = (&finish.run, finish.finished_at);
    let (node, code, message) = about(finish);
    let inserted = tx.prepare_cached(sql)?.execute(params![
        run.id,
        run.flow,
        origin(tx, run.id)?,
        dead.fingerprint,
        at,
        run.key,
        node,
        code,
        message,
        InboxState::Open as i16,
        blob::inline(&dead.doc),
    ])?;
    if inserted == 0 {
        return Ok(());
    }
    blob::put(tx, run.id, Kind::Letter, 0, &dead.doc)?;
    let sql =
        "INSERT INTO error_group (fingerprint, flow, node, code, message, runs, open, first_at, last_at)
               VALUES (?1, ?2, ?3, ?4, ?5, 1, 0, ?6, ?6)
               ON CONFLICT DO UPDATE SET runs = runs + 1, message = excluded.message,
                   last_at = max(last_at, excluded.last_at)";
    tx.prepare_cached(sql)?.execute(params![dead.fingerprint, run.flow, node, code, message, at])?;
    opened.add(dead.fingerprint, 1);
    Ok(())
}

fn about(finish: &Finish) -> (&str, &str, &str) {
    let node = finish.error_node.as_ref().map_or("", |node| node.as_str());
    (node, finish.error_code.as_deref().unwrap_or_default(), finish.error.as_deref().unwrap_or_default())
}

fn close_origin(
    tx: &Transaction<'_>,
    finish: &Finish,
    state: InboxState,
    opened: &mut Opened,
) -> Result<(), Fault> {
    let first = origin(tx, finish.run.id)?;
    let mut ask = tx.prepare_cached("SELECT run, state FROM inbox WHERE origin = ?1")?;
    let rows = ask.query_map([first], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (run, now) in rows.collect::<Result<Vec<(RunId, i16)>, _>>()? {
        if now != InboxState::Resolved as i16 {
            put_state(tx, run, &Change { state, at: finish.finished_at, by: "", reason: "" }, opened)?;
        }
    }
    Ok(())
}

/// What becomes of a record.
struct Change<'a> {
    state: InboxState,
    at: Ms,
    by: &'a str,
    reason: &'a str,
}

/// Changes a record that is in a person's hands; says whether it is.
fn set_state(
    tx: &Transaction<'_>,
    run: RunId,
    change: &Change<'_>,
    opened: &mut Opened,
) -> Result<bool, Fault> {
    let sql = format!("SELECT state FROM inbox WHERE run = ?1 AND {IS_A_PERSONS}");
    let now: Option<i16> = tx.prepare_cached(&sql)?.query_row([run], |row| row.get(0)).optional()?;
    match now.filter(|now| *now != change.state as i16) {
        None => Ok(false),
        Some(_) => put_state(tx, run, change, opened).map(|()| true),
    }
}

fn put_state(
    tx: &Transaction<'_>,
    run: RunId,
    change: &Change<'_>,
    opened: &mut Opened,
) -> Result<(), Fault> {
    let Change { state, at, by, reason } = *change;
    let ask = "SELECT fingerprint, state FROM inbox WHERE run = ?1";
    let (fingerprint, before): (Fingerprint, i16) =
        tx.prepare_cached(ask)?.query_row([run], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let is_open = |state: i16| i64::from(state == InboxState::Open as i16);
    opened.add(fingerprint, is_open(state as i16) - is_open(before));
    let set = "UPDATE inbox SET state = ?2, changed_at = ?3, changed_by = ?4, reason = ?5 WHERE run = ?1";
    tx.prepare_cached(set)?.execute((run, state as i16, at, by, reason))?;
    // While a person may still change their mind, what a retry takes is kept.
    if !state.is_a_persons(by) {
        tx.prepare_cached("UPDATE inbox SET doc = ?2 WHERE run = ?1")?.execute((run, NO_DOC))?;
        blob::remove(tx, run, Kind::Letter)?;
    }
    Ok(())
}

#[async_trait]
impl Inbox for SqliteStore {
    async fn error_groups(&self, filter: GroupFilter) -> Result<Vec<ErrorGroup>, Error> {
        let mut sql = QueryBuilder::<Sqlite>::new(format!("SELECT {GROUP} FROM error_group WHERE 1"));
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
            sql.push_bind(assignee.clone()).push(")");
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
        let mut reader = self.reader.take().await?;
        let rows = sql.build_query_as::<GroupColumns>().fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(group).collect()
    }

    async fn inbox(&self, filter: InboxFilter) -> Result<Vec<InboxRow>, Error> {
        let mut sql = records(&filter);
        let mut reader = self.reader.take().await?;
        let rows = sql.build_query_as::<InboxColumns>().fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(decode::inbox).collect()
    }

    async fn dead_letter(&self, run: RunId) -> Result<Option<(InboxRow, Bytes)>, Error> {
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        let sql = format!("SELECT {INBOX}, doc FROM inbox WHERE run = ?1");
        let found = sqlx::query(AssertSqlSafe(sql)).bind(run).fetch_optional(&mut *at_once).await;
        let Some(row) = found.map_err(Fault::Read)? else { return Ok(None) };
        let inline = row.try_get("doc").map_err(Fault::Read)?;
        let doc = blob::get(&mut at_once, inline, run, Kind::Letter, 0).await?;
        Ok(Some((decode::inbox(InboxColumns::from_row(&row).map_err(Fault::Read)?)?, doc)))
    }

    async fn set_inbox_state(
        &self,
        runs: &[RunId],
        state: InboxState,
        at: Ms,
        by: &str,
        reason: &str,
    ) -> Result<usize, Error> {
        let runs: Vec<_> = runs.iter().copied().take(RECORDS_MAX).collect();
        let (by, reason) = (by.to_owned(), reason.to_owned());
        self.write(move |tx| {
            let (mut opened, mut changed) = (Opened::default(), 0);
            let change = Change { state, at, by: &by, reason: &reason };
            for run in runs {
                changed += usize::from(set_state(tx, run, &change, &mut opened)?);
            }
            opened.write(tx)?;
            Ok(changed)
        })
        .await
    }

    async fn retries_by(&self, runs: &[RunId]) -> Result<Vec<RetryRow>, Error> {
        self.retries("by_run", runs).await
    }

    async fn retries_of(&self, runs: &[RunId]) -> Result<Vec<RetryRow>, Error> {
        self.retries("run", runs).await
    }

    async fn retried_by(&self, run: RunId) -> Result<Option<RetryRow>, Error> {
        let mut reader = self.reader.take().await?;
        let sql = format!("SELECT {RETRY} FROM retry WHERE run = ?1");
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(run);
        let row: Option<RetryColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        Ok(row.map(decode::retry))
    }

    async fn forget_errors(&self, before: RunId, limit: usize) -> Result<usize, Error> {
        let limit = limit.min(RECORDS_MAX);
        self.write(move |tx| forget(tx, before, limit)).await
    }
}

impl SqliteStore {
    /// The rows that have one of these runs in a column, in its order.
    async fn retries(&self, column: &str, runs: &[RunId]) -> Result<Vec<RetryRow>, Error> {
        let mut sql = QueryBuilder::<Sqlite>::new(format!("SELECT {RETRY} FROM retry WHERE {column} IN ("));
        let mut ids = sql.separated(", ");
        for run in runs.iter().take(RECORDS_MAX) {
            ids.push_bind(*run);
        }
        sql.push(") ORDER BY ").push(column);
        let mut reader = self.reader.take().await?;
        let rows = sql.build_query_as::<RetryColumns>().fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(decode::retry).collect())
    }
}

fn records(filter: &InboxFilter) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::<Sqlite>::new(format!("SELECT {INBOX} FROM inbox WHERE 1"));
    for (comparison, bound) in filter.comparisons() {
        sql.push(" AND ").push(comparison).push_bind(bound);
    }
    if let Some(wanted) = filter.wanted() {
        let pattern = store::search::contains(wanted);
        sql.push(" AND (key LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\' OR message LIKE ");
        sql.push_bind(pattern).push(" ESCAPE '\\')");
    }
    sql.push(" ORDER BY ").push(filter.order()).push(" LIMIT ").push_bind(filter.most());
    sql
}

fn forget(tx: &Transaction<'_>, before: RunId, limit: usize) -> Result<usize, Fault> {
    let sql = "SELECT run, fingerprint, state FROM inbox WHERE run < ?1 ORDER BY run LIMIT ?2";
    let mut ask = tx.prepare_cached(sql)?;
    let rows = ask.query_map((before, limit as i64), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let old = rows.collect::<Result<Vec<(RunId, Fingerprint, i16)>, _>>()?;
    let mut opened = Opened::default();
    for (run, fingerprint, state) in &old {
        tx.prepare_cached("DELETE FROM inbox WHERE run = ?1")?.execute([run])?;
        blob::remove(tx, *run, Kind::Letter)?;
        opened.add(*fingerprint, -i64::from(*state == InboxState::Open as i16));
    }
    opened.write(tx)?;
    for (_, fingerprint, _) in &old {
        let sql = "DELETE FROM error_group WHERE fingerprint = ?1
                   AND NOT EXISTS (SELECT 1 FROM inbox WHERE fingerprint = ?1)";
        tx.prepare_cached(sql)?.execute([fingerprint])?;
    }
    if !old.is_empty() {
        care::forget(tx)?;
    }
    let links = "DELETE FROM retry WHERE run IN (SELECT run FROM retry WHERE run < ?1 ORDER BY run LIMIT ?2)";
    tx.prepare_cached(links)?.execute((before, limit as i64))?;
    Ok(old.len())
}
