//! Each node's place, size and ports.

use super::{Detail, NODE_HEIGHT, NODE_WIDTH, PlacedNode, PlacedPort};
use crate::{Point, Rect, arrange};
use model::{FlowDocument, Graph, Node, NodeId, Port, Specs};
use std::collections::{HashMap, HashSet};

/// Room for one port where a node has several.
const PORT_ROW_HEIGHT: f64 = 24.0;
/// How far the error port lies from the right corner of the lower side.
const ERROR_PORT_INSET: f64 = 28.0;

/// The nodes of a flow, laid out.
pub(super) struct Layout {
    pub nodes: Vec<PlacedNode>,
    pub loops: Vec<Vec<usize>>,
    pub by_id: HashMap<NodeId, usize>,
}

impl Layout {
    pub fn of(flow: &FlowDocument, specs: &Specs, detail: Detail) -> Self {
        let wired = wired_ports(flow);
        let fed: HashSet<&str> = flow.edges.iter().map(|edge| edge.to.as_str()).collect();
        let placed = flow.nodes.iter().zip(arrange::places(flow)).map(|(node, at)| {
            let wired = wired.get(node.id.as_str()).map_or(&[][..], Vec::as_slice);
            place(node, at, wired, fed.contains(node.id.as_str()), specs, detail)
        });
        let mut nodes: Vec<PlacedNode> = placed.collect();
        nodes.sort_by(|a, b| order(a).partial_cmp(&order(b)).unwrap_or(std::cmp::Ordering::Equal));
        let by_id: HashMap<NodeId, usize> =
            nodes.iter().enumerate().map(|(at, node)| (node.id.clone(), at)).collect();
        let loops = bodies(flow, specs, &by_id);
        Self { nodes, loops, by_id }
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
        group: None,
        folded: false,
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

/// The nodes of each for-each's body, by their place among the placed ones.
fn bodies(flow: &FlowDocument, specs: &Specs, by_id: &HashMap<NodeId, usize>) -> Vec<Vec<usize>> {
    let graph = Graph::new(flow, specs);
    let body = |for_each: usize| {
        graph.body_of(for_each).iter().filter_map(|node| by_id.get(graph.id(*node)).copied()).collect()
    };
    (0..graph.len()).filter(|node| graph.is_for_each(*node)).map(body).collect()
}
