//! Leading all edges of a port to another port, and drawing an edge from the node that it leads to.

use super::super::{Canvas, Change, Gesture, Landing};
use super::wire::SNAP_RADIUS;
use crate::draft::{End, Inserted, Refusal, edits, move_edges, move_refusal, refusal};
use crate::{Curve, NODE_HEIGHT, NODE_WIDTH, PlacedEdge, Point};
use model::{Edge, NodeId, PortRef};

impl Canvas {
    /// Takes hold of all edges of a port; where it has none, a new one is drawn.
    pub(super) fn begin_rewire(&mut self, end: End, at: Point) -> Vec<Change> {
        match end {
            End::Out(port) if self.edges_of(&End::Out(port.clone())).next().is_none() => {
                self.begin_wire(port, None, at)
            }
            end => self.lead_wires(end, at),
        }
    }

    pub(super) fn lead_wires(&mut self, end: End, at: Point) -> Vec<Change> {
        let to = self.view.to_canvas(at);
        let near = match &end {
            End::Out(_) => self.way_out_near(to).map(End::Out),
            End::In(_) => {
                self.scene.input_near(to, SNAP_RADIUS / self.view.zoom).map(|node| End::In(node.id.clone()))
            }
        };
        let known = match &self.gesture {
            Gesture::Rewiring { over, .. } => over.clone(),
            _ => None,
        };
        let over = near.filter(|near| *near != end).map(|near| match known {
            // Asked once for each port, not for each move over it.
            Some(known) if known.end == near => known,
            _ => Landing { refusal: self.refuses_move(&end, &near), end: near },
        });
        self.gesture = Gesture::Rewiring { end, to, over };
        vec![Change::Gesture]
    }

    fn refuses_move(&self, from: &End, to: &End) -> Option<(Edge, Refusal)> {
        let desk = self.desk.as_ref()?;
        move_refusal(desk.draft.doc(), &desk.specs, from, to)
    }

    pub(super) fn end_rewire(&mut self, end: &End, over: Option<Landing>) -> Vec<Change> {
        let mut changes = match over {
            Some(Landing { refusal: Some((edge, why)), .. }) => vec![refused(edge, why)],
            Some(Landing { end: to, .. }) => self.change(|doc| move_edges(doc, end, &to)),
            None => Vec::new(),
        };
        changes.push(Change::Gesture);
        changes
    }

    /// Draws an edge from where it shall end, back to a way out.
    pub(super) fn lead_back(&mut self, to: NodeId, at: Point) -> Vec<Change> {
        let point = self.view.to_canvas(at);
        let known = match &self.gesture {
            Gesture::WiringBack { over, .. } => over.clone(),
            _ => None,
        };
        let near = self.way_out_near(point).filter(|port| port.node != to);
        let over = near.map(|port| match known {
            Some(known) if known.end == End::Out(port.clone()) => known,
            _ => {
                let desk = self.desk.as_ref();
                let why = desk.and_then(|desk| refusal(desk.draft.doc(), &desk.specs, &port, &to));
                let edge = Edge { from: port.clone(), to: to.clone() };
                Landing { end: End::Out(port), refusal: why.map(|why| (edge, why)) }
            }
        });
        self.gesture = Gesture::WiringBack { to, at: point, over };
        vec![Change::Gesture]
    }

    pub(super) fn end_back(&mut self, to: NodeId, at: Point, over: Option<Landing>) -> Vec<Change> {
        let mut changes = match over {
            Some(Landing { refusal: Some((edge, why)), .. }) => vec![refused(edge, why)],
            Some(Landing { end: End::Out(from), .. }) => self.change(|doc| edits::connect(doc, from, to)),
            None if self.scene.node_at(at).is_none() => {
                // Its way out comes to lie where the edge was let go.
                let corner = edits::on_grid(at - Point::new(NODE_WIDTH, NODE_HEIGHT / 2.0));
                vec![Change::AskForNode(Inserted::Before(to, corner))]
            }
            // Back on the node that it ends at.
            _ => Vec::new(),
        };
        changes.push(Change::Gesture);
        changes
    }

    /// The way out near a point, or the first of the node there.
    fn way_out_near(&self, at: Point) -> Option<PortRef> {
        let first = || {
            let node = self.scene.node_at(at)?;
            Some(PortRef { node: node.id.clone(), port: node.ports.first()?.port.clone() })
        };
        self.scene.port_near(at, SNAP_RADIUS / self.view.zoom).or_else(first)
    }

    fn edges_of(&self, end: &End) -> impl Iterator<Item = &PlacedEdge> {
        self.scene.edges_at(end.node().as_str()).filter(move |placed| end.has(&placed.edge()))
    }

    /// The edges that a gesture holds away from where they are, as they are drawn meanwhile; and whether they may lead there.
    pub fn in_hand(&self) -> (Vec<Curve>, bool) {
        match &self.gesture {
            Gesture::Rewiring { end, to, over } => {
                let at = over.as_ref().and_then(|over| self.point_of(&over.end)).unwrap_or(*to);
                let bent = |edge: &PlacedEdge| match end {
                    End::Out(_) => Curve::sideways(at, edge.curve.to),
                    End::In(_) if edge.is_error() => Curve::downward(edge.curve.from, at),
                    End::In(_) => Curve::sideways(edge.curve.from, at),
                };
                (self.edges_of(end).map(bent).collect(), may(over.as_ref()))
            }
            Gesture::WiringBack { to, at, over } => {
                let from = over.as_ref().and_then(|over| self.point_of(&over.end)).unwrap_or(*at);
                let input = self.scene.node(to.as_str()).and_then(|node| node.input);
                (input.map(|input| Curve::sideways(from, input)).into_iter().collect(), may(over.as_ref()))
            }
            _ => (Vec::new(), true),
        }
    }

    /// The edges that are led elsewhere at the moment.
    pub fn held_edges(&self) -> Vec<Edge> {
        match &self.gesture {
            Gesture::Rewiring { end, .. } => self.edges_of(end).map(PlacedEdge::edge).collect(),
            _ => Vec::new(),
        }
    }

    fn point_of(&self, end: &End) -> Option<Point> {
        let node = self.scene.node(end.node().as_str())?;
        match end {
            End::Out(port) => {
                node.ports.iter().find(|placed| placed.port == port.port).map(|placed| placed.at)
            }
            End::In(_) => node.input,
        }
    }
}

fn may(over: Option<&Landing>) -> bool {
    over.is_none_or(|over| over.refusal.is_none())
}

fn refused(Edge { from, to }: Edge, why: Refusal) -> Change {
    Change::Refused { from, to, why }
}
