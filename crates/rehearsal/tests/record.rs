//! What a person sees of a test while the flow goes on being changed.

use model::{FlowDocument, NodeId, OperationSpec, Specs};
use rehearsal::{Bounds, Came, Mark, Reach, Record, Standing, rehearse_within};
use script::{Clock, Engine, Limits};
use serde_json::{Value, json};
use std::sync::Arc;

struct Still;

impl Clock for Still {
    fn now_ms(&self) -> u64 {
        0
    }
}

fn specs() -> Specs {
    let operations = vec![
        OperationSpec::trigger("core/webhook", "Webhook", "เว็บฮุก").inputs(model::Inputs::None),
        OperationSpec::transform("core/script", "Script", "สคริปต์"),
        OperationSpec::control("core/switch", "Switch", "แยกทาง").ports_from_cases(),
        OperationSpec::control("core/for_each", "For each", "ทุกรายการ").ports(&["item", "done", "error"]),
        OperationSpec::action("erp/create", "Create", "สร้าง").example(json!({}), json!({"id": 57})),
    ];
    Specs::new(Vec::new(), operations)
}

fn read(doc: Value) -> FlowDocument {
    serde_json::from_value(doc).expect("the test's flow is well formed")
}

fn script(id: &str, source: &str) -> Value {
    json!({"id": id, "use": "core/script", "with": {"script": source}})
}

/// `in → map → erp → note`.
fn order_flow() -> FlowDocument {
    read(json!({"khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [{"id": "in", "use": "core/webhook"}, script("map", "input.total * 2"),
            {"id": "erp", "use": "erp/create", "with": {"total": "${nodes.map}"}}, script("note", "`ERP ${input.id}`")],
        "edges": [{"from": "in", "to": "map"}, {"from": "map", "to": "erp"}, {"from": "erp", "to": "note"}]}))
}

fn record_with(doc: &FlowDocument, body: Value, reach: Reach, known: Option<&Record>) -> Record {
    let scripts = Engine::new(Limits::default(), Arc::new(Still));
    let to = match &reach {
        Reach::To(node) | Reach::Only(node) => Some(node.clone()),
        _ => None,
    };
    let trigger = NodeId::from("in");
    let kept = known.and_then(|record| record.received(doc, &specs(), &trigger));
    let received = kept.unwrap_or_else(|| json!({"body": body}));
    let known = known.zip(to.as_ref()).map(|(record, to)| record.known(doc, &specs(), to));
    let steps_max = if let Reach::Steps(steps) = reach { steps } else { 1_000 };
    let bounds = Bounds { to: to.as_ref(), known: known.as_ref(), steps_max, ..Bounds::default() };
    let doc = Arc::new(doc.clone());
    let rehearsal = rehearse_within(&doc, &specs(), &scripts, &trigger, received, 0, &bounds);
    Record::new(&rehearsal.expect("it has this trigger"), &doc, &specs(), reach)
}

fn record(doc: &FlowDocument, reach: Reach) -> Record {
    record_with(doc, json!({"total": 5, "lines": [1, 2, 3]}), reach, None)
}

fn mark(record: &Record, doc: &FlowDocument, node: &str) -> Mark {
    record.marks(doc, &specs())[&NodeId::from(node)]
}

fn standings(record: &Record, doc: &FlowDocument) -> Vec<Standing> {
    doc.nodes.iter().map(|node| mark(record, doc, node.id.as_str()).standing).collect()
}

fn set_script(doc: &mut FlowDocument, node: &str, source: &str) {
    let found = doc.nodes.iter_mut().find(|one| one.id.as_str() == node).expect("it is there");
    found.with.insert("script".into(), json!(source));
}

fn gave(record: &Record, node: &str) -> Value {
    let step = record.of(&NodeId::from(node)).next().expect("it ran");
    step.came.gave().cloned().unwrap_or_default()
}

#[test]
fn a_whole_test_marks_every_node() {
    let doc = order_flow();
    let record = record(&doc, Reach::All);
    use Standing::{Done, Sends};
    assert_eq!(standings(&record, &doc), [Done, Done, Sends, Done]);
    assert_eq!((record.sends(), record.failed.is_none()), (1, true));
}

#[test]
fn run_to_here_goes_no_further() {
    let doc = order_flow();
    let record = record(&doc, Reach::To("map".into()));
    use Standing::{Done, NotRun};
    assert_eq!(standings(&record, &doc), [Done, Done, NotRun, NotRun]);
    assert_eq!(record.count(&doc.edges[0]), Some(1));
    assert_eq!(record.count(&doc.edges[2]), None, "nothing is said of what was not to run");
}

#[test]
fn a_way_that_is_not_taken_is_skipped() {
    let doc = read(json!({"khlong": 1, "id": "o", "name": "O",
        "nodes": [{"id": "in", "use": "core/webhook"}, {"id": "paid", "use": "core/switch", "with": {"cases": [{"port": "yes", "when": "${input.total > 3}"}]}},
            script("a", "1"), script("b", "2")],
        "edges": [{"from": "in", "to": "paid"}, {"from": "paid.yes", "to": "a"}, {"from": "paid.else", "to": "b"}]}));
    let record = record(&doc, Reach::All);
    assert_eq!(mark(&record, &doc, "b").standing, Standing::Skipped);
    assert_eq!((record.count(&doc.edges[1]), record.count(&doc.edges[2])), (Some(1), Some(0)));
}

#[test]
fn a_changed_node_is_stale_and_so_is_what_follows_from_it() {
    let mut doc = order_flow();
    let record = record(&doc, Reach::All);
    doc.nodes[1].title = "Another name".into();
    doc.layout.insert("map".into(), [40.0, 40.0]);
    assert!(record.stale(&doc, &specs()).is_empty(), "a name and a place change nothing");
    set_script(&mut doc, "map", "input.total * 3");
    let stale = ["in", "map", "erp", "note"].map(|node| mark(&record, &doc, node).stale);
    assert_eq!(stale, [false, true, true, true]);
}

#[test]
fn what_is_pinned_holds_still_when_something_before_it_changes() {
    let mut doc = order_flow();
    doc.samples.insert("map".into(), json!(99));
    let record = record(&doc, Reach::All);
    assert_eq!((mark(&record, &doc, "map").standing, gave(&record, "map")), (Standing::Pinned, json!(99)));
    doc.samples.insert("in".into(), json!({"body": {"total": 6}}));
    let stale = ["in", "map", "erp", "note"].map(|node| mark(&record, &doc, node).stale);
    assert_eq!(stale, [true, false, false, false]);
}

#[test]
fn what_is_pinned_does_not_fail() {
    let mut doc = order_flow();
    set_script(&mut doc, "map", "throw \"broken\"");
    assert_eq!(mark(&record(&doc, Reach::All), &doc, "map").standing, Standing::Failed);
    doc.samples.insert("map".into(), json!(7));
    let record = record(&doc, Reach::All);
    assert_eq!((record.failed.is_none(), gave(&record, "map")), (true, json!(7)));
}

#[test]
fn a_pinned_answer_stands_for_the_other_system_and_what_would_be_sent_is_still_shown() {
    let mut doc = order_flow();
    doc.samples.insert("erp".into(), json!({"id": 99}));
    let record = record(&doc, Reach::All);
    assert_eq!(mark(&record, &doc, "erp").standing, Standing::Pinned);
    let sent = Came::WouldSend { fields: json!({"total": 10}), example: json!({"id": 99}) };
    assert_eq!(record.of(&"erp".into()).next().map(|step| &step.came), Some(&sent));
    assert_eq!(gave(&record, "note"), json!("ERP 99"));
}

#[test]
fn one_step_runs_with_what_is_known_and_what_follows_stays_but_is_stale() {
    let mut doc = order_flow();
    let before = record(&doc, Reach::All);
    set_script(&mut doc, "map", "input.total + 1");
    let only = NodeId::from("map");
    // The event is another one by now; the step still gets what came in at the test.
    let newer = record_with(&doc, json!({"total": 1_000}), Reach::Only(only.clone()), Some(&before));
    let after = before.with_node(newer, &only);
    assert_eq!(gave(&after, "map"), json!(6));
    let order: Vec<&str> = after.steps.iter().map(|step| step.node.as_str()).collect();
    assert_eq!(order, ["in", "map", "erp", "note"]);
    assert_eq!(gave(&after, "note"), json!("ERP 57"), "it was not run again");
    assert!(!mark(&after, &doc, "map").stale);
}

#[test]
fn a_stale_step_before_it_runs_again_with_one_step() {
    let mut doc = order_flow();
    let before = record(&doc, Reach::All);
    set_script(&mut doc, "map", "input.total + 1");
    let only = NodeId::from("erp");
    let newer = record_with(&doc, json!({"total": 5}), Reach::Only(only.clone()), Some(&before));
    let after = before.with_node(newer, &only);
    assert_eq!(gave(&after, "map"), json!(6));
    assert!(!mark(&after, &doc, "map").stale && !mark(&after, &doc, "erp").stale);
}

#[test]
fn step_by_step_one_more_each_time() {
    let doc = order_flow();
    use Standing::{Done, NotRun};
    let first = record(&doc, Reach::Steps(1));
    assert_eq!(standings(&first, &doc), [Done, NotRun, NotRun, NotRun]);
    let third = record(&doc, Reach::Steps(3));
    assert_eq!(standings(&third, &doc), [Done, Done, Standing::Sends, NotRun]);
    assert!(!third.cut_short, "it was to end there");
}

fn lines_flow() -> FlowDocument {
    read(json!({"khlong": 1, "id": "o", "name": "O",
        "nodes": [{"id": "in", "use": "core/webhook"}, {"id": "each", "use": "core/for_each", "with": {"items": "${input.lines}"}},
            script("line", "item * 2"), script("all", "input.len()")],
        "edges": [{"from": "in", "to": "each"}, {"from": "each.item", "to": "line"}, {"from": "each.done", "to": "all"}]}))
}

#[test]
fn a_body_is_gone_through_for_what_comes_after_it_and_not_for_what_comes_before() {
    let doc = lines_flow();
    let behind = record(&doc, Reach::To("all".into()));
    assert_eq!((mark(&behind, &doc, "line").times, gave(&behind, "all")), (3, json!(3)));
    let before = record(&doc, Reach::To("each".into()));
    assert_eq!(mark(&before, &doc, "line").standing, Standing::NotRun);
}

#[test]
fn a_change_in_a_body_makes_stale_what_comes_after_the_for_each() {
    let mut doc = lines_flow();
    let record = record(&doc, Reach::All);
    set_script(&mut doc, "line", "item");
    let stale = ["in", "each", "line", "all"].map(|node| mark(&record, &doc, node).stale);
    assert_eq!(stale, [false, false, true, true]);
}
