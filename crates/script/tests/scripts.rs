//! Scripts and expressions in, values or plain sentences out.

mod common;

use common::{Outputs, answer, check, engine, render, run_info, with_scope};
use expect_test::expect;
use script::Scope;
use serde_json::{Value, json};

#[test]
fn an_order_is_mapped_with_its_digits() {
    check(
        "#{ ref: input.name, id: input.id, lines: input.line_items.map(|l| #{ sku: l.sku, price: l.price, order: input.name }) }",
        expect![[
            r##"{"id":450789469,"lines":[{"order":"#1001","price":"1070.00","sku":"A-1"},{"order":"#1001","price":"99.50","sku":"B-2"}],"ref":"#1001"}"##
        ]],
    );
    check(
        "input",
        expect![[
            r##"{"id":450789469,"name":"#1001","financial_status":"paid","total":1070.0,"big":12345678901234567890123456789012345,"unsigned":18446744073709551615,"tiny":0.1000,"note":null,"tags":["vip","thai"],"customer":{"first_name":"สมชาย","email":"somchai@example.com","default address":{"city":"กรุงเทพ"}},"line_items":[{"sku":"A-1","quantity":2,"price":"1070.00","tax":140},{"sku":"B-2","quantity":1,"price":"99.50","tax":7.5}]}"##
        ]],
    );
}

#[test]
fn numbers_are_exact() {
    check(
        "[0.1 + 0.2, 0.07 * 3, 1.10 + 1, 7 / 2, 7 / 2.0, 7 % 2, -0.5]",
        expect!["[0.3,0.21,2.10,3,3.5,1,-0.5]"],
    );
    check(
        "[input.total, input.tiny, input.big, input.unsigned, input.unsigned + 1]",
        expect![
            "[1070.0,0.1000,12345678901234567890123456789012345,18446744073709551615,18446744073709551616]"
        ],
    );
    check(
        "[1.50 == 1.5, 2 > 1.5, 1 == 1.0, \"1\" == 1, input.big == input.big]",
        expect!["[true,true,true,false,true]"],
    );
    check("decimal(input.line_items[1].price) * 2", expect!["199.00"]);
    check("[1e3, 12345678901234567890]", expect!["E0201 Line 1, column 3: `,` is missing here."]);
}

#[test]
fn a_missing_part_is_named() {
    check("input.shipping", expect!["null"]);
    check("input.shipping?.city?.name", expect!["null"]);
    check(
        "input.shipping.city",
        expect![
            "E0205 Line 1, column 16: `input.shipping` is missing, so nothing can be read from it. If it may be missing, write `input.shipping?.city`."
        ],
    );
    check(
        "input.shipping[\"city\"]",
        expect![[
            r#"E0205 Line 1, column 15: `input.shipping` is missing, so nothing can be read from it. If it may be missing, write `input.shipping?["city"]`."#
        ]],
    );
    check(
        "input.line_items[9].sku",
        expect![
            "E0205 Line 1, column 18: The list has 2 items, so there is none at 9 (the first is 0, the last 1)."
        ],
    );
    check(
        "[][0]",
        expect![
            "E0205 Line 1, column 4: The list is empty. If it may be, `first(list)` gives nothing instead of an error."
        ],
    );
    check(
        "let a = input;\n  a.x.y.z",
        expect![
            "E0205 Line 2, column 7: `a.x` is missing, so nothing can be read from it. If it may be missing, write `a.x?.y`."
        ],
    );
    check(
        "input.name.first",
        expect!["E0206 Line 1, column 12: `input.name` is no map, so it has no `first`."],
    );
    check(
        "input.line_items.sku",
        expect!["E0206 Line 1, column 18: `input.line_items` is no map, so it has no `sku`."],
    );
    check(
        "input.shipping + 1",
        expect![
            "E0205 Line 1, column 16: `+` was given nothing: one of the two values is missing. Give a value to use instead: `(input.price ?? 0)`."
        ],
    );
    check(
        "money(input.shipping, \"THB\")",
        expect![
            "E0206 Line 1, column 1: A number is missing here. Give one to use instead: `(line.price ?? 0)`."
        ],
    );
    check(
        "input.line_items.map(|l| l.discount.amount)",
        expect![
            "E0205 Line 1, column 37: `l.discount` is missing, so nothing can be read from it. If it may be missing, write `l.discount?.amount`."
        ],
    );
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_to_do() {
    check(
        "inputt.name",
        expect![
            "E0204 Line 1, column 1: `inputt` is not known here. There are input, trigger, nodes, item, index, vars and run, and what the script names with `let`."
        ],
    );
    check(
        "fn f() { input.name } f()",
        expect![
            "E0204 Line 1, column 10: A function with a name sees only what it is given: hand `input` to it, `fn f(input) { … }`."
        ],
    );
    check("summ([1])", expect!["E0204 Line 1, column 1: There is no function `summ`. Did you mean `sum`?"]);
    check(
        "sum(\"a\")",
        expect!["E0204 Line 1, column 1: `sum` cannot work on a text. It is written `sum(list)`."],
    );
    check(
        "frobnicate(1, \"a\")",
        expect!["E0204 Line 1, column 1: There is no function `frobnicate` for a whole number and a text."],
    );
    check("#{ a: 1", expect!["E0201 Line 1, column 8: `}` is missing here."]);
    check("\"abc", expect!["E0201 Line 1, column 1: A text is not closed. Put the same quote at its end."]);
    check(
        "'abc'",
        expect![[
            r#"E0201 Line 1, column 1: Single quotes hold one character. Texts have double quotes: "text"."#
        ]],
    );
    check(
        "#{ default: 1 }",
        expect![[
            r#"E0201 Line 1, column 4: `default` is a word of the language. As the name of a field it stands in quotes: `"default"`."#
        ]],
    );
    check(
        "if input.id { 1 }",
        expect!["E0206 Line 1, column 9: This needs yes/no, but it is a whole number."],
    );
    check("if input.name { 1 }", expect!["E0206 Line 1, column 9: This needs yes/no, but it is a text."]);
    check("for x in 5 { }", expect!["E0201 Line 1, column 10: Expecting an iterable value, not a number."]);
    check(
        "throw \"No stock for \" + input.line_items[0].sku",
        expect!["E0203 Line 1, column 1: No stock for A-1"],
    );
    check("throw #{ code: 5, message: \"Refused\" }", expect!["E0203 Line 1, column 1: Refused"]);
    check("let x = 1;\nlet y = ;", expect!["E0201 Line 2, column 9: Unexpected ';'."]);
    check(
        "1 +",
        expect!["E0201 Line 1, column 4: The script ends too early. Is a bracket or a quote not closed?"],
    );
    check(
        "decimal(\"12 apples\")",
        expect![
            "E0206 Line 1, column 1: This text is no number. `parse_number` reads numbers with commas and currency signs."
        ],
    );
}

#[test]
fn a_field_may_be_called_as_a_word_of_the_language() {
    let (input, nothing, run) = (json!({"default": {"for": 5}}), Value::Null, run_info());
    let scope = Scope {
        input: &input,
        trigger: &input,
        nodes: &Outputs(json!({})),
        item: None,
        index: None,
        vars: &nothing,
        run: &run,
        until: None,
    };
    let engine = engine();
    for source in ["input.default.for", "let d = input; d.default?.for", "trigger.default[\"for\"] + 0"] {
        let script = engine.compile(source).expect(source);
        assert_eq!(engine.run(&script, &scope).expect(source), json!(5), "{source}");
    }
}

#[test]
fn a_script_may_change_its_own_copy() {
    check(
        "input.note = \"gift\"; input.tags.push(\"new\"); [input.note, input.tags]",
        expect![[r#"["gift",["vip","thai","new"]]"#]],
    );
    check(
        "let lines = input.line_items; lines.sort(|a, b| b.quantity - a.quantity); lines[0].sku",
        expect![[r#""A-1""#]],
    );
    check("let total = 0; input.line_items.for_each(|l| total += l.quantity); total", expect!["3"]);
}

#[test]
fn everything_in_scope_is_there() {
    check(
        "[item.sku, index, vars.shop, run.id, run.key, run.flow, run.now, trigger.headers[\"x-shop\"]]",
        expect![[r#"["A-1",3,"demo",7,"1001","order-to-erp","2026-11-23T06:00:00Z","demo"]"#]],
    );
    check("[nodes.map.ref, nodes[\"stock-level\"][0], nodes.skipped]", expect![[r#"["S1",5,null]"#]]);
    check("let names = trigger.body.line_items.map(|item| item.sku); names", expect![[r#"["A-1","B-2"]"#]]);
}

#[test]
fn an_item_outside_a_for_each_is_explained() {
    let (run, nothing) = (run_info(), Value::Null);
    let scope = Scope {
        input: &nothing,
        trigger: &nothing,
        nodes: &Outputs(json!({})),
        item: None,
        index: None,
        vars: &nothing,
        run: &run,
        until: None,
    };
    let engine = engine();
    let script = engine.compile("item.sku").expect("it compiles: which node it is in is not known then");
    expect!["Line 1, column 1: There is no `item` here: it exists only inside a for-each node."]
        .assert_eq(&engine.run(&script, &scope).unwrap_err().to_string());
}

#[test]
fn ids_and_times_are_the_same_in_a_replay() {
    let ids = "[new_id(), new_id(), now()]";
    assert_eq!(answer(&engine(), ids), answer(&engine(), ids));
    check("new_id() == new_id()", expect!["false"]);
}

#[test]
fn a_whole_expression_keeps_its_type_and_mixed_text_is_joined() {
    render(
        r#"{"id":"${input.id}","price":"${input.total}","lines":"${input.tags}","text":"Order ${input.name}: ${input.total}${input.note} ${input.tags}","plain":7,"dollar":"$${x} $5"}"#,
        expect![[
            r#"{"id":450789469,"price":1070.0,"lines":["vip","thai"],"text":"Order #1001: 1070.0 [\"vip\",\"thai\"]","plain":7,"dollar":"${x} $5"}"#
        ]],
    );
    render(r#"{"a":["${input.line_items.map(|l| `${l.sku}}`)}"]}"#, expect![[r#"{"a":[["A-1}","B-2}"]]}"#]]);
    render(
        r#"{"order":{"na/me":["${input.a.b}"]}}"#,
        expect![
            "E0205 In the field /order/na~1me/0: Line 1, column 9: `input.a` is missing, so nothing can be read from it. If it may be missing, write `input.a?.b`."
        ],
    );
    render(
        r#"{"a":"${input.name"}"#,
        expect![
            "E0201 In the field /a: Line 1, column 1: This `${` has no `}`. If it is meant as text, write `$${`."
        ],
    );
    render(
        r#"{"a":"${}"}"#,
        expect![
            "E0201 In the field /a: Line 1, column 1: There is nothing between `${` and `}`. Write an expression, such as `input.name`."
        ],
    );
}

#[test]
fn every_mistake_in_a_tree_of_fields_is_listed_with_its_pointer() {
    let fields = json!({"a": "${1 +}", "b": ["fine", "${input.x}", "x ${nope} y"], "c/d": {"e": "${"}});
    let problems: Vec<String> = engine()
        .check_template(&fields)
        .into_iter()
        .map(|(pointer, problem)| {
            format!("{pointer} {} {}:{} {}", problem.code, problem.line, problem.column, problem.message)
        })
        .collect();
    expect![[r#"
        /a E0201 1:4 The script ends too early. Is a bracket or a quote not closed?
        /b/2 E0204 1:1 `nope` is not known here. There are input, trigger, nodes, item, index, vars and run, and what the script names with `let`.
        /c~1d/e E0201 1:1 This `${` has no `}`. If it is meant as text, write `$${`."#]].assert_eq(&problems.join("\n"));
}

#[test]
fn fields_without_expressions_are_constant() {
    let engine = engine();
    let constant = json!({"a": [1, "$5", {"b": "$${x}"}], "n": 1.50});
    let template = engine.template(&constant).expect("it compiles");
    assert!(!template.is_constant(), "$${{ is an escape, so what is rendered differs from what is written");
    let constant = json!({"a": [1, "$5", {"b": null}], "n": 1.50});
    let template = engine.template(&constant).expect("it compiles");
    assert!(template.is_constant());
    assert_eq!(with_scope(|scope| engine.render(&template, scope)), Ok(constant));
}

#[test]
fn one_script_runs_on_several_threads() {
    let engine = engine();
    let script = engine.compile("input.line_items.map(|l| l.sku + input.name)").expect("it compiles");
    let answers: Vec<Value> = std::thread::scope(|threads| {
        let runs: Vec<_> =
            (0..4).map(|_| threads.spawn(|| with_scope(|scope| engine.run(&script, scope)))).collect();
        runs.into_iter().map(|run| run.join().expect("no panic").expect("it runs")).collect()
    });
    assert!(answers.iter().all(|answer| *answer == json!(["A-1#1001", "B-2#1001"])));
}

#[test]
fn a_text_in_backticks_is_taken_as_it_stands() {
    check(r#"[`a\nb`.len(), "a\nb".len()]"#, expect!["[4,3]"]);
    check("`a\nb${1 + 1}`", expect![[r#""a\nb2""#]]);
    check(r#"`Order ${input.name}` + "\n" + `x`"#, expect![[r#""Order #1001\nx""#]]);
}

#[test]
fn what_is_caught_is_what_was_thrown_or_a_map_that_says_what_went_wrong() {
    check("try { 1 } catch { 2 }", expect!["null"]);
    let caught = |work: &str, gives: &str| {
        format!("let seen = (); try {{ {work} }} catch (error) {{ seen = {gives}; }} seen")
    };
    check(&caught("throw \"No stock\"", "error"), expect![[r#""No stock""#]]);
    check(&caught("throw #{ code: 5 }", "error.code"), expect!["5"]);
    check(
        &caught("decimal(\"12 apples\")", "error"),
        expect![
            "E0208 The result holds a range or another thing that JSON has no form for, which is no data. Give back texts, numbers, yes/no, lists, maps or nothing."
        ],
    );
    check(
        &caught("input.shipping.city", "error"),
        expect![[
            r#"{"error":"ErrorDotExpr","line":1,"message":"Unknown property 'city' - a getter is not registered for type '()'","position":37,"property":"Unknown property 'city' - a getter is not registered for type '()'"}"#
        ]],
    );
    check(
        &caught("1 / 0", "error"),
        expect![[
            r#"{"error":"ErrorArithmetic","line":1,"message":"Division by zero: 1 / 0","position":24}"#
        ]],
    );
    check(
        &caught("[1][5]", "error"),
        expect![[
            r#"{"error":"ErrorArrayBounds","index":5,"length":1,"line":1,"message":"Array index 5 out of bounds: only 1 element in array","position":26}"#
        ]],
    );
}
