//! Workflow files, what becomes of them, and what is said of it.
//!
//! Beside each `name.json` lie the flow (`name.flow.json`), the report with what the validator finds (`name.report.txt`),
//! and where it can be walked, an event and what comes of it in n8n (`name.run.json`). `UPDATE=1` accepts flow and report;
//! what a run gives is written by hand.

mod common;

use model::NodeId;
use rehearsal::{Bounds, Came, rehearse_within};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

fn compare(path: &Path, found: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, found).expect("written");
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, expected, "{}: UPDATE=1 accepts it", path.display());
}

fn beside(path: &Path, number: usize, end: &str) -> std::path::PathBuf {
    match number {
        0 => path.with_extension(end),
        number => path.with_extension(format!("{}.{end}", number + 1)),
    }
}

#[test]
fn a_workflow_becomes_the_flow_and_the_report_beside_it() {
    let paths = common::workflows();
    assert!(paths.len() >= 24, "{} workflow files", paths.len());
    for path in paths {
        let text = std::fs::read(&path).expect("a file");
        assert!(n8n::is_n8n(&text), "{} is not taken for n8n's", path.display());
        let imported = n8n::import(&text).unwrap_or_else(|refused| panic!("{}: {refused}", path.display()));
        for (number, flow) in imported.iter().enumerate() {
            compare(&beside(&path, number, "flow.json"), &flow.document.to_text());
            let problems = common::problems(&flow.document);
            let report = format!("{}\nthe validator:\n{problems}", flow.report.to_text(false));
            compare(&beside(&path, number, "report.txt"), &report);
            assert!(!flow.report.to_text(true).is_empty());
            let again = model::parse(flow.document.to_text().as_bytes()).expect("it reads back");
            assert_eq!(again, flow.document, "{}", path.display());
        }
    }
}

/// Numbers by their value: n8n's are floating, Khlong's keep their digits.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, |number| json!(number)),
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        other => other.clone(),
    }
}

/// What a node gave, or would send, or why it failed, step by step.
fn came(came: &Came) -> Value {
    match came {
        Came::Gave(port, value) if port.as_str() == "out" => plain(value),
        Came::Gave(port, value) => json!({port.as_str(): plain(value)}),
        Came::WouldSend { fields, .. } | Came::Answered { fields, .. } => json!({"sends": plain(fields)}),
        Came::Failed(error) => json!({"fails": error.message}),
    }
}

#[test]
fn a_translated_flow_gives_what_n8n_gives() {
    let mut runs = 0;
    for path in common::workflows() {
        let Ok(text) = std::fs::read(path.with_extension("run.json")) else { continue };
        let cases: Value = serde_json::from_slice(&text).expect("JSON");
        let flow =
            n8n::import(&std::fs::read(&path).expect("a file")).expect("it is read").remove(0).document;
        for case in cases.as_array().expect("a list of runs") {
            runs += 1;
            let trigger = NodeId::from(case["trigger"].as_str().expect("a trigger"));
            let document = Arc::new(flow.clone());
            let (catalog, scripts) = (catalog::all(), common::scripts());
            let walk = rehearse_within(
                &document,
                catalog.specs(),
                &scripts,
                &trigger,
                case["received"].clone(),
                common::NOW,
                &Bounds::default(),
            );
            let walk = walk.expect("the flow has this trigger");
            for (node, expected) in case["gave"].as_object().expect("nodes") {
                let steps: Value = walk.of(&NodeId::from(&**node)).map(|step| came(&step.came)).collect();
                assert_eq!(steps, plain(expected), "{}: {node}, failed: {:?}", path.display(), walk.failed);
            }
        }
    }
    assert!(runs >= 10, "{runs} runs");
}
