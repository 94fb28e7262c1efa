//! What a person sees of a flow before anything is sent.

use model::{Field, FieldKind, FlowDocument, NodeId, OperationSpec, Specs};
use rehearsal::{Came, ITEMS_MAX, Rehearsal, Unevaluated, rehearse};
use script::{Clock, Engine, Limits};
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
        OperationSpec::control("core/switch", "Switch", "แยกทาง").ports_from_cases(),
        OperationSpec::control("core/for_each", "For each", "ทุกรายการ").ports(&["item", "done", "error"]),
        OperationSpec::action("erp/create", "Create", "สร้าง")
            .field(Field::new("order", FieldKind::Json, "Order", "ออร์เดอร์"))
            .example(json!({}), json!({"id": 57})),
    ];
    Specs::new(Vec::new(), operations)
}

fn walk(nodes: Value, edges: Value, samples: Value, body: Value) -> Rehearsal {
    let doc = json!({"khlong": 1, "id": "orders", "name": "Orders", "nodes": nodes, "edges": edges, "samples": samples});
    let doc: FlowDocument = serde_json::from_value(doc).expect("the test's flow is well formed");
    let scripts = Engine::new(Limits::default(), Arc::new(Still));
    rehearse(&Arc::new(doc), &specs(), &scripts, &NodeId::from("in"), json!({"body": body}), NOW)
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
