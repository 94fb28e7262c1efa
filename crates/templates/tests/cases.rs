//! The templates in the box do as the cases beside them say.

use rehearsal::flow_test::{self, Subject};
use script::{Clock, Engine, Limits};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

const ENDING: &str = ".test.json";

/// A case says itself what time it is.
struct Still;

impl Clock for Still {
    fn now_ms(&self) -> u64 {
        0
    }
}

#[test]
fn every_template_does_as_its_cases_say() {
    let (catalog, scripts) = (catalog::all(), Engine::new(Limits::default(), Arc::new(Still)));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows");
    let mut seen = BTreeSet::new();
    let mut told = String::new();
    for template in templates::all() {
        let Ok(text) = std::fs::read(folder.join(format!("{}{ENDING}", template.id))) else { continue };
        let subject = Subject { doc: &template.document, specs: catalog.specs(), scripts: &scripts };
        let cases = flow_test::read(&text, &subject);
        let cases = cases.unwrap_or_else(|problems| panic!("{}: {problems:#?}", template.id));
        for case in cases {
            let differences = flow_test::check(&case, &subject).differences;
            told.extend(
                differences.iter().map(|one| format!("{}, {}: {}\n", template.id, case.name, one.message)),
            );
        }
        seen.insert(template.id);
    }
    assert_eq!(told, "");
    let files = folder.read_dir().expect("the folder is there").flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    let beside: BTreeSet<String> =
        names.filter_map(|name| name.strip_suffix(ENDING).map(str::to_owned)).collect();
    assert_eq!(seen, beside, "cases lie beside a template of the box");
    assert!(seen.len() >= 4, "{seen:?}");
}
