//! What is drawn of a large flow: what can be seen and a little more, and what Tab reaches next.

mod common;

use canvas::{Canvas, Input, Key, Point, Rect, Selection};
use common::TestEditor;
use model::{FlowDocument, NodeId};
use serde_json::{Value, json};

/// A row of so many steps, each behind the last.
fn row(long: usize) -> FlowDocument {
    let nodes: Vec<Value> =
        (0..long).map(|at| json!({"id": format!("n{at}"), "use": "core/script"})).collect();
    let edges: Vec<Value> =
        (1..long).map(|at| json!({"from": format!("n{}", at - 1), "to": format!("n{at}")})).collect();
    let places = (0..long).map(|at| (format!("n{at}"), json!([at * 300, 0])));
    let layout: serde_json::Map<String, Value> = places.collect();
    let doc =
        json!({"khlong": 1, "id": "row", "name": "Row", "nodes": nodes, "edges": edges, "layout": layout});
    serde_json::from_value(doc).expect("the test's flow is well formed")
}

fn drawn(canvas: &Canvas) -> Vec<NodeId> {
    canvas.drawn_nodes(canvas.seen())
}

fn look_at(test: TestEditor, x: f64) -> TestEditor {
    test.send(Input::CentreOn(Point::new(x, 0.0)))
}

#[test]
fn of_a_small_flow_everything_is_drawn_wherever_one_looks() {
    let test = look_at(TestEditor::open_with(row(40)), 90_000.0);
    assert_eq!(drawn(&test.canvas).len(), 40);
    assert_eq!(test.canvas.drawn_edges(test.canvas.seen()).len(), 39);
}

#[test]
fn of_a_large_flow_whatever_can_be_seen_is_drawn_and_not_much_more() {
    for x in [0.0, 1_234.0, 33_333.0, 150_000.0] {
        for zoom in [Key::ZoomReset, Key::ZoomOut, Key::ZoomIn] {
            let test = look_at(TestEditor::open_with(row(1_000)).send(Input::Key(zoom)), x);
            let seen = test.canvas.view().visible(test.canvas.screen());
            let ids = drawn(&test.canvas);
            let nodes = &test.canvas.scene().nodes;
            let there = |area: Rect| area.meets(seen);
            assert!(
                nodes.iter().filter(|node| there(node.area)).all(|node| ids.contains(&node.id)),
                "at {x}"
            );
            assert!(ids.len() < 20, "{} at {x}", ids.len());
            let edges = test.canvas.drawn_edges(test.canvas.seen());
            let met = test.canvas.scene().edges.iter().filter(|edge| there(edge.curve.bounds()));
            assert!(met.map(canvas::PlacedEdge::edge).all(|edge| edges.contains(&edge)), "at {x}");
        }
    }
}

#[test]
fn a_small_move_of_the_view_draws_nothing_else() {
    // Not at the rim of a cell, where the smallest move is one into the next.
    let test = look_at(TestEditor::open_with(row(1_000)), 30_100.0);
    let seen = test.canvas.seen();
    let moved = test.send(Input::Wheel { at: Point::default(), by: Point::new(3.0, 2.0), zoom: false });
    assert_eq!(moved.canvas.seen(), seen);
}

#[test]
fn the_next_step_for_tab_is_drawn_though_it_is_far_from_what_is_seen() {
    let test =
        TestEditor::open_with(row(1_000)).does(|canvas| canvas.choose_all(Selection::of(["n500".into()])));
    let ids = drawn(&look_at(test, 0.0).canvas);
    for id in ["n499", "n500", "n501"] {
        assert!(ids.contains(&id.into()), "{id}");
    }
}
