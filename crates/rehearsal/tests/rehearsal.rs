//! What a person sees of a flow before anything is sent.

use model::xref::{Found, Key, Way};
use model::{Field, FieldKind, FlowDocument, NodeId, OperationSpec, Specs};
use rehearsal::{Bounds, Came, ITEMS_MAX, Rehearsal, Unevaluated, rehearse_within};
use script::{Clock, Engine, Limits, References};
use serde_json::{Value, json};
use std::sync::Arc;

const NOW: i64 = 1_795_395_600_000;

struct Still;

impl Clock for Still {
    fn now_ms(&self) -> u64 {
        0
    }
}

fn specs() -> Specs {
    let operations = vec![
        OperationSpec::trigger("core/webhook", "Webhook", "เว็บฮุก")
            .ports(&["out"])
            .inputs(model::Inputs::None),
        OperationSpec::transform("core/script", "Script", "สคริปต์"),
        OperationSpec::transform("core/set", "Set", "กำหนดค่า"),
        OperationSpec::transform("core/map", "Map fields", "จับคู่ฟิลด์"),
        OperationSpec::control("core/switch", "Switch", "แยกทาง").ports_from_cases(),
        OperationSpec::control("core/for_each", "For each", "ทุกรายการ").ports(&["item", "done", "error"]),
        OperationSpec::action("erp/create", "Create", "สร้าง")
            .field(Field::new("order", FieldKind::Json, "Order", "ออร์เดอร์"))
            .example(json!({}), json!({"id": 57})),
    ];
    Specs::new(Vec::new(), operations)
}

fn walk(nodes: Value, edges: Value, samples: Value, body: Value) -> Rehearsal {
    walk_from(nodes, edges, samples, body, &[])
}

/// Looked at from an element's steps.
fn walk_from(nodes: Value, edges: Value, samples: Value, body: Value, item: &[u32]) -> Rehearsal {
    walk_within(nodes, edges, samples, body, &Bounds { item, ..Bounds::default() })
}

fn walk_within(nodes: Value, edges: Value, samples: Value, body: Value, bounds: &Bounds<'_>) -> Rehearsal {
    let doc = json!({"khlong": 1, "id": "orders", "name": "Orders", "nodes": nodes, "edges": edges, "samples": samples});
    let doc: FlowDocument = serde_json::from_value(doc).expect("the test's flow is well formed");
    let scripts = Engine::new(Limits::default(), Arc::new(Still));
    let trigger = NodeId::from("in");
    rehearse_within(&Arc::new(doc), &specs(), &scripts, &trigger, json!({"body": body}), NOW, bounds)
        .expect("it has this trigger")
}

fn gave<'r>(rehearsal: &'r Rehearsal, node: &str) -> Vec<&'r Came> {
    rehearsal.of(&NodeId::from(node)).map(|step| &step.came).collect()
}

fn order_flow(samples: Value) -> Rehearsal {
    let nodes = json!([
        {"id": "in", "use": "core/webhook"},
        {"id": "map", "use": "core/script", "with": {"script": "#{ ref: input.name, total: input.total }"}},
        {"id": "erp", "use": "erp/create", "with": {"order": "${nodes.map}"}},
        {"id": "note", "use": "core/set", "with": {"value": "ERP ${input.id}, order ${nodes.map.ref}"}}
    ]);
    let edges =
        json!([{"from": "in", "to": "map"}, {"from": "map", "to": "erp"}, {"from": "erp", "to": "note"}]);
    walk(nodes, edges, samples, json!({"name": "#1042", "total": 4179}))
}

#[test]
fn an_order_goes_through_and_what_would_be_sent_is_shown() {
    let rehearsal = order_flow(json!({}));
    let sent = Came::WouldSend {
        fields: json!({"order": {"ref": "#1042", "total": 4179}}),
        example: json!({"id": 57}),
    };
    assert_eq!(gave(&rehearsal, "erp"), [&sent]);
    assert_eq!(gave(&rehearsal, "note"), [&Came::Gave("out".into(), json!("ERP 57, order #1042"))]);
    assert_eq!((rehearsal.failed, rehearsal.cut_short), (None, false));
}

#[test]
fn a_sample_is_the_answer_where_there_is_one() {
    let rehearsal = order_flow(json!({"erp": {"id": 99}}));
    assert_eq!(gave(&rehearsal, "note"), [&Came::Gave("out".into(), json!("ERP 99, order #1042"))]);
}

#[test]
fn a_field_is_evaluated_as_its_step_would_see_it() {
    let rehearsal = order_flow(json!({}));
    assert_eq!(
        rehearsal.render(2, &json!("Order ${input.ref} of ${trigger.body.total}")),
        Ok(json!("Order #1042 of 4179"))
    );
    assert_eq!(
        rehearsal.render(2, &json!("${nodes.map.total}")),
        Ok(json!(4179)),
        "a lone expression keeps its type"
    );
    assert!(matches!(rehearsal.render(2, &json!("${input.")), Err(Unevaluated::Wrong(_))));
}

#[test]
fn the_way_that_is_not_taken_is_not_reached() {
    let nodes = json!([
        {"id": "in", "use": "core/webhook"},
        {"id": "paid", "use": "core/switch", "with": {"cases": [{"port": "yes", "when": "${input.paid}"}]}},
        {"id": "erp", "use": "erp/create"}, {"id": "other", "use": "core/set", "with": {"value": 1}}
    ]);
    let edges = json!([{"from": "in", "to": "paid"}, {"from": "paid.yes", "to": "erp"}, {"from": "paid.else", "to": "other"}]);
    let rehearsal = walk(nodes, edges, json!({}), json!({"paid": true}));
    assert_eq!((gave(&rehearsal, "erp").len(), gave(&rehearsal, "other").len()), (1, 0));
    assert_eq!(rehearsal.render(3, &json!("${input}")), Err(Unevaluated::NotReached));
    assert_eq!(rehearsal.edges, [1, 1, 0]);
}

#[test]
fn a_step_that_fails_says_why_and_where() {
    let nodes = json!([{"id": "in", "use": "core/webhook"}, {"id": "map", "use": "core/script", "with": {"script": "throw \"no total\""}}]);
    let rehearsal = walk(nodes, json!([{"from": "in", "to": "map"}]), json!({}), json!({}));
    let (node, error) = rehearsal.failed.expect("it fails");
    assert_eq!(node.as_str(), "map");
    assert!(error.message.contains("no total"), "{error:?}");
}

#[test]
fn a_for_each_goes_through_its_first_elements_and_says_that_there_are_more() {
    let nodes = json!([
        {"id": "in", "use": "core/webhook"},
        {"id": "each", "use": "core/for_each", "with": {"items": "${input.lines}"}},
        {"id": "line", "use": "core/script", "with": {"script": "item.qty * 2"}},
        {"id": "all", "use": "core/set", "with": {"value": "${input}"}}
    ]);
    let edges = json!([{"from": "in", "to": "each"}, {"from": "each.item", "to": "line"}, {"from": "each.done", "to": "all"}]);
    let lines: Vec<Value> = (0..50).map(|qty| json!({"qty": qty})).collect();
    let rehearsal = walk(nodes, edges, json!({}), json!({"lines": lines}));
    assert_eq!((gave(&rehearsal, "line").len(), rehearsal.cut_short), (ITEMS_MAX, true));
    let doubled: Vec<Value> = (0..ITEMS_MAX).map(|qty| json!(qty * 2)).collect();
    assert_eq!(gave(&rehearsal, "all"), [&Came::Gave("out".into(), Value::Array(doubled))]);
    assert_eq!(rehearsal.render(2, &json!("${item.qty}")), Ok(json!(0)), "seen from the first element");
}

#[test]
fn each_line_of_a_mapping_is_looked_at_as_its_step_would_see_it() {
    let fields = json!({
        "ref": {"from": "${input.name}", "as": {"cut": 3}},
        "total": {"from": "${input.total}", "as": {"money": "THB"}},
        "when": {"from": "${input.name}", "as": "date"}
    });
    let nodes = json!([
        {"id": "in", "use": "core/webhook"},
        {"id": "map", "use": "core/map", "with": {"fields": fields}},
        {"id": "erp", "use": "erp/create", "with": {"order": "${nodes.map}"}}
    ]);
    let edges = json!([{"from": "in", "to": "map"}, {"from": "map", "to": "erp"}]);
    let rehearsal = walk(nodes, edges, json!({}), json!({"name": "#1042", "total": "4179"}));
    let (node, error) = rehearsal.failed.clone().expect("a name is no date");
    assert_eq!((node.as_str(), error.code.as_str()), ("map", "E0212"));
    assert!(error.advice.contains("%d/%m/%BE"), "what to do is told: {error:?}");
    let lines = rehearsal.map_lines(1, &fields, None).expect("it is reached");
    let shown: Vec<String> =
        lines.iter().map(|line| format!("{}: {:?}", line.target, line.value.as_ref().ok())).collect();
    assert_eq!(shown[0], "ref: Some(Some(String(\"#10\")))");
    assert!(shown[1].contains("4179.00") && shown[2] == "when: None", "{shown:?}");
    assert_eq!(rehearsal.map_lines(2, &fields, None), Err(Unevaluated::NotReached));
}

#[test]
fn a_mapping_asks_for_cross_references_and_goes_on_when_they_are_known() {
    let fields = json!({"partner": {"from": "${input.customer}", "as": {"xref": {"entity": "customer", "from": "shopify"}}}});
    let walk = |known: &References| {
        let nodes = json!([
            {"id": "in", "use": "core/webhook"},
            {"id": "map", "use": "core/map", "with": {"fields": fields}},
            {"id": "erp", "use": "erp/create", "with": {"order": "${nodes.map}"}}
        ]);
        let edges = json!([{"from": "in", "to": "map"}, {"from": "map", "to": "erp"}]);
        let bounds = Bounds { references: Some(known), ..Bounds::default() };
        walk_within(nodes, edges, json!({}), json!({"customer": 8231}), &bounds)
    };
    let mut known = References::default();
    let before = walk(&known);
    assert_eq!(before.failed.map(|(_, error)| error.code), Some("E0216".into()));
    let key = Key { entity: "customer".into(), system: "shopify".into(), way: Way::ToOwn, id: "8231".into() };
    assert_eq!(before.asks.into_iter().collect::<Vec<_>>(), std::slice::from_ref(&key));
    known.extend([(key, Found::One("17".into()))]);
    let after = walk(&known);
    assert_eq!(gave(&after, "map"), [&Came::Gave("out".into(), json!({"partner": "17"}))]);
    assert!(after.asks.is_empty());
}

#[test]
fn a_node_sees_the_nodes_before_it_and_none_behind_it() {
    let rehearsal = order_flow(json!({}));
    let seen = rehearsal.seen(2).expect("the example comes to the ERP");
    assert_eq!(*seen.input, json!({"ref": "#1042", "total": 4179}));
    assert_eq!(seen.trigger["body"]["name"], "#1042");
    let names: Vec<_> = seen.nodes.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!((names, seen.item), (vec!["in", "map"], None));
}

#[test]
fn a_node_inside_of_a_for_each_sees_the_first_element() {
    let nodes = json!([
        {"id": "in", "use": "core/webhook"},
        {"id": "each", "use": "core/for_each", "with": {"items": "${input.lines}"}},
        {"id": "line", "use": "core/script", "with": {"script": "item.qty * 2"}},
        {"id": "note", "use": "core/set", "with": {"value": "${nodes.line}"}}
    ]);
    let edges = json!([{"from": "in", "to": "each"}, {"from": "each.item", "to": "line"}, {"from": "line", "to": "note"}]);
    let rehearsal = walk(nodes, edges, json!({}), json!({"lines": [{"qty": 3}, {"qty": 4}]}));
    let seen = rehearsal.seen(3).expect("the example has elements");
    assert_eq!(seen.item, Some((Arc::new(json!({"qty": 3})), 0)));
    let line = seen.nodes.iter().find(|(id, _)| id.as_str() == "line").map(|(_, value)| (**value).clone());
    assert_eq!(line, Some(json!(6)));
}

#[test]
fn nodes_are_looked_at_from_the_element_that_was_picked() {
    let nodes = json!([
        {"id": "in", "use": "core/webhook"},
        {"id": "orders", "use": "core/for_each", "with": {"items": "${input}"}},
        {"id": "lines", "use": "core/for_each", "with": {"items": "${item.lines}"}},
        {"id": "line", "use": "core/script", "with": {"script": "item"}},
        {"id": "note", "use": "core/set", "with": {"value": "${nodes.line}"}}
    ]);
    let edges = json!([
        {"from": "in", "to": "orders"}, {"from": "orders.item", "to": "lines"}, {"from": "lines.item", "to": "line"},
        {"from": "line", "to": "note"}
    ]);
    let body = json!([{"lines": ["a", "b"]}, {"lines": ["c", "d"]}]);
    let seen_from = |item: &[u32], node: usize| {
        let rehearsal = walk_from(nodes.clone(), edges.clone(), json!({}), body.clone(), item);
        rehearsal.seen(node).and_then(|seen| seen.item).map(|(item, _)| (*item).clone())
    };
    assert_eq!(seen_from(&[1, 1], 4), Some(json!("d")));
    // What is around it follows, and what has no such element is looked at from its first.
    assert_eq!(seen_from(&[1, 1], 2), Some(json!({"lines": ["c", "d"]})));
    assert_eq!(seen_from(&[1], 4), Some(json!("c")));
    assert_eq!(seen_from(&[7, 7], 4), Some(json!("a")));
    assert_eq!(seen_from(&[1, 1], 1), None);
}

#[test]
fn a_script_that_is_being_written_is_tried_where_its_step_stands() {
    let rehearsal = order_flow(json!({}));
    assert_eq!(rehearsal.try_script(1, "input.total * 2"), Some(Ok(json!(8358))));
    let wrong = rehearsal.try_script(1, "let a = 1;\n  a + input.nothing.at").expect("it comes there");
    assert_eq!(wrong.map_err(|problem| problem.line), Err(2));
}

#[test]
fn nothing_begins_any_more_beside_a_step_that_failed() {
    let nodes = json!([
        {"id": "in", "use": "core/webhook"}, {"id": "map", "use": "core/script", "with": {"script": "throw \"no total\""}},
        {"id": "erp", "use": "erp/create"}
    ]);
    let edges = json!([{"from": "in", "to": "map"}, {"from": "in", "to": "erp"}]);
    let rehearsal = walk(nodes, edges, json!({}), json!({}));
    assert_eq!((rehearsal.failed.is_some(), gave(&rehearsal, "erp").len()), (true, 0));
}
