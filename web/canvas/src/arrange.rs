//! Places for nodes that the document gives none: columns by distance from the start.

use crate::Point;
use crate::scene::{NODE_HEIGHT, NODE_WIDTH};
use model::FlowDocument;
use std::collections::HashMap;

const COLUMN_WIDTH: f64 = NODE_WIDTH + 76.0;
const ROW_HEIGHT: f64 = NODE_HEIGHT + 44.0;

/// Returns the upper left corner of each node of the document, in the document's order.
///
/// Nodes with a place keep it. The others are laid out in columns below the placed ones, or from the origin if there are
/// none; an edge never leads to an earlier column unless it closes a loop.
pub fn places(flow: &FlowDocument) -> Vec<Point> {
    // A flow that somebody has drawn: nothing is left to be found out.
    if let Some(drawn) = drawn(flow) {
        return drawn;
    }
    let below = flow
        .nodes
        .iter()
        .filter_map(|node| flow.layout.get(&node.id))
        .map(|at| Point::of(*at).y + ROW_HEIGHT);
    let top = below.fold(0.0, f64::max);
    let columns = columns(flow);
    let mut rows: HashMap<usize, usize> = HashMap::new();
    let place = |(i, node): (usize, &model::Node)| match flow.layout.get(&node.id) {
        Some(at) => Point::of(*at),
        None => {
            let row = rows.entry(columns[i]).or_default();
            *row += 1;
            Point::new(columns[i] as f64 * COLUMN_WIDTH, top + (*row - 1) as f64 * ROW_HEIGHT)
        }
    };
    flow.nodes.iter().enumerate().map(place).collect()
}

/// The places of a flow where each node has one.
fn drawn(flow: &FlowDocument) -> Option<Vec<Point>> {
    flow.nodes.iter().map(|node| flow.layout.get(&node.id).map(|at| Point::of(*at))).collect()
}

/// The length of the longest way from a start to each node. A loop would make it endless, so there are at most as many
/// rounds as nodes.
fn columns(flow: &FlowDocument) -> Vec<usize> {
    let index: HashMap<&str, usize> =
        flow.nodes.iter().enumerate().map(|(i, node)| (node.id.as_str(), i)).collect();
    let find = |id: &model::NodeId| index.get(id.as_str()).copied();
    let edges: Vec<_> =
        flow.edges.iter().filter_map(|edge| find(&edge.from.node).zip(find(&edge.to))).collect();
    let mut columns = vec![0; flow.nodes.len()];
    for _ in 0..flow.nodes.len() {
        let mut moved = false;
        for &(from, to) in &edges {
            if columns[to] <= columns[from] && columns[from] + 1 < flow.nodes.len() {
                columns[to] = columns[from] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    columns
}
