//! What the journal keeps of a run: only what cannot be computed again.

use crate::StepId;
use crate::doc::{Ms, Settled, StepError};
use model::{NodeId, Port, Value};
use serde::{Deserialize, Serialize};

/// One thing that happened in a run and that a restart must know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// An effect is about to be sent. Without a later event about the same step, its outcome is unknown.
    Intent { step: StepId, attempt: u32, at: Ms },
    /// A step is done for good: an effect's answer, the end of a wait, a called flow's result.
    /// `settled` says how that is known, where the answer itself was lost.
    Done {
        step: StepId,
        port: Port,
        output: Value,
        at: Ms,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        settled: Option<Settled>,
    },
    /// An attempt failed.
    Failed { step: StepId, failure: Failure, at: Ms },
    /// The step waits until a time, for a callback, or for whichever comes first.
    Waiting { step: StepId, until: Option<Ms>, callback: bool, at: Ms },
    /// The step waits for another run to end. An `earlier` run of this event called it: it is retried before it is
    /// waited for.
    Called {
        step: StepId,
        run: i64,
        at: Ms,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        earlier: bool,
    },
    /// A person said that an unknown effect did not happen: it is sent again.
    SendAgain { step: StepId, at: Ms },
    /// An earlier run of this event sent it, and nobody knows whether it was done. `at` is the last that was heard of it.
    Unknown { step: StepId, attempt: u32, at: Ms },
    /// A person changed what the step gets: an action's fields, or another node's input.
    Edited { step: StepId, input: Value, by: String, at: Ms },
    /// An effect was computed and waits for a person's yes; it is sent as it is here, or not at all.
    Proposed { step: StepId, fields: Value, at: Ms },
    /// A person said yes to it.
    Approved { step: StepId, by: String, at: Ms },
    /// A person said no to it: its branch ends there.
    Refused { step: StepId, by: String, why: String, at: Ms },
    /// The flow was taken back before the run had sent anything: nothing of it is sent any more.
    Withheld { step: StepId, at: Ms },
    /// A merge went on with the branch that came from this node, while others could still come.
    Chose { step: StepId, from: NodeId, at: Ms },
}

/// How an attempt failed, and what comes next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub attempt: u32,
    pub error: StepError,
    /// The target may have done the work.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// When to try again; nothing where this was the last attempt, or where a person must decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Ms>,
    /// A person gave the step up without knowing whether the work was done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
    /// It only tried, for all that wait, whether the system is there again: not counted against what the node allows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spared: bool,
    /// The answer was lost, whatever the rule makes of that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
    /// The target had said that no earlier attempt did the work.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub found_not_done: bool,
}

impl Failure {
    /// Of a step that did not get as far as an attempt, or that makes none.
    pub fn before_any_attempt(error: StepError) -> Self {
        Self {
            attempt: 0,
            error,
            unknown: false,
            retry_at: None,
            given_up: false,
            spared: false,
            lost: false,
            found_not_done: false,
        }
    }
}

impl Event {
    pub fn step(&self) -> &StepId {
        match self {
            Event::Intent { step, .. }
            | Event::Done { step, .. }
            | Event::Failed { step, .. }
            | Event::Waiting { step, .. }
            | Event::Called { step, .. }
            | Event::SendAgain { step, .. }
            | Event::Unknown { step, .. }
            | Event::Edited { step, .. }
            | Event::Proposed { step, .. }
            | Event::Approved { step, .. }
            | Event::Refused { step, .. }
            | Event::Withheld { step, .. }
            | Event::Chose { step, .. } => step,
        }
    }

    pub fn at(&self) -> Ms {
        match self {
            Event::Intent { at, .. }
            | Event::Done { at, .. }
            | Event::Failed { at, .. }
            | Event::Waiting { at, .. }
            | Event::Called { at, .. }
            | Event::SendAgain { at, .. }
            | Event::Unknown { at, .. }
            | Event::Edited { at, .. }
            | Event::Proposed { at, .. }
            | Event::Approved { at, .. }
            | Event::Refused { at, .. }
            | Event::Withheld { at, .. }
            | Event::Chose { at, .. } => *at,
        }
    }
}
