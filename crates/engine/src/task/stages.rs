//! How far the run goes with its effects: what is sent at once, what a person is asked about first, and what not at all.

use super::{Stop, Task};
use crate::door::STAGE;
use crate::flow::Work;
use crate::signal::Reply;
use crate::sleepers::{Sleeper, What};
use crate::{again, codes};
use model::{EffectRule, NodeId, Port, Stage, Value};
use run::doc::StepError;
use run::{Answered, At, Data, Event, Failure, StepId, StepMemory};
use serde_json::json;
use tokio::sync::oneshot;

impl Task {
    /// How far the run goes by what it began with: its version's mode, and that of the run that called it.
    pub(super) fn own_stage(&self) -> Stage {
        let called = self.row.parent.as_ref().and_then(|_| self.data.walk(&[STAGE]));
        let called = called.and_then(|stage| serde_json::from_value(stage.value().clone()).ok());
        let own = self.flow.stage(self.row.key.as_deref()).max(called.unwrap_or(Stage::Live));
        if self.memory.is_withheld() { own.max(Stage::Shadow) } else { own }
    }

    /// How far it goes now: no further than its flow does by now, where somebody has taken that back.
    pub(super) fn stage(&self) -> Stage {
        let live = self.core.flows.get(&self.flow.id).filter(|live| live.flow.key == self.row.flow);
        let now = live.map_or(Stage::Live, |live| live.flow.stage(self.row.key.as_deref()));
        self.own_stage().max(now)
    }

    /// Whether the run is to be kept as it came, and nothing of it to be done.
    pub(super) fn is_only_observed(&self) -> bool {
        self.memory.is_empty() && self.stage() == Stage::Observe
    }

    /// What a step gives whose effect is not sent.
    pub(super) fn withheld(&mut self, at: &At) -> Result<(), Stop> {
        let example = match &self.flow.nodes[at.node] {
            Work::Action(work) => work.action.spec().example_output,
            _ => Value::Null,
        };
        self.complete(at, Port::OUT, Data::from(json!({"shadow": true, "example": example})))
    }

    /// Whether a step may send its effect now. What becomes of one that may not is done here.
    pub(super) fn admits(&mut self, at: &At) -> Result<bool, Stop> {
        let Some(effect) = self.effects.get(at).filter(|effect| effect.rule != EffectRule::Read) else {
            return Ok(true);
        };
        let (begun, unknown) = (effect.attempt > 0, effect.unknown);
        let known = self.memory.step(&self.run.step_id(at));
        let approved = known.is_some_and(StepMemory::is_approved);
        // Once somebody was asked, nothing else will do.
        let asked = known.is_some_and(StepMemory::is_proposed);
        match self.stage() {
            Stage::Shadow | Stage::Observe => self.hold_back(at, unknown)?,
            Stage::Assist if !begun && !approved => self.propose(at),
            Stage::Live if asked => self.propose(at),
            Stage::Assist | Stage::Live => return Ok(true),
        }
        Ok(false)
    }

    /// The flow was taken back while the run was on its way. Where nothing was sent so far, the run goes on in shadow. One
    /// that has sent something is not left half done without a word: it fails, and waits for a person.
    fn hold_back(&mut self, at: &At, unknown: bool) -> Result<(), Stop> {
        let step = self.run.step_id(at);
        if !self.has_sent() {
            self.record(Event::Withheld { step, at: self.now() });
            return self.withheld(at);
        }
        if unknown {
            self.sleep(at, None, What::Ask);
            return Ok(());
        }
        let message = "the flow was taken back from sending, and the run had sent something before";
        let advice =
            "Do the rest by hand, or retry the run when the flow sends again: what was done is not repeated.";
        let error = codes::error(codes::TAKEN_BACK, message, advice);
        let attempt = self.memory.step(&step).map_or(0, StepMemory::tries);
        let failure = Failure { attempt, ..Failure::before_any_attempt(error.clone()) };
        self.record(Event::Failed { step, failure, at: self.now() });
        self.fail(at, error)
    }

    /// Whether the run, or one of the same event before it, has written something or called a flow that may have. A read that
    /// failed counts, too: the journal does not tell it from a write, and a person who looks in vain is the lesser evil.
    fn has_sent(&self) -> bool {
        let sent = |step: &StepId, known: &StepMemory| {
            let called = known.called.or(known.called_earlier).is_some();
            let tried = known.outcome.is_some() || !known.attempts.is_empty();
            called || tried && again::writes(&self.flow, step)
        };
        self.memory.steps().any(|(step, known)| sent(step, known))
    }

    /// Asks a person whether the effect is to be sent. What it would send is kept: a yes means exactly that.
    fn propose(&mut self, at: &At) {
        let step = self.run.step_id(at);
        let known = self.memory.step(&step).is_some_and(|known| known.proposed.is_some());
        let fields = self.effects.get(at).filter(|_| !known).map(|effect| effect.fields.value().clone());
        if let Some(fields) = fields {
            self.record(Event::Proposed { step, fields, at: self.now() });
        }
        self.sleep(at, None, What::Propose);
    }

    /// A person's yes or no is on disk before they are told that it was heard.
    pub(super) async fn replied(
        &mut self,
        node: &NodeId,
        item: &[u32],
        Reply { by, refused }: Reply,
        heard: oneshot::Sender<bool>,
    ) -> Result<(), Stop> {
        let plan = self.run.plan().clone();
        let found = self.sleepers.take(|sleeper| {
            sleeper.what == What::Propose && plan.id(sleeper.at.node) == node && sleeper.at.item == item
        });
        let Some(Sleeper { at, .. }) = found else {
            heard.send(false).ok();
            return Ok(());
        };
        let (step, now) = (self.run.step_id(&at), self.now());
        self.record(match refused.clone() {
            None => Event::Approved { step, by: by.clone(), at: now },
            Some(why) => Event::Refused { step, by: by.clone(), why, at: now },
        });
        self.settle_on_disk().await?;
        heard.send(true).ok();
        self.go_by(at, &Answered { by, at: now, refused }).await
    }

    async fn go_by(&mut self, at: At, answered: &Answered) -> Result<(), Stop> {
        match &answered.refused {
            Some(_) => self.end_refused(&at, answered),
            None => {
                self.notes.answered(&at, &answered.by, answered.at);
                self.launch(at, None).await
            }
        }
    }

    /// What is behind a write that somebody said no to is skipped.
    pub(super) fn end_refused(&mut self, at: &At, answered: &Answered) -> Result<(), Stop> {
        self.effects.remove(at);
        self.notes.answered(at, &answered.by, answered.at);
        let now = self.noted_at();
        self.notes.refused(at, &refusal(answered), now);
        let next = self.run.end_branch(at);
        self.follow(next);
        Ok(())
    }

    /// The first of the run's writes that somebody said no to, and what they said.
    pub(super) fn refusal(&self) -> Option<(StepId, StepError)> {
        let refused = |known: &StepMemory| known.answered.clone().filter(|said| said.refused.is_some());
        let all = self.memory.steps().filter_map(|(step, known)| Some((step, refused(known)?)));
        let first = all.min_by_key(|(step, said)| (said.at, *step))?;
        Some((first.0.clone(), refusal(&first.1)))
    }

    /// The first of the steps that still wait for a yes or no, when the run's time is over. As the journal has it: called back
    /// for its end, the run has not come to them again.
    pub(super) fn unanswered(&self) -> Option<(StepId, StepError)> {
        let proposed = self.memory.steps().filter(|(_, known)| known.is_proposed());
        let step = proposed.map(|(step, _)| step).min()?.clone();
        let timeout = self.flow.doc().settings.timeout;
        let message = format!("nobody said yes or no within the flow's time-out of {timeout}");
        let advice =
            "Retry the run: it asks again. Give the flow a longer time-out if people need more time.";
        Some((step, codes::error(codes::UNANSWERED, message, advice)))
    }
}

fn refusal(answered: &Answered) -> StepError {
    let why = answered.refused.as_deref().unwrap_or_default();
    let message = format!("{} said no: {why}", answered.by);
    codes::error(codes::REFUSED, message, "Mend what is wrong, and retry the run: it asks again.")
}
