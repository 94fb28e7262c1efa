//! Branches, joins and loops, as a flow's author sees them.

use crate::{hook, script, send};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use store::Status;
use testkit::{World, flow};

#[track_caller]
fn check(nodes: Value, edges: &str, body: Value, story: Expect) {
    let world = World::new([flow("shape", nodes, edges)]);
    let life = world.start();
    let run = life.send("in", body);
    life.until_ended(run);
    story.assert_eq(&life.story(run));
}

fn switch() -> Value {
    json!({"use": "core/switch", "with": {"cases": [{"port": "paid", "when": "${input.paid}"},
                                                  {"port": "large", "when": "${input.total > 1000}"}]}})
}

#[test]
fn a_switch_takes_the_first_way_that_holds() {
    check(
        json!({"in": hook(), "way": switch(), "a": script("1"), "b": script("2"), "c": script("3"), "all": "core/merge"}),
        "in -> way; way.paid -> a -> all; way.large -> b -> all; way.else -> c -> all",
        json!({"paid": false, "total": 2000}),
        expect![[r#"
            done
            all done out {"b":2}
            b done out 2
            way done large {"paid":false,"total":2000}
        "#]],
    );
}

#[test]
fn a_filter_lets_through_what_fits_and_the_rest_is_skipped() {
    check(
        json!({"in": hook(), "only": {"use": "core/filter", "with": {"when": "${input.n > 1}"}}, "a": script("1")}),
        "in -> only -> a",
        json!({"n": 1}),
        expect![[r#"
            done
            only done else {"n":1}
        "#]],
    );
}

#[test]
fn a_condition_that_is_neither_true_nor_false_is_an_error_of_its_step() {
    check(
        json!({"in": hook(), "only": {"use": "core/filter", "with": {"when": "${input.n}"}}, "a": script("1")}),
        "in -> only -> a",
        json!({"n": 1}),
        expect![[r#"
            failed: the condition gives a number, not true or false
            only failed E0503 the condition gives a number, not true or false
        "#]],
    );
}

#[test]
fn a_merge_gives_each_branch_by_its_name_in_the_order_of_the_edges() {
    check(
        json!({"in": hook(), "a": script("1"), "b": send("send_idempotent", "b"), "all": "core/merge"}),
        "in -> b -> all; in -> a -> all",
        json!(7),
        expect![[r#"
            done
            a done out 1
            all done out {"b":{"to":"b","sent":7},"a":1}
            b done out {"to":"b","sent":7}
        "#]],
    );
}

#[test]
fn a_merge_of_any_goes_on_with_the_first() {
    check(
        json!({"in": hook(), "a": script("1"), "b": send("send_idempotent", "b"), "any": {"use": "core/merge", "with": {"mode": "any"}}, "c": script("input + 1")}),
        "in -> b -> any; in -> a -> any; any -> c",
        json!(7),
        expect![[r#"
            done
            a done out 1
            any done out 1
            b done out {"to":"b","sent":7}
            c done out 2
        "#]],
    );
}

#[test]
fn a_loop_gives_its_results_in_order_and_notes_the_items_that_failed() {
    let each = json!({"use": "core/for_each", "with": {"items": "${input}", "parallel": 9, "on_item_error": "collect"}});
    check(
        json!({"in": hook(), "each": each, "half": script("if item == 2 { throw `no twos` } item * 10 + index"), "all": script("input")}),
        "in -> each; each.item -> half; each.done -> all",
        json!([1, 2, 3]),
        expect![[r#"
            done
            all done out [10,{"error":{"code":"E0203","message":"Line 1, column 16: no twos","node":"half"}},32]
            each done done [10,{"error":{"code":"E0203","message":"Line 1, column 16: no twos","node":"half"}},32]
            half[0] done out 10
            half[1] failed E0203 Line 1, column 16: no twos
            half[2] done out 32
        "#]],
    );
}

#[test]
fn loops_in_loops_see_their_own_item() {
    let each = |items: &str| json!({"use": "core/for_each", "with": {"items": items}});
    check(
        json!({"in": hook(), "orders": each("${input}"), "lines": each("${item.lines}"), "name": script("`${nodes.orders_name}${item}`"),
               "orders_name": script("item.name"), "all": script("input")}),
        "in -> orders; orders.item -> orders_name -> lines; lines.item -> name; orders.done -> all",
        json!([{"name": "a", "lines": [1, 2]}, {"name": "b", "lines": []}]),
        expect![[r#"
            done
            all done out [["a1","a2"],[]]
            lines[0] done done ["a1","a2"]
            lines[1] done done []
            name[0][0] done out "a1"
            name[0][1] done out "a2"
            orders done done [["a1","a2"],[]]
            orders_name[0] done out "a"
            orders_name[1] done out "b"
        "#]],
    );
}

#[test]
fn a_disabled_node_passes_its_input_on() {
    let mut off = send("send_idempotent", "a");
    off["disabled"] = true.into();
    check(
        json!({"in": hook(), "off": off, "b": script("input.n")}),
        "in -> off -> b",
        json!({"n": 5}),
        expect![[r#"
            done
            b done out 5
            off done out {"n":5}
        "#]],
    );
}

#[test]
fn ten_thousand_items_go_through_a_loop_and_only_some_are_noted() {
    let each = json!({"use": "core/for_each", "with": {"items": "${input}", "on_item_error": "collect"}});
    let body = script("if item == 9000 { throw `bad` } item + 1");
    let world = World::new([flow(
        "loop",
        json!({"in": hook(), "each": each, "add": body, "sum": script("input.len()")}),
        "in -> each; each.item -> add; each.done -> sum",
    )]);
    let life = world.start();
    let run = life.send("in", (0..10_000).collect());
    assert_eq!(life.until_ended(run), Status::Done);
    let view = life.view(run);
    assert!(view.truncated);
    let each = run::doc::LoopDoc { total: 10_000, done: 9_999, failed: 1 };
    assert_eq!(life.step(run, "each").items, Some(each));
    assert!(view.steps.len() < 210, "{}", view.steps.len());
    assert!(view.steps.iter().any(|step| step.item == [9_000] && step.error.is_some()));
    assert_eq!(life.step(run, "sum").output, Some(json!(10_000)));
    let carried: Vec<u64> = view.edges.iter().map(|edge| edge.count).collect();
    assert_eq!(carried, [1, 10_000, 1]);
}

#[test]
fn a_flow_of_five_hundred_steps_runs_to_its_end() {
    let mut nodes = json!({"in": hook()});
    let mut edges = "in".to_owned();
    for n in 0..500 {
        nodes[format!("n{n}")] = script("input + 1");
        edges += &format!(" -> n{n}");
    }
    let world = World::new([flow("long", nodes, &edges)]);
    let life = world.start();
    let run = life.send("in", json!(0));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(life.step(run, "n499").output, Some(json!(500)));
}

#[test]
fn a_hostile_script_is_an_error_of_its_step_and_other_runs_go_on() {
    let world = World::new([
        flow("hostile", json!({"in": hook(), "bad": script("loop {}")}), "in -> bad"),
        flow("good", json!({"go": "core/manual", "a": send("send_idempotent", "a")}), "go -> a"),
    ]);
    let life = world.start();
    let bad: Vec<_> = (0..4).map(|_| life.send("in", json!({}))).collect();
    let good = life.ask(life.engine.start_run(&"good".into(), None, json!(1))).unwrap().run;
    assert_eq!(life.until_ended(good), Status::Done);
    assert!(bad.into_iter().all(|run| life.until_ended(run) == Status::Failed));
}

#[test]
fn an_error_nobody_takes_starts_the_flow_for_errors_once() {
    let failing = flow("failing", json!({"in": hook(), "bad": script("throw `no`")}), "in -> bad");
    let world = World::new([
        testkit::with_settings(failing, json!({"on_error": "flow:errors"})),
        flow("errors", json!({"start": "core/called", "note": send("send_ask", "note")}), "start -> note"),
    ]);
    let life = world.start();
    let run = life.send("in", json!({"n": 1}));
    assert_eq!(life.until_ended(run), Status::Failed);
    life.until("the error is noted", || world.target.works_for("note") == 1);
    let (_, note) = world.target.works().remove(0);
    assert_eq!(
        (&note["flow"], &note["node"], &note["trigger"]["body"]),
        (&json!("failing"), &json!("bad"), &json!({"n": 1}))
    );
    assert_eq!(note["run"], run.to_string());
    drop(life);
    let life = world.start();
    life.until("nothing is left to do", || {
        life.engine.gauges().active == 0 && life.engine.gauges().waiting == 0
    });
    assert_eq!(world.target.works_for("note"), 1);
}
