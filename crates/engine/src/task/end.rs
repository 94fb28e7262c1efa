//! The journal of a run, leaving memory, and the end.

use super::{Left, Stop, Task};
use crate::big::whole;
use crate::crashes::{self, Trial};
use crate::door::{self, Answer, Arrival};
use crate::letter::Letter;
use crate::queue::Parked;
use crate::retry::kept_events;
use crate::signal::Signal;
use crate::view::{Changed, Doc};
use crate::writer::{Ticket, Write};
use crate::{codec, codes, keys, notes};
use model::{Port, Value};
use run::doc::StepError;
use run::{Data, Event, Outcome, StepId};
use serde_json::json;
use store::{BlobUse, DeadLetter, Finish, Ms, Record, Status};

/// How long a run that waits for another stays out of memory before it looks itself: a stop may have swallowed the word.
const LOOK_AFTER_CALLED_MS: Ms = 10 * 60_000;

impl Task {
    /// Notes an event in memory and for the journal.
    pub(super) fn record(&mut self, event: Event) {
        self.push_record(&event);
        if matches!(event, Event::Done { .. }) {
            self.come_to_rest();
        }
        self.memory.apply(event);
    }

    /// Whatever the process dies of from now on, it is not what the run did before.
    pub(super) fn come_to_rest(&mut self) {
        self.crash = self.trial.take().map(Trial::over).or(self.crash);
    }

    pub(super) fn push_record(&mut self, event: &Event) {
        let text = serde_json::to_vec(event).unwrap_or_default();
        let record = Record { run: self.row.id, seq: self.seq, at: self.now(), body: codec::encode(&text) };
        self.seq += 1;
        self.pending.push(record);
    }

    pub(super) async fn flush_ticket(&mut self) -> Option<Ticket> {
        let crash = self.crash.take();
        if self.pending.is_empty() && crash.is_none() {
            return None;
        }
        let records = std::mem::take(&mut self.pending);
        let write = Write { records, crash, lease: Some(self.lease), ..Write::default() };
        Some(self.core.writer.send(write).await)
    }

    /// Waits until everything recorded so far is on disk.
    pub(super) async fn settle_on_disk(&mut self) -> Result<(), Stop> {
        match self.flush_ticket().await {
            Some(ticket) => Ok(ticket.on_disk().await.map(drop)?),
            None => Ok(()),
        }
    }

    /// Hands the records to the writer without waiting for the disk: nothing outside depends on them yet.
    pub(super) async fn flush(&mut self) {
        drop(self.flush_ticket().await);
    }

    /// When a run only waits, and for longer than it pays to keep it, the time it is to be called back.
    pub(super) fn may_park(&self) -> Option<Ms> {
        if self.sleepers.is_empty() || !self.todo.is_empty() || self.is_awaited() {
            return None;
        }
        let wake = self.sleepers.next().unwrap_or(Ms::MAX).min(self.row.deadline);
        let wake =
            if self.sleepers.waits_for_run() { wake.min(self.now() + LOOK_AFTER_CALLED_MS) } else { wake };
        let patience = Ms::try_from(self.core.options.park_after.as_millis()).unwrap_or(Ms::MAX);
        let busy_again = wake.min(self.sleepers.expected().unwrap_or(Ms::MAX));
        (busy_again.saturating_sub(self.now()) > patience).then_some(wake)
    }

    /// Whether somebody still waits for this run's answer.
    fn is_awaited(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| !answer.is_closed())
    }

    pub(super) async fn park(&mut self, wake_at: Ms) -> Result<Left, Stop> {
        self.come_to_rest();
        if self.sleepers.expected().is_some() {
            // Only this process knows its place in line: whoever has the run after a stop is to ask at once.
            self.settle_on_disk().await?;
        } else {
            let (records, crash) = (std::mem::take(&mut self.pending), self.crash.take());
            let park = Some((self.row.id, wake_at));
            let write = Write { records, park, crash, lease: Some(self.lease), ..Write::default() };
            self.core.writer.send(write).await.on_disk().await?;
        }
        crate::failpoint::reach("park");
        let state = self.sleepers.state();
        let (flow, shard, lane) = (self.row.flow, self.row.shard, self.row.lane);
        let parked = Parked { flow, shard, lane, state, crashes: None };
        self.core.tell(Changed { run: self.row.id, flow: self.row.flow });
        self.span.set("khlong.outcome", "parked");
        Ok(Left::Parked(wake_at, parked))
    }

    pub(super) fn timed_out(&self) -> StepError {
        codes::error(
            codes::RUN_TIMEOUT,
            format!("the run took longer than its time-out of {}", self.flow.doc().settings.timeout),
            "Look at the step that took long, or give the flow a longer time-out in its settings.",
        )
    }

    pub(super) fn check_deadline(&mut self) {
        if self.now() < self.row.deadline || self.cancelled {
            return;
        }
        if let Some((step, error)) = self.unanswered() {
            return self.give_up(Outcome::Failed(step, error));
        }
        let error = self.timed_out();
        let step = self.notes.steps.iter().rev().find(|step| step.finished_at.is_none());
        let step = step.map_or_else(
            || StepId::new(self.trigger.clone(), Vec::new()),
            |step| StepId::new(step.node.clone(), step.item.clone()),
        );
        self.give_up(Outcome::Failed(step, error));
    }

    pub(super) async fn finish(&mut self, outcome: Outcome) -> Result<Left, Stop> {
        let now = self.now();
        if self.cancelled {
            // Given up out of memory, it never came to where its steps wait.
            self.core.gates.leave(self.row.id);
        }
        self.notes.close(now);
        if self.row.parent.is_some() && self.result.is_none() {
            self.result = self.run.result();
        }
        let (status, why) = match &outcome {
            Outcome::Done => match self.refusal() {
                None => (Status::Done, None),
                refused => (Status::Cancelled, refused),
            },
            Outcome::Failed(_, error) if error.code == CANCELLED => (Status::Cancelled, None),
            Outcome::Failed(step, error) if error.code == codes::BY_HAND => {
                (Status::Cancelled, Some((step.clone(), error.clone())))
            }
            Outcome::Failed(step, error) => (Status::Failed, Some((step.clone(), error.clone()))),
        };
        let failure = why.clone().filter(|_| status == Status::Failed);
        let mut dead = None;
        if let Some((step, error)) = &failure {
            // What made it fail first: walked again after a stop, the run must not go well, with somebody told of its failure.
            if self.flow.on_error().is_some()
                && let Some(ticket) = self.flush_ticket().await
            {
                ticket.on_disk().await?;
            }
            if !self.start_error_flow(step, error).await {
                dead = self.dead_letter(step, error);
            }
        }
        let blob = self.blob.as_ref().filter(|_| dead.is_some());
        let blob_use = blob.map(|blob| BlobUse::of_record(self.row.id, blob.hash()));
        let retried = self.memory.steps().any(|(_, known)| known.attempts.len() > 1);
        let finish = Finish {
            run: self.row.clone(),
            status,
            finished_at: now,
            steps: self.run.steps(),
            retried,
            error_node: why.as_ref().map(|(step, _)| step.node.clone()),
            error_code: why.as_ref().map(|(_, error)| error.code.clone()),
            error: why.as_ref().map(|(_, error)| error.message.clone()),
            doc: self.doc(status).encode(),
            dead,
        };
        // A caller out of memory is due from this commit on: a stop before it is told must not leave it asleep.
        let park = self.row.parent.as_ref().map(|(parent, _)| (*parent, now));
        self.come_to_rest();
        let crash = self.crash.take();
        let lease = Some(self.lease);
        let write = Write { finish: Some(finish), park, crash, blob_use, lease, ..Write::default() };
        self.core.writer.send(write).await.on_disk().await?;
        for heard in self.cancelling.drain(..) {
            heard.send(status == Status::Cancelled).ok();
        }
        self.core.gauges.ended(&self.flow, status, now - self.row.started_at);
        self.core.tell(Changed { run: self.row.id, flow: self.row.flow });
        self.span.set("khlong.outcome", word(status));
        if let Some((step, error)) = &failure {
            self.span.fail(&error.code);
            // Its words may be the target's or the customer's: they are in the run, not in the log.
            tracing::info!(node = %step.node, code = error.code, "the run failed");
        }
        let why = why.map(|(_, error)| error);
        let cancelled = || codes::error(codes::CALLED_CANCELLED, "the run was cancelled", LOOK_THERE);
        self.tell_whoever_waits(why.or_else(|| (status == Status::Cancelled).then(cancelled))).await;
        Ok(Left::Ended)
    }

    /// Sets the run aside: the process died under it too often.
    pub(super) async fn set_aside(&mut self, times: u32) -> Result<Left, Stop> {
        let under_way = self.memory.steps().filter(|(_, known)| known.outcome.is_none() && known.sent);
        let step = under_way.map(|(step, _)| step.clone()).min();
        let step = step.unwrap_or_else(|| StepId::new(self.trigger.clone(), Vec::new()));
        tracing::error!(times, node = %step.node, code = codes::POISON, "the process died under a run again and again: it is set aside");
        self.finish(Outcome::Failed(step, crashes::error(times))).await
    }

    /// What waits for a person. A called run has somebody else who hears of its failure: its caller.
    fn dead_letter(&self, step: &StepId, error: &StepError) -> Option<DeadLetter> {
        if self.row.parent.is_some() {
            return None;
        }
        let letter = Letter {
            version: self.row.version,
            event: self.row.event,
            lineage: self.row.lineage,
            trigger_node: self.trigger.clone(),
            trigger: match &self.blob {
                Some(_) => self.data.without(door::BODY),
                None => self.data.clone(),
            },
            blob: self.blob.clone(),
            events: kept_events(&self.memory),
        };
        let fingerprint = keys::fingerprint(&self.flow.id, &step.node, error);
        Some(DeadLetter { fingerprint, doc: letter.encode() })
    }

    pub(super) fn doc(&mut self, status: Status) -> Doc<Data> {
        let events = match status {
            Status::Done => Vec::new(),
            Status::Failed | Status::Cancelled => kept_events(&self.memory),
        };
        Doc {
            steps: std::mem::take(&mut self.notes.steps),
            edges: self.run.edge_counts().to_vec(),
            truncated: self.notes.truncated,
            result: self.row.parent.is_some().then(|| self.result.clone()).flatten(),
            events,
        }
    }

    /// Tells the request that waits for an answer, or the run that called this one.
    pub(super) async fn tell_whoever_waits(&mut self, failure: Option<StepError>) {
        if let (Some(answer), Some(error)) = (self.answer.take(), &failure) {
            let body = json!({"code": error.code, "message": error.message, "run": self.row.id.to_string()});
            let body = serde_json::to_vec(&body).unwrap_or_default().into();
            answer.send(Answer { status: 500, headers: Vec::new(), body }).ok();
        }
        if let Some((parent, _)) = self.row.parent {
            let result = self.result.take().map(|result| whole(&result).unwrap_or(result).into_value());
            let (port, output) = child_outcome(failure.as_ref(), result);
            self.core.signal(parent, Signal::ChildEnded { child: self.row.id, port, output }).await.ok();
        }
    }

    /// Starts the flow that takes this flow's errors; says whether it did. It is on disk before this run's end is, and
    /// once only.
    pub(super) async fn start_error_flow(&mut self, step: &StepId, error: &StepError) -> bool {
        let Some(deployed) = self.flow.on_error().and_then(|id| self.core.flows.get(id)) else {
            return false;
        };
        let Some(trigger) = deployed.flow.trigger(None, "core/called") else {
            return false;
        };
        let input = json!({
            "flow": self.flow.id, "run": self.row.id.to_string(), "key": self.row.key, "node": step.node, "item": step.item,
            "error": {"code": error.code, "message": error.message, "advice": error.advice},
            "trigger": notes::shown_trigger(&self.data),
        });
        let Some(depth) = self.depth_below() else {
            let code = codes::TOO_DEEP;
            tracing::warn!(code, "the error flow is not started: too many flows call one another");
            return false;
        };
        let delivery = format!("error:{}", self.row.id);
        let trace = self.trace.clone();
        let arrival = || {
            let arrival = Arrival::of(&deployed.flow, trigger, Some(delivery.clone()), input.clone());
            arrival.below(depth).in_trace(trace.clone())
        };
        let started = door::accept_with_patience(&self.core, arrival).await;
        if let Err(error) = &started {
            tracing::warn!(%error, "the error flow could not be started");
        }
        started.is_ok()
    }

    pub(super) fn defect(&self, message: &str) -> StepError {
        codes::error(codes::DEFECT, message, "Retry the run, or publish the flow again.")
    }
}

/// As metrics and traces say it.
fn word(status: Status) -> &'static str {
    match status {
        Status::Done => "done",
        Status::Failed => "failed",
        Status::Cancelled => "cancelled",
    }
}

/// What to do about a called run that did not succeed.
pub(crate) const LOOK_THERE: &str = "Look at the called run.";

/// Marks a run's outcome as somebody's wish, not a failure. Never stored.
pub(super) const CANCELLED: &str = "cancelled";

/// On which port a called run's end arrives at its caller, and with what.
pub(crate) fn child_outcome(failure: Option<&StepError>, result: Option<Value>) -> (Port, Value) {
    match failure {
        None => (Port::out(), result.unwrap_or(Value::Null)),
        Some(StepError { code, message, advice }) => {
            (Port::error(), json!({"code": code, "message": message, "advice": advice}))
        }
    }
}
