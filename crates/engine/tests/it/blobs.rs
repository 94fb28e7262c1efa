//! Bodies that are too long to be held: kept on the disk once, and gone through piece by piece.

use crate::{hook, script, send};
use engine::{DoorError, Options};
use model::{FlowDocument, Span};
use serde_json::{Value, json};
use store::{BlobRow, RunId, Status};
use testkit::{Life, LongPost, World, flow, options};

const DAYS_8: Span = Span::from_secs(8 * 86_400);

fn each(with: Value) -> Value {
    json!({"use": "core/for_each", "with": with})
}

/// For each element of the trigger's body `body`, and behind all of them `then`.
fn over(items: Value, body: Value, then: &str) -> FlowDocument {
    let nodes = json!({"in": hook(), "each": each(items), "body": body, "then": script(then)});
    flow("over", nodes, "in -> each; each.item -> body; each.done -> then")
}

fn rows(body: &str, then: &str) -> FlowDocument {
    over(json!({"items": "${trigger.body}"}), script(body), then)
}

fn post(life: &Life<'_>, content_type: &str, body: &[u8]) -> RunId {
    let long = LongPost { path: "in", content_type, delivery: None, body };
    life.post_long(&long).expect("an accepted event").run
}

/// A table of so many rows behind the first.
fn table(count: u64) -> String {
    let rows = (1..=count).map(|n| format!("{n},\"TEA-{n}\",{}\n", n * 3));
    ["n,sku,qty\n".to_owned()].into_iter().chain(rows).collect()
}

fn blobs(world: &World) -> Vec<BlobRow> {
    world.ask(world.store.blobs(None, 10)).expect("they are listed")
}

fn failure(life: &Life<'_>, run: RunId) -> (String, String) {
    assert_eq!(life.until_ended(run), Status::Failed);
    let summary = life.view(run).summary;
    (summary.error_code.expect("a code"), summary.error.expect("an error"))
}

#[test]
fn a_long_table_is_gone_through_row_by_row() {
    let world = World::new([rows("parse_number(item.qty)", "sum(input, |q| q)")]);
    let life = world.start();
    let run = post(&life, "text/csv", table(50_000).as_bytes());
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(life.step(run, "then").output, Some(json!(3 * 50_000_u64 * 50_001 / 2)));
    let items = life.step(run, "each").items.expect("counts");
    assert_eq!((items.total, items.done, items.failed), (50_000, 50_000, 0));
    let body = &life.view(run).trigger["body"];
    assert_eq!((&body["type"], &body["cut"]), (&json!("text/csv"), &json!(true)));
    assert!(body["preview"].as_str().is_some_and(|text| text.starts_with("n,sku,qty\n1,")), "{body}");
}

#[test]
fn a_table_from_a_thai_system_is_read_as_it_was_meant() {
    let items = json!({"items": "${trigger.body}", "separator": "semicolon"});
    let world = World::new([over(items, script(r#"item["ชื่อ"]"#), "input[0]")]);
    let life = world.start();
    // "ชื่อ;n" and "ชา;1" in TIS-620.
    let tis = [0xaa, 0xd7, 0xe8, 0xcd, b';', b'n', b'\n', 0xaa, 0xd2, b';', b'1', b'\n'];
    for (content_type, body) in [
        ("text/csv", &tis[..]),
        ("text/csv; charset=TIS-620", &tis),
        ("text/csv", "\u{feff}ชื่อ;n\nชา;1".as_bytes()),
    ] {
        let run = post(&life, content_type, body);
        assert_eq!(life.until_ended(run), Status::Done, "{}", life.story(run));
        assert_eq!(life.step(run, "then").output, Some(json!("ชา")));
    }
}

#[test]
fn a_list_below_members_of_a_long_json_body_keeps_its_digits() {
    let items = json!({"items": "${trigger.body.data.orders}"});
    let world = World::new([over(items, script("item.id"), "input[20000]")]);
    let life = world.start();
    let orders: Vec<String> = (0..=20_000).map(|n| format!(r#"{{"id":90071992547409{n:05}}}"#)).collect();
    let body = format!(r#"{{"shop":"a","data":{{"x":[1],"orders":[{}]}}}}"#, orders.join(","));
    let run = post(&life, "application/json", body.as_bytes());
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(
        life.step(run, "then").output.map(|id| id.to_string()).as_deref(),
        Some("9007199254740920000")
    );
}

#[test]
fn what_a_for_each_cannot_make_a_list_of_says_what_to_choose() {
    let world = World::new([rows("1", "1")]);
    let life = world.start();
    for (content_type, body, code, said) in [
        ("application/zip", "PK", "E0514", "content type application/zip"),
        ("application/json", r#"{"a": [1]}"#, "E0515", "the body is not a list"),
        ("application/x-ndjson", "1\n2\n{\n", "E0515", "line 3"),
    ] {
        let run = post(&life, content_type, body.as_bytes());
        let (found, message) = failure(&life, run);
        assert_eq!(found, code, "{message}");
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn a_short_text_is_read_as_a_table_where_the_flow_says_so() {
    let items = json!({"items": "${trigger.body.file}", "format": "csv"});
    let world = World::new([over(items, script("item.a"), "input")]);
    let life = world.start();
    let run = life.send("in", json!({"file": "a,b\n1,2\n3,4"}));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(life.step(run, "then").output, Some(json!(["1", "3"])));
    let run = life.send("in", json!({"file": [1]}));
    assert_eq!(failure(&life, run).0, "E0514");
}

#[test]
fn a_broken_row_fails_by_its_number_after_the_rows_before_it() {
    let world = World::new([over(json!({"items": "${trigger.body}"}), send("send_idempotent", "a"), "1")]);
    let life = world.start();
    let text = format!("{}71\n", table(70));
    let run = post(&life, "text/csv", text.as_bytes());
    let (code, message) = failure(&life, run);
    assert_eq!(code, "E0515");
    assert!(message.contains("row 72 has 1 columns, and the first row has 3"), "{message}");
    assert_eq!(world.target.works_for("a"), 70);
}

#[test]
fn a_script_that_wants_the_whole_of_a_long_body_fails_alone() {
    let whole =
        json!({"in": {"use": "core/webhook", "with": {"path": "whole"}}, "a": script("trigger.body.len()")});
    let world = World::new([rows("1", "input.len()"), flow("whole", whole, "in -> a")]);
    let life = world.start();
    // Whatever is kept as it came counts as long, so the length does not matter.
    let text = table(100);
    let long = LongPost { path: "whole", content_type: "text/csv", delivery: None, body: text.as_bytes() };
    let looks = life.post_long(&long).expect("an accepted event").run;
    let good = post(&life, "text/csv", table(100).as_bytes());
    let (code, message) = failure(&life, looks);
    assert_eq!(code, "E0510", "{message}");
    assert_eq!(life.until_ended(good), Status::Done);
}

#[test]
fn of_two_runs_over_long_bodies_the_one_over_its_room_fails_alone() {
    let noise = r#"sha256(`${item.n}`) + sha256(`${item.n}b`) + sha256(`${item.n}c`)"#;
    let world = World::new([rows(noise, "input.len()")]);
    let life = world.start_with(None, Options { run_disk_max: 100_000, ..options() });
    let many = post(&life, "text/csv", table(20_000).as_bytes());
    let few = post(&life, "text/csv", table(10).as_bytes());
    assert_eq!(failure(&life, many).0, "E0509");
    assert_eq!(life.until_ended(few), Status::Done);
}

#[test]
fn the_same_body_twice_is_kept_once_and_goes_with_the_last_run_that_needs_it() {
    let world = World::new([rows("1", "input.len()")]);
    let life = world.start();
    let text = table(100_000);
    for _ in 0..2 {
        let run = post(&life, "text/csv", text.as_bytes());
        assert_eq!(life.until_ended(run), Status::Done);
    }
    let kept = blobs(&world);
    assert_eq!(kept.iter().map(|blob| blob.bytes).collect::<Vec<_>>(), [text.len() as u64]);
    assert!(kept[0].stored * 2 < kept[0].bytes, "it is packed: {kept:?}");
    // Twice: a blob outlives its last event by an hour.
    for _ in 0..3 {
        world.clock.advance(DAYS_8);
        let now = world.clock.read();
        world.ask(world.store.expire(now, 100)).expect("old runs go");
        world.ask(world.store.sweep_blobs(now)).expect("swept");
    }
    assert_eq!(blobs(&world), []);
}

#[test]
fn a_json_body_of_megabytes_is_in_no_row_and_is_seen_as_ever() {
    let look = script("#{ n: input.lines.len(), last: trigger.body.lines[59999].id }");
    let door = json!({"use": "core/webhook", "with": {"path": "in", "body_bytes_max": 8 << 20}});
    let world = World::new([flow("look", json!({"in": door, "a": look}), "in -> a")]);
    let life = world.start();
    let lines: Vec<Value> = (0..60_000).map(|n| json!({"id": n, "name": "ชาเขียว"})).collect();
    let run = life.send("in", json!({"lines": lines}));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(life.step(run, "a").output, Some(json!({"n": 60_000, "last": 59_999})));
    assert_eq!(blobs(&world).len(), 1);
}

#[test]
fn a_failed_run_is_retried_with_its_long_body_when_the_history_has_let_go_of_it() {
    let fails = r#"if item.n == "3" { throw "no" } item.n"#;
    let bad = rows(fails, "input.len()");
    let world = World::new([bad]);
    let life = world.start();
    let run = post(&life, "text/csv", table(5).as_bytes());
    failure(&life, run);
    life.deploy(&rows("item.n", "input.len()"));
    let late = world.clock.read() + 200 * 86_400_000;
    world.ask(world.store.expire(late, 100)).expect("old runs go");
    world.ask(world.store.sweep_blobs(late)).expect("swept");
    world.ask(world.store.sweep_blobs(late + 2 * store::BLOB_GRACE)).expect("swept");
    assert_eq!(life.status(run), None, "it is not kept any more");
    let again = engine::Again { version: engine::Version::Newest, ..Default::default() };
    let again = life.ask(life.engine.retry_as(run, again)).expect("it is retried");
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!(life.step(again, "then").output, Some(json!(5)));
}

#[test]
fn a_body_that_is_no_json_is_refused_and_leaves_nothing() {
    let world = World::new([rows("1", "1")]);
    let life = world.start();
    let mut text = "[1".to_owned();
    (0..200_000).for_each(|n| text.push_str(&format!(",{n}")));
    for bad in [text.clone(), format!("{text}}}"), "<html>".into()] {
        let long =
            LongPost { path: "in", content_type: "application/json", delivery: None, body: bad.as_bytes() };
        let refused = life.post_long(&long).expect_err("it is not JSON");
        assert!(matches!(refused, DoorError::Refused(_)), "{refused:?}");
    }
    assert_eq!(blobs(&world), []);
}

#[test]
fn a_long_body_is_not_looked_into_for_an_ordering_key() {
    let by = |key: &str| testkit::with_settings(rows("1", "1"), json!({"order_by": key}));
    let world = World::new([by(r#"${trigger.headers["x-shop"]}"#)]);
    let life = world.start();
    let run = post(&life, "text/csv", table(3).as_bytes());
    assert_eq!(life.until_ended(run), Status::Done);
    life.deploy(&by("${trigger.body.shop}"));
    let text = table(3);
    let long = LongPost { path: "in", content_type: "text/csv", delivery: None, body: text.as_bytes() };
    let refused = life.post_long(&long).expect_err("it has no key");
    assert!(refused.to_string().contains("ordering key"), "{refused}");
}
