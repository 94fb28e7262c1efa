//! Where Node.js is there: the same expression and the same data, once by JavaScript and once by Rhai.
//!
//! What fails on one side is not compared: where Rhai fails it says so, while JavaScript goes on with NaN or the like, and
//! that is a difference that is meant (docs/n8n.md). Each expression has to be compared often enough all the same.

mod common;

use n8n::js::{self, Scene, Way, Why};
use script::{RunInfo, Scope};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use testkit::Chance;

/// What is put together: texts, numbers, lists, and things that may be missing.
const EXPRESSIONS: &[&str] = &[
    "$json.a + $json.b",
    "$json.a - $json.b",
    "$json.a * $json.n",
    "$json.n * 2 + 1",
    "$json.a > $json.b",
    "$json.a < 10",
    "$json.a <= $json.n",
    "$json.s > $json.t",
    "$json.s === $json.t",
    "$json.a !== $json.b",
    "$json.n === '5'",
    "$json.n == '5'",
    "$json.n == 5",
    "$json.n != 5",
    "$json.s == 'tea'",
    "$json.maybe == null",
    "$json.maybe || 'none'",
    "$json.maybe ?? 'none'",
    "$json.maybe && 'there'",
    "!$json.maybe",
    "$json.a && $json.s",
    "$json.a ? 'yes' : 'no'",
    "$json.s ? 1 : 2",
    "$json.l.length ? 'some' : 'none'",
    "$json.s + '-' + $json.a",
    "`${$json.s}/${$json.t}/${$json.a}`",
    "$json.s.toUpperCase() + $json.t.toLowerCase()",
    "$json.s.trim()",
    "$json.s.includes('e')",
    "$json.s.startsWith('t')",
    "$json.s.endsWith($json.t)",
    "$json.s.indexOf('a')",
    "$json.s.replaceAll('a', 'o')",
    "$json.s.replace(/[aeiou]/g, '*')",
    "/^[a-z]+$/i.test($json.s)",
    "$json.s.split('a').join('-')",
    "$json.s.slice(0, 2)",
    "$json.s.slice(-2)",
    "$json.s.substring(1, 3)",
    "String($json.a).padStart(6, '0')",
    "$json.l.map(x => x * 2)",
    "$json.l.filter(x => x > 2)",
    "$json.l.find(x => x > 2) || 0",
    "$json.l.some(x => x > 4)",
    "$json.l.every(x => x > 0)",
    "$json.l.reduce((sum, x) => sum + x, 0)",
    "$json.l.includes(3)",
    "$json.l.join('+')",
    "[...$json.l, 9].length",
    "({ ...$json.o, k: $json.a })",
    "Math.round($json.a / 4)",
    "Math.floor($json.a / 4)",
    "Math.ceil($json.a / 4)",
    "Math.max($json.a, $json.b, 3)",
    "Math.abs($json.a)",
    "parseInt($json.num)",
    "Number($json.num) + 1",
    "new Date().toISOString()",
    "new Date().toJSON()",
    "new Date().toISOString().slice(0, 10)",
    "`at ${new Date().toISOString()}`",
    "new Date().getTime()",
    "Date.now()",
    "Date.now() - 1000",
    "new Date(new Date()).toISOString()",
    "({ at: new Date(), also: [new Date()] })",
    "$json.maybe || new Date()",
    "$json.a > 1 ? new Date() : 'never'",
    "$json.lines.filter(l => l.q).map(l => ({ q: l.q, s: l.s || '-' }))",
];

struct Plain;

impl Scene for Plain {
    fn here(&self) -> Result<Way, Why> {
        Ok(Way::One("input".into()))
    }

    fn node(&self, name: &str) -> Result<Way, Why> {
        Err(Why::Node(name.to_owned()))
    }

    fn zone(&self) -> &str {
        js::HOME
    }

    fn flow_name(&self) -> &str {
        "flow"
    }
}

fn one_of<'v>(chance: &mut Chance, values: &'v [Value]) -> &'v Value {
    &values[chance.index(values.len())]
}

fn data(chance: &mut Chance) -> Value {
    let numbers = [json!(0), json!(1), json!(5), json!(-7), json!(12), json!(2.5), json!(-2.5), json!(1000)];
    let texts =
        [json!("tea"), json!("ชา"), json!(""), json!(" a b "), json!("Tea-100"), json!("5"), json!("banana")];
    let maybe = [json!(null), json!(""), json!("x"), json!(0), json!(3), json!(false), json!(true)];
    let moments = [0, 999, 951_782_399_999_i64, 1_795_395_600_000, 1_795_395_600_007, 1_795_395_600_120]
        .map(|ms| json!(ms));
    let list: Vec<Value> = (0..chance.below(5)).map(|_| json!(chance.below(6))).collect();
    let lines: Vec<Value> =
        (0..chance.below(4)).map(|_| json!({"q": chance.below(3), "s": one_of(chance, &texts)})).collect();
    let mut data = json!({
        "a": one_of(chance, &numbers), "b": one_of(chance, &numbers), "n": one_of(chance, &[json!(5), json!(4), json!("5"), json!("4.5")]),
        "s": one_of(chance, &texts), "t": one_of(chance, &texts), "num": one_of(chance, &[json!("12"), json!(7), json!("-3"), json!("2.50")]),
        "now": one_of(chance, &moments), "l": list, "o": {"k": 1, "z": one_of(chance, &texts)}, "lines": lines, "maybe": one_of(chance, &maybe),
    });
    if chance.below(4) == 0 {
        data.as_object_mut().expect("a map").remove("maybe");
    }
    data
}

/// What Node.js gives for each expression and each data: `{"v": …}`, or `{"e": true}` where it throws.
fn by_node(cases: &[Value]) -> Option<Vec<Vec<Value>>> {
    let program = "
        const { expressions, cases } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        let now = 0;
        class Clock extends Date {
            constructor(...given) { super(...(given.length ? given : [now])); }
            static now() { return now; }
        }
        const functions = expressions.map(e => new Function('$json', 'Date', `return (${e})`));
        const one = (f, data) => {
            now = data.now;
            try { const v = f(data, Clock); return { v: v === undefined ? null : v }; } catch { return { e: true }; }
        };
        process.stdout.write(JSON.stringify(cases.map(data => functions.map(f => one(f, data)))));
    ";
    let node =
        Command::new("node").args(["-e", program]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut node = node.ok()?;
    let input = json!({"expressions": EXPRESSIONS, "cases": cases}).to_string();
    node.stdin.take()?.write_all(input.as_bytes()).ok()?;
    let output = node.wait_with_output().ok().filter(|output| output.status.success())?;
    serde_json::from_slice(&output.stdout).ok()
}

fn plain(value: &Value) -> Value {
    match value {
        // What is no number is nothing in JSON.
        Value::Number(number) => {
            number.as_f64().map_or(Value::Null, |number| json!((number * 1e9).round() / 1e9 + 0.0))
        }
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn an_expression_gives_what_javascript_gives() {
    let seed = std::env::var("KHLONG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126);
    let mut chance = Chance(seed);
    let cases: Vec<Value> = (0..200).map(|_| data(&mut chance)).collect();
    let Some(by_node) = by_node(&cases) else {
        eprintln!("Node.js is not there: nothing was compared");
        return;
    };
    let engine = common::scripts();
    let mut compared = 0;
    for (at, expression) in EXPRESSIONS.iter().enumerate() {
        let js =
            js::expression(expression).unwrap_or_else(|why| panic!("{expression}: {}", why.words(false)));
        let rhai =
            js::translate(&js, &Plain).unwrap_or_else(|why| panic!("{expression}: {}", why.words(false)));
        let script =
            engine.compile(&rhai.code).unwrap_or_else(|error| panic!("{expression}: {}: {error}", rhai.code));
        let mut of_this = 0;
        for (data, theirs) in cases.iter().zip(&by_node) {
            let run = RunInfo { now_ms: data["now"].as_i64().expect("a moment"), ..RunInfo::default() };
            let scope = Scope::of_input(data, &run);
            // Where ours fails, it says so: that is never a silent difference.
            let (Ok(ours), Some(theirs)) = (engine.run(&script, &scope), theirs[at].get("v")) else {
                continue;
            };
            assert_eq!(plain(&ours), plain(theirs), "{expression} became {} with {data}", rhai.code);
            of_this += 1;
        }
        assert!(of_this >= 20, "{expression} became {}: compared only {of_this} times", rhai.code);
        compared += of_this;
    }
    eprintln!("{compared} values compared");
}
