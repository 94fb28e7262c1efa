//! Whatever somebody sends, it is read or refused; nothing falls over, and nothing grows without an end.

use crate::common::{done, file, given, run};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What a reader is told besides the file.
fn readers() -> [(&'static str, &'static str, Value); 6] {
    [
        ("read_csv", "a.csv", json!({})),
        ("read_excel", "a.xlsx", json!({"buddhist_years": true})),
        (
            "read_fixed_width",
            "a.txt",
            json!({"columns": [{"name": "a", "width": 3}, {"name": "n", "start": 5, "width": 4, "kind": "number", "decimals": 2}]}),
        ),
        ("read_json_lines", "a.jsonl", json!({})),
        ("read_xml", "a.xml", json!({"lists": ["a"]})),
        ("unzip_file", "a.zip", json!({})),
    ]
}

fn read(operation: &str, name: &str, more: &Value, bytes: &[u8]) {
    let mut fields = more.clone();
    fields["file"] = given(name, bytes);
    match run(operation, fields) {
        Ok(output) => assert!(output.is_object()),
        // A library that fell over says so by these words.
        Err(error) => assert!(!error.to_string().contains("unusual way"), "{operation}: {bytes:?}"),
    }
}

fn made() -> Vec<(usize, Vec<u8>)> {
    let rows = json!([{"a": "ชา", "b": 1.5, "c": "2026-11-20"}, {"a": "น้ำ", "b": null}]);
    let excel = json!({"name": "a.xlsx", "sheets": [{"name": "S", "rows": rows, "columns": [{"name": "a"}, {"name": "b"}, {"name": "c", "kind": "date"}]}]});
    let bytes = |operation: &str, fields: Value| file(&done(operation, fields)).bytes.to_vec();
    vec![
        (0, bytes("write_csv", json!({"name": "a.csv", "rows": rows}))),
        (1, bytes("write_excel", excel)),
        (3, bytes("write_json_lines", json!({"name": "a.jsonl", "rows": rows}))),
        (4, bytes("write_xml", json!({"name": "a.xml", "document": {"a": {"@b": "ก", "c": ["ข", "ค"]}}}))),
        (5, bytes("zip_files", json!({"name": "a.zip", "files": [{"name": "a.txt", "text": "ชา ชา ชา"}]}))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for (operation, name, more) in readers() {
            read(operation, name, &more, &bytes);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[<>/a&;#x\"'=\\[{\\]}:,\\n\\r0-9กำ่ ]{0,200}") {
        for (operation, name, more) in readers() {
            read(operation, name, &more, text.as_bytes());
        }
    }

    #[test]
    fn files_that_were_damaged_on_their_way_are_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        for (reader, mut bytes) in made() {
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
            let (operation, name, more) = &readers()[reader];
            read(operation, name, more, &bytes);
        }
    }

    #[test]
    fn any_rows_go_through_csv_and_back(rows in prop::collection::vec(prop::collection::vec("[^\\u{0}]{0,12}", 3), 1..6), delimiter in prop::sample::select(vec!["comma", "semicolon", "tab", "pipe"])) {
        let rows: Vec<Value> = rows.iter().map(|row| json!({"ก": row[0], "b": row[1], "c": row[2]})).collect();
        let made = done("write_csv", json!({"name": "a.csv", "rows": rows, "delimiter": delimiter}));
        let found = done("read_csv", json!({"file": made["file"], "delimiter": delimiter}));
        // A row without anything is an empty line, which is no row.
        let filled = |row: &Value| row.as_object().unwrap().values().any(|value| value != "");
        let wanted: Vec<Value> = rows.into_iter().filter(filled).collect();
        prop_assert_eq!(&found["rows"], &json!(wanted));
    }

    #[test]
    fn any_text_goes_through_xml_and_back(text in "[\\t\\n -~ก-๛]{0,30}", value in "[ -~ก-๛]{0,30}") {
        let made = done("write_xml", json!({"name": "a.xml", "document": {"a": {"@b": value, "c": text}}}));
        let found = done("read_xml", json!({"file": made["file"]}));
        prop_assert_eq!(&found["document"]["a"]["@b"], &json!(value));
        prop_assert_eq!(&found["document"]["a"]["c"], &json!(text.trim_matches([' ', '\t', '\n'])));
    }
}
