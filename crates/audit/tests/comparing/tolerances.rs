//! Which differences are let pass.

use crate::common::{config, told};
use audit::Kind;
use serde_json::{Value, json};

/// Two orders with one value each, written as JSON.
#[track_caller]
fn check(compare: &str, left: &str, right: &str, wanted: Kind) {
    let record = |value: &str| {
        let value: Value = serde_json::from_str(value).expect(value);
        json!({"no": 1, "value": value}).to_string()
    };
    for (left, right) in [(left, right), (right, left)] {
        let told = told(config("no", &[&format!("value:{compare}")]), &record(left), &record(right));
        let kind = told.first().and_then(|line| line.split(' ').next()).unwrap_or("matched");
        assert_eq!(kind, wanted.as_str(), "{compare}: {left} and {right}");
    }
}

#[test]
fn exact_is_the_same_text_or_the_same_number() {
    for (left, right) in [
        ("1.50", "1.5"),
        ("267.5", r#""267.50""#),
        ("1e3", "1000"),
        ("12345678901234567890.12", r#""12345678901234567890.12""#),
        ("true", r#""true""#),
        ("null", r#""""#),
        (r#"{"ก": [1, null], "b": null}"#, r#"{"ก": [1.0, ""]}"#),
    ] {
        check("exact", left, right, Kind::Matched);
    }
    for (left, right) in [
        (r#""0081""#, "81"),
        (r#""1.50""#, r#""1.5""#),
        ("90071992547409.93", "90071992547409.94"),
        (r#""SO-1""#, r#""so-1""#),
        ("0", "null"),
        ("[1, 2]", "[2, 1]"),
        (r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#),
    ] {
        check("exact", left, right, Kind::Different);
    }
}

#[test]
fn numbers_are_let_pass_up_to_so_much_and_not_a_digit_further() {
    check("number", r#""1,234.50 บาท""#, "1234.5", Kind::Matched);
    check("number", r#""๑๒""#, "12.00", Kind::Matched);
    check("number", "1", "1.0000000000000000000000000000000001", Kind::Different);
    check("0.01", "100.00", "100.01", Kind::WithinTolerance);
    check("0.01", "100.00", "100.010000000000000000000000000000001", Kind::Different);
    check("0.01", "-0.005", "0.005", Kind::WithinTolerance);
    check(
        "0.01",
        "12345678901234567890123456789.10",
        "12345678901234567890123456789.11",
        Kind::WithinTolerance,
    );
    check("0.01", r#""(5.00)""#, "-5.01", Kind::WithinTolerance);
    // What is no number is different from every number, and the same as itself.
    check("0.01", r#""N/A""#, "0", Kind::Different);
    check("0.01", r#""N/A""#, r#""N/A""#, Kind::Matched);
    check("0.01", "null", "0", Kind::Different);
}

#[test]
fn a_percentage_is_of_the_larger_number() {
    check("1%", "100", "99", Kind::WithinTolerance);
    check("1%", "99", "100", Kind::WithinTolerance);
    check("1%", "100", "98.99", Kind::Different);
    check("1%", "-100", "100", Kind::Different);
    check("0.5%", "0", "0.001", Kind::Different);
    check("100%", "0", "7", Kind::WithinTolerance);
}

#[test]
fn money_is_compared_by_the_satang() {
    check("money", r#""฿1,070.00""#, "1070", Kind::Matched);
    check("money", "10.504", "10.50", Kind::WithinTolerance);
    check("money", "10.505", "10.51", Kind::WithinTolerance);
    check("money", "10.50", "10.51", Kind::Different);
    check("25satang", "10.50", "10.75", Kind::WithinTolerance);
    check("25satang", "10.50", "10.76", Kind::Different);
    check("1satang", "10.504", "10.515", Kind::Different);
}

#[test]
fn texts_are_let_pass_whatever_their_case_spaces_and_spelling_of_thai() {
    check("text", r#""Somchai  Jaidee ""#, r#""SOMCHAI JAIDEE""#, Kind::WithinTolerance);
    check("text", r#""น้ำชา อู่หลง""#, r#""น\u0e49\u0e4dาชาอู่หลง""#, Kind::WithinTolerance);
    check("text", r#""เเม่น้ำ\u200b""#, r#""แม่น้ำ""#, Kind::WithinTolerance);
    check("text", r#""๑๒/๓ หมู่ ๔""#, r#""12/3 หมู่ 4""#, Kind::WithinTolerance);
    check("text", r#""ชาเขียว""#, r#""ชาเขียว""#, Kind::Matched);
    check("text", r#""ชาเขียว""#, r#""ขาเขียว""#, Kind::Different);
    check("text", r#""ไม่มี""#, r#""""#, Kind::Different);
}

#[test]
fn times_are_let_pass_up_to_so_many_seconds() {
    check("time", r#""2026-11-20T01:30:00Z""#, r#""2026-11-20 08:30:00""#, Kind::Matched);
    check("60s", r#""2026-11-20T08:30:00+07:00""#, r#""2026-11-20T08:31:00+07:00""#, Kind::WithinTolerance);
    check("60s", r#""2026-11-20T08:30:00+07:00""#, r#""2026-11-20T08:31:00.001+07:00""#, Kind::Different);
    check("1d", r#""20/11/2026""#, r#""2026-11-21""#, Kind::WithinTolerance);
    check("5m", r#""yesterday""#, r#""2026-11-21""#, Kind::Different);
}

#[test]
fn one_field_beyond_its_tolerance_makes_the_order_different() {
    let left = r#"{"no": 1, "total": 100, "name": "ชา"}"#;
    let right = r#"{"no": 1, "total": 100.01, "name": "กาแฟ"}"#;
    assert_eq!(
        told(config("no", &["total:0.01", "name:text"]), left, right),
        [r#"different 1 total: 100 ~ 100.01 name: "ชา" | "กาแฟ""#]
    );
    assert_eq!(told(config("no", &["total:0.01"]), left, right), ["within_tolerance 1 total: 100 ~ 100.01"]);
}

#[test]
fn a_tolerance_is_written_as_it_is_read() {
    for text in ["exact", "number", "0.01", "1.5%", "money", "25satang", "text", "time", "90s"] {
        assert_eq!(text.parse::<audit::Compare>().unwrap().to_string(), text);
    }
    assert_eq!("2h".parse::<audit::Compare>().unwrap().to_string(), "7200s");
    for text in ["", "-1", "1 %", "baht", "-5s", "400d", "99999999999999999999d", "ๆ", "5ชม"] {
        let refused = text.parse::<audit::Compare>().unwrap_err().to_string();
        assert!(refused.contains("write exact"), "{text}: {refused}");
    }
}
