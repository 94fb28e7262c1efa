//! What is generated from the code is as fresh as the code. `UPDATE=1` writes it anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn check(path: &Path, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, text).expect("written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, text, "{} is stale: UPDATE=1 writes it anew", path.display());
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let schema = serde_json::to_string_pretty(&model::schema()).expect("JSON");
    check(&docs().join("flow.schema.json"), &format!("{schema}\n"));
}

#[test]
fn every_code_has_its_page() {
    let codes: BTreeSet<_> = model::codes::PAGES.iter().map(|page| &page.code).collect();
    assert_eq!(codes.len(), model::codes::PAGES.len(), "a code is used twice");
    for page in model::codes::PAGES {
        check(&docs().join("errors").join(format!("{}.md", page.code)), &page.markdown());
    }
}

#[test]
fn no_page_is_left_of_a_code_that_is_gone() {
    for entry in docs().join("errors").read_dir().expect("the folder is there") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let ours = name.starts_with("E01");
        let known = model::codes::PAGES.iter().any(|page| name == format!("{}.md", page.code));
        assert!(!ours || known, "{name} belongs to no code");
    }
}
