//! The fold over a run's events: what a restart knows of each step.

use crate::doc::{Attempt, Ms, Settled};
use crate::{Event, Failure, StepId};
use model::{NodeId, Port, Value};
use std::collections::HashMap;

/// What the journal says of one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepMemory {
    pub attempts: Vec<Attempt>,
    /// Sent, and nothing heard since: the outcome of the last attempt is unknown.
    pub sent: bool,
    /// How the last attempt failed, while there is no later one.
    pub failure: Option<Failure>,
    pub outcome: Option<(Port, Value)>,
    /// Until when, and whether a callback may end the wait earlier.
    pub waiting: Option<(Option<Ms>, bool)>,
    pub called: Option<i64>,
    /// What an earlier run of the same event called.
    pub called_earlier: Option<i64>,
    /// When the first thing was noted about the step.
    pub begun_at: Option<Ms>,
    pub done_at: Option<Ms>,
    /// Attempts of earlier runs of the same event: they do not count against what this run may try.
    pub earlier_tries: u32,
    /// Attempts of this run that do not count either.
    pub spared_tries: u32,
    /// The node whose branch a merge went on with.
    pub chosen: Option<NodeId>,
    pub edited: Option<Edited>,
    /// What a person is asked to say yes to.
    pub proposed: Option<Value>,
    pub answered: Option<Answered>,
}

/// What a person said to a proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub by: String,
    pub at: Ms,
    /// Why not, where they said no.
    pub refused: Option<String>,
}

/// What a person changed about a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    pub input: Value,
    pub by: String,
    pub at: Ms,
}

impl StepMemory {
    /// How often the step has been tried.
    pub fn tries(&self) -> u32 {
        self.attempts.last().map_or(0, |attempt| attempt.number)
    }

    /// Whether a person has still to say yes or no.
    pub fn is_proposed(&self) -> bool {
        self.proposed.is_some() && self.answered.is_none() && self.outcome.is_none()
    }

    /// Whether a person said yes.
    pub fn is_approved(&self) -> bool {
        self.answered.as_ref().is_some_and(|answered| answered.refused.is_none())
    }

    /// When the step ended, where the journal says that it did, well or for good badly.
    pub fn ended_at(&self) -> Option<Ms> {
        let failed = self.failure.as_ref().is_some_and(|failure| failure.retry_at.is_none());
        let last = || self.attempts.last().and_then(|attempt| attempt.ended_at);
        let refused = self.answered.as_ref().filter(|answered| answered.refused.is_some());
        self.done_at.or_else(|| failed.then(last).flatten()).or_else(|| Some(refused?.at))
    }

    /// Whether the target may have done the work without our knowing.
    pub fn is_unknown(&self) -> bool {
        self.outcome.is_none() && (self.sent || self.failure.as_ref().is_some_and(|failure| failure.unknown))
    }
}

/// Everything the journal says of a run's steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    steps: HashMap<StepId, StepMemory>,
    withheld: bool,
}

impl Memory {
    pub fn fold(events: impl IntoIterator<Item = Event>) -> Self {
        let mut memory = Self::default();
        events.into_iter().for_each(|event| memory.apply(event));
        memory
    }

    pub fn step(&self, step: &StepId) -> Option<&StepMemory> {
        self.steps.get(step)
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether nothing of the run is sent any more.
    pub fn is_withheld(&self) -> bool {
        self.withheld
    }

    pub fn steps(&self) -> impl Iterator<Item = (&StepId, &StepMemory)> {
        self.steps.iter()
    }

    pub fn apply(&mut self, event: Event) {
        self.withheld |= matches!(event, Event::Withheld { .. });
        let known = self.steps.entry(event.step().clone()).or_default();
        if let Event::Edited { input, by, at, .. } = event {
            // The step has not begun by that.
            known.edited = Some(Edited { input, by, at });
            return;
        }
        known.begun_at.get_or_insert(event.at());
        match event {
            // A repeated event of an older release or a resent batch changes nothing once the outcome is there.
            _ if known.outcome.is_some() => {}
            Event::Intent { attempt, at, .. } => known.send(attempt, at),
            Event::Unknown { attempt, at, .. } => {
                known.earlier_tries = attempt;
                known.send(attempt, at);
            }
            Event::Chose { from, .. } => known.chosen = Some(from),
            Event::Done { port, output, at, settled, .. } => {
                known.settled_by(settled);
                known.sent = false;
                known.waiting = None;
                known.done_at = Some(at);
                known.close_attempt(|attempt| attempt.ended_at = Some(at));
                known.outcome = Some((port, output));
            }
            Event::Failed { failure, at, .. } => known.fail(failure, at),
            Event::Waiting { until, callback, .. } => known.waiting = Some((until, callback)),
            Event::Edited { .. } | Event::Withheld { .. } => {}
            Event::Proposed { fields, .. } => known.proposed = Some(fields),
            Event::Approved { by, at, .. } => known.answer(Answered { by, at, refused: None }),
            Event::Refused { by, why, at, .. } => known.answer(Answered { by, at, refused: Some(why) }),
            Event::Called { run, earlier: false, .. } => known.called = Some(run),
            Event::Called { run, earlier: true, .. } => known.called_earlier = Some(run),
            Event::SendAgain { .. } => {
                known.settle(Some(Settled::PersonNotDone));
                known.sent = false;
                known.failure = None;
            }
        }
    }
}

impl StepMemory {
    /// The first answer counts.
    fn answer(&mut self, answered: Answered) {
        self.answered.get_or_insert(answered);
    }

    fn send(&mut self, number: u32, at: Ms) {
        self.sent = true;
        self.failure = None;
        self.mark_unanswered();
        self.attempts.push(Attempt::begun(number, at));
    }

    /// What was sent before and not answered is unknown, until it is settled.
    fn mark_unanswered(&mut self) {
        if let Some(last) = self.attempts.last_mut().filter(|last| last.ended_at.is_none()) {
            last.unknown = true;
        }
    }

    /// A person speaks of the last attempt, too; what a target says is about those before it.
    fn settled_by(&mut self, how: Option<Settled>) {
        match how {
            Some(Settled::FoundDone | Settled::FoundNotDone | Settled::KeyRepeated) => {
                let last = self.tries();
                how.into_iter().for_each(|how| self.settle_earlier(last, how));
            }
            _ => self.settle(how),
        }
    }

    /// The same of those before one.
    fn settle_earlier(&mut self, number: u32, how: Settled) {
        let open =
            |attempt: &&mut Attempt| attempt.number < number && attempt.unknown && attempt.settled.is_none();
        self.attempts.iter_mut().filter(open).for_each(|attempt| attempt.settled = Some(how));
    }

    /// Says of every attempt that is unknown so far by what it was settled.
    fn settle(&mut self, how: Option<Settled>) {
        let Some(how) = how else { return };
        self.mark_unanswered();
        let open = |attempt: &&mut Attempt| attempt.unknown && attempt.settled.is_none();
        self.attempts.iter_mut().filter(open).for_each(|attempt| attempt.settled = Some(how));
    }

    fn close_attempt(&mut self, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.attempts.last_mut() {
            change(attempt);
        }
    }

    fn fail(&mut self, failure: Failure, at: Ms) {
        if failure.attempt < self.tries() {
            // Of an attempt that another one has followed: that one's outcome counts.
            return;
        }
        self.sent = false;
        self.spared_tries += u32::from(failure.spared);
        if self.tries() < failure.attempt {
            let number = failure.attempt;
            self.attempts.push(Attempt::begun(number, at));
        }
        if failure.found_not_done {
            self.settle_earlier(failure.attempt, Settled::FoundNotDone);
        }
        self.close_attempt(|attempt| {
            attempt.ended_at = Some(at);
            attempt.error = Some(failure.error.clone());
            attempt.retry_at = failure.retry_at;
            attempt.unknown = failure.unknown || failure.lost;
        });
        if failure.given_up {
            self.settle(Some(Settled::GivenUp));
        }
        self.failure = Some(failure);
    }
}
