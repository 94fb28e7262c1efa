//! What a pointer does: pressing, dragging, pinching, and what that means where it began.

mod cut;
mod drag;
mod rewire;
mod view;
mod wire;

use super::{Canvas, Change, Gesture, Input, PointerButton, Way};
use crate::draft::{End, Stroke};
use crate::{Point, Reach, Selection, Under};
use model::NodeId;

/// A press that moves less than this, in pixels, is a click.
const CLICK_SLOP: f64 = 4.0;
/// How near a pointer must come, in pixels; a finger covers 44.
const ARROW: Reach = Reach { port: 14.0, line: 8.0 };
const FINGER: Reach = Reach { port: 22.0, line: 22.0 };
/// Two fingers pinch; more are ignored.
const FINGERS_MAX: usize = 2;

/// The keys that were down, and what was pressed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct With {
    pub shift: bool,
    /// Or Command.
    pub control: bool,
    pub alt: bool,
    pub touch: bool,
}

impl With {
    /// To what is chosen already.
    pub fn adds(self) -> bool {
        self.shift || self.control
    }

    /// On the canvas, at a zoom.
    fn reach(self, zoom: f64) -> Reach {
        let Reach { port, line } = if self.touch { FINGER } else { ARROW };
        Reach { port: port / zoom, line: line / zoom }
    }
}

impl Canvas {
    pub(super) fn press(&mut self, input: &Input) -> Vec<Change> {
        let Input::Press { pointer, button, at, with } = *input else { return Vec::new() };
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
            self.lead_wire(from, loose, at);
            return Vec::new();
        }
        self.gesture = Gesture::Pressing { from: at, with };
        Vec::new()
    }

    pub(super) fn move_pointer(&mut self, pointer: i32, at: Point) -> Vec<Change> {
        if let Some(finger) = self.fingers.iter_mut().find(|(id, _)| *id == pointer) {
            finger.1 = at;
        } else if !matches!(self.gesture, Gesture::Wiring { .. }) {
            return self.hover(at);
        }
        self.last = at;
        match self.gesture.clone() {
            Gesture::Pressing { from, with } if from.distance(at) > CLICK_SLOP => {
                self.begin_drag(from, with, at)
            }
            Gesture::Panning { last } => self.pan_from(last, at),
            Gesture::Pinching { apart, middle } => self.pinch(apart, middle),
            Gesture::Idle | Gesture::Pressing { .. } => Vec::new(),
            _ => self.follow(at),
        }
    }

    /// Goes on with a drag that has the pointer here, which may have stood still while the view moved.
    fn follow(&mut self, at: Point) -> Vec<Change> {
        match self.gesture.clone() {
            Gesture::Boxing { from, before, .. } => self.draw_box(from, before, at),
            Gesture::Moving { from, starts, .. } => self.drag(from, starts, at),
            Gesture::Sizing { note, side, start, from, .. } => self.size(note, side, start, from, at),
            Gesture::Cutting { path, edges } => self.cut_to(path, edges, at),
            Gesture::Wiring { from, loose, .. } => {
                self.lead_wire(from, loose, at);
                vec![Change::Gesture]
            }
            Gesture::WiringBack { to, .. } => self.lead_back(to, at),
            Gesture::Rewiring { end, .. } => self.lead_wires(end, at),
            _ => Vec::new(),
        }
    }

    /// What a press has become by moving on: what lay under it decides.
    fn begin_drag(&mut self, from: Point, with: With, at: Point) -> Vec<Change> {
        if self.desk.is_none() {
            return self.pan_from(from, at);
        }
        let start = self.view.to_canvas(from);
        if with.alt {
            return self.cut_to(vec![start], Vec::new(), at);
        }
        let under = self.scene.under(start, with.reach(self.view.zoom));
        // A finger pans, unless it takes hold of a port or of what is chosen already.
        let holds = matches!(under, Under::Port(_) | Under::EdgeEnd(_)) || self.is_chosen(&under);
        if with.touch && !holds {
            return self.pan_from(from, at);
        }
        if let Some(node) = self.bare_input(&under, start, with) {
            return self.lead_back(node, at);
        }
        match under {
            Under::Port(port) if with.shift => self.begin_rewire(End::Out(port), at),
            Under::EdgeEnd(edge) if with.shift => self.begin_rewire(End::In(edge.to), at),
            Under::Port(port) => self.begin_wire(port, None, at),
            Under::EdgeEnd(edge) => self.begin_wire(edge.from.clone(), Some(edge), at),
            Under::Note(note, Some(side)) => {
                let Some(start_area) = self.scene.note(&note).map(|note| note.area) else {
                    return Vec::new();
                };
                self.size(note, side, start_area, start, at)
            }
            Under::Edge(_) | Under::Nothing if with.control => self.pan_from(from, at),
            Under::Edge(_) | Under::Nothing => {
                let before = if with.shift { self.selection.clone() } else { Selection::default() };
                self.draw_box(start, before, at)
            }
            held => self.begin_move(&held, with, start, at),
        }
    }

    /// The node whose input is taken hold of, where nothing leads to it yet.
    fn bare_input(&self, under: &Under, at: Point, with: With) -> Option<NodeId> {
        let on_top = |id: &NodeId| match under {
            Under::Node(node) => node == id,
            Under::Edge(_) | Under::Nothing => true,
            _ => false,
        };
        let near = self.scene.bare_input_near(at, with.reach(self.view.zoom).port);
        near.map(|node| node.id.clone()).filter(|id| on_top(id) && !with.control)
    }

    fn begin_move(&mut self, held: &Under, with: With, start: Point, at: Point) -> Vec<Change> {
        let mut changes = Vec::new();
        if !self.is_chosen(held) {
            changes = self.choose(self.with_chosen(held, with));
        }
        let starts = self.scene.places(&self.selection);
        changes.extend(self.drag(start, starts, at));
        changes
    }

    /// Whether all of what is under a pointer is chosen.
    pub(super) fn is_chosen(&self, under: &Under) -> bool {
        match under {
            Under::Node(node) => self.selection.contains(node),
            Under::Note(note, _) => self.selection.notes().contains(note),
            Under::Edge(edge) | Under::EdgeEnd(edge) => self.selection.edge() == Some(edge),
            Under::Group(group) => self
                .scene
                .group(group)
                .is_some_and(|group| self.scene.members(group).is_subset(self.selection.nodes())),
            Under::Port(_) | Under::Nothing => false,
        }
    }

    /// What is chosen after a click on something.
    fn with_chosen(&self, under: &Under, with: With) -> Selection {
        let members =
            |group| self.scene.group(group).map(|group| self.scene.members(group)).unwrap_or_default();
        match under {
            Under::Node(node) if with.adds() => self.selection.toggled(node.clone()),
            Under::Node(node) => Selection::of([node.clone()]),
            Under::Note(note, _) if with.adds() => self.selection.toggled_note(note.clone()),
            Under::Note(note, _) => Selection::of_note(note.clone()),
            Under::Group(group) if with.adds() => self.selection.toggled_all(&members(group)),
            Under::Group(group) => Selection::of(members(group)),
            Under::Edge(edge) | Under::EdgeEnd(edge) => Selection::of_edge(edge.clone()),
            Under::Port(_) | Under::Nothing if with.adds() => self.selection.clone(),
            Under::Port(_) | Under::Nothing => Selection::default(),
        }
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
            Gesture::Pressing { from, with } => self.click(from, with),
            Gesture::Moving { from, starts, into } => self.let_go(&starts, from, at, into),
            Gesture::Sizing { note, now, .. } => self.let_size(&note, now),
            Gesture::Cutting { edges, .. } => self.let_cut(&edges),
            Gesture::Wiring { from, to, over, loose } => self.end_wire(from, to, over, loose),
            Gesture::WiringBack { to, at: point, over } => self.end_back(to, point, over),
            Gesture::Rewiring { end, over, .. } => self.end_rewire(&end, over),
            Gesture::Boxing { .. } => vec![Change::Gesture],
            _ => Vec::new(),
        }
    }

    fn click(&mut self, at: Point, with: With) -> Vec<Change> {
        let point = self.view.to_canvas(at);
        let Some(under) = self.under(at, with.touch) else {
            // Only looked at: nothing but nodes can be chosen.
            let node = self.scene.node_at(point).map(|node| node.id.clone());
            return self.choose(Selection::of(node));
        };
        if let Under::Port(port) = under {
            // The next click ends it.
            self.gesture = Gesture::Wiring { from: port, to: point, over: None, loose: None };
            return vec![Change::Gesture];
        }
        match &under {
            Under::Node(node) if with.shift && !with.touch => self.choose_along(node, point, with),
            under => self.choose(self.with_chosen(under, with)),
        }
    }

    /// Chooses what a node is connected to, by the third of it that was clicked; with Ctrl, beside what was chosen before.
    fn choose_along(&mut self, node: &NodeId, at: Point, with: With) -> Vec<Change> {
        let Some(area) = self.scene.node(node.as_str()).map(|node| node.area) else { return Vec::new() };
        let along = self.along([node.clone()].into(), Way::of_third(area, at));
        let before = if with.control { self.selection.clone() } else { Selection::default() };
        self.choose(Selection::of(along).and(&before))
    }

    /// What is under a point of the screen; nothing is told where the flow is only looked at.
    pub fn under(&self, at: Point, touch: bool) -> Option<Under> {
        let with = With { touch, ..With::default() };
        self.desk.as_ref()?;
        Some(self.scene.under(self.view.to_canvas(at), with.reach(self.view.zoom)))
    }

    /// Chooses what a menu was asked for, unless it is part of what is chosen already.
    pub fn choose_under(&mut self, under: &Under) -> Vec<Change> {
        if self.is_chosen(under) { Vec::new() } else { self.choose(self.with_chosen(under, With::default())) }
    }

    /// Ends whatever is under way without doing it.
    pub(super) fn put_back(&mut self) {
        match &self.gesture {
            Gesture::Moving { starts, .. } => {
                let places = starts.clone();
                self.scene.put(&places);
                self.laid += 1;
            }
            Gesture::Sizing { note, start, .. } => {
                let (note, start) = (note.clone(), *start);
                self.scene.put_note(&note, start);
                self.laid += 1;
            }
            _ => {}
        }
        self.gesture = Gesture::Idle;
    }

    /// Typing that goes on is one step, until another change comes or the field is left.
    pub fn stroke(&mut self, stroke: Stroke, make: impl FnOnce(&mut model::FlowDocument)) -> Vec<Change> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let before = desk.draft.revision();
        desk.draft.stroke(stroke, make);
        if desk.draft.revision() == before { Vec::new() } else { self.redraw() }
    }

    /// A field was left: what is typed next is taken back by itself, also in the same one.
    pub fn lift(&mut self) {
        if let Some(desk) = &mut self.desk {
            desk.draft.lift();
        }
    }
}
