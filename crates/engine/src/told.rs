//! What a run is told by another process: the same signals, as rows of the store.

use crate::core::Core;
use crate::door::Answer;
use crate::engine::INSPECT_WAIT;
use crate::queue::Ready;
use crate::signal::{Decision, Reply, Signal, Unheard};
use crate::sync::{self, timeout};
use crate::view::Doc;
use crate::{Error, codec, failpoint};
use bytes::Bytes;
use model::{NodeId, Port, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Control, Ms, RunId};
use tokio::sync::oneshot;

/// How long an answer is looked for. What was told stays told: it is on disk.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Cancel,
    Callback {
        node: NodeId,
        item: Vec<u32>,
        payload: Value,
    },
    ChildEnded {
        child: RunId,
        port: Port,
        output: Value,
    },
    Decide {
        node: NodeId,
        item: Vec<u32>,
        decision: Verdict,
    },
    Reply {
        node: NodeId,
        item: Vec<u32>,
        reply: Reply,
    },
    Inspect,
    /// Somebody waits so long for the run's own answer.
    Answer {
        wait_ms: u64,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Done(Value),
    SendAgain,
    Fail,
}

impl From<Verdict> for Decision {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Done(output) => Decision::Done(output),
            Verdict::SendAgain => Decision::SendAgain,
            Verdict::Fail => Decision::Fail,
        }
    }
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Done(output) => Verdict::Done(output),
            Decision::SendAgain => Verdict::SendAgain,
            Decision::Fail => Verdict::Fail,
        }
    }
}

/// Whoever waits for a signal to be heard.
enum Waits {
    Nobody,
    Heard(oneshot::Sender<bool>),
}

/// What came of a control.
enum Heard {
    /// The answer, where somebody waits for one.
    Out(Option<Bytes>),
    /// The run is not in line yet, or went with its shard: whoever has it then hears the same.
    NotHere,
}

impl Heard {
    /// What the run said; nothing where it did not hear.
    fn said(said: Option<bool>) -> Self {
        Self::Out(Some(serde_json::to_vec(&said).unwrap_or_default().into()))
    }

    /// There is no answer of the run's own.
    fn nothing() -> Self {
        Self::Out(Some(Bytes::new()))
    }
}

/// Who waits for a run's own answer at another process's door.
pub(crate) struct Asking {
    pub to: oneshot::Sender<Answer>,
    pub wait: Duration,
}

/// That somebody waits, as a row for whoever has the run.
pub(crate) fn asking(id: i64, at: Ms, wait: Duration) -> Control {
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    Control { id, run: 0, at, body: written_down(&Told::Answer { wait_ms }) }
}

fn written_down(told: &Told) -> Bytes {
    codec::encode(&serde_json::to_vec(told).unwrap_or_default())
}

fn read(control: &Control) -> Result<Told, Error> {
    let unreadable = |error: &dyn std::fmt::Display| store::Error::Unreadable(error.to_string());
    let text = codec::decode(&control.body).map_err(|error| unreadable(&error))?;
    Ok(serde_json::from_slice(&text).map_err(|error| unreadable(&error))?)
}

/// A signal as a row, and who waits for it; a look at a run has a way of its own.
fn written(signal: Signal) -> Option<(Told, Waits)> {
    Some(match signal {
        Signal::Cancel(heard) => (Told::Cancel, Waits::Heard(heard)),
        Signal::Callback { node, item, payload, heard } => {
            (Told::Callback { node, item, payload }, Waits::Heard(heard))
        }
        Signal::Decide { node, item, decision, heard } => {
            (Told::Decide { node, item, decision: decision.into() }, Waits::Heard(heard))
        }
        Signal::Reply { node, item, reply, heard } => {
            (Told::Reply { node, item, reply }, Waits::Heard(heard))
        }
        Signal::ChildEnded { child, port, output } => {
            (Told::ChildEnded { child, port, output }, Waits::Nobody)
        }
        Signal::Answer(_) | Signal::Inspect(_) | Signal::Admitted | Signal::Leave => return None,
    })
}

impl Core {
    /// Tells a run that is not in this process, where another one has it. Gives the signal back as unheard where the run
    /// has ended.
    pub(crate) async fn tell_elsewhere(self: &Arc<Self>, run: RunId, signal: Signal) -> Result<(), Unheard> {
        match self.store.shard_of_run(run).await {
            Ok(Some(_)) => {}
            Ok(None) => return Err(Unheard::Gone(signal)),
            // Whoever waits hears nothing, and that is not taken for an end.
            Err(_) => return Ok(()),
        }
        let Some((told, waits)) = written(signal) else { return Ok(()) };
        let Ok(control) = self.put_down(run, &told).await else { return Ok(()) };
        if let Waits::Heard(heard) = waits {
            let core = self.clone();
            sync::spawn(async move {
                let answer = core.answered(control).await.unwrap_or_default();
                // Without an answer nobody can say that it was not heard.
                if let Ok(Some(said)) = serde_json::from_slice::<Option<bool>>(&answer) {
                    heard.send(said).ok();
                }
            });
        }
        Ok(())
    }

    /// What a run in another process has done so far.
    pub(crate) async fn look_elsewhere(self: &Arc<Self>, run: RunId) -> Option<Doc> {
        let control = self.put_down(run, &Told::Inspect).await.ok()?;
        Doc::decode(&self.answered(control).await?).ok()
    }

    async fn put_down(&self, run: RunId, told: &Told) -> Result<i64, Error> {
        let (now, id) = (self.clock.now(), self.ids.mint(self.clock.now()));
        self.store.tell(Control { id, run, at: now, body: written_down(told) }).await?;
        Ok(id)
    }

    async fn answered(&self, control: i64) -> Option<Bytes> {
        timeout(PATIENCE, self.answers.wait_for(control)).await.ok()?.ok()
    }

    /// Passes a run's own answer on from the process that has it, for as long as somebody waits.
    pub(crate) async fn pass_answer(self: Arc<Self>, control: i64, mut to: oneshot::Sender<Answer>) {
        let answered = self.answers.wait_for(control);
        tokio::select! {
            biased;
            Ok(answer) = answered => if let Some(answer) = Answer::decode(&answer) {
                to.send(answer).ok();
            },
            () = to.closed() => {}
        }
    }

    /// Has runs that are about to be lined up know who waits for their own answers: one that is short would have ended before
    /// it heard of that otherwise. Gives the other controls.
    pub(crate) fn attach_answers(
        self: &Arc<Self>,
        controls: Vec<Control>,
        waiting: &mut [Ready],
    ) -> Vec<Control> {
        if controls.is_empty() {
            return controls;
        }
        let places: HashMap<RunId, usize> =
            waiting.iter().enumerate().map(|(place, ready)| (ready.run, place)).collect();
        let mut others = Vec::new();
        for control in controls {
            match (places.get(&control.run), read(&control)) {
                (Some(place), Ok(Told::Answer { wait_ms })) if self.heard_controls().insert(control.id) => {
                    let (to, answered) = oneshot::channel();
                    waiting[*place].signals.push(Signal::Answer(to));
                    let (core, wait) = (self.clone(), Duration::from_millis(wait_ms));
                    sync::spawn(async move {
                        let heard = core.await_answer(control.run, wait, answered).await;
                        core.answer(&control, heard).await;
                    });
                }
                _ => others.push(control),
            }
        }
        others
    }

    /// Carries out what another process put down for a run that is here, and answers it.
    pub(crate) async fn hear_from_elsewhere(self: Arc<Self>, control: Control) {
        let heard = match read(&control) {
            Ok(told) => self.carry_out(control.run, told).await,
            Err(error) => {
                tracing::warn!(run = control.run, %error, "what another process told a run cannot be read");
                Heard::said(Some(false))
            }
        };
        self.answer(&control, heard).await;
    }

    async fn answer(&self, control: &Control, heard: Heard) {
        failpoint::reach("told");
        if let Heard::Out(answer) = heard
            && let Err(error) = self.store.answer(control.id, answer).await
        {
            // Given again by the next look, and harmless twice.
            tracing::warn!(run = control.run, %error, "another process was not answered");
        }
        self.heard_controls().remove(&control.id);
    }

    async fn carry_out(self: &Arc<Self>, run: RunId, told: Told) -> Heard {
        let (heard, hears) = oneshot::channel();
        let signal = match told {
            Told::Inspect => return Heard::Out(Some(self.show(run).await)),
            Told::Answer { wait_ms } => {
                let (to, answered) = oneshot::channel();
                return match self.signal_here(run, Signal::Answer(to)).await {
                    Ok(()) => self.await_answer(run, Duration::from_millis(wait_ms), answered).await,
                    Err(Unheard::Gone(_)) if self.is_open(run).await => Heard::NotHere,
                    Err(_) => Heard::nothing(),
                };
            }
            Told::Cancel => Signal::Cancel(heard),
            Told::Callback { node, item, payload } => Signal::Callback { node, item, payload, heard },
            Told::Decide { node, item, decision } => {
                Signal::Decide { node, item, decision: decision.into(), heard }
            }
            Told::Reply { node, item, reply } => Signal::Reply { node, item, reply, heard },
            Told::ChildEnded { child, port, output } => {
                let told = self.signal_here(run, Signal::ChildEnded { child, port, output }).await;
                // One that has ended needs no word any more.
                return match told {
                    Err(_) if self.is_open(run).await => Heard::NotHere,
                    _ => Heard::Out(None),
                };
            }
        };
        let said = match self.signal_here(run, signal).await {
            Ok(()) => hears.await.ok(),
            // On its way to its line, or gone with its shard.
            Err(Unheard::Gone(_)) if self.is_open(run).await => return Heard::NotHere,
            Err(Unheard::Gone(_)) => Some(false),
            Err(Unheard::Crowded) => None,
        };
        match said {
            None if self.is_elsewhere(run).await => Heard::NotHere,
            said => Heard::said(said),
        }
    }

    /// Whoever asked waits no longer than this, so that the run is not kept in memory for somebody who has gone.
    async fn await_answer(&self, run: RunId, wait: Duration, answered: oneshot::Receiver<Answer>) -> Heard {
        match timeout(wait, answered).await {
            Ok(Ok(answer)) => Heard::Out(Some(answer.encode())),
            Ok(Err(_)) if self.is_elsewhere(run).await => Heard::NotHere,
            Ok(Err(_)) => Heard::nothing(),
            Err(_) => Heard::Out(None),
        }
    }

    async fn is_open(&self, run: RunId) -> bool {
        !matches!(self.store.shard_of_run(run).await, Ok(None))
    }

    /// Whether the run is open and its shard another's.
    async fn is_elsewhere(&self, run: RunId) -> bool {
        let shard = self.store.shard_of_run(run).await;
        !matches!(shard, Ok(None)) && !matches!(shard, Ok(Some(shard)) if self.holding.works_on(shard))
    }

    /// What a run here has done so far, as another process reads it.
    async fn show(self: &Arc<Self>, run: RunId) -> Bytes {
        // One that waits for its turn has no steps yet, and would keep the question.
        if self.live_state(run).is_none() {
            return Bytes::new();
        }
        let (answer, asked) = oneshot::channel();
        self.signal_here(run, Signal::Inspect(answer)).await.ok();
        let Ok(Ok(notes)) = timeout(INSPECT_WAIT, asked).await else { return Bytes::new() };
        let doc = Doc {
            steps: notes.steps,
            edges: notes.edges,
            truncated: notes.truncated,
            result: None,
            events: Vec::new(),
        };
        doc.encode()
    }
}
