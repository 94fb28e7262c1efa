//! Documents with parts exchanged, doubled and taken away: each becomes a connector that holds what is promised, or is
//! refused in words. `KHLONG_SEED` plays other ones, `KHLONG_ALTERED` more of them.

mod common;

use serde_json::{Value, json};

/// As many as take a few seconds.
const ALTERED: u64 = 150;

/// The same numbers for the same seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).expect("a bound")).expect("below the bound")
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A pointer to each value of a document.
fn places(value: &Value, at: String, all: &mut Vec<String>) {
    let step = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| places(value, step(name), all)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| places(value, step(&index.to_string()), all));
        }
        _ => {}
    }
    all.push(at);
}

fn odd(chance: &mut Chance) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(18446744073709551615_u64),
        json!(""),
        json!("${input.x}"),
        json!("object"),
        json!("array"),
        json!("string"),
        json!("integer"),
        json!(["string", "null"]),
        json!("path"),
        json!("query"),
        json!([]),
        json!({}),
        json!([null, [], {}]),
        json!({"$ref": "#/components/schemas/Pet"}),
        json!({"$ref": "#/definitions/Pet"}),
        json!({"$ref": "#/components/schemas/Node"}),
        json!({"type": "string", "maxLength": 0}),
        json!({"type": "integer", "minimum": 5, "maximum": 4}),
        json!({"enum": []}),
        json!({"enum": [""]}),
        json!({"enum": [1, "a", null]}),
        json!({"type": "array", "items": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "maxLength": 0}}}}),
        json!({"allOf": [{"type": "object"}, {"type": "string"}]}),
        json!({"oneOf": [{"type": "null"}, {"const": 3}]}),
        json!({"type": "object", "properties": {"ก": {"type": "string"}, "a b": {"type": "boolean"}, "": {}}}),
        json!("../.."),
        json!("a\r\nb"),
        json!("{x}"),
        json!("https://{a}.{b}.example/{c}"),
    ];
    odd[chance.below(odd.len())].clone()
}

fn alter(document: &mut Value, others: &[Value], chance: &mut Chance) {
    for _ in 0..=chance.below(6) {
        let mut all = Vec::new();
        places(document, String::new(), &mut all);
        let at = all[chance.below(all.len())].clone();
        let other = &others[chance.below(others.len())];
        let new = match chance.below(4) {
            0 => odd(chance),
            1 => document.pointer(&all[chance.below(all.len())]).cloned().unwrap_or_default(),
            2 => {
                let mut theirs = Vec::new();
                places(other, String::new(), &mut theirs);
                other.pointer(&theirs[chance.below(theirs.len())]).cloned().unwrap_or_default()
            }
            _ => {
                remove(document, &at);
                continue;
            }
        };
        if let Some(place) = document.pointer_mut(&at).filter(|_| !at.is_empty()) {
            *place = new;
        }
    }
}

fn remove(document: &mut Value, at: &str) {
    let Some((holder, name)) = at.rsplit_once('/') else { return };
    match document.pointer_mut(holder) {
        Some(Value::Object(map)) => drop(map.shift_remove(&name.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(list)) => drop(name.parse().ok().map(|index: usize| list.remove(index))),
        _ => {}
    }
}

fn documents() -> Vec<Value> {
    let parsed = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("a document");
        openapi::parse(&text).unwrap_or_else(|problem| panic!("{problem}"))
    };
    common::documents().into_iter().map(parsed).collect()
}

/// An example can be sent, but where a document's own leads elsewhere, or where it is computed.
fn send_example(operation: &openapi::Operation) {
    let Err(problem) = openapi::request(operation, &operation.spec.example) else { return };
    let is_refused =
        ["dots-in-path", "empty-in-path", "bad-header", "not-base64"].contains(&problem.code.as_str());
    let is_computed = operation.spec.example.to_string().contains("\"${input.");
    assert!(is_refused || is_computed, "{}: {problem}\n{:#}", operation.spec.id, operation.spec.example);
}

#[test]
fn an_altered_document_is_a_connector_as_promised_or_refused_in_words() {
    let seed = number("KHLONG_SEED").unwrap_or(1);
    let documents = documents();
    let mut read = 0;
    for number in 0..number("KHLONG_ALTERED").unwrap_or(ALTERED) {
        let mut chance = Chance((seed << 32) + number + 1);
        let mut document = documents[chance.below(documents.len())].clone();
        alter(&mut document, &documents, &mut chance);
        match openapi::read(&document.to_string(), &common::wanted()) {
            Ok(imported) => {
                read += 1;
                common::check_all(&imported, &format!("seed {seed}, number {number}"));
                imported.operations.iter().for_each(send_example);
            }
            Err(problem) => assert!(!problem.message.th.is_empty(), "{problem}"),
        }
    }
    assert!(read > 0, "nothing was read");
}
