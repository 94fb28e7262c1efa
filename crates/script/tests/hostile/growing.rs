//! Scripts that take memory.

use super::attack;
use expect_test::expect;

#[test]
fn text_that_doubles() {
    attack(
        r#"let s = "aaaaaaaa"; loop { s += s; }"#,
        expect![
            "E0202 Line 1, column 30: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "aaaaaaaa"; loop { s = `${s}${s}`; }"#,
        expect![
            "E0202 Line 1, column 39: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "aaaaaaaa"; loop { s.replace("a", s); }"#,
        expect![
            "E0202 Line 1, column 30: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "aaaaaaaa"; loop { s = replaced(s, "a", "aaaaaaaa"); }"#,
        expect![
            "E0202 Line 1, column 32: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "{a}"; loop { s = fill("{a}{a}{a}{a}{a}{a}{a}{a}", #{ a: s }); }"#,
        expect![
            "E0202 Line 1, column 27: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "a"; s.pad(9223372036854775807, "b")"#,
        expect![
            "E0202 Line 1, column 16: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"pad_start("a", 9223372036854775807, "b")"#,
        expect![
            "E0202 Line 1, column 1: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "aaaaaaaaaaaaaaaa"; loop { s = join([s, s, s, s], s); }"#,
        expect![
            "E0202 Line 1, column 55: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "a"; loop { s = replace_matches(s, "a", "aaaaaaaaaaaaaaaa"); }"#,
        expect![
            "E0202 Line 1, column 25: The script took longer than 60000 ms. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "a"; loop { s = base64_encode(s + s); }"#,
        expect![
            "E0202 Line 1, column 41: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "a"; loop { s = to_json(s + s); }"#,
        expect![
            "E0202 Line 1, column 35: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "a"; loop { s = [s, s].to_string(); }"#,
        expect![
            "E0202 Line 1, column 32: A value grew beyond 1.0 MB of text. Split the work with a for-each node."
        ],
    );
}

#[test]
fn lists_and_maps_that_grow() {
    attack(
        "let a = [1]; loop { a += a; }",
        expect![
            "E0202 Line 1, column 23: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        "let a = []; loop { a.push(1); }",
        expect![
            "E0202 Line 1, column 22: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        "let a = [1]; loop { a = [a, a]; }",
        expect![
            "E0202 Line 1, column 29: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        "let a = [1]; loop { a = flatten([a, a]); }",
        expect![
            "E0202 Line 1, column 37: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        "let a = []; a.pad(9223372036854775807, 0)",
        expect![
            "E0202 Line 1, column 15: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        "numbers(1, 9223372036854775807)",
        expect![
            "E0202 Line 1, column 1: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        "numbers(-9223372036854775808, 9223372036854775807)",
        expect![
            "E0202 Line 1, column 1: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "aaaaaaaaaaaaaaaa"; for i in 0..14 { s += s; } s.split("")"#,
        expect![
            "E0202 Line 1, column 58: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "aaaaaaaaaaaaaaaa"; for i in 0..14 { s += s; } s.to_chars()"#,
        expect![
            "E0202 Line 1, column 58: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = ",,,,,,,,,,,,,,,,"; for i in 0..14 { s += s; } csv_line(s)"#,
        expect![
            "E0202 Line 1, column 56: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        r#"let s = "[],[],[],[],[],"; for i in 0..14 { s += s; } parse_json("[" + s + "1]")"#,
        expect![
            "E0202 Line 1, column 55: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        "let m = #{}; let n = 0; loop { n += 1; m[`k${n}`] = n; }",
        expect![
            "E0202 Line 1, column 42: The script took more than 60000 steps. Is there a loop without an end?"
        ],
    );
    attack(
        "let m = #{}; for k in 0..100 { m[`k${k}`] = [] } let a = []; loop { a.push(m); }",
        expect![
            "E0202 Line 1, column 71: Maps grew beyond 5000 entries. Split the work with a for-each node."
        ],
    );
}

#[test]
fn many_large_values_at_once() {
    let script = r#"
        fn deep(s, n) { let t = s + n; if n == 0 { t.len() } else { deep(t, n - 1) } }
        let s = "aaaaaaaaaaaaaaaa"; for i in 0..15 { s += s; }
        deep(s, 30) + deep(s, 29)"#;
    attack(
        script,
        expect![
            "E0202 Line 4, column 9: The script took more than 6 MB of memory. Split the work with a for-each node."
        ],
    );
    let variables: String = (0..100).map(|n| format!("let v{n} = s + {n};")).collect();
    attack(
        &format!(r#"let s = "aaaaaaaaaaaaaaaa"; for i in 0..15 {{ s += s; }} {variables} 1"#),
        expect![
            "E0202 Line 1, column 176: The script took more than 6 MB of memory. Split the work with a for-each node."
        ],
    );
    let variables: String = (0..100).map(|n| format!("let v{n} = a;")).collect();
    attack(
        &format!("let a = []; a.pad(4900, 0); {variables} 1"),
        expect![
            "E0202 Line 1, column 979: The script took more than 6 MB of memory. Split the work with a for-each node."
        ],
    );
    let variables: String = (0..1000).map(|n| format!("let v{n} = 1;")).collect();
    attack(
        &variables,
        expect![
            "E0202 Line 1, column 1555: More than 128 variables at once. Put related values into a map or a list."
        ],
    );
}
