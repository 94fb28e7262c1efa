use crate::common::{done, file, refused};
use serde_json::{Value, json};

pub fn document(more: Value) -> Value {
    let mut fields = json!({
        "kind": "tax_invoice",
        "number": "IV2026-000081",
        "seller": {
            "name": "บริษัท ชาดอยไทย จำกัด", "address": "99/9 ถนนพหลโยธิน แขวงจตุจักร เขตจตุจักร กรุงเทพมหานคร 10900",
            "tax_id": "0105556176239", "branch": "00000", "phone": "02 123 4567", "email": "shop@example.com",
        },
        "sale": {
            "reference": "SHOPIFY-1001",
            "date": "2026-11-20T20:00:00Z",
            "due_date": "2026-12-20",
            "buyer": {
                "name": "ห้างหุ้นส่วนจำกัด น้ำใจดีผู้ซื้อ", "company": true, "tax_id": "0994000001231", "branch": "00007",
                "address": "12 หมู่ 3 ต.แม่สลองใน อ.แม่ฟ้าหลวง จ.เชียงราย", "zip": "57110",
            },
            "lines": [
                {"sku": "TEA-01", "name": "ชาอู่หลงก้านอ่อน คัดพิเศษ 100 กรัม", "quantity": "2", "unit": "ถุง", "price": "133.75"},
                {"name": "หนังสือ “ปลูกชาที่ดอยสูง”", "quantity": 1, "unit": "เล่ม", "price": "1,250".replace(',', ""), "discount": "50.00", "no_vat": true},
            ],
            "prices_include_vat": true,
            "total": "1467.50",
            "note": "ขอบคุณที่อุดหนุน",
        },
    });
    merge(&mut fields, more);
    fields
}

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            more.into_iter().for_each(|(key, value)| merge(into.entry(key).or_insert(Value::Null), value));
        }
        (into, more) => *into = more,
    }
}

#[test]
fn a_tax_invoice_says_what_it_comes_to_and_is_the_same_whenever_it_is_made() {
    let made = done("make_pdf", document(json!({"copies": "original_and_copy"})));
    assert_eq!((&made["pages"], &made["left_out"]), (&json!(2), &json!([])));
    assert_eq!(made["net"].to_string(), "1450.00");
    assert_eq!(made["vat"].to_string(), "17.50");
    assert_eq!(made["total"].to_string(), "1467.50");
    assert_eq!(made["in_words"], "หนึ่งพันสี่ร้อยหกสิบเจ็ดบาทห้าสิบสตางค์");
    let pdf = file(&made);
    assert_eq!((pdf.name.as_str(), pdf.content_type.as_str()), ("IV2026-000081.pdf", "application/pdf"));
    assert!(pdf.bytes.starts_with(b"%PDF-") && pdf.bytes.len() < 150_000, "{}", pdf.bytes.len());
    assert_eq!(done("make_pdf", document(json!({"copies": "original_and_copy"})))["file"], made["file"]);
}

#[test]
fn everything_that_a_tax_invoice_lacks_is_told_at_once() {
    let bare = json!({
        "kind": "tax_invoice", "number": "", "seller": {"name": "ร้าน"},
        "sale": {"date": "20/11/2569", "buyer": {"company": true}, "lines": [{"name": "ชา", "quantity": 1, "price": 1}]},
    });
    let said = refused("make_pdf", bare);
    for part in [
        "sale.date",
        "number is empty",
        "seller.address",
        "seller.tax_id",
        "seller.branch",
        "sale.buyer.name",
        "sale.buyer.address",
        "needs sale.buyer.tax_id and sale.buyer.branch",
        "sale.total is empty",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = refused(
        "make_pdf",
        document(json!({"seller": {"tax_id": "0105556176238"}, "sale": {"buyer": {"tax_id": "1"}}})),
    );
    assert!(
        said.contains("seller.tax_id is no tax id") && said.contains("sale.buyer.tax_id is no tax id"),
        "{said}"
    );
    // Whoever is not a company may be without.
    let person = json!({"sale": {"buyer": {"company": false, "tax_id": "", "branch": ""}}});
    assert_eq!(done("make_pdf", document(person))["pages"], 1);
}

#[test]
fn lines_that_do_not_come_to_the_total_make_no_document() {
    let said = refused("make_pdf", document(json!({"sale": {"total": "1467.51"}})));
    assert!(said.ends_with("and 1467.51 was expected: a difference of -0.01"), "{said}");
    let on_top = document(json!({"sale": {"prices_include_vat": false, "total": "1486.23"}}));
    let made = done("make_pdf", on_top);
    assert_eq!((made["vat"].to_string(), made["net"].to_string()), ("18.73".into(), "1467.50".into()));
    let without = document(
        json!({"kind": "receipt", "vat_rate": 0, "sale": {"prices_include_vat": false, "total": "1467.50"}}),
    );
    assert_eq!(done("make_pdf", without)["vat"].to_string(), "0.00");
}

#[test]
fn a_delivery_note_needs_no_prices_and_other_kinds_do() {
    let lines = json!([{"name": "ชา", "quantity": "3", "unit": "ถุง"}]);
    let note = json!({"kind": "delivery_note", "sale": {"lines": lines, "total": null}});
    let made = done("make_pdf", document(note));
    assert_eq!((made.get("total"), &made["pages"]), (None, &json!(1)));
    assert!(
        refused("make_pdf", document(json!({"kind": "invoice", "sale": {"lines": lines}})))
            .contains("sale.lines[0] needs")
    );
}

#[test]
fn hundreds_of_lines_take_many_pages_and_the_longest_texts_have_an_end() {
    let line = |number: usize| json!({"sku": format!("SKU-{number:04}"), "name": format!("ชาอู่หลงก้านอ่อนลำดับที่ {number}"), "quantity": 1, "price": "1.07"});
    let lines: Vec<Value> = (1..=500).map(line).collect();
    let made = done("make_pdf", document(json!({"sale": {"lines": lines, "total": "535.00"}})));
    assert!((20..60).contains(&made["pages"].as_u64().unwrap()), "{}", made["pages"]);
    let long = |count: usize| "ก็".repeat(count / 2);
    let lines: Vec<Value> =
        (0..30).map(|_| json!({"name": long(300), "quantity": 1, "price": "1.07"})).collect();
    let party = json!({"name": long(150), "address": long(250)});
    let made = done(
        "make_pdf",
        document(
            json!({"seller": party, "sale": {"buyer": party, "lines": lines, "total": "32.10", "note": long(300)}}),
        ),
    );
    assert!(made["pages"].as_u64().unwrap() < 40, "{}", made["pages"]);
    let said = refused("make_pdf", document(json!({"sale": {"note": long(400)}})));
    assert!(said.contains("sale.note has more than 300 letters"), "{said}");
    let said = refused(
        "make_pdf",
        document(json!({"sale": {"lines": vec![json!({"name": "a", "quantity": 1, "price": 1}); 501]}})),
    );
    assert!(said.contains("501 lines"), "{said}");
}

#[test]
fn letters_that_no_font_has_are_left_out_and_told() {
    let made = done("make_pdf", document(json!({"sale": {"note": "ขอบคุณ 🙏 茶"}})));
    assert_eq!(made["left_out"], json!(["茶", "🙏"]));
}
