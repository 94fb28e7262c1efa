//! What a batch adds to the counts, folded so that each counter is written once.

use crate::commit::Known;
use crate::fault::Fault;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use store::{DAY_MS, Finish, FlowKey, Ms, RunRow, SlotKey, Status};

/// Connections that write at once seldom have the same part; if they do, one waits for the other's commit.
const PARTS: i32 = 16;

#[derive(Default)]
pub(crate) struct Totals {
    flows: BTreeMap<FlowKey, Sum>,
    days: BTreeMap<(i64, FlowKey, i16), i64>,
    slots: BTreeMap<SlotKey, i64>,
}

#[derive(Default)]
struct Sum {
    open: i64,
    /// Done, failed, cancelled.
    ended: [i64; 3],
    last_run_at: Option<Ms>,
    last_ended: Option<(Ms, i16)>,
}

impl Totals {
    pub(crate) fn opened(&mut self, run: &RunRow) {
        let sum = self.flows.entry(run.flow).or_default();
        sum.open += 1;
        sum.last_run_at = sum.last_run_at.max(Some(run.started_at));
    }

    pub(crate) fn closed(&mut self, finish: &Finish) {
        self.flows.entry(finish.run.flow).or_default().open -= 1;
    }

    pub(crate) fn ended(&mut self, finish: &Finish) {
        let sum = self.flows.entry(finish.run.flow).or_default();
        let (place, status) = match finish.status {
            Status::Done => (0, Status::Done as i16),
            Status::Failed => (1, Status::Failed as i16),
            Status::Cancelled => (2, Status::Cancelled as i16),
        };
        sum.ended[place] += 1;
        if sum.last_ended.is_none_or(|(at, _)| finish.finished_at >= at) {
            sum.last_ended = Some((finish.finished_at, status));
        }
        let day = finish.finished_at.div_euclid(DAY_MS);
        *self.days.entry((day, finish.run.flow, status)).or_default() += 1;
        *self.slots.entry(SlotKey::of(finish)).or_default() += 1;
    }

    /// The last thing before the commit, because these rows are the only ones that others may wait for.
    pub(crate) async fn write(&self, connection: &mut PgConnection, known: &mut Known) -> Result<(), Fault> {
        if self.flows.is_empty() {
            return Ok(());
        }
        let part = match known.part {
            Some(part) => part,
            None => part_of(connection).await?,
        };
        known.part = Some(part);
        self.add(connection, part).await
    }

    async fn add(&self, connection: &mut PgConnection, part: i16) -> Result<(), Fault> {
        let sql = "WITH d AS (
                       INSERT INTO flow_day AS held (day, flow, status, part, runs)
                       SELECT day, flow, status, $1, runs
                       FROM unnest($10::bigint[], $11::bigint[], $12::smallint[], $13::bigint[]) AS t (day, flow, status, runs)
                       ON CONFLICT (day, flow, status, part) DO UPDATE SET runs = held.runs + excluded.runs
                   ), s AS (
                       INSERT INTO flow_slot AS held (slot, flow, status, retried, band, part, runs)
                       SELECT slot, flow, status, retried, band, $1, runs
                       FROM unnest($14::bigint[], $15::bigint[], $16::smallint[], $17::smallint[], $18::smallint[],
                                   $19::bigint[]) AS t (slot, flow, status, retried, band, runs)
                       ON CONFLICT (slot, flow, status, retried, band, part)
                       DO UPDATE SET runs = held.runs + excluded.runs
                   )
                   INSERT INTO flow_total AS held
                       (flow, part, open, done, failed, cancelled, last_run_at, last_ended_at, last_status)
                   SELECT flow, $1, open, done, failed, cancelled, last_run_at, last_ended_at, last_status
                   FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                               $8::bigint[], $9::smallint[])
                       AS t (flow, open, done, failed, cancelled, last_run_at, last_ended_at, last_status)
                   ON CONFLICT (flow, part) DO UPDATE SET
                       open = held.open + excluded.open, done = held.done + excluded.done,
                       failed = held.failed + excluded.failed, cancelled = held.cancelled + excluded.cancelled,
                       last_run_at = greatest(held.last_run_at, excluded.last_run_at),
                       last_ended_at = coalesce(excluded.last_ended_at, held.last_ended_at),
                       last_status = coalesce(excluded.last_status, held.last_status)";
        let flows: Vec<FlowKey> = self.flows.keys().copied().collect();
        let column = |of: fn(&Sum) -> i64| -> Vec<i64> { self.flows.values().map(of).collect() };
        let last_run_at: Vec<Option<Ms>> = self.flows.values().map(|sum| sum.last_run_at).collect();
        let (last_ended_at, last_status): (Vec<Option<Ms>>, Vec<Option<i16>>) =
            self.flows.values().map(|sum| sum.last_ended.unzip()).unzip();
        let days: Vec<i64> = self.days.keys().map(|(day, ..)| *day).collect();
        let day_flows: Vec<FlowKey> = self.days.keys().map(|(_, flow, _)| *flow).collect();
        let statuses: Vec<i16> = self.days.keys().map(|(.., status)| *status).collect();
        let runs: Vec<i64> = self.days.values().copied().collect();
        let query = sqlx::query(sql).bind(part).bind(&flows).bind(column(|sum| sum.open));
        let query = query.bind(column(|sum: &Sum| sum.ended[0])).bind(column(|sum| sum.ended[1]));
        let query = query.bind(column(|sum: &Sum| sum.ended[2])).bind(&last_run_at);
        let query = query.bind(&last_ended_at).bind(&last_status);
        let query = query.bind(&days).bind(&day_flows).bind(&statuses).bind(&runs);
        let wide = |of: fn(&SlotKey) -> i64| -> Vec<i64> { self.slots.keys().map(of).collect() };
        let narrow = |of: fn(&SlotKey) -> i16| -> Vec<i16> { self.slots.keys().map(of).collect() };
        let query =
            query.bind(wide(|key| key.slot)).bind(wide(|key| key.flow)).bind(narrow(|key| key.status));
        let query = query.bind(narrow(|key| key.retried)).bind(narrow(|key| key.band));
        let query = query.bind(self.slots.values().copied().collect::<Vec<i64>>());
        query.execute(connection).await?;
        Ok(())
    }
}

async fn part_of(connection: &mut PgConnection) -> Result<i16, Fault> {
    let sql = "SELECT (pg_backend_pid() % $1)::smallint";
    Ok(sqlx::query_scalar(sql).bind(PARTS).fetch_one(connection).await?)
}
