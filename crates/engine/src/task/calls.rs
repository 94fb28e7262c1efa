//! Steps that call another flow and wait for its end.

use super::{Landed, Stop, Task};
use crate::big;
use crate::core::Core;
use crate::door::{self, Arrival, DEPTH};
use crate::signal::Signal;
use crate::sleepers::What;
use crate::trace::Trace;
use crate::{Error, codes};
use futures::StreamExt;
use futures::future::join_all;
use model::{FlowId, Stage, Value};
use run::doc::StepError;
use run::{At, Data, StepMemory};
use std::pin::pin;
use std::sync::Arc;
use store::RunId;
use tokio::sync::mpsc;

/// How many flows may call one another behind an event from outside; one that is started with another's errors counts
/// as called.
const CALL_DEPTH_MAX: u64 = 32;

impl Task {
    pub(super) fn start_call(
        &mut self,
        at: &At,
        fields: Result<Value, StepError>,
        got: &Data,
        known: Option<StepMemory>,
    ) -> Result<(), Stop> {
        let fields = match fields {
            Ok(fields) => fields,
            Err(error) => return self.fail(at, error),
        };
        let (called, earlier) = known.map_or((None, None), |known| (known.called, known.called_earlier));
        if let Some(child) = called {
            self.await_child(at, child);
            return Ok(());
        }
        let Some(depth) = self.depth_below() else {
            return self.fail(at, too_deep());
        };
        let (core, step) = (self.core.clone(), self.run.step_id(at));
        let parent = (self.row.id, step.to_string());
        let delivery = format!("call:{}:{step}", self.row.lineage);
        let flow = fields.get("flow").and_then(Value::as_str).unwrap_or_default().into();
        let input = match fields.get("input") {
            Some(input) => input.clone(),
            None => match big::whole(got) {
                Some(got) => got.into_value(),
                None => return self.fail(at, big::too_large()),
            },
        };
        let (again, trace) = (self.row.lineage != self.row.id, self.trace.clone());
        let stage = self.stage();
        let call = Call { flow, input, parent, depth, stage, delivery, earlier, again, trace };
        let at = at.clone();
        self.calls.push(Box::pin(async move {
            let child = call.start(&core).await;
            Landed::Called(at, child)
        }));
        Ok(())
    }

    /// Waits for another run's end, which may have come already.
    pub(super) fn await_child(&mut self, at: &At, child: RunId) {
        self.sleep(at, None, What::Child { run: child });
        let (core, at) = (self.core.clone(), at.clone());
        self.flying.push(Box::pin(async move {
            let ended = core.ended(child).await.ok().flatten();
            Landed::Child(at, ended)
        }));
    }

    /// How deep a flow would be that this run starts; nothing where that is too deep.
    pub(super) fn depth_below(&self) -> Option<u64> {
        let depth = self.data.walk(&[DEPTH]).and_then(|depth| depth.value().as_u64()).unwrap_or(0);
        (depth < CALL_DEPTH_MAX).then_some(depth + 1)
    }

    /// Cancels the runs that this one called and waits for. Its own end comes after theirs: a stop in between leaves a
    /// run that can still be cancelled, and none that nobody waits for.
    pub(super) async fn call_off(&mut self, inbox: &mut mpsc::Receiver<Signal>) {
        let mut called: Vec<RunId> = self.memory.steps().filter_map(|(_, known)| waits_for(known)).collect();
        // A call on its way to the disk cannot be taken back.
        while let Some(landed) = self.calls.next().await {
            if let Landed::Called(_, Ok(child)) = landed {
                called.push(child);
            }
        }
        called.sort_unstable();
        let core = self.core.clone();
        let mut told = pin!(join_all(called.into_iter().map(|child| core.cancel_surely(child))));
        loop {
            tokio::select! {
                biased;
                _ = &mut told => return,
                // A called run that ends tells this one, and must not stand before a full inbox.
                Some(signal) = inbox.recv() => match signal {
                    Signal::Cancel(heard) => self.cancelling.push(heard),
                    _nothing_more_comes_of_it => {}
                },
            }
        }
    }
}

/// The run that a step called, as long as its result has not come.
fn waits_for(known: &StepMemory) -> Option<RunId> {
    known.called.filter(|_| known.outcome.is_none())
}

/// A flow to be started with a step as its parent.
struct Call {
    flow: FlowId,
    input: Value,
    parent: (RunId, String),
    depth: u64,
    stage: Stage,
    delivery: String,
    /// What an earlier run of the caller's event called here.
    earlier: Option<RunId>,
    /// The caller is itself a retry: a called run that failed then is retried, too.
    again: bool,
    /// Where the caller stands.
    trace: Trace,
}

impl Call {
    async fn start(self, core: &Arc<Core>) -> Result<RunId, StepError> {
        let Self { flow: id, input, parent, depth, stage, delivery, earlier, again, trace } = self;
        let deployed = core.flows.get(&id).ok_or_else(|| {
            not_called(format!("there is no flow {id} to call"), "Publish that flow, or choose another.")
        })?;
        let trigger = deployed.flow.trigger(None, "core/called").ok_or_else(|| {
            let advice = "Add a core/called trigger to it.";
            not_called(format!("the flow {id} has no trigger to be called at"), advice)
        })?;
        // A call that names another flow by now is a new one.
        if let Some(first) = earlier {
            let flow = core.flow_of(first).await;
            let flow = flow.map_err(|error| not_called(error.to_string(), "Retry the run."))?;
            if flow.is_none_or(|flow| flow == deployed.flow.key) {
                return retried(core, first, parent).await;
            }
        }
        let arrival = || {
            let arrival = Arrival::of(&deployed.flow, trigger, Some(delivery.clone()), input.clone());
            let arrival = arrival.below(depth).no_further(stage).in_trace(trace.clone());
            Arrival { parent: Some(parent.clone()), ..arrival }
        };
        let received = match door::accept_with_patience(core, arrival).await {
            Ok(received) => received,
            // The process is about to end; the next one calls.
            Err(_) if core.writer.is_down() => return std::future::pending().await,
            Err(error) => return Err(not_called(error.to_string(), "Retry the run.")),
        };
        if !(received.duplicate && again) {
            return Ok(received.run);
        }
        retried(core, received.run, parent).await
    }
}

async fn retried(core: &Arc<Core>, first: RunId, parent: (RunId, String)) -> Result<RunId, StepError> {
    let child = core.retry_called(first, parent).await;
    child.map_err(|error| match error {
        Error::NotFound => not_called(
            format!("the run {first} that was called before is not kept any more"),
            "Look in its target what it did. If it may be done again, retry with `repeat`.",
        ),
        error => not_called(error.to_string(), "Look at the called run."),
    })
}

fn not_called(message: String, advice: &str) -> StepError {
    codes::error(codes::CALL, message, advice)
}

fn too_deep() -> StepError {
    let message = format!("flows have called one another {CALL_DEPTH_MAX} deep, and this would be one more");
    codes::error(
        codes::TOO_DEEP,
        message,
        "Find the flow that calls itself, directly or through others, and give that an end.",
    )
}
