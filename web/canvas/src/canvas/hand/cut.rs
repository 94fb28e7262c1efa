//! A line drawn across edges cuts them.

use super::super::{Canvas, Change, Gesture};
use crate::Point;
use crate::draft::edits;
use model::Edge;

/// What is shown of the line; what it has met before stays cut.
const PATH_MAX: usize = 400;

impl Canvas {
    pub(super) fn cut_to(&mut self, mut path: Vec<Point>, mut edges: Vec<Edge>, at: Point) -> Vec<Change> {
        let to = self.view.to_canvas(at);
        let from = path.last().copied().unwrap_or(to);
        for met in self.scene.edges.iter().filter(|edge| !edge.folded && edge.curve.crosses(from, to)) {
            if !edges.iter().any(|edge| met.is(edge)) {
                edges.push(met.edge());
            }
        }
        path.push(to);
        if path.len() > PATH_MAX {
            path.remove(0);
        }
        self.gesture = Gesture::Cutting { path, edges };
        vec![Change::Gesture]
    }

    pub(super) fn let_cut(&mut self, edges: &[Edge]) -> Vec<Change> {
        let mut changes = self.change(|doc| edges.iter().for_each(|edge| edits::disconnect(doc, edge)));
        changes.push(Change::Gesture);
        changes
    }
}
