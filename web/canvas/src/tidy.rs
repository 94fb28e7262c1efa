//! A flow laid out anew: along its edges, with as few of them crossing as can be.

use crate::draft::edits::{GRID, on_grid, put};
use crate::{Point, Rect, Scene};
use model::{FlowDocument, NodeId};
use rust_sugiyama::configure::Config;
use std::collections::{BTreeSet, HashMap};

/// Between two columns, and between two nodes of a column.
const COLUMN_GAP: f64 = 80.0;
const ROW_GAP: f64 = 44.0;
/// Where a flow begins that had no place.
const ORIGIN: Point = Point::new(40.0, 40.0);

/// Lays out the chosen nodes where they are, or all of them where fewer than two are chosen.
pub fn lay_out(doc: &mut FlowDocument, scene: &Scene, chosen: &BTreeSet<NodeId>) {
    let among = |id: &NodeId| chosen.len() < 2 || chosen.contains(id);
    let nodes: Vec<_> = scene.nodes.iter().filter(|node| among(&node.id)).collect();
    let Some(before) = nodes.iter().map(|node| node.area).reduce(Rect::union) else { return };
    let index: HashMap<&NodeId, u32> = (0..).zip(&nodes).map(|(at, node)| (&node.id, at)).collect();
    let edges = scene
        .edges
        .iter()
        .filter_map(|edge| index.get(&edge.from.node).copied().zip(index.get(&edge.to).copied()));
    let edges: Vec<(u32, u32)> = edges.filter(|(from, to)| from != to).collect();
    // The other way round: layers go down there, and to the right here.
    let sizes: Vec<(u32, (f64, f64))> = (0..)
        .zip(&nodes)
        .map(|(at, node)| (at, (node.area.size.height, node.area.size.width + COLUMN_GAP - ROW_GAP)))
        .collect();
    let parts = rust_sugiyama::from_vertices_and_edges(
        &sizes,
        &edges,
        &Config { vertex_spacing: ROW_GAP, ..Config::default() },
    );
    let start = if chosen.len() < 2 { ORIGIN } else { before.min };
    let mut down = 0.0;
    for (part, ..) in parts {
        let placed: Vec<(usize, Rect)> = part
            .into_iter()
            .filter_map(|(at, (y, x))| {
                let size = nodes.get(at)?.area.size;
                Some((at, Rect::new(x - size.width / 2.0, y - size.height / 2.0, size.width, size.height)))
            })
            .collect();
        let Some(area) = placed.iter().map(|(_, area)| *area).reduce(Rect::union) else { continue };
        for (at, rect) in placed {
            put(doc, &nodes[at].id, on_grid(start + (rect.min - area.min) + Point::new(0.0, down)));
        }
        down = ((down + area.size.height + ROW_GAP + GRID) / GRID).round() * GRID;
    }
}
