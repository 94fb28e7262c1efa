//! Each error has a code, each code a page. `UPDATE=1` writes the pages anew.

use engine::codes::PAGES;
use std::path::Path;

#[test]
fn the_pages_are_as_fresh_as_the_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    for page in PAGES {
        let path = folder.join(format!("{}.md", page.code));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, page.markdown()).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, page.markdown(), "{} is stale: UPDATE=1 writes it anew", path.display());
    }
}
