//! Notes and groups under a hand: laid down, moved, made larger, folded, copied, cut through, and all of it taken back.

mod common;

use canvas::draft::NoteEdit;
use canvas::draft::edits::Gap;
use canvas::{Canvas, Gesture, Input, Key, Point, Selection, Under, With};
use common::{TestEditor, order_flow};
use model::{FlowDocument, Note, NoteColour};
use std::collections::BTreeSet;

/// A note left of everything, and a group around `map` and `erp`.
fn drawn_flow() -> FlowDocument {
    let test = TestEditor::open()
        .does(|canvas| canvas.add_note(Point::new(-300.0, 200.0)))
        .does(|canvas| canvas.choose_all(Selection::of(["map".into(), "erp".into()])))
        .does(|canvas| canvas.group("To the ERP"));
    test.doc().clone()
}

fn open() -> TestEditor {
    TestEditor::open_with(drawn_flow())
}

fn note(test: &TestEditor) -> &Note {
    &test.doc().notes[0]
}

#[test]
fn a_note_is_dragged_like_a_node_and_put_back_by_one_step() {
    let test = open();
    let from = test.at(-200.0, 260.0);
    let test = test.drag(from, from + Point::new(39.0, 61.0));
    assert_eq!(note(&test).at, [-260.0, 260.0]);
    assert_eq!(test.undo().doc(), &drawn_flow());
}

#[test]
fn the_corner_of_a_note_makes_it_larger_and_never_smaller_than_can_be_held() {
    let test = open();
    let corner = test.at(-62.0, 358.0);
    let larger = test.drag(corner, corner + Point::new(100.0, 40.0));
    assert_eq!((note(&larger).at, note(&larger).size), ([-300.0, 200.0], [340.0, 200.0]));
    let corner = larger.at(38.0, 398.0);
    let smallest = larger.drag(corner, corner - Point::new(900.0, 900.0));
    assert_eq!(note(&smallest).size, [60.0, 60.0]);
}

#[test]
fn escape_gives_a_note_its_size_back() {
    let test = open();
    let corner = test.at(-62.0, 358.0);
    let test = test.press(corner).move_to(corner + Point::new(90.0, 0.0));
    assert!(matches!(test.canvas.gesture(), Gesture::Sizing { .. }));
    let test = test.send(Input::Key(Key::Escape));
    let drawn = test.canvas.scene().notes[0].area;
    assert_eq!((drawn.size.width, test.doc()), (240.0, &drawn_flow()));
}

#[test]
fn a_note_is_written_and_painted() {
    let test = open();
    let id = note(&test).id.clone();
    let test = test
        .does(|canvas| canvas.edit_note(&id, NoteEdit::Write("**Pilot.** Until 100 %.".into())))
        .does(|canvas| canvas.edit_note(&id, NoteEdit::Paint(NoteColour::Blue)));
    assert_eq!(
        (note(&test).text.as_str(), note(&test).colour),
        ("**Pilot.** Until 100 %.", NoteColour::Blue)
    );
    assert_eq!(test.undo().undo().doc(), &drawn_flow());
}

#[test]
fn a_box_chooses_a_note_only_as_a_whole_for_it_lies_below() {
    let test = open();
    let (from, to) = (test.at(-310.0, 190.0), test.at(-100.0, 300.0));
    let test = test.drag(from, to);
    assert!(test.canvas.selection().is_empty());
    let to = test.at(-50.0, 370.0);
    assert_eq!(test.drag(from, to).canvas.selection().notes().len(), 1);
}

#[test]
fn a_group_is_dragged_by_its_name_as_one_and_keeps_how_its_nodes_lie() {
    let test = open();
    let name = test.at(320.0, -40.0);
    let test = test.drag(name, name + Point::new(-41.0, 99.0));
    assert_eq!((test.place("map"), test.place("erp")), ([260.0, 100.0], [560.0, 100.0]));
    assert_eq!((test.place("mail"), test.chosen()), ([300.0, 300.0], vec!["erp", "map"]));
    assert!(test.canvas.chosen_group().is_some(), "the group is what is chosen");
    assert_eq!(test.undo().doc(), &drawn_flow());
}

#[test]
fn a_node_is_still_dragged_out_of_its_place_in_a_group_alone() {
    let test = open();
    let from = test.node("map");
    let test = test.drag(from, from + Point::new(0.0, 100.0));
    assert_eq!((test.place("map"), test.place("erp")), ([300.0, 100.0], [600.0, 0.0]));
}

#[test]
fn a_folded_group_is_one_box_that_edges_lead_to_and_that_moves_all_of_it() {
    let test = open();
    let groups: BTreeSet<_> = test.doc().groups.iter().map(|group| group.id.clone()).collect();
    let test = test.does(|canvas| canvas.fold(&groups, true));
    let scene = test.canvas.scene();
    let area = scene.groups[0].area;
    assert_eq!(scene.edges[0].curve.to, Point::new(area.min.x, area.centre().y), "order leads to the box");
    assert!(scene.edges[1].folded, "what is inside is not drawn");
    assert!(scene.node_at(Point::new(700.0, 30.0)).is_none(), "and not hit");
    let from = test.canvas.view().to_screen(area.centre());
    let test = test.drag(from, from + Point::new(0.0, 200.0));
    assert_eq!((test.place("map"), test.place("erp")), ([300.0, 200.0], [600.0, 200.0]));
    let test = test.does(|canvas| canvas.fold(&groups, false));
    assert!(test.canvas.scene().node_at(Point::new(700.0, 230.0)).is_some());
    assert_eq!(test.undo().doc(), &drawn_flow(), "folding is nothing that is taken back");
}

#[test]
fn a_node_is_in_one_group_at_most_and_a_group_without_nodes_is_gone() {
    let test = open()
        .does(|canvas| canvas.choose_all(Selection::of(["map".into(), "mail".into()])))
        .does(|canvas| canvas.group("Other"));
    let nodes: Vec<Vec<&str>> =
        test.doc().groups.iter().map(|group| group.nodes.iter().map(|id| id.as_str()).collect()).collect();
    assert_eq!(nodes, [vec!["erp"], vec!["map", "mail"]]);
    let test = test.does(|canvas| canvas.select(Some("erp".into()))).does(|canvas| canvas.remove(Gap::Open));
    assert_eq!(test.doc().groups.len(), 1);
}

#[test]
fn ungrouping_leaves_the_nodes() {
    let test = open().does(|canvas| canvas.select(Some("map".into()))).does(Canvas::ungroup);
    assert_eq!((test.doc().groups.len(), test.doc().nodes.len()), (0, 4));
}

#[test]
fn a_copy_takes_notes_and_whole_groups_along() {
    let test = open().does(Canvas::select_all);
    let text = test.canvas.copy().expect("something is chosen");
    let mut other = Canvas::edit(order_flow(), common::specs());
    other.paste(&text, Some(Point::new(2_000.0, 0.0))).expect("it is a part of a flow");
    let doc = other.draft().expect("it is edited").doc();
    assert_eq!((doc.notes.len(), doc.groups.len()), (1, 1));
    let grouped: Vec<&str> = doc.groups[0].nodes.iter().map(|id| id.as_str()).collect();
    assert_eq!(grouped, ["map_2", "erp_2"], "of the copies");
    assert_eq!(doc.notes[0].at, [2_000.0, 200.0], "it lies to the nodes as it lay");
    assert_eq!(other.selection().len(), 5);
}

#[test]
fn deleting_takes_notes_and_one_step_brings_all_of_it_back() {
    let test = open().does(Canvas::select_all).does(|canvas| canvas.remove(Gap::Open));
    assert!(test.doc().notes.is_empty() && test.doc().groups.is_empty() && test.doc().nodes.is_empty());
    assert_eq!(test.undo().doc(), &drawn_flow());
}

#[test]
fn a_line_drawn_with_alt_cuts_the_edges_that_it_crosses_in_one_step() {
    let test = open();
    let (from, to) = (test.at(250.0, -80.0), test.at(250.0, 120.0));
    let test = test.press_with(With { alt: true, ..With::default() }, from).move_to(to);
    assert!(matches!(test.canvas.gesture(), Gesture::Cutting { edges, .. } if edges.len() == 1));
    let test = test.release(to);
    assert_eq!(test.edges(), ["map -> erp"]);
    assert_eq!(test.undo().doc(), &drawn_flow());
}

#[test]
fn a_drag_at_the_rim_goes_on_while_time_passes() {
    let test = TestEditor::open();
    let from = test.node("mail");
    let rim = Point::new(1_195.0, from.y);
    let mut test = test.press(from).move_to(rim);
    let there = test.canvas.scene().node("mail").expect("it is there").area.min;
    assert!(test.canvas.is_at_rim());
    for _ in 0..10 {
        test = test.send(Input::Moment);
    }
    let further = test.canvas.scene().node("mail").expect("it is there").area.min;
    assert_eq!(further.x - there.x, 120.0, "the node stays below the pointer");
    assert!(!test.release(rim).canvas.is_at_rim());
}

#[test]
fn one_finger_pans_and_moves_what_is_chosen() {
    let finger = With { touch: true, ..With::default() };
    let test = TestEditor::open();
    let from = test.node("mail");
    let test = test.press_with(finger, from).move_to(from + Point::new(50.0, 0.0));
    assert!(matches!(test.canvas.gesture(), Gesture::Panning { .. }));
    let from = from + Point::new(50.0, 0.0);
    let test = test.release(from).press_with(finger, from).release(from).press_with(finger, from);
    let test = test.move_to(from + Point::new(50.0, 0.0));
    assert!(matches!(test.canvas.gesture(), Gesture::Moving { .. }), "a tap has chosen it");
}

#[test]
fn what_is_hovered_over_keeps_its_offers_on_the_way_to_them() {
    let hovering = |test: TestEditor, x, y| {
        let at = test.at(x, y);
        test.move_to(at)
    };
    let test = hovering(TestEditor::open(), 250.0, 30.0);
    assert!(matches!(test.canvas.hovered(), Under::Edge(_)));
    let test = hovering(test, 262.0, 5.0);
    assert!(matches!(test.canvas.hovered(), Under::Edge(_)), "the buttons beside the edge can be reached");
    let test = hovering(test, 400.0, 20.0);
    assert_eq!(test.canvas.hovered(), &Under::Node("map".into()));
    let test = hovering(test, 400.0, -30.0);
    assert_eq!(test.canvas.hovered(), &Under::Node("map".into()), "and those above the node");
    assert_eq!(test.send(Input::Leave).canvas.hovered(), &Under::Nothing);
}
