//! What people do to a flow with a mouse, a keyboard and menus, and how each of it is taken back.

mod common;

use canvas::draft::edits::Gap;
use canvas::draft::{Clip, Inserted, NotAClip, NoteEdit, Refusal, Stroke};
use canvas::{
    Alignment, Canvas, Change, Gesture, Input, Key, Point, PointerButton, Rect, Selection, Way, With,
};
use common::{TestEditor, order_flow};
use model::{Edge, FlowDocument, NodeId, NoteId, Port, PortRef, Value};
use serde_json::json;

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
    let asks = |change: &Change| match change {
        Change::AskForNode(Inserted::Behind(from, _)) => from.to_string() == "erp",
        _ => false,
    };
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
fn a_node_comes_in_alone_when_what_it_was_asked_for_beside_is_gone() {
    let places = [
        Inserted::Behind("erp".into(), None),
        Inserted::Behind("erp".into(), Some(Point::new(900.0, 0.0))),
        Inserted::Before("erp".into(), Point::new(300.0, 100.0)),
        Inserted::Into(Edge { from: "map".into(), to: "erp".into() }),
    ];
    for place in places {
        let test = TestEditor::open()
            .does(|canvas| canvas.select(Some("erp".into())))
            .does(|canvas| canvas.remove(Gap::Open))
            .does(|canvas| canvas.insert(&"http/request".into(), "Tell", place));
        assert_eq!(test.edges(), ["order -> map"]);
        assert_eq!(test.chosen(), ["request"]);
    }
    // The new node may get the id of the one that went: it does not follow itself.
    let alone = Inserted::Alone(Point::new(0.0, 500.0));
    let test = TestEditor::open()
        .does(|canvas| canvas.insert(&"http/request".into(), "Tell", alone))
        .does(|canvas| canvas.remove(Gap::Open))
        .does(|canvas| {
            canvas.insert(&"http/request".into(), "Tell", Inserted::Behind("request".into(), None))
        });
    assert_eq!(test.edges(), ["order -> map", "map -> erp"]);
    assert_eq!(test.doc().nodes.len(), 5);
}

#[test]
fn what_goes_while_it_is_held_is_neither_connected_nor_laid() {
    let gone = |test: TestEditor, to: Point| {
        let test = test.does(|canvas| canvas.select(Some("mail".into())));
        test.does(|canvas| canvas.remove(Gap::Open)).release(to).edges()
    };
    let left = ["order -> map", "map -> erp"];
    let test = TestEditor::open();
    let (from, to) = (test.port("map.error"), test.node("mail"));
    assert_eq!(gone(test.press(from).move_to(from.middle(to)).move_to(to), to), left);
    let test = TestEditor::open();
    let (from, to) = (test.node("mail"), test.node("mail") + Point::new(60.0, 0.0));
    assert_eq!(gone(test.press(from).move_to(to), to), left);
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

/// Something more is typed into one field.
fn typed(test: TestEditor, text: &str) -> TestEditor {
    let stroke = Stroke::Typing { node: Some("erp".into()), field: "url".into() };
    let text = Value::from(text);
    test.does(move |canvas| {
        canvas.stroke(stroke, move |doc| drop(doc.nodes[2].with.insert("url".into(), text)))
    })
}

#[test]
fn typing_into_a_field_is_taken_back_as_one() {
    let test = ["h", "ht", "https://erp"].into_iter().fold(TestEditor::open(), typed);
    assert_eq!(test.undo().doc(), &order_flow());
}

#[test]
fn what_is_typed_into_a_field_that_was_left_is_taken_back_by_itself() {
    let test = ["h", "https://erp"].into_iter().fold(TestEditor::open(), typed);
    let test = test.does(|canvas| {
        canvas.lift();
        Vec::new()
    });
    let test = ["https://erp/", "https://erp/orders"].into_iter().fold(test, typed).undo();
    assert_eq!(test.doc().nodes[2].with["url"], json!("https://erp"));
    assert_eq!(test.undo().doc(), &order_flow());
}

#[test]
fn what_is_typed_after_an_undo_is_taken_back_by_itself() {
    let test = typed(TestEditor::open(), "https://erp")
        .does(|canvas| canvas.rename(&"mail".into(), "Tell them"))
        .undo();
    let test = typed(test, "https://erp/orders").undo();
    assert_eq!(test.doc().nodes[2].with["url"], json!("https://erp"));
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
    let second = Input::Press {
        pointer: 2,
        button: PointerButton::Main,
        at: Point::new(900.0, 90.0),
        with: With::default(),
    };
    let test = test.press(from).move_to(from + Point::new(60.0, 0.0)).send(second);
    assert!(matches!(test.canvas.gesture(), Gesture::Pinching { .. }));
    assert_eq!(test.doc(), &order_flow());
}

#[test]
fn a_node_that_comes_in_pushes_aside_what_lies_there_and_what_lies_there_in_turn() {
    let mut flow = order_flow();
    flow.layout.insert("mail".into(), [520.0, 20.0]);
    let place = Inserted::Alone(Point::new(320.0, 20.0));
    let test = TestEditor::open_with(flow);
    let before = test.doc().clone();
    let test = test.does(|canvas| canvas.insert(&"core/script".into(), "New", place));
    let nodes = &test.canvas.scene().nodes;
    for (at, node) in nodes.iter().enumerate() {
        let on_it = nodes[..at].iter().find(|other| other.area.meets(node.area));
        assert!(on_it.is_none(), "{} lies on {:?}", node.id, on_it.map(|other| &other.id));
    }
    assert_eq!(test.place("script"), [320.0, 20.0], "what is pointed at is where it comes in");
    assert_eq!(test.undo().doc(), &before, "one step");
}

#[test]
fn chosen_nodes_are_brought_into_line_and_spread_evenly() {
    let three = || Selection::of(["order".into(), "erp".into(), "mail".into()]);
    let test = TestEditor::open().does(|canvas| canvas.choose_all(three()));
    let test = test.does(|canvas| canvas.align(Alignment::Top));
    assert_eq!([test.place("order")[1], test.place("mail")[1], test.place("erp")[1]], [0.0; 3]);
    let test = test.undo().does(|canvas| canvas.align(Alignment::Right));
    assert_eq!([test.place("order")[0], test.place("mail")[0], test.place("erp")[0]], [600.0; 3]);
    let test = test.undo().does(|canvas| canvas.select(Some("mail".into())));
    let test =
        test.does(|canvas| canvas.nudge(Point::new(100.0, 0.0))).does(|canvas| canvas.choose_all(three()));
    let test = test.does(|canvas| canvas.align(Alignment::Across));
    assert_eq!([test.place("order")[0], test.place("mail")[0], test.place("erp")[0]], [0.0, 300.0, 600.0]);
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
    let notes: Vec<NoteId> = test.doc().notes.iter().map(|note| note.id.clone()).collect();
    let note = dice.of(&notes);
    let some = Selection::of(nodes.iter().filter(|_| dice.below(2) == 0).cloned()).and_notes(note.clone());
    match dice.below(24) {
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
        15 => test.does(|canvas| canvas.add_note(by)),
        16 => test.does(|canvas| {
            note.map(|note| canvas.edit_note(&note, NoteEdit::Write(format!("**{}**", by.x))))
                .unwrap_or_default()
        }),
        17 => test.does(|canvas| {
            let area = Rect::new(by.x, by.y, by.x.abs(), by.y.abs());
            note.map(|note| canvas.edit_note(&note, NoteEdit::Place(area))).unwrap_or_default()
        }),
        18 => test.does(|canvas| canvas.choose_all(some)).does(|canvas| canvas.group("Some")),
        19 => test.does(|canvas| canvas.choose_all(some)).does(Canvas::ungroup),
        20 => test.does(|canvas| canvas.choose_all(some)).does(Canvas::duplicate),
        21 => test.does(|canvas| canvas.choose_all(some)).does(|canvas| canvas.remove(Gap::Closed)),
        22 => test.does(|canvas| canvas.choose_all(some)).does(|canvas| canvas.nudge(by)),
        _ => {
            let from = test.node(one.as_str());
            test.drag(from, from + by)
        }
    }
}

#[test]
fn what_lies_out_of_all_bounds_is_drawn_at_their_rim_and_stays_in_the_document_until_it_is_moved() {
    let mut flow = order_flow();
    flow.layout.insert("mail".into(), [1e300, -1e300]);
    let note = json!({"id": "far", "at": [-1e300, 0], "size": [1e300, 0]});
    flow.notes.push(serde_json::from_value(note).expect("the test's note is well formed"));
    let test = TestEditor::open_with(flow.clone());
    let mail = test.canvas.scene().node("mail").expect("a node of the flow").area;
    assert_eq!(mail.min, Point::new(1e6, -1e6));
    let note = test.canvas.scene().note(&"far".into()).expect("the flow's note").area;
    assert_eq!(note, Rect::new(-1e6, 0.0, 4_000.0, 60.0));
    let test = test.does(|canvas| canvas.rename(&"map".into(), "To an order"));
    assert_eq!(test.place("mail"), [1e300, -1e300]);
    let test = test
        .does(|canvas| canvas.select(Some("mail".into())))
        .does(|canvas| canvas.nudge(Point::new(-20.0, 0.0)));
    assert_eq!(test.place("mail"), [999_980.0, -1e6]);
    assert_eq!(test.undo().undo().doc(), &flow);
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

#[test]
fn moving_a_flow_into_a_folder_is_taken_back_like_any_change_and_is_no_new_version() {
    let editor = TestEditor::open().does(|canvas| canvas.labels("Shop/Orders", vec!["erp".into()]));
    let moved = editor.doc().clone();
    assert_eq!((moved.folder.as_str(), moved.tags.len()), ("Shop/Orders", 1));
    assert_eq!(moved.digest(), order_flow().digest());
    let editor = editor.does(Canvas::undo);
    assert_eq!(editor.doc(), &order_flow());
    let editor = editor.does(Canvas::redo);
    assert_eq!(editor.doc(), &moved);
}

#[test]
fn a_folder_and_tags_that_somebody_else_has_taken_away_stay_away() {
    let theirs = FlowDocument { name: "Theirs".into(), ..order_flow() };
    let editor = TestEditor::open()
        .does(|canvas| canvas.labels("Shop", vec!["erp".into()]))
        .does(|canvas| canvas.become_like(theirs.clone()));
    assert_eq!(editor.doc(), &theirs);
}

#[test]
fn a_node_is_put_elsewhere_in_the_list_and_stays_where_it_is_drawn() {
    let order = |test: &TestEditor| {
        let ids = test.doc().nodes.iter().map(|node| node.id.to_string());
        ids.collect::<Vec<_>>().join(" ")
    };
    let test = TestEditor::open().does(|canvas| canvas.select(Some("mail".into())));
    let test = test.does(|canvas| canvas.reorder(-2));
    assert_eq!((order(&test).as_str(), test.place("mail")), ("order mail map erp", [300.0, 300.0]));
    let test = test.does(|canvas| canvas.reorder(9));
    assert_eq!(order(&test), "order map erp mail");
    assert_eq!(test.undo().undo().doc(), &order_flow());
}

#[test]
fn a_click_with_shift_chooses_by_thirds_what_leads_here_what_hangs_together_and_what_follows() {
    let clicked = |x: f64, control: bool| {
        let test = TestEditor::open();
        let area = test.canvas.scene().node("map").expect("a node of the flow").area;
        let (mail, at) = (test.node("mail"), test.at(area.min.x + x, area.centre().y));
        let with = With { shift: true, control, ..With::default() };
        let test = test.click(mail).press_with(with, at).release(at);
        test.chosen().join(" ")
    };
    assert_eq!([clicked(30.0, false), clicked(102.0, false)], ["map order", "erp map order"]);
    assert_eq!([clicked(180.0, false), clicked(180.0, true)], ["erp map", "erp mail map"]);
}

#[test]
fn the_node_under_the_pointer_is_magnified_before_the_chosen_one() {
    let test = TestEditor::open();
    let (map, mail) = (test.node("map"), test.node("mail"));
    let test = test.click(map).move_to(mail).send(Input::Key(Key::Magnify));
    let middle = Point::new(600.0, 350.0);
    assert!(test.node("mail").distance(middle) < 1.0, "{:?}", test.node("mail"));
}
