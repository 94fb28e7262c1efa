//! Who works on what: leases by the database's clock.

use crate::fault::Fault;
use crate::row;
use crate::store::{Change, PostgresStore};
use async_trait::async_trait;
use bytes::Bytes;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::{
    Control, Epoch, Error, Held, Joined, Lease, Ms, News, OpenRun, RunId, SHARDS, Shard, Shards, WorkerRow,
};

/// Node numbers that fit into an id. 0 is left to stores of one process, whose runs may be brought here.
const NODES: std::ops::RangeInclusive<i16> = 1..=1_023;
/// No transaction is before this one.
const FIRST_TX: i64 = 1;
/// Arrivals in one look that cannot be cut into pages.
const AT_ONCE_MAX: usize = 100_000;
/// Milliseconds by the database's clock, which is the only one that counts.
pub(crate) const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
/// Workers join, renew and leave one after the other, so that each sees what the one before did.
const ALONE: &str = "SELECT pg_advisory_xact_lock(hashtext('khlong'), hashtext('shards'))";

/// This process among the workers.
#[derive(Default)]
pub(crate) struct Standing(Mutex<Option<Token>>);

type Token = String;

/// The life of the database that this process looked at last, from one start or crash to the next.
///
/// A database that crashes gives numbers of transactions again that it had given out and not written down, such as those of
/// transactions that were broken off. What is accepted under one of them then lies before the place up to which it was looked.
#[derive(Default)]
pub(crate) struct Life(Mutex<Option<String>>);

impl Life {
    fn is_another(&self, now: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_deref().is_some_and(|known| known != now)
    }

    fn is_known(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn set(&self, now: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}

/// When the server was started, and when its counts began, which they do after each crash.
const LIFE: &str = "concat(pg_postmaster_start_time(), ' ', pg_stat_get_bgwriter_stat_reset_time())";

impl Standing {
    fn token(&self) -> Token {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
    }

    fn set(&self, token: Option<Token>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }
}

/// Whether the journal holds something of a run, and how often it never came to rest.
const BEGUN: &str = "EXISTS (SELECT 1 FROM journal AS j WHERE j.run = run.id) AS begun,
    coalesce((SELECT times FROM crash WHERE crash.run = run.id), 0) AS crashes";

#[async_trait]
impl Shards for PostgresStore {
    async fn join(&self, name: &str, version: &str) -> Result<Joined, Error> {
        let ttl = self.options.lease;
        let join = Join { name: name.into(), version: version.into(), ttl };
        let (node, token) = self.change_leases(join).await?;
        self.standing.set(Some(token));
        Ok(Joined { node: node as u16, ttl })
    }

    async fn renew(&self, node: u16, give_back: &[Shard]) -> Result<Held, Error> {
        let give_back = give_back.iter().map(|shard| *shard as i16).collect();
        let ttl = self.options.lease;
        let renew = Renew { node: node as i16, token: self.standing.token(), give_back, ttl };
        let (held, workers) = self.change_leases(renew).await?;
        self.hints.set_alone(workers <= 1);
        Ok(held)
    }

    async fn leave(&self, node: u16) -> Result<(), Error> {
        self.change_leases(Leave { node: node as i16, token: self.standing.token() }).await?;
        self.standing.set(None);
        Ok(())
    }

    async fn workers(&self) -> Result<Vec<WorkerRow>, Error> {
        let sql = format!(
            "SELECT node, name, version, joined_at, (SELECT count(*) FROM shard WHERE owner = node) AS shards
             FROM worker WHERE lease_until > {NOW} ORDER BY node"
        );
        let mut reader = self.reader().await?;
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.iter().map(worker).collect::<Result<_, Fault>>()?)
    }

    async fn runs_of(&self, shards: &[Shard], after: i64, limit: usize) -> Result<Vec<OpenRun>, Error> {
        // From each shard as many as are asked for, so that each is read in the order of its index.
        let sql = format!(
            "SELECT {}, {BEGUN} FROM unnest($2::smallint[]) AS wanted (part) CROSS JOIN LATERAL (
                 SELECT * FROM run AS r WHERE r.shard = part AND r.turn > $1 ORDER BY r.turn LIMIT $3
             ) AS run ORDER BY run.turn LIMIT $3",
            row::RUN
        );
        let mut reader = self.reader().await?;
        let query = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(numbers(shards)).bind(limit as i64);
        let rows = query.fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.iter().map(open_run).collect::<Result<_, Fault>>()?)
    }

    async fn news(
        &self,
        node: u16,
        shards: &[Shard],
        since: i64,
        heard: &[i64],
        limit: usize,
    ) -> Result<News, Error> {
        Ok(self.look(node as i16, &numbers(shards), since, heard, limit).await?)
    }

    async fn hint(&self) -> Result<(), Error> {
        self.hints.wait().await;
        Ok(())
    }

    async fn shard_of_run(&self, run: RunId) -> Result<Option<Shard>, Error> {
        let mut reader = self.reader().await?;
        let query = sqlx::query_scalar("SELECT shard FROM run WHERE id = $1").bind(run);
        let shard: Option<i16> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(shard.map(|shard| shard as Shard))
    }

    async fn tell(&self, control: Control) -> Result<(), Error> {
        let sql = "INSERT INTO control (id, run, shard, at, body)
                   SELECT $1, id, shard, $3, $4 FROM run WHERE id = $2 ON CONFLICT (id) DO NOTHING";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(control.id).bind(control.run).bind(control.at);
        query.bind(&control.body[..]).execute(&mut *desk).await.map_err(Fault::Sql)?;
        self.hints.give();
        Ok(())
    }

    async fn answer(&self, control: i64, answer: Option<Bytes>) -> Result<(), Error> {
        let mut desk = self.desk().await?;
        let query = match &answer {
            Some(answer) => sqlx::query("UPDATE control SET answer = $2 WHERE id = $1 AND answer IS NULL")
                .bind(control)
                .bind(&answer[..]),
            None => sqlx::query("DELETE FROM control WHERE id = $1").bind(control),
        };
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        if answer.is_some() {
            self.hints.give();
        }
        Ok(())
    }

    async fn take_answers(&self, controls: &[i64]) -> Result<Vec<(i64, Bytes)>, Error> {
        let sql = "DELETE FROM control WHERE id = ANY($1) AND answer IS NOT NULL RETURNING id, answer";
        let mut desk = self.desk().await?;
        let query = sqlx::query_as(sql).bind(controls);
        let answers: Vec<(i64, Vec<u8>)> = query.fetch_all(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(answers.into_iter().map(|(control, answer)| (control, answer.into())).collect())
    }
}

impl PostgresStore {
    async fn look(
        &self,
        node: i16,
        shards: &[i16],
        since: i64,
        heard: &[i64],
        limit: usize,
    ) -> Result<News, Fault> {
        let mut reader = self.reader().await?;
        // Asked before anything else: what commits after it is found by the next look, from here on.
        let sql =
            format!("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, n, {LIFE} FROM change");
        let (cursor, generation, life): (i64, i64, String) =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut *reader).await?;
        let mut news = News { generation, cursor, ..News::default() };
        if since > 0 {
            let since = if self.life.is_another(&life) { FIRST_TX } else { since };
            let mut rows = arrivals(&mut reader, node, shards, since, limit).await?;
            // In order of transactions, so that the next look may begin after the last one, but never after one that is
            // still under way. A long one, even of another database of the server, holds all looks back to it: then
            // there is no next page, and all is given at once.
            if rows.len() >= limit && cursor <= since {
                rows = arrivals(&mut reader, node, shards, since, AT_ONCE_MAX).await?;
            } else if rows.len() >= limit
                && let Some(last) = rows.last()
            {
                news.cursor = cursor.min(last.try_get("from_tx")?);
                news.more = true;
            }
            news.runs = rows.iter().map(open_run).collect::<Result<_, Fault>>()?;
            news.runs.sort_by_key(|open| open.turn);
        }
        // After the runs: what came with one of these is there by now.
        news.controls = controls(&mut reader, shards, heard, limit).await?;
        news.more |= news.controls.len() >= limit;
        // Only now: a look that fails is made again, and has to go back as far. One without a place to go on from has found
        // nothing of what lies before it.
        if since > 0 || !self.life.is_known() {
            self.life.set(life);
        }
        Ok(news)
    }
}

/// Answered ones wait for whoever asked.
async fn controls(
    reader: &mut PgConnection,
    shards: &[i16],
    heard: &[i64],
    limit: usize,
) -> Result<Vec<Control>, Fault> {
    let sql = "SELECT id, run, at, body FROM control
               WHERE shard = ANY($1) AND answer IS NULL AND id <> ALL($2) ORDER BY id LIMIT $3";
    let query = sqlx::query_as(sql).bind(shards).bind(heard).bind(limit as i64);
    let rows: Vec<(i64, RunId, Ms, Vec<u8>)> = query.fetch_all(reader).await?;
    let control = |(id, run, at, body): (i64, RunId, Ms, Vec<u8>)| Control { id, run, at, body: body.into() };
    Ok(rows.into_iter().map(control).collect())
}

/// To be called in the transaction of the runs.
pub(crate) async fn write_controls(connection: &mut PgConnection, told: &[Control]) -> Result<(), Fault> {
    if told.is_empty() {
        return Ok(());
    }
    let mut told: Vec<&Control> = told.iter().collect();
    told.sort_by_key(|told| told.id);
    let ids: Vec<i64> = told.iter().map(|told| told.id).collect();
    let runs: Vec<RunId> = told.iter().map(|told| told.run).collect();
    let times: Vec<Ms> = told.iter().map(|told| told.at).collect();
    let bodies: Vec<&[u8]> = told.iter().map(|told| &told.body[..]).collect();
    let sql = "INSERT INTO control (id, run, shard, at, body)
               SELECT told.id, run.id, run.shard, told.at, told.body
               FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[]) AS told (id, run, at, body)
               JOIN run ON run.id = told.run ON CONFLICT (id) DO NOTHING";
    let query = sqlx::query(sql).bind(&ids).bind(&runs).bind(&times).bind(&bodies);
    query.execute(connection).await?;
    Ok(())
}

/// Runs that others accepted in transactions from `since` on: the first `limit` of them, and whatever else came with the
/// last one, so that the next look can begin after it.
async fn arrivals(
    reader: &mut PgConnection,
    node: i16,
    shards: &[i16],
    since: i64,
    limit: usize,
) -> Result<Vec<PgRow>, Fault> {
    let sql = format!(
        "SELECT {}, {BEGUN}, run.tx::text::bigint + 1 AS from_tx FROM run
         WHERE tx >= $1::text::xid8 AND shard = ANY($2) AND (id >> 12 & 1023) <> $3
         ORDER BY tx, turn FETCH FIRST $4 ROWS WITH TIES",
        row::RUN
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(since.to_string()).bind(shards);
    Ok(query.bind(i64::from(node)).bind(limit as i64).fetch_all(reader).await?)
}

fn numbers(shards: &[Shard]) -> Vec<i16> {
    shards.iter().map(|shard| *shard as i16).collect()
}

fn open_run(row: &PgRow) -> Result<OpenRun, Fault> {
    let (wake_at, begun, turn) = (row.try_get("wake_at")?, row.try_get("begun")?, row.try_get("turn")?);
    let crashes = row.try_get::<i32, _>("crashes")? as u32;
    Ok(OpenRun { run: row::run(row)?, wake_at, begun, crashes, turn })
}

fn worker(row: &PgRow) -> Result<WorkerRow, Fault> {
    Ok(WorkerRow {
        node: row.try_get::<i16, _>("node")? as u16,
        name: row.try_get("name")?,
        version: row.try_get("version")?,
        joined_at: row.try_get("joined_at")?,
        shards: row.try_get::<i64, _>("shards")? as usize,
    })
}

struct Join {
    name: String,
    version: String,
    ttl: Duration,
}

impl Change<(i16, Token)> for Join {
    /// Of the numbers that nobody has, the one that was left longest ago: whoever had it may still be writing.
    async fn make(self, connection: &mut PgConnection) -> Result<(i16, Token), Fault> {
        connection.execute(ALONE).await?;
        let sql = format!(
            "INSERT INTO worker (node, token, name, version, joined_at, lease_until)
             SELECT n::smallint, gen_random_uuid()::text, $1, $2, {NOW}, {NOW} + $3
             FROM generate_series($4, $5) AS n LEFT JOIN worker ON node = n
             WHERE coalesce(lease_until, 0) <= {NOW} ORDER BY coalesce(lease_until, 0), n LIMIT 1
             ON CONFLICT (node) DO UPDATE SET token = excluded.token, name = excluded.name, version = excluded.version,
                 joined_at = excluded.joined_at, lease_until = excluded.lease_until
             RETURNING node, token"
        );
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(self.name).bind(self.version);
        let query = query
            .bind(self.ttl.as_millis() as i64)
            .bind(i32::from(*NODES.start()))
            .bind(i32::from(*NODES.end()));
        let joined: Option<(i16, Token)> = query.fetch_optional(&mut *connection).await?;
        let full = || Error::Conflict(format!("{} processes work on this store already", NODES.end()));
        let (node, token) = joined.ok_or_else(full)?;
        // What an earlier process with this number held is not ours.
        release(connection, node, None).await?;
        Ok((node, token))
    }
}

struct Renew {
    node: i16,
    token: Token,
    give_back: Vec<i16>,
    ttl: Duration,
}

impl Change<(Held, i64)> for Renew {
    async fn make(self, connection: &mut PgConnection) -> Result<(Held, i64), Fault> {
        connection.execute(ALONE).await?;
        let sql = format!("UPDATE worker SET lease_until = {NOW} + $3 WHERE node = $1 AND token = $2");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(self.node).bind(&self.token);
        let renewed = query.bind(self.ttl.as_millis() as i64).execute(&mut *connection).await?;
        if renewed.rows_affected() == 0 {
            let gone = "this process was away so long that another one has its number: start it again";
            return Err(Error::Conflict(gone.into()).into());
        }
        if !self.give_back.is_empty() {
            release(connection, self.node, Some(&self.give_back)).await?;
        }
        let sql = format!("SELECT count(*) FROM worker WHERE lease_until > {NOW}");
        let workers: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await?;
        let share = (SHARDS as usize).div_ceil(workers.max(1) as usize);
        take(connection, self.node, share as i64).await?;
        let leases = "SELECT id, epoch FROM shard WHERE owner = $1 ORDER BY id";
        let rows: Vec<(i16, Epoch)> = sqlx::query_as(leases).bind(self.node).fetch_all(connection).await?;
        let lease = |(shard, epoch)| Lease { shard: shard as Shard, epoch };
        let shard = |(id, epoch): (i16, Epoch)| lease((id, epoch));
        Ok((Held { leases: rows.into_iter().map(shard).collect(), share }, workers))
    }
}

/// Takes what nobody holds who lives, up to a share. An epoch that is over is one that no commit may name.
async fn take(connection: &mut PgConnection, node: i16, share: i64) -> Result<(), Fault> {
    let sql = format!(
        "WITH free AS MATERIALIZED (
             SELECT shard.id FROM shard LEFT JOIN worker ON node = owner
             WHERE coalesce(lease_until, 0) <= {NOW}
             ORDER BY shard.id LIMIT greatest(0, $2 - (SELECT count(*) FROM shard WHERE owner = $1))
         )
         UPDATE shard SET owner = $1, epoch = epoch + 1 FROM free WHERE shard.id = free.id"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(node).bind(share).execute(connection).await?;
    Ok(())
}

/// Gives back some of the shards of a node, or all.
async fn release(connection: &mut PgConnection, node: i16, shards: Option<&[i16]>) -> Result<(), Fault> {
    let sql = "UPDATE shard SET owner = NULL, epoch = epoch + 1
               WHERE owner = $1 AND ($2::smallint[] IS NULL OR id = ANY($2))";
    sqlx::query(sql).bind(node).bind(shards).execute(connection).await?;
    Ok(())
}

struct Leave {
    node: i16,
    token: Token,
}

impl Change<()> for Leave {
    async fn make(self, connection: &mut PgConnection) -> Result<(), Fault> {
        connection.execute(ALONE).await?;
        let sql = format!("UPDATE worker SET lease_until = {NOW} WHERE node = $1 AND token = $2");
        let left = sqlx::query(AssertSqlSafe(sql)).bind(self.node).bind(&self.token);
        if left.execute(&mut *connection).await?.rows_affected() == 1 {
            release(connection, self.node, None).await?;
        }
        Ok(())
    }
}
