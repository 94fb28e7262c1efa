//! An editor under test: what people do to it, and what holds after everything.
#![allow(dead_code, reason = "each test file uses what it needs")]

use canvas::{Canvas, Change, Input, Key, Point, PointerButton, Size, With};
use model::{FlowDocument, NodeId, OperationSpec, PortRef, Specs};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

const SCREEN: Size = Size::new(1_200.0, 700.0);
const MOUSE: i32 = 1;

pub fn specs() -> Arc<Specs> {
    let operations = vec![
        OperationSpec::trigger("core/webhook", "Webhook", "เว็บฮุก")
            .ports(&["out"])
            .inputs(model::Inputs::None),
        OperationSpec::transform("core/script", "Script", "สคริปต์"),
        OperationSpec::control("core/switch", "Switch", "แยกทาง").ports_from_cases(),
        OperationSpec::action("http/request", "HTTP request", "เรียก HTTP"),
        OperationSpec::control("core/for_each", "For each", "ทุกรายการ").ports(&["item", "done"]),
    ];
    Arc::new(Specs::new(Vec::new(), operations))
}

/// order → map → erp, and a mail that stands alone below.
pub fn order_flow() -> FlowDocument {
    serde_json::from_value(json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            {"id": "order", "use": "core/webhook", "title": "Order paid"},
            {"id": "map", "use": "core/script", "title": "To sales order", "with": {"script": "#{ ref: nodes.order.id }"}},
            {"id": "erp", "use": "http/request", "with": {"body": "${nodes.map}"}},
            {"id": "mail", "use": "http/request"}
        ],
        "edges": [{"from": "order", "to": "map"}, {"from": "map", "to": "erp"}],
        "layout": {"order": [0, 0], "map": [300, 0], "erp": [600, 0], "mail": [300, 300]}
    }))
    .expect("the test's flow is well formed")
}

pub struct TestEditor {
    pub canvas: Canvas,
    pub changes: Vec<Change>,
}

impl TestEditor {
    pub fn open() -> Self {
        Self::open_with(order_flow())
    }

    pub fn open_with(doc: FlowDocument) -> Self {
        let mut canvas = Canvas::edit(doc, specs());
        canvas.handle(Input::Resize(SCREEN));
        canvas.handle(Input::Key(Key::ZoomReset));
        canvas.handle(Input::CentreOn(Point::new(400.0, 150.0)));
        Self { canvas, changes: Vec::new() }
    }

    pub fn send(mut self, input: Input) -> Self {
        self.changes = self.canvas.handle(input);
        self.check();
        self
    }

    /// Something that a menu or a key does.
    pub fn does(mut self, what: impl FnOnce(&mut Canvas) -> Vec<Change>) -> Self {
        self.changes = what(&mut self.canvas);
        self.check();
        self
    }

    /// What holds after everything.
    pub fn check(&self) {
        let doc = self.doc();
        let ids: BTreeSet<&NodeId> = doc.nodes.iter().map(|node| &node.id).collect();
        assert_eq!(ids.len(), doc.nodes.len(), "no two nodes have one id");
        for edge in &doc.edges {
            assert!(
                ids.contains(&edge.from.node) && ids.contains(&edge.to),
                "an edge has two ends: {edge:?}"
            );
        }
        let edges: BTreeSet<String> =
            doc.edges.iter().map(|edge| format!("{} {}", edge.from, edge.to)).collect();
        assert_eq!(edges.len(), doc.edges.len(), "no edge is there twice");
        assert!(
            doc.layout.keys().chain(doc.samples.keys()).all(|id| ids.contains(id)),
            "nothing is left of what went"
        );
        let mut grouped = BTreeSet::new();
        for group in &doc.groups {
            assert!(!group.nodes.is_empty(), "a group has nodes");
            assert!(
                group.nodes.iter().all(|id| ids.contains(id) && grouped.insert(id)),
                "a node is in one group"
            );
        }
        let chosen = self.canvas.selection();
        assert!(chosen.notes().iter().all(|id| self.canvas.scene().note(id).is_some()), "also a note");
        assert!(chosen.nodes().iter().all(|id| ids.contains(id)), "what is chosen is there");
        assert_eq!(self.canvas.scene().nodes.len(), doc.nodes.len(), "what is drawn is the document");
    }

    pub fn doc(&self) -> &FlowDocument {
        self.canvas.draft().expect("it is edited").doc()
    }

    pub fn node(&self, id: &str) -> Point {
        self.canvas.view().to_screen(self.canvas.scene().node(id).expect("a node of the flow").area.centre())
    }

    pub fn port(&self, from: &str) -> Point {
        let from = PortRef::from(from);
        let node = self.canvas.scene().node(from.node.as_str()).expect("a node of the flow");
        let port = node.ports.iter().find(|port| port.port == from.port).expect("one of its ways out");
        self.canvas.view().to_screen(port.at)
    }

    pub fn press(self, at: Point) -> Self {
        self.send(Input::Press { pointer: MOUSE, button: PointerButton::Main, at, with: With::default() })
    }

    pub fn press_adding(self, at: Point) -> Self {
        self.send(Input::Press {
            pointer: MOUSE,
            button: PointerButton::Main,
            at,
            with: With { control: true, ..With::default() },
        })
    }

    pub fn press_with(self, with: With, at: Point) -> Self {
        self.send(Input::Press { pointer: MOUSE, button: PointerButton::Main, at, with })
    }

    /// A point of the canvas, on the screen.
    pub fn at(&self, x: f64, y: f64) -> Point {
        self.canvas.view().to_screen(Point::new(x, y))
    }

    pub fn move_to(self, at: Point) -> Self {
        self.send(Input::Move { pointer: MOUSE, at })
    }

    pub fn release(self, at: Point) -> Self {
        self.send(Input::Release { pointer: MOUSE, at })
    }

    pub fn drag(self, from: Point, to: Point) -> Self {
        self.press(from).move_to(from.middle(to)).move_to(to).release(to)
    }

    pub fn click(self, at: Point) -> Self {
        self.press(at).release(at)
    }

    pub fn undo(self) -> Self {
        self.does(Canvas::undo)
    }

    pub fn redo(self) -> Self {
        self.does(Canvas::redo)
    }

    pub fn edges(&self) -> Vec<String> {
        self.doc().edges.iter().map(|edge| format!("{} -> {}", edge.from, edge.to)).collect()
    }

    pub fn chosen(&self) -> Vec<&str> {
        self.canvas.selection().nodes().iter().map(NodeId::as_str).collect()
    }

    pub fn place(&self, id: &str) -> [f64; 2] {
        self.doc().layout[id]
    }
}
