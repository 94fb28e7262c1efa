//! Files on this machine, row by row.

use crate::common::{done, file, given, run};
use connector::Error;
use formats::table;
use proptest::prelude::*;
use serde_json::json;
use std::path::PathBuf;
use tempfile::TempDir;

fn written(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    (folder, path)
}

/// `line: row` for every row, and what was refused after them.
fn told(name: &str, bytes: &[u8]) -> (Vec<String>, Option<String>) {
    let (_folder, path) = written(name, bytes);
    let mut rows = Vec::new();
    let read = table::each(&path, |line, row| -> Result<(), Error> {
        rows.push(format!("{line}: {}", serde_json::Value::Object(row)));
        Ok(())
    });
    let place = path.parent().expect("a folder").display().to_string();
    (rows, read.err().map(|error| format!("{error}. {}", error.advice()).replace(&format!("{place}/"), "")))
}

#[track_caller]
fn check(name: &str, bytes: &[u8], wanted: &[&str]) {
    assert_eq!(told(name, bytes), (wanted.iter().map(|row| (*row).to_owned()).collect(), None));
}

#[track_caller]
fn refused(name: &str, bytes: &[u8]) -> String {
    told(name, bytes).1.expect("refused")
}

#[test]
fn a_csv_has_its_rows_with_the_lines_they_begin_in() {
    check(
        "a.csv",
        "เลขที่,หมายเหตุ\r\n0081,\"บรรทัด\nสอง, \"\"ดี\"\"\"\r\n\r\n0082,5\" หน้า\n0083,".as_bytes(),
        &[
            r#"2: {"เลขที่":"0081","หมายเหตุ":"บรรทัด\nสอง, \"ดี\""}"#,
            r#"5: {"เลขที่":"0082","หมายเหตุ":"5\" หน้า"}"#,
            r#"6: {"เลขที่":"0083","หมายเหตุ":""}"#,
        ],
    );
    check("a.tsv", b"a\tb\n1\t2,5\n", &[r#"2: {"a":"1","b":"2,5"}"#]);
    check("a.csv", b"a;b\r1;2\r3;4\r", &[r#"2: {"a":"1","b":"2"}"#, r#"3: {"a":"3","b":"4"}"#]);
    check("a.csv", b"", &[]);
    check("a.csv", b"a,b\n", &[]);
}

#[test]
fn letters_are_read_whatever_they_are_written_in() {
    let row = [r#"2: {"ก":"ข"}"#];
    check("a.csv", "\u{feff}ก\nข\n".as_bytes(), &row);
    check("a.csv", b"\xa1\n\xa2\n", &row);
    let wide: Vec<u8> = "\u{feff}ก\nข\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check("a.csv", &wide, &row);
    // The one letter that tells is far behind what is read at once.
    let far = [b"a\n".to_vec(), b"x\n".repeat(100_000), b"\xa1\n".to_vec()].concat();
    let (rows, _) = told("a.csv", &far);
    assert_eq!(rows.last().map(String::as_str), Some(r#"100002: {"a":"ก"}"#));
    assert!(refused("a.csv", b"a\n\xdb\n").contains("TIS-620"));
}

#[test]
fn letters_and_records_are_whole_wherever_the_reading_stops() {
    let cell = "กขค,\"\n\" ".repeat(30);
    let row = format!("\"{}\",1\r\n", cell.replace('"', "\"\""));
    let (rows, refused) = told("a.csv", format!("a,b\r\n{}", row.repeat(1_000)).as_bytes());
    assert_eq!((rows.len(), refused), (1_000, None));
    assert!(rows.iter().all(|told| told.contains(r#""b":"1""#) && told.matches('ค').count() == 30));
    assert!(rows[999].starts_with(&format!("{}: ", 2 + 999 * 31)), "{}", &rows[999][..20]);
}

#[test]
fn what_is_wrong_with_a_csv_is_told_with_its_line_and_what_to_do() {
    let told = refused("a.csv", "a,b\n1,2\n\"ไม่ปิด,3\n4,5\n".as_bytes());
    assert_eq!(
        told,
        "a.csv: line 3: the quote that opens there never closes. Close it, or write two quotes for one that belongs to the text."
    );
    let told = refused("a.csv", b"a,b\n1,2\n1,2,3\n");
    assert!(told.starts_with("a.csv: line 3 has 3 fields, and there are 2 columns"), "{told}");
    let told = refused("a.csv", &[b"a,b\n1,\"".to_vec(), b"x\n".repeat(600_000)].concat());
    assert!(told.starts_with("a.csv: line 2: the record that begins there is larger than 1 MB"), "{told}");
    let told = refused("a.pdf", b"%PDF");
    assert!(told.contains("a.pdf: its ending") && told.contains(".csv, .jsonl or .xlsx"), "{told}");
    let nowhere = table::each(&PathBuf::from("/nowhere/a.csv"), |_, _| -> Result<(), Error> { Ok(()) });
    assert!(nowhere.unwrap_err().to_string().starts_with("/nowhere/a.csv: it cannot be read: No such file"));
}

#[test]
fn json_lines_have_their_digits_and_their_mistakes_their_places() {
    check(
        "a.jsonl",
        "{\"id\": 12345678901234567890, \"ยอด\": 267.50}\n\n{\"id\": {\"x\": null}}".as_bytes(),
        &[r#"1: {"id":12345678901234567890,"ยอด":267.50}"#, r#"3: {"id":{"x":null}}"#],
    );
    let told = refused("a.jsonl", b"{\"a\": 1}\n{\"a\": 1,}\n");
    assert!(told.starts_with("a.jsonl: line 2, column 9: "), "{told}");
    assert!(refused("a.ndjson", b"[1]\n").contains("jq -c"));
    assert!(refused("a.ndjson", b"{}\n7\n").starts_with("a.ndjson: line 2, column 1: it is no object"));
    assert!(
        refused("a.jsonl", &[b"{\"a\":".repeat(200), b"1".to_vec()].concat()).contains("nested too deep")
    );
    assert!(refused("a.json", b" [{\"a\": 1}]").contains("it is one JSON list"));
}

#[test]
fn a_workbook_has_its_rows_with_their_numbers() {
    let rows = json!([{"เลขที่": "0081", "ยอดรวม": 267.5, "วันที่": "2026-11-20"}, {}, {"เลขที่": "0082"}]);
    let sheets = json!([
        {"name": "S", "rows": rows, "columns": [{"name": "เลขที่"}, {"name": "ยอดรวม"}, {"name": "วันที่", "kind": "date"}]},
        {"name": "T", "rows": [{"x": 1}]},
    ]);
    let made = done("write_excel", json!({"name": "a.xlsx", "sheets": sheets}));
    check(
        "a.xlsx",
        &file(&made).bytes,
        &[
            r#"2: {"เลขที่":"0081","ยอดรวม":267.5,"วันที่":"2026-11-20"}"#,
            r#"4: {"เลขที่":"0082","ยอดรวม":null,"วันที่":null}"#,
        ],
    );
    let told = refused("a.xlsx", b"no workbook");
    assert!(told.starts_with("a.xlsx: ") && told.contains("saved as .xlsx"), "{told}");
}

#[test]
fn what_was_found_out_is_a_table_that_spreadsheets_compute_nothing_of() {
    assert_eq!(table::csv_line(["=1+1", "-5.00", "ก,ข", ""]), "'=1+1,-5.00,\"ก,ข\",\r\n");
    let row = json!({"a": "=1+1", "ข": 2}).as_object().cloned().expect("a row");
    let bytes = table::workbook("S", &["ข", "a", "none"], vec![row]).expect("a workbook");
    check("a.xlsx", &bytes, &[r#"2: {"ข":2,"a":"=1+1","none":null}"#]);
}

proptest! {
    #[test]
    fn a_table_on_disk_has_the_rows_that_it_has_in_a_flow(text in "[a,;\t\"\n\rกข่ ]{0,60}") {
        let (rows, refused) = told("a.csv", text.as_bytes());
        match run("read_csv", json!({"file": given("a.csv", text.as_bytes())})) {
            Ok(read) => {
                let wanted: Vec<String> = read["rows"].as_array().expect("rows").iter().map(ToString::to_string).collect();
                let rows: Vec<&str> = rows.iter().map(|row| row.split_once(": ").expect("a line").1).collect();
                prop_assert_eq!((rows, refused), (wanted.iter().map(String::as_str).collect(), None));
            }
            Err(error) => prop_assert!(refused.is_some(), "{error}"),
        }
    }

    #[test]
    fn any_bytes_on_disk_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for name in ["a.csv", "a.jsonl", "a.xlsx"] {
            told(name, &bytes);
        }
    }
}
