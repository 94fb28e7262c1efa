//! Scripts that look outside, or at themselves.

use super::attack;
use expect_test::expect;

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
