//! Where the keyboard goes from a node or an edge, and where it is when that is gone.

use crate::{PlacedNode, Scene};
use model::{Edge, NodeId};
use std::collections::BTreeSet;

/// Beside each other counts more than far above: a sibling is looked for in the same column first.
const SIDEWAYS_WEIGHT: f64 = 2.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the node that the first edge in comes from.
    Back,
    /// To the node that the first edge out leads to.
    Forward,
    Up,
    Down,
}

/// What can have the keyboard's focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    Node(NodeId),
    Edge(Edge),
}

/// What an arrow key leads to from an edge: its ends, or the next edge out of the same node.
pub fn step_from_edge(scene: &Scene, edge: &Edge, direction: Direction) -> Option<Stop> {
    let beside = |by: isize| {
        let all = scene.ways_out(&edge.from.node);
        let here = all.iter().position(|one| one == edge)?;
        all.get(here.checked_add_signed(by)?).cloned().map(Stop::Edge)
    };
    match direction {
        Direction::Back => Some(Stop::Node(edge.from.node.clone())),
        Direction::Forward => Some(Stop::Node(edge.to.clone())),
        Direction::Up => beside(-1),
        Direction::Down => beside(1),
    }
}

/// The node so many further along the flow: this way each is reached, wherever it lies.
pub fn along(scene: &Scene, from: Option<&NodeId>, by: isize) -> Option<NodeId> {
    let shown: Vec<&NodeId> = scene.nodes.iter().filter(|node| !node.folded).map(|node| &node.id).collect();
    let here = from.and_then(|from| shown.iter().position(|id| *id == from));
    let next = here.map_or(Some(0), |here| here.checked_add_signed(by))?;
    shown.get(next).map(|id| (*id).clone())
}

/// The node to go on from when some are gone: one that led to them, else one that they led to, else the nearest.
pub fn beside(scene: &Scene, gone: &BTreeSet<NodeId>) -> Option<NodeId> {
    let stays = |node: &&PlacedNode| !node.folded && !gone.contains(&node.id);
    let edges = || gone.iter().flat_map(|node| scene.edges_at(node.as_str()));
    let before = edges().filter_map(|edge| scene.node(edge.from.node.as_str())).find(stays);
    let behind = || edges().filter_map(|edge| scene.node(edge.to.as_str())).find(stays);
    let nearest = || {
        let from = scene.node(gone.first()?.as_str())?.area.centre();
        let away = |node: &PlacedNode| node.area.centre().distance(from);
        scene.nodes.iter().filter(stays).min_by(|a, b| away(a).total_cmp(&away(b)))
    };
    before.or_else(behind).or_else(nearest).map(|node| node.id.clone())
}

/// The node that an arrow key leads to, or none if there is nothing in that direction.
pub fn step(scene: &Scene, from: &NodeId, direction: Direction) -> Option<NodeId> {
    match direction {
        Direction::Back => {
            scene.edges.iter().find(|edge| edge.to == *from).map(|edge| edge.from.node.clone())
        }
        Direction::Forward => forward(scene, from),
        Direction::Up => nearest(scene, from, |dy| dy < 0.0),
        Direction::Down => nearest(scene, from, |dy| dy > 0.0),
    }
}

/// The ports are asked from top to bottom, so that "forward" takes the upper branch.
fn forward(scene: &Scene, from: &NodeId) -> Option<NodeId> {
    let ports = &scene.node(from.as_str())?.ports;
    let leads = |port: &crate::PlacedPort| {
        scene
            .edges
            .iter()
            .find(|edge| edge.from.node == *from && edge.from.port == port.port)
            .map(|edge| edge.to.clone())
    };
    ports.iter().find_map(leads)
}

fn nearest(scene: &Scene, from: &NodeId, wanted: impl Fn(f64) -> bool) -> Option<NodeId> {
    let start = scene.node(from.as_str())?.area.centre();
    let away = |node: &PlacedNode| {
        let by = node.area.centre() - start;
        wanted(by.y).then(|| by.y.abs() + by.x.abs() * SIDEWAYS_WEIGHT)
    };
    let measured = scene.nodes.iter().filter_map(|node| away(node).map(|away| (node, away)));
    measured.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(node, _)| node.id.clone())
}
