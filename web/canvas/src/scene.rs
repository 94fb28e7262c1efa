//! A flow document laid out: what is where on the canvas.

use crate::{Curve, Point, Rect, arrange};
use model::{Family, FlowDocument, Graph, Node, NodeId, OperationId, Port, PortRef, Specs};
use std::collections::HashMap;

/// Sizes of a node as the style sheet draws it, in canvas units.
pub const NODE_WIDTH: f64 = 204.0;
pub const NODE_HEIGHT: f64 = 60.0;
/// Room for one port where a node has several.
const PORT_ROW_HEIGHT: f64 = 24.0;
/// How far the error port lies from the right corner of the lower side.
const ERROR_PORT_INSET: f64 = 28.0;
/// Free space between a body's nodes and its border.
const BODY_PAD: f64 = 18.0;
/// How near a pointer must come to an edge, in canvas units.
const EDGE_HIT_RADIUS: f64 = 8.0;

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNode {
    pub id: NodeId,
    pub label: String,
    pub operation: OperationId,
    /// Unknown where the operation is.
    pub family: Option<Family>,
    pub area: Rect,
    /// Where edges come in; a trigger has no such place.
    pub input: Option<Point>,
    pub ports: Vec<PlacedPort>,
    pub disabled: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedPort {
    pub port: Port,
    pub at: Point,
    /// Shown beside the port: where a node has more than one way out.
    pub named: bool,
}

impl PlacedPort {
    pub fn is_error(&self) -> bool {
        self.port.as_str() == Port::ERROR
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEdge {
    pub from: PortRef,
    pub to: NodeId,
    pub curve: Curve,
}

impl PlacedEdge {
    pub fn is_error(&self) -> bool {
        self.from.port.as_str() == Port::ERROR
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// In the order in which Tab visits them: along the flow, then from top to bottom.
    pub nodes: Vec<PlacedNode>,
    pub edges: Vec<PlacedEdge>,
    /// Around the nodes that run once per item of a for-each, the outer bodies first.
    pub bodies: Vec<Rect>,
}

impl Scene {
    pub fn new(flow: &FlowDocument, specs: &Specs) -> Self {
        let placed =
            flow.nodes.iter().zip(arrange::places(flow)).map(|(node, at)| place(node, at, flow, specs));
        let mut nodes: Vec<PlacedNode> = placed.collect();
        nodes.sort_by(|a, b| order(a).partial_cmp(&order(b)).unwrap_or(std::cmp::Ordering::Equal));
        let edges = edges(flow, &nodes);
        let bodies = bodies(flow, specs, &nodes);
        Self { nodes, edges, bodies }
    }

    pub fn node(&self, id: &str) -> Option<&PlacedNode> {
        self.nodes.iter().find(|node| node.id.as_str() == id)
    }

    /// The rectangle around all nodes, or nothing for an empty flow.
    pub fn bounds(&self) -> Option<Rect> {
        self.nodes.iter().map(|node| node.area).reduce(Rect::union)
    }

    /// The node at a point of the canvas; the one drawn last is on top.
    pub fn node_at(&self, point: Point) -> Option<&PlacedNode> {
        self.nodes.iter().rev().find(|node| node.area.contains(point))
    }

    /// The edge nearest to a point of the canvas, if one is near.
    pub fn edge_at(&self, point: Point) -> Option<&PlacedEdge> {
        let near = self.edges.iter().filter(|edge| edge.curve.bounds().grow(EDGE_HIT_RADIUS).contains(point));
        let measured = near.map(|edge| (edge, edge.curve.distance(point)));
        measured
            .filter(|(_, away)| *away <= EDGE_HIT_RADIUS)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(edge, _)| edge)
    }
}

/// Left to right, then top to bottom: as the flow is read.
fn order(node: &PlacedNode) -> (f64, f64, &str) {
    (node.area.min.x, node.area.min.y, node.id.as_str())
}

fn place(node: &Node, at: Point, flow: &FlowDocument, specs: &Specs) -> PlacedNode {
    let spec = specs.operation(&node.operation);
    let ports = visible_ports(node, flow, specs);
    let sideways = ports.iter().filter(|port| port.as_str() != Port::ERROR).count();
    let height = NODE_HEIGHT.max((sideways as f64 + 0.5) * PORT_ROW_HEIGHT);
    let area = Rect::new(at.x, at.y, NODE_WIDTH, height);
    PlacedNode {
        id: node.id.clone(),
        label: node.label().to_owned(),
        operation: node.operation.clone(),
        family: spec.map(|spec| spec.family),
        area,
        input: takes_input(node, flow, specs).then(|| Point::new(at.x, area.centre().y)),
        ports: place_ports(ports, sideways, area),
        disabled: node.disabled,
    }
}

fn takes_input(node: &Node, flow: &FlowDocument, specs: &Specs) -> bool {
    match specs.operation(&node.operation) {
        Some(spec) => spec.inputs != model::Inputs::None,
        None => flow.edges.iter().any(|edge| edge.to == node.id),
    }
}

/// The ports to draw: the operation's, with the error port only where something is wired to it, and whatever an edge
/// names although the operation does not, so that no edge starts from nowhere.
fn visible_ports(node: &Node, flow: &FlowDocument, specs: &Specs) -> Vec<Port> {
    let wired: Vec<&Port> =
        flow.edges.iter().filter(|edge| edge.from.node == node.id).map(|edge| &edge.from.port).collect();
    let mut ports =
        specs.operation(&node.operation).map(|spec| spec.ports_of(&node.with)).unwrap_or_default();
    ports.retain(|port| port.as_str() != Port::ERROR || wired.contains(&port));
    for port in wired {
        if !ports.contains(port) {
            ports.push(port.clone());
        }
    }
    ports
}

fn place_ports(ports: Vec<Port>, sideways: usize, area: Rect) -> Vec<PlacedPort> {
    let first = area.centre().y - (sideways.saturating_sub(1)) as f64 * PORT_ROW_HEIGHT / 2.0;
    let mut row = 0;
    let mut place = |port: Port| {
        let error = port.as_str() == Port::ERROR;
        let at = if error {
            area.max() - Point::new(ERROR_PORT_INSET, 0.0)
        } else {
            row += 1;
            Point::new(area.max().x, first + (row - 1) as f64 * PORT_ROW_HEIGHT)
        };
        PlacedPort { named: !error && sideways > 1, port, at }
    };
    ports.into_iter().map(&mut place).collect()
}

fn edges(flow: &FlowDocument, nodes: &[PlacedNode]) -> Vec<PlacedEdge> {
    let by_id: HashMap<&str, &PlacedNode> = nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let edge = |edge: &model::Edge| {
        let from =
            by_id.get(edge.from.node.as_str())?.ports.iter().find(|port| port.port == edge.from.port)?;
        let target = by_id.get(edge.to.as_str())?;
        let to = target.input.unwrap_or(Point::new(target.area.min.x, target.area.centre().y));
        let curve = if from.is_error() { Curve::downward(from.at, to) } else { Curve::sideways(from.at, to) };
        Some(PlacedEdge { from: edge.from.clone(), to: edge.to.clone(), curve })
    };
    flow.edges.iter().filter_map(edge).collect()
}

/// A rectangle around each for-each's body; a larger one lies below the smaller ones inside it.
fn bodies(flow: &FlowDocument, specs: &Specs, nodes: &[PlacedNode]) -> Vec<Rect> {
    let graph = Graph::new(flow, specs);
    let area =
        |node: &usize| nodes.iter().find(|placed| placed.id == *graph.id(*node)).map(|placed| placed.area);
    let around = |for_each: usize| graph.body_of(for_each).iter().filter_map(area).reduce(Rect::union);
    let loops = (0..graph.len()).filter(|node| graph.is_for_each(*node));
    let mut bodies: Vec<Rect> = loops.filter_map(around).map(|area| area.grow(BODY_PAD)).collect();
    bodies.sort_by(|a, b| b.size.area().total_cmp(&a.size.area()));
    bodies
}
