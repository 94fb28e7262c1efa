//! Points, sizes and rectangles, in screen pixels or canvas units as the name of the value says.

use std::ops::{Add, Mul, Sub};

/// No further out than this is anything drawn, in canvas units. All the nodes that a flow may have come half as far in one row,
/// and a browser has no room for much larger numbers in what it draws.
const FAR: f64 = 1_000_000.0;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// A place as a document has it; where that is out of all bounds, the nearest that can be drawn.
    pub fn of([x, y]: [f64; 2]) -> Self {
        Self { x: x.clamp(-FAR, FAR), y: y.clamp(-FAR, FAR) }
    }

    pub fn distance(self, other: Point) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    pub fn middle(self, other: Point) -> Point {
        (self + other) * 0.5
    }
}

impl Add for Point {
    type Output = Point;
    fn add(self, other: Point) -> Point {
        Point::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Point;
    fn sub(self, other: Point) -> Point {
        Point::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f64> for Point {
    type Output = Point;
    fn mul(self, factor: f64) -> Point {
        Point::new(self.x * factor, self.y * factor)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

impl Size {
    pub const fn new(width: f64, height: f64) -> Self {
        Self { width, height }
    }

    pub fn area(self) -> f64 {
        self.width * self.height
    }

    /// A hidden tab measures nothing; whatever divides by a size asks this first.
    pub fn is_empty(self) -> bool {
        self.width <= 0.0 || self.height <= 0.0
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub min: Point,
    pub size: Size,
}

impl Rect {
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { min: Point::new(x, y), size: Size::new(width, height) }
    }

    pub fn from_corners(a: Point, b: Point) -> Self {
        let min = Point::new(a.x.min(b.x), a.y.min(b.y));
        let max = Point::new(a.x.max(b.x), a.y.max(b.y));
        Self { min, size: Size::new(max.x - min.x, max.y - min.y) }
    }

    pub fn max(self) -> Point {
        Point::new(self.min.x + self.size.width, self.min.y + self.size.height)
    }

    pub fn centre(self) -> Point {
        self.min.middle(self.max())
    }

    pub fn contains(self, point: Point) -> bool {
        let max = self.max();
        point.x >= self.min.x && point.x <= max.x && point.y >= self.min.y && point.y <= max.y
    }

    pub fn meets(self, other: Rect) -> bool {
        let (a, b) = (self.max(), other.max());
        self.min.x < b.x && other.min.x < a.x && self.min.y < b.y && other.min.y < a.y
    }

    pub fn union(self, other: Rect) -> Rect {
        let (a, b) = (self.max(), other.max());
        let min = Point::new(self.min.x.min(other.min.x), self.min.y.min(other.min.y));
        Rect::from_corners(min, Point::new(a.x.max(b.x), a.y.max(b.y)))
    }

    pub fn grow(self, by: f64) -> Rect {
        Rect::new(self.min.x - by, self.min.y - by, self.size.width + 2.0 * by, self.size.height + 2.0 * by)
    }
}
