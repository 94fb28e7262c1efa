//! What several tests need: the documents, a connector as people can compare it, and a validator's word on it.
#![allow(dead_code, unused_imports)]

mod outline;

use model::{FlowDocument, Surroundings};
use openapi::{Imported, Operation, Prepared, Problem, Wanted};
pub use outline::outline;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub fn documents() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let files = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let is_document = |path: &PathBuf| path.extension().is_some_and(|end| end == "json" || end == "yaml");
    let is_expected = |path: &PathBuf| path.to_string_lossy().contains(".connector.");
    let mut all: Vec<_> = files.filter(|path| is_document(path) && !is_expected(path)).collect();
    all.sort();
    all
}

pub fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name);
    std::fs::read_to_string(path).expect("a document")
}

/// A connector of one of the documents.
pub fn import(name: &str) -> Imported {
    read(&text(name))
}

pub fn read(text: &str) -> Imported {
    openapi::read(text, &wanted()).unwrap_or_else(|problem| panic!("{problem}"))
}

pub fn wanted() -> Wanted {
    let address = Some("https://docs.example/specs/openapi.json".to_owned());
    Wanted { address, ..Wanted::default() }
}

pub fn operation<'a>(imported: &'a Imported, id: &str) -> &'a Operation {
    let known: Vec<_> = imported.operations.iter().map(|operation| operation.spec.id.as_str()).collect();
    imported.operation(id).unwrap_or_else(|| panic!("no {id} in {known:?}"))
}

pub fn request(imported: &Imported, id: &str, fields: Value) -> Result<Prepared, Problem> {
    openapi::request(operation(imported, id), &fields)
}

/// Method, address and body in one text, as it goes over the wire.
pub fn sent(imported: &Imported, id: &str, fields: Value) -> String {
    let prepared = request(imported, id, fields).unwrap_or_else(|problem| panic!("{problem}"));
    written(&prepared)
}

pub fn written(prepared: &Prepared) -> String {
    let mut text = format!("{} {}\n", prepared.method.as_str(), prepared.target);
    for (name, value) in &prepared.headers {
        text.push_str(&format!("{name}: {value}\n"));
    }
    if let Some(body) = &prepared.body {
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(body));
    }
    text
}

/// What a validator says of a flow with an operation's example in it.
pub fn problems(imported: &Imported, operation: &Operation) -> Vec<String> {
    let around = Surroundings {
        connections_known: true,
        connections: [("mine".into(), imported.spec.id.clone())].into(),
        ..Surroundings::default()
    };
    let mut specs = imported.specs();
    let start = model::OperationSpec::trigger("core/manual", "Start", "เริ่ม");
    specs.operations.insert(start.id.clone(), start);
    let flow = json!({
        "khlong": 1, "id": "example", "name": "Example",
        "nodes": [
            {"id": "start", "use": "core/manual"},
            {"id": "it", "use": operation.spec.id, "connection": "mine", "with": operation.spec.example},
        ],
        "edges": [{"from": "start", "to": "it"}],
    });
    let flow: FlowDocument = serde_json::from_value(flow).expect("a flow");
    let found = model::validate(&flow, &specs, &around, &AnyScript);
    found
        .iter()
        .filter(|problem| problem.is_error())
        .map(|problem| format!("{} {problem}", problem.at))
        .collect()
}

struct AnyScript;

impl model::ScriptCheck for AnyScript {
    fn script(&self, _source: &str) -> Result<(), model::ScriptProblem> {
        Ok(())
    }

    fn expression(&self, _source: &str) -> Result<(), model::ScriptProblem> {
        Ok(())
    }

    fn names(&self, _source: &str) -> Vec<String> {
        Vec::new()
    }
}

/// What holds for every connector, whatever it was made of.
pub fn check_all(imported: &Imported, from: &str) {
    let json = imported.to_json().expect("JSON");
    assert_eq!(
        &Imported::from_json(&json).expect("it reads back"),
        imported,
        "{from}: it reads back as another one"
    );
    let mut ids = std::collections::BTreeSet::new();
    for operation in &imported.operations {
        let id = operation.spec.id.as_str();
        assert!(ids.insert(id), "{from}: {id} twice");
        assert!(is_snake(operation.spec.id.operation()), "{from}: {id}");
        let found = problems(imported, operation);
        assert!(found.is_empty(), "{from}: {id}: {found:#?}\n{:#}", operation.spec.example);
        assert!(!operation.spec.example_output.is_null(), "{from}: {id}: nothing comes out");
        assert!(!operation.spec.title.en.is_empty() && !operation.spec.title.th.is_empty(), "{from}: {id}");
        let mut names = std::collections::BTreeSet::new();
        for field in &operation.spec.fields {
            assert!(is_snake(&field.name) && names.insert(&field.name), "{from}: {id}: {}", field.name);
            assert!(!field.about.en.is_empty() && !field.about.th.is_empty(), "{from}: {id}: {}", field.name);
            assert!(
                !field.required || field.default.is_null(),
                "{from}: {id}: {}: required, with a default",
                field.name
            );
        }
    }
    for note in &imported.notes {
        assert!(!note.message.en.is_empty() && !note.message.th.is_empty(), "{from}: {}", note.code);
    }
}

pub fn is_snake(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}
