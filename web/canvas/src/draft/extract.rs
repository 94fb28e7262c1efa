//! A part of a flow made a flow of its own, which is called in its place.

use super::edits::{self, Gap};
use super::mentions::{Mention, node_in_code, retell};
use super::names::{fresh_id, fresh_like};
use crate::{Point, arrange};
use model::graph::ITEM;
use model::{
    DOCUMENT_VERSION, Edge, FlowDocument, FlowId, Graph, Group, Mode, Node, NodeId, Port, PortRef, Settings,
    Specs, Value,
};
use serde_json::json;
use std::collections::BTreeSet;

const CALL: &str = "core/call";
const CALLED: &str = "core/called";
const RESPOND: &str = "core/respond";
const SET: &str = "core/set";
/// How far before another a node lies.
const BEFORE: Point = Point::new(-280.0, 0.0);

/// Why nodes cannot be a flow of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAPart {
    /// No node is chosen.
    Nothing,
    /// One of them starts the flow.
    Trigger,
    /// One of them answers the webhook that started the run, which a called flow cannot.
    Responds,
    /// They are entered at several places, or at none.
    Entries,
    /// They are left at several places.
    Exits,
    /// They are left in some cases only; a call always goes on.
    Branches,
    /// Some nodes of a for-each's body are chosen, and others are not.
    Loop,
    /// This node outside speaks of a value from their middle.
    SpokenOf(NodeId),
    /// This node speaks of others in a way that cannot be rewritten.
    Unclear(NodeId),
}

/// Nodes that can be a flow of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    nodes: BTreeSet<NodeId>,
    /// Where it begins.
    entry: NodeId,
    /// Where others go on from.
    exit: Option<PortRef>,
    needs: Needs,
}

/// What its nodes speak of and do not have in a flow of their own: the call hands it over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Needs {
    trigger: bool,
    item: bool,
    nodes: BTreeSet<NodeId>,
}

impl Needs {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What the call sends, so that nothing is missed.
    fn input(&self) -> Value {
        let mut input = json!({"input": "${input}"});
        if self.trigger {
            input["trigger"] = json!("${trigger}");
        }
        if self.item {
            (input["item"], input["index"]) = (json!("${item}"), json!("${index}"));
        }
        for node in &self.nodes {
            input["nodes"][node.as_str()] = json!(format!("${{{}}}", node_in_code(node.as_str())));
        }
        input
    }
}

/// How the new nodes are called, in the language of whoever draws.
#[derive(Clone, Copy, Debug)]
pub struct Titles<'a> {
    pub called: &'a str,
    pub given: &'a str,
}

impl Part {
    pub fn nodes(&self) -> &BTreeSet<NodeId> {
        &self.nodes
    }

    /// The flow that the part becomes.
    pub fn flow(
        &self,
        doc: &FlowDocument,
        specs: &Specs,
        id: FlowId,
        name: &str,
        titles: Titles<'_>,
    ) -> FlowDocument {
        let graph = Graph::new(doc, specs);
        let is_mine = |node: &&Node| self.nodes.contains(&node.id);
        let mine = doc.nodes.iter().filter(is_mine).map(|node| self.retold(node, &graph, specs));
        let inside = |edge: &&Edge| self.nodes.contains(&edge.from.node) && self.nodes.contains(&edge.to);
        let whole = |group: &&Group| group.nodes.iter().all(|node| self.nodes.contains(node));
        let places = doc.nodes.iter().zip(arrange::places(doc));
        let mut flow = FlowDocument {
            khlong: DOCUMENT_VERSION,
            id,
            name: name.to_owned(),
            folder: doc.folder.clone(),
            tags: Vec::new(),
            // What is sent, how long it may take and how long it is kept stays as it was.
            settings: Settings {
                concurrency: doc.settings.concurrency,
                priority: doc.settings.priority,
                timeout: doc.settings.timeout,
                keep: doc.settings.keep.clone(),
                mode: match doc.settings.mode {
                    // What is called goes no further than its caller, so each run keeps what its key gives it.
                    Mode::Canary => Mode::Live,
                    mode => mode,
                },
                ..Settings::default()
            },
            nodes: mine.collect(),
            edges: doc.edges.iter().filter(inside).cloned().collect(),
            layout: places
                .filter(|(node, _)| self.nodes.contains(&node.id))
                .map(|(node, at)| (node.id.clone(), [at.x, at.y]))
                .collect(),
            notes: Vec::new(),
            groups: doc.groups.iter().filter(whole).cloned().collect(),
            samples: doc
                .samples
                .iter()
                .filter(|(node, _)| self.nodes.contains(*node))
                .map(|(node, sample)| (node.clone(), sample.clone()))
                .collect(),
        };
        self.begin(&mut flow, titles);
        flow
    }

    /// Whether a flow that was made of it still holds all that goes with it. Where its nodes are drawn, and what is set for the
    /// whole flow, may be another.
    pub fn is_as_in(
        &self,
        flow: &FlowDocument,
        doc: &FlowDocument,
        specs: &Specs,
        titles: Titles<'_>,
    ) -> bool {
        let now = self.flow(doc, specs, flow.id.clone(), &flow.name, titles);
        (&now.nodes, &now.edges, &now.groups, &now.samples)
            == (&flow.nodes, &flow.edges, &flow.groups, &flow.samples)
    }

    /// Puts a trigger before the first node, and what unpacks the value where more than that is sent.
    fn begin(&self, flow: &mut FlowDocument, titles: Titles<'_>) {
        let mut first = self.entry.clone();
        let mut put_before = |flow: &mut FlowDocument, node: Node| {
            let place = edits::place_of(flow, &first) + BEFORE;
            let id = node.id.clone();
            edits::put(flow, &id, place);
            flow.nodes.insert(0, node);
            flow.edges
                .insert(0, Edge { from: PortRef { node: id.clone(), port: Port::out() }, to: first.clone() });
            first = id;
        };
        if !self.needs.is_empty() {
            let mut given = Node::new(fresh_like(flow, "given"), SET.into());
            given.title = titles.given.to_owned();
            given.with.insert("value".into(), json!("${input.input}"));
            put_before(flow, given);
        }
        let mut called = Node::new(fresh_like(flow, "called"), CALLED.into());
        called.title = titles.called.to_owned();
        put_before(flow, called);
    }

    /// A node of the part, which finds elsewhere what it speaks of.
    fn retold(&self, node: &Node, graph: &Graph, specs: &Specs) -> Node {
        let mut node = node.clone();
        let in_outer_loop =
            graph.find(node.id.as_str()).is_some_and(|at| loop_outside(graph, at, &self.nodes));
        retell(&mut node, specs, &mut |mention| match mention {
            Mention::Node(id) if self.needs.nodes.contains(id) => {
                Some(format!("trigger.body.{}", node_in_code(id)))
            }
            Mention::Trigger => Some("trigger.body.trigger".to_owned()),
            Mention::Item(name) if in_outer_loop => Some(format!("trigger.body.{name}")),
            _ => None,
        });
        node
    }

    /// Puts a call in the part's place, and gives its id.
    pub fn call(&self, doc: &mut FlowDocument, specs: &Specs, flow: &FlowId, title: &str) -> NodeId {
        edits::pin_places(doc);
        let mut call = Node::new(fresh_id(doc, &CALL.into()), CALL.into());
        let id = call.id.clone();
        call.title = super::fresh_title(doc, title);
        call.with.insert("flow".into(), json!(flow.as_str()));
        if !self.needs.is_empty() {
            call.with.insert("input".into(), self.needs.input());
        }
        let first =
            doc.nodes.iter().position(|node| self.nodes.contains(&node.id)).unwrap_or(doc.nodes.len());
        edits::put(doc, &id, edits::place_of(doc, &self.entry));
        doc.nodes.insert(first, call);
        self.join_group(doc, &id);
        for edge in &mut doc.edges {
            let (from, to) = (self.nodes.contains(&edge.from.node), self.nodes.contains(&edge.to));
            if to && !from {
                edge.to = id.clone();
            } else if from && !to {
                edge.from = PortRef { node: id.clone(), port: Port::out() };
            }
        }
        let gone = self.exit.as_ref().map(|exit| exit.node.as_str());
        for node in doc.nodes.iter_mut().filter(|node| !self.nodes.contains(&node.id)) {
            retell(node, specs, &mut |mention| match mention {
                Mention::Node(spoken) if Some(spoken) == gone => Some(node_in_code(id.as_str())),
                _ => None,
            });
        }
        edits::remove(doc, &self.nodes, Gap::Open);
        id
    }

    /// The call is in the group that the part's beginning was in, unless that goes as a whole.
    fn join_group(&self, doc: &mut FlowDocument, call: &NodeId) {
        let stays = |group: &&mut Group| {
            group.nodes.contains(&self.entry) && !group.nodes.iter().all(|node| self.nodes.contains(node))
        };
        if let Some(group) = doc.groups.iter_mut().find(stays) {
            group.nodes.push(call.clone());
        }
    }
}

/// The chosen nodes as a part that can be a flow of its own, or why they cannot.
pub fn part_of(doc: &FlowDocument, specs: &Specs, chosen: &BTreeSet<NodeId>) -> Result<Part, NotAPart> {
    let graph = Graph::new(doc, specs);
    let mine: BTreeSet<usize> = chosen.iter().filter_map(|id| graph.find(id.as_str())).collect();
    if mine.is_empty() {
        return Err(NotAPart::Nothing);
    }
    if mine.iter().any(|node| graph.is_trigger(*node)) {
        return Err(NotAPart::Trigger);
    }
    let responds = |node: &Node| chosen.contains(&node.id) && node.operation.as_str() == RESPOND;
    if doc.nodes.iter().any(responds) {
        return Err(NotAPart::Responds);
    }
    if cuts_a_loop(&graph, &mine) {
        return Err(NotAPart::Loop);
    }
    let entry = graph.id(entry(&graph, &mine)?).clone();
    let exit = exit(&graph, &mine)?;
    let nodes: BTreeSet<NodeId> = mine.iter().map(|node| graph.id(*node).clone()).collect();
    let needs = needs(doc, specs, &graph, &nodes)?;
    let spoken_of = exit.as_ref().map(|exit| exit.node.as_str());
    for node in doc.nodes.iter().filter(|node| !nodes.contains(&node.id)) {
        looks_in(node, specs, &nodes, spoken_of)?;
    }
    Ok(Part { nodes, entry, exit, needs })
}

/// Whether a body is in it only partly: a loop is called with all of its body, and a part of a body lies in one only.
fn cuts_a_loop(graph: &Graph, mine: &BTreeSet<usize>) -> bool {
    (0..graph.len()).filter(|node| graph.is_for_each(*node)).any(|for_each| {
        let body: BTreeSet<usize> = graph.body_of(for_each).iter().copied().collect();
        match mine.contains(&for_each) {
            true => !body.is_subset(mine),
            false => !(mine.is_disjoint(&body) || mine.is_subset(&body)),
        }
    })
}

/// The one node at which everything begins.
fn entry(graph: &Graph, mine: &BTreeSet<usize>) -> Result<usize, NotAPart> {
    let fed_inside = |node: usize| graph.in_edges(node).any(|edge| mine.contains(&edge.from));
    let mut roots = mine.iter().copied().filter(|node| !fed_inside(*node));
    let (Some(entry), None) = (roots.next(), roots.next()) else { return Err(NotAPart::Entries) };
    let from_outside = |node: usize| graph.in_edges(node).filter(|edge| !mine.contains(&edge.from)).count();
    let elsewhere = mine.iter().any(|node| *node != entry && from_outside(*node) > 0);
    // What waits for several branches cannot do so from inside a call.
    let joins = graph.joins(entry) && from_outside(entry) > 1;
    if elsewhere || joins { Err(NotAPart::Entries) } else { Ok(entry) }
}

/// The one way out that others go on from, where there is any. Whatever happens inside has to come to it: then the value of
/// the last node is the call's.
fn exit(graph: &Graph, mine: &BTreeSet<usize>) -> Result<Option<PortRef>, NotAPart> {
    let leaving = graph.edges().iter().filter(|edge| mine.contains(&edge.from) && !mine.contains(&edge.to));
    let ways: BTreeSet<(usize, usize)> = leaving.map(|edge| (edge.from, edge.port)).collect();
    let mut ways = ways.into_iter();
    let Some((node, port)) = ways.next() else { return Ok(None) };
    if ways.next().is_some() {
        return Err(NotAPart::Exits);
    }
    let leads_on = |at: usize| {
        let usual = usual_ports(graph, at);
        !usual.is_empty()
            && usual.into_iter().all(|way| (at, way) == (node, port) || !graph.out_edges(at, way).is_empty())
    };
    let in_inner_loop = |at: usize| graph.parents(at).any(|around| mine.contains(&around));
    let all = usual_ports(graph, node).contains(&port)
        && !in_inner_loop(node)
        && mine.iter().filter(|at| !in_inner_loop(**at)).all(|at| leads_on(*at));
    let way = PortRef { node: graph.id(node).clone(), port: graph.ports(node)[port].clone() };
    if all { Ok(Some(way)) } else { Err(NotAPart::Branches) }
}

/// The ways out that a node takes when all goes well: one of them each time. A loop goes on by its end.
fn usual_ports(graph: &Graph, node: usize) -> Vec<usize> {
    let usual = |port: &Port| match port.as_str() {
        Port::ERROR => false,
        ITEM => !graph.is_for_each(node),
        _ => true,
    };
    let ports = graph.ports(node).iter().enumerate();
    ports.filter(|(_, port)| usual(port)).map(|(at, _)| at).collect()
}

/// Whether the innermost loop around a node is not among these nodes.
fn loop_outside(graph: &Graph, node: usize, nodes: &BTreeSet<NodeId>) -> bool {
    graph.parent(node).is_some_and(|around| !nodes.contains(graph.id(around)))
}

fn needs(
    doc: &FlowDocument,
    specs: &Specs,
    graph: &Graph,
    nodes: &BTreeSet<NodeId>,
) -> Result<Needs, NotAPart> {
    let mut needs = Needs::default();
    for node in doc.nodes.iter().filter(|node| nodes.contains(&node.id)) {
        let in_outer_loop = graph.find(node.id.as_str()).is_some_and(|at| loop_outside(graph, at, nodes));
        let mut unclear = false;
        retell(&mut node.clone(), specs, &mut |mention| {
            match mention {
                Mention::Node(id) if !nodes.contains(id) => {
                    needs.nodes.extend(doc.node(id).map(|node| node.id.clone()));
                }
                Mention::Trigger => needs.trigger = true,
                Mention::Item(_) => needs.item |= in_outer_loop,
                Mention::Unclear("item" | "index") => unclear |= in_outer_loop,
                Mention::Unclear(_) => unclear = true,
                Mention::Node(_) => {}
            }
            None
        });
        if unclear {
            return Err(NotAPart::Unclear(node.id.clone()));
        }
    }
    Ok(needs)
}

/// Whether a node outside speaks only of what can still be spoken of: of the part, its last value.
fn looks_in(
    node: &Node,
    specs: &Specs,
    nodes: &BTreeSet<NodeId>,
    last: Option<&str>,
) -> Result<(), NotAPart> {
    let (mut inside, mut unclear) = (false, false);
    retell(&mut node.clone(), specs, &mut |mention| {
        match mention {
            Mention::Node(id) => inside |= nodes.contains(id) && Some(id) != last,
            Mention::Unclear("nodes") => unclear = true,
            _ => {}
        }
        None
    });
    match (inside, unclear) {
        (true, _) => Err(NotAPart::SpokenOf(node.id.clone())),
        (_, true) => Err(NotAPart::Unclear(node.id.clone())),
        _ => Ok(()),
    }
}
