//! API documents as vendors write them, and the connectors that they become.
//!
//! Beside each document lies its connector in lines (`name.txt`), and for one of them all of it as it is kept
//! (`name.connector.json`). `UPDATE=1` accepts what has changed.

mod common;

use std::path::Path;

fn compare(path: &Path, found: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, found).expect("written");
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "{}: it is another one now; UPDATE=1 accepts it, and the difference shows it",
        path.display()
    );
}

#[test]
fn a_document_becomes_the_connector_beside_it() {
    let paths = common::documents();
    assert!(paths.len() >= 8, "{} documents", paths.len());
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let imported = common::import(&name);
        common::check_all(&imported, &name);
        compare(&path.with_extension("txt"), &common::outline(&imported));
    }
}

#[test]
fn what_is_kept_stays_readable() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/courier.connector.json");
    let imported = common::import("courier.yaml");
    compare(&path, &imported.to_json().expect("JSON"));
}
