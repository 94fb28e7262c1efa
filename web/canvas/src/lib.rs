#![doc = include_str!("../README.md")]

mod arrange;
mod canvas;
pub mod compare;
pub mod curl;
mod curve;
pub mod draft;
mod geometry;
pub mod mapper;
mod minimap;
mod scene;
mod tidy;
mod viewport;
pub mod walk;

pub use canvas::{
    Alignment, Canvas, Change, Gesture, Input, Key, Landing, Over, PointerButton, Selection, Way, With,
};
pub use curve::Curve;
pub use geometry::{Point, Rect, Size};
pub use minimap::Minimap;
pub use scene::{
    Detail, NODE_HEIGHT, NODE_WIDTH, PlacedEdge, PlacedGroup, PlacedNode, PlacedNote, PlacedPort, Places,
    Reach, Scene, Side, Under,
};
pub use viewport::{Viewport, ZOOM_MAX, ZOOM_MIN};
