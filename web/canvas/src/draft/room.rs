//! Room for what comes in: nothing ends up on top of anything.

use super::edits::{GRID, on_grid, place_of, put};
use crate::{NODE_HEIGHT, NODE_WIDTH, Point};
use model::{FlowDocument, NodeId};
use std::collections::BTreeSet;

/// How far behind another a node that is pushed aside begins, and how far below.
const ASIDE: f64 = 280.0;
const BELOW: f64 = NODE_HEIGHT + 2.0 * GRID;

/// Pushes what lies where a node came in to the right, or below where it begins further left; and what lies there in turn.
pub(super) fn make_way(doc: &mut FlowDocument, new: &NodeId) {
    let mut settled = BTreeSet::from([new.clone()]);
    let mut open = vec![new.clone()];
    // Each node is pushed once at most, so this ends.
    while let Some(node) = open.pop() {
        let at = place_of(doc, &node);
        let on_it = |(id, [x, y]): (&NodeId, &[f64; 2])| {
            let apart = (x - at.x).abs() >= NODE_WIDTH + GRID || (y - at.y).abs() >= NODE_HEIGHT + GRID;
            (!apart && !settled.contains(id)).then(|| (id.clone(), Point::new(*x, *y)))
        };
        let pushed: Vec<(NodeId, Point)> = doc.layout.iter().filter_map(on_it).collect();
        for (id, was) in pushed {
            let further =
                if was.x >= at.x { Point::new(at.x + ASIDE, was.y) } else { Point::new(was.x, at.y + BELOW) };
            put(doc, &id, on_grid(further));
            settled.insert(id.clone());
            open.push(id);
        }
    }
}
