//! Two people at one flow, and what one of them has changed.

use canvas::Point;
use canvas::compare::{Kind, LineSide, Part, Side, changes, lines, merge};
use canvas::draft::drawing::{add_note, group};
use model::{FlowDocument, NodeId};
use proptest::prelude::*;
use serde_json::{Value, json};

fn flow() -> FlowDocument {
    let node = |id: &str| json!({"id": id, "title": id, "use": "core/script", "with": {"script": format!("// {id}")}});
    read(json!({"khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [node("a"), node("b"), node("c"), node("d"), node("e"), node("f")],
        "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}, {"from": "c", "to": "d"}, {"from": "d", "to": "e"}],
        "layout": {"a": [0, 0], "b": [280, 0], "c": [560, 0], "d": [840, 0], "e": [1120, 0], "f": [1400, 0]}}))
}

fn read(doc: Value) -> FlowDocument {
    serde_json::from_value(doc).expect("the test's flow is well formed")
}

/// One thing that somebody does to a node.
#[derive(Clone, Debug)]
enum Edit {
    Script(usize, u8),
    Title(usize, u8),
    Field(usize, u8),
    Move(usize, u8),
    Sample(usize, u8),
    Remove(usize),
    AddBehind(usize, u8),
    LeadTo(usize, usize),
}

fn id(at: usize) -> NodeId {
    NodeId::from(["a", "b", "c", "d", "e", "f"][at % 6])
}

fn with(mut doc: FlowDocument, edits: &[Edit]) -> FlowDocument {
    for edit in edits {
        apply(&mut doc, edit);
    }
    doc
}

fn apply(doc: &mut FlowDocument, edit: &Edit) {
    let mut node = |at: usize, change: &dyn Fn(&mut model::Node)| {
        doc.nodes.iter_mut().filter(|node| node.id == id(at)).for_each(change);
    };
    match edit {
        Edit::Script(at, n) => {
            node(*at, &|node| drop(node.with.insert("script".into(), json!(format!("{n}")))))
        }
        Edit::Title(at, n) => node(*at, &|node| node.title = format!("title {n}")),
        Edit::Field(at, n) => node(*at, &|node| drop(node.with.insert(format!("more{}", n % 3), json!(n)))),
        Edit::Move(at, n) => {
            if doc.node(id(*at).as_str()).is_some() {
                doc.layout.insert(id(*at), [f64::from(*n) * 20.0, 20.0]);
            }
        }
        Edit::Sample(at, n) => {
            if doc.node(id(*at).as_str()).is_some() {
                doc.samples.insert(id(*at), json!({"n": n}));
            }
        }
        Edit::Remove(at) => {
            canvas::draft::edits::remove(doc, &[id(*at)].into(), canvas::draft::Gap::Open);
        }
        Edit::AddBehind(at, n) => {
            let new = NodeId::from(format!("new{}_{n}", id(*at)).as_str());
            if doc.node(new.as_str()).is_none() && doc.node(id(*at).as_str()).is_some() {
                let node = json!({"id": new, "title": "new", "use": "core/script", "with": {"script": "1"}});
                doc.nodes.push(serde_json::from_value(node).expect("a node"));
                let edge = json!({"from": id(*at), "to": new});
                doc.edges.push(serde_json::from_value(edge).expect("an edge"));
                doc.layout.insert(new, [0.0, 100.0]);
            }
        }
        Edit::LeadTo(from, to) => {
            let there = |at: usize| doc.node(id(at).as_str()).is_some();
            if from != to && there(*from) && there(*to) {
                let edge =
                    serde_json::from_value(json!({"from": id(*from), "to": id(*to)})).expect("an edge");
                if !doc.edges.contains(&edge) {
                    doc.edges.push(edge);
                }
            }
        }
    }
}

/// Edits of the nodes from one on, so many of them.
fn edits(from: usize, many: usize) -> impl Strategy<Value = Vec<Edit>> {
    let at = move || from..from + many;
    let edit = prop_oneof![
        (at(), 0..9_u8).prop_map(|(at, n)| Edit::Script(at, n)),
        (at(), 0..9_u8).prop_map(|(at, n)| Edit::Title(at, n)),
        (at(), 0..9_u8).prop_map(|(at, n)| Edit::Field(at, n)),
        (at(), 0..9_u8).prop_map(|(at, n)| Edit::Move(at, n)),
        (at(), 0..9_u8).prop_map(|(at, n)| Edit::Sample(at, n)),
        at().prop_map(Edit::Remove),
        (at(), 0..3_u8).prop_map(|(at, n)| Edit::AddBehind(at, n)),
        (at(), at()).prop_map(|(from, to)| Edit::LeadTo(from, to)),
    ];
    prop::collection::vec(edit, 0..8)
}

/// The same whatever the order in which nodes and edges are written.
fn sorted(doc: &FlowDocument) -> FlowDocument {
    let mut doc = doc.clone();
    doc.nodes.sort_by(|a, b| a.id.cmp(&b.id));
    doc.nodes.iter_mut().for_each(|node| node.with.sort_keys());
    doc.edges.sort_by_key(|edge| format!("{} {}", edge.from, edge.to));
    doc.layout.sort_keys();
    doc.samples.sort_keys();
    doc
}

fn value_of(doc: &FlowDocument, node: &NodeId, what: &str) -> Option<Value> {
    let node = serde_json::to_value(doc.node(node.as_str())?).expect("it is JSON");
    node.pointer(&format!("/{what}")).cloned()
}

fn is_sound(doc: &FlowDocument) -> bool {
    let there = |id: &NodeId| doc.nodes.iter().filter(|node| node.id == *id).count() == 1;
    doc.nodes.iter().all(|node| there(&node.id))
        && doc.edges.iter().all(|edge| there(&edge.from.node) && there(&edge.to))
        && doc.layout.keys().chain(doc.samples.keys()).all(there)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_two_change_in_different_places_is_all_there_whoever_was_first(mine in edits(0, 3), theirs in edits(3, 3)) {
        let base = flow();
        let (mine_doc, theirs_doc) = (with(base.clone(), &mine), with(base.clone(), &theirs));
        let merged = merge(&base, &mine_doc, &theirs_doc, |_| Side::Mine).expect("a flow");
        // Whoever does both one after the other gets the same.
        let both = with(mine_doc.clone(), &theirs);
        prop_assert_eq!(sorted(&merged.document), sorted(&both));
        prop_assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
        let other_way = merge(&base, &theirs_doc, &mine_doc, |_| Side::Mine).expect("a flow");
        prop_assert_eq!(sorted(&other_way.document), sorted(&both));
    }

    #[test]
    fn whoever_changed_nothing_gets_what_the_other_has(edited in edits(0, 6)) {
        let base = flow();
        let theirs = with(base.clone(), &edited);
        let merged = merge(&base, &base, &theirs, |_| Side::Mine).expect("a flow");
        prop_assert_eq!(&merged.document, &theirs);
        let mine = merge(&base, &theirs, &base, |_| Side::Theirs).expect("a flow");
        prop_assert_eq!(sorted(&mine.document), sorted(&theirs));
        prop_assert!(merged.conflicts.is_empty() && mine.conflicts.is_empty());
        let same = merge(&base, &theirs, &theirs, |_| Side::Theirs).expect("a flow");
        prop_assert_eq!((&same.document, same.conflicts.len()), (&theirs, 0));
    }

    #[test]
    fn whatever_both_do_nothing_dangles_and_the_choice_is_kept(mine in edits(0, 6), theirs in edits(0, 6)) {
        let base = flow();
        let (mine, theirs) = (with(base.clone(), &mine), with(base.clone(), &theirs));
        for side in [Side::Mine, Side::Theirs] {
            let merged = merge(&base, &mine, &theirs, |_| side).expect("a flow");
            prop_assert!(is_sound(&merged.document), "{:#?}", merged.document);
            let chosen = if side == Side::Mine { &mine } else { &theirs };
            for conflict in &merged.conflicts {
                if let Part::Of(node, what) = &conflict.part {
                    prop_assert_eq!(value_of(&merged.document, node, what), value_of(chosen, node, what));
                }
                if let Part::Node(node) = &conflict.part {
                    prop_assert_eq!(merged.document.node(node.as_str()).is_some(), chosen.node(node.as_str()).is_some());
                }
            }
        }
    }
}

#[test]
fn the_same_field_changed_by_both_is_asked_about_and_the_rest_is_taken() {
    let base = flow();
    let mine = with(base.clone(), &[Edit::Script(1, 1), Edit::Title(0, 3)]);
    let theirs = with(base.clone(), &[Edit::Script(1, 2), Edit::Title(2, 4)]);
    let merged = merge(&base, &mine, &theirs, |_| Side::Mine).expect("a flow");
    let [conflict] = &merged.conflicts[..] else { panic!("{:?}", merged.conflicts) };
    assert_eq!(conflict.part, Part::Of("b".into(), "with/script".into()));
    assert_eq!((&conflict.mine, &conflict.theirs), (&Some(json!("1")), &Some(json!("2"))));
    assert_eq!(
        (merged.theirs_taken, merged.document.node("c").map(|c| c.title.as_str())),
        (1, Some("title 4"))
    );
    assert_eq!(merged.document.node("b").map(|b| &b.with["script"]), Some(&json!("1")));
    let chosen = merge(&base, &mine, &theirs, |_| Side::Theirs).expect("a flow");
    assert_eq!(chosen.document.node("b").map(|b| &b.with["script"]), Some(&json!("2")));
    assert_eq!(
        chosen.document.node("a").map(|a| a.title.as_str()),
        Some("title 3"),
        "it was not asked about"
    );
}

#[test]
fn a_node_that_one_took_out_and_the_other_worked_on_is_asked_about_as_a_whole() {
    let base = flow();
    let mine = with(base.clone(), &[Edit::Remove(2)]);
    let theirs = with(base.clone(), &[Edit::Script(2, 7)]);
    let kept = merge(&base, &mine, &theirs, |_| Side::Theirs).expect("a flow");
    assert_eq!(kept.conflicts.len(), 1, "{:?}", kept.conflicts);
    assert_eq!(
        (kept.conflicts[0].part.clone(), sorted(&kept.document)),
        (Part::Node("c".into()), sorted(&theirs))
    );
    let gone = merge(&base, &mine, &theirs, |_| Side::Mine).expect("a flow");
    assert_eq!(sorted(&gone.document), sorted(&mine));
}

#[test]
fn two_nodes_put_in_under_one_id_are_two_nodes() {
    let base = flow();
    let node = |script: &str| json!({"id": "script", "title": script, "use": "core/script", "with": {"script": script}});
    let add = |script: &str| {
        let mut doc = base.clone();
        doc.nodes.push(serde_json::from_value(node(script)).expect("a node"));
        doc.edges.push(serde_json::from_value(json!({"from": "script", "to": "f"})).expect("an edge"));
        doc.nodes[5].with.insert(script.into(), json!("${nodes.script.id}"));
        doc
    };
    let merged = merge(&base, &add("mine"), &add("theirs"), |_| Side::Mine).expect("a flow");
    assert_eq!(merged.conflicts, []);
    let titles = ["script", "script_2"].map(|id| merged.document.node(id).map(|node| node.title.as_str()));
    assert_eq!(titles, [Some("theirs"), Some("mine")]);
    let f = merged.document.node("f").expect("it is there");
    assert_eq!(
        (&f.with["mine"], &f.with["theirs"]),
        (&json!("${nodes.script_2.id}"), &json!("${nodes.script.id}"))
    );
    assert_eq!(merged.document.edges.iter().filter(|edge| edge.to.as_str() == "f").count(), 2);
}

#[test]
fn the_first_note_and_the_first_group_of_two_people_are_two_each() {
    let base = flow();
    let draw = |by: &str, node: usize| {
        let mut doc = base.clone();
        add_note(&mut doc, Point::new(0.0, 0.0)).expect("there is room");
        doc.notes[0].text = by.to_owned();
        group(&mut doc, &[id(node)].into(), by).expect("a group");
        doc
    };
    let merged = merge(&base, &draw("mine", 0), &draw("theirs", 1), |_| Side::Theirs).expect("a flow");
    assert_eq!(merged.conflicts, []);
    let notes: Vec<_> =
        merged.document.notes.iter().map(|note| (note.id.as_str(), note.text.as_str())).collect();
    assert_eq!(notes, [("note", "theirs"), ("note_2", "mine")]);
    let groups: Vec<_> =
        merged.document.groups.iter().map(|group| (group.id.as_str(), group.name.as_str())).collect();
    assert_eq!(groups, [("group", "theirs"), ("group_2", "mine")]);
    // What both have drawn alike is one, and no node is in two groups.
    let same = merge(&base, &draw("both", 0), &draw("both", 0), |_| Side::Mine).expect("a flow");
    assert_eq!((same.document.notes.len(), same.document.groups.len(), same.conflicts.len()), (1, 1, 0));
    let asked = merge(&base, &draw("mine", 0), &draw("theirs", 0), |_| Side::Mine).expect("a flow");
    let parts: Vec<_> = asked.conflicts.iter().map(|conflict| &conflict.part).collect();
    assert_eq!(parts, [&Part::Drawn("groups", "group".into())]);
}

#[test]
fn changes_are_told_by_node() {
    let before = flow();
    let edits = [
        Edit::Script(0, 1),
        Edit::Title(0, 2),
        Edit::Remove(4),
        Edit::AddBehind(1, 0),
        Edit::Move(2, 9),
        Edit::LeadTo(0, 3),
    ];
    let mut after = with(before.clone(), &edits);
    after.settings.concurrency = 3;
    let changes = changes(&before, &after);
    let kind = |id: &str| changes.of(&NodeId::from(id)).cloned();
    assert_eq!(kind("a"), Some(Kind::Changed(vec!["title".into(), "with/script".into()])));
    assert_eq!((kind("e"), kind("newb_0"), kind("c")), (Some(Kind::Removed), Some(Kind::Added), None));
    assert_eq!((changes.moved, changes.flow.len()), (1, 5), "{:?}", changes.flow);
    assert_eq!(changes.edges_added, [("a".to_owned(), "d".into()), ("b".into(), "newb_0".into())]);
}

#[test]
fn lines_that_are_the_same_far_from_a_change_are_left_out() {
    let before: Vec<String> = (0..40).map(|line| format!("line {line}")).collect();
    let mut after = before.clone();
    after[20] = "another".into();
    let told = lines(&before.join("\n"), &after.join("\n"));
    let sides: Vec<LineSide> = told.iter().map(|line| line.side).collect();
    use LineSide::{After, Before, Both, Gap};
    assert_eq!(sides, [Gap(17), Both, Both, Both, Before, After, Both, Both, Both, Gap(16)]);
    assert_eq!((told[4].before, told[5].after, told[5].text.as_str()), (Some(21), Some(21), "another"));
}

fn mapping(fields: Value) -> FlowDocument {
    read(json!({"khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [{"id": "map", "use": "core/map", "with": {"target": "erp/order.order", "fields": fields}}]}))
}

#[test]
fn two_people_who_map_different_fields_are_not_in_each_other_s_way() {
    let merged = |base: Value, mine: Value, theirs: Value| {
        let merged = merge(&mapping(base), &mapping(mine), &mapping(theirs), |_| Side::Mine).expect("a flow");
        let parts: Vec<Part> = merged.conflicts.into_iter().map(|conflict| conflict.part).collect();
        (merged.document.nodes[0].with["fields"].clone(), parts)
    };
    let both = merged(
        json!({"ref": "${input.id}", "note": "x"}),
        json!({"ref": "${input.name}", "note": "x", "a/b": 1}),
        json!({"ref": "${input.id}", "lines": {"each": "${input.lines}", "fields": {}}}),
    );
    let expected =
        json!({"ref": "${input.name}", "lines": {"each": "${input.lines}", "fields": {}}, "a/b": 1});
    assert_eq!(both, (expected, vec![]));
    let first = merged(json!({}), json!({"ref": "a"}), json!({"note": "b"}));
    assert_eq!(first, (json!({"note": "b", "ref": "a"}), vec![]));
    let only_mine = merged(json!({}), json!({"ref": "a"}), json!({}));
    assert_eq!(only_mine, (json!({"ref": "a"}), vec![]));
    let same = merged(json!({"ref": "a"}), json!({"ref": "b"}), json!({"ref": "c"}));
    assert_eq!(same, (json!({"ref": "b"}), vec![Part::Of("map".into(), "with/fields/ref".into())]));
}
