//! What a run is told from outside while it goes on.

use super::end::CANCELLED;
use super::{Stop, Task};
use crate::codes;
use crate::signal::{Decision as Verdict, Signal};
use crate::sleepers::{Sleeper, What};
use model::{NodeId, Port, Value};
use run::doc::{Settled, StepError};
use run::{At, Data, Event, Failure, Outcome};
use tokio::sync::oneshot;

impl Task {
    pub(super) async fn hear(&mut self, signal: Signal) -> Result<(), Stop> {
        match signal {
            Signal::Cancel(heard) => {
                self.cancelling.push(heard);
                if self.cancelled {
                    return Ok(());
                }
                let step = run::StepId::new(self.trigger.clone(), Vec::new());
                let error =
                    StepError { code: CANCELLED.into(), message: "cancelled".into(), advice: String::new() };
                self.give_up(Outcome::Failed(step, error));
                Ok(())
            }
            Signal::Callback { node, item, payload, heard } => {
                self.called_back(node, item, payload, heard).await
            }
            Signal::ChildEnded { child, port, output } => {
                let waits = |sleeper: &Sleeper| sleeper.what == What::Child { run: child };
                match self.sleepers.take(waits) {
                    Some(sleeper) => self.child_ended(&sleeper.at, &port, output),
                    None => Ok(()),
                }
            }
            Signal::Decide { node, item, decision, heard } => {
                self.decided(&node, &item, decision, heard).await
            }
            Signal::Reply { node, item, reply, heard } => self.replied(&node, &item, reply, heard).await,
            Signal::Answer(answer) => {
                // Dropped where it has been given: whoever waits is told that there is none.
                if self.result.is_none() {
                    self.answer = Some(answer);
                }
                Ok(())
            }
            Signal::Inspect(answer) => {
                let mut notes = self.notes.clone();
                notes.edges = self.run.edge_counts().to_vec();
                self.run.loops().for_each(|(at, items)| notes.items(at, items));
                answer.send(notes).ok();
                Ok(())
            }
            Signal::Admitted => self.ask_gates().await,
            Signal::Leave => {
                self.leaving = true;
                Ok(())
            }
        }
    }

    /// A callback may come before the wait is reached: it is remembered until then.
    pub(super) async fn called_back(
        &mut self,
        node: NodeId,
        item: Vec<u32>,
        payload: Value,
        heard: oneshot::Sender<bool>,
    ) -> Result<(), Stop> {
        let step = run::StepId::new(node, item);
        let first = self.memory.step(&step).is_none_or(|known| known.outcome.is_none());
        if first {
            self.record(Event::Done {
                step: step.clone(),
                port: Port::out(),
                output: payload.clone(),
                at: self.now(),
                settled: None,
            });
        }
        self.settle_on_disk().await?;
        heard.send(first).ok();
        let waits = |sleeper: &Sleeper| {
            self.run.step_id(&sleeper.at) == step && matches!(sleeper.what, What::Wait { .. })
        };
        match self.sleepers.take(waits).filter(|_| first) {
            Some(sleeper) => self.complete(&sleeper.at, Port::OUT, Data::from(payload)),
            None => Ok(()),
        }
    }

    /// A person's decision is on disk before they are told that it was heard.
    pub(super) async fn decided(
        &mut self,
        node: &NodeId,
        item: &[u32],
        decision: Verdict,
        heard: oneshot::Sender<bool>,
    ) -> Result<(), Stop> {
        let asks = |task: &Self, sleeper: &Sleeper| {
            sleeper.what == What::Ask
                && task.run.plan().id(sleeper.at.node) == node
                && sleeper.at.item == item
        };
        let mut sleepers = std::mem::take(&mut self.sleepers);
        let found = sleepers.take(|sleeper| asks(self, sleeper));
        self.sleepers = sleepers;
        let Some(Sleeper { at, .. }) = found else {
            heard.send(false).ok();
            return Ok(());
        };
        let (step, now) = (self.run.step_id(&at), self.now());
        let failure = self.given_up(&at);
        self.record(match &decision {
            Verdict::Done(output) => {
                let settled = Some(Settled::PersonDone);
                Event::Done { step, port: Port::out(), output: output.clone(), at: now, settled }
            }
            Verdict::SendAgain => Event::SendAgain { step, at: now },
            Verdict::Fail => Event::Failed { step, failure: failure.clone(), at: now },
        });
        self.settle_on_disk().await?;
        heard.send(true).ok();
        self.note_attempts(&at, |_| true);
        match decision {
            Verdict::Done(output) => self.complete(&at, Port::OUT, Data::from(output)),
            Verdict::SendAgain => {
                if let Some(effect) = self.effects.get_mut(&at) {
                    effect.unknown = false;
                }
                self.launch(at, None).await
            }
            Verdict::Fail => self.fail(&at, failure.error),
        }
    }

    /// The step's end when a person gives it up. Whether it was done stays unknown, for a retry to ask again.
    fn given_up(&self, at: &At) -> Failure {
        let known = self.memory.step(&self.run.step_id(at));
        let said = known.and_then(|known| known.failure.as_ref()).map(|failure| failure.error.clone());
        let error = said.unwrap_or_else(|| {
            let advice = "Look in the target whether the work was done before retrying the run.";
            codes::error(
                codes::GIVEN_UP,
                "given up by a person; whether the work was done is unknown",
                advice,
            )
        });
        let attempt = known.map_or(0, run::StepMemory::tries);
        Failure {
            attempt,
            error,
            unknown: true,
            retry_at: None,
            given_up: true,
            lost: true,
            found_not_done: false,
            spared: false,
        }
    }
}
