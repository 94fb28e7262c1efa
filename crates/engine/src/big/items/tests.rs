//! Texts in, elements out, wherever the text is cut.

use super::*;
use serde_json::{Value, json};

/// The elements as far as they can be read, and what is wrong behind them.
fn read(split: Split, text: &[u8], part: usize) -> (Vec<Value>, Option<String>) {
    let mut feed = Feed { source: Source::Held(None), decode: None, split, ended: false, failed: None };
    let mut found = Vec::new();
    for part in text.chunks(part) {
        match &mut feed.split {
            Split::Json(split) => split.push(part),
            Split::Lines(split) => split.push(part),
            Split::Csv(split) => split.push(part),
        }
        if let Some(error) = drain(&mut feed, &mut found) {
            return (found, Some(error));
        }
    }
    feed.ended = true;
    let error = drain(&mut feed, &mut found);
    (found, error)
}

fn drain(feed: &mut Feed, found: &mut Vec<Value>) -> Option<String> {
    loop {
        let mut items = Vec::new();
        let taken = feed.take(&mut items);
        let none = items.is_empty();
        found.extend(items.into_iter().map(Data::into_value));
        match taken {
            Err(error) => return Some(error.message),
            Ok(()) if none => return None,
            Ok(()) => {}
        }
    }
}

fn check(split: impl Fn() -> Split, text: &str, wanted: &Value, wrong: Option<&str>) {
    for part in [1, 2, 3, 7, 4_096] {
        let (found, error) = read(split(), text.as_bytes(), part);
        assert_eq!(Value::Array(found), *wanted, "{text} in parts of {part}");
        assert_eq!(error.as_deref(), wrong, "{text} in parts of {part}");
    }
}

fn json_at(path: &[&str]) -> impl Fn() -> Split {
    let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
    move || Split::Json(json::JsonItems::at(&path))
}

fn csv_with(separator: u8) -> impl Fn() -> Split {
    move || Split::Csv(Box::new(csv::Rows::new(separator)))
}

#[test]
fn a_json_list_gives_its_elements_with_their_digits() {
    let text = "\u{feff} [1.50, \"a,]\\\"[\", [ ], {\"b\": [1]},null ,9007199254740993]";
    let wanted: Value =
        serde_json::from_str(r#"[1.50, "a,]\"[", [], {"b": [1]}, null, 9007199254740993]"#).expect("JSON");
    check(json_at(&[]), text, &wanted, None);
    check(json_at(&[]), "[]", &json!([]), None);
}

#[test]
fn a_list_is_found_below_members() {
    let text =
        r#"{"a": {"orders": [0]}, "data": {"x": "}],", "n": 12, "orders": [{"id": 1}, {"id": 2}]}, "z": 1}"#;
    check(json_at(&["data", "orders"]), text, &json!([{"id": 1}, {"id": 2}]), None);
    check(json_at(&["data", "rows"]), text, &json!([]), Some("the body has no data.rows"));
    check(json_at(&["data"]), text, &json!([]), Some("data is not a list"));
    check(json_at(&[]), text, &json!([]), Some("the body is not a list"));
}

#[test]
fn a_broken_list_says_where() {
    check(json_at(&[]), "[1, 2", &json!([1]), Some("the body ends too early, after 1 elements"));
    check(json_at(&[]), "[1 2]", &json!([1]), Some("behind element 1 there is '2', and not the next one"));
    let (found, error) = read(json_at(&[])(), b"[1, {\"a\": tru}, 3]", 5);
    assert_eq!(found, [json!(1)]);
    assert!(error.is_some_and(|error| error.starts_with("element 1: it is not JSON")));
}

#[test]
fn lines_give_their_values_and_empty_ones_none() {
    let split = || Split::Lines(lines::Lines::default());
    check(split, "{\"a\": 1}\r\n\n[2]\n\"x\"", &json!([{"a": 1}, [2], "x"]), None);
    let (found, error) = read(split(), b"1\n\n{]\n2", 2);
    assert_eq!(found, [json!(1)]);
    assert!(error.is_some_and(|error| error.starts_with("line 3: it is not JSON")));
}

#[test]
fn rows_of_a_table_are_objects_of_texts() {
    let text = "sku,qty,note\r\nTEA-100,02,\"a \"\"b\"\", c\nd\"\r\n\r\nก,,\n";
    let wanted = json!([
        {"sku": "TEA-100", "qty": "02", "note": "a \"b\", c\nd"}, {"sku": "ก", "qty": "", "note": ""}
    ]);
    check(csv_with(b','), text, &wanted, None);
    check(csv_with(b';'), "a;b\n1,5;2", &json!([{"a": "1,5", "b": "2"}]), None);
    check(csv_with(b','), "", &json!([]), None);
    check(csv_with(b','), "a,b", &json!([]), None);
}

#[test]
fn columns_without_a_name_or_with_the_same_one_have_one_all_the_same() {
    check(csv_with(b','), "a,,a\n1,2,3", &json!([{"a": "1", "column_2": "2", "a_2": "3"}]), None);
}

#[test]
fn a_row_that_does_not_fit_says_its_number_and_the_rows_before_it_are_read() {
    let mut text = "a,b\n".to_owned();
    (2..=70_000).for_each(|n| text.push_str(&format!("{n},x\n")));
    text.push_str("70001\n");
    let (found, error) = read(csv_with(b',')(), text.as_bytes(), 4_096);
    assert_eq!(found.len(), 69_999);
    assert_eq!(error.as_deref(), Some("row 70001 has 1 columns, and the first row has 2"));
}

fn decoded(chosen: Option<&str>, said: Option<&str>, text: &[u8], part: usize) -> Result<String, String> {
    let mut decode = Decode::new(chosen, said);
    let mut all = Vec::new();
    for part in text.chunks(part) {
        all.extend_from_slice(&decode.text(&Bytes::copy_from_slice(part), false)?);
    }
    all.extend_from_slice(&decode.text(&Bytes::new(), true)?);
    Ok(String::from_utf8(all).expect("UTF-8"))
}

#[test]
fn text_is_read_in_its_encoding() {
    let thai = [0xaa, 0xd2, b',', b'1'];
    for part in [1, 2, 3, 100] {
        assert_eq!(decoded(None, None, "ชา,1".as_bytes(), part), Ok("ชา,1".into()));
        assert_eq!(decoded(Some("windows-874"), None, &thai, part), Ok("ชา,1".into()));
        assert_eq!(decoded(None, Some("TIS-620"), &thai, part), Ok("ชา,1".into()));
        assert_eq!(decoded(None, None, b"\xef\xbb\xbfa", part), Ok("a".into()));
        assert_eq!(decoded(Some("utf-8"), None, b"\xff\xfea\0", part), Ok("a".into()));
    }
    assert_eq!(decoded(None, None, &thai, 100), Ok("ชา,1".into()));
    let wrong = decoded(Some("utf-8"), None, b"abc\xff", 100).expect_err("it is none");
    assert!(wrong.contains("UTF-8"), "{wrong}");
}

#[test]
fn a_type_says_how_a_body_is_read() {
    assert_eq!(by_type("Text/CSV; charset=tis-620"), Some(Format::Csv));
    assert_eq!(by_type("application/vnd.api+json"), Some(Format::Json));
    assert_eq!(by_type("application/x-ndjson"), Some(Format::Lines));
    assert_eq!(by_type("application/zip"), None);
    assert_eq!(charset("text/csv; header=present; Charset=\"tis-620\""), Some("tis-620"));
    assert_eq!(charset("text/csv; c"), None);
}
