//! What happened in a run, as somebody would tell it who is asked about an order: few words, and only what others see.

mod reference;

use crate::wire;
use api::{Happened, StoryEvent};
use model::{Family, FlowDocument, NodeId, Specs};
use reference::reference;
use run::doc::{Attempt, Settled, StepDoc, StepState};
use store::{InboxRow, InboxState, Ms, RetryRow, RunSummaryRow, Status};

/// Most events that are told of one run.
pub const EVENTS_MAX: usize = 100;
/// Attempts that failed, of one step; the latest count.
const ATTEMPTS_MAX: usize = 3;

/// All that is known of a run.
pub struct Run<'a> {
    pub summary: &'a RunSummaryRow,
    pub trigger_node: &'a NodeId,
    pub trigger: &'a model::Value,
    pub steps: &'a [StepDoc],
    /// The flow as it was for this run.
    pub document: &'a FlowDocument,
    /// The run that it retries, and who said so.
    pub retries: Option<&'a RetryRow>,
    pub record: Option<&'a InboxRow>,
}

impl Run<'_> {
    /// In order of time; what has still to come has none and stands last.
    pub fn tell(&self, specs: &Specs) -> Vec<StoryEvent> {
        let mut events = vec![self.begin()];
        for step in self.steps.iter().filter(|step| self.is_of_interest(step, specs)) {
            self.step(step, &mut events);
        }
        self.end(&mut events);
        events.sort_by_key(|event| event.at.unwrap_or(Ms::MAX));
        events
    }

    fn begin(&self) -> StoryEvent {
        let event = StoryEvent {
            at: Some(self.summary.started_at),
            ..self.event(Happened::Begun, Some(self.trigger_node))
        };
        match self.retries {
            Some(retry) => StoryEvent {
                what: Happened::Retried,
                by: Some(retry.retried.who.clone()),
                node: None,
                ..event
            },
            None if self.summary.event != self.summary.id => event,
            None => StoryEvent { what: Happened::Received, reference: reference(self.trigger), ..event },
        }
    }

    /// What other systems see, and whatever went wrong. What an earlier run did is told there.
    fn is_of_interest(&self, step: &StepDoc, specs: &Specs) -> bool {
        let earlier = step.finished_at.is_some_and(|at| at < self.summary.started_at);
        let node = self.document.nodes.iter().find(|node| node.id == step.node);
        let spec = node.and_then(|node| specs.operation(&node.operation));
        let acts = step.effect.is_some() || spec.is_some_and(|spec| spec.family == Family::Action);
        let goes_on = !matches!(step.state, StepState::Done | StepState::Skipped | StepState::Pending);
        !earlier && (acts && step.state != StepState::Skipped || goes_on)
    }

    fn step(&self, step: &StepDoc, events: &mut Vec<StoryEvent>) {
        let event = |what| StoryEvent {
            item: step.item.clone(),
            effect_key: step.effect.as_ref().map(|effect| effect.key.clone()),
            ..self.event(what, Some(&step.node))
        };
        self.attempts(step, event(Happened::TriedAgain), events);
        let open = self.summary.status.is_none();
        let what = match step.state {
            StepState::Done => Happened::Done,
            StepState::Failed => Happened::Failed,
            StepState::Unknown => Happened::Unknown,
            StepState::Running if open => Happened::Running,
            StepState::Waiting | StepState::Proposed if open => Happened::Waiting,
            StepState::Retrying if open && step.blocked.is_some() => Happened::Waiting,
            StepState::Pending if open => Happened::ToCome,
            _ => return,
        };
        let until = step.blocked.as_ref().map(|blocked| blocked.until).or(step.wake_at);
        let is_over = matches!(step.state, StepState::Done | StepState::Failed);
        events.push(StoryEvent {
            at: if is_over { step.finished_at.or(self.summary.finished_at) } else { None },
            reference: if is_over { step.output.as_ref().and_then(reference) } else { None },
            message: step.error.as_ref().map(|error| error.message.clone()),
            until: until.filter(|_| !is_over),
            fingerprint: if step.state == StepState::Failed { self.waits_in() } else { None },
            code: step.error.as_ref().map(|error| error.code.clone()),
            ..event(what)
        });
    }

    /// Those that another one followed or follows, and what a person said of one.
    fn attempts(&self, step: &StepDoc, event: StoryEvent, events: &mut Vec<StoryEvent>) {
        let begun_here = |attempt: &&Attempt| attempt.started_at >= self.summary.started_at;
        let decided = |attempt: &&Attempt| {
            matches!(attempt.settled, Some(Settled::PersonDone | Settled::PersonNotDone | Settled::GivenUp))
        };
        let here = || step.attempts.iter().filter(begun_here);
        let tried = here().filter(|attempt| attempt.retry_at.is_some()).rev().take(ATTEMPTS_MAX);
        events.extend(tried.map(|attempt| StoryEvent {
            at: attempt.ended_at.or(Some(attempt.started_at)),
            message: attempt.error.as_ref().map(|error| error.message.clone()),
            code: attempt.error.as_ref().map(|error| error.code.clone()),
            until: attempt.retry_at,
            ..event.clone()
        }));
        events.extend(here().filter(decided).map(|attempt| StoryEvent {
            what: Happened::Decided,
            at: attempt.ended_at.or(step.finished_at).or(Some(attempt.started_at)),
            ..event.clone()
        }));
    }

    /// How it ended, where no step tells, and what a person did about it.
    fn end(&self, events: &mut Vec<StoryEvent>) {
        let failed = events.iter().any(|event| event.what == Happened::Failed);
        let what = match self.summary.status {
            Some(Status::Failed) if !failed => Some(Happened::Failed),
            Some(Status::Cancelled) => Some(Happened::Cancelled),
            _ => None,
        };
        let node = self.summary.error_node.as_ref();
        events.extend(what.map(|what| StoryEvent {
            at: self.summary.finished_at,
            message: self.summary.error.clone(),
            fingerprint: if what == Happened::Failed { self.waits_in() } else { None },
            code: self.summary.error_code.clone(),
            ..self.event(what, node)
        }));
        let Some(record) = self.record.filter(|record| !record.changed_by.is_empty()) else { return };
        let what = match record.state {
            InboxState::Ignored => Happened::Ignored,
            InboxState::Resolved => Happened::Resolved,
            InboxState::Open | InboxState::Retried => return,
        };
        events.push(StoryEvent {
            at: Some(record.changed_at),
            by: Some(record.changed_by.clone()),
            message: Some(record.reason.clone()).filter(|reason| !reason.is_empty()),
            ..self.event(what, None)
        });
    }

    fn waits_in(&self) -> Option<String> {
        let record = self.record.filter(|record| record.state == InboxState::Open)?;
        Some(wire::fingerprint(record.fingerprint))
    }

    fn event(&self, what: Happened, node: Option<&NodeId>) -> StoryEvent {
        let drawn = node.and_then(|id| self.document.nodes.iter().find(|node| node.id == *id));
        StoryEvent {
            at: None,
            what,
            run: self.summary.id.to_string(),
            node: node.cloned(),
            item: Vec::new(),
            title: drawn.map(|node| node.title.clone()).unwrap_or_default(),
            operation: drawn.map(|node| node.operation.clone()),
            connection: drawn.and_then(|node| node.connection.clone()),
            reference: None,
            code: None,
            message: None,
            effect_key: None,
            until: None,
            by: None,
            fingerprint: None,
        }
    }
}

#[cfg(test)]
mod tests;
