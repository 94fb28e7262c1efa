//! Which records count, and which may still come.

use crate::common::{compare, config, told};
use audit::{Config, Kind, Times, moment, spell};

/// The orders of 20 November, asked at noon the next day.
fn the_day(cut_off: &str) -> Config {
    let times = Times {
        field: "at=created".parse().unwrap(),
        from: moment::read("2026-11-20"),
        to: moment::read_end("2026-11-20"),
        asked: moment::read("2026-11-21 12:00").unwrap(),
        cut_off: spell(cut_off).unwrap(),
    };
    Config { times: Some(times), ..config("no", &["total"]) }
}

#[test]
fn orders_of_other_days_do_not_count() {
    let shop = r#"
        {"no": 1, "total": 1, "at": "2026-11-19T23:59:59.999+07:00"}
        {"no": 2, "total": 1, "at": "2026-11-19T17:00:00Z"}
        {"no": 3, "total": 1, "at": "2026-11-20 23:59:59"}
        {"no": 4, "total": 1, "at": "2026-11-21"}
    "#;
    let erp = r#"
        {"no": 5, "total": 1, "created": "2026-11-22"}
        {"no": 1, "total": 2, "created": "2026-11-19"}
    "#;
    let (findings, counts) = compare(the_day("0s"), shop, erp).unwrap();
    assert_eq!(findings.iter().map(|finding| finding.key()[0].as_str()).collect::<Vec<_>>(), ["2", "3"]);
    assert_eq!((counts.outside, counts.left, counts.right), (4, 4, 2));
}

#[test]
fn an_order_that_is_a_moment_outside_on_one_side_only_is_compared() {
    let shop = r#"{"no": 1, "total": 1, "at": "2026-11-20 23:59:59"}
        {"no": 2, "total": 1, "at": "2026-11-21 00:00:00"}"#;
    let erp = r#"{"no": 1, "total": 2, "created": "2026-11-21 00:00:01"}
        {"no": 2, "total": 2, "created": "2026-11-21 00:00:01"}"#;
    assert_eq!(told(the_day("0s"), shop, erp), ["different 1 total: 1 | 2"]);
}

#[test]
fn what_is_newer_than_the_cut_off_is_late_and_no_difference() {
    let shop = r#"
        {"no": 1, "total": 1, "at": "2026-11-20 23:44:59.999"}
        {"no": 2, "total": 1, "at": "2026-11-20 23:45:00"}
        {"no": 3, "total": 1, "at": "2026-11-20 23:50:00"}
        {"no": 4, "total": 1, "at": "2026-11-20 23:55:00"}
        {"no": 4, "total": 1, "at": "2026-11-20 23:55:00"}
    "#;
    let erp = r#"
        {"no": 3, "total": 2, "created": "2026-11-20 23:50:01"}
        {"no": 5, "total": 2, "created": "2026-11-20 23:59:59"}
    "#;
    assert_eq!(
        told(the_day("15m"), shop, erp),
        ["only_left 1", "late 2", "different 3 total: 1 | 2", "duplicate 4 2x@5,6 -", "late 5"]
    );
    let only_late = r#"{"no": 2, "total": 1, "at": "2026-11-20 23:45:00"}"#;
    let (_, counts) = compare(the_day("15m"), only_late, "").unwrap();
    assert!(!counts.has_differences() && counts.of(Kind::Late) == 1);
}

#[test]
fn a_day_that_is_not_over_ends_when_the_systems_were_asked() {
    let mut config = the_day("15m");
    config.times.as_mut().unwrap().asked = moment::read("2026-11-20 12:00").unwrap();
    let shop = r#"
        {"no": 1, "total": 1, "at": "2026-11-20 11:40"}
        {"no": 2, "total": 1, "at": "2026-11-20 11:50"}
        {"no": 3, "total": 1, "at": "2026-11-20 12:01"}
    "#;
    assert_eq!(told(config.clone(), shop, ""), ["only_left 1", "late 2", "late 3"]);
    // A date of delivery lies in times to come.
    config.times.as_mut().unwrap().cut_off = spell("0s").unwrap();
    assert_eq!(told(config, shop, ""), ["only_left 1", "only_left 2", "only_left 3"]);
}
