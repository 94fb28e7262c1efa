//! The small map: the whole flow and the visible part of it, scaled into a corner.

use crate::{Point, Rect, Scene, Size, Viewport};

/// Free space around the flow, as a share of its size.
const PAD: f64 = 1.15;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimap {
    scale: f64,
    offset: Point,
}

impl Minimap {
    /// A map of the given size that shows the flow and the screen; both must fit, or the frame would leave the map.
    pub fn new(scene: &Scene, view: Viewport, screen: Size, map: Size) -> Option<Self> {
        if screen.is_empty() || map.is_empty() {
            return None;
        }
        let world = scene.bounds()?.union(view.visible(screen));
        let scale = (map.width / (world.size.width * PAD)).min(map.height / (world.size.height * PAD));
        let offset = Point::new(map.width / 2.0, map.height / 2.0) - world.centre() * scale;
        Some(Self { scale, offset })
    }

    /// A rectangle of the canvas, on the map.
    pub fn on_map(&self, canvas: Rect) -> Rect {
        Rect {
            min: canvas.min * self.scale + self.offset,
            size: Size::new(canvas.size.width * self.scale, canvas.size.height * self.scale),
        }
    }

    /// The same as an SVG group's `transform`.
    pub fn svg(&self) -> String {
        format!("translate({:.3} {:.3}) scale({:.5})", self.offset.x, self.offset.y, self.scale)
    }

    /// The point of the canvas under a point of the map: where a click on the map goes.
    pub fn on_canvas(&self, map: Point) -> Point {
        (map - self.offset) * (1.0 / self.scale)
    }
}
