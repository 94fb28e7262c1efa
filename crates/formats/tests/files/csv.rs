use crate::common::{done, file, given, read, refused, text};
use serde_json::{Value, json};

fn rows() -> Value {
    read(
        r#"[
            {"sku": "0081", "name": "ชาอู่หลง \"พิเศษ\", ห่อใหญ่", "qty": 2, "id": 12345678901234567890, "price": 1234.50},
            {"sku": "", "name": "บรรทัดแรก\r\nบรรทัดสอง", "qty": null, "id": "00000000000000000001", "more": {"ก": [1]}}
        ]"#,
    )
}

#[test]
fn rows_come_back_as_they_went_in_every_charset_and_by_every_delimiter() {
    let wanted = json!([
        {"sku": "0081", "name": "ชาอู่หลง \"พิเศษ\", ห่อใหญ่", "qty": "2", "id": "12345678901234567890", "price": "1234.50", "more": ""},
        {"sku": "", "name": "บรรทัดแรก\r\nบรรทัดสอง", "qty": "", "id": "00000000000000000001", "price": "", "more": "{\"ก\":[1]}"},
    ]);
    for charset in ["utf_8", "utf_8_bom", "tis_620", "utf_16"] {
        for delimiter in ["comma", "semicolon", "tab", "pipe"] {
            for quote_all in [true, false] {
                let fields = json!({"name": "a.csv", "rows": rows(), "charset": charset, "delimiter": delimiter, "quote_all": quote_all});
                let made = done("write_csv", fields);
                let found = done("read_csv", json!({"file": made["file"]}));
                assert_eq!(found["rows"], wanted, "{charset} {delimiter}");
                assert_eq!((&found["count"], &made["count"]), (&json!(2), &json!(2)));
            }
        }
    }
}

#[test]
fn a_column_is_a_number_only_where_that_is_said() {
    let file = given("a.csv", "เลขที่,ยอด,รหัส\n001,\"1,234.50\",0081\n002,,\n003,฿ 50,9\n".as_bytes());
    let found = done("read_csv", json!({"file": file, "columns": [{"name": "ยอด", "kind": "number"}]}));
    let wanted = r#"[{"เลขที่":"001","ยอด":1234.50,"รหัส":"0081"},{"เลขที่":"002","ยอด":null,"รหัส":""},{"เลขที่":"003","ยอด":50,"รหัส":"9"}]"#;
    assert_eq!(found["rows"].to_string(), wanted);
    let said = refused("read_csv", json!({"file": file, "columns": [{"name": "ยอดรวม", "kind": "number"}]}));
    assert_eq!(said, "\"a.csv\" has no column \"ยอดรวม\"; it has เลขที่, ยอด, รหัส");
    let said = refused(
        "read_csv",
        json!({"file": file, "columns": [{"name": "เลขที่", "kind": "number"}, {"name": "รหัส", "kind": "number"}], "delimiter": "pipe"}),
    );
    assert!(said.contains("has no column"), "{said}");
    let bad = given("a.csv", b"qty\nmany\n");
    let said = refused("read_csv", json!({"file": bad, "columns": [{"name": "qty", "kind": "number"}]}));
    assert_eq!(said, "\"many\" in row 2, column \"qty\", is no number");
}

#[test]
fn a_file_without_header_gets_names_and_lines_above_a_table_are_left_out() {
    let file = given("a.csv", "รายงานยอดขาย\nวันที่ 20/11/2569\n0081,2\n0082,3,\n".as_bytes());
    let found = done(
        "read_csv",
        json!({"file": file, "skip_lines": 2, "header": false, "columns": [{"name": "sku"}, {"name": "qty", "kind": "number"}]}),
    );
    assert_eq!(found["rows"], json!([{"sku": "0081", "qty": 2}, {"sku": "0082", "qty": 3}]));
    let bare = done("read_csv", json!({"file": given("a.csv", b"a|b\n"), "header": false}));
    assert_eq!(bare["rows"], json!([{"column_1": "a", "column_2": "b"}]));
    assert_eq!(done("read_csv", json!({"file": given("a.csv", b"")}))["rows"], json!([]));
}

#[test]
fn a_line_that_does_not_fit_is_told_and_not_bent() {
    let said =
        refused("read_csv", json!({"file": given("a.csv", b"a,b\n1,2\n3,4,5\n"), "delimiter": "comma"}));
    assert_eq!(said, "line 3 has 3 fields, and there are 2 columns");
    let said = refused("read_csv", json!({"file": given("a.csv", b"a,b\n\"1,2\n3,4\n")}));
    assert_eq!(said, "\"a.csv\" cannot be read: the quote that opens in line 2 never closes");
}

#[test]
fn formulas_are_guarded_by_choice_and_numbers_stay() {
    let rows = json!([
        {"a": "=HYPERLINK(\"http://x\")", "b": "+66 81 234 5678", "c": -5.25, "d": "@SUM(A1)", "e": "-2+3", "f": "\t=1", "g": "ชา"},
    ]);
    let written = |guard: bool| {
        text(&done(
            "write_csv",
            json!({"name": "a.csv", "rows": rows, "guard_formulas": guard, "header": false, "line_ends": "lf"}),
        ))
    };
    assert_eq!(
        written(true),
        "\"'=HYPERLINK(\"\"http://x\"\")\",+66 81 234 5678,-5.25,'@SUM(A1),'-2+3,'\t=1,ชา\n"
    );
    assert_eq!(
        written(false),
        "\"=HYPERLINK(\"\"http://x\"\")\",+66 81 234 5678,-5.25,@SUM(A1),-2+3,\t=1,ชา\n"
    );
}

#[test]
fn columns_are_those_that_are_chosen_under_their_titles() {
    let made = done(
        "write_csv",
        json!({
            "name": "สต็อก.csv", "rows": [{"qty": 2, "sku": "0081", "x": 1}],
            "columns": [{"name": "sku", "title": "รหัส"}, {"name": "qty"}, {"name": "none"}],
        }),
    );
    assert_eq!(text(&made), "รหัส,qty,none\r\n0081,2,\r\n");
    assert_eq!((file(&made).name.as_str(), file(&made).content_type.as_str()), ("สต็อก.csv", "text/csv"));
    let said = refused("write_csv", json!({"name": "../a.csv", "rows": []}));
    assert!(said.contains("folder"), "{said}");
    let said = refused("write_csv", json!({"name": "a.csv", "rows": [{"a": "ชา🙂"}], "charset": "tis_620"}));
    assert_eq!(said, "TIS-620 has no character \"🙂\", which is in line 2");
}

#[test]
fn json_lines_keep_every_digit() {
    let lines = "{\"no\":\"0081\",\"id\":12345678901234567890.10}\n[\"ชา\",null]\n\n7\n";
    let found = done("read_json_lines", json!({"file": given("a.jsonl", lines.as_bytes())}));
    let made = done("write_json_lines", json!({"name": "a.jsonl", "rows": found["rows"]}));
    assert_eq!(text(&made), lines.replace("\n\n", "\n"));
    let said = refused("read_json_lines", json!({"file": given("a.jsonl", b"{}\n{\"a\":}\n")}));
    assert!(said.contains("line 2"), "{said}");
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert!(
        refused("read_json_lines", json!({"file": given("a.jsonl", deep.as_bytes())})).contains("too deep")
    );
}
