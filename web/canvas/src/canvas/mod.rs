//! The canvas as a machine: points and keys in, changes out.

mod align;
mod commands;
mod drawing;
mod hand;
mod seen;
mod selection;

use crate::draft::{Draft, End, Inserted, Refusal};
use crate::walk::{self, Direction, Stop};
use crate::{Detail, Places, Point, Rect, Scene, Side, Size, Under, Viewport};
pub use align::Alignment;
pub use commands::Way;
pub use hand::With;
use model::{Edge, FlowDocument, GroupId, NodeId, NoteId, PortRef, Specs};
pub use selection::Selection;
use std::collections::BTreeSet;
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
    /// One node as large as the screen, and back.
    Magnify,
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
        with: With,
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
    /// The pointer left the canvas: nothing is hovered over.
    Leave,
    /// A moment passed while a drag [is at the rim](Canvas::is_at_rim).
    Moment,
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
    /// Something else is under the pointer.
    Hover,
    /// The keyboard's focus goes to this node.
    FocusNode(NodeId),
    /// Or to this edge.
    FocusEdge(Edge),
    /// The user wants to see what is in this node.
    Open(NodeId),
    /// An edge was let go over nothing: which node is to be there?
    AskForNode(Inserted),
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

/// The port that edges in hand would be led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Landing {
    pub end: End,
    /// The edge that cannot be, and why.
    pub refusal: Option<(Edge, Refusal)>,
}

/// The gesture under way: at most one. Points are on the canvas unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Gesture {
    #[default]
    Idle,
    /// A button or finger is down and has not moved enough to mean anything but a click. On the screen.
    Pressing { from: Point, with: With },
    /// On the screen.
    Panning { last: Point },
    /// On the screen.
    Pinching { apart: f64, middle: Point },
    /// A box is drawn around what is to be chosen, beside what was chosen before.
    Boxing { from: Point, to: Point, before: Selection },
    /// Nodes and notes are dragged from where they lay.
    Moving {
        from: Point,
        starts: Places,
        /// The edge that the node would be put into.
        into: Option<Edge>,
    },
    /// A note is made larger or smaller.
    Sizing { note: NoteId, side: Side, start: Rect, from: Point, now: Rect },
    /// A line is drawn across the edges that are to go.
    Cutting { path: Vec<Point>, edges: Vec<Edge> },
    /// An edge is drawn, or an end of one is led elsewhere.
    Wiring { from: PortRef, to: Point, over: Option<Over>, loose: Option<Edge> },
    /// An edge is drawn from the node that it leads to, towards a way out.
    WiringBack { to: NodeId, at: Point, over: Option<Landing> },
    /// All edges of a port are led to another.
    Rewiring { end: End, to: Point, over: Option<Landing> },
}

impl Gesture {
    /// Whether something is held that the view may follow.
    pub fn is_drag(&self) -> bool {
        !matches!(self, Self::Idle | Self::Pressing { .. } | Self::Panning { .. } | Self::Pinching { .. })
    }
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
    /// Where the pointer was last while it did something. On the screen.
    last: Point,
    hovered: Under,
    /// Groups that are shown as one box: as each person likes, so it is not in the document.
    folded: BTreeSet<GroupId>,
    space: bool,
    redrawn: u64,
    laid: u64,
    /// Set once the user has moved the view: from then on a new size of the window does not fit it again.
    moved: bool,
    /// The view to come back to while one node fills the screen.
    before: Option<Viewport>,
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
        let scene = Scene::of(&doc, &specs, Detail::AllPorts, &BTreeSet::new());
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

    /// What the pointer is over, and may be offered something for.
    pub fn hovered(&self) -> &Under {
        &self.hovered
    }

    pub fn folded(&self) -> &BTreeSet<GroupId> {
        &self.folded
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
        self.moved.then_some(self.before.unwrap_or(self.view))
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

    /// Chooses what is named, as far as it is there.
    pub fn choose_all(&mut self, selection: Selection) -> Vec<Change> {
        self.choose(selection)
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
            Input::Leave => self.leave(),
            Input::Moment => self.pass_rim(),
            Input::CentreOn(point) => self.look(self.view.centre_on(point, self.screen)),
        }
    }

    fn resize(&mut self, screen: Size) -> Vec<Change> {
        // A hidden tab measures nothing: what fits is found out once it is seen.
        if screen.is_empty() {
            return Vec::new();
        }
        let first = self.screen.is_empty();
        self.screen = screen;
        if first && self.is_off_screen() {
            self.moved = false;
        }
        if let Some(bounds) = self.scene.bounds().filter(|_| !self.moved) {
            self.view = self.view.open(bounds, screen);
        }
        // A link leads to one node, wherever one looked the last time.
        let chosen = self.selected().and_then(|id| self.scene.node(id.as_str()));
        if let Some(area) = chosen.map(|node| node.area).filter(|_| first || !self.moved) {
            self.view = self.view.reveal(area, screen);
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

    fn leave(&mut self) -> Vec<Change> {
        let hovered = std::mem::take(&mut self.hovered);
        if hovered == Under::Nothing { Vec::new() } else { vec![Change::Hover] }
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
            Key::Magnify => self.magnify(),
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

    /// The node under the pointer, or else the chosen one, fills the screen; the next time one is back where one was.
    fn magnify(&mut self) -> Vec<Change> {
        if let Some(before) = self.before.take() {
            return self.look(before);
        }
        let pointed = match &self.hovered {
            Under::Node(node) => Some(node),
            _ => None,
        };
        let meant = pointed.or_else(|| self.selected()).and_then(|id| self.scene.node(id.as_str()));
        let Some(area) = meant.map(|node| node.area) else { return Vec::new() };
        let before = self.view;
        let changes = self.look(before.magnify(area, self.screen));
        self.before = Some(before);
        changes
    }

    fn walk(&mut self, direction: Direction) -> Vec<Change> {
        let next = match (self.selected(), self.selection.edge()) {
            (Some(from), _) => walk::step(&self.scene, from, direction).map(Stop::Node),
            (None, Some(edge)) => walk::step_from_edge(&self.scene, edge, direction),
            (None, None) => self.scene.nodes.first().map(|node| Stop::Node(node.id.clone())),
        };
        self.lead_to(next)
    }

    /// Goes so many nodes further along the flow.
    pub fn walk_along(&mut self, by: isize) -> Vec<Change> {
        let edge = self.selection.edge().map(|edge| &edge.from.node);
        let next = walk::along(&self.scene, self.selected().or(edge), by);
        self.lead_to(next.map(Stop::Node))
    }

    /// The node at which the keyboard is when what is chosen is gone.
    pub fn beside_chosen(&self) -> Option<NodeId> {
        match self.selection.edge() {
            Some(edge) => Some(edge.from.node.clone()),
            None => walk::beside(&self.scene, self.selection.nodes()),
        }
    }

    fn lead_to(&mut self, next: Option<Stop>) -> Vec<Change> {
        // Whoever goes by keys means where the keys are, not where the pointer was left.
        self.hovered = Under::Nothing;
        let Some(next) = next else { return Vec::new() };
        // In view first: of a large flow only what is seen is drawn, and can take the focus.
        let mut changes = match &next {
            Stop::Node(node) => self.focus(node.clone()),
            Stop::Edge(edge) => self.focus_edge(edge),
        };
        changes.push(match next {
            Stop::Node(node) => Change::FocusNode(node),
            Stop::Edge(edge) => Change::FocusEdge(edge),
        });
        changes
    }

    /// An edge took the keyboard's focus.
    pub fn focus_edge(&mut self, edge: &Edge) -> Vec<Change> {
        let Some(middle) = self.scene.edge(edge).map(|placed| placed.curve.middle()) else {
            return Vec::new();
        };
        let view = self.view.reveal(Rect::from_corners(middle, middle), self.screen);
        let mut changes = self.choose(Selection::of_edge(edge.clone()));
        if view != self.view {
            changes.extend(self.look(view));
        }
        changes
    }

    fn focus(&mut self, node: NodeId) -> Vec<Change> {
        let mut changes = self.unfold_around(&node);
        let Some(area) = self.scene.node(node.as_str()).map(|node| node.area) else { return Vec::new() };
        let view = self.view.reveal(area, self.screen);
        // One of several that are chosen stays one of them.
        if !self.selection.contains(&node) {
            changes.extend(self.choose(Selection::of([node])));
        }
        if view != self.view {
            changes.extend(self.look(view));
        }
        changes
    }

    /// What is to be seen is not in a folded group.
    fn unfold_around(&mut self, node: &NodeId) -> Vec<Change> {
        let hidden = self.scene.node(node.as_str()).filter(|node| node.folded).and_then(|node| node.group);
        let group = hidden.and_then(|at| self.scene.groups.get(at)).map(|group| group.id.clone());
        group.map(|group| self.fold(&[group].into(), false)).unwrap_or_default()
    }

    fn look(&mut self, view: Viewport) -> Vec<Change> {
        // Zoomed by hand, one is not where the way back leads from.
        if view.zoom != self.view.zoom {
            self.before = None;
        }
        self.view = view;
        self.moved = true;
        vec![Change::View]
    }
}
