//! What is generated from the code is as fresh as the code. `UPDATE=1` writes it anew.

use std::path::Path;

#[test]
fn the_published_schema_of_cases_is_that_of_the_types() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/flow-test.schema.json");
    let schema = serde_json::to_string_pretty(&rehearsal::flow_test::schema()).expect("JSON");
    let text = format!("{schema}\n");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).expect("written");
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, text, "{} is stale: UPDATE=1 writes it anew", file.display());
}
