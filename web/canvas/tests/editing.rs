//! What people do to a flow with a mouse, a keyboard and menus, and how each of it is taken back.

use canvas::draft::edits::Gap;
use canvas::draft::{Clip, Inserted, NotAClip, Refusal, Stroke};
use canvas::{Canvas, Change, Gesture, Input, Key, Point, PointerButton, Size, Way};
use model::{Edge, FlowDocument, NodeId, OperationSpec, Port, PortRef, Specs, Value};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

const SCREEN: Size = Size::new(1_200.0, 700.0);
const MOUSE: i32 = 1;

fn specs() -> Arc<Specs> {
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
fn order_flow() -> FlowDocument {
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

struct TestEditor {
    canvas: Canvas,
    changes: Vec<Change>,
}

impl TestEditor {
    fn open() -> Self {
        Self::open_with(order_flow())
    }

    fn open_with(doc: FlowDocument) -> Self {
        let mut canvas = Canvas::edit(doc, specs());
        canvas.handle(Input::Resize(SCREEN));
        canvas.handle(Input::Key(Key::ZoomReset));
        canvas.handle(Input::CentreOn(Point::new(400.0, 150.0)));
        Self { canvas, changes: Vec::new() }
    }

    fn send(mut self, input: Input) -> Self {
        self.changes = self.canvas.handle(input);
        self.check();
        self
    }

    /// Something that a menu or a key does.
    fn does(mut self, what: impl FnOnce(&mut Canvas) -> Vec<Change>) -> Self {
        self.changes = what(&mut self.canvas);
        self.check();
        self
    }

    /// What holds after everything.
    fn check(&self) {
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
        let chosen = self.canvas.selection();
        assert!(chosen.nodes().iter().all(|id| ids.contains(id)), "what is chosen is there");
        assert_eq!(self.canvas.scene().nodes.len(), doc.nodes.len(), "what is drawn is the document");
    }

    fn doc(&self) -> &FlowDocument {
        self.canvas.draft().expect("it is edited").doc()
    }

    fn node(&self, id: &str) -> Point {
        self.canvas.view().to_screen(self.canvas.scene().node(id).expect("a node of the flow").area.centre())
    }

    fn port(&self, from: &str) -> Point {
        let from = PortRef::from(from);
        let node = self.canvas.scene().node(from.node.as_str()).expect("a node of the flow");
        let port = node.ports.iter().find(|port| port.port == from.port).expect("one of its ways out");
        self.canvas.view().to_screen(port.at)
    }

    fn press(self, at: Point) -> Self {
        self.send(Input::Press { pointer: MOUSE, button: PointerButton::Main, at, add: false })
    }

    fn press_adding(self, at: Point) -> Self {
        self.send(Input::Press { pointer: MOUSE, button: PointerButton::Main, at, add: true })
    }

    fn move_to(self, at: Point) -> Self {
        self.send(Input::Move { pointer: MOUSE, at })
    }

    fn release(self, at: Point) -> Self {
        self.send(Input::Release { pointer: MOUSE, at })
    }

    fn drag(self, from: Point, to: Point) -> Self {
        self.press(from).move_to(from.middle(to)).move_to(to).release(to)
    }

    fn click(self, at: Point) -> Self {
        self.press(at).release(at)
    }

    fn undo(self) -> Self {
        self.does(Canvas::undo)
    }

    fn redo(self) -> Self {
        self.does(Canvas::redo)
    }

    fn edges(&self) -> Vec<String> {
        self.doc().edges.iter().map(|edge| format!("{} -> {}", edge.from, edge.to)).collect()
    }

    fn chosen(&self) -> Vec<&str> {
        self.canvas.selection().nodes().iter().map(NodeId::as_str).collect()
    }

    fn place(&self, id: &str) -> [f64; 2] {
        self.doc().layout[id]
    }
}

#[test]
fn a_dragged_node_lies_where_it_is_let_go_on_the_grid_and_a_drag_is_one_step() {
    let test = TestEditor::open();
    let from = test.node("mail");
    let test = test.drag(from, from + Point::new(33.0, -48.0));
    assert_eq!(test.place("mail"), [340.0, 260.0]);
    assert_eq!((test.place("map"), test.chosen()), ([300.0, 0.0], vec!["mail"]));
    assert_eq!(test.undo().doc(), &order_flow());
}

#[test]
fn several_chosen_nodes_are_dragged_together() {
    let test = TestEditor::open();
    let (map, mail) = (test.node("map"), test.node("mail"));
    let test = test.click(map).press_adding(mail).release(mail).drag(mail, mail + Point::new(40.0, 20.0));
    assert_eq!(
        (test.place("map"), test.place("mail"), test.place("erp")),
        ([340.0, 20.0], [340.0, 320.0], [600.0, 0.0])
    );
}

#[test]
fn escape_puts_back_what_is_being_dragged() {
    let test = TestEditor::open();
    let from = test.node("mail");
    let test = test.press(from).move_to(from + Point::new(200.0, 0.0)).send(Input::Key(Key::Escape));
    assert_eq!((test.doc(), test.canvas.gesture()), (&order_flow(), &Gesture::Idle));
    assert_eq!(test.node("mail"), from);
}

#[test]
fn a_box_chooses_what_it_touches() {
    let test = TestEditor::open();
    let (from, to) = (test.node("map") - Point::new(130.0, 60.0), test.node("mail") + Point::new(0.0, 10.0));
    assert_eq!(test.drag(from, to).chosen(), ["mail", "map"]);
}

#[test]
fn an_edge_drawn_from_a_port_to_a_node_connects_them() {
    let test = TestEditor::open();
    let (from, to) = (test.port("map.error"), test.node("mail"));
    let test = test.drag(from, to);
    assert_eq!(test.edges(), ["order -> map", "map -> erp", "map.error -> mail"]);
    assert_eq!(test.undo().edges().len(), 2);
}

#[test]
fn two_clicks_connect_as_well() {
    let test = TestEditor::open();
    let (from, to) = (test.port("erp"), test.node("mail"));
    let test = test.click(from).move_to(to).click(to);
    assert_eq!(test.edges()[2], "erp -> mail");
}

#[test]
fn an_edge_let_go_over_nothing_asks_for_a_node_and_changes_nothing() {
    let test = TestEditor::open();
    let from = test.port("erp");
    let test = test.drag(from, from + Point::new(150.0, 250.0));
    let asks =
        |change: &Change| matches!(change, Change::AskForNode { from, .. } if from.to_string() == "erp");
    assert!(test.changes.iter().any(asks), "{:?}", test.changes);
    assert_eq!((test.doc(), test.canvas.gesture()), (&order_flow(), &Gesture::Idle));
}

#[test]
fn an_edge_that_cannot_be_is_refused_with_its_reason() {
    let refused = |from: &str, to: &str| {
        let test = TestEditor::open();
        let (from, to) = (test.port(from), test.node(to));
        let test = test.drag(from, to);
        assert_eq!(test.doc(), &order_flow());
        test.changes.iter().find_map(|change| match change {
            Change::Refused { why, .. } => Some(*why),
            _ => None,
        })
    };
    assert_eq!(refused("map", "order"), Some(Refusal::IntoTrigger));
    assert_eq!(refused("map", "erp"), Some(Refusal::Already));
    assert_eq!(refused("erp", "map"), Some(Refusal::Circle));
    assert_eq!(refused("erp", "erp"), Some(Refusal::ToItself));
}

#[test]
fn an_edge_out_of_a_loop_is_refused_and_one_from_its_end_is_not() {
    let flow: FlowDocument = serde_json::from_value(json!({
        "khlong": 1, "id": "lines", "name": "Lines",
        "nodes": [
            {"id": "order", "use": "core/webhook"}, {"id": "each", "use": "core/for_each"},
            {"id": "line", "use": "http/request"}, {"id": "after", "use": "http/request"}
        ],
        "edges": [{"from": "order", "to": "each"}, {"from": "each.item", "to": "line"}, {"from": "order", "to": "after"}]
    }))
    .expect("the test's flow is well formed");
    let mut test = TestEditor::open_with(flow);
    assert_eq!(test.canvas.connect("line".into(), "after".into()), Err(Refusal::OutOfLoop));
    assert!(test.canvas.connect("each.done".into(), "after".into()).is_ok());
}

#[test]
fn the_end_of_an_edge_can_be_led_elsewhere_or_taken_off() {
    let end = |test: &TestEditor| {
        let erp = test.canvas.scene().node("erp").and_then(|node| node.input).expect("it has an input");
        test.canvas.view().to_screen(erp)
    };
    let test = TestEditor::open();
    let (from, to) = (end(&test), test.node("mail"));
    assert_eq!(test.drag(from, to).edges(), ["order -> map", "map -> mail"]);
    let test = TestEditor::open();
    let from = end(&test);
    let test = test.drag(from, from + Point::new(-20.0, 200.0));
    assert_eq!(test.edges(), ["order -> map"]);
}

#[test]
fn a_lone_node_dropped_on_an_edge_is_put_into_it() {
    let test = TestEditor::open();
    let middle = test.canvas.scene().edges[1].curve.middle();
    let (from, to) = (test.node("mail"), test.canvas.view().to_screen(middle));
    let test = test.drag(from, to);
    assert_eq!(test.edges(), ["order -> map", "map -> mail", "mail -> erp"]);
    assert_eq!(test.undo().doc(), &order_flow());
}

#[test]
fn a_node_put_into_an_edge_pushes_what_follows_aside() {
    let edge = Edge { from: "map".into(), to: "erp".into() };
    let test =
        TestEditor::open().does(|canvas| canvas.insert(&"core/script".into(), "Check", Inserted::Into(edge)));
    assert_eq!(test.edges(), ["order -> map", "map -> script", "script -> erp"]);
    assert_eq!(
        (test.place("script"), test.place("erp"), test.chosen()),
        ([580.0, 0.0], [860.0, 0.0], vec!["script"])
    );
    assert_eq!(test.undo().doc(), &order_flow());
}

#[test]
fn a_node_behind_a_port_comes_connected_and_lies_on_nothing() {
    let test = TestEditor::open()
        .does(|canvas| canvas.insert(&"http/request".into(), "Tell", Inserted::Behind("order".into(), None)));
    assert_eq!(test.edges()[2], "order -> request");
    let areas: Vec<_> = test.canvas.scene().nodes.iter().map(|node| node.area).collect();
    assert!((1..areas.len()).all(|at| areas[..at].iter().all(|area| !area.meets(areas[at]))));
}

#[test]
fn ids_are_new_and_titles_are_told_apart() {
    let alone = || Inserted::Alone(Point::new(0.0, 500.0));
    let test = TestEditor::open()
        .does(|canvas| canvas.insert(&"http/request".into(), "To sales order", alone()))
        .does(|canvas| canvas.insert(&"http/request".into(), "To sales order", alone()));
    let last: Vec<_> =
        test.doc().nodes[4..].iter().map(|node| (node.id.as_str(), node.title.as_str())).collect();
    assert_eq!(last, [("request", "To sales order 2"), ("request_2", "To sales order 3")]);
}

#[test]
fn what_is_removed_takes_its_edges_along_or_lets_its_neighbours_join() {
    let removed = |gap| {
        let test = TestEditor::open();
        let map = test.node("map");
        test.click(map).does(|canvas| canvas.remove(gap))
    };
    let test = removed(Gap::Open);
    assert_eq!((test.edges(), test.doc().nodes.len()), (vec![], 3));
    let test = removed(Gap::Closed);
    assert_eq!(test.edges(), ["order -> erp"]);
    let test = test.undo();
    assert_eq!(test.doc(), &order_flow());
    assert_eq!(test.redo().edges(), ["order -> erp"]);
}

#[test]
fn a_clicked_edge_is_chosen_and_removed() {
    let test = TestEditor::open();
    let middle = test.canvas.view().to_screen(test.canvas.scene().edges[0].curve.middle());
    let test = test.click(middle).does(|canvas| canvas.remove(Gap::Open));
    assert_eq!(test.edges(), ["map -> erp"]);
}

#[test]
fn what_is_copied_can_be_pasted_into_another_flow_and_speaks_of_its_own_nodes_there() {
    let test = TestEditor::open();
    let (map, erp) = (test.node("map"), test.node("erp"));
    let test = test.click(map).press_adding(erp).release(erp);
    let text = test.canvas.copy().expect("two are chosen");

    let there =
        TestEditor::open().does(|canvas| canvas.paste(&text, Some(Point::new(10.0, 500.0))).expect("a clip"));
    assert_eq!(there.chosen(), ["erp_2", "map_2"]);
    assert_eq!(there.edges()[2], "map_2 -> erp_2");
    assert_eq!((there.place("map_2"), there.place("erp_2")), ([20.0, 500.0], [320.0, 500.0]));
    let erp = there.doc().node("erp_2").expect("it was pasted");
    assert_eq!(erp.with["body"], json!("${nodes.map_2}"));
    let map = there.doc().node("map_2").expect("it was pasted");
    assert_eq!(map.with["script"], json!("#{ ref: nodes.order.id }"), "what was not copied keeps its name");
    assert_eq!(there.undo().doc(), &order_flow());
}

#[test]
fn pasted_twice_at_one_place_the_second_lies_beside_the_first() {
    let text = TestEditor::open()
        .does(|canvas| canvas.select(Some("mail".into())))
        .canvas
        .copy()
        .expect("one is chosen");
    let at = Some(Point::new(800.0, 400.0));
    let paste = |canvas: &mut Canvas| canvas.paste(&text, at).expect("a clip");
    let test = TestEditor::open().does(paste).does(paste);
    assert_eq!((test.place("mail_2"), test.place("mail_3")), ([800.0, 400.0], [840.0, 440.0]));
}

#[test]
fn a_whole_flow_file_can_be_pasted_and_words_cannot() {
    let text = serde_json::to_string(&order_flow()).expect("it is written");
    assert_eq!(Clip::from_text(&text).map(|clip| clip.nodes.len()), Ok(4));
    assert_eq!(Clip::from_text("hello"), Err(NotAClip::Other));
    assert_eq!(Clip::from_text(r#"{"khlong": 2}"#), Err(NotAClip::Version(2)));
    assert!(matches!(Clip::from_text(r#"{"khlong": 1}"#), Err(NotAClip::Wrong(_))));
}

#[test]
fn nodes_are_switched_off_together_and_on_again_together() {
    let test = TestEditor::open().does(Canvas::select_all).does(Canvas::toggle);
    assert!(test.doc().nodes.iter().all(|node| node.disabled));
    let test = test.does(Canvas::toggle);
    assert!(test.doc().nodes.iter().all(|node| !node.disabled));
}

#[test]
fn another_operation_takes_over_edges_and_fields_that_it_knows() {
    let test =
        TestEditor::open().does(|canvas| canvas.replace(&"map".into(), &"core/for_each".into(), "Each line"));
    assert_eq!(test.edges(), ["order -> map", "map.item -> erp"]);
    let node = test.doc().node("map").expect("it is there");
    assert_eq!((node.title.as_str(), node.with.is_empty()), ("Each line", true));
}

#[test]
fn typing_into_a_field_is_taken_back_as_one() {
    let typed = |test: TestEditor, text: &str| {
        let stroke = Stroke::Typing { node: Some("erp".into()), field: "url".into() };
        let text = Value::from(text);
        test.does(move |canvas| {
            canvas.stroke(stroke, move |doc| drop(doc.nodes[2].with.insert("url".into(), text)))
        })
    };
    let test = ["h", "ht", "https://erp"].into_iter().fold(TestEditor::open(), typed);
    assert_eq!(test.undo().doc(), &order_flow());
}

#[test]
fn everything_before_and_after_a_node_can_be_chosen() {
    let test = TestEditor::open().does(|canvas| canvas.select(Some("map".into())));
    assert_eq!(test.does(|canvas| canvas.select_along(Way::Upstream)).chosen(), ["map", "order"]);
    let test = TestEditor::open().does(|canvas| canvas.select(Some("map".into())));
    assert_eq!(test.does(|canvas| canvas.select_along(Way::Downstream)).chosen(), ["erp", "map"]);
}

#[test]
fn a_tidied_flow_runs_to_the_right_with_nothing_on_top_of_anything() {
    let mut flow = order_flow();
    flow.edges.push(Edge { from: "order".into(), to: "mail".into() });
    flow.layout.values_mut().for_each(|at| *at = [0.0, 0.0]);
    let test = TestEditor::open_with(flow).does(Canvas::tidy);
    let scene = test.canvas.scene();
    for edge in &scene.edges {
        let area = |id: &NodeId| scene.node(id.as_str()).expect("an end of it").area;
        assert!(area(&edge.from.node).max().x < area(&edge.to).min.x, "{} leads to the right", edge.from);
    }
    for (at, node) in scene.nodes.iter().enumerate() {
        assert!(
            scene.nodes[..at].iter().all(|other| !other.area.meets(node.area)),
            "nothing lies on {}",
            node.id
        );
    }
}

#[test]
fn two_fingers_end_a_drag_and_pinch() {
    let test = TestEditor::open();
    let from = test.node("mail");
    let second =
        Input::Press { pointer: 2, button: PointerButton::Main, at: Point::new(900.0, 90.0), add: false };
    let test = test.press(from).move_to(from + Point::new(60.0, 0.0)).send(second);
    assert!(matches!(test.canvas.gesture(), Gesture::Pinching { .. }));
    assert_eq!(test.doc(), &order_flow());
}

/// The same choices for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }

    fn of<T: Clone>(&mut self, some: &[T]) -> Option<T> {
        some.get(self.below(some.len())).cloned()
    }
}

/// One thing that a person might do.
fn anything(test: TestEditor, dice: &mut Dice) -> TestEditor {
    let nodes: Vec<NodeId> = test.doc().nodes.iter().map(|node| node.id.clone()).collect();
    let (Some(one), Some(other)) = (dice.of(&nodes), dice.of(&nodes)) else {
        return test.does(|canvas| {
            canvas.insert(&"core/webhook".into(), "Start", Inserted::Alone(Point::default()))
        });
    };
    let edges = test.doc().edges.clone();
    let edge = dice.of(&edges);
    let operation =
        dice.of(&["core/script", "core/switch", "http/request", "core/for_each"]).expect("there are some");
    let by = Point::new(dice.below(400) as f64 - 200.0, dice.below(400) as f64 - 200.0);
    let ports: Vec<PortRef> = test
        .canvas
        .scene()
        .nodes
        .iter()
        .flat_map(|node| {
            node.ports.iter().map(|port| PortRef { node: node.id.clone(), port: port.port.clone() })
        })
        .collect();
    let port = dice.of(&ports).unwrap_or_else(|| PortRef { node: one.clone(), port: Port::out() });
    match dice.below(16) {
        0 => test.does(|canvas| canvas.insert(&operation.into(), "New", Inserted::Behind(port, None))),
        1 => match edge {
            Some(edge) => test.does(|canvas| canvas.insert(&operation.into(), "New", Inserted::Into(edge))),
            None => test,
        },
        2..=4 => test.does(|canvas| canvas.connect(port, other).unwrap_or_default()),
        5 => test.does(|canvas| edge.map(|edge| canvas.disconnect(&edge)).unwrap_or_default()),
        6 => test.does(|canvas| canvas.select(Some(one))).does(|canvas| canvas.remove(Gap::Closed)),
        7 => test.does(|canvas| canvas.select(Some(one))).does(|canvas| canvas.remove(Gap::Open)),
        8 => test.does(|canvas| canvas.select(Some(one))).does(Canvas::duplicate),
        9 => test.does(|canvas| canvas.select(Some(one))).does(|canvas| canvas.nudge(by)),
        10 => test.does(|canvas| canvas.rename(&one, &format!("Called {}", by.x))),
        11 => test.does(|canvas| canvas.replace(&one, &operation.into(), "Other")),
        12 => test.does(|canvas| canvas.sample(&one, Some(json!({"id": by.x})))),
        13 => test.does(Canvas::tidy),
        14 => test.does(|canvas| canvas.select_all()).does(Canvas::toggle),
        _ => {
            let from = test.node(one.as_str());
            test.drag(from, from + by)
        }
    }
}

#[test]
fn a_hundred_edits_are_taken_back_and_made_again_to_the_letter() {
    for seed in 1..40 {
        let mut dice = Dice(seed * 0x9e37_79b9);
        let mut test = TestEditor::open();
        let mut stages = vec![test.doc().clone()];
        for _ in 0..100 {
            test = anything(test, &mut dice);
            if stages.last() != Some(test.doc()) {
                stages.push(test.doc().clone());
            }
        }
        let last = test.doc().clone();
        for stage in stages.iter().rev() {
            assert_eq!(test.doc(), stage, "seed {seed}");
            test = test.undo();
        }
        assert_eq!(test.doc(), &order_flow(), "seed {seed}");
        while test.canvas.draft().is_some_and(canvas::draft::Draft::can_redo) {
            test = test.redo();
        }
        assert_eq!(test.doc(), &last, "seed {seed}");
    }
}
