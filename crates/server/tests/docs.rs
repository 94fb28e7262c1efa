//! `docs/errors/` has a page for every code of the server. `UPDATE=1` writes them anew.

use server::codes::PAGES;
use std::path::Path;

#[test]
fn every_code_of_the_server_has_its_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    for page in PAGES {
        let path = folder.join(format!("{}.md", page.code));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, page.markdown()).expect("written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, page.markdown(), "{} is stale: UPDATE=1 writes it anew", path.display());
    }
}
