//! `tests/flows/`: every flow in `valid` has no problem, every one in `invalid` has the problems in the file beside it.
//!
//! `UPDATE=1` writes the files of problems anew; read the difference before committing it.

mod common;

use common::scripts::Brackets;
use model::{Problem, Severity, Surroundings, codes};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn surroundings() -> Surroundings {
    let connections = [("shop", "shopify"), ("erp", "odoo"), ("api", "http")];
    Surroundings {
        connections_known: true,
        connections: connections.map(|(name, connector)| (name.into(), connector.into())).into(),
        paths: [("shop/taken".into(), "another-flow".into())].into(),
        buffers: Some(["orders".into()].into()),
    }
}

fn problems(text: &[u8]) -> Vec<Problem> {
    model::check(text, &common::specs(), |_| surroundings(), &Brackets).1
}

fn files(kind: &str) -> Vec<PathBuf> {
    json_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flows").join(kind))
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    paths.sort();
    paths
}

fn printed(problems: &[Problem]) -> String {
    let line = |problem: &Problem| {
        let warning = if problem.severity == Severity::Warning { " (warning)" } else { "" };
        let at = if problem.at.is_empty() { "/" } else { &problem.at };
        format!("{at}{warning}\n  {problem}\n  {}\n", problem.advice)
    };
    problems.iter().map(line).collect()
}

#[test]
fn a_valid_flow_has_no_problems() {
    let files = files("valid");
    assert!(files.len() >= 15);
    for path in files {
        let text = std::fs::read(&path).expect("a file");
        assert_eq!(printed(&problems(&text)), "", "{}", path.display());
    }
}

// Whether they have problems is asked where every operation is known.
#[test]
fn the_template_flows_are_written_as_they_are_exported() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows");
    let beside = [".template.json", ".test.json"];
    let is_flow = |path: &PathBuf| !beside.iter().any(|end| path.to_string_lossy().ends_with(end));
    for path in json_files(&folder).into_iter().filter(is_flow) {
        let text = std::fs::read(&path).expect("a file");
        let written = model::parse(&text).expect("a document").to_text();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &written).expect("written");
        } else {
            assert_eq!(String::from_utf8_lossy(&text), written, "{}: not as it is exported", path.display());
        }
    }
}

#[test]
fn an_invalid_flow_has_the_problems_beside_it() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut shown = BTreeSet::new();
    for path in files("invalid") {
        let found = problems(&std::fs::read(&path).expect("a file"));
        assert!(!found.is_empty(), "{} has no problem", path.display());
        let (beside, text) = (path.with_extension("problems"), printed(&found));
        if update {
            std::fs::write(&beside, &text).expect("written");
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(text, expected, "{}: UPDATE=1 accepts it", path.display());
        shown.extend(found.into_iter().map(|problem| problem.code));
    }
    // A file of more than 4 MB, or with more than 2,000 nodes, is no example: the test below makes them.
    let made = [codes::FILE_TOO_LARGE, codes::TOO_MANY];
    let missing: Vec<_> = codes::PAGES
        .iter()
        .map(|page| &page.code)
        .filter(|code| !shown.contains(*code) && !made.contains(code))
        .collect();
    assert!(missing.is_empty(), "no flow in tests/flows/invalid shows {missing:?}");
}

fn with_nodes(count: usize) -> String {
    let nodes: Vec<_> = (0..count).map(|n| format!(r#"{{"id": "n{n}", "use": "core/manual"}}"#)).collect();
    format!(r#"{{"khlong": 1, "id": "f", "name": "f", "nodes": [{}]}}"#, nodes.join(","))
}

#[test]
fn a_flow_that_is_too_large_is_not_looked_into() {
    let code = |text: &str| {
        problems(text.as_bytes()).iter().map(|problem| problem.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(code(&with_nodes(2_000)), [""; 0]);
    assert_eq!(code(&with_nodes(2_001)), ["E0112"]);
    assert_eq!(code(&" ".repeat(model::DOCUMENT_BYTES_MAX + 1)), ["E0101"]);
}

#[test]
fn a_flow_is_the_same_after_writing_and_reading_and_in_one_form() {
    for path in files("valid") {
        let doc = model::parse(&std::fs::read(&path).expect("a file")).expect("a document");
        let text = doc.to_text();
        let again = model::parse(text.as_bytes()).expect("what was written is a document");
        assert_eq!(again, doc, "{}", path.display());
        assert_eq!(again.to_text(), text, "{}", path.display());
    }
}

#[test]
fn an_export_has_a_line_for_each_node_and_edge_and_numbers_keep_their_digits() {
    let flow = r#"{"khlong":1,"id":"f","name":"ชื่อ","nodes":[{"id":"a","use":"core/manual"},
        {"id":"b","use":"core/set","with":{"value":{"id":12345678901234567890,"price":0.10}}}],
        "edges":[{"from":"a.out","to":"b"}],"layout":{"a":[40,200.5]},"notes":[{"id":"n","at":[0,0.5],"size":[200,100]}]}"#;
    let text = model::parse(flow.as_bytes()).expect("a document").to_text();
    let expected = r#"{
  "khlong": 1,
  "id": "f",
  "name": "ชื่อ",
  "nodes": [
    {"id": "a", "use": "core/manual"},
    {"id": "b", "use": "core/set", "with": {"value": {"id": 12345678901234567890, "price": 0.10}}}
  ],
  "edges": [
    {"from": "a", "to": "b"}
  ],
  "layout": {"a": [40, 200.5]},
  "notes": [
    {"id": "n", "at": [0, 0.5], "size": [200, 100]}
  ]
}
"#;
    assert_eq!(text, expected);
}

#[test]
fn drawing_otherwise_is_no_new_version_and_changing_a_node_is() {
    let text = |place: u32, value: u32| {
        format!(
            r#"{{"khlong": 1, "id": "f", "name": "f", "nodes": [{{"id": "a", "use": "core/set", "with": {{"value": {value}}}}}], "layout": {{"a": [{place}, 0]}}, "notes": [{{"id": "note", "text": "{place}", "at": [{place}, 0], "size": [200, 100]}}], "groups": [{{"id": "group", "name": "{place}", "nodes": ["a"]}}]}}"#
        )
    };
    let digest = |place, value| model::parse(text(place, value).as_bytes()).expect("a document").digest();
    assert_eq!(digest(1, 1), digest(2, 1));
    assert_ne!(digest(1, 1), digest(1, 2));
}
