//! Whatever is written or comes in: no panic, no lost digit, and one meaning for fast and slow.

mod common;

use common::{Outputs, engine_with, run_info};
use proptest::{collection::vec, prelude::*, sample::select};
use script::{Engine, Error, Limits, Scope};
use serde_json::{Map, Number, Value, json};
use std::time::Duration;

fn engine() -> Engine {
    let limits = Limits {
        operations: 5_000,
        string_bytes: 20_000,
        list_items: 1_000,
        map_entries: 1_000,
        wall: Duration::from_secs(60),
        ..Limits::default()
    };
    engine_with(limits, 0)
}

fn run(engine: &Engine, source: &str, input: &Value) -> Result<Value, Error> {
    let (nodes, run, nothing) = (Outputs(json!({"map": input})), run_info(), Value::Null);
    let scope = Scope {
        input,
        trigger: input,
        nodes: &nodes,
        item: Some(input),
        index: Some(0),
        vars: &nothing,
        run: &run,
        until: None,
    };
    engine.run(&*engine.compile(source)?, &scope)
}

/// Pieces that scripts are made of; put together at random most are wrong, and some are wrong in new ways.
const PIECES: [&str; 78] = [
    "let a = ",
    "let b = ",
    "const c = ",
    "a",
    "b",
    "c",
    "x",
    "input",
    "trigger",
    "nodes.map",
    "item",
    "index",
    "run",
    "vars",
    " + ",
    " - ",
    " * ",
    " / ",
    " % ",
    " ** ",
    " << ",
    " >> ",
    " == ",
    " != ",
    " < ",
    " && ",
    " || ",
    " ?? ",
    " = ",
    " += ",
    "1",
    "0",
    "-1",
    "9223372036854775807",
    "0.1",
    "79228162514264337593543950335",
    "\"text\"",
    "\"๑๒ก็\"",
    "'c'",
    "`v${a}`",
    "()",
    "true",
    "[",
    "]",
    "{",
    "}",
    "#{",
    "(",
    ")",
    ", ",
    "; ",
    ": ",
    ".a",
    "?.a",
    "[0]",
    "[-1]",
    "[\"a\"]",
    ".b = ",
    "if true ",
    " else ",
    "for x in ",
    "while a ",
    "switch a ",
    " => ",
    "|x| ",
    "|x, y| ",
    "fn f(x) ",
    "return ",
    "throw ",
    "try ",
    " catch ",
    ".map(|x| x)",
    ".push(a)",
    ".sort()",
    ".len()",
    "f(a)",
    "sum(",
    "_ ",
];

fn script() -> impl Strategy<Value = String> {
    vec(select(&PIECES[..]), 1..40).prop_map(|pieces| pieces.concat())
}

/// Every function of the library with whatever arguments.
fn call() -> impl Strategy<Value = String> {
    let names: Vec<&'static str> = script::functions().iter().map(|doc| doc.name).collect();
    let arguments = [
        "()",
        "true",
        "0",
        "-1",
        "7",
        "9223372036854775807",
        "-9223372036854775808",
        "0.5",
        "-79228162514264337593543950335",
        "input",
        "\"\"",
        "\"text\"",
        "\"2026-11-23\"",
        "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31 23:59:59\"",
        "\"THB\"",
        "\"days\"",
        "\"months\"",
        "\"Asia/Bangkok\"",
        "\"%Y-%m-%d\"",
        "\"1234567890123\"",
        "\"+\"",
        "\"%\"",
        "\"เเํ้าำ่\"",
        "\"(a|b)*\"",
        "\"{a}\"",
        "\"[1,{}]\"",
        "[]",
        "[1, 2]",
        "[\"a\", (), 2.5]",
        "[[1], [2]]",
        "#{}",
        "#{ a: 1 }",
        "|x| x",
        "|x, y| 1",
        "1..5",
        "'c'",
    ];
    (select(names), vec(select(arguments.to_vec()), 0..4))
        .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(", ")))
}

fn number() -> impl Strategy<Value = Value> {
    let digits = |text: String| Value::Number(Number::from_string_unchecked(text));
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,40})?".prop_map(digits),
    ]
}

fn data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        "[a-c\"\\\\ก-๛ ]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let members = vec(("[a-d]", inner.clone()), 0..5);
        let object =
            |members: Vec<(String, Value)>| Value::Object(members.into_iter().collect::<Map<_, _>>());
        prop_oneof![vec(inner, 0..5).prop_map(Value::Array), members.prop_map(object)]
    })
}

fn path() -> impl Strategy<Value = String> {
    let steps =
        select(&[".a", ".b", "?.a", "?.c", "[0]", "[1]", "?[0]", "[-1]", "[\"a\"]", "[\"b\"]", ".len"][..]);
    let ends = select(&["", "", "", " == \"a\"", " != \"b\"", " == true", " != false"][..]);
    let roots = select(&["input", "trigger", "nodes.map", "item", "index", "vars", "run", "run.id"][..]);
    (roots, vec(steps, 0..5), ends).prop_map(|(root, steps, end)| format!("{root}{}{end}", steps.concat()))
}

/// What differs only in the order of names or in how a number is written is the same to JSON.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(name, member)| (name.clone(), sorted(member))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        // A zero has no sign in a script.
        Value::Number(number)
            if number.as_str().starts_with('-')
                && number.as_str().bytes().all(|byte| !(b'1'..=b'9').contains(&byte)) =>
        {
            Value::Number(Number::from_string_unchecked(number.as_str()[1..].to_owned()))
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_script_makes_the_engine_stumble(source in script()) {
        let engine = engine();
        prop_assert_ne!(run(&engine, &source, &json!({"a": [1, {"b": "x"}], "b": 0.10})), Err(Error::Internal), "{}", source);
    }

    #[test]
    fn no_arguments_make_a_function_stumble(source in call()) {
        let engine = engine();
        prop_assert_ne!(run(&engine, &source, &json!({"a": "b"})), Err(Error::Internal), "{}", source);
    }

    #[test]
    fn data_goes_through_a_script_with_all_its_digits(input in data()) {
        let engine = engine();
        let copied = run(&engine, "let copy = input; copy", &input);
        prop_assert_eq!(copied.map(|copy| sorted(&copy)), Ok(sorted(&input)));
    }

    #[test]
    fn a_path_means_the_same_with_and_without_the_interpreter(path in path(), input in data()) {
        let engine = engine();
        let (fast, slow) = (run(&engine, &path, &input), run(&engine, &format!("({path})"), &input));
        match (fast, slow) {
            (Ok(fast), Ok(slow)) => prop_assert_eq!(sorted(&fast), sorted(&slow)),
            (fast, slow) => prop_assert_eq!(fast.map_err(|error| error.code()), slow.map_err(|error| error.code())),
        }
    }

    #[test]
    fn any_text_is_a_template_or_a_plain_error(text in "[${}a-c\"`'/*.\\[\\]() ]{0,40}") {
        let engine = engine();
        let fields = json!({"field": text});
        if let Err(error) = engine.template(&fields) {
            prop_assert_ne!(error.code(), "E0210");
            prop_assert_eq!(engine.check_template(&fields).len(), 1);
        }
    }
}
