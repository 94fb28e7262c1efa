//! What a pointer does: pressing, dragging, pinching, and what that means where it began.

use super::{Canvas, Change, Gesture, Input, Over, PointerButton};
use crate::draft::edits;
use crate::draft::{Stroke, refusal};
use crate::{Point, Rect, Selection};
use model::{Edge, NodeId, PortRef};
use std::collections::HashMap;

/// A press that moves less than this, in pixels, is a click.
const CLICK_SLOP: f64 = 4.0;
/// How near a pointer must come to a way out, in pixels: a finger covers 44.
const PORT_RADIUS: f64 = 14.0;
/// A dragged edge snaps to the node that is so near, in pixels.
const SNAP_RADIUS: f64 = 60.0;
/// Two fingers pinch; more are ignored.
const FINGERS_MAX: usize = 2;
/// Within so much of the screen's edge a drag moves the view along, by so much at a time.
const RIM: f64 = 32.0;
const RIM_STEP: f64 = 12.0;

impl Canvas {
    pub(super) fn press(&mut self, input: &Input) -> Vec<Change> {
        let Input::Press { pointer, button, at, add } = *input else { return Vec::new() };
        if button == PointerButton::Other || self.fingers.len() >= FINGERS_MAX {
            return Vec::new();
        }
        self.fingers.push((pointer, at));
        if let [(_, a), (_, b)] = self.fingers.as_slice() {
            let (apart, middle) = (a.distance(*b), a.middle(*b));
            self.put_back();
            self.gesture = Gesture::Pinching { apart, middle };
            return Vec::new();
        }
        if button == PointerButton::Middle || self.space {
            self.gesture = Gesture::Panning { last: at };
            return Vec::new();
        }
        // The click that ends an edge begun with a click.
        if let Gesture::Wiring { from, loose, .. } = self.gesture.clone() {
            let point = self.view.to_canvas(at);
            self.gesture =
                Gesture::Wiring { over: self.over(&from, loose.as_ref(), point), from, to: point, loose };
            return Vec::new();
        }
        self.gesture = Gesture::Pressing { from: at, add };
        Vec::new()
    }

    pub(super) fn move_pointer(&mut self, pointer: i32, at: Point) -> Vec<Change> {
        if let Some(finger) = self.fingers.iter_mut().find(|(id, _)| *id == pointer) {
            finger.1 = at;
        } else if !matches!(self.gesture, Gesture::Wiring { .. }) {
            return Vec::new();
        }
        match self.gesture.clone() {
            Gesture::Pressing { from, add } if from.distance(at) > CLICK_SLOP => {
                self.begin_drag(from, add, at)
            }
            Gesture::Panning { last } => self.pan_from(last, at),
            Gesture::Pinching { apart, middle } => self.pinch(apart, middle),
            Gesture::Boxing { from, before, .. } => self.draw_box(from, before, at),
            Gesture::Moving { from, starts, .. } => self.drag(from, starts, at),
            Gesture::Wiring { from, loose, .. } => {
                let to = self.view.to_canvas(at);
                let over = self.over(&from, loose.as_ref(), to);
                self.gesture = Gesture::Wiring { from, to, over, loose };
                let mut changes = self.follow_to_rim(at);
                changes.push(Change::Gesture);
                changes
            }
            Gesture::Idle | Gesture::Pressing { .. } => Vec::new(),
        }
    }

    /// What a press has become by moving on: what lay under it decides.
    fn begin_drag(&mut self, from: Point, add: bool, at: Point) -> Vec<Change> {
        if self.desk.is_none() {
            return self.pan_from(from, at);
        }
        let start = self.view.to_canvas(from);
        let radius = PORT_RADIUS / self.view.zoom;
        if let Some(port) = self.scene.port_near(start, radius) {
            self.gesture = Gesture::Wiring { from: port, to: start, over: None, loose: None };
            return self.move_wire(at);
        }
        if let Some(edge) = self.scene.edge_end_near(start, radius) {
            let from = edge.from.clone();
            self.gesture = Gesture::Wiring { from, to: start, over: None, loose: Some(edge) };
            return self.move_wire(at);
        }
        let Some(node) = self.scene.node_at(start).map(|node| node.id.clone()) else {
            let before = if add { self.selection.clone() } else { Selection::default() };
            return self.draw_box(start, before, at);
        };
        let mut changes = Vec::new();
        if !self.selection.contains(&node) {
            changes = self.choose(if add { self.selection.toggled(node) } else { Selection::of([node]) });
        }
        let starts = self.scene.places(self.selection.nodes());
        changes.extend(self.drag(start, starts, at));
        changes
    }

    fn move_wire(&mut self, at: Point) -> Vec<Change> {
        let pointer = self.fingers.first().map_or(0, |(pointer, _)| *pointer);
        self.move_pointer(pointer, at)
    }

    fn drag(&mut self, from: Point, starts: HashMap<NodeId, Point>, at: Point) -> Vec<Change> {
        let mut changes = self.follow_to_rim(at);
        let now = self.view.to_canvas(at);
        let places = starts.iter().map(|(node, start)| (node.clone(), edits::on_grid(*start + (now - from))));
        self.scene.put(&places.collect());
        let into = self.edge_below(&starts);
        self.gesture = Gesture::Moving { from, starts, into };
        changes.push(Change::Moved);
        changes
    }

    /// The edge that a single, unconnected node lies on: let go there, it is put into the edge.
    fn edge_below(&self, starts: &HashMap<NodeId, Point>) -> Option<Edge> {
        let node = starts.keys().next().filter(|_| starts.len() == 1)?;
        let desk = self.desk.as_ref()?;
        let doc = desk.draft.doc();
        let placed = self.scene.node(node.as_str())?;
        let connected = doc.edges.iter().any(|edge| edge.from.node == *node || edge.to == *node);
        if connected || placed.input.is_none() || placed.ports.is_empty() {
            return None;
        }
        let edge = self.scene.edge_at(placed.area.centre())?.edge();
        Some(edge)
    }

    fn draw_box(&mut self, from: Point, before: Selection, at: Point) -> Vec<Change> {
        let mut changes = self.follow_to_rim(at);
        let to = self.view.to_canvas(at);
        let area = Rect::from_corners(from, to);
        let inside = self.scene.nodes.iter().filter(|node| node.area.meets(area)).map(|node| node.id.clone());
        let all = Selection::of(inside.chain(before.nodes().iter().cloned()));
        changes.extend(self.choose(all));
        self.gesture = Gesture::Boxing { from, to, before };
        changes.push(Change::Gesture);
        changes
    }

    /// The node that an edge would lead to if it were let go here, and why it may not.
    fn over(&self, from: &PortRef, loose: Option<&Edge>, at: Point) -> Option<Over> {
        let desk = self.desk.as_ref()?;
        let node = self.scene.input_near(at, SNAP_RADIUS / self.view.zoom)?.id.clone();
        let refusal = match loose {
            Some(loose) => {
                let mut doc = desk.draft.doc().clone();
                edits::disconnect(&mut doc, loose);
                refusal(&doc, &desk.specs, from, &node)
            }
            None => refusal(desk.draft.doc(), &desk.specs, from, &node),
        };
        Some(Over { node, refusal })
    }

    fn pan_from(&mut self, last: Point, at: Point) -> Vec<Change> {
        self.gesture = Gesture::Panning { last: at };
        self.look(self.view.pan(at - last))
    }

    fn pinch(&mut self, apart: f64, middle: Point) -> Vec<Change> {
        let [(_, a), (_, b)] = self.fingers.as_slice() else { return Vec::new() };
        let (now_apart, now_middle) = (a.distance(*b), a.middle(*b));
        self.gesture = Gesture::Pinching { apart: now_apart, middle: now_middle };
        let factor = if apart > 0.0 { now_apart / apart } else { 1.0 };
        self.look(self.view.pan(now_middle - middle).zoom_by(factor, now_middle))
    }

    /// A drag that comes near the edge of the screen takes the view along.
    fn follow_to_rim(&mut self, at: Point) -> Vec<Change> {
        let push = |at: f64, room: f64| match at {
            _ if room <= 2.0 * RIM => 0.0,
            at if at < RIM => RIM_STEP,
            at if at > room - RIM => -RIM_STEP,
            _ => 0.0,
        };
        let by = Point::new(push(at.x, self.screen.width), push(at.y, self.screen.height));
        if by == Point::default() { Vec::new() } else { self.look(self.view.pan(by)) }
    }

    pub(super) fn release(&mut self, pointer: i32, at: Point) -> Vec<Change> {
        let known = self.fingers.iter().any(|(id, _)| *id == pointer);
        self.fingers.retain(|(id, _)| *id != pointer);
        if !known {
            return Vec::new();
        }
        if let Some((_, rest)) = self.fingers.first() {
            self.gesture = Gesture::Panning { last: *rest };
            return Vec::new();
        }
        match std::mem::take(&mut self.gesture) {
            Gesture::Pressing { from, add } => self.click(from, add),
            Gesture::Moving { from, starts, into } => self.let_go(&starts, from, at, into),
            Gesture::Wiring { from, to, over, loose } => self.end_wire(from, to, over, loose),
            Gesture::Boxing { .. } => vec![Change::Gesture],
            _ => Vec::new(),
        }
    }

    fn click(&mut self, at: Point, add: bool) -> Vec<Change> {
        let point = self.view.to_canvas(at);
        if self.desk.is_some()
            && let Some(port) = self.scene.port_near(point, PORT_RADIUS / self.view.zoom)
        {
            // The next click ends it.
            self.gesture = Gesture::Wiring { from: port, to: point, over: None, loose: None };
            return vec![Change::Gesture];
        }
        let node = self.scene.node_at(point).map(|node| node.id.clone());
        match node {
            Some(node) if add => self.choose(self.selection.toggled(node)),
            Some(node) => self.choose(Selection::of([node])),
            None if self.desk.is_some() => match self.scene.edge_at(point).map(crate::PlacedEdge::edge) {
                Some(edge) => self.choose(Selection::of_edge(edge)),
                None if add => Vec::new(),
                None => self.choose(Selection::default()),
            },
            None => self.choose(Selection::default()),
        }
    }

    fn let_go(
        &mut self,
        starts: &HashMap<NodeId, Point>,
        from: Point,
        at: Point,
        into: Option<Edge>,
    ) -> Vec<Change> {
        let by = self.view.to_canvas(at) - from;
        let only = starts.keys().next().cloned();
        let out = only
            .as_ref()
            .and_then(|node| self.scene.node(node.as_str())?.ports.first().map(|port| port.port.clone()));
        let Some(desk) = &mut self.desk else { return Vec::new() };
        desk.draft.change(|doc| {
            edits::pin_places(doc);
            edits::shift(doc, starts, by);
            if let Some((edge, (node, out))) = into.zip(only.zip(out)) {
                edits::splice(doc, &edge, &node, out);
            }
        });
        self.redraw()
    }

    fn end_wire(&mut self, from: PortRef, to: Point, over: Option<Over>, loose: Option<Edge>) -> Vec<Change> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let mut changes = match (over, loose) {
            (Some(Over { refusal: Some(why), node }), _) => vec![Change::Refused { from, to: node, why }],
            (Some(Over { node, .. }), None) => {
                desk.draft.change(|doc| edits::connect(doc, from, node));
                self.redraw()
            }
            (Some(Over { node, .. }), Some(loose)) => {
                desk.draft.change(|doc| edits::reconnect(doc, &loose, Edge { from, to: node }));
                self.redraw()
            }
            (None, Some(loose)) => {
                desk.draft.change(|doc| edits::disconnect(doc, &loose));
                self.redraw()
            }
            (None, None) => vec![Change::AskForNode { from, at: to }],
        };
        changes.push(Change::Gesture);
        changes
    }

    /// Ends whatever is under way without doing it.
    pub(super) fn put_back(&mut self) {
        if let Gesture::Moving { starts, .. } = &self.gesture {
            let places = starts.clone();
            self.scene.put(&places);
        }
        self.gesture = Gesture::Idle;
    }

    /// Typing and dragging that goes on is one step; this ends it.
    pub fn stroke(&mut self, stroke: Stroke, make: impl FnOnce(&mut model::FlowDocument)) -> Vec<Change> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let before = desk.draft.revision();
        desk.draft.stroke(stroke, make);
        if desk.draft.revision() == before { Vec::new() } else { self.redraw() }
    }
}
