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
    "$json.maybe == 1",
    "$json.maybe != 1",
    "$json.maybe == 3",
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

/// What Code nodes hold, over the items of `data` and those of a node called Orders.
const PROGRAMS: &[&str] = &[
    "for (const item of items) { item.json.x = 1; } return items;",
    "for (const item of $input.all()) { item.json.x = item.json.q + 1; } return $input.all();",
    "const items = $input.all(); for (const item of items) { item.json.x = 1; } return items;",
    "const items = $('Orders').all(); for (const item of items) { item.json.x = 1; } return items;",
    "const items = $input.all().filter(i => i.json.q > 1); const out = []; for (const item of items) { out.push({ json: { q: item.json.q } }); } return out;",
    "const items = $input.all(); items.push({ json: { q: 9 } }); return items;",
    "const out = $('Orders').all().map(o => ({ json: { q: o.json.q } })); return out;",
    "const it = { json: { n: items.length } }; return [it];",
    "const it = { json: { n: items.length } }; it.json.m = 2; return it;",
    "const out = []; for (const item of items) { const it = { json: { q: item.json.q }, pairedItem: 0 }; out.push(it); } return out;",
    "return items.flatMap(i => i.json.lines.map(l => ({ json: { p: l.p } })));",
    "return items.map(item => ({ ...item, json: { ...item.json, x: 1 } }));",
    "const out = [{ json: { a: 1 } }, { json: { a: 2 } }]; return out;",
    "const make = items.map(i => { const double = i.json.q * 2; return { json: { double } }; }); return make;",
    "const big = items.filter(i => i.json.q > 2); return big.length ? big : [];",
    "const found = items.find(i => i.json.q > 2) || { json: { q: 0 } }; return [{ json: { q: found.json.q } }];",
    "return $input.first().json.q > 2 ? [{ json: { big: true } }] : [{ json: { big: false } }];",
    "for (const item of items) { const d = item.json; d.total = d.q * 2; } return items;",
    "for (const item of items) { const d = item.json; const o = d.o; o.k = 7; d.seen = o.k; } return items;",
    "for (const item of items) { const lines = item.json.lines; lines.push({ p: 2 }); } return items;",
    "const out = []; for (const item of items) { const d = item.json; d.total = d.q * 2; out.push({ json: d }); } return out;",
    "const out = []; for (const item of items) { const made = { ...item.json }; made.x = 1; out.push({ json: made }); } return out;",
    "for (const item of items) { const before = item.json.q; item.json.q = before + 1; item.json.was = before; } return items;",
    "const d = $input.first().json; d.x = 1; return [{ json: d }];",
    "const a = { n: 1, o: { k: 1 } }; const b = a.o; b.k = 2; return [{ json: { n: a.n, k: b.k } }];",
    "const a = { o: { k: 1 } }; const b = a.o; b.k = 2; return [{ json: a }];",
    "const groups = { a: [] }; const g = groups.a; g.push(1); return [{ json: groups }];",
    "const first = $input.first(); const j = first.json; j.x = 1; return [first];",
    "const out = []; for (const item of items) { const o = item.json.o; const k = o.k; o.k = k + 1; out.push({ json: { k: o.k, was: k } }); } return out;",
    "const out = []; if (items.length > 1) { out.push({ json: { a: 1 } }); } else { out.push({ json: { a: 2 } }); } return out;",
    "const items = $input.all(); items.push({ json: { q: 1 } }); for (const item of items) { item.json.z = 1; } return items;",
    "const list = []; for (const item of items) { if (item.json.q > 2) { list.push(item); } } return list;",
    "const d = { list: [] }; const l = d.list; for (const item of items) { l.push(item.json.q); } d.n = l.length; return [{ json: d }];",
    "let total = 0; for (const item of items) { const q = item.json.q; total += q; } return [{ json: { total } }];",
    "const lines = []; for (const item of items) { for (const line of item.json.lines) { lines.push({ json: { p: line.p, q: item.json.q } }); } } return lines;",
    "return items.filter(i => i.json.q > 1 && i.json.s);",
];

/// What would not give the same, and is therefore left to a person.
const REFUSED: &[&str] = &[
    "const items = $input.all().filter(i => i.json.q > 1); for (const item of items) { item.json.x = 1; items[0].json.y = 2; } return items;",
    "const items = $input.all(); for (const o of $('Orders').all()) { o.json.x = 1; } return items;",
    "const it = {}; it.json = { a: 1 }; return [it];",
    "return [{ json: { a: 1 }, binary: { data: 1 } }];",
    "return [{ json: { inner: { json: { a: 1 } } } }];",
    "const a = items[0]; return [{ json: a }];",
    "const first = items[0]; first.json.x = 1; return items;",
    "const all = items.map(i => i.json); const d = all.find(j => j.q > 0); d.x = 1; return items;",
    "const out = []; const d = { q: 1 }; out.push({ json: d }); d.q = 2; return out;",
    "const out = []; const d = { n: 0 }; for (const i of items) { d.n = i.json.q; out.push({ json: d }); } return out;",
    "const d = Object.assign($input.first().json, { x: 1 }); return items;",
    "for (const item of items) { const d = item.json; item.json = { q: 1 }; d.x = 1; } return items;",
    "const out = []; for (const item of items) { const d = { ...item.json, o: item.json.o }; d.o.k = 9; out.push({ json: { k: item.json.o.k } }); } return out;",
    "let last = null; for (const item of items) { last = item.json; } last.x = 1; return items;",
    "let x = { a: 1 }; const y = x; x = { a: 2 }; x.a = 3; return [{ json: y }];",
    "const a = { o: { k: 1 } }; const b = a; const c = { p: a.o }; c.p.k = 2; return [{ json: b }];",
];

/// The items are under `items` and those of the node Orders under `orders`.
struct Items;

impl Scene for Items {
    fn here(&self) -> Result<Way, Why> {
        Ok(Way::Many("input.items".into()))
    }

    fn node(&self, name: &str) -> Result<Way, Why> {
        if name == "Orders" { Ok(Way::Many("input.orders".into())) } else { Err(Why::Node(name.to_owned())) }
    }

    fn zone(&self) -> &str {
        js::HOME
    }

    fn flow_name(&self) -> &str {
        "flow"
    }
}

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
    answer(program, &json!({"expressions": EXPRESSIONS, "cases": cases}))
}

/// The same of each program: a list of what is in the items that it gives.
fn programs_by_node(cases: &[Value]) -> Option<Vec<Vec<Value>>> {
    let program = "
        const { programs, cases } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const wrapped = list => list.map(json => ({ json }));
        const all = list => ({ all: () => list, first: () => list[0], last: () => list[list.length - 1] });
        const plain = v => (Array.isArray(v) ? v : [v]).map(i => i && typeof i === 'object' && 'json' in i ? i.json : i);
        const one = (f, data) => {
            const { items, orders } = JSON.parse(JSON.stringify(data));
            const [given, others] = [wrapped(items), wrapped(orders)];
            try { return { v: plain(f(given, all(given), () => all(others))) }; } catch { return { e: true }; }
        };
        const functions = programs.map(p => new Function('items', '$input', '$', `return (() => { ${p} })()`));
        process.stdout.write(JSON.stringify(cases.map(data => functions.map(f => one(f, data)))));
    ";
    answer(program, &json!({"programs": PROGRAMS, "cases": cases}))
}

/// What a program for Node.js answers; nothing where it is not there, which it has to be where all is checked.
fn answer(program: &str, input: &Value) -> Option<Vec<Vec<Value>>> {
    let node =
        Command::new("node").args(["-e", program]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut node) = node else {
        assert!(std::env::var_os("CI").is_none(), "Node.js is not there: nothing could be compared");
        eprintln!("Node.js is not there: nothing was compared");
        return None;
    };
    node.stdin.take().expect("its input").write_all(input.to_string().as_bytes()).expect("written");
    let output = node.wait_with_output().expect("it ends");
    assert!(output.status.success(), "Node.js failed");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
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
    let Some(by_node) = by_node(&cases) else { return };
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

fn items(chance: &mut Chance, least: u64) -> Value {
    let one = |chance: &mut Chance| json!({"q": chance.below(5), "s": "tea", "o": {"k": chance.below(3)}, "lines": [{"p": 1}]});
    (0..least + chance.below(3)).map(|_| one(chance)).collect()
}

#[test]
fn a_program_gives_what_javascript_gives() {
    let mut chance = Chance(20_261_127);
    let cases: Vec<Value> =
        (0..20).map(|_| json!({"items": items(&mut chance, 1), "orders": items(&mut chance, 1)})).collect();
    let by_node = programs_by_node(&cases);
    let engine = common::scripts();
    for (at, program) in PROGRAMS.iter().enumerate() {
        let code = js::script(program, false, false, &Items)
            .unwrap_or_else(|why| panic!("{program}: {}", why.words(false)));
        let script = engine
            .compile(&code.script)
            .unwrap_or_else(|error| panic!("{program}: {}: {error}", code.script));
        for (data, theirs) in cases.iter().zip(by_node.iter().flatten()) {
            let run = RunInfo::default();
            let ours = engine
                .run(&script, &Scope::of_input(data, &run))
                .unwrap_or_else(|error| panic!("{program}: {}: {error}", code.script));
            let ours = if code.gave == js::Gave::One { json!([ours]) } else { ours };
            assert_eq!(plain(&ours), plain(&theirs[at]["v"]), "{program} became {} with {data}", code.script);
        }
    }
}

#[test]
fn a_program_that_would_give_something_else_is_refused() {
    for program in REFUSED {
        let code = js::script(program, false, false, &Items);
        assert!(code.is_err(), "{program} became {}", code.map(|code| code.script).unwrap_or_default());
    }
}
