//! A flow document laid out: what is where on the canvas.

mod around;
mod hit;
mod place;
mod places;

use crate::{Curve, Point, Rect};
pub use around::{PlacedGroup, PlacedNote};
pub use hit::{Reach, Side, Under};
use model::{Edge, Family, FlowDocument, GroupId, NodeId, NoteId, OperationId, Port, PortRef, Specs};
use place::Layout;
pub use places::Places;
use std::collections::{BTreeSet, HashMap};

/// Sizes of a node as the style sheet draws it, in canvas units.
pub const NODE_WIDTH: f64 = 204.0;
pub const NODE_HEIGHT: f64 = 60.0;
/// Free space between a body's nodes and its border.
const BODY_PAD: f64 = 18.0;

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNode {
    pub id: NodeId,
    pub label: String,
    pub operation: OperationId,
    /// Unknown where the operation is.
    pub family: Option<Family>,
    pub area: Rect,
    /// Where edges come in; a trigger has no such place.
    pub input: Option<Point>,
    pub ports: Vec<PlacedPort>,
    pub disabled: bool,
    /// The group it is in, by its place in the scene's.
    pub group: Option<usize>,
    /// Inside a group that is folded: neither drawn nor hit.
    pub folded: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedPort {
    pub port: Port,
    pub at: Point,
    /// Shown beside the port: where a node has more than one way out.
    pub named: bool,
}

impl PlacedPort {
    pub fn is_error(&self) -> bool {
        self.port.as_str() == Port::ERROR
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEdge {
    pub from: PortRef,
    pub to: NodeId,
    pub curve: Curve,
    /// Both of its ends are inside one folded group.
    pub folded: bool,
}

impl PlacedEdge {
    /// As the document has it.
    pub fn edge(&self) -> Edge {
        Edge { from: self.from.clone(), to: self.to.clone() }
    }

    pub fn is(&self, edge: &Edge) -> bool {
        self.from == edge.from && self.to == edge.to
    }

    pub fn is_error(&self) -> bool {
        self.from.port.as_str() == Port::ERROR
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// In the order in which the keyboard goes through them: along the flow, then from top to bottom.
    pub nodes: Vec<PlacedNode>,
    pub edges: Vec<PlacedEdge>,
    /// Around the nodes that run once per item of a for-each, the outer bodies first.
    pub bodies: Vec<Rect>,
    pub notes: Vec<PlacedNote>,
    pub groups: Vec<PlacedGroup>,
    /// The nodes in each body, by their place in `nodes`.
    loops: Vec<Vec<usize>>,
    by_id: HashMap<NodeId, usize>,
    /// The edges at each node, by their place in `edges`.
    touching: Vec<Vec<usize>>,
}

/// Which ways out are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The error port only where something is wired to it.
    WiredPorts,
    /// All, so that an edge can be drawn from each.
    AllPorts,
}

impl Scene {
    /// To be looked at.
    pub fn new(flow: &FlowDocument, specs: &Specs) -> Self {
        Self::of(flow, specs, Detail::WiredPorts, &BTreeSet::new())
    }

    pub fn of(flow: &FlowDocument, specs: &Specs, detail: Detail, folded: &BTreeSet<GroupId>) -> Self {
        let Layout { mut nodes, loops, by_id } = Layout::of(flow, specs, detail);
        let groups = around::groups(flow, &by_id, folded);
        for (at, group) in groups.iter().enumerate() {
            for node in &group.nodes {
                (nodes[*node].group, nodes[*node].folded) = (Some(at), group.folded);
            }
        }
        let notes = flow.notes.iter().map(PlacedNote::of).collect();
        let mut scene = Self { nodes, notes, groups, loops, by_id, ..Self::default() };
        scene.draw_frames();
        scene.edges = flow.edges.iter().filter_map(|edge| scene.placed(edge)).collect();
        scene.touching = vec![Vec::new(); scene.nodes.len()];
        for (at, edge) in scene.edges.iter().enumerate() {
            for end in [&edge.from.node, &edge.to] {
                scene.touching[scene.by_id[end]].push(at);
            }
        }
        scene
    }

    pub fn node(&self, id: &str) -> Option<&PlacedNode> {
        self.nodes.get(*self.by_id.get(id)?)
    }

    pub fn note(&self, id: &NoteId) -> Option<&PlacedNote> {
        self.notes.iter().find(|note| note.id == *id)
    }

    pub fn group(&self, id: &GroupId) -> Option<&PlacedGroup> {
        self.groups.iter().find(|group| group.id == *id)
    }

    /// The ids of a group's nodes.
    pub fn members(&self, group: &PlacedGroup) -> BTreeSet<NodeId> {
        group.nodes.iter().map(|node| self.nodes[*node].id.clone()).collect()
    }

    /// The edges that begin or end at a node.
    pub fn edges_at(&self, id: &str) -> impl Iterator<Item = &PlacedEdge> {
        let touching = self.by_id.get(id).and_then(|node| self.touching.get(*node));
        touching.into_iter().flatten().filter_map(|edge| self.edges.get(*edge))
    }

    /// The edges out of a node, from its first port to its last.
    pub fn ways_out(&self, node: &NodeId) -> Vec<Edge> {
        let Some(placed) = self.node(node.as_str()) else { return Vec::new() };
        let port = |edge: &Edge| placed.ports.iter().position(|port| port.port == edge.from.port);
        let own = self.edges_at(node.as_str()).filter(|edge| edge.from.node == *node && !edge.folded);
        let mut edges: Vec<Edge> = own.map(PlacedEdge::edge).collect();
        edges.sort_by_key(port);
        edges
    }

    pub fn edge(&self, edge: &Edge) -> Option<&PlacedEdge> {
        self.edges_at(edge.to.as_str()).find(|placed| placed.is(edge))
    }

    /// Draws nodes and notes elsewhere, with what is connected to them: cheap enough for every move of a pointer.
    pub fn put(&mut self, places: &Places) {
        let moved: Vec<usize> = places.nodes.keys().filter_map(|id| self.by_id.get(id)).copied().collect();
        for node in &moved {
            let node = &mut self.nodes[*node];
            let by = places.nodes[&node.id] - node.area.min;
            node.area.min = node.area.min + by;
            node.input = node.input.map(|input| input + by);
            node.ports.iter_mut().for_each(|port| port.at = port.at + by);
        }
        for note in &mut self.notes {
            if let Some(at) = places.notes.get(&note.id) {
                note.area.min = *at;
            }
        }
        self.draw_frames();
        let bent: BTreeSet<usize> = moved.iter().flat_map(|node| &self.touching[*node]).copied().collect();
        for at in bent {
            if let Some(curve) = self.curve(&self.edges[at].from, &self.edges[at].to) {
                self.edges[at].curve = curve;
            }
        }
    }

    /// Shows some groups as one box each, and the others with their nodes.
    pub fn fold(&mut self, folded: &BTreeSet<GroupId>) {
        for group in &mut self.groups {
            group.folded = folded.contains(&group.id);
            group.nodes.iter().for_each(|node| self.nodes[*node].folded = group.folded);
        }
        self.draw_frames();
        for at in 0..self.edges.len() {
            if let Some(placed) = self.placed(&self.edges[at].edge()) {
                self.edges[at] = placed;
            }
        }
    }

    /// Draws a note larger or smaller.
    pub fn put_note(&mut self, id: &NoteId, area: Rect) {
        if let Some(note) = self.notes.iter_mut().find(|note| note.id == *id) {
            note.area = area;
        }
    }

    fn placed(&self, edge: &Edge) -> Option<PlacedEdge> {
        let curve = self.curve(&edge.from, &edge.to)?;
        let (from, to) = (self.node(edge.from.node.as_str())?, self.node(edge.to.as_str())?);
        let folded = from.folded && to.folded && from.group == to.group;
        Some(PlacedEdge { from: edge.from.clone(), to: edge.to.clone(), curve, folded })
    }

    fn curve(&self, from: &PortRef, to: &NodeId) -> Option<Curve> {
        let (start, target) = (self.node(from.node.as_str())?, self.node(to.as_str())?);
        let port = start.ports.iter().find(|placed| placed.port == from.port)?;
        let (into, end) = match self.folded_into(target) {
            Some(group) => (group.area, group.way_in()),
            None => {
                let left = Point::new(target.area.min.x, target.area.centre().y);
                (target.area, target.input.unwrap_or(left))
            }
        };
        let (out_of, curve) = match self.folded_into(start) {
            Some(group) => (group.area, Curve::sideways(group.way_out(), end)),
            None if port.is_error() => (start.area, Curve::downward(port.at, end)),
            None => (start.area, Curve::sideways(port.at, end)),
        };
        Some(curve.around(out_of, into))
    }

    /// The folded group that stands for a node.
    fn folded_into(&self, node: &PlacedNode) -> Option<&PlacedGroup> {
        self.groups.get(node.group?).filter(|group| group.folded)
    }

    /// Rectangles around each for-each's body and each group; a larger body lies below the smaller ones inside it.
    fn draw_frames(&mut self) {
        for at in 0..self.groups.len() {
            let around = self.groups[at].nodes.iter().map(|node| self.nodes[*node].area).reduce(Rect::union);
            if let Some(around) = around {
                self.groups[at].enclose(around);
            }
        }
        let shown = |node: &&usize| !self.nodes[**node].folded;
        let around = |body: &Vec<usize>| {
            body.iter().filter(shown).map(|node| self.nodes[*node].area).reduce(Rect::union)
        };
        let mut bodies: Vec<Rect> =
            self.loops.iter().filter_map(around).map(|area| area.grow(BODY_PAD)).collect();
        bodies.sort_by(|a, b| b.size.area().total_cmp(&a.size.area()));
        self.bodies = bodies;
    }

    /// The rectangle around everything that is drawn, or nothing for an empty flow.
    pub fn bounds(&self) -> Option<Rect> {
        let nodes = self.nodes.iter().filter(|node| !node.folded).map(|node| node.area);
        let notes = self.notes.iter().map(|note| note.area);
        nodes.chain(notes).chain(self.groups.iter().map(|group| group.area)).reduce(Rect::union)
    }
}
