//! What becomes of an order that is here, there, in both, or twice.

use crate::common::{compare, config, told};
use audit::Kind;

const SHOP: &str = r#"
    {"no": "SO-1001", "buyer": "สมชาย ใจดี", "total": 1070.00}
    {"no": "SO-1003", "buyer": "Malee", "total": 99}
    {"no": "SO-1002", "buyer": "สมหญิง รักดี", "total": 250}
"#;

#[test]
fn orders_that_are_the_same_are_only_counted() {
    let erp = r#"
        {"no": "SO-1002", "buyer": "สมหญิง รักดี", "total": "250"}
        {"no": "SO-1001", "buyer": "สมชาย ใจดี", "total": 1070, "note": "nobody asked"}
        {"no": "SO-1003", "buyer": "Malee", "total": 99.0}
    "#;
    let (findings, counts) = compare(config("no", &["buyer", "total"]), SHOP, erp).unwrap();
    assert_eq!((findings.len(), counts.of(Kind::Matched), counts.left, counts.right), (0, 3, 3, 3));
    assert!(!counts.has_differences());
}

#[test]
fn a_difference_tells_every_field_with_what_each_side_has() {
    let erp = r#"
        {"no": "SO-1001", "buyer": "สมชาย ใจดี", "total": 1000}
        {"no": "SO-1002", "buyer": "สมศรี", "total": null}
        {"no": "SO-1003", "buyer": "Malee", "total": 99}
    "#;
    assert_eq!(
        told(config("no", &["buyer", "total"]), SHOP, erp),
        [
            "different SO-1001 total: 1070.00 | 1000",
            r#"different SO-1002 buyer: "สมหญิง รักดี" | "สมศรี" total: 250 | null"#,
        ]
    );
}

#[test]
fn what_one_side_does_not_have_is_told_with_the_side_that_has_it() {
    let erp = r#"
        {"no": "SO-1001", "total": 1070}
        {"no": "SO-0999", "total": 5}
        {"no": "SO-1003", "total": 99}
    "#;
    let (findings, counts) = compare(config("no", &["total"]), SHOP, erp).unwrap();
    let told: Vec<_> = findings.iter().map(|finding| (finding.kind, finding.key()[0].as_str())).collect();
    assert_eq!(told, [(Kind::OnlyRight, "SO-0999"), (Kind::OnlyLeft, "SO-1002")]);
    assert!(counts.has_differences());
    let only = findings[1].left.as_ref().unwrap();
    assert_eq!((only.row.line, only.times, findings[1].right.is_none()), (4, 1, true));
}

#[test]
fn an_order_that_was_entered_twice_is_a_duplicate_with_its_lines() {
    let erp = r#"
        {"no": "SO-1001", "total": 1070}
        {"no": "SO-1001", "total": 1070}
        {"no": "SO-1003", "total": 99}
        {"no": "SO-1001", "total": 1}
        {"no": "SO-1002", "total": 250}
        {"no": "SO-9", "total": 1}
        {"no": "SO-9", "total": 1}
    "#;
    assert_eq!(
        told(config("no", &["total"]), SHOP, erp),
        ["duplicate SO-1001 1x@2 3x@2,3", "duplicate SO-9 - 2x@7,8"]
    );
}

#[test]
fn two_lines_of_one_order_are_told_apart_by_a_key_of_two_fields() {
    let shop = r#"
        {"order": "1", "sku": "ชา-01", "qty": 2}
        {"order": "1", "sku": "ชา-02", "qty": 1}
        {"order": "11", "sku": "-02", "qty": 1}
    "#;
    let erp = r#"
        {"order": "1", "sku": "ชา-02", "qty": 3}
        {"order": 1, "sku": "ชา-01", "qty": 2}
        {"order": "1", "sku": "1-02", "qty": 1}
    "#;
    assert_eq!(
        told(config("order sku", &["qty"]), shop, erp),
        ["only_right 1/1-02", "different 1/ชา-02 qty: 1 | 3", "only_left 11/-02"]
    );
    // Whatever letters are between them.
    let (shop, erp) =
        (r#"{"order": "a\u0000\u0001b", "sku": "c"}"#, r#"{"order": "a", "sku": "b\u0000\u0001c"}"#);
    assert_eq!(told(config("order sku", &[]), shop, erp).len(), 2);
}

#[test]
fn fields_that_are_called_otherwise_and_lie_deeper_are_found() {
    let shop = r##"{"name": "#1042", "customer": {"phone": "0812345678"}, "total_price": "267.50"}"##;
    let erp = r##"{"client_order_ref": "#1042", "partner.phone": "0812345678", "amount_total": 267.4}"##;
    let fields = ["customer.phone=partner.phone", "total_price=amount_total:0.01"];
    assert_eq!(
        told(config("name=client_order_ref", &fields), shop, erp),
        [r##"different #1042 total_price: "267.50" | 267.4"##]
    );
}

#[test]
fn leading_zeros_make_another_order_unless_the_key_is_a_number() {
    let (shop, erp) = (r#"{"no": "0081"}"#, r#"{"no": 81}"#);
    assert_eq!(told(config("no", &[]), shop, erp), ["only_left 0081", "only_right 81"]);
    assert_eq!(told(config("no:number", &[]), shop, erp), [""; 0]);
    let (shop, erp) = (r#"{"no": "ชา so 1 "}"#, r#"{"no": "ชาSO๑"}"#);
    assert_eq!(told(config("no:text", &[]), shop, erp), [""; 0]);
    let (shop, erp) = (r#"{"no": 81.0}"#, r#"{"no": "81"}"#);
    for key in ["no", "no:text", "no:number"] {
        assert_eq!(told(config(key, &[]), shop, erp), [""; 0]);
    }
}

#[test]
fn findings_come_in_the_order_of_their_keys() {
    let shop = r#"{"no": "ข"}
        {"no": "b"}
        {"no": "ก"}"#;
    let erp = r#"{"no": "a"}
        {"no": "a\u0000b"}"#;
    let all = told(config("no", &[]), shop, erp);
    assert_eq!(all, ["only_right a", "only_right a\0b", "only_left b", "only_left ก", "only_left ข"]);
}

#[test]
fn two_empty_lists_are_the_same() {
    assert_eq!(told(config("no", &["total"]), "", ""), [""; 0]);
    assert_eq!(told(config("no", &["total"]), "", r#"{"no": 1, "total": 1}"#), ["only_right 1"]);
}
