//! The canvas as a machine: points and keys in, changes out.

mod commands;
mod hand;
mod selection;

use crate::draft::{Draft, Refusal};
use crate::walk::{self, Direction};
use crate::{Detail, Point, Scene, Size, Viewport};
pub use commands::Way;
use model::{Edge, FlowDocument, NodeId, PortRef, Specs};
pub use selection::Selection;
use std::collections::HashMap;
use std::sync::Arc;

/// How much one pixel of wheel zooms, as a power of two, and the most that one event may count:
/// a mouse sends 100 or more per notch, a trackpad's pinch a few at a time.
const WHEEL_ZOOM: f64 = 0.01;
const WHEEL_ZOOM_MAX: f64 = 40.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointerButton {
    /// The left button, a finger or a pen.
    Main,
    Middle,
    /// Opens the page's menu; the canvas leaves it alone.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Arrow(Direction),
    ZoomIn,
    ZoomOut,
    /// 100 %.
    ZoomReset,
    Fit,
    Escape,
    Enter,
}

/// What can happen to the canvas. Points are in pixels from its upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    Resize(Size),
    Press {
        pointer: i32,
        button: PointerButton,
        at: Point,
        /// With Ctrl or Shift: to what is chosen already.
        add: bool,
    },
    Move {
        pointer: i32,
        at: Point,
    },
    Release {
        pointer: i32,
        at: Point,
    },
    /// The browser took the pointer away, or the window lost its focus.
    Interrupt,
    Wheel {
        at: Point,
        by: Point,
        zoom: bool,
    },
    /// The space bar goes down or up: while it is down, a press always pans.
    Space(bool),
    Key(Key),
    /// A node took the keyboard's focus.
    Focus(NodeId),
    /// Somebody asks for this point of the canvas, by the small map.
    CentreOn(Point),
}

/// What the page has to do about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    View,
    Selection,
    /// Nodes lie elsewhere for now: the drag goes on.
    Moved,
    /// Another document: to be drawn, validated and saved.
    Document,
    /// The box, or the edge that is being drawn.
    Gesture,
    /// The keyboard's focus goes to this node.
    FocusNode(NodeId),
    /// The user wants to see what is in this node.
    Open(NodeId),
    /// An edge was let go over nothing: which node is to be there?
    AskForNode {
        from: PortRef,
        at: Point,
    },
    /// An edge was let go where it cannot lead.
    Refused {
        from: PortRef,
        to: NodeId,
        why: Refusal,
    },
}

/// The node that an edge in hand would lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Over {
    pub node: NodeId,
    /// Why it may not.
    pub refusal: Option<Refusal>,
}

/// The gesture under way: at most one. Points are on the canvas unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Gesture {
    #[default]
    Idle,
    /// A button or finger is down and has not moved enough to mean anything but a click. On the screen.
    Pressing { from: Point, add: bool },
    /// On the screen.
    Panning { last: Point },
    /// On the screen.
    Pinching { apart: f64, middle: Point },
    /// A box is drawn around what is to be chosen, beside what was chosen before.
    Boxing { from: Point, to: Point, before: Selection },
    /// Nodes are dragged from where they lay.
    Moving {
        from: Point,
        starts: HashMap<NodeId, Point>,
        /// The edge that the node would be put into.
        into: Option<Edge>,
    },
    /// An edge is drawn, or an end of one is led elsewhere.
    Wiring { from: PortRef, to: Point, over: Option<Over>, loose: Option<Edge> },
}

/// What editing needs beside what looking at needs.
#[derive(Clone, Debug)]
struct Desk {
    draft: Draft,
    specs: Arc<Specs>,
}

#[derive(Clone, Debug, Default)]
pub struct Canvas {
    scene: Scene,
    view: Viewport,
    screen: Size,
    selection: Selection,
    gesture: Gesture,
    fingers: Vec<(i32, Point)>,
    space: bool,
    /// Set once the user has moved the view: from then on a new size of the window does not fit it again.
    moved: bool,
    /// Nothing where the flow is only looked at.
    desk: Option<Desk>,
}

impl Canvas {
    /// To look at: nothing in it changes.
    pub fn new(scene: Scene) -> Self {
        Self { scene, ..Self::default() }
    }

    /// To work on.
    pub fn edit(doc: FlowDocument, specs: Arc<Specs>) -> Self {
        let scene = Scene::of(&doc, &specs, Detail::AllPorts);
        Self { desk: Some(Desk { draft: Draft::new(doc), specs }), ..Self::new(scene) }
    }

    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    pub fn view(&self) -> Viewport {
        self.view
    }

    pub fn screen(&self) -> Size {
        self.screen
    }

    /// The chosen node, where it is one.
    pub fn selected(&self) -> Option<&NodeId> {
        self.selection.only()
    }

    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    pub fn gesture(&self) -> &Gesture {
        &self.gesture
    }

    /// What is worked on; nothing where the flow is only looked at.
    pub fn draft(&self) -> Option<&Draft> {
        self.desk.as_ref().map(|desk| &desk.draft)
    }

    /// The view that somebody has chosen, to be kept for coming back; nothing while it is the one that fits.
    pub fn chosen_view(&self) -> Option<Viewport> {
        self.moved.then_some(self.view)
    }

    /// Takes up a view from last time. A screen that would show nothing of the flow opens as usual.
    pub fn return_to(&mut self, view: Viewport) {
        self.view = view;
        self.moved = true;
    }

    /// Whether the next press, or the one under way, pans: the pointer's shape says so.
    pub fn is_grabbing(&self) -> bool {
        self.space || matches!(self.gesture, Gesture::Panning { .. } | Gesture::Pinching { .. })
    }

    /// Selects a node, or nothing, as a list beside the canvas does.
    pub fn select(&mut self, node: Option<NodeId>) -> Vec<Change> {
        self.choose(Selection::of(node))
    }

    fn choose(&mut self, selection: Selection) -> Vec<Change> {
        let selection = selection.within(&self.scene);
        if selection == self.selection {
            return Vec::new();
        }
        self.selection = selection;
        vec![Change::Selection]
    }

    pub fn handle(&mut self, input: Input) -> Vec<Change> {
        match input {
            Input::Resize(screen) => self.resize(screen),
            Input::Press { .. } => self.press(&input),
            Input::Move { pointer, at } => self.move_pointer(pointer, at),
            Input::Release { pointer, at } => self.release(pointer, at),
            Input::Interrupt => self.interrupt(),
            Input::Wheel { at, by, zoom } => self.wheel(at, by, zoom),
            Input::Space(down) => {
                self.space = down;
                Vec::new()
            }
            Input::Key(key) => self.key(key),
            Input::Focus(node) => self.focus(node),
            Input::CentreOn(point) => self.look(self.view.centre_on(point, self.screen)),
        }
    }

    fn resize(&mut self, screen: Size) -> Vec<Change> {
        let first = self.screen.is_empty();
        self.screen = screen;
        if first && self.is_off_screen() {
            self.moved = false;
        }
        if let Some(bounds) = self.scene.bounds().filter(|_| !self.moved) {
            self.view = self.view.open(bounds, screen);
            let chosen = self.selected().and_then(|id| self.scene.node(id.as_str()));
            if let Some(area) = chosen.map(|node| node.area) {
                self.view = self.view.reveal(area, screen);
            }
        }
        vec![Change::View]
    }

    fn is_off_screen(&self) -> bool {
        let seen = self.view.visible(self.screen);
        self.scene.bounds().is_some_and(|bounds| !bounds.meets(seen))
    }

    fn interrupt(&mut self) -> Vec<Change> {
        self.fingers.clear();
        self.space = false;
        let busy = self.gesture != Gesture::Idle;
        self.put_back();
        if busy { vec![Change::Moved, Change::Gesture] } else { Vec::new() }
    }

    fn wheel(&mut self, at: Point, by: Point, zoom: bool) -> Vec<Change> {
        if !zoom {
            return self.look(self.view.pan(by * -1.0));
        }
        let turn = by.y.clamp(-WHEEL_ZOOM_MAX, WHEEL_ZOOM_MAX);
        self.look(self.view.zoom_by((-turn * WHEEL_ZOOM).exp2(), at))
    }

    fn key(&mut self, key: Key) -> Vec<Change> {
        let middle = Point::new(self.screen.width / 2.0, self.screen.height / 2.0);
        match key {
            Key::ZoomIn => self.look(self.view.zoom_in(middle)),
            Key::ZoomOut => self.look(self.view.zoom_out(middle)),
            Key::ZoomReset => self.look(self.view.zoom_to(1.0, middle)),
            Key::Fit => self.fit(),
            // What is under way first, then what is chosen.
            Key::Escape if self.gesture != Gesture::Idle => self.interrupt(),
            Key::Escape => self.choose(Selection::default()),
            Key::Enter => self.selected().cloned().map(Change::Open).into_iter().collect(),
            Key::Arrow(direction) => self.walk(direction),
        }
    }

    fn fit(&mut self) -> Vec<Change> {
        let Some(bounds) = self.scene.bounds() else { return Vec::new() };
        let changes = self.look(self.view.fit(bounds, self.screen));
        self.moved = false;
        changes
    }

    fn walk(&mut self, direction: Direction) -> Vec<Change> {
        let next = match self.selected() {
            Some(from) => walk::step(&self.scene, from, direction),
            None => self.scene.nodes.first().map(|node| node.id.clone()),
        };
        next.map(Change::FocusNode).into_iter().collect()
    }

    fn focus(&mut self, node: NodeId) -> Vec<Change> {
        let Some(area) = self.scene.node(node.as_str()).map(|node| node.area) else { return Vec::new() };
        let view = self.view.reveal(area, self.screen);
        // One of several that are chosen stays one of them.
        let mut changes =
            if self.selection.contains(&node) { Vec::new() } else { self.choose(Selection::of([node])) };
        if view != self.view {
            changes.extend(self.look(view));
        }
        changes
    }

    fn look(&mut self, view: Viewport) -> Vec<Change> {
        self.view = view;
        self.moved = true;
        vec![Change::View]
    }
}
