//! What a run is told by another process: the same signals, as rows of the store.

use crate::core::Core;
use crate::signal::{Decision, Signal, Unheard};
use crate::view::Doc;
use crate::{Error, codec, failpoint};
use bytes::Bytes;
use model::{NodeId, Port, Value};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use store::{Control, RunId};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How often an answer is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long it is looked for. What was told stays told: it is on disk.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Cancel,
    Callback { node: NodeId, item: Vec<u32>, payload: Value },
    ChildEnded { child: RunId, port: Port, output: Value },
    Decide { node: NodeId, item: Vec<u32>, decision: Verdict },
    Inspect,
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
        Signal::ChildEnded { child, port, output } => {
            (Told::ChildEnded { child, port, output }, Waits::Nobody)
        }
        Signal::Inspect(_) | Signal::Admitted | Signal::Leave => return None,
    })
}

impl Core {
    /// Tells a run that is not in this process, where another one has it. Gives the signal back as unheard where the run
    /// has ended.
    pub(crate) async fn tell_elsewhere(self: &Arc<Self>, run: RunId, signal: Signal) -> Result<(), Unheard> {
        if !matches!(self.store.shard_of_run(run).await, Ok(Some(_))) {
            return Err(Unheard::Gone(signal));
        }
        let Some((told, waits)) = written(signal) else { return Ok(()) };
        let Ok(control) = self.put_down(run, &told).await else { return Ok(()) };
        if let Waits::Heard(heard) = waits {
            let core = self.clone();
            tokio::spawn(async move {
                let answer = core.answered(control).await;
                let said = answer.is_some_and(|answer| serde_json::from_slice(&answer).unwrap_or(false));
                heard.send(said).ok();
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
        let text = serde_json::to_vec(told).unwrap_or_default();
        let (now, id) = (self.clock.now(), self.ids.mint(self.clock.now()));
        self.store.tell(Control { id, run, at: now, body: codec::encode(&text) }).await?;
        Ok(id)
    }

    async fn answered(&self, control: i64) -> Option<Bytes> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Ok(Some(answer)) = self.store.take_answer(control).await {
                return Some(answer);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        None
    }

    /// Carries out what another process put down for a run that is here, and answers it.
    pub(crate) async fn hear_from_elsewhere(self: Arc<Self>, control: Control) {
        let answer = match self.carry_out(&control).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(run = control.run, %error, "what another process told a run cannot be read");
                Some(Bytes::from_static(b"false"))
            }
        };
        failpoint::reach("told");
        if let Err(error) = self.store.answer(control.id, answer).await {
            // Given again by the next look, and harmless twice.
            tracing::warn!(run = control.run, %error, "another process was not answered");
        }
        self.heard_controls().remove(&control.id);
    }

    /// Gives the answer, where somebody waits for one.
    async fn carry_out(self: &Arc<Self>, control: &Control) -> Result<Option<Bytes>, Error> {
        let unreadable = |error: &dyn std::fmt::Display| store::Error::Unreadable(error.to_string());
        let text = codec::decode(&control.body).map_err(|error| unreadable(&error))?;
        let told: Told = serde_json::from_slice(&text).map_err(|error| unreadable(&error))?;
        let (heard, hears) = oneshot::channel();
        let signal = match told {
            Told::Inspect => return Ok(Some(self.show(control.run).await)),
            Told::Cancel => Signal::Cancel(heard),
            Told::Callback { node, item, payload } => Signal::Callback { node, item, payload, heard },
            Told::Decide { node, item, decision } => {
                Signal::Decide { node, item, decision: decision.into(), heard }
            }
            Told::ChildEnded { child, port, output } => {
                // One that has ended needs no word any more.
                self.signal_here(control.run, Signal::ChildEnded { child, port, output }).await.ok();
                return Ok(None);
            }
        };
        let said = self.signal_here(control.run, signal).await.is_ok() && hears.await.unwrap_or(false);
        Ok(Some(serde_json::to_vec(&said).unwrap_or_default().into()))
    }

    /// What a run here has done so far, as another process reads it.
    async fn show(self: &Arc<Self>, run: RunId) -> Bytes {
        let (answer, asked) = oneshot::channel();
        self.signal_here(run, Signal::Inspect(answer)).await.ok();
        let Ok(notes) = asked.await else { return Bytes::new() };
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
