//! Long lists and large values: they pass in bounded room, and a run that takes more fails alone.

use crate::{hook, script};
use engine::Options;
use serde_json::{Value, json};
use store::Status;
use testkit::{World, flow, options};

fn each(items: &str) -> Value {
    json!({"use": "core/for_each", "with": {"items": items}})
}

/// For each element `body`, and behind all of them `then`.
fn over_each(body: &str, then: &str) -> model::FlowDocument {
    let nodes =
        json!({"in": hook(), "each": each("${input.items}"), "body": script(body), "then": script(then)});
    flow("each", nodes, "in -> each; each.item -> body; each.done -> then")
}

/// A body that is long enough to be left closed.
fn numbers(count: u64) -> Value {
    json!({"items": (0..count).map(|n| json!({"n": n, "exact": 9_007_199_254_740_993_u64})).collect::<Vec<_>>()})
}

#[test]
fn a_long_list_goes_through_item_by_item_and_comes_out_in_order() {
    let world = World::new([over_each("#{ n: input.n, exact: input.exact }", "input.len()")]);
    let life = world.start();
    let run = life.send("in", numbers(5_000));
    life.until_ended(run);
    assert_eq!(life.step(run, "then").output, Some(json!(5_000)));
    let each = life.step(run, "each");
    let output = each.output.expect("a note of the results");
    assert_eq!((&output["length"], &output["cut"]), (&json!(5_000), &json!(true)));
    let preview = output["preview"].as_str().expect("how it begins");
    assert!(preview.starts_with(r#"{"exact":9007199254740993,"n":0},{"#), "{preview}");
    assert_eq!(each.items.map(|items| (items.total, items.done)), Some((5_000, 5_000)));
}

#[test]
fn results_can_be_looked_at_as_a_whole_and_gone_through_once_more() {
    let nodes = json!({
        "in": hook(), "each": each("${input.items}"), "body": script("#{ n: input.n * 2 }"),
        "sum": script("sum(nodes.each, |r| r.n)"),
        "again": each("${nodes.each}"), "twice": script("item.n + 1"), "last": script("input[4999]"),
    });
    let edges =
        "in -> each; each.item -> body; each.done -> sum -> again; again.item -> twice; again.done -> last";
    let world = World::new([flow("each", nodes, edges)]);
    let life = world.start();
    let run = life.send("in", numbers(5_000));
    life.until_ended(run);
    assert_eq!(life.step(run, "sum").output, Some(json!(24_995_000)));
    assert_eq!(life.step(run, "last").output, Some(json!(9_999)));
}

#[test]
fn a_script_sees_members_of_a_long_body_without_the_rest() {
    let nodes = json!({"in": hook(), "a": script("#{ name: trigger.body.name, n: input.items[3].n }")});
    let world = World::new([flow("members", nodes, "in -> a")]);
    let life = world.start();
    let mut body = numbers(5_000);
    body["name"] = "x".into();
    let run = life.send("in", body);
    life.until_ended(run);
    assert_eq!(life.step(run, "a").output, Some(json!({"name": "x", "n": 3})));
    let trigger = life.view(run).trigger;
    assert_eq!(trigger["body"]["cut"], json!(null), "it is short enough to be shown: {}", trigger["method"]);
}

#[test]
fn a_value_that_is_too_large_for_a_script_says_what_to_do() {
    let world = World::new([over_each(r#"let t = "ก"; t.pad(22000, "ข"); t"#, "input.map(|r| r.len())")]);
    let life = world.start();
    let run = life.send("in", numbers(300));
    life.until_ended(run);
    let then = life.step(run, "then").error.expect("it cannot look at 19 MB");
    assert_eq!(then.code, "E0510");
    assert!(then.advice.contains("for-each") && then.advice.contains("length"), "{}", then.advice);
}

/// A run that makes this much of one letter.
fn hoarder(bytes: usize) -> model::FlowDocument {
    let make = format!(r#"let t = ""; t.pad({}, "x"); t"#, bytes / 2);
    let nodes = json!({"in": hook(), "a": script(&make), "b": script(&make), "c": script("1")});
    flow("hoarder", nodes, "in -> a -> b -> c")
}

#[test]
fn a_run_that_holds_too_much_in_memory_fails_alone_and_names_who_holds_it() {
    let good = json!({"in": {"use": "core/webhook", "with": {"path": "good"}}, "g": script("input.n + 1")});
    let world = World::new([hoarder(2 << 20), flow("good", good, "in -> g")]);
    let life = world.start_with(None, Options { run_memory_max: 3 << 19, ..options() });
    let before = life.send("good", json!({"n": 1}));
    let hostile = life.send("in", json!(1));
    let after = life.send("good", json!({"n": 2}));
    for run in [before, hostile, after] {
        life.until_ended(run);
    }
    assert_eq!([before, after].map(|run| life.status(run)), [Some(Status::Done); 2]);
    let view = life.view(hostile);
    assert_eq!(view.summary.error_code.as_deref(), Some("E0509"));
    let error = view.summary.error.expect("an error");
    assert!(error.contains("holds 2.0 MB") && error.contains("a 1.0 MB, b 1.0 MB"), "{error}");
    assert!(view.steps.iter().all(|step| step.node.as_str() != "c"), "nothing follows");
}

#[test]
fn a_run_that_gathers_more_than_it_may_put_on_the_disk_fails_alone() {
    let noise = r#"sha256(`${input.n}`) + sha256(`${input.n}b`) + sha256(`${input.n}c`)"#;
    let world = World::new([over_each(noise, "input.len()")]);
    let life = world.start_with(None, Options { run_disk_max: 100_000, ..options() });
    let few = life.send("in", numbers(10));
    let many = life.send("in", numbers(20_000));
    for run in [few, many] {
        life.until_ended(run);
    }
    assert_eq!(life.status(few), Some(Status::Done));
    let view = life.view(many);
    assert_eq!(
        (view.summary.error_code.as_deref(), view.summary.error_node),
        (Some("E0509"), Some("each".into()))
    );
}
