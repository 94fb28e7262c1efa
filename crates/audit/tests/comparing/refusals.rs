//! What is refused, in words that say where and what to do.

use crate::common::{config, refused};
use audit::{Audit, Config, KEPT_BYTES_MAX, Side, Times, moment, spell};
use serde_json::{Map, json};

const GOOD: &str = r#"{"no": "1", "total": 1, "at": "2026-11-20"}"#;

#[test]
fn a_record_without_a_key_is_told_with_its_line() {
    let bad = [GOOD, r#"{"no": "", "total": 1}"#].join("\n");
    let told = refused(config("no", &["total"]), &bad, "");
    assert_eq!(
        told,
        "left, line 2: the key \"no\" is empty; give the record a key, or compare by another field"
    );
    let told = refused(config("no", &[]), GOOD, &[GOOD, r#"{"total": 1}"#].join("\n"));
    assert!(told.starts_with("right, line 2: the key \"no\" is empty"), "{told}");
    let told = refused(config("no:number", &[]), r#"{"no": "SO-1"}"#, "");
    assert!(told.contains("line 1") && told.contains("SO-1"), "{told}");
    let told = refused(config("no", &[]), r#"{"no": {"id": 1}}"#, "");
    assert!(told.contains("no.id"), "{told}");
}

#[test]
fn a_field_that_was_typed_wrong_is_not_found_the_same_everywhere() {
    let told = refused(config("no", &["totl"]), GOOD, GOOD);
    assert_eq!(
        told,
        "left: no record has a field \"totl\"; the first has no, total, at. Correct the name, or leave the field out"
    );
    let told = refused(config("no=number", &["total"]), GOOD, GOOD);
    assert!(told.starts_with("right: no record has a field \"number\""), "{told}");
}

#[test]
fn a_time_that_cannot_be_read_is_told_with_its_line() {
    let times = Times {
        field: "at".parse().unwrap(),
        from: None,
        to: None,
        asked: moment::read("2026-11-21").unwrap(),
        cut_off: spell("15m").unwrap(),
    };
    let config = Config { times: Some(times), ..config("no", &[]) };
    let bad = [GOOD, r#"{"no": 2, "at": "เมื่อวาน"}"#].join("\n");
    let told = refused(config.clone(), GOOD, &bad);
    assert!(told.starts_with("right, line 2: the time \"at\" cannot be read: \"เมื่อวาน\""), "{told}");
    let bad = [GOOD, r#"{"no": 2, "at": null}"#].join("\n");
    assert!(refused(config, &bad, GOOD).starts_with("left, line 2: the time \"at\" is empty"));
}

#[test]
fn a_record_that_is_too_large_is_told_with_its_line() {
    let mut audit = Audit::new(config("no", &["page"]), std::path::Path::new("/tmp")).unwrap();
    let record = |letters: usize| -> Map<String, _> {
        Map::from_iter([("no".into(), json!(1)), ("page".into(), json!("ก".repeat(letters)))])
    };
    audit.push(Side::Left, 1, &record(1_000)).unwrap();
    let told = audit.push(Side::Left, 2, &record(KEPT_BYTES_MAX)).unwrap_err().to_string();
    assert!(told.contains("left, line 2") && told.contains("compare fewer or shorter fields"), "{told}");
}

#[test]
fn what_cannot_be_asked_for_is_refused_before_anything_is_read() {
    let told = |config: Config| {
        Audit::new(config, std::path::Path::new("/tmp")).map(|_| ()).unwrap_err().to_string()
    };
    assert!(told(Config::by(Vec::new())).contains("there is no key"));
    assert!(told(config("no:0.01", &[])).contains("a key is exact, number or text"));
    assert!(told(config("no=", &[])).contains("has no name"));
    let times = Times {
        field: "at".parse().unwrap(),
        from: moment::read("2026-11-21"),
        to: moment::read_end("2026-11-20"),
        asked: moment::read("2026-11-22").unwrap(),
        cut_off: spell("0s").unwrap(),
    };
    let backwards = Config { times: Some(times), ..config("no", &[]) };
    assert!(told(backwards).contains("the window ends before it begins"));
    let many: Vec<String> = (0..200).map(|i| format!("f{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(told(config("no", &many)).contains("more than 200 fields"));
}
