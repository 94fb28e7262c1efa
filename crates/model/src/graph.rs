//! The shape of a flow, as the engine and the editor walk it: positions instead of names, slices instead of maps.
//!
//! Every document has a graph, also one with problems: edges that lead nowhere, into a trigger, back to their own node
//! or twice the same way are left out, and nodes on a cycle come last. `validate` reports all of those.

use crate::{Family, FlowDocument, Inputs, Node, NodeId, Port, Specs};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// The operation whose port `item` is taken once per element.
pub const FOR_EACH: &str = "core/for_each";
/// The port of `core/for_each` behind which its body is.
pub const ITEM: &str = "item";

/// One edge, with positions in place of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphEdge {
    /// Position in [`Graph::edges`], by which to keep a state per edge.
    pub index: usize,
    pub from: usize,
    /// Position in the ports of `from`.
    pub port: usize,
    pub to: usize,
    /// Position in the document's `edges`.
    pub at: usize,
}

/// Some of a graph's nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSet(Vec<bool>);

impl NodeSet {
    fn new(nodes: usize) -> Self {
        Self(vec![false; nodes])
    }

    pub fn contains(&self, node: usize) -> bool {
        self.0.get(node).copied().unwrap_or_default()
    }

    /// The nodes in it, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len()).filter(|node| self.0[*node])
    }

    /// Puts a node in, and tells whether it was not there yet.
    fn insert(&mut self, node: usize) -> bool {
        !std::mem::replace(&mut self.0[node], true)
    }
}

/// A flow's nodes, in the order of the document, and how they hang together.
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: Vec<Shape>,
    by_id: HashMap<NodeId, usize>,
    /// Sorted by node, port and place in the document.
    edges: Vec<GraphEdge>,
    /// Edges by the node they lead to.
    incoming: Vec<usize>,
    order: Vec<usize>,
    /// Position in `order`, by node.
    rank: Vec<usize>,
    /// Nodes of a cycle, and behind one, are the tail of `order` from here on.
    sorted: usize,
    /// Bodies one after the other, each in the order of `order`.
    bodies: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Shape {
    id: NodeId,
    ports: Vec<Port>,
    trigger: bool,
    joins: bool,
    /// Position of the port `item`, on a for-each.
    item: Option<usize>,
    outgoing: Range<usize>,
    incoming: Range<usize>,
    parent: Option<usize>,
    body: Range<usize>,
}

impl Graph {
    pub fn new(doc: &FlowDocument, specs: &Specs) -> Self {
        let nodes: Vec<_> = doc.nodes.iter().map(|node| Shape::new(node, specs)).collect();
        let mut by_id = HashMap::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            by_id.entry(node.id.clone()).or_insert(index);
        }
        let mut graph = Self {
            nodes,
            by_id,
            edges: Vec::new(),
            incoming: Vec::new(),
            order: Vec::new(),
            rank: Vec::new(),
            sorted: 0,
            bodies: Vec::new(),
        };
        graph.connect(doc);
        graph.sort();
        graph.nest();
        graph
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn id(&self, node: usize) -> &NodeId {
        &self.nodes[node].id
    }

    pub fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub fn ports(&self, node: usize) -> &[Port] {
        &self.nodes[node].ports
    }

    pub fn port(&self, node: usize, name: &str) -> Option<usize> {
        self.ports(node).iter().position(|port| port.as_str() == name)
    }

    pub fn edges(&self) -> &[GraphEdge] {
        &self.edges
    }

    /// The edges out of one port, in the order of the document.
    pub fn out_edges(&self, node: usize, port: usize) -> &[GraphEdge] {
        let all = self.all_out_edges(node);
        let start = all.partition_point(|edge| edge.port < port);
        let end = all.partition_point(|edge| edge.port <= port);
        &all[start..end]
    }

    /// The edges out of all ports, port by port.
    pub fn all_out_edges(&self, node: usize) -> &[GraphEdge] {
        &self.edges[self.nodes[node].outgoing.clone()]
    }

    /// The edges into a node, in the order of the document.
    pub fn in_edges(&self, node: usize) -> impl ExactSizeIterator<Item = &GraphEdge> + Clone {
        self.incoming[self.nodes[node].incoming.clone()].iter().map(|edge| &self.edges[*edge])
    }

    pub fn is_trigger(&self, node: usize) -> bool {
        self.nodes[node].trigger
    }

    /// Whether several live edges may come in, as into `core/merge`.
    pub fn joins(&self, node: usize) -> bool {
        self.nodes[node].joins
    }

    pub fn is_for_each(&self, node: usize) -> bool {
        self.nodes[node].item.is_some()
    }

    /// The position of the port `item`, on a for-each.
    pub(crate) fn item(&self, node: usize) -> Option<usize> {
        self.nodes[node].item
    }

    /// Where a node is in the order.
    pub(crate) fn rank(&self, node: usize) -> usize {
        self.rank[node]
    }

    /// Every node after the nodes it gets its input from; triggers first, otherwise as in the document.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The nodes that have no place in any order, because they wait for themselves, and those behind them.
    pub fn unordered(&self) -> &[usize] {
        &self.order[self.sorted..]
    }

    /// The for-each that a node is in the body of: the innermost one.
    pub fn parent(&self, node: usize) -> Option<usize> {
        self.nodes[node].parent
    }

    /// The for-eaches around a node, innermost first.
    pub fn parents(&self, node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.parent(node), |parent| self.parent(*parent))
    }

    /// The nodes that run once per item, those of nested bodies included, in order; nothing for other nodes.
    pub fn body_of(&self, for_each: usize) -> &[usize] {
        &self.bodies[self.nodes[for_each].body.clone()]
    }

    /// The nodes from which a node can be reached, itself not included unless it is on a circle.
    pub fn upstream(&self, node: usize) -> NodeSet {
        let mut seen = NodeSet::new(self.len());
        let mut open = vec![node];
        while let Some(next) = open.pop() {
            let before = self.in_edges(next).map(|edge| edge.from);
            open.extend(before.filter(|from| seen.insert(*from)));
        }
        seen
    }

    /// The nodes that can be reached from these, themselves included.
    pub fn reachable(&self, from: impl IntoIterator<Item = usize>) -> NodeSet {
        let mut seen = NodeSet::new(self.len());
        let mut open: Vec<_> = from.into_iter().filter(|node| seen.insert(*node)).collect();
        while let Some(next) = open.pop() {
            let behind = self.all_out_edges(next).iter().map(|edge| edge.to);
            open.extend(behind.filter(|to| seen.insert(*to)));
        }
        seen
    }

    /// What comes of a node: itself, the nodes behind it, and those behind the for-eaches around it.
    pub fn downstream(&self, node: usize) -> NodeSet {
        let behind_loops = self.parents(node).flat_map(|around| {
            let leaves =
                self.all_out_edges(around).iter().filter(move |edge| Some(edge.port) != self.item(around));
            leaves.map(|edge| edge.to)
        });
        self.reachable(std::iter::once(node).chain(behind_loops))
    }

    /// The nodes that a run can come to.
    pub fn reached(&self) -> NodeSet {
        self.reachable((0..self.len()).filter(|node| self.is_trigger(*node)))
    }

    fn connect(&mut self, doc: &FlowDocument) {
        let mut seen = HashSet::new();
        for (at, edge) in doc.edges.iter().enumerate() {
            let ends = self.find(edge.from.node.as_str()).zip(self.find(edge.to.as_str()));
            let Some((from, to)) = ends.filter(|(from, to)| from != to) else {
                continue;
            };
            let port = self.nodes[from].port_or_new(&edge.from.port);
            if !self.nodes[to].trigger && seen.insert((from, port, to)) {
                self.edges.push(GraphEdge { index: 0, from, port, to, at });
            }
        }
        self.edges.sort_by_key(|edge| (edge.from, edge.port, edge.at));
        for (index, edge) in self.edges.iter_mut().enumerate() {
            edge.index = index;
        }
        self.slice();
    }

    /// Notes for each node which stretch of the sorted edges is its own.
    fn slice(&mut self) {
        self.incoming = (0..self.edges.len()).collect();
        self.incoming.sort_by_key(|edge| (self.edges[*edge].to, self.edges[*edge].at));
        let (mut out, mut into) = (0, 0);
        for (index, node) in self.nodes.iter_mut().enumerate() {
            let out_end = out + self.edges[out..].iter().take_while(|edge| edge.from == index).count();
            let in_end =
                into + self.incoming[into..].iter().take_while(|edge| self.edges[**edge].to == index).count();
            (node.outgoing, node.incoming) = (out..out_end, into..in_end);
            (out, into) = (out_end, in_end);
        }
    }

    fn sort(&mut self) {
        let mut waits: Vec<usize> = self.nodes.iter().map(|node| node.incoming.len()).collect();
        let (triggers, others): (Vec<_>, Vec<_>) =
            (0..self.len()).filter(|node| waits[*node] == 0).partition(|node| self.is_trigger(*node));
        let mut order = [triggers, others].concat();
        let mut next = 0;
        while let Some(node) = order.get(next).copied() {
            next += 1;
            for edge in &self.edges[self.nodes[node].outgoing.clone()] {
                waits[edge.to] -= 1;
                if waits[edge.to] == 0 {
                    order.push(edge.to);
                }
            }
        }
        self.sorted = order.len();
        order.extend((0..self.len()).filter(|node| waits[*node] > 0));
        self.rank = vec![0; self.len()];
        for (rank, node) in order.iter().enumerate() {
            self.rank[*node] = rank;
        }
        self.order = order;
    }

    /// Finds the for-each around each node: the innermost one that all its edges agree on.
    fn nest(&mut self) {
        for at in 0..self.sorted {
            let node = self.order[at];
            let mut scopes = self.in_edges(node).map(|edge| self.scope(edge));
            let first = scopes.next().flatten();
            let parent = scopes.fold(first, |one, other| self.shared(one, other));
            self.nodes[node].parent = parent;
        }
        let mut bodies = vec![Vec::new(); self.len()];
        for node in &self.order[..self.sorted] {
            self.parents(*node).for_each(|parent| bodies[parent].push(*node));
        }
        for (node, body) in self.nodes.iter_mut().zip(bodies) {
            node.body = self.bodies.len()..self.bodies.len() + body.len();
            self.bodies.extend(body);
        }
    }

    /// The innermost for-each that an edge delivers into.
    pub(crate) fn scope(&self, edge: &GraphEdge) -> Option<usize> {
        let from = &self.nodes[edge.from];
        if from.item == Some(edge.port) { Some(edge.from) } else { from.parent }
    }

    fn shared(&self, one: Option<usize>, other: Option<usize>) -> Option<usize> {
        let around = |node: usize| std::iter::once(node).chain(self.parents(node));
        let others: Vec<_> = around(other?).collect();
        around(one?).find(|scope| others.contains(scope))
    }
}

impl Shape {
    fn new(node: &Node, specs: &Specs) -> Self {
        let spec = specs.operation(&node.operation);
        let ports = spec.map_or_else(Vec::new, |spec| spec.ports_of(&node.with));
        let for_each = node.operation.as_str() == FOR_EACH;
        Self {
            item: ports.iter().position(|port| for_each && port.as_str() == ITEM),
            id: node.id.clone(),
            ports,
            trigger: spec.is_some_and(|spec| spec.family == Family::Trigger),
            joins: spec.is_some_and(|spec| spec.inputs == Inputs::Many),
            outgoing: 0..0,
            incoming: 0..0,
            parent: None,
            body: 0..0,
        }
    }

    /// The position of a port; one that the operation does not have is added, so that its edges can be drawn.
    fn port_or_new(&mut self, port: &Port) -> usize {
        let known = self.ports.iter().position(|known| known == port);
        known.unwrap_or_else(|| {
            self.ports.push(port.clone());
            self.ports.len() - 1
        })
    }
}
