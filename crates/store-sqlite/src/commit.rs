//! A batch, row by row, inside one transaction.

use crate::blob::{self, Kind};
use crate::blobs;
use crate::fault::Fault;
use crate::history::Ended;
use crate::inbox::{self, Opened};
use crate::slots;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeMap;
use store::{
    Accept, Accepted, Batch, Committed, Error, EventId, EventRow, Finish, FlowKey, Ms, Record, RunId, RunRow,
    ScheduleMoved, SlotKey, Status,
};

pub(crate) const DAY_MS: Ms = 86_400_000;

/// Writes the batch. `last_run` is the largest run id ever written, which saves asking for each new one.
pub(crate) fn write(
    tx: &Transaction<'_>,
    batch: &Batch,
    last_run: &mut RunId,
    ended: &Ended,
) -> Result<Committed, Fault> {
    let mut commit = Commit { tx, last_run, ended, totals: Totals::default(), opened: Opened::default() };
    let accepts = batch.accepts.iter().map(|accept| commit.accept(accept)).collect::<Result<_, _>>()?;
    commit.append_to_open(&batch.records)?;
    batch.parks.iter().try_for_each(|park| commit.park(*park))?;
    batch.schedules.iter().try_for_each(|moved| commit.schedule(moved))?;
    batch.crashes.iter().try_for_each(|crash| commit.crash(*crash))?;
    batch.finishes.iter().try_for_each(|finish| commit.finish(finish))?;
    blobs::write_uses(tx, &batch.blob_uses)?;
    commit.totals.write(tx)?;
    commit.opened.write(tx)?;
    let turns = batch.accepts.iter().map(|accept| accept.run.id).collect();
    // One process holds every shard: no lease is ever another's.
    Ok(Committed { accepts, turns, lost: Vec::new() })
}

struct Commit<'a> {
    tx: &'a Transaction<'a>,
    last_run: &'a mut RunId,
    ended: &'a Ended,
    totals: Totals,
    opened: Opened,
}

impl Commit<'_> {
    fn accept(&mut self, accept: &Accept) -> Result<Accepted, Fault> {
        if let Some(event) = &accept.event
            && let Some(first) = self.delivered_as(event)?
            && first != event.id
        {
            return Ok(Accepted::Duplicate { event: first });
        }
        if self.is_known(accept.run.id)? {
            return Ok(Accepted::New);
        }
        if let Some(retried) = &accept.retries
            && let Some(by) = inbox::retried_before(self.tx, retried, accept.run.id)?
        {
            return Ok(Accepted::RetriedBefore { by });
        }
        match &accept.event {
            Some(event) => self.insert_event(event)?,
            None => self.check_event(accept.run.event)?,
        }
        self.insert_run(&accept.run)?;
        self.totals.opened(&accept.run);
        if let Some(retried) = &accept.retries {
            inbox::retry(self.tx, retried, accept.run.id, &mut self.opened)?;
        }
        accept.records.iter().try_for_each(|record| self.append(record))?;
        Ok(Accepted::New)
    }

    /// The event that this delivery became, which is the given one when it is new.
    fn delivered_as(&self, event: &EventRow) -> Result<Option<EventId>, Fault> {
        let Some(delivery) = &event.delivery else {
            return Ok(None);
        };
        let insert = r#"INSERT INTO dedupe (event, flow, "trigger", delivery) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"#;
        let trigger = event.trigger.as_str();
        let new = self.tx.prepare_cached(insert)?.execute((event.id, event.flow, trigger, delivery))? == 1;
        if new {
            return Ok(Some(event.id));
        }
        let ask = r#"SELECT event FROM dedupe WHERE delivery = ?1 AND flow = ?2 AND "trigger" = ?3"#;
        let first = self.tx.prepare_cached(ask)?.query_row((delivery, event.flow, trigger), |row| row.get(0));
        Ok(first.optional()?)
    }

    /// Whether the run was written before, open or ended. Ids grow, so nearly always the answer needs no look.
    fn is_known(&mut self, run: RunId) -> Result<bool, Fault> {
        if run > *self.last_run {
            *self.last_run = run;
            return Ok(false);
        }
        let sql = "SELECT 1 FROM run WHERE id = ?1 UNION ALL SELECT 1 FROM run_hist WHERE id = ?1";
        Ok(self.tx.prepare_cached(sql)?.exists([run])? || self.ended.holds(self.tx, run)?)
    }

    fn insert_event(&self, event: &EventRow) -> Result<(), Fault> {
        let sql = r#"INSERT INTO event (id, flow, "trigger", received_at, delivery, sha256, head, body)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING"#;
        let inserted = self.tx.prepare_cached(sql)?.execute(params![
            event.id,
            event.flow,
            event.trigger.as_str(),
            event.received_at,
            event.delivery,
            event.sha256,
            &event.head[..],
            blob::inline(&event.body),
        ])?;
        match inserted {
            1 => blob::put(self.tx, event.id, Kind::Event, 0, &event.body),
            _ => Ok(()),
        }
    }

    fn check_event(&self, event: EventId) -> Result<(), Fault> {
        let here = self.tx.prepare_cached("SELECT 1 FROM event WHERE id = ?1")?.exists([event])?;
        let there = here || self.ended.bring_event(self.tx, event)?;
        let missing = || Error::Conflict(format!("event {event} is not kept any more"));
        there.then_some(()).ok_or_else(|| missing().into())
    }

    fn insert_run(&self, run: &RunRow) -> Result<(), Fault> {
        let sql = "INSERT INTO run (id, flow, version, event, lane, key, lineage, parent, parent_step, started_at, deadline, shard)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
        let (parent, parent_step) = run.parent.as_ref().map(|(run, step)| (*run, step.as_str())).unzip();
        self.tx.prepare_cached(sql)?.execute(params![
            run.id,
            run.flow,
            run.version,
            run.event,
            run.lane,
            run.key,
            run.lineage,
            parent,
            parent_step,
            run.started_at,
            run.deadline,
            run.shard,
        ])?;
        Ok(())
    }

    /// Records of a run that has ended are dropped: they can change nothing any more and nobody would remove them.
    fn append_to_open(&self, records: &[Record]) -> Result<(), Fault> {
        for of_run in records.chunk_by(|a, b| a.run == b.run) {
            if self.wake(of_run[0].run)? {
                of_run.iter().try_for_each(|record| self.append(record))?;
            }
        }
        Ok(())
    }

    /// Whether the run is open; a parked one is not parked any more once something happens in it.
    fn wake(&self, run: RunId) -> Result<bool, Fault> {
        let sql = "SELECT wake_at IS NOT NULL FROM run WHERE id = ?1";
        let parked = self.tx.prepare_cached(sql)?.query_row([run], |row| row.get(0)).optional()?;
        if parked == Some(true) {
            self.tx.prepare_cached("UPDATE run SET wake_at = NULL WHERE id = ?1")?.execute([run])?;
        }
        Ok(parked.is_some())
    }

    fn append(&self, record: &Record) -> Result<(), Fault> {
        let sql = "INSERT INTO journal (run, seq, at, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        let row = (record.run, record.seq, record.at, blob::inline(&record.body));
        match self.tx.prepare_cached(sql)?.execute(row)? {
            1 => blob::put(self.tx, record.run, Kind::Record, record.seq, &record.body),
            _ => Ok(()),
        }
    }

    fn park(&self, (run, wake_at): (RunId, Ms)) -> Result<(), Fault> {
        self.tx.prepare_cached("UPDATE run SET wake_at = ?2 WHERE id = ?1")?.execute((run, wake_at))?;
        Ok(())
    }

    fn crash(&self, (run, times): (RunId, u32)) -> Result<(), Fault> {
        if times == 0 {
            self.tx.prepare_cached("DELETE FROM crash WHERE run = ?1")?.execute([run])?;
            return Ok(());
        }
        let sql = "INSERT INTO crash (run, times) SELECT id, ?2 FROM run WHERE id = ?1
                   ON CONFLICT DO UPDATE SET times = excluded.times";
        self.tx.prepare_cached(sql)?.execute((run, times))?;
        Ok(())
    }

    fn schedule(&self, moved: &ScheduleMoved) -> Result<(), Fault> {
        let sql = "INSERT INTO schedule (flow, node, next_at) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET next_at = excluded.next_at";
        self.tx.prepare_cached(sql)?.execute((moved.flow, moved.node.as_str(), moved.next_at))?;
        Ok(())
    }

    fn finish(&mut self, finish: &Finish) -> Result<(), Fault> {
        let run = finish.run.id;
        let was_open = self.tx.prepare_cached("DELETE FROM run WHERE id = ?1")?.execute([run])? == 1;
        if was_open {
            self.totals.closed(finish);
            self.tx.prepare_cached("DELETE FROM journal WHERE run = ?1")?.execute([run])?;
            blob::remove(self.tx, run, Kind::Record)?;
        }
        let has_left = !was_open && self.ended.holds(self.tx, run)?;
        if !has_left && self.insert_history(finish)? {
            self.totals.ended(finish);
            blob::put(self.tx, run, Kind::Doc, 0, &finish.doc)?;
            inbox::ended(self.tx, finish, &mut self.opened)?;
        }
        *self.last_run = run.max(*self.last_run);
        Ok(())
    }

    /// `false` where the run has ended before.
    fn insert_history(&self, finish: &Finish) -> Result<bool, Fault> {
        let sql = "INSERT INTO run_hist (id, flow, version, event, status, key, lineage, started_at, finished_at, steps,
                                         error_node, error_code, error, doc)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING";
        let run = &finish.run;
        let inserted = self.tx.prepare_cached(sql)?.execute(params![
            run.id,
            run.flow,
            run.version,
            run.event,
            finish.status as i16,
            run.key,
            run.lineage,
            run.started_at,
            finish.finished_at,
            finish.steps,
            finish.error_node.as_ref().map(|node| node.as_str()),
            finish.error_code,
            finish.error,
            blob::inline(&finish.doc),
        ])?;
        Ok(inserted == 1)
    }
}

/// What the batch adds to the counts, folded so that each counter is written once.
#[derive(Default)]
struct Totals {
    flows: BTreeMap<FlowKey, Sum>,
    days: BTreeMap<(FlowKey, i64, i16), i64>,
    slots: BTreeMap<SlotKey, i64>,
}

#[derive(Default)]
struct Sum {
    open: i64,
    /// Done, failed, cancelled.
    ended: [i64; 3],
    last_run_at: Option<Ms>,
    last_status: Option<i16>,
}

impl Totals {
    fn opened(&mut self, run: &RunRow) {
        let sum = self.flows.entry(run.flow).or_default();
        sum.open += 1;
        sum.last_run_at = sum.last_run_at.max(Some(run.started_at));
    }

    fn closed(&mut self, finish: &Finish) {
        self.flows.entry(finish.run.flow).or_default().open -= 1;
    }

    fn ended(&mut self, finish: &Finish) {
        let sum = self.flows.entry(finish.run.flow).or_default();
        let place = match finish.status {
            Status::Done => 0,
            Status::Failed => 1,
            Status::Cancelled => 2,
        };
        sum.ended[place] += 1;
        sum.last_status = Some(finish.status as i16);
        let day = finish.finished_at.div_euclid(DAY_MS);
        *self.days.entry((finish.run.flow, day, finish.status as i16)).or_default() += 1;
        *self.slots.entry(SlotKey::of(finish)).or_default() += 1;
    }

    fn write(&self, tx: &Transaction<'_>) -> Result<(), Fault> {
        self.flows.iter().try_for_each(|(flow, sum)| sum.add_to(tx, *flow))?;
        let sql = "INSERT INTO flow_day (flow, day, status, runs) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO UPDATE SET runs = runs + excluded.runs";
        let mut add = tx.prepare_cached(sql)?;
        for ((flow, day, status), runs) in &self.days {
            add.execute((flow, day, status, runs))?;
        }
        slots::add(tx, &self.slots)
    }
}

impl Sum {
    fn add_to(&self, tx: &Transaction<'_>, flow: FlowKey) -> Result<(), Fault> {
        let sql = "INSERT INTO flow_total (flow, open, done, failed, cancelled, last_run_at, last_status)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT DO UPDATE SET
                       open = open + excluded.open, done = done + excluded.done, failed = failed + excluded.failed,
                       cancelled = cancelled + excluded.cancelled,
                       last_run_at = max(ifnull(last_run_at, 0), ifnull(excluded.last_run_at, last_run_at)),
                       last_status = ifnull(excluded.last_status, last_status)";
        let [done, failed, cancelled] = self.ended;
        let row = (flow, self.open, done, failed, cancelled, self.last_run_at, self.last_status);
        tx.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }
}
