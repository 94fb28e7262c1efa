//! What happened in a run, as it is kept after the run and shown to people.

use model::{ConnectionName, EffectRule, NodeId, Port, Value};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970, UTC.
pub type Ms = i64;

/// The state of a step; the same words in screens, API and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not reached yet.
    Pending,
    Running,
    /// Will be tried again by itself.
    Retrying,
    /// Until a time, or until somebody calls its address.
    Waiting,
    /// A write whose outcome nobody knows; a person must look.
    Unknown,
    /// A write that is computed and not sent: a person must say yes or no.
    Proposed,
    Done,
    Failed,
    /// On a branch that was not taken.
    Skipped,
    Cancelled,
}

/// An error as a person needs it: where it is is said by the step that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepError {
    /// Stable, with a page in `docs/errors/`.
    pub code: String,
    pub message: String,
    pub advice: String,
}

/// One try at a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub number: u32,
    pub started_at: Ms,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Ms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StepError>,
    /// When the next attempt is due, if there will be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Ms>,
    /// Its answer was lost: the target may have done the work.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// By what an unknown outcome was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

impl Attempt {
    pub fn begun(number: u32, started_at: Ms) -> Self {
        Self {
            number,
            started_at,
            ended_at: None,
            error: None,
            retry_at: None,
            unknown: false,
            settled: None,
        }
    }
}

/// How it was settled what had become of a write whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// The target was asked and said that it was done.
    FoundDone,
    /// The target was asked and said that it was not done.
    FoundNotDone,
    /// It was sent again with the same key, which the target takes for the same.
    KeyRepeated,
    /// A person said that it was done.
    PersonDone,
    /// A person said that it was not done.
    PersonNotDone,
    /// A person gave the step up without knowing.
    GivenUp,
}

/// A write to another system: its key, and the rule that applies when its outcome is unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectDoc {
    pub key: String,
    pub rule: EffectRule,
}

/// A person's hand in a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditedDoc {
    pub by: String,
    pub at: Ms,
}

/// A step that waits at its connection's gate, without an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockedDoc {
    pub connection: ConnectionName,
    pub why: BlockedWhy,
    /// When it is expected to go on, or, where its system does not answer, to be tried.
    pub until: Ms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockedWhy {
    /// The connection's rate budget is spent.
    Rate,
    /// The target asked for no calls until then.
    Asked,
    /// The connection is paused because its system does not answer.
    Breaker,
    /// Nobody is signed in over the connection.
    SignIn,
}

/// How far a for-each has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoopDoc {
    pub total: u32,
    pub done: u32,
    pub failed: u32,
}

/// One step of a run. In a for-each body there is one per item; at most `ITEM_STEPS_MAX` of them are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDoc<V = Value> {
    pub node: NodeId,
    /// The index in each for-each around the step, outermost first; empty outside of any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub item: Vec<u32>,
    pub state: StepState,
    /// The fields as they were after every `${…}` was replaced, or a script's input.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub input: Option<V>,
    /// Which way it went, and with what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Port>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub output: Option<V>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StepError>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<EffectDoc>,
    /// Who changed the input, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<EditedDoc>,
    /// Who said yes or no to the write, and when; what they said of a no is in `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<EditedDoc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<LoopDoc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Ms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Ms>,
    /// While waiting: until when; a wait for a callback alone has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wake_at: Option<Ms>,
    /// While it waits for its turn to call: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<BlockedDoc>,
}

/// Most steps inside for-each bodies that a run's history keeps; failed ones come first.
pub const ITEM_STEPS_MAX: usize = 200;
