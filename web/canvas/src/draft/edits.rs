//! What people do to a flow, one function for each.

use super::names::{fresh_id, fresh_title};
use super::{drawing, room};
use crate::{Places, Point};
use model::{Edge, FlowDocument, Node, NodeId, OperationSpec, Port, PortRef, Value};
use std::collections::BTreeSet;

/// Nodes lie on a grid of this many units.
pub const GRID: f64 = 20.0;
/// How far behind a node another is put by itself.
const BESIDE: Point = Point::new(280.0, 0.0);

/// Where a new node comes in.
#[derive(Clone, Debug, PartialEq)]
pub enum Inserted {
    /// Connected to nothing.
    Alone(Point),
    /// Behind a way out of another node.
    Behind(PortRef, Option<Point>),
    /// Before another node, whose input it leads to.
    Before(NodeId, Point),
    /// Into an edge, which is parted.
    Into(Edge),
}

/// The nearest place on the grid.
pub fn on_grid(at: Point) -> Point {
    Point::new((at.x / GRID).round() * GRID, (at.y / GRID).round() * GRID)
}

/// Puts a node for an operation in, and gives its id.
///
/// Its fields are those that the operation cannot be without and has a default for; the first connection of its connector is
/// chosen where there is one only.
pub fn insert(doc: &mut FlowDocument, spec: &OperationSpec, title: &str, place: Inserted) -> NodeId {
    // Asked before the node is there: its id may be the one that went.
    let place = as_it_is_now(doc, place);
    let id = fresh_id(doc, &spec.id);
    let with = defaults_of(spec);
    let first_out = spec.ports_of(&with).into_iter().next().unwrap_or_else(Port::out);
    let title = fresh_title(doc, title);
    doc.nodes.push(Node { title, with, ..Node::new(id.clone(), spec.id.clone()) });
    match place {
        Inserted::Alone(at) => put(doc, &id, at),
        Inserted::Behind(from, at) => {
            let beside = || place_of(doc, &from.node) + BESIDE;
            let at = at.unwrap_or_else(|| free_place(doc, beside()));
            put(doc, &id, at);
            doc.edges.push(Edge { from, to: id.clone() });
        }
        Inserted::Before(to, at) => {
            put(doc, &id, at);
            doc.edges.push(Edge { from: PortRef { node: id.clone(), port: first_out }, to });
        }
        Inserted::Into(edge) => {
            let (start, end) = (place_of(doc, &edge.from.node), place_of(doc, &edge.to));
            make_room(doc, &edge.from.node, &edge.to);
            put(doc, &id, Point::new(start.x + BESIDE.x, start.middle(end).y));
            splice(doc, &edge, &id, first_out);
        }
    }
    room::make_way(doc, &id);
    id
}

/// A place is asked for first and an operation chosen later: what it is beside may be gone by then.
fn as_it_is_now(doc: &FlowDocument, place: Inserted) -> Inserted {
    let beside = |node: &NodeId| free_place(doc, place_of(doc, node) + BESIDE);
    match place {
        Inserted::Behind(from, at) if !is_there(doc, &from.node) => {
            Inserted::Alone(at.unwrap_or_else(|| beside(&from.node)))
        }
        Inserted::Before(to, at) if !is_there(doc, &to) => Inserted::Alone(at),
        Inserted::Into(edge) if !doc.edges.contains(&edge) => Inserted::Alone(beside(&edge.from.node)),
        place => place,
    }
}

pub(super) fn is_there(doc: &FlowDocument, node: &NodeId) -> bool {
    doc.node(node.as_str()).is_some()
}

fn defaults_of(spec: &OperationSpec) -> serde_json::Map<String, Value> {
    let needed = spec.fields.iter().filter(|field| field.required && !field.default.is_null());
    needed.map(|field| (field.name.clone(), field.default.clone())).collect()
}

/// Parts an edge and puts a node in between that is in the flow already.
pub fn splice(doc: &mut FlowDocument, edge: &Edge, node: &NodeId, out: Port) {
    if !is_there(doc, node) {
        return;
    }
    let Some(at) = doc.edges.iter().position(|one| one == edge) else { return };
    doc.edges[at] = Edge { from: edge.from.clone(), to: node.clone() };
    doc.edges.insert(at + 1, Edge { from: PortRef { node: node.clone(), port: out }, to: edge.to.clone() });
}

/// Pushes what lies behind an edge aside where another node would not fit in between.
fn make_room(doc: &mut FlowDocument, from: &NodeId, to: &NodeId) {
    let (start, end) = (place_of(doc, from), place_of(doc, to));
    let short = 2.0 * BESIDE.x - (end.x - start.x);
    if short <= 0.0 || end.x <= start.x {
        return;
    }
    let behind = reached_from(doc, to);
    for (id, [x, _]) in &mut doc.layout {
        if behind.contains(id.as_str()) && *x >= end.x {
            *x = ((*x + short) / GRID).round() * GRID;
        }
    }
}

fn reached_from(doc: &FlowDocument, start: &NodeId) -> BTreeSet<String> {
    let mut seen = BTreeSet::from([start.to_string()]);
    let mut open = vec![start.as_str()];
    while let Some(next) = open.pop() {
        for edge in doc.edges.iter().filter(|edge| edge.from.node.as_str() == next) {
            if seen.insert(edge.to.to_string()) {
                open.push(edge.to.as_str());
            }
        }
    }
    seen
}

/// This place, or the next below it where no node lies.
fn free_place(doc: &FlowDocument, wanted: Point) -> Point {
    let taken = |at: Point| {
        doc.layout.values().any(|[x, y]| {
            (x - at.x).abs() < crate::NODE_WIDTH && (y - at.y).abs() < crate::NODE_HEIGHT + GRID
        })
    };
    let down =
        |row: u32| on_grid(wanted + Point::new(0.0, f64::from(row) * (crate::NODE_HEIGHT + 2.0 * GRID)));
    (0..1_000).map(down).find(|at| !taken(*at)).unwrap_or(wanted)
}

/// This place, or one so much further where a node lies there already.
pub fn unless_taken(doc: &FlowDocument, at: Point, further: Point) -> Point {
    let at = on_grid(at);
    let taken = |at: Point| doc.layout.values().any(|[x, y]| Point::new(*x, *y) == at);
    (0..1_000).map(|times| at + further * f64::from(times)).find(|at| !taken(*at)).unwrap_or(at)
}

pub fn place_of(doc: &FlowDocument, node: &NodeId) -> Point {
    doc.layout.get(node).map_or(Point::default(), |at| Point::of(*at))
}

pub fn put(doc: &mut FlowDocument, node: &NodeId, at: Point) {
    doc.layout.insert(node.clone(), [at.x, at.y]);
}

/// Gives every node the place where it is drawn, so that it stays there when others come and go.
pub fn pin_places(doc: &mut FlowDocument) {
    let places = crate::arrange::places(doc);
    let ids: Vec<NodeId> = doc.nodes.iter().map(|node| node.id.clone()).collect();
    for (id, at) in ids.iter().zip(places) {
        if !doc.layout.contains_key(id) {
            put(doc, id, on_grid(at));
        }
    }
}

/// What becomes of those that were connected through a removed node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    Open,
    /// What came in goes to where the first way out led.
    Closed,
}

pub fn remove(doc: &mut FlowDocument, nodes: &BTreeSet<NodeId>, gap: Gap) {
    if gap == Gap::Closed {
        nodes.iter().for_each(|node| bridge(doc, node));
    }
    doc.nodes.retain(|node| !nodes.contains(&node.id));
    doc.edges.retain(|edge| !nodes.contains(&edge.from.node) && !nodes.contains(&edge.to));
    doc.layout.retain(|id, _| !nodes.contains(id));
    doc.samples.retain(|id, _| !nodes.contains(id));
    drawing::leave_groups(doc, nodes);
}

fn bridge(doc: &mut FlowDocument, node: &NodeId) {
    let straight = |edge: &&Edge| edge.from.node == *node && edge.from.port.as_str() != Port::ERROR;
    let port = doc.edges.iter().find(straight).map(|edge| edge.from.port.clone());
    let leads = |edge: &&Edge| edge.from.node == *node && Some(&edge.from.port) == port.as_ref();
    let targets: Vec<NodeId> = doc.edges.iter().filter(leads).map(|edge| edge.to.clone()).collect();
    let sources: Vec<PortRef> =
        doc.edges.iter().filter(|edge| edge.to == *node).map(|edge| edge.from.clone()).collect();
    for from in &sources {
        for to in &targets {
            let edge = Edge { from: from.clone(), to: to.clone() };
            if !doc.edges.contains(&edge) {
                doc.edges.push(edge);
            }
        }
    }
}

/// Draws an edge, unless one of its ends went while it was held.
pub fn connect(doc: &mut FlowDocument, from: PortRef, to: NodeId) {
    let has_ends = is_there(doc, &from.node) && is_there(doc, &to);
    let edge = Edge { from, to };
    if has_ends && !doc.edges.contains(&edge) {
        doc.edges.push(edge);
    }
}

pub fn disconnect(doc: &mut FlowDocument, edge: &Edge) {
    doc.edges.retain(|one| one != edge);
}

/// Leads an edge somewhere else; it keeps its place in the list. It stays where it is when that node is gone.
pub fn reconnect(doc: &mut FlowDocument, edge: &Edge, to: Edge) {
    if !is_there(doc, &to.from.node) || !is_there(doc, &to.to) {
        return;
    }
    if doc.edges.contains(&to) {
        return disconnect(doc, edge);
    }
    if let Some(found) = doc.edges.iter_mut().find(|one| *one == edge) {
        *found = to;
    }
}

/// Another operation in the same place: edges stay where the new one has their ports, and so do fields of the same name.
pub fn replace(doc: &mut FlowDocument, node: &NodeId, spec: &OperationSpec, title: &str) {
    let title = fresh_title(doc, title);
    let Some(found) = doc.nodes.iter_mut().find(|one| one.id == *node) else { return };
    let same_connector = found.operation.connector() == spec.id.connector();
    found.operation = spec.id.clone();
    found.title = title;
    if !same_connector {
        found.connection = None;
    }
    let kept = std::mem::take(&mut found.with);
    found.with = defaults_of(spec);
    found.with.extend(kept.into_iter().filter(|(name, _)| spec.find_field(name).is_some()));
    let ports = spec.ports_of(&found.with);
    let first = ports.first().cloned().unwrap_or_else(Port::out);
    for edge in doc.edges.iter_mut().filter(|edge| edge.from.node == *node) {
        if !ports.contains(&edge.from.port) {
            edge.from.port = first.clone();
        }
    }
    let mut seen = Vec::new();
    doc.edges.retain(|edge| {
        let new = !seen.contains(edge);
        seen.push(edge.clone());
        new
    });
    if spec.inputs == model::Inputs::None {
        doc.edges.retain(|edge| edge.to != *node);
    }
}

/// Switches nodes off, or on where all of them are off.
pub fn toggle(doc: &mut FlowDocument, nodes: &BTreeSet<NodeId>) {
    let mut chosen: Vec<&mut Node> = doc.nodes.iter_mut().filter(|node| nodes.contains(&node.id)).collect();
    let off = chosen.iter().any(|node| !node.disabled);
    chosen.iter_mut().for_each(|node| node.disabled = off);
}

pub fn rename(doc: &mut FlowDocument, node: &NodeId, title: &str) {
    if let Some(found) = doc.nodes.iter_mut().find(|one| one.id == *node) {
        found.title = title.trim().to_owned();
    }
}

/// Puts a node so many places further in the list, as far as the list goes.
pub fn reorder(doc: &mut FlowDocument, node: &NodeId, by: isize) {
    let Some(here) = doc.nodes.iter().position(|one| one.id == *node) else { return };
    // Places that the document does not know follow from the order.
    pin_places(doc);
    let there = here.saturating_add_signed(by).min(doc.nodes.len() - 1);
    let moved = doc.nodes.remove(here);
    doc.nodes.insert(there, moved);
}

/// Lays nodes and notes where they shall be, as far as they are there.
pub fn lay(doc: &mut FlowDocument, places: &Places) {
    for note in &mut doc.notes {
        if let Some(at) = places.notes.get(&note.id) {
            note.at = [at.x, at.y];
        }
    }
    for (node, at) in &places.nodes {
        if is_there(doc, node) {
            put(doc, node, *at);
        }
    }
}
