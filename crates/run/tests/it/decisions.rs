//! What follows from what, one outcome at a time.

use crate::player::{Player, plan};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use testkit::flow;

#[track_caller]
pub fn check(nodes: Value, edges: &str, body: Value, script: &str, decisions: Expect) {
    let mut player = Player::begin(plan(flow("f", nodes, edges)), "in", body);
    script.split(';').map(str::trim).filter(|line| !line.is_empty()).for_each(|line| player.play(line));
    decisions.assert_eq(&player.log);
}

pub fn nodes(more: Value) -> Value {
    let mut all = json!({"in": "core/manual"});
    for id in ["a", "b", "c", "d", "e"] {
        all[id] = "test/send_probe".into();
    }
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn each() -> Value {
    json!({"use": "core/for_each", "with": {"items": "${input}"}})
}

pub fn switch() -> Value {
    json!({"use": "core/switch", "with": {"cases": [{"port": "x"}, {"port": "y"}]}})
}

#[test]
fn a_chain_goes_step_by_step() {
    check(
        nodes(json!({})),
        "in -> a -> b",
        json!(1),
        "a; b = 5",
        expect![[r#"
            in.out
              start a 1
            a.out
              start b "a"
            b.out
              done 5
        "#]],
    );
}

#[test]
fn a_trigger_alone_is_a_run_that_ends_at_once() {
    check(
        nodes(json!({})),
        "",
        json!(1),
        "",
        expect![[r#"
            in.out
              done 1
        "#]],
    );
}

#[test]
fn branches_start_together_and_a_merge_waits_for_both() {
    check(
        nodes(json!({"m": "core/merge"})),
        "in -> a -> m; in -> b -> m; m -> c",
        json!(1),
        "b; a; m; c",
        expect![[r#"
            in.out
              start a 1
              start b 1
            b.out
            a.out
              start m {"a":"a","b":"b"}
            m.out
              start c "m"
            c.out
              done "c"
        "#]],
    );
}

#[test]
fn a_way_not_taken_is_skipped_to_its_end_and_a_merge_does_not_wait_for_it() {
    check(
        nodes(json!({"s": switch(), "m": "core/merge"})),
        "in -> s; s.x -> a -> b -> m; s.y -> c -> m; m -> d",
        json!(1),
        "s.y = 2; c; m; d",
        expect![[r#"
            in.out
              start s 1
            s.y
              start c 2
            c.out
              start m {"c":"c"}
            m.out
              start d "m"
            d.out
              done "d"
        "#]],
    );
}

#[test]
fn a_merge_whose_branches_were_all_skipped_is_skipped_too() {
    check(
        nodes(json!({"s": switch(), "m": "core/merge"})),
        "in -> s; s.x -> a -> m; s.y -> c -> m; m -> d",
        json!(1),
        "s.else = 2",
        expect![[r#"
            in.out
              start s 1
            s.else
              done 2
        "#]],
    );
}

#[test]
fn an_error_that_somebody_takes_goes_on() {
    check(
        nodes(json!({})),
        "in -> a -> b; a.error -> c",
        json!(1),
        "a!; c",
        expect![[r#"
            in.out
              start a 1
            a fails
              start c {"code":"E0","message":"a broke","advice":"","node":"a","item":[]}
            c.out
              done "c"
        "#]],
    );
}

#[test]
fn an_error_that_nobody_takes_ends_the_run_when_the_others_have_landed() {
    check(
        nodes(json!({})),
        "in -> a -> c; in -> b",
        json!(1),
        "b!; a",
        expect![[r#"
            in.out
              start a 1
              start b 1
            b fails
            a.out
              failed at b: b broke
        "#]],
    );
}

#[test]
fn the_first_error_is_the_one_that_counts() {
    check(
        nodes(json!({})),
        "in -> a; in -> b",
        json!(1),
        "b!; a!",
        expect![[r#"
            in.out
              start a 1
              start b 1
            b fails
            a fails
              failed at b: b broke
        "#]],
    );
}

#[test]
fn triggers_that_did_not_fire_count_as_not_taken() {
    check(
        nodes(json!({"other": "core/called", "m": "core/merge"})),
        "in -> a -> m; other -> b -> m; m -> c",
        json!(1),
        "a; m; c",
        expect![[r#"
            in.out
              start a 1
            a.out
              start m {"a":"a"}
            m.out
              start c "m"
            c.out
              done "c"
        "#]],
    );
}

#[test]
fn a_loop_keeps_its_window_and_gives_results_in_order() {
    check(
        nodes(json!({"l": each()})),
        "in -> l; l.item -> a; l.done -> b",
        json!([7, 8, 9]),
        "l* 2; a[1] = 80; a[2] = 90; a[0] = 70; b",
        expect![[r#"
            in.out
              start l [7,8,9]
            l opens
              start a[0] 7
              start a[1] 8
            a[1].out
              start a[2] 9
            a[2].out
            a[0].out
              close l 3/3
              start b [70,80,90]
            b.out
              done "b"
        "#]],
    );
}

#[test]
fn a_loop_over_nothing_gives_an_empty_list() {
    check(
        nodes(json!({"l": each()})),
        "in -> l; l.item -> a; l.done -> b",
        json!([]),
        "l* 8; b",
        expect![[r#"
            in.out
              start l []
            l opens
              close l 0/0
              start b []
            b.out
              done "b"
        "#]],
    );
}

#[test]
fn a_loop_over_one_value_is_a_loop_over_a_list_of_one() {
    check(
        nodes(json!({"l": each()})),
        "in -> l; l.item -> a; l.done -> b",
        json!({"n": 1}),
        "l* 8; a[0]",
        expect![[r#"
            in.out
              start l {"n":1}
            l opens
              start a[0] {"n":1}
            a[0].out
              close l 1/1
              start b ["a[0]"]
        "#]],
    );
}

#[test]
fn a_loop_without_a_body_gives_its_items() {
    check(
        nodes(json!({"l": each()})),
        "in -> l; l.done -> b",
        json!([7, 8]),
        "l* 1; b",
        expect![[r#"
            in.out
              start l [7,8]
            l opens
              close l 2/2
              start b [7,8]
            b.out
              done "b"
        "#]],
    );
}

#[test]
fn a_loop_that_stops_starts_no_more_items_and_fails_when_the_open_ones_have_landed() {
    check(
        nodes(json!({"l": each()})),
        "in -> l; l.item -> a -> b; l.done -> c",
        json!([7, 8, 9]),
        "l* 2; a[0]!; a[1]; b[1]",
        expect![[r#"
            in.out
              start l [7,8,9]
            l opens
              start a[0] 7
              start a[1] 8
            a[0] fails
            a[1].out
              start b[1] "a[1]"
            b[1].out
              close l item 0 failed at a: a[0] broke
              failed at l: item 0 failed at a: a[0] broke
        "#]],
    );
}

#[test]
fn a_loop_that_notes_failures_goes_on() {
    check(
        nodes(json!({"l": each()})),
        "in -> l; l.item -> a; l.done -> b",
        json!([7, 8]),
        "l*! 1; a[0]!; a[1] = 80",
        expect![[r#"
            in.out
              start l [7,8]
            l opens
              start a[0] 7
            a[0] fails
              start a[1] 8
            a[1].out
              close l 1/2
              start b [{"error":{"code":"E0","message":"a[0] broke","node":"a"}},80]
        "#]],
    );
}

#[test]
fn a_loop_s_failure_goes_out_on_its_error_port() {
    check(
        nodes(json!({"l": each()})),
        "in -> l; l.item -> a; l.done -> b; l.error -> c",
        json!([7]),
        "l* 1; a[0]!; c",
        expect![[r#"
            in.out
              start l [7]
            l opens
              start a[0] 7
            a[0] fails
              close l item 0 failed at a: a[0] broke
              start c {"code":"E0","message":"item 0 failed at a: a[0] broke","advice":"","node":"l","item":[]}
            c.out
              done "c"
        "#]],
    );
}

#[test]
fn loops_in_loops_each_have_their_own_items() {
    check(
        nodes(json!({"l": each(), "k": each()})),
        "in -> l; l.item -> k; k.item -> a; k.done -> b; l.done -> c",
        json!([[1, 2], [3]]),
        "l* 1; k[0]* 2; a[0][1]; a[0][0]; b[0] = 10; k[1]* 2; a[1][0]; b[1] = 11; c",
        expect![[r#"
            in.out
              start l [[1,2],[3]]
            l opens
              start k[0] [1,2]
            k[0] opens
              start a[0][0] 1
              start a[0][1] 2
            a[0][1].out
            a[0][0].out
              close k[0] 2/2
              start b[0] ["a[0][0]","a[0][1]"]
            b[0].out
              start k[1] [3]
            k[1] opens
              start a[1][0] 3
            a[1][0].out
              close k[1] 1/1
              start b[1] ["a[1][0]"]
            b[1].out
              close l 2/2
              start c [10,11]
            c.out
              done "c"
        "#]],
    );
}

#[test]
fn an_inner_loop_that_fails_is_named_by_both_items() {
    check(
        nodes(json!({"l": each(), "k": each()})),
        "in -> l; l.item -> k; k.item -> a",
        json!([[1], [2, 3]]),
        "l* 2; k[1]* 2; a[1][1]!; a[1][0]; k[0]* 1; a[0][0]",
        expect![[r#"
            in.out
              start l [[1],[2,3]]
            l opens
              start k[0] [1]
              start k[1] [2,3]
            k[1] opens
              start a[1][0] 2
              start a[1][1] 3
            a[1][1] fails
            a[1][0].out
              close k[1] item 1 failed at a: a[1][1] broke
            k[0] opens
              start a[0][0] 1
            a[0][0].out
              close k[0] 1/1
              close l item 1 failed at k: item 1 failed at a: a[1][1] broke
              failed at l: item 1 failed at k: item 1 failed at a: a[1][1] broke
        "#]],
    );
}

#[test]
fn a_failed_run_gives_up_its_loops_and_what_waits_in_them() {
    check(
        nodes(json!({"l": each()})),
        "in -> l; in -> b; l.item -> a -> c",
        json!([1, 2, 3]),
        "l* 2; b!; a[0]; -",
        expect![[r#"
            in.out
              start l [1,2,3]
              start b [1,2,3]
            l opens
              start a[0] 1
              start a[1] 2
            b fails
            a[0].out
            a[1] is given up
              failed at b: b broke
        "#]],
    );
}

#[test]
fn branches_inside_a_body_join_inside_it() {
    check(
        nodes(json!({"l": each(), "m": "core/merge"})),
        "in -> l; l.item -> a -> m; l.item -> b -> m; l.done -> c",
        json!([5]),
        "l* 1; b[0]; a[0]; m[0] = 1",
        expect![[r#"
            in.out
              start l [5]
            l opens
              start a[0] 5
              start b[0] 5
            b[0].out
            a[0].out
              start m[0] {"a":"a[0]","b":"b[0]"}
            m[0].out
              close l 1/1
              start c [1]
        "#]],
    );
}

#[test]
fn numbers_keep_their_digits_through_a_loop() {
    let body: Value = serde_json::from_str("[9223372036854775807123, 19.90]").unwrap();
    check(
        nodes(json!({"l": each()})),
        "in -> l; l.done -> b",
        body,
        "l* 1",
        expect![[r#"
            in.out
              start l [9223372036854775807123,19.90]
            l opens
              close l 2/2
              start b [9223372036854775807123,19.90]
        "#]],
    );
}

/// A chain as long as this, and all of it skipped, must not need the call stack.
const LONG: usize = 2_000;

fn long_chain(first: &str) -> (Value, String) {
    let mut all = json!({"in": "core/manual", "s": switch()});
    let mut edges = format!("in -> s; s.{first} -> n0");
    for n in 0..LONG {
        all[format!("n{n}")] = "core/set".into();
        edges += &format!("; n{n} -> n{}", n + 1);
    }
    all[format!("n{LONG}")] = "core/set".into();
    (all, edges)
}

#[test]
fn a_chain_of_two_thousand_steps_needs_no_stack() {
    for (taken, steps) in [("x", LONG as u32 + 2), ("y", 1)] {
        let (nodes, edges) = long_chain("x");
        let mut player = Player::begin(plan(flow("f", nodes, &edges)), "in", json!(1));
        player.complete("s", taken, json!(1));
        while let Some((at, _)) = player.open.front() {
            let step = player.run.step_id(at).to_string();
            player.complete(&step, "out", json!(1));
        }
        assert_eq!((player.ends, player.run.steps()), (1, steps));
    }
}

#[test]
fn ten_thousand_items_that_do_nothing_need_no_stack() {
    let mut player = Player::begin(
        plan(flow("f", nodes(json!({"l": each()})), "in -> l; l.done -> b")),
        "in",
        (0..10_000).collect(),
    );
    player.open_loop("l", 8, run::LoopRule::Stop);
    assert!(player.log.contains("close l 10000/10000"));
}

#[test]
fn a_for_each_that_is_fed_asks_for_more_when_it_has_opened_what_it_got() {
    let mut player = Player::begin(
        plan(flow("f", nodes(json!({"l": each()})), "in -> l; l.item -> a; l.done -> b")),
        "in",
        json!(1),
    );
    player.open_fed("l", 2);
    player.feed([5, 6, 7], false);
    assert!(player.hungry.is_none(), "one item waits");
    player.play("a[1]");
    player.play("a[0]");
    assert!(player.hungry.is_some());
    player.feed([8], true);
    player.play("a[2]");
    player.play("a[3]");
    assert!(
        player.log.ends_with("  close l 4/4\n  start b [\"a[0]\",\"a[1]\",\"a[2]\",\"a[3]\"]\n"),
        "{}",
        player.log
    );
}

#[test]
fn a_for_each_whose_items_end_in_an_error_fails_when_those_that_are_open_have_ended() {
    let mut player = Player::begin(
        plan(flow("f", nodes(json!({"l": each()})), "in -> l; l.item -> a; l.done -> b")),
        "in",
        json!(1),
    );
    player.open_fed("l", 2);
    player.feed([5], false);
    let error =
        run::doc::StepError { code: "E".into(), message: "row 2 is torn".into(), advice: String::new() };
    player.starve(error);
    assert_eq!(player.ends, 0);
    player.play("a[0]");
    assert!(player.log.ends_with("  failed at l: row 2 is torn\n"), "{}", player.log);
}

#[test]
fn what_a_run_holds_is_counted_once_and_given_back_with_its_item() {
    let long = "x".repeat(100_000);
    let mut player = Player::begin(
        plan(flow("f", nodes(json!({"l": each()})), "in -> c -> l; l.item -> a; l.done -> b")),
        "in",
        json!([long]),
    );
    let input = player.open.front().expect("c").1.clone();
    let next = player.run.complete(&player.open[0].0.clone(), "out", input);
    assert!((100_000..101_000).contains(&player.run.held()), "{}", player.run.held());
    assert_eq!(player.run.holders(1)[0].1, player.run.held());
    let [run::Decision::Start(at, list)] = &next[..] else { panic!("{next:?}") };
    let items = run::Items::Here(list.elements().expect("a list"));
    player.run.open_loop(at, items, Box::<run::InText>::default(), run::LoopRule::Stop, 1);
    let inside = player.run.held();
    assert!(inside < 101_000, "the item is a part of the list: {inside}");
}
