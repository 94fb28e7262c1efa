//! Drawing edges, and leading their ends elsewhere.

use super::super::{Canvas, Change, Gesture, Over};
use crate::Point;
use crate::draft::{Inserted, Refusal, edits, refusal};
use model::{Edge, NodeId, PortRef};

/// A dragged edge snaps to the node that is so near, in pixels.
pub(super) const SNAP_RADIUS: f64 = 60.0;

impl Canvas {
    pub(super) fn begin_wire(&mut self, from: PortRef, loose: Option<Edge>, at: Point) -> Vec<Change> {
        self.lead_wire(from, loose, at);
        vec![Change::Gesture]
    }

    pub(super) fn lead_wire(&mut self, from: PortRef, loose: Option<Edge>, at: Point) {
        let to = self.view.to_canvas(at);
        let over = self.over(&from, loose.as_ref(), to);
        self.gesture = Gesture::Wiring { from, to, over, loose };
    }

    /// The node that an edge would lead to if it were let go here, and why it may not.
    fn over(&self, from: &PortRef, loose: Option<&Edge>, at: Point) -> Option<Over> {
        let node = self.scene.input_near(at, SNAP_RADIUS / self.view.zoom)?.id.clone();
        // Asked once for each node, not for each move over it: the question is about the whole flow.
        match &self.gesture {
            Gesture::Wiring { from: last, over: Some(over), .. } if last == from && over.node == node => {
                Some(over.clone())
            }
            _ => Some(Over { refusal: self.refuses(from, loose, &node), node }),
        }
    }

    fn refuses(&self, from: &PortRef, loose: Option<&Edge>, node: &NodeId) -> Option<Refusal> {
        let desk = self.desk.as_ref()?;
        let Some(loose) = loose else { return refusal(desk.draft.doc(), &desk.specs, from, node) };
        let mut doc = desk.draft.doc().clone();
        edits::disconnect(&mut doc, loose);
        refusal(&doc, &desk.specs, from, node)
    }

    pub(super) fn end_wire(
        &mut self,
        from: PortRef,
        to: Point,
        over: Option<Over>,
        loose: Option<Edge>,
    ) -> Vec<Change> {
        let mut changes = match (over, loose) {
            (Some(Over { refusal: Some(why), node }), _) => vec![Change::Refused { from, to: node, why }],
            (Some(Over { node, .. }), None) => self.change(|doc| edits::connect(doc, from, node)),
            (Some(Over { node, .. }), Some(loose)) => {
                self.change(|doc| edits::reconnect(doc, &loose, Edge { from, to: node }))
            }
            (None, Some(loose)) => self.change(|doc| edits::disconnect(doc, &loose)),
            (None, None) => vec![Change::AskForNode(Inserted::Behind(from, Some(to)))],
        };
        changes.push(Change::Gesture);
        changes
    }
}
