//! S3: files in buckets, against moto's server and against answers that only real stores give.

use crate::common::fake::Fake;
use crate::common::{Runner, connection, http, look};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::{Connection, Error, Retry};
use model::EffectRule;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit_servers::{Moto, here};

struct Store {
    _moto: Option<Moto>,
    connection: Connection,
}

fn at(endpoint: &str) -> Connection {
    let fields =
        json!({"bucket": "exports", "region": "us-east-1", "access_key": "test", "endpoint": endpoint});
    connection("s3", fields, &[("secret_key", "S3CRET-KEY-OF-S3")])
}

fn store() -> Option<Store> {
    let moto: Moto = here()?;
    let connection = at(&moto.bucket("exports").expect("a bucket"));
    Some(Store { _moto: Some(moto), connection })
}

impl Store {
    fn runner(&self, operation: &str) -> Runner {
        let runner = Runner::new(&format!("s3/{operation}"), Some(self.connection.clone()));
        Runner { http: http(16 << 20), ..runner }
    }

    async fn does(&self, operation: &str, input: Value) -> Result<Value, Error> {
        self.runner(operation).run(input).await
    }
}

/// Answers as they are told.
fn told(fake: &Fake) -> Store {
    Store { _moto: None, connection: at(&fake.url) }
}

async fn tested(connection: &Connection) -> Result<String, Error> {
    let catalog = catalog::all();
    catalog.connector("s3").expect("a connector").test(&http(1 << 20), connection).await
}

const FAULT: [(&str, &str); 1] = [("content-type", "application/xml")];

fn fault(code: &str) -> String {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>said so</Message></Error>")
}

#[tokio::test]
async fn a_file_goes_there_and_back_with_thai_letters_and_spaces() {
    let Some(store) = store() else { return };
    let found = tested(&store.connection).await.expect("it is there");
    assert!(found.contains("exports"), "{found}");
    let (folder, name) = ("ขาเข้า วันนี้/ย่อย", "ใบสั่งซื้อ 12 (ด่วน) +1.csv");
    let path = format!("{folder}/{name}");
    let input = json!({"folder": folder, "file": {"name": name, "text": "sku,qty\nชา,2\n"}});
    let written = store.does("write_file", input).await.expect("written");
    assert_eq!((&written["path"], &written["written"]), (&json!(path), &json!(true)));
    let listed = store.does("list_files", json!({"folder": folder})).await.expect("a list");
    assert_eq!((&listed["count"], &listed["files"][0]["path"]), (&json!(1), &json!(path)));
    let read = store.does("read_file", json!({"path": path, "text": "utf-8"})).await.expect("read");
    assert_eq!(
        (&read["text"], &read["file"]["content_type"]),
        (&json!("sku,qty\nชา,2\n"), &json!("text/csv"))
    );
    for field in ["bytes", "modified", "etag"] {
        assert_eq!(listed["files"][0][field], read[field], "{field}");
        assert_eq!(written[field], read[field], "{field}");
    }
    let input = json!({"folder": "old", "file": {"name": "a.txt", "text": "สวัสดี"}, "charset": "tis-620"});
    store.does("write_file", input).await.expect("written");
    let read = store.does("read_file", json!({"path": "old/a.txt", "text": "tis-620"})).await.expect("read");
    assert_eq!((&read["text"], &read["bytes"]), (&json!("สวัสดี"), &json!(6)));
    let deep = store.does("list_files", json!({"deep": true})).await.expect("a list");
    assert_eq!(deep["count"], 2, "{deep}");
    let flat = store.does("list_files", json!({})).await.expect("a list");
    assert_eq!(flat["count"], 0, "{flat}");
}

#[tokio::test]
async fn a_file_that_is_there_is_replaced_kept_or_a_failure() {
    let Some(store) = store() else { return };
    let write = async |text: &str, if_there: &str| {
        let input = json!({"file": {"name": "a.txt", "text": text}, "if_there": if_there});
        store.does("write_file", input).await
    };
    assert_eq!(write("one", "fail").await.expect("written")["written"], true);
    assert_eq!(write("two", "replace").await.expect("written")["written"], true);
    assert_eq!(write("three", "keep").await.expect("kept")["written"], false);
    assert_eq!(write("three", "fail").await.map_err(|error| error.code()), Err("E0308"));
    assert_eq!(write("two", "fail").await.expect("the same")["written"], false);
    let runner = store.runner("write_file");
    assert_eq!(runner.action.effect(&json!({})), EffectRule::Probe);
    let probed = runner.probe(json!({"file": {"name": "a.txt", "text": "two"}})).await.expect("asked");
    assert_eq!(probed.expect("it is there")["bytes"], 3);
    assert_eq!(runner.probe(json!({"file": {"name": "a.txt", "text": "old"}})).await, Ok(None));
}

#[tokio::test]
async fn a_file_is_moved_once_and_deleted_as_often_as_anybody_likes() {
    let Some(store) = store() else { return };
    let file = json!({"file": {"name": "ใบ 1.csv", "text": "a"}, "folder": "in"});
    store.does("write_file", file.clone()).await.expect("written");
    let input = json!({"from": "in/ใบ 1.csv", "to": "done/2026/"});
    let moving = store.runner("move_file");
    assert_eq!(moving.probe(input.clone()).await, Ok(None));
    let moved = moving.run(input.clone()).await.expect("moved");
    assert_eq!(moved["path"], "done/2026/ใบ 1.csv");
    let probed = moving.probe(input.clone()).await.expect("asked").expect("it was done");
    assert_eq!(probed["path"], moved["path"]);
    store.does("write_file", file).await.expect("written");
    assert_eq!(moving.run(input.clone()).await.map_err(|error| error.code()), Err("E0308"));
    let path = json!({"path": "done/2026/ใบ 1.csv"});
    assert_eq!(store.does("delete_file", path.clone()).await.expect("deleted")["deleted"], true);
    assert_eq!(store.does("delete_file", path).await.expect("gone")["deleted"], false);
    moving.run(input).await.expect("moved");
}

#[tokio::test]
async fn a_thousand_files_come_once_each_over_restarts() {
    let Some(store) = store() else { return };
    let http = http(16 << 20);
    let with = json!({"folder": "many", "pattern": "*.csv", "content": "file"});
    let looks = async |cursor: Option<Value>| {
        look(&http, "s3/file_added", with.clone(), &store.connection, cursor.as_ref()).await.expect("a look")
    };
    let first = looks(None).await;
    assert!(first.deliveries.is_empty());
    let writing = store.runner("write_file");
    for n in 0..1_001 {
        let input = json!({"folder": "many", "file": {"name": format!("{n:04}.csv"), "text": "sku"}});
        writing.run(input).await.expect("written");
    }
    let (mut cursor, mut seen) = (Some(first.cursor), BTreeSet::new());
    loop {
        let polled = looks(cursor).await;
        for delivery in polled.deliveries {
            assert!(seen.insert(delivery.id), "one came twice");
        }
        // A restart leaves the text of the cursor.
        cursor = serde_json::from_str(&polled.cursor.to_string()).ok();
        if !polled.more {
            break;
        }
    }
    assert_eq!(seen.len(), 1_001);
    assert!(looks(cursor).await.deliveries.is_empty());
}

#[tokio::test]
async fn what_is_not_there_or_too_large_is_said_and_never_tried_again() {
    let Some(store) = store() else { return };
    let error = store.does("read_file", json!({"path": "none.csv"})).await.expect_err("not there");
    assert!(error.code() == "E0308" && error.to_string().contains("none.csv"), "{error}");
    let error = store.does("move_file", json!({"from": "none.csv", "to": "a.csv"})).await;
    assert_eq!(error.map_err(|error| (error.code(), error.retry())), Err(("E0308", Retry::Never)));
    let most = STANDARD.encode(vec![b'x'; 10 << 20]);
    let input = json!({"file": {"name": "most.bin", "base64": most}});
    store.does("write_file", input).await.expect("10 MB go there");
    let read = store.does("read_file", json!({"path": "most.bin"})).await.expect("and come back");
    assert_eq!(read["file"]["bytes"], 10 << 20);
    let mut other = store.connection.clone();
    other.fields.insert("bucket".into(), "nobodys".into());
    let error = tested(&other).await.expect_err("no such bucket");
    assert!(error.code() == "E0302" && error.to_string().contains("nobodys"), "{error}");
}

#[tokio::test]
async fn a_request_carries_its_signature_and_never_the_key() {
    let fake = Fake::start().await;
    let mut store = told(&fake);
    store.connection.secrets.insert("session_token".into(), "T0KEN".into());
    fake.answers_with(403, &FAULT, &fault("SignatureDoesNotMatch"));
    let error = store.does("list_files", json!({"folder": "in"})).await.expect_err("refused");
    assert_eq!(error.code(), "E0302");
    let asked = fake.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/exports/"));
    assert_eq!(asked.query, "delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix=in%2F");
    let signed = "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,";
    assert!(asked.header("authorization").contains(signed), "{}", asked.header("authorization"));
    assert_eq!(asked.header("x-amz-security-token"), "T0KEN");
    let all = format!("{asked:?} {error:?} {}", error.advice());
    assert!(!all.contains("S3CRET-KEY-OF-S3"), "{all}");
}

#[tokio::test]
async fn refusals_are_told_by_what_has_to_be_done() {
    for (status, code, wanted, retry) in [
        (403, "AccessDenied", "E0308", Retry::Never),
        (403, "InvalidAccessKeyId", "E0302", Retry::Never),
        (403, "RequestTimeTooSkewed", "E0302", Retry::Never),
        (404, "NoSuchBucket", "E0302", Retry::Never),
        (301, "PermanentRedirect", "E0302", Retry::Never),
        (503, "SlowDown", "E0306", Retry::Backoff),
        (500, "InternalError", "E0307", Retry::Backoff),
    ] {
        let fake = Fake::start().await;
        fake.answers_with(status, &FAULT, &fault(code));
        let error = told(&fake).does("list_files", json!({})).await.expect_err("refused");
        assert_eq!((error.code(), error.retry()), (wanted, retry), "{code}: {error}");
    }
}

#[tokio::test]
async fn a_copy_that_failed_with_a_success_deletes_nothing() {
    let fake = Fake::start().await;
    let found = [("content-length", "1"), ("etag", "\"a\"")];
    fake.answers_with(200, &found, "").answers_with(404, &[], "").answers_with(
        200,
        &FAULT,
        &fault("InternalError"),
    );
    let input = json!({"from": "a.csv", "to": "b.csv"});
    let error = told(&fake).does("move_file", input).await.expect_err("not copied");
    assert_eq!(error.retry(), Retry::Backoff, "{error}");
    let asked = fake.asked();
    assert_eq!(asked.iter().map(|asked| asked.method.as_str()).collect::<Vec<_>>(), ["HEAD", "HEAD", "PUT"]);
    assert_eq!(asked[2].header("x-amz-copy-source"), "/exports/a.csv");
}

#[tokio::test]
async fn a_store_that_does_not_know_the_guard_is_written_to_without_it() {
    let fake = Fake::start().await;
    let found = [("content-length", "1"), ("etag", "\"a\"")];
    fake.answers_with(404, &[], "").answers_with(501, &FAULT, &fault("NotImplemented"));
    fake.answers_with(200, &[], "").answers_with(200, &found, "");
    let input = json!({"file": {"name": "a.txt", "text": "a"}, "if_there": "fail"});
    told(&fake).does("write_file", input.clone()).await.expect("written");
    let asked = fake.asked();
    assert_eq!((asked[1].header("if-none-match"), asked[2].header("if-none-match")), ("*", ""));
    fake.answers_with(404, &[], "").answers_with(412, &FAULT, &fault("PreconditionFailed"));
    let error = told(&fake).does("write_file", input).await.expect_err("somebody was faster");
    assert!(error.code() == "E0308" && error.to_string().contains("already"), "{error}");
}

#[tokio::test]
async fn a_list_goes_on_from_page_to_page() {
    let fake = Fake::start().await;
    let page = |key: &str, next: &str| {
        format!(
            "<ListBucketResult><Contents><Key>{key}</Key><Size>1</Size><ETag>&quot;e&quot;</ETag><LastModified>2026-11-20T03:00:00.000Z</LastModified></Contents>{next}</ListBucketResult>"
        )
    };
    let next = "<IsTruncated>true</IsTruncated><NextContinuationToken>t/1+=</NextContinuationToken>";
    fake.answers_with(200, &FAULT, &page("a%20b.csv", next)).answers_with(200, &FAULT, &page("c.csv", ""));
    let listed = told(&fake).does("list_files", json!({})).await.expect("a list");
    assert_eq!((&listed["count"], &listed["files"][0]["name"]), (&json!(2), &json!("a b.csv")));
    assert_eq!(fake.asked()[1].pair("continuation-token").as_deref(), Some("t/1+="));
}
