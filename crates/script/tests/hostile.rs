//! Scripts that try to get away with something. Each ends as a plain error, soon, and in little memory.

mod common;

use common::{answer, engine_with};
use expect_test::{Expect, expect};
use script::{Limits, heap};
use std::time::Duration;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting(std::alloc::System);

/// Small enough that a breach is reached at once, also in a debug build.
fn limits() -> Limits {
    Limits {
        operations: 60_000,
        string_bytes: 1 << 20,
        list_items: 5_000,
        map_entries: 5_000,
        total_bytes: 6 << 20,
        wall: Duration::from_secs(60),
        ..Limits::default()
    }
}

/// Runs on a thread with the stack that workers have, so that a recursion too deep shows.
fn attack(source: &str, expected: Expect) {
    let source = source.to_owned();
    let run = move || answer(&engine_with(limits(), 1), &source);
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread starts");
    let mut said = thread.join().expect("nothing panics outside the engine");
    if said.len() > 300 {
        said =
            format!("{} … ({} characters)", said.chars().take(200).collect::<String>(), said.chars().count());
    }
    expected.assert_eq(&said);
}

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

#[test]
fn values_nested_until_the_stack_overflows() {
    attack(
        "let a = []; loop { a = [a]; }",
        expect!["E0202 Line 1, column 25: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        "let a = #{}; loop { a = #{ a: a }; }",
        expect!["E0202 Line 1, column 31: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        "let a = []; loop { let b = []; b.push(a); a = b; }",
        expect!["E0202 Line 1, column 47: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        "let a = [[]]; loop { a[0] = a; }",
        expect!["E0202 Line 1, column 29: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        "let a = #{ a: () }; loop { a.a = a; }",
        expect!["E0202 Line 1, column 34: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        "let a = [[[[[[[[[[]]]]]]]]]]; loop { a[0][0][0][0][0][0][0][0][0] = a; }",
        expect!["E0202 Line 1, column 69: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        "loop { input.a = input; }",
        expect![
            "E0202 Line 1, column 16: Maps grew beyond 5000 entries. Split the work with a for-each node."
        ],
    );
    attack(
        "loop { input.tags.push(input.tags); }",
        expect![
            "E0202 Line 1, column 19: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        "let f = || { input.a = input; }; loop { f.call(); }",
        expect![
            "E0202 Line 1, column 43: Maps grew beyond 5000 entries. Split the work with a for-each node."
        ],
    );
    attack(
        "fn f(x) { loop { x.a = x; } } f(input)",
        expect![
            "E0202 Line 1, column 31: Maps grew beyond 5000 entries. Split the work with a for-each node."
        ],
    );
    attack(
        "numbers(1, 4000).reduce(|a, n| [a], 0)",
        expect!["E0202 Line 1, column 18: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        "let a = []; let f = || { a = [a]; }; loop { f.call(); }",
        expect!["E0202 Line 1, column 45: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        "let a = []; for i in 0..400 { a = [a]; } a",
        expect!["E0202 Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        r#"let s = "["; for i in 0..13 { s += s; } parse_json(s)"#,
        expect![
            "E0202 Line 1, column 41: A list grew beyond 5000 items. Split the work with a for-each node."
        ],
    );
    attack(
        "let a = []; for i in 0..300 { a = [a]; } to_json(a)",
        expect!["E0202 Line 1, column 42: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack("let a = []; for i in 0..300 { a = [a]; } a.to_string().len()", expect!["602"]);
    attack("let a = []; for i in 0..300 { a = [a]; } a == a", expect!["true"]);
    attack(
        "let g = |x| x; let f = g; loop { f = g.curry(f); }",
        expect!["E0202 Line 1, column 46: Lists and maps are nested more than 64 deep. Flatten the data."],
    );
    attack(
        "let a = []; let f = |x| x; loop { f = f.curry(f); }",
        expect![
            "E0202 Line 1, column 35: The script took more than 6 MB of memory. Split the work with a for-each node."
        ],
    );
}

#[test]
fn source_nested_until_the_parser_overflows() {
    let many = |piece: &str| piece.repeat(20_000);
    attack(
        &many("("),
        expect![
            "E0201 Line 1, column 129: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &many("["),
        expect![
            "E0201 Line 1, column 129: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &many("#{a:"),
        expect!["E0202 The script is longer than 65536 bytes. Split it over several nodes."],
    );
    attack(
        &many("{"),
        expect![
            "E0201 Line 1, column 129: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &many("-"),
        expect![
            "E0201 Line 1, column 501: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &many("!"),
        expect![
            "E0201 Line 1, column 501: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &format!("1{}", many("+1")),
        expect![
            "E0201 Line 1, column 1002: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &format!("1{}", many("**1")),
        expect![
            "E0201 Line 1, column 752: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &format!("input{}", many(".a")),
        expect![
            "E0201 Line 1, column 1006: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &format!("input{}", many("[0]")),
        expect![
            "E0201 Line 1, column 1506: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &format!("true{}", many("&&1")),
        expect![
            "E0201 Line 1, column 755: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &format!("1{}", many("??1")),
        expect![
            "E0201 Line 1, column 752: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"if true {} else ".repeat(4_000),
        expect![
            "E0201 Line 1, column 996: Expressions are nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"if true {".repeat(4_000),
        expect![
            "E0201 Line 1, column 1161: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"|x|".repeat(20_000),
        expect![
            "E0201 Line 1, column 751: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"`${".repeat(20_000),
        expect![
            "E0201 Line 1, column 49: Expressions are nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"let a = ".repeat(8_000),
        expect![
            "E0201 Line 1, column 4007: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"while ".repeat(8_000),
        expect![
            "E0201 Line 1, column 127: Expressions are nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(&"return ".repeat(8_000), expect!["E0201 Line 1, column 8: `;` is missing here."]);
    attack(
        &"try { ".repeat(8_000),
        expect![
            "E0201 Line 1, column 773: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"switch 1 { 1 => ".repeat(4_000),
        expect![
            "E0201 Line 1, column 2058: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(&"/*".repeat(30_000), expect!["null"]);
    attack(
        &"1 in ".repeat(8_000),
        expect![
            "E0201 Line 1, column 308: Expressions are nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"a=".repeat(20_000),
        expect![
            "E0201 Line 1, column 1002: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(&"throw ".repeat(8_000), expect!["E0201 Line 1, column 7: `;` is missing here."]);
    attack(
        &"f(".repeat(20_000),
        expect![
            "E0201 Line 1, column 258: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"fn f() {".repeat(4_000),
        expect![
            "E0201 Line 1, column 1029: The expression is too long or nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &"x".repeat(70_000),
        expect!["E0202 The script is longer than 65536 bytes. Split it over several nodes."],
    );
    attack(
        &format!("1{}", " in 1".repeat(10_000)),
        expect![
            "E0201 Line 1, column 308: Expressions are nested too deeply. Give parts of it names with `let`."
        ],
    );
    attack(
        &format!("let x = 1; x{}", "()".repeat(20_000)),
        expect!["E0201 Line 1, column 15: `;` is missing here."],
    );
}

#[test]
fn numbers_that_overflow() {
    attack(
        "9223372036854775807 + 1",
        expect![
            "E0207 Line 1, column 21: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "-9223372036854775808 - 1",
        expect![
            "E0207 Line 1, column 22: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "-9223372036854775807 - 2",
        expect![
            "E0207 Line 1, column 22: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "abs(-9223372036854775807 - 1)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "10 ** 1000000",
        expect![
            "E0207 Line 1, column 4: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack("2 ** -1", expect!["E0207 Line 1, column 3: This cannot be computed with these numbers."]);
    attack("1 << 1000", expect!["0"]);
    attack("1 >> -1000", expect!["0"]);
    attack("1 / 0", expect!["E0207 Line 1, column 3: Nothing can be divided by 0."]);
    attack("1 % 0", expect!["E0207 Line 1, column 3: Nothing can be divided by 0."]);
    attack("1.0 / 0", expect!["E0207 Line 1, column 5: Nothing can be divided by 0."]);
    attack(
        "(-9223372036854775807 - 1) / -1",
        expect![
            "E0207 Line 1, column 28: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "(-9223372036854775807 - 1) % -1",
        expect!["E0207 Line 1, column 28: Nothing can be divided by 0."],
    );
    attack(
        "79228162514264337593543950335 * 2",
        expect![
            "E0207 Line 1, column 31: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "79228162514264337593543950335.0 ** 20",
        expect![
            "E0207 Line 1, column 33: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack("0.5 ** 100000", expect!["0"]);
    attack(
        "1.5 ** 100000.5",
        expect![
            "E0207 Line 1, column 5: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "exp(1000.0)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack("ln(0.0)", expect!["E0207 Line 1, column 1: This cannot be computed with these numbers."]);
    attack("sqrt(-1.0)", expect!["E0207 Line 1, column 1: This cannot be computed with these numbers."]);
    attack(
        "tan(1.5707963267948966192313216916)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "sum([9223372036854775807, 1])",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "sum([79228162514264337593543950335, 1.5])",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "round_to(79228162514264337593543950335, 28)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "let x = 79228162514264337593543950335.0; x.to_int()",
        expect![
            "E0207 Line 1, column 44: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "input.big + 1",
        expect![
            "E0207 Line 1, column 11: One of these numbers has more digits than scripts compute with (28). It can be passed on and compared, or made a text with `to_string()`."
        ],
    );
    attack("1.0.round(1000)", expect!["1.0"]);
    attack(
        "parse_int(\"99999999999999999999\")",
        expect!["E0207 Line 1, column 1: This text is no number of that kind."],
    );
    attack(
        "split_money(79228162514264337593543950335, [1, 2])",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "vat_included(79228162514264337593543950335, 7)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack("from_minor_units(9223372036854775807, \"THB\")", expect!["92233720368547758.07"]);
    attack(
        "baht_text(792281625142643375935439503.35)",
        expect![[
            r#""เจ็ดร้อยเก้าสิบสองล้านสองแสนแปดหมื่นหนึ่งพันหกร้อยยี่สิบห้าล้านหนึ่งแสนสี่หมื่นสองพันหกร้อยสี่สิบสามล้านสามแสนเจ็ดหมื่นห้าพันเก้าร้อยสามสิบห้าล้านสี่แสนสามหมื่นเก้าพันห้าร้อยสามบาทสามสิบห้าสตางค์" … (197 characters)"#
        ]],
    );
}

#[test]
fn dates_at_the_ends_of_time() {
    attack(
        r#"add_time("9999-12-31", 1, "days")"#,
        expect!["E0206 Line 1, column 1: The year must be between 1 and 9999."],
    );
    attack(
        r#"add_time("2026-01-01", 9223372036854775807, "years")"#,
        expect!["E0206 Line 1, column 1: The date goes out of range."],
    );
    attack(
        r#"add_time("2026-01-01", -9223372036854775807, "seconds")"#,
        expect!["E0206 Line 1, column 1: The date goes out of range."],
    );
    attack(
        r#"to_zone("0001-01-01T00:00:00Z", "America/Los_Angeles")"#,
        expect![[r#""0000-12-31T16:07:02-07:53""#]],
    );
    attack(
        r#"to_utc("99999-01-01T00:00:00Z")"#,
        expect![[
            r#"E0206 Line 1, column 1: This is no date. Dates are written as "2026-11-23" or "2026-11-23T13:00:00+07:00"; `parse_date` reads others."#
        ]],
    );
    attack(
        "from_unix(9223372036854775807)",
        expect!["E0206 Line 1, column 1: These are too many seconds for a date."],
    );
    attack(
        r#"format_date("2026-01-01", "%Q %q %!")"#,
        expect![
            "E0206 Line 1, column 1: This pattern cannot be used. It is made of %d %m %Y %BE %H %M %S and the characters between them."
        ],
    );
    attack(
        r#"format_date("2026-01-01", "%9999999999Y")"#,
        expect![
            "E0206 Line 1, column 1: This pattern cannot be used. It is made of %d %m %Y %BE %H %M %S and the characters between them."
        ],
    );
    attack(r#"parse_date("1", "%s")"#, expect![[r#""1970-01-01T00:00:01Z""#]]);
    attack(
        r#"start_of_day("2026-01-01", "Nowhere/City")"#,
        expect![[
            r#"E0206 Line 1, column 1: This is no time zone. Zones are written as "Asia/Bangkok" or "UTC"."#
        ]],
    );
}

#[test]
fn patterns_that_take_for_ever() {
    let text = r#"let t = "a"; for i in 0..15 { t += t; } "#;
    attack(&format!(r#"{text} matches(t, "(a*)*b")"#), expect!["false"]);
    attack(&format!(r#"{text} matches(t, "(x+x+)+y")"#), expect!["false"]);
    attack(
        r#"matches("a", "((((a{100}){100}){100}){100})")"#,
        expect![
            "E0206 Line 1, column 1: This pattern cannot be used: something in it is not closed, unknown or too large."
        ],
    );
    attack(
        r#"let p = "("; for i in 0..12 { p += p; } matches("a", p)"#,
        expect![
            "E0206 Line 1, column 41: Patterns are for texts up to 64 KB, and have up to 500 characters."
        ],
    );
    attack(
        r#"matches("a", "(((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))))")"#,
        expect![
            "E0206 Line 1, column 1: This pattern cannot be used: something in it is not closed, unknown or too large."
        ],
    );
}

#[test]
fn comparisons_that_contradict_themselves() {
    attack("numbers(1, 100).sort(|a, b| 1) == ()", expect!["true"]);
    attack(
        "let n = 0; let a = numbers(1, 60); a.sort(|x, y| { n = (n * 7 + 3) % 11; n - 5 }); a.len()",
        expect!["60"],
    );
    attack(
        r#"[3, 1].order(|a, b| "x")"#,
        expect!["E0206 Line 1, column 8: The function must give a number: below 0, 0 or above 0."],
    );
    attack(
        "sort_by([1, 2, 3], |x| loop { })",
        expect![
            "E0202 Line 1, column 1: The script took more than 60000 steps. Is there a loop without an end?"
        ],
    );
    attack(r#"let a = [1, "a", #{}, [], 2.5, ()]; a.sort(); a.len()"#, expect!["6"]);
}

#[test]
fn what_reaches_outside() {
    attack(r#"eval("1")"#, expect!["E0201 Line 1, column 1: `eval` is not available in scripts."]);
    attack(r#"import "x" as y;"#, expect!["E0201 Line 1, column 1: `import` is not available in scripts."]);
    attack(
        r#"print("secret")"#,
        expect![
            "E0209 Line 1, column 1: `print` is not available in scripts. Put what you want to see into the result."
        ],
    );
    attack(
        r#"debug("secret")"#,
        expect![
            "E0209 Line 1, column 1: `debug` is not available in scripts. Put what you want to see into the result."
        ],
    );
    attack(
        "sleep(1)",
        expect!["E0209 Line 1, column 1: `sleep` is not available in scripts. Use a wait node."],
    );
    attack(
        r#"Fn("ev" + "al").call("1")"#,
        expect!["E0201 Line 1, column 9: `eval` is not available in scripts."],
    );
    attack(
        r#"call(Fn("sleep"), 1)"#,
        expect!["E0204 Line 1, column 1: There is no function `sleep` for a whole number."],
    );
    attack(
        r#"Fn("print").call("x")"#,
        expect!["E0201 Line 1, column 4: `print` is not available in scripts."],
    );
    attack(
        "timestamp()",
        expect![
            "E0209 Line 1, column 1: `timestamp` is not available in scripts. `now()` gives the time of the run."
        ],
    );
    attack(
        "blob(1000000000)",
        expect!["E0209 Line 1, column 1: `blob` is not available in scripts. Write the expression itself."],
    );
    attack(
        r#""abc".to_blob()"#,
        expect![
            "E0209 Line 1, column 7: `to_blob` is not available in scripts. Write the expression itself."
        ],
    );
    attack("this = 1", expect!["E0201 Line 1, column 1: 'this' can only be used in functions."]);
    attack(
        "fn f() { this.x = this; } let m = #{}; m.f(); m",
        expect![
            "E0209 Line 1, column 10: `this` means nothing here. Give the value to the function as an argument."
        ],
    );
    attack(
        "nodes",
        expect![[
            r#"E0209 Line 1, column 1: Say which node: `nodes.map` or `nodes["map"]`. All nodes at once, or one by a computed name, cannot be had."#
        ]],
    );
    attack(
        "let n = \"map\"; nodes[n]",
        expect![[
            r#"E0209 Line 1, column 16: Say which node: `nodes.map` or `nodes["map"]`. All nodes at once, or one by a computed name, cannot be had."#
        ]],
    );
    attack("export let x = 1;", expect!["E0201 Line 1, column 1: `export` is not available in scripts."]);
    attack(
        "global::x",
        expect![
            "E0204 Line 1, column 1: `global` is not known here. There are input, trigger, nodes, item, index, vars and run, and what the script names with `let`."
        ],
    );
    attack(
        "input.x = 1; input",
        expect![[
            r#"{"big":12345678901234567890123456789012345,"customer":{"default address":{"city":"กรุงเทพ"},"email":"somchai@example.com","first_name":"สมชาย"},"financial_status":"paid","id":450789469,"line_items":[{ … (424 characters)"#
        ]],
    );
    attack(
        "|x| x",
        expect![
            "E0208 The result holds a function, which is no data. Give back texts, numbers, yes/no, lists, maps or nothing."
        ],
    );
    attack(
        "0..5",
        expect![
            "E0208 The result holds a range or another thing that JSON has no form for, which is no data. Give back texts, numbers, yes/no, lists, maps or nothing."
        ],
    );
    attack("exit(5)", expect!["E0204 Line 1, column 1: There is no function `exit` for a whole number."]);
    attack(r#"is_def_fn("x", 1)"#, expect!["false"]);
    attack("throw input", expect!["E0203 Line 1, column 1: The script stopped with `throw`."]);
}

#[test]
fn a_value_used_while_it_is_worked_on() {
    attack(
        "let a = [1, 2]; a.map(|x| a.len())",
        expect![
            "E0209 Line 1, column 17: `a` is used inside a function that works on `a` itself. Take what you need before: `let count = a.len();`."
        ],
    );
    attack(
        "let a = [1, 2]; let f = |x| a.len(); a.map(f)",
        expect![
            "E0209 A list or map is used inside a function that works on that same list or map. Copy what you need first: `let count = lines.len();`."
        ],
    );
    attack(
        "let a = [1]; let f = || a; a.push(f); a.len()",
        expect![
            "E0209 A list or map is used inside a function that works on that same list or map. Copy what you need first: `let count = lines.len();`."
        ],
    );
    attack(
        "let m = #{ a: [1] }; m.a.map(|x| m.a.map(|y| m.a.len()))",
        expect![
            "E0209 Line 1, column 22: `m` is used inside a function that works on `m` itself. Take what you need before: `let count = m.len();`."
        ],
    );
    attack(
        "input.tags.map(|a| input.tags.map(|b| input.tags.filter(|c| input.tags.contains(c)).len()))",
        expect!["[[2,2],[2,2]]"],
    );
    attack(
        "let a = [1]; let f = || a; let b = #{ f: f }; a.push(b); a.len()",
        expect![
            "E0209 A list or map is used inside a function that works on that same list or map. Copy what you need first: `let count = lines.len();`."
        ],
    );
}
