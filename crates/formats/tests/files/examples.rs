//! What the forms and the documentation show is what comes out.

use crate::common::run;
use serde_json::Value;

/// Numbers are the same however many zeros they end with; `…` stands for the rest of a long text.
fn is_shown(shown: &Value, found: &Value) -> bool {
    match (shown, found) {
        (Value::Object(shown), Value::Object(found)) => {
            // How well it is packed is not what an example shows.
            let is_long = shown.get("base64").and_then(Value::as_str).is_some_and(|text| text.ends_with('…'));
            let same = |(key, value): (&String, &Value)| {
                found.get(key).is_some_and(|found| (is_long && key == "bytes") || is_shown(value, found))
            };
            shown.len() == found.len() && shown.iter().all(same)
        }
        (Value::Array(shown), Value::Array(found)) => {
            shown.len() == found.len() && shown.iter().zip(found).all(|(shown, found)| is_shown(shown, found))
        }
        (Value::Number(shown), Value::Number(found)) => shown.as_f64() == found.as_f64(),
        (Value::String(shown), Value::String(found)) => match shown.strip_suffix('…') {
            Some(beginning) => found.starts_with(beginning),
            None => shown == found,
        },
        (shown, found) => shown == found,
    }
}

#[test]
fn every_example_gives_what_it_shows() {
    let all = connector::Catalog::new(formats::parts());
    let mut tried = 0;
    for (id, spec) in &all.specs().operations {
        // A workbook and an archive are too long to be shown.
        if matches!(id.as_str(), "files/read_excel" | "files/unzip_file") {
            continue;
        }
        let operation = id.as_str().trim_start_matches("files/");
        let found = run(operation, spec.example.clone()).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(
            is_shown(&spec.example_output, &found),
            "{id}: {found:#} instead of {:#}",
            spec.example_output
        );
        tried += 1;
    }
    assert_eq!(tried, 11);
}
