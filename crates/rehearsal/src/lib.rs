#![doc = include_str!("../README.md")]

pub mod flow_test;
mod record;
mod scene;
mod seen;
mod shorten;
mod walk;
mod work;

use model::xref::{Found, Key};
use model::{Family, Field, NodeId, OperationSpec, Port, Value};
pub use record::{Mark, Reach, Record, Standing};
use run::doc::StepError;
use run::{At, Data, LoopRule};
pub use scene::Unevaluated;
use scene::{Inside, Stage};
use script::{LineResult, References};
pub use seen::Seen;
pub use shorten::shorten;
use std::collections::{BTreeSet, HashMap};
pub use walk::rehearse_within;

/// Steps of one rehearsal, where nobody asks for more.
pub const STEPS_MAX: usize = 2_000;
/// Elements that a for-each goes through, where nobody asks for more.
pub const ITEMS_MAX: usize = 20;

/// One step as it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub node: NodeId,
    /// The index in each for-each around it, outermost first.
    pub item: Vec<u32>,
    pub input: Value,
    pub came: Came,
    /// What it gave is the document's sample, and not what it would have given itself.
    pub pinned: bool,
    /// By the clock that the rehearsal was given.
    pub took_ms: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// What it gave, and on which way out.
    Gave(Port, Value),
    /// What it would send to another system; and what it gave is an example of an answer.
    WouldSend {
        fields: Value,
        example: Value,
    },
    /// What it would send, and what it was said to be answered.
    Answered {
        fields: Value,
        answer: Answer,
    },
    Failed(StepError),
}

/// What another system answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Gives(Port, Value),
    /// For good: what it would do about another attempt is no matter.
    Refuses(StepError),
}

impl Came {
    /// What the nodes behind it were given.
    pub fn gave(&self) -> Option<&Value> {
        match self {
            Came::Gave(_, value)
            | Came::WouldSend { example: value, .. }
            | Came::Answered { answer: Answer::Gives(_, value), .. } => Some(value),
            Came::Answered { answer: Answer::Refuses(_), .. } | Came::Failed(_) => None,
        }
    }
}

/// What steps have come to already, by node and item.
pub type Known = HashMap<(NodeId, Vec<u32>), Came>;

/// The answers to a node's steps in the order in which they ask: the last one is that to all further ones.
pub type Answers = HashMap<NodeId, Vec<Answer>>;

/// How far a rehearsal goes, and what it is given to go there.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// Only what leads to this node, and the node itself; nothing means everything.
    pub to: Option<&'a NodeId>,
    /// What is known of other steps is not worked out again.
    pub known: Option<&'a Known>,
    pub steps_max: usize,
    pub items_max: usize,
    /// The element, outermost first, from whose steps fields are looked at; of a node that has none of them, its first step.
    pub item: &'a [u32],
    /// What is known of the cross-references that its mappings read.
    pub references: Option<&'a References>,
    /// Knows the other cross-references; without it they are asked for.
    pub find: Option<&'a dyn Fn(&Key) -> Found>,
    /// What nodes are answered; the others by their sample or their operation's example.
    pub answers: Option<&'a Answers>,
    /// What expressions see as `vars`.
    pub vars: Option<&'a Value>,
    /// Tells how many milliseconds have passed since some moment.
    pub clock: &'a dyn Fn() -> f64,
}

impl Default for Bounds<'_> {
    fn default() -> Self {
        Self {
            to: None,
            known: None,
            steps_max: STEPS_MAX,
            items_max: ITEMS_MAX,
            item: &[],
            references: None,
            find: None,
            answers: None,
            vars: None,
            clock: &|| 0.0,
        }
    }
}

/// A flow's walk with one event.
pub struct Rehearsal {
    pub steps: Vec<Step>,
    /// How often each edge carried a value, in the order of the graph's edges.
    pub edges: Vec<u64>,
    /// What went wrong in the end; nothing where it went well.
    pub failed: Option<(NodeId, StepError)>,
    /// There would have been more steps, or more elements.
    pub cut_short: bool,
    /// Cross-references that would have to be known to go on where a mapping reads them.
    pub asks: BTreeSet<Key>,
    /// What for-eaches gave in the end, by node and item.
    gathered: HashMap<(NodeId, Vec<u32>), Value>,
    stage: Stage,
    /// The step of each node to look from.
    standpoints: Vec<Option<Standpoint>>,
}

/// Whether a node's output can be pinned: it gives one value on its way out, whatever it is.
pub fn can_pin(spec: &OperationSpec) -> bool {
    spec.family != Family::Control || matches!(spec.id.as_str(), "core/call" | "core/wait" | "core/merge")
}

/// From where a field is looked at.
struct Standpoint {
    at: At,
    input: Data,
    /// What was seen inside of a for-each, which is forgotten when that ends.
    inside: Option<Inside>,
}

impl Rehearsal {
    /// The steps of one node.
    pub fn of(&self, node: &NodeId) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.node == *node)
    }

    /// What a field gives where this node's step would evaluate it: its first, or that of the picked element.
    pub fn render(&self, node: usize, field: &Value) -> Result<Value, Unevaluated> {
        let Standpoint { at, input, inside } = self.standpoint(node)?;
        let rendered = self.stage.render_from(at, inside.as_ref(), input, field);
        rendered.map_err(|error| Unevaluated::Wrong(error.message))
    }

    /// The same for each line of a mapping.
    pub fn map_lines(
        &self,
        node: usize,
        fields: &Value,
        shape: Option<&[Field]>,
    ) -> Result<Vec<LineResult>, Unevaluated> {
        let Standpoint { at, input, inside } = self.standpoint(node)?;
        let lines = self.stage.map_lines_from(at, inside.as_ref(), input, fields, shape);
        lines.map_err(|error| Unevaluated::Wrong(error.message))
    }

    fn standpoint(&self, node: usize) -> Result<&Standpoint, Unevaluated> {
        self.standpoints.get(node).and_then(Option::as_ref).ok_or(Unevaluated::NotReached)
    }
}

/// What a for-each does with an element that fails.
pub(crate) fn rule_of(text: Option<&str>) -> LoopRule {
    if text == Some("collect") { LoopRule::Collect } else { LoopRule::Stop }
}
