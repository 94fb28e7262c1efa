//! What tests have shown of a flow, kept while it goes on being changed.

use crate::{Came, Known, Rehearsal, Step, can_pin};
use model::{Edge, Family, FlowDocument, Graph, Node, NodeId, Port, PortRef, Specs, Value};
use run::doc::StepError;
use std::collections::{HashMap, HashSet};

/// How much of the flow a test was to go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    All,
    /// What leads to this node, and the node.
    To(NodeId),
    /// This node alone, with what is known of the others.
    Only(NodeId),
    /// The first steps, one more each time.
    Steps(usize),
}

/// The last test, and of each node what it was then.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// In the order in which they ran.
    pub steps: Vec<Step>,
    pub reach: Reach,
    /// What went wrong in the end.
    pub failed: Option<(NodeId, StepError)>,
    /// There would have been more steps, or more elements.
    pub cut_short: bool,
    edges: HashMap<Along, u64>,
    bases: HashMap<NodeId, Basis>,
}

/// From a node's port to a node.
type Along = (NodeId, Port, NodeId);

/// What a node's result depends on, beside what comes in.
#[derive(Clone, Debug, PartialEq)]
struct Basis {
    node: Node,
    sample: Option<Value>,
    /// Where its input comes from.
    from: Vec<PortRef>,
}

impl Basis {
    fn of(doc: &FlowDocument, node: &Node) -> Self {
        // A name and a remark change nothing.
        let bare = Node { title: String::new(), note: String::new(), ..node.clone() };
        let into = doc.edges.iter().filter(|edge| edge.to == node.id);
        Self {
            node: bare,
            sample: doc.samples.get(&node.id).cloned(),
            from: into.map(|edge| edge.from.clone()).collect(),
        }
    }

    /// Whether a node is still this. Compared where it lies: samples may be large, and it is asked of every node at each
    /// keystroke.
    fn is_still(&self, doc: &FlowDocument, node: &Node) -> bool {
        let Node { id, title: _, operation, connection, with, retry, timeout, disabled, note: _ } = node;
        let was = &self.node;
        let into = doc.edges.iter().filter(|edge| edge.to == *id).map(|edge| &edge.from);
        (id, operation, connection, with) == (&was.id, &was.operation, &was.connection, &was.with)
            && (retry, timeout, disabled) == (&was.retry, &was.timeout, &was.disabled)
            && self.sample.as_ref() == doc.samples.get(id)
            && self.from.iter().eq(into)
    }
}

/// How a node stands after a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The test was not to come here, or ended before.
    NotRun,
    /// The way here was not taken.
    Skipped,
    Done,
    /// It would send something to another system.
    Sends,
    Pinned,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub standing: Standing,
    /// How often it ran; of those that failed, how often it failed.
    pub times: usize,
    /// Something that it depends on has changed since.
    pub stale: bool,
}

impl Record {
    /// What a rehearsal has shown.
    pub fn new(rehearsal: &Rehearsal, doc: &FlowDocument, specs: &Specs, reach: Reach) -> Self {
        let bases = doc.nodes.iter().filter(|node| rehearsal.of(&node.id).next().is_some());
        let cut_short = rehearsal.cut_short && !matches!(reach, Reach::Steps(_));
        Self {
            steps: rehearsal.steps.clone(),
            failed: rehearsal.failed.clone(),
            cut_short,
            edges: counts(rehearsal, doc, specs),
            bases: bases.map(|node| (node.id.clone(), Basis::of(doc, node))).collect(),
            reach,
        }
    }

    /// With one node run again; the others stay as they were, except where they had to run for it.
    pub fn with_node(mut self, newer: Self, node: &NodeId) -> Self {
        let again = |(id, basis): &(&NodeId, &Basis)| *id == node || self.bases.get(*id) != Some(*basis);
        let ran: HashSet<NodeId> = newer.bases.iter().filter(again).map(|(id, _)| id.clone()).collect();
        let at = self.steps.iter().position(|step| ran.contains(&step.node)).unwrap_or(self.steps.len());
        let behind = self.steps.split_off(at);
        let mut steps = std::mem::take(&mut self.steps);
        steps.extend(newer.steps.into_iter().filter(|step| ran.contains(&step.node)));
        steps.extend(behind.into_iter().filter(|step| !ran.contains(&step.node)));
        let counted = newer.edges.into_iter().filter(|((from, ..), _)| ran.contains(from));
        self.edges.extend(counted);
        self.bases.extend(newer.bases.into_iter().filter(|(id, _)| ran.contains(id)));
        let failed_elsewhere = self.failed.filter(|(failed, _)| !ran.contains(failed));
        Self {
            steps,
            failed: newer.failed.or(failed_elsewhere),
            cut_short: self.cut_short | newer.cut_short,
            ..self
        }
    }

    pub fn of(&self, node: &NodeId) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.node == *node)
    }

    /// The event of the test, where the flow still begins with it.
    pub fn received(&self, doc: &FlowDocument, specs: &Specs, trigger: &NodeId) -> Option<Value> {
        let step = self.of(trigger).next()?;
        (!self.stale(doc, specs).contains(trigger)).then(|| step.input.clone())
    }

    /// What need not be worked out again to run a node: what the steps before it came to, where nothing has changed since.
    pub fn known(&self, doc: &FlowDocument, specs: &Specs, node: &NodeId) -> Known {
        let stale = self.stale(doc, specs);
        let usable = self.steps.iter().filter(|step| step.node != *node && !stale.contains(&step.node));
        usable.map(|step| ((step.node.clone(), step.item.clone()), step.came.clone())).collect()
    }

    /// The nodes whose results are no longer what they would be.
    pub fn stale(&self, doc: &FlowDocument, specs: &Specs) -> HashSet<NodeId> {
        let graph = Graph::new(doc, specs);
        let changed = |at: &usize| {
            let node = &doc.nodes[*at];
            self.bases.get(&node.id).is_some_and(|basis| !basis.is_still(doc, node))
        };
        let mut open: Vec<usize> = (0..doc.nodes.len()).filter(changed).collect();
        let mut seen: HashSet<usize> = open.iter().copied().collect();
        while let Some(next) = open.pop() {
            for behind in behind(&graph, next) {
                if !holds_still(doc, specs, behind) && seen.insert(behind) {
                    open.push(behind);
                }
            }
        }
        let ran = seen.into_iter().map(|at| doc.nodes[at].id.clone());
        ran.filter(|id| self.bases.contains_key(id)).collect()
    }

    /// How every node of the flow stands now.
    pub fn marks(&self, doc: &FlowDocument, specs: &Specs) -> HashMap<NodeId, Mark> {
        let stale = self.stale(doc, specs);
        let mark = |node: &Node| {
            let (standing, times) = self.standing(&node.id);
            (node.id.clone(), Mark { standing, times, stale: stale.contains(&node.id) })
        };
        doc.nodes.iter().map(mark).collect()
    }

    fn standing(&self, node: &NodeId) -> (Standing, usize) {
        let steps: Vec<&Step> = self.of(node).collect();
        let failed = steps.iter().filter(|step| matches!(step.came, Came::Failed(_))).count();
        let standing = match steps.first() {
            _ if failed > 0 => return (Standing::Failed, failed),
            None if self.is_whole() => Standing::Skipped,
            None => Standing::NotRun,
            Some(step) if step.pinned => Standing::Pinned,
            Some(Step { came: Came::WouldSend { .. } | Came::Answered { .. }, .. }) => Standing::Sends,
            Some(_) => Standing::Done,
        };
        (standing, steps.len())
    }

    /// Whether the flow was gone through to its end.
    fn is_whole(&self) -> bool {
        self.reach == Reach::All && self.failed.is_none() && !self.cut_short
    }

    /// How many values went along an edge; nothing where the test says nothing about it.
    pub fn count(&self, edge: &Edge) -> Option<u64> {
        let along = (edge.from.node.clone(), edge.from.port.clone(), edge.to.clone());
        self.edges.get(&along).copied().filter(|count| *count > 0 || self.is_whole())
    }

    /// How many writes to other systems it would have made.
    pub fn sends(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.came, Came::WouldSend { .. })).count()
    }

    pub fn took_ms(&self) -> f64 {
        self.steps.iter().map(|step| step.took_ms).sum()
    }
}

fn counts(rehearsal: &Rehearsal, doc: &FlowDocument, specs: &Specs) -> HashMap<Along, u64> {
    let graph = Graph::new(doc, specs);
    let count = |edge: &model::GraphEdge| {
        let port = graph.ports(edge.from)[edge.port].clone();
        let along = (graph.id(edge.from).clone(), port, graph.id(edge.to).clone());
        Some((along, *rehearsal.edges.get(edge.index)?))
    };
    graph.edges().iter().filter_map(count).collect()
}

/// The nodes that get what a node gives, and those behind the for-eaches around it.
fn behind(graph: &Graph, node: usize) -> Vec<usize> {
    let straight = graph.all_out_edges(node).iter();
    let leaves = graph.parents(node).flat_map(|around| {
        let is_item = move |edge: &&model::GraphEdge| graph.ports(around)[edge.port].as_str() == "item";
        graph.all_out_edges(around).iter().filter(move |edge| !is_item(edge))
    });
    straight.chain(leaves).map(|edge| edge.to).collect()
}

/// A pinned node gives the same, whatever happens before it; what an action would send may be another thing then.
fn holds_still(doc: &FlowDocument, specs: &Specs, at: usize) -> bool {
    let node = &doc.nodes[at];
    let spec = specs.operation(&node.operation);
    doc.samples.contains_key(&node.id)
        && !node.disabled
        && spec.is_some_and(|spec| can_pin(spec) && spec.family != Family::Action)
}
