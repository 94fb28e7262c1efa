use crate::common::{done, file, given, read, refused};
use serde_json::{Value, json};

fn workbook() -> Value {
    json!({
        "name": "คำสั่งซื้อ.xlsx",
        "sheets": [
            {
                "name": "คำสั่งซื้อ",
                "rows": read(r#"[
                    {"no": "0081", "id": 12345678901234567890, "date": "2026-11-20", "at": "2026-11-20T08:30:00+07:00", "total": "1,234.50", "qty": 2, "paid": true, "name": "=1+1 น้ำชา"},
                    {"no": "0082", "id": "8850000000012", "date": "", "at": null, "total": 0.1, "qty": 267.5, "paid": false, "name": "บรรทัด\nสอง"}
                ]"#),
                "columns": [
                    {"name": "no", "title": "เลขที่", "kind": "text"}, {"name": "id"}, {"name": "date", "kind": "date"}, {"name": "at", "kind": "date"},
                    {"name": "total", "title": "ยอดรวม", "kind": "money"}, {"name": "qty"}, {"name": "paid"}, {"name": "name", "width": 30},
                ],
            },
            {"name": "สต็อก", "rows": [{"sku": "TEA-01", "คงเหลือ": 5}]},
        ],
    })
}

#[test]
fn a_workbook_comes_back_with_its_zeros_digits_dates_and_sheets() {
    let made = done("write_excel", workbook());
    let found = done("read_excel", json!({"file": made["file"]}));
    assert_eq!(
        found["rows"].to_string(),
        concat!(
            r#"[{"เลขที่":"0081","id":"12345678901234567890","date":"2026-11-20","at":"2026-11-20T08:30:00","ยอดรวม":1234.5,"qty":2,"paid":true,"name":"=1+1 น้ำชา"},"#,
            r#"{"เลขที่":"0082","id":"8850000000012","date":null,"at":null,"ยอดรวม":0.1,"qty":267.5,"paid":false,"name":"บรรทัด\nสอง"}]"#
        )
    );
    assert_eq!((&found["sheet"], &found["sheets"]), (&json!("คำสั่งซื้อ"), &json!(["คำสั่งซื้อ", "สต็อก"])));
    let stock = done("read_excel", json!({"file": made["file"], "sheet": "สต็อก", "all_texts": true}));
    assert_eq!(stock["rows"], json!([{"sku": "TEA-01", "คงเหลือ": "5"}]));
    assert_eq!(done("write_excel", workbook())["file"], made["file"], "the same rows are the same file");
}

#[test]
fn a_part_of_a_sheet_is_read_by_its_range() {
    let rows = json!([{"a": "รายงาน"}, {}, {"a": "รหัส", "b": "ชื่อ", "c": "หมายเหตุ"}, {"a": "0081", "b": "ชา", "c": "x"}, {"a": "0082", "c": "y"}]);
    let made = done("write_excel", json!({"name": "a.xlsx", "sheets": [{"name": "S", "rows": rows}]}));
    // The header of what was written is row 1, so that the table begins in row 4.
    let found = done("read_excel", json!({"file": made["file"], "header_row": 4}));
    assert_eq!(
        found["rows"],
        json!([{"รหัส": "0081", "ชื่อ": "ชา", "หมายเหตุ": "x"}, {"รหัส": "0082", "ชื่อ": null, "หมายเหตุ": "y"}])
    );
    let found = done("read_excel", json!({"file": made["file"], "range": "A4:B5"}));
    assert_eq!(found["rows"], json!([{"รหัส": "0081", "ชื่อ": "ชา"}]));
    let found = done("read_excel", json!({"file": made["file"], "range": "B5:C6", "header": false}));
    assert_eq!(found["rows"], json!([{"B": "ชา", "C": "x"}, {"B": null, "C": "y"}]));
    assert!(refused("read_excel", json!({"file": made["file"], "range": "ก1"})).contains("no range"));
    let said = refused("read_excel", json!({"file": made["file"], "sheet": "ไม่มี"}));
    assert_eq!(said, "\"a.xlsx\" has no sheet \"ไม่มี\"; it has S");
}

#[test]
fn dates_that_were_typed_in_the_buddhist_era_are_noticed_by_choice() {
    let sheet = json!({"name": "S", "rows": [{"d": "2569-11-20"}, {"d": "2026-11-20"}], "columns": [{"name": "d", "kind": "date"}]});
    let made = done("write_excel", json!({"name": "a.xlsx", "sheets": [sheet]}));
    let read = |buddhist: bool| {
        done("read_excel", json!({"file": made["file"], "buddhist_years": buddhist}))["rows"].clone()
    };
    assert_eq!(read(false), json!([{"d": "2569-11-20"}, {"d": "2026-11-20"}]));
    assert_eq!(read(true), json!([{"d": "2026-11-20"}, {"d": "2026-11-20"}]));
}

#[test]
fn what_excel_does_not_hold_is_told() {
    let sheet = |sheet: Value| refused("write_excel", json!({"name": "a.xlsx", "sheets": [sheet]}));
    assert!(sheet(json!({"name": "a/b", "rows": []})).contains("cannot be made"));
    assert!(sheet(json!({"name": "S", "rows": [{"a": "x".repeat(40_000)}]})).contains("32767"));
    assert!(
        sheet(
            json!({"name": "S", "rows": [{"a": "20/11/2569"}], "columns": [{"name": "a", "kind": "date"}]})
        )
        .contains("is no date")
    );
    assert!(
        sheet(json!({"name": "S", "rows": [{"a": "มาก"}], "columns": [{"name": "a", "kind": "number"}]}))
            .contains("is no number")
    );
    assert!(refused("write_excel", json!({"name": "a.xlsx", "sheets": []})).contains("0 sheets"));
    let twice = json!([{"name": "S", "rows": []}, {"name": "S", "rows": []}]);
    assert!(refused("write_excel", json!({"name": "a.xlsx", "sheets": twice})).contains("cannot be made"));
    assert!(refused("read_excel", json!({"file": given("a.xls", b"\xd0\xcf\x11\xe0")})).contains("no .xlsx"));
    assert!(
        refused("read_excel", json!({"file": given("a.xlsx", b"PK\x03\x04")})).contains("cannot be read")
    );
}

/// Two cells as far apart as a sheet has room: held in full it would be 17 thousand million cells.
#[test]
fn a_sheet_with_two_cells_is_two_cells() {
    let made = done("write_excel", json!({"name": "a.xlsx", "sheets": [{"name": "S", "rows": [{"a": 1}]}]}));
    let bytes = file(&made).bytes;
    let far = replaced(&bytes, "xl/worksheets/sheet1.xml", |xml| {
        let xml = xml.replace("A2", "XFD1048576").replace("r=\"2\"", "r=\"1048576\"");
        assert!(xml.contains("XFD1048576"), "{xml}");
        xml
    });
    let found = done("read_excel", json!({"file": given("a.xlsx", &far)}));
    assert_eq!(found["rows"], json!([{"a": null, "XFD": 1}]));
}

/// A workbook with another text in one of its parts.
fn replaced(workbook: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let found = done("unzip_file", json!({"file": given("a.zip", workbook)}));
    let (folder, name) = part.rsplit_once('/').unwrap();
    let mut files = found["files"].as_array().unwrap().clone();
    for entry in &mut files {
        if entry["folder"] == folder && entry["name"] == name {
            let held: connector::File = serde_json::from_value(entry.clone()).unwrap();
            let text = change(held.text().unwrap().to_owned());
            *entry = json!({"folder": folder, "name": name, "text": text});
        }
    }
    file(&done("zip_files", json!({"name": "a.zip", "files": files}))).bytes.to_vec()
}
