//! Edges that are led by hand: many at once, from where they end, and over nothing.

mod common;

use canvas::draft::{Inserted, Refusal};
use canvas::{Change, Gesture, Input, Key, Point, With};
use common::{TestEditor, order_flow};
use model::Edge;

fn shift() -> With {
    With { shift: true, ..With::default() }
}

#[test]
fn all_edges_of_a_way_out_are_led_to_another_and_that_is_one_step() {
    let mut flow = order_flow();
    flow.edges.push(Edge { from: "order".into(), to: "mail".into() });
    flow.nodes.push(model::Node::new("check".into(), "core/webhook".into()));
    flow.layout.insert("check".into(), [0.0, 300.0]);
    let test = TestEditor::open_with(flow.clone());
    let (from, to) = (test.port("order"), test.port("check"));
    let test = test.press_with(shift(), from).move_to(from.middle(to)).move_to(to);
    assert_eq!((test.canvas.held_edges().len(), test.canvas.in_hand().1), (2, true));
    let test = test.release(to);
    assert_eq!(test.edges(), ["check -> map", "map -> erp", "check -> mail"]);
    assert_eq!(test.undo().doc(), &flow);
}

#[test]
fn all_edges_of_an_input_are_led_to_another() {
    let test = TestEditor::open();
    let input = test.canvas.scene().node("erp").and_then(|node| node.input).expect("it has an input");
    let (from, to) = (test.canvas.view().to_screen(input), test.node("mail"));
    let test = test.press_with(shift(), from).move_to(from.middle(to)).move_to(to).release(to);
    assert_eq!(test.edges(), ["order -> map", "map -> mail"]);
}

#[test]
fn edges_that_would_go_round_in_a_circle_stay_where_they_are() {
    let test = TestEditor::open();
    let (from, to) = (test.port("order"), test.port("erp"));
    let test = test.press_with(shift(), from).move_to(from.middle(to)).move_to(to);
    assert!(!test.canvas.in_hand().1, "it is shown while it is held");
    let test = test.release(to);
    assert_eq!(test.doc(), &order_flow());
    let circle = |change: &Change| matches!(change, Change::Refused { why: Refusal::Circle, .. });
    assert!(test.changes.iter().any(circle), "{:?}", test.changes);
}

#[test]
fn edges_in_hand_are_let_go_over_nothing_or_put_back_by_escape() {
    for end in [Input::Key(Key::Escape), Input::Release { pointer: 1, at: Point::new(600.0, 650.0) }] {
        let test = TestEditor::open();
        let from = test.port("order");
        let test = test.press_with(shift(), from).move_to(Point::new(600.0, 650.0)).send(end);
        assert_eq!((test.doc(), test.canvas.gesture()), (&order_flow(), &Gesture::Idle));
    }
}

#[test]
fn an_edge_can_be_drawn_from_where_it_ends() {
    let test = TestEditor::open();
    let input = test.canvas.scene().node("mail").and_then(|node| node.input).expect("it has an input");
    let (from, to) = (test.canvas.view().to_screen(input), test.port("map.error"));
    let test = test.drag(from, to);
    assert_eq!(test.edges(), ["order -> map", "map -> erp", "map.error -> mail"]);
}

/// An edge drawn from the mail's input to a point so far away, with what was asked for there.
fn drawn_back(by: Point) -> (TestEditor, Option<Inserted>) {
    let test = TestEditor::open();
    let input = test.canvas.scene().node("mail").and_then(|node| node.input).expect("it has an input");
    let from = test.canvas.view().to_screen(input);
    let test = test.drag(from, from + by);
    assert_eq!((test.doc(), test.canvas.gesture()), (&order_flow(), &Gesture::Idle));
    let asked = test.changes.iter().find_map(|change| match change {
        Change::AskForNode(place) => Some(place.clone()),
        _ => None,
    });
    (test, asked)
}

#[test]
fn an_edge_drawn_back_and_let_go_over_nothing_asks_for_a_node_that_comes_before() {
    let (test, asked) = drawn_back(Point::new(-150.0, 150.0));
    let place = asked.expect("a node is asked for");
    let test = test.does(|canvas| canvas.insert(&"core/script".into(), "Words", place));
    assert_eq!(test.edges(), ["order -> map", "map -> erp", "script -> mail"]);
    assert_eq!(test.chosen(), ["script"]);
    let [x, y] = test.place("script");
    assert!(x + canvas::NODE_WIDTH < test.place("mail")[0], "it stands left of what it leads to: {x}");
    assert_eq!((x % 20.0, y % 20.0), (0.0, 0.0), "it lies on the grid");
    assert_eq!(test.undo().doc(), &order_flow());
}

#[test]
fn an_edge_drawn_back_onto_its_own_node_asks_for_nothing() {
    let (_, asked) = drawn_back(Point::new(60.0, 0.0));
    assert_eq!(asked, None);
}

#[test]
fn a_finger_finds_an_edge_that_an_arrow_would_miss() {
    let test = TestEditor::open();
    let middle = test.canvas.view().to_screen(test.canvas.scene().edges[0].curve.middle());
    let beside = middle + Point::new(0.0, 18.0);
    let tap = With { touch: true, ..With::default() };
    assert_eq!(test.click(beside).canvas.selection().edge(), None);
    let test = TestEditor::open().press_with(tap, beside).release(beside);
    assert!(test.canvas.selection().edge().is_some());
}
