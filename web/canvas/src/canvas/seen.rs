//! What has to be drawn of a large flow: what can be seen, and a little around it.

use super::Canvas;
use crate::Rect;
use model::{Edge, NodeId};

/// So many nodes are drawn wherever they lie: a reader and the browser's own search then find all of them.
const ALL_MAX: usize = 160;
/// How much is drawn beyond the screen, as a share of its size: the view moves so far before anything is missing.
const MARGIN: f64 = 0.25;

impl Canvas {
    /// The part of the canvas that is drawn: what the screen shows and a margin. It stays the same while the view moves within
    /// the margin, so that most moves change no element.
    pub fn seen(&self) -> Rect {
        let visible = self.view.visible(self.screen);
        // Cells of a size that follows the zoom in steps.
        let cell = self.screen.width.max(self.screen.height).max(1.0) * MARGIN;
        let cell = cell / self.view.zoom.log2().floor().exp2();
        let (min, max) = (visible.min, visible.max());
        let (down, up) =
            (|at: f64| ((at / cell).floor() - 0.5) * cell, |at: f64| ((at / cell).ceil() + 0.5) * cell);
        Rect::from_corners(
            crate::Point::new(down(min.x), down(min.y)),
            crate::Point::new(up(max.x), up(max.y)),
        )
    }

    /// The nodes to draw, in the scene's order. What the keyboard reaches next from the chosen one is among them wherever it
    /// lies.
    pub fn drawn_nodes(&self, seen: Rect) -> Vec<NodeId> {
        let shown: Vec<_> = self.scene.nodes.iter().filter(|node| !node.folded).collect();
        if shown.len() <= ALL_MAX {
            return shown.iter().map(|node| node.id.clone()).collect();
        }
        let chosen = self.selected().and_then(|id| shown.iter().position(|node| node.id == *id));
        let is_near = |at: usize| chosen.is_some_and(|chosen| at.abs_diff(chosen) <= 1);
        let drawn = shown.iter().enumerate().filter(|(at, node)| is_near(*at) || node.area.meets(seen));
        drawn.map(|(_, node)| node.id.clone()).collect()
    }

    pub fn drawn_edges(&self, seen: Rect) -> Vec<Edge> {
        let few = self.scene.edges.len() <= ALL_MAX;
        let edges = self.scene.edges.iter().filter(|edge| !edge.folded);
        edges.filter(|edge| few || edge.curve.bounds().meets(seen)).map(crate::PlacedEdge::edge).collect()
    }

    /// Another number whenever the scene was drawn anew: what is drawn has to be asked for again.
    pub fn redrawn(&self) -> u64 {
        self.redrawn
    }

    /// Another number whenever something in the scene lies elsewhere, be it for the length of a drag.
    pub fn laid(&self) -> u64 {
        self.laid
    }
}
