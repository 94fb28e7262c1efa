//! A part of a flow becomes a flow of its own that is called, with everything that its nodes speak of.

mod common;

use canvas::Selection;
use canvas::draft::{NotAPart, Part, Titles};
use common::TestEditor;
use model::{FlowDocument, OperationSpec, Specs};
use serde_json::{Value, json};
use std::sync::Arc;

const TITLES: Titles<'static> = Titles { called: "Called", given: "What was given" };

fn specs() -> Arc<Specs> {
    let operations = vec![
        OperationSpec::trigger("core/webhook", "Webhook", "เว็บฮุก")
            .ports(&["out"])
            .inputs(model::Inputs::None),
        OperationSpec::trigger("core/called", "Called", "ถูกเรียก").ports(&["out"]).inputs(model::Inputs::None),
        OperationSpec::transform("core/script", "Script", "สคริปต์").field(model::Field::new(
            "script",
            model::FieldKind::Code,
            "Script",
            "สคริปต์",
        )),
        OperationSpec::transform("core/set", "Set", "กำหนด"),
        OperationSpec::control("core/filter", "Filter", "กรอง").ports(&["out", "else", "error"]),
        OperationSpec::control("core/merge", "Merge", "รวม").inputs(model::Inputs::Many),
        OperationSpec::control("core/respond", "Respond", "ตอบ"),
        OperationSpec::control("core/call", "Call", "เรียก").ports(&["out", "error"]),
        OperationSpec::control("core/for_each", "For each", "ทุกรายการ").ports(&["item", "done", "error"]),
        OperationSpec::action("http/request", "HTTP request", "เรียก HTTP"),
    ];
    Arc::new(Specs::new(Vec::new(), operations))
}

fn flow(nodes: Value, edges: &[(&str, &str)]) -> FlowDocument {
    let edges: Vec<Value> = edges.iter().map(|(from, to)| json!({"from": from, "to": to})).collect();
    let doc = json!({"khlong": 1, "id": "orders", "name": "Orders", "nodes": nodes, "edges": edges});
    serde_json::from_value(doc).expect("the test's flow is well formed")
}

/// order → map → check → erp → tell.
fn orders() -> FlowDocument {
    flow(
        json!([
            {"id": "order", "use": "core/webhook"},
            {"id": "map", "use": "core/script", "with": {"script": "#{ ref: input.name }"}},
            {"id": "check", "use": "core/script", "with": {"script": "#{ ref: nodes.map.ref }"}},
            {"id": "erp", "use": "http/request", "with": {"body": "${input}"}},
            {"id": "tell", "use": "http/request", "with": {"body": "Done: ${nodes.erp.id}"}}
        ]),
        &[("order", "map"), ("map", "check"), ("check", "erp"), ("erp", "tell")],
    )
}

fn with(mut doc: FlowDocument, node: &str, field: &str, value: &str) -> FlowDocument {
    let found = doc.nodes.iter_mut().find(|one| one.id.as_str() == node).expect("a node of the flow");
    found.with.insert(field.into(), value.into());
    doc
}

fn choose(doc: &FlowDocument, chosen: &[&str]) -> TestEditor {
    let canvas = canvas::Canvas::edit(doc.clone(), specs());
    let test = TestEditor { canvas, changes: Vec::new() };
    let chosen: Vec<_> = chosen.iter().map(|id| (*id).into()).collect();
    test.does(|canvas| canvas.choose_all(Selection::of(chosen)))
}

fn part(doc: &FlowDocument, chosen: &[&str]) -> Result<(Part, FlowDocument), NotAPart> {
    choose(doc, chosen).canvas.part("part".into(), "A part", TITLES)
}

/// The flow of its own, and the flow that calls it.
fn taken_out(doc: &FlowDocument, chosen: &[&str]) -> (FlowDocument, TestEditor) {
    let test = choose(doc, chosen);
    let (part, flow) = test.canvas.part("part".into(), "A part", TITLES).expect("it can be a part");
    let test =
        test.does(|canvas| canvas.call_part(&part, &flow, TITLES, "Check it").expect("nothing was changed"));
    (flow, test)
}

fn edges(doc: &FlowDocument) -> Vec<String> {
    doc.edges.iter().map(|edge| format!("{} -> {}", edge.from, edge.to)).collect()
}

fn field<'a>(doc: &'a FlowDocument, node: &str, name: &str) -> &'a Value {
    &doc.node(node).expect("a node of the flow").with[name]
}

#[test]
fn chosen_nodes_become_a_flow_and_a_call_stands_in_their_place() {
    let before = orders();
    let (own, test) = taken_out(&before, &["map", "check", "erp"]);
    assert_eq!(edges(&own), ["called -> map", "map -> check", "check -> erp"]);
    assert_eq!(
        (own.id.as_str(), own.name.as_str(), own.nodes[0].operation.as_str()),
        ("part", "A part", "core/called")
    );
    assert_eq!(
        field(&own, "check", "script"),
        "#{ ref: nodes.map.ref }",
        "of themselves they speak as before"
    );

    assert_eq!(test.edges(), ["order -> call", "call -> tell"]);
    assert_eq!(field(test.doc(), "call", "flow"), "part");
    assert!(
        test.doc()
            .node("call")
            .is_some_and(|call| !call.with.contains_key("input") && call.title == "Check it")
    );
    assert_eq!(field(test.doc(), "tell", "body"), "Done: ${nodes.call.id}", "the last value is the call's");
    assert_eq!(test.chosen(), ["call"]);
    assert_eq!(test.undo().doc(), &before, "and it is one step");
}

#[test]
fn what_they_speak_of_outside_is_sent_along() {
    let doc = with(orders(), "check", "script", "nodes.map.ref + trigger.body.id + nodes.order");
    let (own, test) = taken_out(&doc, &["check", "erp"]);
    assert_eq!(edges(&own), ["called -> given", "given -> check", "check -> erp"]);
    assert_eq!(field(&own, "given", "value"), "${input.input}");
    assert_eq!(
        field(&own, "check", "script"),
        "trigger.body.nodes.map.ref + trigger.body.trigger.body.id + trigger.body.nodes.order"
    );
    let sent = json!({
        "input": "${input}", "trigger": "${trigger}",
        "nodes": {"map": "${nodes.map}", "order": "${nodes.order}"}
    });
    assert_eq!(field(test.doc(), "call", "input"), &sent);
}

#[test]
fn a_new_flow_sends_no_more_than_the_one_it_was_part_of() {
    let mut doc = orders();
    doc.settings.mode = model::Mode::Shadow;
    doc.settings.order_by = Some("${trigger.body.id}".into());
    let (_, own) = part(&doc, &["erp"]).expect("it can be a part");
    assert_eq!((own.settings.mode, own.settings.order_by), (model::Mode::Shadow, None));
}

#[test]
fn a_trigger_stays_and_nothing_is_no_part() {
    assert_eq!(part(&orders(), &["order", "map"]).err(), Some(NotAPart::Trigger));
    assert_eq!(part(&orders(), &[]).err(), Some(NotAPart::Nothing));
}

#[test]
fn a_part_has_one_beginning_and_one_end() {
    assert_eq!(part(&orders(), &["map", "erp"]).err(), Some(NotAPart::Entries));
    let mut doc = orders();
    doc.edges.push(model::Edge { from: "map".into(), to: "tell".into() });
    assert_eq!(part(&doc, &["map", "check", "erp"]).err(), Some(NotAPart::Exits));
}

#[test]
fn what_waits_for_several_branches_does_not_wait_inside_a_call() {
    let doc = flow(
        json!([
            {"id": "order", "use": "core/webhook"}, {"id": "a", "use": "core/set"}, {"id": "b", "use": "core/set"},
            {"id": "both", "use": "core/merge"}, {"id": "end", "use": "core/set"}
        ]),
        &[("order", "a"), ("order", "b"), ("a", "both"), ("b", "both"), ("both", "end")],
    );
    assert_eq!(part(&doc, &["both", "end"]).err(), Some(NotAPart::Entries));
    assert_eq!(part(&doc, &["a", "b", "both"]).err(), Some(NotAPart::Entries), "two of them begin");
    let doc = with(doc, "end", "value", "1");
    let (own, _) = taken_out(&doc, &["end"]);
    assert_eq!(edges(&own), ["called -> end"]);
}

#[test]
fn a_part_that_others_follow_comes_to_its_end_always() {
    let nodes = json!([
        {"id": "order", "use": "core/webhook"}, {"id": "paid", "use": "core/filter"},
        {"id": "erp", "use": "http/request"}, {"id": "later", "use": "http/request"},
        {"id": "one", "use": "core/merge"}, {"id": "end", "use": "core/set"}
    ]);
    let sometimes = flow(nodes.clone(), &[("order", "paid"), ("paid", "erp"), ("erp", "end")]);
    assert_eq!(part(&sometimes, &["paid", "erp"]).err(), Some(NotAPart::Branches));
    assert_eq!(part(&sometimes, &["paid"]).err(), Some(NotAPart::Branches), "it would go on either way");
    assert!(part(&sometimes, &["paid", "erp", "end"]).is_ok(), "nothing follows");

    let always = flow(
        nodes,
        &[
            ("order", "paid"),
            ("paid", "erp"),
            ("paid.else", "later"),
            ("erp", "one"),
            ("later", "one"),
            ("one", "end"),
        ],
    );
    assert!(part(&always, &["paid", "erp", "later", "one"]).is_ok());
    let failing = flow(
        json!([
            {"id": "order", "use": "core/webhook"}, {"id": "erp", "use": "http/request"},
            {"id": "alarm", "use": "http/request"}, {"id": "end", "use": "core/set"}
        ]),
        &[("order", "erp"), ("erp.error", "alarm"), ("erp", "end")],
    );
    assert_eq!(part(&failing, &["erp", "alarm"]).err(), Some(NotAPart::Branches));
}

fn lines() -> FlowDocument {
    flow(
        json!([
            {"id": "order", "use": "core/webhook"}, {"id": "each", "use": "core/for_each"},
            {"id": "line", "use": "core/script", "with": {"script": "item.sku"}},
            {"id": "stock", "use": "http/request", "with": {"body": "${index}: ${input}"}},
            {"id": "after", "use": "http/request"}
        ]),
        &[("order", "each"), ("each.item", "line"), ("line", "stock"), ("each.done", "after")],
    )
}

#[test]
fn a_body_is_not_cut_in_half() {
    assert_eq!(part(&lines(), &["each", "line"]).err(), Some(NotAPart::Loop));
    assert_eq!(part(&lines(), &["stock", "after"]).err(), Some(NotAPart::Loop));
    let (own, test) = taken_out(&lines(), &["each", "line", "stock"]);
    assert_eq!(edges(&own), ["called -> each", "each.item -> line", "line -> stock"]);
    assert_eq!(field(&own, "line", "script"), "item.sku", "the loop is there, and so is its item");
    assert_eq!(test.edges(), ["order -> call", "call -> after"]);
}

#[test]
fn a_part_of_a_body_gets_the_item_by_the_call() {
    let (own, test) = taken_out(&lines(), &["line", "stock"]);
    assert_eq!(field(&own, "line", "script"), "trigger.body.item.sku");
    assert_eq!(field(&own, "stock", "body"), "${trigger.body.index}: ${input}");
    let sent = json!({"input": "${input}", "item": "${item}", "index": "${index}"});
    assert_eq!(field(test.doc(), "call", "input"), &sent);
    assert_eq!(test.edges(), ["order -> each", "each.item -> call", "each.done -> after"]);
}

#[test]
fn values_from_the_middle_and_names_that_cannot_be_rewritten_are_named() {
    let doc = with(orders(), "tell", "body", "${nodes.map.ref}");
    assert_eq!(part(&doc, &["map", "check", "erp"]).err(), Some(NotAPart::SpokenOf("tell".into())));
    let doc = with(orders(), "check", "script", "let all = nodes; all.len()");
    assert_eq!(part(&doc, &["check"]).err(), Some(NotAPart::Unclear("check".into())));
    let doc = with(lines(), "line", "script", "input.map(|item| item.sku)");
    assert_eq!(part(&doc, &["line"]).err(), Some(NotAPart::Unclear("line".into())));
    assert!(part(&with(orders(), "check", "script", "input.map(|item| item.sku)"), &["check"]).is_ok());
}

#[test]
fn an_answer_to_a_webhook_is_given_where_it_was_called() {
    let mut doc = orders();
    doc.nodes[3].operation = "core/respond".into();
    assert_eq!(part(&doc, &["check", "erp"]).err(), Some(NotAPart::Responds));
}

#[test]
fn a_part_of_a_flow_that_was_changed_meanwhile_is_not_called() {
    let test = choose(&orders(), &["map", "check"]);
    let (part, flow) = test.canvas.part("part".into(), "A part", TITLES).expect("it can be a part");
    let mut test =
        test.does(|canvas| canvas.disconnect(&model::Edge { from: "map".into(), to: "check".into() }));
    assert_eq!(test.canvas.call_part(&part, &flow, TITLES, "Check it"), None);
}

#[test]
fn what_was_written_into_a_part_meanwhile_is_not_lost_for_a_call() {
    let begin = || {
        let test = choose(&orders(), &["map", "check"]);
        let (part, flow) = test.canvas.part("part".into(), "A part", TITLES).expect("it can be a part");
        (test, part, flow)
    };
    let (test, part, flow) = begin();
    let mut test = test.does(|canvas| canvas.change(|doc| *doc = with(doc.clone(), "check", "script", "1")));
    assert_eq!(test.canvas.call_part(&part, &flow, TITLES, "Check it"), None);
    // What was done beside it, or how it is drawn, is in nobody's way.
    let (test, part, flow) = begin();
    let mut test = test
        .does(|canvas| canvas.change(|doc| *doc = with(doc.clone(), "tell", "body", "Done")))
        .does(|canvas| canvas.nudge(canvas::Point::new(40.0, 0.0)));
    assert!(test.canvas.call_part(&part, &flow, TITLES, "Check it").is_some());
}
