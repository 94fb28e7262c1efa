//! Which part of the canvas is on the screen, and how large.

use crate::{Point, Rect, Size};
use std::fmt;

pub const ZOOM_MIN: f64 = 0.1;
pub const ZOOM_MAX: f64 = 4.0;

/// One press of + or -: four of them double or halve.
const ZOOM_STEP: f64 = 1.189_207;
/// Fitting leaves a fifth of the flow's size free, and never enlarges.
const FIT_PAD: f64 = 1.2;
const FIT_ZOOM_MAX: f64 = 1.0;
/// Below this a node's title cannot be read: a flow on a phone opens no smaller.
const OPEN_ZOOM_MIN: f64 = 0.6;
/// How far from the edge of the screen a revealed node ends up, in pixels.
const REVEAL_MARGIN: f64 = 24.0;

/// A point of the canvas lies on the screen at `point * zoom + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    pub offset: Point,
    pub zoom: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        Self { offset: Point::default(), zoom: 1.0 }
    }
}

/// As it is kept for coming back: `x y zoom`.
impl fmt::Display for Viewport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.offset.x, self.offset.y, self.zoom)
    }
}

impl Viewport {
    /// Reads what `Display` has written; nothing for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let numbers: Vec<f64> = text.split(' ').map_while(|number| number.parse().ok()).collect();
        let [x, y, zoom] = numbers.as_slice() else { return None };
        let sound = numbers.iter().all(|number| number.is_finite()) && (ZOOM_MIN..=ZOOM_MAX).contains(zoom);
        sound.then(|| Self { offset: Point::new(*x, *y), zoom: *zoom })
    }

    pub fn to_screen(self, canvas: Point) -> Point {
        canvas * self.zoom + self.offset
    }

    pub fn to_canvas(self, screen: Point) -> Point {
        (screen - self.offset) * (1.0 / self.zoom)
    }

    /// The part of the canvas that a screen of this size shows.
    pub fn visible(self, screen: Size) -> Rect {
        Rect::from_corners(
            self.to_canvas(Point::default()),
            self.to_canvas(Point::new(screen.width, screen.height)),
        )
    }

    pub fn pan(self, by: Point) -> Viewport {
        Viewport { offset: self.offset + by, ..self }
    }

    /// Zooms by a factor; what is under `at` stays under it.
    pub fn zoom_by(self, factor: f64, at: Point) -> Viewport {
        self.zoom_to(self.zoom * factor, at)
    }

    pub fn zoom_to(self, zoom: f64, at: Point) -> Viewport {
        let zoom = zoom.clamp(ZOOM_MIN, ZOOM_MAX);
        let held = self.to_canvas(at);
        Viewport { offset: at - held * zoom, zoom }
    }

    pub fn zoom_in(self, at: Point) -> Viewport {
        self.zoom_by(ZOOM_STEP, at)
    }

    pub fn zoom_out(self, at: Point) -> Viewport {
        self.zoom_by(1.0 / ZOOM_STEP, at)
    }

    /// Shows all of `bounds` in the middle of the screen, or changes nothing while the screen has no size.
    pub fn fit(self, bounds: Rect, screen: Size) -> Viewport {
        self.fill(bounds, screen, FIT_ZOOM_MAX)
    }

    /// The same, as large as the zoom goes.
    pub fn magnify(self, bounds: Rect, screen: Size) -> Viewport {
        self.fill(bounds, screen, ZOOM_MAX)
    }

    fn fill(self, bounds: Rect, screen: Size, zoom_max: f64) -> Viewport {
        if screen.is_empty() || bounds.size.is_empty() {
            return self;
        }
        let across = screen.width / (bounds.size.width * FIT_PAD);
        let down = screen.height / (bounds.size.height * FIT_PAD);
        let zoom = across.min(down).clamp(ZOOM_MIN, zoom_max);
        let middle = Point::new(screen.width / 2.0, screen.height / 2.0);
        Viewport { offset: middle - bounds.centre() * zoom, zoom }
    }

    /// The view a flow opens with: all of it if that can be read, else its left part at a size that can.
    pub fn open(self, bounds: Rect, screen: Size) -> Viewport {
        let view = self.fit(bounds, screen);
        if screen.is_empty() || bounds.size.is_empty() || view.zoom >= OPEN_ZOOM_MIN {
            return view;
        }
        let start = Point::new(bounds.min.x, bounds.centre().y);
        let left = Point::new(REVEAL_MARGIN, screen.height / 2.0);
        Viewport { offset: left - start * OPEN_ZOOM_MIN, zoom: OPEN_ZOOM_MIN }
    }

    pub fn centre_on(self, canvas: Point, screen: Size) -> Viewport {
        let middle = Point::new(screen.width / 2.0, screen.height / 2.0);
        Viewport { offset: middle - canvas * self.zoom, ..self }
    }

    /// Pans as little as it takes for a rectangle of the canvas to be on the screen.
    pub fn reveal(self, rect: Rect, screen: Size) -> Viewport {
        if screen.is_empty() {
            return self;
        }
        let (min, max) = (self.to_screen(rect.min), self.to_screen(rect.max()));
        let by = Point::new(push(min.x, max.x, screen.width), push(min.y, max.y, screen.height));
        self.pan(by)
    }
}

/// How far to move the stretch `low..high` so that it lies in `0..room`; where it is too long, its start wins.
fn push(low: f64, high: f64, room: f64) -> f64 {
    if low < REVEAL_MARGIN {
        REVEAL_MARGIN - low
    } else if high > room - REVEAL_MARGIN {
        (room - REVEAL_MARGIN - high).max(REVEAL_MARGIN - low)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Size = Size::new(800.0, 600.0);

    fn near(a: Point, b: Point) -> bool {
        a.distance(b) < 1e-9
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer_under_it() {
        let view = Viewport { offset: Point::new(-30.0, 12.0), zoom: 0.7 };
        let at = Point::new(211.0, 97.0);
        let held = view.to_canvas(at);
        assert!(near(view.zoom_by(1.9, at).to_screen(held), at));
        assert!(near(view.zoom_by(1_000.0, at).to_screen(held), at), "also at the limit");
    }

    #[test]
    fn the_zoom_has_limits() {
        let view = Viewport::default();
        assert_eq!(view.zoom_by(1e9, Point::default()).zoom, ZOOM_MAX);
        assert_eq!(view.zoom_by(1e-9, Point::default()).zoom, ZOOM_MIN);
    }

    #[test]
    fn fitting_shows_the_whole_flow_with_a_fifth_to_spare() {
        let bounds = Rect::new(100.0, -50.0, 2_000.0, 300.0);
        let view = Viewport::default().fit(bounds, SCREEN);
        assert!((view.zoom - 800.0 / 2_400.0).abs() < 1e-9);
        assert!(near(view.to_screen(bounds.centre()), Point::new(400.0, 300.0)));
    }

    #[test]
    fn fitting_a_small_flow_does_not_enlarge_it() {
        assert_eq!(Viewport::default().fit(Rect::new(0.0, 0.0, 50.0, 50.0), SCREEN).zoom, 1.0);
    }

    #[test]
    fn a_long_flow_opens_on_a_phone_at_its_start_and_readable() {
        let bounds = Rect::new(40.0, 100.0, 2_000.0, 60.0);
        let phone = Size::new(390.0, 400.0);
        let view = Viewport::default().open(bounds, phone);
        assert_eq!(view.zoom, OPEN_ZOOM_MIN);
        assert!(near(view.to_screen(Point::new(40.0, 130.0)), Point::new(REVEAL_MARGIN, 200.0)));
        assert_eq!(Viewport::default().open(bounds, Size::default()), Viewport::default());
    }

    #[test]
    fn fitting_in_a_hidden_tab_changes_nothing() {
        let view = Viewport { offset: Point::new(3.0, 4.0), zoom: 2.0 };
        assert_eq!(view.fit(Rect::new(0.0, 0.0, 50.0, 50.0), Size::default()), view);
    }

    #[test]
    fn a_node_off_the_screen_is_brought_in_and_one_on_it_is_left_alone() {
        let view = Viewport::default();
        let moved = view.reveal(Rect::new(790.0, -100.0, 100.0, 50.0), SCREEN);
        assert_eq!(moved.offset, Point::new(-114.0, 124.0));
        assert_eq!(view.reveal(Rect::new(100.0, 100.0, 100.0, 50.0), SCREEN), view);
    }
}
