//! The journal: a batch is there as a whole or not at all.

use super::{KeptFlow, MemoryStore, Open, State};
use crate::slots::first_slot_kept;
use crate::{
    Accept, Accepted, Batch, Committed, DAY_MS, Error, EventId, EventRow, Finish, Journal, LoadedRun, Ms,
    Record, RunId, RunRow, SlotKey, Status, ids,
};
use async_trait::async_trait;

/// A sender that repeats a delivery does so within days.
const DELIVERIES_KEPT: Ms = 30 * DAY_MS;

#[async_trait]
impl Journal for MemoryStore {
    async fn commit(&self, batch: Batch) -> Result<Committed, Error> {
        let mut state = self.state();
        // Only a run without an event of its own can be refused, and then nothing may stay.
        let before = batch.accepts.iter().any(|accept| accept.event.is_none()).then(|| state.clone());
        let committed = state.write(&batch);
        if let (Err(_), Some(before)) = (&committed, before) {
            *state = before;
        }
        committed
    }

    async fn last_id(&self) -> Result<i64, Error> {
        let state = self.state();
        let runs = state.open.keys().chain(state.ended.keys());
        Ok(runs.chain(state.events.keys()).chain(state.deliveries.values()).copied().max().unwrap_or(0))
    }

    async fn load_run(&self, run: RunId) -> Result<Option<LoadedRun>, Error> {
        let state = self.state();
        let Some(open) = state.open.get(&run) else { return Ok(None) };
        let missing = || Error::Unreadable(format!("run {run} has lost its event"));
        let event = state.events.get(&open.run.event).ok_or_else(missing)?;
        Ok(Some(LoadedRun {
            run: open.run.clone(),
            trigger: event.trigger.clone(),
            received_at: event.received_at,
            head: event.head.clone(),
            body: event.body.clone(),
            records: open.records.values().cloned().collect(),
        }))
    }

    async fn expire(&self, now: Ms, limit: usize) -> Result<usize, Error> {
        let mut state = self.state();
        let old = state.old_runs(now, limit);
        old.iter().for_each(|run| state.remove(*run));
        let forgotten = ids::first_at(now - DELIVERIES_KEPT);
        state.deliveries.retain(|_, event| *event >= forgotten);
        state.slots.retain(|key, _| key.slot >= first_slot_kept(now));
        state.forget_claims(now);
        Ok(old.len())
    }
}

impl State {
    fn write(&mut self, batch: &Batch) -> Result<Committed, Error> {
        let accepts = batch.accepts.iter().map(|accept| self.accept(accept)).collect::<Result<_, _>>()?;
        batch.records.iter().for_each(|record| self.append(record));
        for (run, wake_at) in &batch.parks {
            if let Some(open) = self.open.get_mut(run) {
                open.wake_at = Some(*wake_at);
            }
        }
        for moved in &batch.schedules {
            self.schedules.insert((moved.flow, moved.node.clone()), moved.next_at);
        }
        for (run, times) in &batch.crashes {
            if let Some(open) = self.open.get_mut(run) {
                open.crashes = *times;
            }
        }
        batch.finishes.iter().for_each(|finish| self.finish(finish));
        self.blob_uses.extend(&batch.blob_uses);
        // One process holds every shard: no lease is ever another's.
        let turns = batch.accepts.iter().map(|accept| accept.run.id).collect();
        Ok(Committed { accepts, turns, lost: Vec::new() })
    }

    fn accept(&mut self, accept: &Accept) -> Result<Accepted, Error> {
        if let Some(event) = &accept.event
            && let Some(first) = self.delivered_as(event)
            && first != event.id
        {
            return Ok(Accepted::Duplicate { event: first });
        }
        let run = &accept.run;
        if self.open.contains_key(&run.id) || self.ended.contains_key(&run.id) {
            return Ok(Accepted::New);
        }
        if let Some(by) = accept.retries.as_ref().and_then(|retried| self.retried_before(retried, run.id)) {
            return Ok(Accepted::RetriedBefore { by });
        }
        match &accept.event {
            Some(event) => drop(self.events.entry(event.id).or_insert_with(|| event.clone())),
            None if self.events.contains_key(&run.event) => {}
            None => return Err(Error::Conflict(format!("event {} is not kept any more", run.event))),
        }
        self.open(run);
        if let Some(retried) = &accept.retries {
            self.retry(retried, run.id);
        }
        accept.records.iter().for_each(|record| self.append(record));
        Ok(Accepted::New)
    }

    /// The event that this delivery became, which is the given one when it is new.
    fn delivered_as(&mut self, event: &EventRow) -> Option<EventId> {
        let delivery = (event.delivery?, event.flow, event.trigger.clone());
        if let Some(first) = self.deliveries.get(&delivery) {
            return Some(*first);
        }
        // An event stands for one delivery.
        if self.deliveries.values().any(|known| *known == event.id) {
            return None;
        }
        self.deliveries.insert(delivery, event.id);
        Some(event.id)
    }

    fn open(&mut self, run: &RunRow) {
        let totals = self.totals.entry(run.flow).or_default();
        totals.open += 1;
        totals.last_run_at = totals.last_run_at.max(Some(run.started_at));
        let open = Open { run: run.clone(), wake_at: None, records: Default::default(), crashes: 0 };
        self.open.insert(run.id, open);
    }

    /// A run that has ended hears of nothing any more; a parked one wakes.
    fn append(&mut self, record: &Record) {
        if let Some(open) = self.open.get_mut(&record.run) {
            open.wake_at = None;
            open.records.entry(record.seq).or_insert_with(|| record.clone());
        }
    }

    fn finish(&mut self, finish: &Finish) {
        let totals = self.totals.entry(finish.run.flow).or_default();
        if self.open.remove(&finish.run.id).is_some() {
            totals.open -= 1;
        }
        if self.ended.contains_key(&finish.run.id) {
            return;
        }
        let ended = match finish.status {
            Status::Done => &mut totals.done,
            Status::Failed => &mut totals.failed,
            Status::Cancelled => &mut totals.cancelled,
        };
        *ended += 1;
        totals.last_status = Some(finish.status);
        let day = finish.finished_at.div_euclid(DAY_MS);
        *self.days.entry((day, finish.run.flow, finish.status as i16)).or_default() += 1;
        *self.slots.entry(SlotKey::of(finish)).or_default() += 1;
        self.ended.insert(finish.run.id, finish.clone());
        self.inbox_ended(finish);
    }

    fn old_runs(&self, now: Ms, limit: usize) -> Vec<RunId> {
        let is_old = |flow: &KeptFlow, finish: &Finish| {
            let keep = if finish.status == Status::Done { flow.keep_done } else { flow.keep_failed };
            finish.run.id < ids::first_at(now - keep) && finish.finished_at < now - keep
        };
        let mut old = Vec::new();
        for status in Status::ALL {
            for (key, flow) in &self.flows {
                let ended = self.ended.values().filter(|end| end.run.flow == *key && end.status == status);
                old.extend(ended.filter(|end| is_old(flow, end)).map(|end| end.run.id));
            }
        }
        old.truncate(limit);
        old
    }

    /// An event goes with the last run that refers to it.
    fn remove(&mut self, run: RunId) {
        let Some(Finish { run: gone, .. }) = self.ended.remove(&run) else { return };
        let open = self.open.values().map(|open| open.run.event);
        let ended = self.ended.values().map(|ended| ended.run.event);
        if !open.chain(ended).any(|event| event == gone.event) {
            self.events.remove(&gone.event);
        }
    }
}
