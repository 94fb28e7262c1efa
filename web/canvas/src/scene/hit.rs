//! What lies under a point of the canvas.

use super::{PlacedEdge, PlacedGroup, PlacedNode, PlacedNote, Scene};
use crate::{Point, Rect};
use model::{Edge, GroupId, NodeId, NoteId, PortRef};

/// How near a pointer must come to an edge, in canvas units.
const EDGE_HIT_RADIUS: f64 = 8.0;

/// How near a pointer must come, in canvas units; a finger is wider than an arrow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// To ports and the ends of edges.
    pub port: f64,
    /// To lines: edges, and the rim of a note where a press makes it larger or smaller.
    pub line: f64,
}

/// What of a note is dragged to make it larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Right,
    Bottom,
    Corner,
}

/// What is on top at a point.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Under {
    Port(PortRef),
    /// The end of an edge, at a node's input.
    EdgeEnd(Edge),
    Node(NodeId),
    Edge(Edge),
    /// Its name, or all of it where it is folded.
    Group(GroupId),
    Note(NoteId, Option<Side>),
    #[default]
    Nothing,
}

impl Scene {
    /// What a press, a click or a menu at a point is about.
    pub fn under(&self, point: Point, reach: Reach) -> Under {
        let port = || self.port_near(point, reach.port).map(Under::Port);
        let end = || self.edge_end_near(point, reach.port).map(Under::EdgeEnd);
        let node = || self.node_at(point).map(|node| Under::Node(node.id.clone()));
        let folded = || self.group_at(point).filter(|group| group.folded);
        let edge = || self.edge_near(point, reach.line).map(|edge| Under::Edge(edge.edge()));
        let group = |group: &PlacedGroup| Under::Group(group.id.clone());
        let side = |note: &PlacedNote| side(note.area, point, reach.line);
        let note = || self.note_at(point).map(|note| Under::Note(note.id.clone(), side(note)));
        port()
            .or_else(end)
            .or_else(node)
            .or_else(|| folded().map(group))
            .or_else(edge)
            .or_else(|| self.group_at(point).map(group))
            .or_else(note)
            .unwrap_or(Under::Nothing)
    }

    fn shown(&self) -> impl DoubleEndedIterator<Item = &PlacedNode> {
        self.nodes.iter().filter(|node| !node.folded)
    }

    /// The way out that is so near to a point; the nearest one.
    pub fn port_near(&self, point: Point, radius: f64) -> Option<PortRef> {
        let near = self.shown().filter(|node| node.area.grow(radius).contains(point));
        let ports = near.flat_map(|node| node.ports.iter().map(move |port| (node, port)));
        let measured = ports.map(|(node, port)| (node, port, port.at.distance(point)));
        let nearest = measured.filter(|(.., away)| *away <= radius).min_by(|a, b| a.2.total_cmp(&b.2));
        nearest.map(|(node, port, _)| PortRef { node: node.id.clone(), port: port.port.clone() })
    }

    /// The edge whose end at a node's input is so near to a point.
    pub fn edge_end_near(&self, point: Point, radius: f64) -> Option<Edge> {
        let shown = self.edges.iter().filter(|edge| !edge.folded);
        let measured = shown.map(|edge| (edge, edge.curve.to.distance(point)));
        let nearest = measured.filter(|(_, away)| *away <= radius).min_by(|a, b| a.1.total_cmp(&b.1));
        nearest.map(|(edge, _)| edge.edge())
    }

    /// The node under a point, or the one whose input is so near to it.
    pub fn input_near(&self, point: Point, radius: f64) -> Option<&PlacedNode> {
        let measured = || self.shown().filter_map(|node| Some((node, node.input?.distance(point))));
        let nearest = || measured().filter(|(_, away)| *away <= radius).min_by(|a, b| a.1.total_cmp(&b.1));
        self.node_at(point).or_else(|| nearest().map(|(node, _)| node))
    }

    /// The node whose input is so near to a point, where no edge ends.
    pub fn bare_input_near(&self, point: Point, radius: f64) -> Option<&PlacedNode> {
        let near = |node: &&PlacedNode| node.input.is_some_and(|at| at.distance(point) <= radius);
        let is_bare = |node: &&PlacedNode| !self.edges_at(node.id.as_str()).any(|edge| edge.to == node.id);
        self.shown().filter(near).find(is_bare)
    }

    /// The node at a point of the canvas; the one drawn last is on top.
    pub fn node_at(&self, point: Point) -> Option<&PlacedNode> {
        self.shown().rev().find(|node| node.area.contains(point))
    }

    /// The edge nearest to a point of the canvas, if one is near.
    pub fn edge_at(&self, point: Point) -> Option<&PlacedEdge> {
        self.edge_near(point, EDGE_HIT_RADIUS)
    }

    fn edge_near(&self, point: Point, radius: f64) -> Option<&PlacedEdge> {
        let near =
            self.edges.iter().filter(|edge| !edge.folded && edge.curve.bounds().grow(radius).contains(point));
        let measured = near.map(|edge| (edge, edge.curve.distance(point)));
        measured.filter(|(_, away)| *away <= radius).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(edge, _)| edge)
    }

    /// The group that is taken hold of at a point.
    pub fn group_at(&self, point: Point) -> Option<&PlacedGroup> {
        self.groups.iter().rev().find(|group| group.handle().contains(point))
    }

    pub fn note_at(&self, point: Point) -> Option<&PlacedNote> {
        self.notes.iter().rev().find(|note| note.area.contains(point))
    }
}

fn side(area: Rect, point: Point, rim: f64) -> Option<Side> {
    let (right, bottom) = (area.max().x - point.x < rim, area.max().y - point.y < rim);
    match (right, bottom) {
        (true, true) => Some(Side::Corner),
        (true, false) => Some(Side::Right),
        (false, true) => Some(Side::Bottom),
        (false, false) => None,
    }
}
