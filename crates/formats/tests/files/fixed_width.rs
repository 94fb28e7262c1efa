use crate::common::{done, file, given, refused};
use serde_json::{Value, json};

fn columns() -> Value {
    json!([
        {"name": "kind", "width": 1},
        {"name": "account", "width": 10, "align": "right", "fill": "0"},
        {"name": "payee", "width": 12},
        {"name": "amount", "width": 13, "kind": "number", "decimals": 2},
    ])
}

fn rows() -> Value {
    json!([
        {"kind": "D", "account": "0081234567", "payee": "ร้านน้ำชา", "amount": "267.50"},
        {"kind": "D", "account": "0000000001", "payee": "Tea", "amount": "-1,000"},
    ])
}

#[test]
fn a_bank_s_file_is_counted_in_bytes_of_tis_620() {
    let made = done(
        "write_fixed_width",
        json!({
            "name": "payments.txt", "rows": rows(), "columns": columns(), "charset": "tis_620",
            "first_line": "H20261120", "last_line": "T000002",
        }),
    );
    let bytes = file(&made).bytes;
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines[0], b"H20261120\r");
    // Each of the letters, vowels and tone marks is one byte.
    assert_eq!(lines[1].len(), 36 + 1);
    assert!(lines[1].starts_with(b"D0081234567\xc3\xe9\xd2\xb9\xb9\xe9\xd3\xaa\xd2   0000000026750"));
    assert!(lines[2].ends_with(b"Tea         -000000100000\r"));
    let found =
        done("read_fixed_width", json!({"file": made["file"], "columns": columns(), "starts_with": "D"}));
    assert_eq!(
        found["rows"].to_string(),
        r#"[{"kind":"D","account":"0081234567","payee":"ร้านน้ำชา","amount":267.50},{"kind":"D","account":"0000000001","payee":"Tea","amount":-1000.00}]"#
    );
    assert_eq!(found["charset"], "tis_620");
}

#[test]
fn on_paper_columns_are_straight_when_they_are_counted_by_letter() {
    let fields = |unit: &str| json!({"name": "a.txt", "rows": [{"a": "น้ำที่นี่", "b": "|"}], "columns": [{"name": "a", "width": 9}, {"name": "b", "width": 1}], "unit": unit, "line_ends": "lf"});
    let written = |unit: &str| file(&done("write_fixed_width", fields(unit))).text().unwrap().to_owned();
    assert_eq!(written("bytes"), "น้ำที่นี่|\n");
    assert_eq!(written("letters"), "น้ำที่นี่     |\n");
    let file = given("a.txt", "น้ำที่นี่     |\n".as_bytes());
    let found = done(
        "read_fixed_width",
        json!({"file": file, "columns": [{"name": "a", "width": 9}, {"name": "b", "width": 1}], "unit": "letters"}),
    );
    assert_eq!(found["rows"], json!([{"a": "น้ำที่นี่", "b": "|"}]));
}

#[test]
fn what_does_not_fit_is_refused_and_cut_only_by_choice() {
    let fields = |cut: bool, row: Value| json!({"name": "a.txt", "rows": [row], "columns": [{"name": "a", "width": 3}, {"name": "n", "width": 4, "kind": "number"}], "cut": cut});
    let said = refused("write_fixed_width", fields(false, json!({"a": "ที่ดี", "n": 1})));
    assert_eq!(said, "\"ที่ดี\" in row 1, column \"a\" takes 5 places, and there are 3");
    assert_eq!(
        &*file(&done("write_fixed_width", fields(true, json!({"a": "ที่ดี", "n": 1})))).bytes,
        "ที่0001\r\n".as_bytes()
    );
    let said = refused("write_fixed_width", fields(true, json!({"a": "a", "n": 12345})));
    assert!(said.contains("takes 5 places"), "{said}");
    assert!(refused("write_fixed_width", fields(true, json!({"a": "a", "n": "x"}))).contains("is no number"));
    assert!(refused("write_fixed_width", fields(true, json!({"a": "a\nb"}))).contains("several lines"));
    assert!(refused("write_fixed_width", fields(false, json!({"a": "🙂"}))).contains("no byte of TIS-620"));
}

#[test]
fn columns_that_overlap_are_no_layout() {
    let read = |columns: Value| {
        refused("read_fixed_width", json!({"file": given("a.txt", b"abc"), "columns": columns}))
    };
    assert!(
        read(json!([{"name": "a", "start": 1, "width": 3}, {"name": "b", "start": 3, "width": 1}]))
            .contains("overlap")
    );
    assert!(read(json!([{"name": "a", "width": 0}])).contains("needs a width"));
    assert!(read(json!([{"name": "a", "width": 1}, {"name": "a", "width": 1}])).contains("two columns"));
    assert!(
        read(json!([{"name": "a", "start": 18446744073709551615_u64, "width": 1}])).contains("needs a width")
    );
    assert!(read(json!([])).contains("0 columns"));
}

#[test]
fn places_may_be_named_and_short_lines_have_empty_fields() {
    let columns = json!([{"name": "b", "start": 3, "width": 2}, {"name": "n", "start": 8, "width": 3, "kind": "number"}]);
    let found = done(
        "read_fixed_width",
        json!({"file": given("a.txt", b"..xy...007\r\n..x\r\n\x1a"), "columns": columns}),
    );
    assert_eq!(found["rows"], json!([{"b": "xy", "n": 7}, {"b": "x", "n": null}]));
}
