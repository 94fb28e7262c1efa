//! Dragging nodes and notes, a note's rim, and a box around what is to be chosen.

use super::super::{Canvas, Change, Gesture};
use crate::draft::{NoteEdit, drawing, edits};
use crate::{Places, Point, Rect, Selection, Side, Size};
use model::{Edge, Note, NoteId};

impl Canvas {
    pub(super) fn drag(&mut self, from: Point, starts: Places, at: Point) -> Vec<Change> {
        let by = self.view.to_canvas(at) - from;
        self.scene.put(&starts.moved(by));
        self.laid += 1;
        let into = self.edge_below(&starts);
        self.gesture = Gesture::Moving { from, starts, into };
        vec![Change::Moved]
    }

    /// The edge that a single, unconnected node lies on: let go there, it is put into the edge.
    fn edge_below(&self, starts: &Places) -> Option<Edge> {
        let node = starts.only()?;
        let placed = self.scene.node(node.as_str())?;
        let connected = self.scene.edges_at(node.as_str()).next().is_some();
        if connected || placed.input.is_none() || placed.ports.is_empty() {
            return None;
        }
        let edge = self.scene.edge_at(placed.area.centre())?.edge();
        Some(edge)
    }

    pub(super) fn let_go(
        &mut self,
        starts: &Places,
        from: Point,
        at: Point,
        into: Option<Edge>,
    ) -> Vec<Change> {
        let places = starts.moved(self.view.to_canvas(at) - from);
        let only = starts.only().cloned();
        let out = only
            .as_ref()
            .and_then(|node| self.scene.node(node.as_str())?.ports.first().map(|port| port.port.clone()));
        let mut changes = self.change(|doc| {
            edits::pin_places(doc);
            edits::lay(doc, &places);
            if let Some((edge, (node, out))) = into.zip(only.zip(out)) {
                edits::splice(doc, &edge, &node, out);
            }
        });
        changes.push(Change::Gesture);
        changes
    }

    pub(super) fn draw_box(&mut self, from: Point, before: Selection, at: Point) -> Vec<Change> {
        let to = self.view.to_canvas(at);
        let inside = self.inside(Rect::from_corners(from, to));
        let mut changes = self.choose(inside.and(&before));
        self.gesture = Gesture::Boxing { from, to, before };
        changes.push(Change::Gesture);
        changes
    }

    /// What a box chooses: nodes and folded groups that it touches, and notes that it holds as a whole, since they lie below.
    fn inside(&self, area: Rect) -> Selection {
        let nodes = self.scene.nodes.iter().filter(|node| match node.group.filter(|_| node.folded) {
            Some(group) => self.scene.groups[group].area.meets(area),
            None => node.area.meets(area),
        });
        let whole =
            |note: &&crate::PlacedNote| area.contains(note.area.min) && area.contains(note.area.max());
        let notes = self.scene.notes.iter().filter(whole).map(|note| note.id.clone());
        Selection::of(nodes.map(|node| node.id.clone())).and_notes(notes)
    }

    pub(super) fn size(
        &mut self,
        note: NoteId,
        side: Side,
        start: Rect,
        from: Point,
        at: Point,
    ) -> Vec<Change> {
        let by = self.view.to_canvas(at) - from;
        let corner = edits::on_grid(start.max() + by) - start.min;
        let bound = |side: f64| side.clamp(Note::SIDE_MIN, Note::SIDE_MAX);
        let (width, height) = match side {
            Side::Right => (bound(corner.x), start.size.height),
            Side::Bottom => (start.size.width, bound(corner.y)),
            Side::Corner => (bound(corner.x), bound(corner.y)),
        };
        let now = Rect { size: Size::new(width, height), ..start };
        self.scene.put_note(&note, now);
        self.laid += 1;
        self.gesture = Gesture::Sizing { note, side, start, from, now };
        vec![Change::Moved]
    }

    pub(super) fn let_size(&mut self, note: &NoteId, now: Rect) -> Vec<Change> {
        let mut changes = self.change(|doc| drawing::edit_note(doc, note, NoteEdit::Place(now)));
        changes.push(Change::Gesture);
        changes
    }
}
