//! What a run in memory can be told from outside.

use model::{NodeId, Port, Value};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use store::RunId;
use tokio::sync::oneshot;

/// Tells a script that is being computed that nobody wants its answer any more.
pub type Stopped = Arc<AtomicBool>;

#[derive(Debug)]
pub enum Signal {
    /// Answered once the run's end is on disk.
    Cancel(oneshot::Sender<bool>),
    /// Somebody called the address of a wait. `heard` answers once that is on disk.
    Callback {
        node: NodeId,
        item: Vec<u32>,
        payload: Value,
        heard: oneshot::Sender<bool>,
    },
    /// A run that this one called has ended.
    ChildEnded {
        child: RunId,
        port: Port,
        output: Value,
    },
    /// A person decided about an effect whose outcome is unknown.
    Decide {
        node: NodeId,
        item: Vec<u32>,
        decision: Decision,
        heard: oneshot::Sender<bool>,
    },
    /// A person said yes or no to an effect.
    Reply {
        node: NodeId,
        item: Vec<u32>,
        reply: Reply,
        heard: oneshot::Sender<bool>,
    },
    /// Somebody in another process waits for the run's own answer.
    Answer(oneshot::Sender<crate::Answer>),
    Inspect(oneshot::Sender<crate::view::Notes>),
    /// A gate lets one of the run's steps through: those that wait at one ask again.
    Admitted,
    /// Another process is to go on with the run: it comes to rest and leaves memory.
    Leave,
}

/// Signals that a run has not looked at yet. Whoever says more to one that is in memory waits; one that waits for its
/// turn hears no more than this.
pub const SIGNALS_MAX: usize = 64;

/// Why a run was not told something.
#[derive(Debug)]
pub enum Unheard {
    /// It has ended, or never was.
    Gone(Signal),
    /// It waits for its turn, and enough waits to be told to it.
    Crowded,
}

impl Signal {
    /// Whether a run must hear this before it walks its steps.
    pub fn comes_first(&self) -> bool {
        matches!(self, Signal::Cancel(_) | Signal::Callback { .. } | Signal::Answer(_))
    }
}

/// What a person decides about an effect whose outcome is unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// It was done, and gave this.
    Done(Value),
    /// It was not done.
    SendAgain,
    /// Give the step up.
    Fail,
}

/// What a person says to an effect that waits for them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub by: String,
    /// Why not, where they say no.
    pub refused: Option<String>,
}
