//! What people are shown of a run, while it goes on and after it.

use crate::notes::Notes as StepNotes;
use crate::{Error, codec};
use bytes::Bytes;
use model::{NodeId, Port, Value};
use run::doc::StepDoc;
use run::{Data, Event, Plan};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{FlowKey, RunId, RunSummaryRow, VersionRow};

pub use crate::notes::Notes;

/// Something about a run changed; look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    pub run: RunId,
    pub flow: FlowKey,
}

/// What a run that has not ended is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveState {
    Queued,
    Running,
    /// Until a time or a call.
    Waiting,
    /// Until its next attempt.
    Retrying,
    /// For a person, because nobody knows whether an effect happened.
    Unknown,
    /// For a person's yes or no to an effect.
    Proposed,
}

/// How often an edge carried a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeCount {
    pub from: NodeId,
    pub port: Port,
    pub to: NodeId,
    pub count: u64,
}

#[derive(Clone, Debug)]
pub struct RunView {
    pub summary: RunSummaryRow,
    /// `None` once ended: the summary's status says how.
    pub state: Option<LiveState>,
    pub version: VersionRow,
    pub trigger: Value,
    pub trigger_node: NodeId,
    pub steps: Vec<StepDoc>,
    pub edges: Vec<EdgeCount>,
    pub truncated: bool,
}

/// What the history keeps of a run.
#[derive(Serialize, Deserialize)]
pub struct Doc<V = Value> {
    pub steps: Vec<StepDoc<V>>,
    /// Per edge of the graph.
    pub edges: Vec<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// What the run gave: the value of its last step, or what it answered.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub result: Option<V>,
    /// For a run that did not succeed: what a retry must not do again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
}

impl Doc<Data> {
    /// Of a run that did nothing.
    pub fn empty() -> Self {
        Self { steps: Vec::new(), edges: Vec::new(), truncated: false, result: None, events: Vec::new() }
    }

    pub fn encode(&self) -> Bytes {
        codec::encode(&serde_json::to_vec(self).unwrap_or_default())
    }
}

impl Doc {
    pub fn decode(kept: &Bytes) -> Result<Self, Error> {
        let text = codec::decode(kept).map_err(|error| store::Error::Unreadable(error.to_string()))?;
        serde_json::from_slice(&text).map_err(|error| store::Error::Unreadable(error.to_string()).into())
    }
}

/// The steps as they are kept, with trees in place of texts.
pub fn read_steps(notes: &StepNotes) -> Vec<StepDoc> {
    let text = serde_json::to_vec(&notes.steps).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

pub fn edge_counts(plan: &Plan, counts: &[u64]) -> Vec<EdgeCount> {
    let graph = &plan.graph;
    let carried = graph.edges().iter().filter_map(|edge| Some((edge, *counts.get(edge.index)?)));
    let named = carried.map(|(edge, count)| EdgeCount {
        from: graph.id(edge.from).clone(),
        port: graph.ports(edge.from)[edge.port].clone(),
        to: graph.id(edge.to).clone(),
        count,
    });
    named.collect()
}

/// Gives each step that kept no input of its own the value that came over its edge.
///
/// Scripts and switches keep none, because it is what the step before gave; keeping it twice would double the history.
pub fn fill_inputs(plan: &Plan, trigger: &NodeId, body: &Value, steps: &mut [StepDoc]) {
    let mut given: HashMap<(NodeId, Vec<u32>), (Port, Value)> = HashMap::new();
    for step in steps.iter() {
        if let Some(gave) = gave(step) {
            given.insert((step.node.clone(), step.item.clone()), gave);
        }
    }
    given.insert((trigger.clone(), Vec::new()), (Port::out(), body.clone()));
    for step in steps.iter_mut().filter(|step| step.input.is_none()) {
        let Some(node) = plan.find(step.node.as_str()) else {
            continue;
        };
        if plan.graph.joins(node) {
            // It gives what it got: the value of the first branch, or those of all.
            step.input = step.output.clone();
            continue;
        }
        step.input = plan.graph.in_edges(node).find_map(|edge| {
            let (port, value) = given.get(&(plan.id(edge.from).clone(), step.item.clone()))?;
            (plan.port(edge.from, port.as_str()) == edge.port).then(|| value.clone())
        });
    }
}

/// What a step gave, and where: its output, or its error.
fn gave(step: &StepDoc) -> Option<(Port, Value)> {
    match (&step.port, &step.output, &step.error) {
        (Some(port), Some(output), _) => Some((port.clone(), output.clone())),
        (_, _, Some(error)) => Some((Port::error(), run::error_value(&step.node, &step.item, error))),
        _ => None,
    }
}
