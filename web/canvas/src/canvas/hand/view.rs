//! What a pointer does to the view, and what it only hovers over.

use super::super::{Canvas, Change, Gesture};
use crate::{Point, Rect, Under};

/// Within so much of the screen's rim a drag moves the view along, by so much at a time.
const RIM: f64 = 32.0;
const RIM_STEP: f64 = 12.0;
/// What is offered beside something hovered stays while the pointer is on its way there, in pixels.
const OFFER_ABOVE: f64 = 40.0;
const OFFER_AROUND: f64 = 44.0;

impl Canvas {
    pub(super) fn pan_from(&mut self, last: Point, at: Point) -> Vec<Change> {
        self.gesture = Gesture::Panning { last: at };
        self.look(self.view.pan(at - last))
    }

    pub(super) fn pinch(&mut self, apart: f64, middle: Point) -> Vec<Change> {
        let [(_, a), (_, b)] = self.fingers.as_slice() else { return Vec::new() };
        let (now_apart, now_middle) = (a.distance(*b), a.middle(*b));
        self.gesture = Gesture::Pinching { apart: now_apart, middle: now_middle };
        let factor = if apart > 0.0 { now_apart / apart } else { 1.0 };
        self.look(self.view.pan(now_middle - middle).zoom_by(factor, now_middle))
    }

    /// Whether a drag has its pointer at the screen's rim: then time moves the view, and the page lets it pass.
    pub fn is_at_rim(&self) -> bool {
        self.gesture.is_drag() && self.rim_step() != Point::default()
    }

    /// One moment of a drag at the rim: the view moves on, and what is dragged with it.
    pub(in super::super) fn pass_rim(&mut self) -> Vec<Change> {
        if !self.is_at_rim() {
            return Vec::new();
        }
        let by = self.rim_step();
        let mut changes = self.look(self.view.pan(by));
        changes.extend(self.follow(self.last));
        changes
    }

    fn rim_step(&self) -> Point {
        let push = |at: f64, room: f64| match at {
            _ if room <= 2.0 * RIM => 0.0,
            at if at < RIM => RIM_STEP,
            at if at > room - RIM => -RIM_STEP,
            _ => 0.0,
        };
        Point::new(push(self.last.x, self.screen.width), push(self.last.y, self.screen.height))
    }

    /// What the pointer hovers over, or is still near enough to what is offered for it.
    pub(super) fn hover(&mut self, at: Point) -> Vec<Change> {
        let Some(under) = self.under(at, false) else { return Vec::new() };
        let under = match under {
            // A port belongs to its node, and the end of an edge to the edge, where only looks are concerned.
            Under::Port(port) => Under::Node(port.node),
            Under::EdgeEnd(edge) => Under::Edge(edge),
            Under::Note(note, _) => Under::Note(note, None),
            under => under,
        };
        let stays = self.offer().is_some_and(|offer| offer.contains(at)) && !matches!(under, Under::Node(_));
        if under == self.hovered || stays {
            return Vec::new();
        }
        self.hovered = under;
        vec![Change::Hover]
    }

    /// Where on the screen something is offered for what is hovered over.
    fn offer(&self) -> Option<Rect> {
        match &self.hovered {
            Under::Node(node) => {
                let area = self.scene.node(node.as_str())?.area;
                let (min, max) = (self.view.to_screen(area.min), self.view.to_screen(area.max()));
                Some(Rect::from_corners(min - Point::new(0.0, OFFER_ABOVE), max))
            }
            Under::Edge(edge) => {
                let middle = self.view.to_screen(self.scene.edge(edge)?.curve.middle());
                Some(Rect::from_corners(middle, middle).grow(OFFER_AROUND))
            }
            _ => None,
        }
    }
}
