//! What a merge of any goes on with, the first time and after a restart.

use crate::decisions::{check, nodes, switch};
use crate::player::{Player, plan};
use expect_test::{Expect, expect};
use run::StepId;
use serde_json::{Value, json};
use testkit::flow;

fn any() -> Value {
    json!({"use": "core/merge", "with": {"mode": "any"}})
}

#[test]
fn a_merge_of_any_starts_once_with_the_first() {
    check(
        nodes(json!({"m": any()})),
        "in -> a -> m; in -> b -> m; m -> c",
        json!(1),
        "b; m; a; c",
        expect![[r#"
            in.out
              start a 1
              start b 1
            b.out
              m goes on with b
              start m "b"
            m.out
              start c "m"
            a.out
            c.out
              done "c"
        "#]],
    );
}

/// A merge of a and b, that went on with b before a restart.
#[track_caller]
fn check_again(edges: &str, script: &str, decisions: Expect) {
    let flow = flow("f", nodes(json!({"m": any()})), edges);
    let chosen = (StepId::new("m".into(), Vec::new()), "b".into());
    let mut player = Player::begin_again(plan(flow), "in", json!(1), [chosen]);
    script.split(';').map(str::trim).for_each(|line| player.play(line));
    decisions.assert_eq(&player.log);
}

#[test]
fn a_merge_of_any_waits_after_a_restart_for_what_it_went_on_with_before() {
    check_again(
        "in -> a -> m; in -> b -> m; m -> c",
        "a; b; m; c",
        expect![[r#"
        in.out
          start a 1
          start b 1
        a.out
        b.out
          start m "b"
        m.out
          start c "m"
        c.out
          done "c"
    "#]],
    );
}

#[test]
fn a_merge_of_any_goes_on_with_another_branch_when_the_one_of_before_does_not_come_any_more() {
    check_again(
        "in -> a -> m; in -> d -> m; m -> c; in -> b",
        "a; b; d; m; c",
        expect![[r#"
        in.out
          start a 1
          start d 1
          start b 1
        a.out
        b.out
        d.out
          m goes on with a
          start m "a"
        m.out
          start c "m"
        c.out
          done "c"
    "#]],
    );
}

#[test]
fn a_merge_of_any_waits_past_a_skipped_branch() {
    check(
        nodes(json!({"s": switch(), "m": any()})),
        "in -> s; s.x -> m; in -> b -> m",
        json!(1),
        "s.y; b; m",
        expect![[r#"
            in.out
              start s 1
              start b 1
            s.y
            b.out
              start m "b"
            m.out
              done "m"
        "#]],
    );
}
