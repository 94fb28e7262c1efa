//! The flows that are given away are accepted by the specs and the script engine that will run them.

use model::{Problem, Surroundings};
use script::{Clock, Engine, Limits, Scope};
use std::path::Path;
use std::sync::Arc;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Nothing is run, so no time passes.
struct Still;

impl Clock for Still {
    fn now_ms(&self) -> u64 {
        0
    }
}

/// Errors and warnings: what is given away has neither.
fn problems(text: &str) -> Vec<Problem> {
    let scripts = Engine::new(Limits::default(), Arc::new(Still));
    match model::parse(text.as_bytes()) {
        Ok(flow) => model::validate(&flow, catalog::all().specs(), &Surroundings::default(), &scripts),
        Err(problems) => problems,
    }
}

#[test]
fn every_template_flow_is_accepted() {
    let mut count = 0;
    for entry in root().join("flows").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        let beside = [".template.json", ".test.json"].iter().any(|end| name.ends_with(end));
        if name.ends_with(".json") && !beside {
            let found = problems(&std::fs::read_to_string(&path).unwrap());
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
            count += 1;
        }
    }
    assert!(count > 0, "no flow was found");
}

#[test]
fn every_flow_in_the_front_page_is_accepted() {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut count = 0;
    for flow in blocks.filter(|block| block.contains("\"khlong\"")) {
        let found = problems(flow);
        assert!(found.is_empty(), "{flow}: {found:#?}");
        count += 1;
    }
    assert!(count > 0, "the page shows no flow");
}

#[test]
fn a_mistake_in_a_field_or_a_script_would_be_seen() {
    let text = std::fs::read_to_string(root().join("flows/order-to-erp.json")).unwrap();
    for (right, wrong) in
        [("\"confirm\": true", "\"confirn\": true"), ("decimal(line.price)", "decimal(line.price")]
    {
        assert!(text.contains(right), "{right}");
        assert_eq!(problems(&text.replacen(right, wrong, 1)).len(), 1, "{wrong}");
    }
}

#[test]
fn the_example_of_a_mapping_gives_what_its_page_says() {
    let specs = catalog::all().specs().clone();
    let example = specs.operation(&"core/map".into()).unwrap();
    let flow = std::fs::read_to_string(root().join("flows/order-to-erp.json")).unwrap();
    let order = model::parse(flow.as_bytes()).unwrap().samples["ordered"].clone();
    let scripts = Engine::new(Limits::default(), Arc::new(Still));
    let shape = model::mapping::shape_of(&specs, example.example["target"].as_str().unwrap());
    let mapping = scripts.mapping(&example.example["fields"], shape).unwrap();
    let run = script::RunInfo::default();
    let scope = Scope::of_input(&order, &run);
    let made = scripts.map(&mapping, &scope, &script::References::default()).unwrap();
    assert_eq!(made, script::Mapped::Value(example.example_output.clone()));
}
