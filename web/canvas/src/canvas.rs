//! The canvas as a machine: points and keys in, changes out.

use crate::walk::{self, Direction};
use crate::{Point, Scene, Size, Viewport};
use model::NodeId;

/// A press that moves less than this, in pixels, is a click.
const CLICK_SLOP: f64 = 4.0;
/// How much one pixel of wheel zooms, as a power of two, and the most that one event may count:
/// a mouse sends 100 or more per notch, a trackpad's pinch a few at a time.
const WHEEL_ZOOM: f64 = 0.01;
const WHEEL_ZOOM_MAX: f64 = 40.0;
/// Two fingers pinch; more are ignored.
const FINGERS_MAX: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointerButton {
    /// The left button, a finger or a pen.
    Main,
    Middle,
    /// Opens the browser's own menu; the canvas leaves it alone.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    View,
    Selection,
    /// The keyboard's focus goes to this node.
    FocusNode(NodeId),
    /// The user wants to see what is in this node.
    Open(NodeId),
}

/// The gesture under way: at most one.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Gesture {
    #[default]
    Idle,
    /// A button or finger is down and has not moved enough to mean anything but a click.
    Pressing {
        from: Point,
    },
    Panning {
        last: Point,
    },
    Pinching {
        apart: f64,
        middle: Point,
    },
}

#[derive(Clone, Debug, Default)]
pub struct Canvas {
    scene: Scene,
    view: Viewport,
    screen: Size,
    selected: Option<NodeId>,
    gesture: Gesture,
    fingers: Vec<(i32, Point)>,
    space: bool,
    /// Set once the user has moved the view: from then on a new size of the window does not fit it again.
    moved: bool,
}

impl Canvas {
    pub fn new(scene: Scene) -> Self {
        Self { scene, ..Self::default() }
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

    pub fn selected(&self) -> Option<&NodeId> {
        self.selected.as_ref()
    }

    pub fn gesture(&self) -> &Gesture {
        &self.gesture
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
        let node = node.filter(|id| self.scene.node(id.as_str()).is_some());
        if node == self.selected {
            return Vec::new();
        }
        self.selected = node;
        vec![Change::Selection]
    }

    pub fn handle(&mut self, input: Input) -> Vec<Change> {
        match input {
            Input::Resize(screen) => self.resize(screen),
            Input::Press { pointer, button, at } => self.press(pointer, button, at),
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
            let chosen = self.selected.as_ref().and_then(|id| self.scene.node(id.as_str()));
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

    fn press(&mut self, pointer: i32, button: PointerButton, at: Point) -> Vec<Change> {
        if button == PointerButton::Other || self.fingers.len() >= FINGERS_MAX {
            return Vec::new();
        }
        self.fingers.push((pointer, at));
        self.gesture = match (self.fingers.as_slice(), button) {
            ([(_, a), (_, b)], _) => Gesture::Pinching { apart: a.distance(*b), middle: a.middle(*b) },
            (_, PointerButton::Middle) => Gesture::Panning { last: at },
            _ if self.space => Gesture::Panning { last: at },
            _ => Gesture::Pressing { from: at },
        };
        Vec::new()
    }

    fn move_pointer(&mut self, pointer: i32, at: Point) -> Vec<Change> {
        let Some(finger) = self.fingers.iter_mut().find(|(id, _)| *id == pointer) else { return Vec::new() };
        finger.1 = at;
        match self.gesture {
            Gesture::Pressing { from } if from.distance(at) > CLICK_SLOP => self.pan_from(from, at),
            Gesture::Panning { last } => self.pan_from(last, at),
            Gesture::Pinching { apart, middle } => self.pinch(apart, middle),
            _ => Vec::new(),
        }
    }

    fn pan_from(&mut self, last: Point, at: Point) -> Vec<Change> {
        self.gesture = Gesture::Panning { last: at };
        self.look(self.view.pan(at - last))
    }

    fn pinch(&mut self, apart: f64, middle: Point) -> Vec<Change> {
        let [(_, a), (_, b)] = self.fingers.as_slice() else { return Vec::new() };
        let (now_apart, now_middle) = (a.distance(*b), a.middle(*b));
        self.gesture = Gesture::Pinching { apart: now_apart, middle: now_middle };
        let factor = if apart > 0.0 { now_apart / apart } else { 1.0 };
        self.look(self.view.pan(now_middle - middle).zoom_by(factor, now_middle))
    }

    fn release(&mut self, pointer: i32, at: Point) -> Vec<Change> {
        self.fingers.retain(|(id, _)| *id != pointer);
        let gesture = std::mem::take(&mut self.gesture);
        if let Some((_, rest)) = self.fingers.first() {
            self.gesture = Gesture::Panning { last: *rest };
            return Vec::new();
        }
        match gesture {
            Gesture::Pressing { .. } => {
                let hit = self.scene.node_at(self.view.to_canvas(at)).map(|node| node.id.clone());
                self.select(hit)
            }
            _ => Vec::new(),
        }
    }

    fn interrupt(&mut self) -> Vec<Change> {
        self.fingers.clear();
        self.gesture = Gesture::Idle;
        self.space = false;
        Vec::new()
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
            Key::Escape => self.select(None),
            Key::Enter => self.selected.iter().cloned().map(Change::Open).collect(),
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
        let next = match &self.selected {
            Some(from) => walk::step(&self.scene, from, direction),
            None => self.scene.nodes.first().map(|node| node.id.clone()),
        };
        next.map(Change::FocusNode).into_iter().collect()
    }

    fn focus(&mut self, node: NodeId) -> Vec<Change> {
        let Some(area) = self.scene.node(node.as_str()).map(|node| node.area) else { return Vec::new() };
        let view = self.view.reveal(area, self.screen);
        let mut changes = self.select(Some(node));
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
