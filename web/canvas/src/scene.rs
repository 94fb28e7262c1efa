//! A flow document laid out: what is where on the canvas.

use crate::{Curve, Point, Rect, arrange};
use model::{Edge, Family, FlowDocument, Graph, Node, NodeId, OperationId, Port, PortRef, Specs};
use std::collections::{BTreeSet, HashMap, HashSet};

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
    /// As the document has it.
    pub fn edge(&self) -> Edge {
        Edge { from: self.from.clone(), to: self.to.clone() }
    }

    pub fn is(&self, edge: &Edge) -> bool {
        self.from == edge.from && self.to == edge.to
    }

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
    /// The nodes in each of them, by their place in `nodes`.
    loops: Vec<Vec<usize>>,
    by_id: HashMap<NodeId, usize>,
}

/// Which ways out are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The error port only where something is wired to it.
    WiredPorts,
    /// All, so that an edge can be drawn from each.
    AllPorts,
}

impl Scene {
    /// To be looked at.
    pub fn new(flow: &FlowDocument, specs: &Specs) -> Self {
        Self::of(flow, specs, Detail::WiredPorts)
    }

    pub fn of(flow: &FlowDocument, specs: &Specs, detail: Detail) -> Self {
        let wired = wired_ports(flow);
        let fed: HashSet<&str> = flow.edges.iter().map(|edge| edge.to.as_str()).collect();
        let placed = flow.nodes.iter().zip(arrange::places(flow)).map(|(node, at)| {
            let wired = wired.get(node.id.as_str()).map_or(&[][..], Vec::as_slice);
            place(node, at, wired, fed.contains(node.id.as_str()), specs, detail)
        });
        let mut nodes: Vec<PlacedNode> = placed.collect();
        nodes.sort_by(|a, b| order(a).partial_cmp(&order(b)).unwrap_or(std::cmp::Ordering::Equal));
        let edges = edges(flow, &nodes);
        let loops = bodies(flow, specs, &nodes);
        let by_id = nodes.iter().enumerate().map(|(at, node)| (node.id.clone(), at)).collect();
        let mut scene = Self { nodes, edges, bodies: Vec::new(), loops, by_id };
        scene.draw_bodies();
        scene
    }

    pub fn node(&self, id: &str) -> Option<&PlacedNode> {
        self.nodes.get(*self.by_id.get(id)?)
    }

    /// Where some nodes lie.
    pub fn places(&self, of: &BTreeSet<NodeId>) -> HashMap<NodeId, Point> {
        of.iter().filter_map(|id| Some((id.clone(), self.node(id.as_str())?.area.min))).collect()
    }

    /// Draws nodes elsewhere, with what is connected to them: cheap enough for every move of a pointer.
    pub fn put(&mut self, places: &HashMap<NodeId, Point>) {
        for (id, at) in places {
            let Some(node) = self.by_id.get(id.as_str()).and_then(|at| self.nodes.get_mut(*at)) else {
                continue;
            };
            let by = *at - node.area.min;
            node.area.min = *at;
            node.input = node.input.map(|input| input + by);
            node.ports.iter_mut().for_each(|port| port.at = port.at + by);
        }
        let mut edges = std::mem::take(&mut self.edges);
        for edge in &mut edges {
            if (places.contains_key(&edge.from.node) || places.contains_key(&edge.to))
                && let Some(curve) = self.curve(&edge.from, &edge.to)
            {
                edge.curve = curve;
            }
        }
        self.edges = edges;
        self.draw_bodies();
    }

    fn curve(&self, from: &PortRef, to: &NodeId) -> Option<Curve> {
        curve(self.node(from.node.as_str())?, &from.port, self.node(to.as_str())?)
    }

    /// A rectangle around each for-each's body; a larger one lies below the smaller ones inside it.
    fn draw_bodies(&mut self) {
        let around = |body: &Vec<usize>| body.iter().map(|node| self.nodes[*node].area).reduce(Rect::union);
        let mut bodies: Vec<Rect> =
            self.loops.iter().filter_map(around).map(|area| area.grow(BODY_PAD)).collect();
        bodies.sort_by(|a, b| b.size.area().total_cmp(&a.size.area()));
        self.bodies = bodies;
    }

    /// The way out that is so near to a point; the nearest one.
    pub fn port_near(&self, point: Point, radius: f64) -> Option<PortRef> {
        let ports = self.nodes.iter().flat_map(|node| node.ports.iter().map(move |port| (node, port)));
        let near = ports.map(|(node, port)| (node, port, port.at.distance(point)));
        let nearest = near.filter(|(.., away)| *away <= radius).min_by(|a, b| a.2.total_cmp(&b.2));
        nearest.map(|(node, port, _)| PortRef { node: node.id.clone(), port: port.port.clone() })
    }

    /// The edge whose end at a node's input is so near to a point.
    pub fn edge_end_near(&self, point: Point, radius: f64) -> Option<Edge> {
        let measured = self.edges.iter().map(|edge| (edge, edge.curve.to.distance(point)));
        let nearest = measured.filter(|(_, away)| *away <= radius).min_by(|a, b| a.1.total_cmp(&b.1));
        nearest.map(|(edge, _)| edge.edge())
    }

    /// The node under a point, or the one whose input is so near to it.
    pub fn input_near(&self, point: Point, radius: f64) -> Option<&PlacedNode> {
        let measured = || self.nodes.iter().filter_map(|node| Some((node, node.input?.distance(point))));
        let nearest = || measured().filter(|(_, away)| *away <= radius).min_by(|a, b| a.1.total_cmp(&b.1));
        self.node_at(point).or_else(|| nearest().map(|(node, _)| node))
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

fn place(node: &Node, at: Point, wired: &[&Port], fed: bool, specs: &Specs, detail: Detail) -> PlacedNode {
    let spec = specs.operation(&node.operation);
    let ports = visible_ports(node, wired, specs, detail);
    let sideways = ports.iter().filter(|port| port.as_str() != Port::ERROR).count();
    let height = NODE_HEIGHT.max((sideways as f64 + 0.5) * PORT_ROW_HEIGHT);
    let area = Rect::new(at.x, at.y, NODE_WIDTH, height);
    let takes_input = spec.map_or(fed, |spec| spec.inputs != model::Inputs::None);
    PlacedNode {
        id: node.id.clone(),
        label: node.label().to_owned(),
        operation: node.operation.clone(),
        family: spec.map(|spec| spec.family),
        area,
        input: takes_input.then(|| Point::new(at.x, area.centre().y)),
        ports: place_ports(ports, sideways, area),
        disabled: node.disabled,
    }
}

/// The ways out of each node that edges start from.
fn wired_ports(flow: &FlowDocument) -> HashMap<&str, Vec<&Port>> {
    let mut wired: HashMap<&str, Vec<&Port>> = HashMap::new();
    for edge in &flow.edges {
        wired.entry(edge.from.node.as_str()).or_default().push(&edge.from.port);
    }
    wired
}

/// The ports to draw: the operation's, and whatever an edge names although the operation does not, so that no edge starts
/// from nowhere.
fn visible_ports(node: &Node, wired: &[&Port], specs: &Specs, detail: Detail) -> Vec<Port> {
    let mut ports =
        specs.operation(&node.operation).map(|spec| spec.ports_of(&node.with)).unwrap_or_default();
    if detail == Detail::WiredPorts {
        ports.retain(|port| port.as_str() != Port::ERROR || wired.contains(&port));
    }
    for port in wired {
        if !ports.contains(port) {
            ports.push((*port).clone());
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
    let edge = |edge: &Edge| {
        let (from, to) = (by_id.get(edge.from.node.as_str())?, by_id.get(edge.to.as_str())?);
        let curve = curve(from, &edge.from.port, to)?;
        Some(PlacedEdge { from: edge.from.clone(), to: edge.to.clone(), curve })
    };
    flow.edges.iter().filter_map(edge).collect()
}

fn curve(from: &PlacedNode, port: &Port, target: &PlacedNode) -> Option<Curve> {
    let from = from.ports.iter().find(|placed| placed.port == *port)?;
    let to = target.input.unwrap_or(Point::new(target.area.min.x, target.area.centre().y));
    Some(if from.is_error() { Curve::downward(from.at, to) } else { Curve::sideways(from.at, to) })
}

/// The nodes of each for-each's body, by their place among the placed ones.
fn bodies(flow: &FlowDocument, specs: &Specs, nodes: &[PlacedNode]) -> Vec<Vec<usize>> {
    let graph = Graph::new(flow, specs);
    let by_id: HashMap<&NodeId, usize> = nodes.iter().enumerate().map(|(at, node)| (&node.id, at)).collect();
    let body = |for_each: usize| {
        graph.body_of(for_each).iter().filter_map(|node| by_id.get(graph.id(*node)).copied()).collect()
    };
    (0..graph.len()).filter(|node| graph.is_for_each(*node)).map(body).collect()
}
