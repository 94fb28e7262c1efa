//! What a start and a waking run ask, and the way to the writer.

use crate::blob::{self, Kind};
use crate::fault::Fault;
use crate::reader::snapshot;
use crate::store::SqliteStore;
use crate::{commit, row};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, SqliteConnection};
use store::{Batch, Committed, Error, Journal, LoadedRun, Ms, Record, RunId};

#[async_trait]
impl Journal for SqliteStore {
    async fn commit(&self, batch: Batch) -> Result<Committed, Error> {
        let ends = !batch.finishes.is_empty();
        let work = move |writer: &mut crate::writer::Writer| {
            if !batch.accepts.is_empty() && writer.is_tight() {
                return Err(Error::Full);
            }
            let mut last_run = writer.last_run;
            let done = writer.write_knowing(|tx, ended| commit::write(tx, &batch, &mut last_run, ended));
            writer.last_run = last_run;
            done
        };
        let committed = self.writer.call(work).await?;
        if ends && self.moves_at_once {
            self.archiver.move_all().await?;
        } else if ends {
            self.archiver.wake();
        }
        Ok(committed)
    }

    async fn last_id(&self) -> Result<i64, Error> {
        let sql = "SELECT max(ifnull((SELECT max(id) FROM run), 0), ifnull((SELECT max(id) FROM run_hist), 0),
                              ifnull((SELECT max(id) FROM event), 0), ifnull((SELECT max(event) FROM dedupe), 0),
                              ifnull((SELECT max(last_id) FROM history_part), 0))";
        let mut reader = self.reader.take().await?;
        Ok(sqlx::query_scalar(sql).fetch_one(&mut *reader).await.map_err(Fault::Read)?)
    }

    async fn load_run(&self, run: RunId) -> Result<Option<LoadedRun>, Error> {
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        Ok(load(&mut at_once, run).await?)
    }

    async fn expire(&self, now: Ms, limit: usize) -> Result<usize, Error> {
        self.expire_runs(now, limit).await
    }
}

async fn load(connection: &mut SqliteConnection, id: RunId) -> Result<Option<LoadedRun>, Fault> {
    let sql = format!("SELECT {} FROM run WHERE id = ?1", row::RUN);
    let found = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut *connection).await?;
    let Some(run) = found.as_ref().map(row::run).transpose()? else {
        return Ok(None);
    };
    let Some(event) = row::event(connection, run.event).await? else {
        return Err(Fault::unreadable(format!("run {id} has lost its event {}", run.event)));
    };
    let records = records(connection, id).await?;
    let store::EventRow { trigger, received_at, head, body, .. } = event;
    Ok(Some(LoadedRun { run, trigger, received_at, head, body, records }))
}

async fn records(connection: &mut SqliteConnection, run: RunId) -> Result<Vec<Record>, Fault> {
    let sql = "SELECT seq, at, body FROM journal WHERE run = ?1 ORDER BY seq";
    let rows: Vec<(u32, Ms, Option<Vec<u8>>)> =
        sqlx::query_as(sql).bind(run).fetch_all(&mut *connection).await?;
    let mut records = Vec::with_capacity(rows.len());
    for (seq, at, inline) in rows {
        let body = blob::get(connection, inline, run, Kind::Record, seq).await?;
        records.push(Record { run, seq, at, body });
    }
    Ok(records)
}
