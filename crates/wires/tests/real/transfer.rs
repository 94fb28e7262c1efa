//! What holds for files wherever they are kept, put to each server that there is.

use crate::common::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::{Connection, Error, Poll, PollCx, Polled};
use model::{EffectRule, OperationId, Span};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A server's files, as a connection sees them and as they lie on its disk.
pub struct Place {
    pub connector: &'static str,
    pub connection: Connection,
    pub files: PathBuf,
}

impl Place {
    pub fn doing(&self, operation: &str) -> Doing {
        doing(&format!("{}/{operation}", self.connector))
    }

    pub async fn does(&self, operation: &str, input: Value) -> Result<Value, Error> {
        self.doing(operation).run(&self.connection, "run-7/file", input).await
    }

    pub fn watch(&self, with: Value) -> Watch {
        let operation = format!("{}/file_added", self.connector);
        let poll = catalog().poll(&OperationId::from(operation.as_str())).expect("a trigger").clone();
        Watch { poll, connection: self.connection.clone(), with, cursor: None }
    }
}

/// A trigger that keeps its cursor and nothing else.
pub struct Watch {
    poll: Arc<dyn Poll>,
    connection: Connection,
    with: Value,
    pub cursor: Option<Value>,
}

impl Watch {
    pub async fn looks(&mut self, now: i64) -> Result<Polled, Error> {
        let http = http();
        let cx =
            PollCx { http: &http, connection: Some(&self.connection), now, timeout: Span::from_secs(60) };
        let polled = self.poll.poll(&cx, &object(self.with.clone()), self.cursor.as_ref()).await?;
        self.cursor = Some(polled.cursor.clone());
        Ok(polled)
    }

    pub async fn names(&mut self, now: i64) -> Vec<String> {
        let polled = self.looks(now).await.expect("a look");
        let name = |body: Value| body["name"].as_str().expect("a name").to_owned();
        polled.deliveries.into_iter().map(|delivery| name(delivery.body.into_value())).collect()
    }
}

/// Far in the future, so that every file has been as it is for long.
pub const LATER: i64 = 4_000_000_000_000;

fn file(name: &str, text: &str) -> Value {
    json!({"name": name, "text": text})
}

fn code<T>(done: Result<T, Error>) -> Option<&'static str> {
    done.err().map(|error| error.code())
}

/// Names that nobody should find.
pub fn parts(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(".part")).count()
}

pub async fn a_file_goes_there_and_back_with_thai_letters_and_spaces(place: &Place) {
    let found = test(&place.connection).await.expect("it is there");
    assert!(found.contains("0 files and folders"), "{found}");
    let (folder, name) = ("ขาเข้า วันนี้/ย่อย", "ใบสั่งซื้อ 12 (ด่วน).csv");
    let input = json!({"folder": folder, "file": file(name, "sku,qty\nชา,2\n")});
    let written = place.does("write_file", input).await.expect("written");
    let path = format!("{folder}/{name}");
    assert_eq!((&written["path"], &written["written"]), (&json!(path), &json!(true)));
    assert_eq!(std::fs::read_to_string(place.files.join(&path)).expect("a file"), "sku,qty\nชา,2\n");
    let listed = place.does("list_files", json!({"folder": folder})).await.expect("a list");
    assert_eq!((&listed["count"], &listed["files"][0]["path"]), (&json!(1), &json!(path)));
    let read = place.does("read_file", json!({"path": path, "text": "utf-8"})).await.expect("read");
    assert_eq!((&read["text"], &read["bytes"]), (&json!("sku,qty\nชา,2\n"), &written["bytes"]));
    assert_eq!(listed["files"][0]["modified"], read["modified"], "a file has one time");
    // What was read goes into another step as it is.
    let input = json!({"folder": "out", "file": read["file"], "name": "copy.csv"});
    place.does("write_file", input).await.expect("written");
    let copied = std::fs::read_to_string(place.files.join("out/copy.csv")).expect("a file");
    assert_eq!(copied, "sku,qty\nชา,2\n");
    let deep = place.does("list_files", json!({"deep": true, "pattern": "*.CSV"})).await.expect("a list");
    assert_eq!(deep["count"], 2, "{deep}");
}

pub async fn a_text_of_an_older_program_is_read_and_written_in_its_own_letters(place: &Place) {
    std::fs::write(place.files.join("old.txt"), b"\xca\xc7\xd1\xca\xb4\xd5").expect("a file");
    let read = place.does("read_file", json!({"path": "old.txt", "text": "tis-620"})).await.expect("read");
    assert_eq!(read["text"], "สวัสดี");
    assert_eq!(read["file"]["base64"], STANDARD.encode(b"\xca\xc7\xd1\xca\xb4\xd5"));
    let wrong = place.does("read_file", json!({"path": "old.txt", "text": "utf-8"})).await;
    assert_eq!(code(wrong), Some("E0308"));
    let input = json!({"file": file("new.txt", "สวัสดี"), "charset": "tis-620"});
    place.does("write_file", input).await.expect("written");
    assert_eq!(std::fs::read(place.files.join("new.txt")).expect("a file"), b"\xca\xc7\xd1\xca\xb4\xd5");
}

pub async fn a_file_that_is_there_is_replaced_kept_or_a_failure(place: &Place) {
    let write = async |text: &str, if_there: &str| {
        place.does("write_file", json!({"file": file("a.txt", text), "if_there": if_there})).await
    };
    assert_eq!(write("one", "fail").await.expect("written")["written"], true);
    assert_eq!(write("two", "replace").await.expect("written")["written"], true);
    assert_eq!(write("three", "keep").await.expect("kept")["written"], false);
    assert_eq!(code(write("three", "fail").await), Some("E0308"));
    assert_eq!(write("two", "fail").await.expect("the same")["written"], false);
    assert_eq!(std::fs::read_to_string(place.files.join("a.txt")).expect("a file"), "two");
    assert_eq!(parts(&place.files), 0);
    let doing = place.doing("write_file");
    assert_eq!(doing.action().effect(&json!({})), EffectRule::Probe);
    let probed = doing.probe(&place.connection, json!({"file": file("a.txt", "two")})).await.expect("asked");
    assert_eq!(probed.expect("it is there")["bytes"], 3);
    let probed = doing.probe(&place.connection, json!({"file": file("a.txt", "old")})).await.expect("asked");
    assert_eq!(probed, None, "as large, and another");
}

pub async fn a_file_is_moved_once_and_deleted_as_often_as_anybody_likes(place: &Place) {
    std::fs::write(place.files.join("a.csv"), "a").expect("a file");
    let doing = place.doing("move_file");
    let input = json!({"from": "a.csv", "to": "done/2026 พ.ย./"});
    assert_eq!(doing.probe(&place.connection, input.clone()).await.expect("asked"), None);
    let moved = doing.run(&place.connection, "k", input.clone()).await.expect("moved");
    assert_eq!((&moved["path"], &moved["from"]), (&json!("done/2026 พ.ย./a.csv"), &json!("a.csv")));
    let probed = doing.probe(&place.connection, input.clone()).await.expect("asked");
    assert_eq!(probed.expect("it was done")["path"], moved["path"]);
    std::fs::write(place.files.join("a.csv"), "b").expect("a file");
    let taken = doing.run(&place.connection, "k", input.clone()).await;
    assert_eq!(code(taken), Some("E0308"));
    let mut replacing = input;
    replacing["if_there"] = "replace".into();
    doing.run(&place.connection, "k", replacing).await.expect("moved");
    let there = place.files.join("done/2026 พ.ย./a.csv");
    assert_eq!(std::fs::read_to_string(&there).expect("a file"), "b");
    let path = json!({"path": "done/2026 พ.ย./a.csv"});
    assert_eq!(place.does("delete_file", path.clone()).await.expect("deleted")["deleted"], true);
    assert_eq!(place.does("delete_file", path).await.expect("gone")["deleted"], false);
    assert!(!there.exists());
}

pub async fn what_is_not_there_or_not_allowed_or_too_large_is_said_and_never_tried_again(place: &Place) {
    for (operation, input) in [
        ("read_file", json!({"path": "none.csv"})),
        ("move_file", json!({"from": "none.csv", "to": "out.csv"})),
        ("list_files", json!({"folder": "none"})),
    ] {
        let error = place.does(operation, input).await.expect_err("it is not there");
        assert_eq!((error.code(), error.retry()), ("E0308", connector::Retry::Never), "{operation}: {error}");
        assert!(error.to_string().contains("none"), "{error}");
    }
    for path in ["../../etc/passwd", "a\r\nDELE b"] {
        assert_eq!(code(place.does("read_file", json!({"path": path})).await), Some("E0301"));
    }
    let large = std::fs::File::create(place.files.join("large.bin")).expect("a file");
    large.set_len((10 << 20) + 1).expect("it is large");
    let error = place.does("read_file", json!({"path": "large.bin"})).await.expect_err("too large");
    assert!(error.code() == "E0308" && error.to_string().contains("10 MB"), "{error}");
    let most = STANDARD.encode(vec![b'x'; 10 << 20]);
    let input = json!({"file": {"name": "most.bin", "base64": most}});
    place.does("write_file", input).await.expect("10 MB go there");
    let read = place.does("read_file", json!({"path": "most.bin"})).await.expect("and come back");
    assert_eq!(read["file"]["base64"], most);
}

pub async fn a_thousand_files_come_once_each_over_a_restart(place: &Place) {
    std::fs::create_dir(place.files.join("many")).expect("a folder");
    let mut watch = place.watch(json!({"folder": "many", "pattern": "*.csv", "content": "file"}));
    assert!(watch.names(LATER).await.is_empty());
    for n in 0..1_000 {
        std::fs::write(place.files.join(format!("many/{n:04}.csv")), "sku").expect("a file");
    }
    std::fs::write(place.files.join("many/other.txt"), "no").expect("a file");
    let mut seen = BTreeSet::new();
    loop {
        let polled = watch.looks(LATER).await.expect("a look");
        for delivery in polled.deliveries {
            assert!(seen.insert(delivery.id.clone()), "it came twice after {}: {delivery:?}", seen.len());
        }
        let cursor = watch.cursor.take();
        watch = place.watch(watch.with);
        watch.cursor = cursor;
        if !polled.more {
            break;
        }
    }
    assert_eq!(seen.len(), 1_000);
    assert!(watch.names(LATER).await.is_empty());
}

pub async fn a_growing_file_is_not_taken_early(place: &Place) {
    let mut watch = place.watch(json!({"settle": "60s", "content": "file"}));
    let now = i64::try_from(
        std::fs::metadata(&place.files).and_then(|folder| folder.modified()).map_or(0, |time| {
            time.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis())
        }),
    )
    .expect("a time");
    assert!(watch.names(now).await.is_empty());
    let path = place.files.join("growing.csv");
    std::fs::write(&path, "sku,").expect("a file");
    assert!(watch.names(now + 1_000).await.is_empty());
    std::fs::write(&path, "sku,qty").expect("a file");
    assert!(watch.names(now + 30_000).await.is_empty(), "it has grown");
    let polled = watch.looks(now + 100_000).await.expect("a look");
    let bodies: Vec<Value> =
        polled.deliveries.into_iter().map(|delivery| delivery.body.into_value()).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(bodies[0]["file"]["base64"], STANDARD.encode("sku,qty"));
}

/// A server that is killed while a file goes there leaves no half of it, and the next attempt succeeds.
pub async fn a_kill_in_mid_write_leaves_no_half_file(
    place: &Place,
    kill: impl FnOnce(),
    start_again: impl FnOnce(),
) {
    // Where the server can be told to, it is slow in this folder.
    let slow = place.files.join("slow");
    std::fs::create_dir(&slow).expect("a folder");
    let large = json!({"name": "large.bin", "base64": STANDARD.encode(vec![b'x'; 10 << 20])});
    let input = json!({"folder": "slow", "file": large});
    let doing = place.doing("write_file");
    // One session is there, so that the write begins at once.
    place.does("list_files", json!({})).await.expect("a list");
    let writing = doing.run(&place.connection, "run-7/write", input.clone());
    let killing = async {
        // As soon as some of it is there.
        while parts(&slow) == 0 && !slow.join("large.bin").exists() {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        kill();
    };
    let (written, ()) = tokio::join!(writing, killing);
    if let Err(error) = written {
        assert_eq!(error.retry(), connector::Retry::Backoff, "{error}");
        assert!(!slow.join("large.bin").exists(), "half a file is there");
    }
    start_again();
    in_the_end(async || doing.run(&place.connection, "run-7/write", input.clone()).await).await;
    assert_eq!(std::fs::metadata(slow.join("large.bin")).expect("a file").len(), 10 << 20);
    assert_eq!(parts(&slow), 0, "the next attempt takes what the first has left");
}
