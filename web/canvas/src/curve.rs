//! How an edge bends: one cubic curve from a port to a node's input.

use crate::{Point, Rect};

/// The shortest handle that still leaves a port straight, in canvas units.
const HANDLE_MIN: f64 = 36.0;
const HANDLE_MAX: f64 = 180.0;
/// Points along the curve at which the distance to a pointer is measured.
const HIT_SAMPLES: usize = 24;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    pub from: Point,
    pub leave: Point,
    pub arrive: Point,
    pub to: Point,
}

impl Curve {
    /// From a port on a node's right side to an input on the left side of another.
    pub fn sideways(from: Point, to: Point) -> Self {
        let handle = handle(from, to);
        Self { from, leave: from + Point::new(handle, 0.0), arrive: to - Point::new(handle, 0.0), to }
    }

    /// From a port on a node's lower side, as errors leave.
    pub fn downward(from: Point, to: Point) -> Self {
        let handle = handle(from, to);
        Self { from, leave: from + Point::new(0.0, handle), arrive: to - Point::new(handle, 0.0), to }
    }

    /// The curve at `t`, from 0 at the port to 1 at the input.
    pub fn at(&self, t: f64) -> Point {
        let u = 1.0 - t;
        self.from * (u * u * u)
            + self.leave * (3.0 * u * u * t)
            + self.arrive * (3.0 * u * t * t)
            + self.to * (t * t * t)
    }

    /// Where a label sits.
    pub fn middle(&self) -> Point {
        self.at(0.5)
    }

    /// The curve as an SVG path's `d`.
    pub fn svg(&self) -> String {
        let Self { from, leave, arrive, to } = self;
        format!(
            "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            from.x, from.y, leave.x, leave.y, arrive.x, arrive.y, to.x, to.y
        )
    }

    pub fn distance(&self, point: Point) -> f64 {
        let sample = |i: usize| self.at(i as f64 / HIT_SAMPLES as f64);
        (0..HIT_SAMPLES)
            .map(|i| distance_to_stretch(point, sample(i), sample(i + 1)))
            .fold(f64::INFINITY, f64::min)
    }

    /// A rectangle that holds the curve: its corners and handles.
    pub fn bounds(&self) -> Rect {
        Rect::from_corners(self.from, self.to).union(Rect::from_corners(self.leave, self.arrive))
    }
}

/// A forward edge bends over half its width; one that runs back needs room to turn around.
fn handle(from: Point, to: Point) -> f64 {
    let across = to.x - from.x;
    let wanted = if across >= 0.0 { across / 2.0 } else { HANDLE_MIN - across / 3.0 };
    wanted.clamp(HANDLE_MIN, HANDLE_MAX)
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
}
