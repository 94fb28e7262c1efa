//! How an edge bends: one cubic curve from a port to a node's input; three where it has to lead back around its nodes.

use crate::{Point, Rect};
use std::fmt::Write;

/// The shortest handle that still leaves a port straight, in canvas units.
const HANDLE_MIN: f64 = 36.0;
const HANDLE_MAX: f64 = 180.0;
/// Points along one piece of the curve at which the distance to a pointer is measured.
const HIT_SAMPLES: usize = 24;
/// How far from the nodes an edge passes that leads back around them, and how widely it turns.
const CLEAR: f64 = 28.0;
const TURN_MIN: f64 = 30.0;
const TURN_MAX: f64 = 70.0;

/// The four points of a cubic piece.
type Piece = [Point; 4];

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    pub from: Point,
    pub leave: Point,
    pub arrive: Point,
    pub to: Point,
    /// The straight way back of an edge whose target lies behind its start: where it begins and where it ends.
    pub back: Option<[Point; 2]>,
}

impl Curve {
    /// From a port on a node's right side to an input on the left side of another.
    pub fn sideways(from: Point, to: Point) -> Self {
        let handle = handle(from, to);
        let (leave, arrive) = (from + Point::new(handle, 0.0), to - Point::new(handle, 0.0));
        Self { from, leave, arrive, to, back: None }
    }

    /// From a port on a node's lower side, as errors leave.
    pub fn downward(from: Point, to: Point) -> Self {
        let handle = handle(from, to);
        let (leave, arrive) = (from + Point::new(0.0, handle), to - Point::new(handle, 0.0));
        Self { from, leave, arrive, to, back: None }
    }

    /// The same edge, led around the boxes of its two nodes where it would run through them: between them where there is room,
    /// else below both.
    pub fn around(self, start: Rect, target: Rect) -> Self {
        let Self { from, to, .. } = self;
        if to.x >= from.x {
            return self;
        }
        let down = self.leave.x == from.x;
        let (start_low, target_low) = (start.max().y, target.max().y);
        let y = if target.min.y - start_low >= 2.0 * CLEAR {
            (start_low + target.min.y) / 2.0
        } else if !down && start.min.y - target_low >= 2.0 * CLEAR {
            (target_low + start.min.y) / 2.0
        } else {
            start_low.max(target_low) + CLEAR
        };
        let turn = |by: f64| (by.abs() / 2.0).clamp(TURN_MIN, TURN_MAX);
        let leave = if down { Point::new(from.x, y) } else { from + Point::new(turn(y - from.y), 0.0) };
        let arrive = to - Point::new(turn(y - to.y), 0.0);
        let first = if down { from.x - TURN_MIN } else { from.x };
        Self { leave, arrive, back: Some([Point::new(first, y), Point::new(to.x, y)]), ..self }
    }

    fn pieces(&self) -> Vec<Piece> {
        let Self { from, leave, arrive, to, back } = *self;
        let Some([first, last]) = back else { return vec![[from, leave, arrive, to]] };
        let out = Point::new(leave.x, first.y);
        let home = Point::new(arrive.x, last.y);
        vec![
            [from, leave, out, first],
            [first, first.middle(last), last.middle(first), last],
            [last, home, arrive, to],
        ]
    }

    /// The curve at `t`, from 0 at the port to 1 at the input.
    pub fn at(&self, t: f64) -> Point {
        let pieces = self.pieces();
        let along = t * pieces.len() as f64;
        let piece = (along as usize).min(pieces.len() - 1);
        on_piece(&pieces[piece], along - piece as f64)
    }

    /// Where a label sits.
    pub fn middle(&self) -> Point {
        self.at(0.5)
    }

    /// The curve as an SVG path's `d`.
    pub fn svg(&self) -> String {
        let mut svg = format!("M{:.1} {:.1}", self.from.x, self.from.y);
        for [_, leave, arrive, to] in self.pieces() {
            // Into a text: it cannot fail.
            let _ = write!(
                svg,
                "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                leave.x, leave.y, arrive.x, arrive.y, to.x, to.y
            );
        }
        svg
    }

    pub fn distance(&self, point: Point) -> f64 {
        self.stretches().map(|(a, b)| distance_to_stretch(point, a, b)).fold(f64::INFINITY, f64::min)
    }

    /// Whether a straight line from one point to another meets the curve.
    pub fn crosses(&self, a: Point, b: Point) -> bool {
        if !self.bounds().grow(1.0).meets(Rect::from_corners(a, b).grow(1.0)) {
            return false;
        }
        self.stretches().any(|(c, d)| lines_meet(a, b, c, d))
    }

    /// The curve as short straight lines.
    fn stretches(&self) -> impl Iterator<Item = (Point, Point)> {
        self.pieces().into_iter().flat_map(|piece| {
            let sample = move |i: usize| on_piece(&piece, i as f64 / HIT_SAMPLES as f64);
            (0..HIT_SAMPLES).map(move |i| (sample(i), sample(i + 1)))
        })
    }

    /// A rectangle that holds the curve: its corners and handles.
    pub fn bounds(&self) -> Rect {
        let around =
            Rect::from_corners(self.from, self.to).union(Rect::from_corners(self.leave, self.arrive));
        self.back.map_or(around, |[first, last]| around.union(Rect::from_corners(first, last)))
    }
}

fn on_piece([from, leave, arrive, to]: &Piece, t: f64) -> Point {
    let u = 1.0 - t;
    *from * (u * u * u) + *leave * (3.0 * u * u * t) + *arrive * (3.0 * u * t * t) + *to * (t * t * t)
}

/// A forward edge bends over half its width; one that runs back needs room to turn around.
fn handle(from: Point, to: Point) -> f64 {
    let across = to.x - from.x;
    let wanted = if across >= 0.0 { across / 2.0 } else { HANDLE_MIN - across / 3.0 };
    wanted.clamp(HANDLE_MIN, HANDLE_MAX)
}

/// Whether two straight stretches have a point in common: each has its ends on both sides of the other.
fn lines_meet(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |from: Point, to: Point, at: Point| {
        (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x)
    };
    side(a, b, c) * side(a, b, d) <= 0.0 && side(c, d, a) * side(c, d, b) <= 0.0
}

fn distance_to_stretch(point: Point, a: Point, b: Point) -> f64 {
    let along = b - a;
    let length = along.x * along.x + along.y * along.y;
    if length == 0.0 {
        return point.distance(a);
    }
    let toward = point - a;
    let t = ((toward.x * along.x + toward.y * along.y) / length).clamp(0.0, 1.0);
    point.distance(a + along * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_starts_at_its_port_and_ends_at_the_input() {
        let curve = Curve::sideways(Point::new(10.0, 20.0), Point::new(310.0, 80.0));
        assert_eq!((curve.at(0.0), curve.at(1.0)), (Point::new(10.0, 20.0), Point::new(310.0, 80.0)));
        assert_eq!(curve.middle(), Point::new(160.0, 50.0));
    }

    #[test]
    fn a_pointer_on_the_curve_is_near_it_and_one_beside_it_is_not() {
        let curve = Curve::sideways(Point::new(0.0, 0.0), Point::new(300.0, 200.0));
        assert!(curve.distance(curve.at(0.3)) < 1.0);
        assert!(curve.distance(Point::new(0.0, 200.0)) > 60.0);
    }

    #[test]
    fn an_edge_that_runs_back_leaves_to_the_right_first() {
        let curve = Curve::sideways(Point::new(300.0, 0.0), Point::new(0.0, 0.0));
        assert!(curve.leave.x > 300.0 && curve.arrive.x < 0.0);
    }

    fn box_at(x: f64, y: f64) -> Rect {
        Rect::new(x, y, 200.0, 60.0)
    }

    /// From the right side of one box to the left side of another.
    fn back_from(start: Rect, target: Rect) -> Curve {
        let from = Point::new(start.max().x, start.centre().y);
        Curve::sideways(from, Point::new(target.min.x, target.centre().y)).around(start, target)
    }

    fn runs_through(curve: &Curve, area: Rect) -> bool {
        let inner = area.grow(-1.0);
        (1..100).any(|i| inner.contains(curve.at(f64::from(i) / 100.0)))
    }

    #[test]
    fn an_edge_that_leads_back_passes_below_both_nodes() {
        let (start, target) = (box_at(600.0, 0.0), box_at(0.0, 20.0));
        let curve = back_from(start, target);
        assert!(curve.middle().y > 80.0, "below the lower one: {:?}", curve.middle());
        assert!(!runs_through(&curve, start) && !runs_through(&curve, target));
        assert_eq!((curve.at(0.0), curve.at(1.0)), (Point::new(800.0, 30.0), Point::new(0.0, 50.0)));
        assert!(curve.bounds().contains(curve.middle()));
        assert!(curve.distance(curve.middle()) < 1.0 && curve.svg().matches('C').count() == 3);
    }

    #[test]
    fn an_edge_that_leads_back_passes_between_nodes_that_are_far_enough_apart() {
        let (upper, lower) = (box_at(600.0, 0.0), box_at(0.0, 300.0));
        for (start, target) in [(upper, lower), (lower, box_at(-600.0, 0.0))] {
            let curve = back_from(start, target);
            assert!((60.0..300.0).contains(&curve.middle().y), "{:?}", curve.middle());
            assert!(!runs_through(&curve, start) && !runs_through(&curve, target));
        }
    }

    #[test]
    fn a_node_that_leads_to_itself_is_drawn_around() {
        let node = box_at(0.0, 0.0);
        assert!(!runs_through(&back_from(node, node), node));
    }

    #[test]
    fn an_error_that_leads_back_leaves_downward_and_goes_below() {
        let (start, target) = (box_at(600.0, 0.0), box_at(0.0, 0.0));
        let from = Point::new(772.0, 60.0);
        let curve = Curve::downward(from, Point::new(0.0, 30.0)).around(start, target);
        assert!(curve.at(0.1).x == from.x || curve.at(0.1).y > from.y);
        assert!(!runs_through(&curve, start) && !runs_through(&curve, target));
    }

    #[test]
    fn an_edge_that_leads_on_is_led_around_nothing() {
        let (start, target) = (box_at(0.0, 0.0), box_at(300.0, 0.0));
        assert_eq!(back_from(start, target).back, None);
    }
}
