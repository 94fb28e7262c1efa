//! Writes to other systems: intent on disk, call, answer on disk, and what to do when the answer is lost.

use super::{Landed, Stop, Task};
use crate::core::Core;
use crate::effect::{self, Attempted, Effect};
use crate::flow::{ActionWork, Flow, Work, ms};
use crate::gauges::Came;
use crate::sleepers::What;
use crate::writer::WriteError;
use crate::{failpoint, keys};
use model::{EffectRule, Port, Span, Stage, Value};
use run::doc::{Attempt, EffectDoc, Settled, StepError, StepState};
use run::{At, Data, Event, Failure, StepMemory};
use std::time::Instant;
use tracing::Instrument;

/// How long one attempt may take.
fn timeout(core: &Core, work: &ActionWork) -> Span {
    work.timeout.unwrap_or(Span::from_ms(core.options.step_timeout.as_millis() as u64))
}

impl Task {
    pub(super) async fn start_effect(
        &mut self,
        at: At,
        work: &ActionWork,
        fields: Value,
        known: Option<StepMemory>,
    ) -> Result<(), Stop> {
        let text = Data::from_text(serde_json::to_vec(&fields).unwrap_or_default());
        self.notes.input(&at, &text);
        if self.own_stage() >= Stage::Shadow {
            return self.withheld(&at);
        }
        if let Some(answered) = known.as_ref().and_then(|known| known.answered.as_ref()) {
            self.notes.answered(&at, &answered.by, answered.at);
            if answered.refused.is_some() {
                return self.end_refused(&at, answered);
            }
        }
        let rule = work.action.effect(&fields);
        let key = keys::effect(self.row.lineage, &self.run.step_id(&at));
        if let Some(step) = self.notes.step(&at) {
            step.effect = Some(EffectDoc { key: key.clone(), rule });
        }
        self.recall(&at, known.as_ref());
        let known = known.unwrap_or_default();
        let unknown = known.is_unknown() && rule != EffectRule::Read;
        let (attempt, earlier_tries, spared_tries) = (known.tries(), known.earlier_tries, known.spared_tries);
        let failed_at = known.attempts.last().and_then(|attempt| attempt.ended_at).unwrap_or_default();
        let effect = Effect { fields: text, key, rule, attempt, earlier_tries, spared_tries, unknown };
        self.effects.insert(at.clone(), effect);
        match (&known.failure, unknown) {
            (None, true) if rule == EffectRule::Probe => self.cut_off(at, work, &known),
            (Some(failure), _) if failure.given_up => self.fail(&at, failure.error.clone()),
            (_, true) if rule == EffectRule::Ask => {
                self.sleep(&at, None, What::Ask);
                Ok(())
            }
            // Asked to the end before the restart, too.
            (Some(Failure { retry_at: None, .. }), true) if rule == EffectRule::Probe => {
                self.sleep(&at, None, What::Ask);
                Ok(())
            }
            (_, true) if rule == EffectRule::Probe => {
                let sent_at =
                    known.attempts.last().map_or(0, |attempt| attempt.ended_at.unwrap_or(attempt.started_at));
                let settled = sent_at.saturating_add(ms(effect::settle(&self.core, work)));
                let retry_at = known.failure.and_then(|failure| failure.retry_at).unwrap_or(0);
                self.sleep_since(failed_at, &at, Some(settled.max(retry_at)), What::Retry);
                Ok(())
            }
            (Some(Failure { retry_at: Some(retry_at), .. }), _) => {
                self.sleep_since(failed_at, &at, Some(*retry_at), What::Retry);
                Ok(())
            }
            (Some(failure), _) => self.fail(&at, failure.error.clone()),
            (None, _) => self.launch(at, Some(fields)).await,
        }
    }

    /// A call was under way when the process stopped, or when the run was given up. It may have been so until this
    /// moment, though no longer than an attempt may take, and only then the target begins to come to rest. That is written
    /// down, so that the next restart does not begin the wait anew. Where there are others, the process that made the call
    /// may live on, cut off from the store alone: then it is under way for as long as an attempt may take.
    fn cut_off(&mut self, at: At, work: &ActionWork, known: &StepMemory) -> Result<(), Stop> {
        let sent_at = known.attempts.last().map_or(0, |attempt| attempt.started_at);
        let longest = sent_at.saturating_add(ms(timeout(&self.core, work)));
        let may_live_on = self.core.holding.is_shared();
        let cut_at = if may_live_on { longest } else { self.now().min(longest).max(sent_at) };
        let retry_at = cut_at.saturating_add(ms(effect::settle(&self.core, work)));
        let host = work.action.spec().id.to_string();
        let message = "the process stopped before the answer came".to_owned();
        let error = connector::Error::Unanswered { host, message };
        let failure = Failure {
            attempt: known.tries(),
            error: effect::step_error(&error),
            unknown: true,
            retry_at: Some(retry_at),
            given_up: false,
            lost: true,
            found_not_done: false,
            spared: false,
        };
        // What is noted of a time to come would look, to the next walk, like a clock that was set back since.
        let noted_at = cut_at.min(self.now().max(sent_at));
        self.record(Event::Failed { step: self.run.step_id(&at), failure, at: noted_at });
        self.sleep(&at, Some(retry_at), What::Retry);
        Ok(())
    }

    pub(super) fn work(flow: &Flow, at: &At) -> Option<usize> {
        matches!(flow.nodes[at.node], Work::Action(_)).then_some(at.node)
    }

    /// Sends an effect: first its intent to the disk, then the call.
    pub(super) async fn launch(&mut self, at: At, fields: Option<Value>) -> Result<(), Stop> {
        if self.is_leaving() {
            return Ok(());
        }
        if self.run.is_halted(&at) {
            return self.abandon(&at);
        }
        if !self.admits(&at)? || !self.has_claim(&at).await? {
            return Ok(());
        }
        let Some(pass) = self.pass(&at) else { return Ok(()) };
        let step = self.run.step_id(&at);
        let now = self.now();
        let (Some(node), Some(effect)) = (Self::work(&self.flow, &at), self.effects.get_mut(&at)) else {
            return Ok(());
        };
        effect.attempt += 1;
        let effect = effect.clone();
        let intent = Event::Intent { step, attempt: effect.attempt, at: now };
        self.memory.apply(intent.clone());
        self.notes.state(&at, StepState::Running, None);
        let ticket = match effect.rule {
            EffectRule::Read => None,
            _ => {
                self.push_record(&intent);
                self.flush_ticket().await
            }
        };
        let (core, flow, run, trace) =
            (self.core.clone(), self.flow.clone(), self.row.id, self.trace.clone());
        self.flying.push(Box::pin(async move {
            let Work::Action(work) = &flow.nodes[node] else {
                return Landed::Child(at, None);
            };
            let timeout = timeout(&core, work);
            if let Some(ticket) = ticket
                && let Err(error) = ticket.on_disk().await
            {
                return match error {
                    WriteError::Refused => Landed::Refused,
                    // Nothing may be sent whose intent is not on disk. The process is about to end, or the run to leave it.
                    WriteError::Full | WriteError::Away | WriteError::Lost | WriteError::Down => {
                        std::future::pending().await
                    }
                };
            }
            // Once the leases have run out, another process may be about to send the same.
            core.holding.good().await;
            let started = Instant::now();
            let operation = &flow.doc().nodes[node].operation;
            let span = tracing::error_span!("attempt", node = %flow.plan.id(node), %operation, attempt = effect.attempt);
            failpoint::reach("call.before");
            let mut traced = core.options.tracer.attempt(&flow, run, node, effect.attempt, &trace);
            let trace = traced.trace(&trace);
            let attempt = effect::attempt(&core, work, &effect, fields, timeout, &trace);
            let mut attempted = attempt.instrument(span).await;
            attempted.spared = core.came(&pass, &attempted.result, run);
            let came = Came::of(&attempted.result);
            failpoint::reach("call.after");
            core.gauges.attempted(&flow, node, started.elapsed(), came);
            traced.came(came.as_str(), &attempted.result);
            Landed::Effect(at, attempted)
        }));
        Ok(())
    }

    pub(super) async fn land(&mut self, landed: Landed) -> Result<(), Stop> {
        match landed {
            Landed::Effect(at, Attempted { result: Ok(output), found, .. }) => {
                let settled = self.settled_by(&at, found);
                self.conclude(&at, Port::OUT, output, settled)
            }
            Landed::Effect(at, Attempted { result: Err(error), found, spared }) => {
                self.effect_failed(at, &error, found == Some(false), spared)
            }
            Landed::Called(at, Ok(child)) => {
                let step = self.run.step_id(&at);
                self.record(Event::Called { step, run: child, at: self.now(), earlier: false });
                self.await_child(&at, child);
                Ok(())
            }
            Landed::Called(at, Err(error)) => self.fail(&at, error),
            Landed::Child(at, Some((port, output))) => match self.sleepers.take(|sleeper| sleeper.at == at) {
                Some(_) => self.child_ended(&at, &port, output),
                None => Ok(()),
            },
            Landed::Child(_, None) => Ok(()),
            Landed::Fed(at, feed, batch) => self.feed(at, *feed, batch),
            Landed::Found(at, asked, found) => self.found(at, *asked, found),
            Landed::Refused => Err(Stop::Refused),
        }
    }

    /// How an effect that is done by now was settled, where an earlier answer was lost.
    fn settled_by(&self, at: &At, found: Option<bool>) -> Option<Settled> {
        let (effect, known) = (self.effects.get(at)?, self.memory.step(&self.run.step_id(at))?);
        let open = |attempt: &Attempt| attempt.unknown && attempt.settled.is_none();
        if !known.attempts.iter().any(open) {
            return None;
        }
        match found {
            Some(true) => Some(Settled::FoundDone),
            Some(false) => Some(Settled::FoundNotDone),
            None => (effect.rule == EffectRule::Idempotent).then_some(Settled::KeyRepeated),
        }
    }

    /// `settled`: the target has said meanwhile that no earlier attempt did the work. `spared`: the attempt does not count.
    pub(super) fn effect_failed(
        &mut self,
        at: At,
        error: &connector::Error,
        settled: bool,
        spared: bool,
    ) -> Result<(), Stop> {
        let flow = self.flow.clone();
        let (Work::Action(work), Some(effect)) = (&flow.nodes[at.node], self.effects.get_mut(&at)) else {
            return Ok(());
        };
        let said = effect::step_error(error);
        // A failed question about an unknown effect leaves it unknown.
        effect.unknown &= !settled;
        effect.unknown |=
            error.may_have_happened() && matches!(effect.rule, EffectRule::Probe | EffectRule::Ask);
        let (attempt, unknown, rule) = (effect.attempt, effect.unknown, effect.rule);
        effect.spared_tries += u32::from(spared);
        let tries = attempt.saturating_sub(effect.earlier_tries + effect.spared_tries);
        let asks = unknown && rule == EffectRule::Ask;
        let asked = match error.retry() {
            // Whether it was done can be asked, whatever was answered.
            connector::Retry::Never if unknown && rule == EffectRule::Probe => Some(None),
            connector::Retry::Never => None,
            connector::Retry::Backoff => Some(None),
            connector::Retry::After(after) => Some(Some(after)),
        };
        let dice = run::retry::dice(self.row.id, self.run.step_id(&at).node.as_str(), attempt);
        let settle = if unknown && rule == EffectRule::Probe {
            effect::settle(&self.core, work)
        } else {
            Span::default()
        };
        let wait = asked.filter(|_| !asks).and_then(|asked| match spared {
            // Its place is in line, with the others.
            true => Some(Span::default()),
            false => run::retry::wait_after(&work.retry, tries, asked, dice),
        });
        let retry_at = wait.map(|wait| self.now().saturating_add(ms(wait.max(settle))));
        let failure = Failure {
            attempt,
            error: said.clone(),
            unknown,
            retry_at,
            given_up: false,
            lost: error.may_have_happened(),
            found_not_done: settled,
            spared,
        };
        self.record(Event::Failed { step: self.run.step_id(&at), failure, at: self.now() });
        tracing::debug!(node = %self.run.step_id(&at).node, attempt, code = said.code, unknown, retry_at, "an attempt failed");
        let known =
            self.memory.step(&self.run.step_id(&at)).map(|known| known.attempts.clone()).unwrap_or_default();
        self.notes.attempts(&at, &known);
        match retry_at {
            Some(_) => {
                self.core.gauges.retry(&self.flow, at.node);
                self.sleep(&at, retry_at, What::Retry);
                Ok(())
            }
            // Tried to the end without learning whether it was done: only a person can tell.
            None if unknown => {
                let node = self.run.step_id(&at).node;
                tracing::warn!(%node, code = said.code, "nobody knows whether an effect was done: a person has to decide");
                if let Some(step) = self.notes.step(&at) {
                    step.error = Some(said);
                }
                self.sleep(&at, None, What::Ask);
                Ok(())
            }
            None => self.fail(&at, said),
        }
    }

    pub(super) fn child_ended(&mut self, at: &At, port: &Port, output: Value) -> Result<(), Stop> {
        if port.as_str() == Port::ERROR {
            let text = |name: &str| output.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let error = StepError { code: text("code"), message: text("message"), advice: text("advice") };
            return self.fail(at, error);
        }
        self.conclude(at, port.as_str(), output, None)
    }
}
