//! What is written here is read by programs that nobody here wrote.

use crate::common::{done, file};
use crate::documents::document;
use serde_json::{Value, json};
use testkit_servers::{Readers, here};

fn python(readers: &Readers, source: &str, made: &Value) -> Value {
    let file = file(made);
    let said = readers.python(source, &file.name, &file.bytes).expect("Python reads it");
    serde_json::from_str(&said).expect("JSON")
}

#[test]
fn python_s_csv_reads_what_is_written() {
    let Some(readers) = here::<Readers>() else { return };
    let rows =
        json!([{"a": "0081", "b": "ชา \"พิเศษ\", ห่อ"}, {"a": "บรรทัด\nสอง", "b": ""}, {"a": "", "b": " x "}]);
    let source = "import csv, json, sys\nprint(json.dumps(list(csv.reader(open(sys.argv[1], encoding=ENCODING, newline=''), delimiter=';'))))";
    for (charset, encoding) in
        [("utf_8", "utf-8"), ("utf_8_bom", "utf-8-sig"), ("tis_620", "cp874"), ("utf_16", "utf-16")]
    {
        let made = done(
            "write_csv",
            json!({"name": "a.csv", "rows": rows, "charset": charset, "delimiter": "semicolon"}),
        );
        let found = python(&readers, &source.replace("ENCODING", &format!("'{encoding}'")), &made);
        assert_eq!(
            found,
            json!([["a", "b"], ["0081", "ชา \"พิเศษ\", ห่อ"], ["บรรทัด\nสอง", ""], ["", " x "]]),
            "{charset}"
        );
    }
}

#[test]
fn openpyxl_reads_what_is_written() {
    let Some(readers) = here::<Readers>() else { return };
    let made = done(
        "write_excel",
        json!({"name": "a.xlsx", "sheets": [
            {
                "name": "คำสั่งซื้อ",
                "rows": [{"no": "0081", "date": "2026-11-20", "total": "1234.5", "f": "=1+1"}],
                "columns": [{"name": "no", "title": "เลขที่", "kind": "text", "width": 20}, {"name": "date", "kind": "date"}, {"name": "total", "kind": "money"}, {"name": "f"}],
            },
            {"name": "สต็อก", "rows": [{"a": 1}]},
        ]}),
    );
    let source = "import json, sys, openpyxl\nb = openpyxl.load_workbook(sys.argv[1])\ns = b.worksheets[0]\nprint(json.dumps([b.sheetnames, [[str(c.value) for c in r] for r in s.rows], [c.data_type for c in s[2]], s['A2'].number_format, s['C2'].number_format, round(s.column_dimensions['A'].width), s.freeze_panes]))";
    let found = python(&readers, source, &made);
    assert_eq!(
        found,
        json!([
            ["คำสั่งซื้อ", "สต็อก"],
            [["เลขที่", "date", "total", "f"], ["0081", "2026-11-20 00:00:00", "1234.5", "=1+1"]],
            ["s", "d", "n", "s"],
            "@",
            "#,##0.00",
            21,
            "A2",
        ])
    );
}

#[test]
fn python_s_zipfile_and_elementtree_read_what_is_written() {
    let Some(readers) = here::<Readers>() else { return };
    let made = done(
        "zip_files",
        json!({"name": "a.zip", "files": [{"folder": "2026/พ.ย.", "name": "ชา.txt", "text": "น้ำชา"}]}),
    );
    let source = "import json, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(json.dumps([z.testzip(), z.namelist(), z.read(z.namelist()[0]).decode()]))";
    assert_eq!(python(&readers, source, &made), json!([null, ["2026/พ.ย./ชา.txt"], "น้ำชา"]));
    let document = json!({"a": {"@b": "x\n\"<&ก", "c": ["ชา", "น้ำ <&> '"]}});
    let source = "import json, sys, xml.etree.ElementTree as e\nr = e.parse(sys.argv[1]).getroot()\nprint(json.dumps([r.tag, r.attrib, [c.text for c in r]]))";
    let made = done("write_xml", json!({"name": "a.xml", "document": document, "indent": false}));
    assert_eq!(python(&readers, source, &made), json!(["a", {"b": "x\n\"<&ก"}, ["ชา", "น้ำ <&> '"]]));
}

/// A reader takes a sara am apart, and sees a space where a mark is moved to its place.
fn whole(text: &str) -> String {
    let text = text.replace("\u{e4d}\u{e32}", "\u{e33}");
    text.chars().filter(|letter| !matches!(letter, ' ' | '\n')).collect()
}

#[test]
fn poppler_reads_every_fact_of_a_tax_invoice() {
    let Some(readers) = here::<Readers>() else { return };
    let pdf = file(&done("make_pdf", document(json!({"copies": "original_and_copy"})))).bytes;
    let text = whole(&readers.pdf_text(&pdf).expect("poppler reads it"));
    for fact in [
        "ใบกำกับภาษี",
        "TAX INVOICE",
        "ต้นฉบับ",
        "สำเนา",
        "เอกสารออกเป็นชุด",
        "บริษัท ชาดอยไทย จำกัด",
        "แขวงจตุจักร",
        "0105556176239",
        "สำนักงานใหญ่",
        "น้ำใจดีผู้ซื้อ",
        "0994000001231",
        "สาขาที่ 00007",
        "57110",
        "IV2026-000081",
        "21 พฤศจิกายน 2569",
        "21/11/2026",
        "ชาอู่หลงก้านอ่อน",
        "267.50",
        "1,250.00",
        "1,200.00",
        "250.00",
        "17.50",
        "1,467.50",
        "หนึ่งพันสี่ร้อยหกสิบเจ็ดบาทห้าสิบสตางค์",
        "One thousand four hundred sixty-seven baht and fifty satang",
        "ขอบคุณที่อุดหนุน",
    ] {
        assert!(text.contains(&whole(fact)), "{fact} is not in\n{text}");
    }
    let info = readers.pdf_info(&pdf).expect("poppler reads it");
    assert!(
        info.contains("IV2026-000081")
            && info.contains("Pages:           2")
            && info.contains("595.28 x 841.89 pts (A4)"),
        "{info}"
    );
    let fonts = readers.pdf_fonts(&pdf).expect("poppler reads it");
    let embedded: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(
        embedded.len() == 2
            && embedded.iter().all(|font| font.contains("IBMPlexSansThai") && font.contains("yes yes yes")),
        "{fonts}"
    );
}

#[test]
fn every_page_of_a_long_document_says_whose_it_is() {
    let Some(readers) = here::<Readers>() else { return };
    let lines: Vec<Value> = (1..=60)
        .map(|number| json!({"name": format!("สินค้าลำดับที่ {number:03}"), "quantity": 1, "price": "1.07"}))
        .collect();
    let pdf = file(&done("make_pdf", document(json!({"sale": {"lines": lines, "total": "64.20"}})))).bytes;
    let text = whole(&readers.pdf_text(&pdf).expect("poppler reads it"));
    let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() > 2);
    for (index, page) in pages.iter().enumerate() {
        for fact in ["ใบกำกับภาษี", "0105556176239", "IV2026-000081", &format!("{}/{}", index + 1, pages.len())]
        {
            assert!(page.contains(&whole(fact)), "{fact} is not on page {}:\n{page}", index + 1);
        }
        assert_eq!(page.contains("64.20"), index + 1 == pages.len(), "the total is on the last page");
    }
    assert!((1..=60).all(|number| text.contains(&format!("{number:03}"))));
}
