//! Scripts that do not end.

use super::{attack, limits};
use crate::common::{answer, engine_with};
use expect_test::expect;
use script::Limits;
use std::time::Duration;

#[test]
fn a_loop_without_an_end() {
    attack(
        "loop { }",
        expect![
            "E0202 Line 1, column 6: The script took more than 60000 steps. Is there a loop without an end?"
        ],
    );
    attack(
        "while true { let x = 1; }",
        expect![
            "E0202 Line 1, column 12: The script took more than 60000 steps. Is there a loop without an end?"
        ],
    );
    attack(
        "for x in 0..9223372036854775807 { x += 1; }",
        expect![
            "E0202 Line 1, column 40: The script took more than 60000 steps. Is there a loop without an end?"
        ],
    );
    attack(
        "let x = 0; do { x += 1; } while x >= 0",
        expect![
            "E0202 Line 1, column 35: The script took more than 60000 steps. Is there a loop without an end?"
        ],
    );
    attack(
        "numbers(1, 4000).map(|x| { let n = 0; while n < 10 { n += 1; } n }).len()",
        expect![
            "E0202 Line 1, column 18: The script took more than 60000 steps. Is there a loop without an end?"
        ],
    );
    attack(
        "try { loop { } } catch { loop { } }",
        expect![
            "E0202 Line 1, column 12: The script took more than 60000 steps. Is there a loop without an end?"
        ],
    );
}

#[test]
fn a_clock_that_runs_out_in_a_script_of_few_steps() {
    let engine = engine_with(Limits { wall: Duration::from_millis(50), ..limits() }, 10);
    expect![
        "E0202 Line 1, column 31: The script took longer than 50 ms. Split the work with a for-each node."
    ]
    .assert_eq(&answer(&engine, "let n = 0; for x in 0..5000 { n += x } n"));
    expect![
        "E0202 Line 1, column 40: The script took longer than 50 ms. Split the work with a for-each node."
    ]
    .assert_eq(&answer(
        &engine,
        r#"let t = "a"; for i in 0..12 { t += t } replace_matches(t, "a", "b").len()"#,
    ));
}

#[test]
fn calls_without_an_end() {
    attack(
        "fn f(x) { f(x + 1) } f(0)",
        expect![
            "E0202 Line 1, column 22: Functions call each other more than 32 deep. Is there a call without an end?"
        ],
    );
    attack(
        "let f = |f, x| f.call(f, x); f.call(f, 1)",
        expect![
            "E0202 Line 1, column 32: Functions call each other more than 32 deep. Is there a call without an end?"
        ],
    );
    attack(
        "fn f(x) { [1].map(|y| f(y)) } f(0)",
        expect![
            "E0202 Line 1, column 15: Functions call each other more than 32 deep. Is there a call without an end?"
        ],
    );
    attack(
        "fn f(a) { a.sort(|x, y| f([1, 2])); 0 } f([1, 2])",
        expect![
            "E0202 Line 1, column 41: Functions call each other more than 32 deep. Is there a call without an end?"
        ],
    );
}
