//! What of the canvas is drawn, and which of it a change is about: a drag draws anew what it moves and nothing else.

use super::super::desk::Desk;
use canvas::draft::Refusal;
use canvas::{Canvas, Gesture, Rect, Selection, Under, Viewport};
use leptos::prelude::*;
use model::{Edge, NodeId, NoteId, PortRef};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

type Signals<K> = StoredValue<HashMap<K, RwSignal<()>>>;

/// A cheap handle, shared by everything on the drawing. Each memo here is asked with every input, so each is cheap; what is
/// drawn follows these, never the canvas itself.
#[derive(Clone, Copy)]
pub struct Board {
    pub desk: Desk,
    pub view: Memo<Viewport>,
    pub selection: Memo<Arc<Selection>>,
    /// Grows when another scene is drawn.
    pub redrawn: Memo<u64>,
    /// Grows when something lies elsewhere.
    pub laid: Memo<u64>,
    /// What something is offered for: nothing while a gesture is under way.
    pub hovered: Memo<Under>,
    /// How many errors and warnings each node has, where it has any.
    pub wrong: Memo<HashMap<NodeId, (usize, usize)>>,
    /// The node below an edge in hand, and why the edge may not lead there.
    pub over: Memo<Option<(NodeId, Option<Refusal>)>>,
    /// While an edge is in hand, the nodes that it may not lead to.
    pub refused: Memo<Arc<HashMap<NodeId, Refusal>>>,
    /// Edges that a gesture is about, with what becomes of each.
    pub held: Memo<Vec<(Edge, &'static str)>>,
    seen: Memo<Rect>,
    all: RwSignal<()>,
    nodes: Signals<NodeId>,
    notes: Signals<NoteId>,
    edges: Signals<(PortRef, NodeId)>,
}

impl Board {
    pub fn new(desk: Desk) -> Self {
        let canvas = desk.canvas;
        let wire = Memo::new(move |_| canvas.with(wire_of));
        let board = Self {
            desk,
            view: Memo::new(move |_| canvas.with(Canvas::view)),
            selection: Memo::new(move |last: Option<&Arc<Selection>>| {
                canvas.with(|canvas| match last {
                    Some(last) if **last == *canvas.selection() => last.clone(),
                    _ => Arc::new(canvas.selection().clone()),
                })
            }),
            redrawn: Memo::new(move |_| canvas.with(Canvas::redrawn)),
            laid: Memo::new(move |_| canvas.with(Canvas::laid)),
            hovered: Memo::new(move |_| canvas.with(hovered_in)),
            wrong: Memo::new(move |_| wrong(desk)),
            over: Memo::new(move |_| canvas.with(over_of)),
            refused: Memo::new(move |_| {
                let Some(from) = wire.get() else { return Arc::default() };
                let targets = canvas.with_untracked(|canvas| canvas.targets(&from));
                Arc::new(targets.into_iter().filter_map(|(node, why)| Some((node, why?))).collect())
            }),
            held: Memo::new(move |_| canvas.with(held_by)),
            seen: Memo::new(move |_| canvas.with(Canvas::seen)),
            all: RwSignal::new(()),
            nodes: StoredValue::default(),
            notes: StoredValue::default(),
            edges: StoredValue::default(),
        };
        board.tell();
        board
    }

    /// The nodes that are drawn.
    pub fn drawn_nodes(self) -> Memo<Vec<NodeId>> {
        self.of_scene(Canvas::drawn_nodes)
    }

    /// The node at which Tab comes into the drawing, and leaves it again by the edges out of it: from there arrows lead on.
    pub fn entry(self, drawn: Memo<Vec<NodeId>>) -> Memo<Option<NodeId>> {
        Memo::new(move |last: Option<&Option<NodeId>>| {
            let last = last.and_then(Option::as_ref);
            let chosen = self.selection.get();
            if let Some(edge) = chosen.edge() {
                return Some(edge.from.node.clone());
            }
            drawn.with(|drawn| {
                let is_drawn = |node: &&NodeId| drawn.contains(node);
                let of_chosen = last.filter(|last| chosen.contains(last)).or_else(|| chosen.nodes().first());
                of_chosen
                    .filter(is_drawn)
                    .or_else(|| last.filter(is_drawn))
                    .or_else(|| drawn.first())
                    .cloned()
            })
        })
    }

    pub fn drawn_edges(self) -> Memo<Vec<Edge>> {
        self.of_scene(Canvas::drawn_edges)
    }

    fn of_scene<T: PartialEq + Send + Sync + 'static>(self, ask: fn(&Canvas, Rect) -> T) -> Memo<T> {
        Memo::new(move |_| {
            self.redrawn.track();
            // The next one for the keyboard is drawn, too.
            self.selection.track();
            let seen = self.seen.get();
            self.desk.canvas.with_untracked(|canvas| ask(canvas, seen))
        })
    }

    /// Something of one node, asked for again when the node may lie elsewhere or be another.
    pub fn of_node<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        id: NodeId,
        ask: impl Fn(&Canvas) -> Option<T> + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        self.follow(self.nodes, id, ask)
    }

    pub fn of_note<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        id: NoteId,
        ask: impl Fn(&Canvas) -> Option<T> + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        self.follow(self.notes, id, ask)
    }

    pub fn of_edge<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        edge: &Edge,
        ask: impl Fn(&Canvas) -> Option<T> + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        self.follow(self.edges, (edge.from.clone(), edge.to.clone()), ask)
    }

    fn follow<K, T>(
        self,
        signals: Signals<K>,
        key: K,
        ask: impl Fn(&Canvas) -> Option<T> + Send + Sync + 'static,
    ) -> Memo<Option<T>>
    where
        K: Eq + Hash + Clone + Send + Sync + 'static,
        T: PartialEq + Clone + Send + Sync + 'static,
    {
        let known = signals.with_value(|known| known.get(&key).copied());
        let moved = known.filter(|signal| !signal.is_disposed()).unwrap_or_else(|| {
            let signal = RwSignal::new(());
            signals.update_value(|known| {
                known.insert(key.clone(), signal);
            });
            on_cleanup(move || {
                signals.try_update_value(|known| {
                    if known.get(&key).is_some_and(|now| *now == signal) {
                        known.remove(&key);
                    }
                });
            });
            signal
        });
        Memo::new(move |last: Option<&Option<T>>| {
            self.all.track();
            moved.track();
            // For the moment between its removal and that of its element, it stays as it was.
            self.desk.canvas.with_untracked(&ask).or_else(|| last.cloned().flatten())
        })
    }

    /// Says which of what is drawn has changed.
    fn tell(self) {
        Effect::new(move |last: Option<(u64, u64)>| {
            let now = (self.redrawn.get(), self.laid.get());
            let Some(last) = last.filter(|last| *last != now) else { return now };
            let moved =
                self.desk.canvas.with_untracked(|canvas| moved_in(canvas).filter(|_| last.0 == now.0));
            match moved {
                Some(moved) => self.tell_of(&moved),
                None => self.all.notify(),
            }
            now
        });
    }

    fn tell_of(self, moved: &Moved) {
        notify(self.nodes, &moved.nodes);
        notify(self.notes, &moved.notes);
        notify(self.edges, &moved.edges);
    }
}

fn notify<K: Eq + Hash + Send + Sync + 'static>(signals: Signals<K>, keys: &[K]) {
    let told: Vec<RwSignal<()>> =
        signals.with_value(|known| keys.iter().filter_map(|key| known.get(key).copied()).collect());
    told.into_iter().filter(|signal| !signal.is_disposed()).for_each(|signal| signal.notify());
}

#[derive(Default)]
struct Moved {
    nodes: Vec<NodeId>,
    notes: Vec<NoteId>,
    edges: Vec<(PortRef, NodeId)>,
}

/// What a drag under way moves; nothing where none is, and then all may have moved.
fn moved_in(canvas: &Canvas) -> Option<Moved> {
    match canvas.gesture() {
        Gesture::Moving { starts, .. } => {
            let touching = starts.nodes.keys().flat_map(|node| canvas.scene().edges_at(node.as_str()));
            Some(Moved {
                nodes: starts.nodes.keys().cloned().collect(),
                notes: starts.notes.keys().cloned().collect(),
                edges: touching.map(|edge| (edge.from.clone(), edge.to.clone())).collect(),
            })
        }
        Gesture::Sizing { note, .. } => Some(Moved { notes: vec![note.clone()], ..Moved::default() }),
        _ => None,
    }
}

fn hovered_in(canvas: &Canvas) -> Under {
    match canvas.gesture() {
        Gesture::Idle => canvas.hovered().clone(),
        _ => Under::Nothing,
    }
}

fn wrong(desk: Desk) -> HashMap<NodeId, (usize, usize)> {
    let mut wrong: HashMap<NodeId, (usize, usize)> = HashMap::new();
    desk.problems.with(|all| {
        for problem in all {
            if let Some(node) = &problem.node {
                let (errors, warnings) = wrong.entry(node.clone()).or_default();
                *(if problem.is_error() { errors } else { warnings }) += 1;
            }
        }
    });
    wrong
}

fn wire_of(canvas: &Canvas) -> Option<PortRef> {
    match canvas.gesture() {
        // An edge that is led elsewhere may go back to where it was.
        Gesture::Wiring { from, loose: None, .. } => Some(from.clone()),
        _ => None,
    }
}

fn over_of(canvas: &Canvas) -> Option<(NodeId, Option<Refusal>)> {
    match canvas.gesture() {
        Gesture::Wiring { over: Some(over), .. } => Some((over.node.clone(), over.refusal)),
        Gesture::WiringBack { over: Some(over), .. } | Gesture::Rewiring { over: Some(over), .. } => {
            Some((over.end.node().clone(), over.refusal.as_ref().map(|(_, why)| *why)))
        }
        _ => None,
    }
}

fn held_by(canvas: &Canvas) -> Vec<(Edge, &'static str)> {
    match canvas.gesture() {
        Gesture::Wiring { loose: Some(edge), .. } => vec![(edge.clone(), "loose")],
        Gesture::Rewiring { .. } => canvas.held_edges().into_iter().map(|edge| (edge, "loose")).collect(),
        Gesture::Moving { into: Some(edge), .. } => vec![(edge.clone(), "parting")],
        Gesture::Cutting { edges, .. } => edges.iter().map(|edge| (edge.clone(), "cut")).collect(),
        _ => Vec::new(),
    }
}
