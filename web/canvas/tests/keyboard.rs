//! Where the keyboard leads on the drawing: along the nodes, onto the edges, and on from what was removed.

mod common;

use canvas::walk::Direction;
use canvas::{Change, Input, Key};
use common::{TestEditor, order_flow};
use model::Edge;

fn edge(from: &str, to: &str) -> Edge {
    Edge { from: from.into(), to: to.into() }
}

/// The map leads to two nodes.
fn open() -> TestEditor {
    let mut flow = order_flow();
    flow.edges.push(edge("map", "mail"));
    TestEditor::open_with(flow)
}

fn arrow(test: TestEditor, direction: Direction) -> TestEditor {
    test.send(Input::Key(Key::Arrow(direction)))
}

#[test]
fn arrows_lead_from_an_edge_to_its_ends_and_to_the_next_edge_of_its_node() {
    let test = open().does(|canvas| canvas.focus_edge(&edge("map", "erp")));
    let test = arrow(test, Direction::Down);
    assert_eq!(test.canvas.selection().edge(), Some(&edge("map", "mail")));
    assert_eq!(test.changes.last(), Some(&Change::FocusEdge(edge("map", "mail"))));
    let test = arrow(test, Direction::Down);
    assert!(test.changes.is_empty(), "it is the last");
    let test = arrow(test, Direction::Forward);
    assert_eq!(test.chosen(), ["mail"]);
    let test = test.does(|canvas| canvas.focus_edge(&edge("map", "mail")));
    let test = arrow(arrow(test, Direction::Up), Direction::Back);
    assert_eq!(test.chosen(), ["map"]);
}

#[test]
fn an_edge_that_takes_the_focus_comes_into_view() {
    let test = open().send(Input::CentreOn(canvas::Point::new(5_000.0, 5_000.0)));
    let test = test.does(|canvas| canvas.focus_edge(&edge("order", "map")));
    let middle = test.canvas.scene().edge(&edge("order", "map")).expect("it is drawn").curve.middle();
    assert!(test.canvas.view().visible(test.canvas.screen()).contains(middle));
}

#[test]
fn each_node_is_reached_one_after_the_other_whether_or_not_anything_leads_there() {
    let mut test = TestEditor::open();
    let mut reached = Vec::new();
    for _ in 0..order_flow().nodes.len() {
        test = test.does(|canvas| canvas.walk_along(1));
        reached.extend(test.canvas.selected().cloned());
    }
    reached.sort();
    assert_eq!(reached, ["erp", "mail", "map", "order"].map(model::NodeId::from));
    let test = test.does(|canvas| canvas.walk_along(1));
    assert!(test.changes.is_empty(), "behind the last is nothing");
    let before = test.does(|canvas| canvas.walk_along(-1));
    assert!(matches!(before.changes.last(), Some(Change::FocusNode(_))));
}

#[test]
fn the_keyboard_goes_on_beside_what_is_removed() {
    let beside = |chosen: &[&str]| {
        let chosen = canvas::Selection::of(chosen.iter().map(|id| (*id).into()));
        let test = TestEditor::open().does(|canvas| canvas.choose_all(chosen));
        test.canvas.beside_chosen().map(|node| node.to_string())
    };
    assert_eq!(beside(&["map"]).as_deref(), Some("order"), "what led to it");
    assert_eq!(beside(&["map", "erp"]).as_deref(), Some("order"));
    assert_eq!(beside(&["order"]).as_deref(), Some("map"), "what it led to");
    assert_eq!(beside(&["mail"]).as_deref(), Some("map"), "nothing is connected: the nearest");
    assert_eq!(beside(&["order", "map", "erp", "mail"]), None);
    let test = open().does(|canvas| canvas.focus_edge(&edge("map", "mail")));
    assert_eq!(test.canvas.beside_chosen(), Some("map".into()), "where the edge began");
}
