#![doc = include_str!("../README.md")]

mod arrange;
mod canvas;
mod curve;
pub mod draft;
mod geometry;
mod minimap;
mod scene;
mod tidy;
mod viewport;
pub mod walk;

pub use canvas::{Canvas, Change, Gesture, Input, Key, Over, PointerButton, Selection, Way};
pub use curve::Curve;
pub use geometry::{Point, Rect, Size};
pub use minimap::Minimap;
pub use scene::{Detail, NODE_HEIGHT, NODE_WIDTH, PlacedEdge, PlacedNode, PlacedPort, Scene};
pub use viewport::{Viewport, ZOOM_MAX, ZOOM_MIN};
