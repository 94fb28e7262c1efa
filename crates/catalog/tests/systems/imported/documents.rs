//! What holds for every operation of every document that the reader is tested with.

use connector::Catalog;
use model::{Family, FieldKind, FlowDocument, Need, OperationSpec, Surroundings};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

fn documents() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/tests/documents");
    let files = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let is_document = |path: &PathBuf| {
        let name = path.to_string_lossy();
        (name.ends_with(".json") || name.ends_with(".yaml")) && !name.contains(".connector.")
    };
    files.filter(is_document).collect()
}

fn imported(path: &Path) -> Catalog {
    let wanted = openapi::Wanted {
        address: Some("https://docs.example/openapi.json".into()),
        ..openapi::Wanted::default()
    };
    let imported = openapi::read(&std::fs::read_to_string(path).unwrap(), &wanted);
    let imported = imported.unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
    Catalog::new(catalog::parts().join(catalog::imported::parts(imported)))
}

/// The example, and the example with every default filled in: both are what a node can hold.
fn held(spec: &OperationSpec) -> [Value; 2] {
    let defaults = spec.fields.iter().filter(|field| !field.default.is_null());
    let defaults = defaults.map(|field| (field.name.clone(), field.default.clone()));
    let all: Map<String, Value> =
        defaults.chain(spec.example.as_object().cloned().unwrap_or_default()).collect();
    [spec.example.clone(), Value::Object(all)]
}

fn flow_with(spec: &OperationSpec) -> FlowDocument {
    let mut node = json!({"id": "it", "use": spec.id, "with": spec.example});
    if spec.connection == Need::Required {
        node["connection"] = "mine".into();
    }
    let nodes = json!([{"id": "start", "use": "core/manual"}, node]);
    let flow = json!({"khlong": 1, "id": "example", "name": "Example", "nodes": nodes,
        "edges": [{"from": "start", "to": "it"}]});
    serde_json::from_value(flow).unwrap()
}

#[test]
fn every_operation_of_every_document_is_a_node_that_validates_and_decodes() {
    let scripts = script::Engine::new(script::Limits::default(), std::sync::Arc::new(Still));
    let built_in = catalog::all();
    let mut seen = 0;
    for path in documents() {
        let all = imported(&path);
        let others = &built_in.specs().operations;
        for spec in all.specs().operations.values().filter(|spec| !others.contains_key(&spec.id)) {
            seen += 1;
            let place = format!("{} {}", path.display(), spec.id);
            assert_eq!((spec.family, spec.effect.is_some()), (Family::Action, true), "{place}");
            assert!(all.connector(spec.id.connector()).is_some(), "{place}: whose is it?");
            assert!(spec.fields.iter().all(|field| field.kind != FieldKind::Secret), "{place}");
            let around = Surroundings {
                connections: [("mine".into(), spec.id.connector().to_owned())].into(),
                ..Surroundings::default()
            };
            let problems = model::validate(&flow_with(spec), all.specs(), &around, &scripts);
            assert!(!problems.iter().any(model::Problem::is_error), "{place}: {problems:#?}");
            let action = all.action(&spec.id).unwrap();
            for with in held(spec) {
                assert_eq!(action.check(with), Ok(()), "{place}");
            }
            assert!(action.check(Value::Bool(true)).is_err(), "{place}: its input is not looked at");
            assert_eq!(Some(action.effect(&spec.example)), spec.effect, "{place}");
        }
    }
    assert!(seen > 30, "only {seen} operations");
}

#[test]
fn no_field_of_a_connection_is_called_as_one_that_every_connection_has() {
    for path in documents() {
        for spec in imported(&path).specs().connectors.values() {
            let fields = spec.connection.iter().flat_map(|connection| &connection.fields);
            let mut names: Vec<_> = fields.map(|field| &field.name).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "{} {}", path.display(), spec.id);
        }
    }
}

struct Still;

impl script::Clock for Still {
    fn now_ms(&self) -> u64 {
        0
    }
}
