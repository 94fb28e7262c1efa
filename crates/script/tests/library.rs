//! The standard library is what its documentation says.

mod common;

use common::{answer, engine};
use std::{collections::HashSet, fs, path::Path};

#[test]
fn every_example_gives_what_is_written_beside_it() {
    let engine = engine();
    let wrong: Vec<String> = script::functions()
        .iter()
        .filter_map(|doc| {
            let got = answer(&engine, doc.example);
            (got != doc.result)
                .then(|| format!("{}\n  written: {}\n  given:   {got}", doc.example, doc.result))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_function_is_documented_once_and_in_whole_sentences() {
    let mut names = HashSet::new();
    for doc in script::functions() {
        assert!(names.insert(doc.name), "{} is there twice", doc.name);
        assert!(doc.about.ends_with(['.', '?', '!']), "{} does not end as a sentence", doc.name);
        assert!(doc.signatures.iter().all(|signature| signature.contains(doc.name)), "{}", doc.name);
    }
}

#[test]
fn the_page_of_documentation_is_fresh() {
    let page = script::functions_markdown();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/script.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("docs has a parent")).expect("docs can be made");
        fs::write(&path, &page).expect("the page can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/script.md is stale: UPDATE=1 cargo test -p script");
}
