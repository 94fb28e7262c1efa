//! Values and sources deeper than a stack.

use super::attack;
use expect_test::expect;

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
