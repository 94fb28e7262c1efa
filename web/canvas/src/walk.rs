//! Where the arrow keys go from a node.

use crate::{PlacedNode, Scene};
use model::NodeId;

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
