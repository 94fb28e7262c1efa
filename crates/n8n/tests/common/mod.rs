//! What the tests of this crate share.
#![allow(dead_code)] // each test file uses its own part

use model::{FlowDocument, Surroundings};
use script::{Clock, Engine, Limits};
use std::path::PathBuf;
use std::sync::Arc;

pub const NOW: i64 = 1_795_395_600_000;

struct Still;

impl Clock for Still {
    fn now_ms(&self) -> u64 {
        0
    }
}

pub fn scripts() -> Engine {
    Engine::new(Limits::default(), Arc::new(Still))
}

/// The workflow files, by name.
pub fn workflows() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/workflows");
    let entries =
        folder.read_dir().expect("the folder is there").map(|entry| entry.expect("an entry").path());
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.ends_with(".json") && !name.ends_with(".flow.json") && !name.ends_with(".run.json")
    };
    let mut paths: Vec<_> = entries.filter(is_one).collect();
    paths.sort();
    paths
}

/// What the validator says of a flow, a line each.
pub fn problems(document: &FlowDocument) -> String {
    let catalog = catalog::all();
    let text = document.to_text();
    let (_, problems) =
        model::check(text.as_bytes(), catalog.specs(), |_| Surroundings::default(), &scripts());
    problems.iter().map(|problem| format!("{} {problem}\n", problem.at)).collect()
}
