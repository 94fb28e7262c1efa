//! Looks at a folder in memory, at times that the tests choose.

use super::*;
use crate::files::{Base, Path, Write};
use bytes::Bytes;
use std::collections::BTreeMap;

const MINUTE: i64 = 60_000;
const START: i64 = 1_795_143_600_000;

#[derive(Default)]
struct Memory {
    base: Base,
    files: BTreeMap<String, (Bytes, i64)>,
    reads: usize,
    secret: Option<&'static str>,
}

impl Memory {
    fn put(&mut self, name: &str, text: &str, modified: i64) {
        self.files.insert(name.into(), (Bytes::copy_from_slice(text.as_bytes()), modified));
    }

    fn entry(&self, path: Path, file: &(Bytes, i64)) -> Entry {
        let (bytes, modified) = (file.0.len() as u64, Some(file.1));
        Entry { path, is_folder: false, bytes, modified, by_day: false, etag: None }
    }
}

#[async_trait]
impl Files for Memory {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn list(&mut self, folder: &Path) -> Result<Vec<Entry>, Error> {
        // Twice each, as file systems do now and then.
        let twice = self.files.iter().chain(&self.files);
        Ok(twice.map(|(name, file)| self.entry(folder.child(name), file)).collect())
    }

    async fn find(&mut self, path: &Path) -> Result<Option<Entry>, Error> {
        Ok(self.files.get(path.name()).map(|file| self.entry(path.clone(), file)))
    }

    async fn read(&mut self, path: &Path) -> Result<Bytes, Error> {
        self.reads += 1;
        match self.secret == Some(path.name()) {
            true => Err(crate::files::forbidden(path, "Permission denied")),
            false => Ok(self.files[path.name()].0.clone()),
        }
    }

    async fn write(&mut self, _path: &Path, _write: Write<'_>) -> Result<(), Error> {
        Ok(())
    }

    async fn rename(&mut self, _from: &Path, _to: &Path, _replaces: bool) -> Result<(), Error> {
        Ok(())
    }

    async fn remove(&mut self, _path: &Path) -> Result<bool, Error> {
        Ok(false)
    }

    async fn has_folder(&mut self, _folder: &Path) -> Result<bool, Error> {
        Ok(true)
    }

    async fn make_folder(&mut self, _folder: &Path) -> Result<(), Error> {
        Ok(())
    }
}

/// A node that looks again and again, and keeps nothing but its cursor.
struct Node {
    with: Value,
    grows: bool,
    cursor: Option<Value>,
}

impl Node {
    fn new(with: Value) -> Self {
        Self { with, grows: true, cursor: None }
    }

    async fn looks(&mut self, memory: &mut Memory, now: i64) -> Polled {
        let kind = Kind { id: "sftp", grows: self.grows, has_folders: true };
        let wanted = Wanted::of(self.with.as_object().expect("fields"), kind);
        let until = Instant::now() + Duration::from_secs(600);
        let polled = look(memory, &wanted, self.cursor.as_ref(), now, until).await.expect("a look");
        assert!(polled.cursor.to_string().len() < 60 << 10, "the cursor stays small");
        self.cursor = Some(polled.cursor.clone());
        polled
    }

    async fn names(&mut self, memory: &mut Memory, now: i64) -> Vec<String> {
        let polled = self.looks(memory, now).await;
        let name =
            |delivery: Delivery| delivery.body.into_value()["name"].as_str().unwrap_or_default().to_owned();
        polled.deliveries.into_iter().map(name).collect()
    }
}

#[tokio::test]
async fn a_growing_file_is_taken_when_it_has_been_the_same_for_long_enough() {
    let (mut memory, mut node) = (Memory::default(), Node::new(json!({})));
    memory.put("old.csv", "a", START - MINUTE);
    assert!(node.names(&mut memory, START).await.is_empty(), "what was there is left");
    // A server whose clock is an hour ahead tells no age.
    memory.put("new.csv", "a", START + 60 * MINUTE);
    assert!(node.names(&mut memory, START + 10_000).await.is_empty());
    memory.put("new.csv", "ab", START + 60 * MINUTE);
    assert!(node.names(&mut memory, START + 40_000).await.is_empty(), "it has grown");
    assert!(node.names(&mut memory, START + 99_000).await.is_empty(), "not so long yet");
    assert_eq!(node.names(&mut memory, START + 100_000).await, ["new.csv"]);
    assert!(node.names(&mut memory, START + 200_000).await.is_empty(), "once");
    memory.put("new.csv", "abc", START + 61 * MINUTE);
    node.names(&mut memory, START + 200_000).await;
    assert_eq!(node.names(&mut memory, START + 300_000).await, ["new.csv"], "it was changed");
}

#[tokio::test]
async fn a_file_that_says_itself_that_it_is_old_is_taken_at_once_and_so_is_one_that_cannot_grow() {
    let (mut memory, mut node) = (Memory::default(), Node::new(json!({"pattern": "*.csv"})));
    node.looks(&mut memory, START).await;
    memory.put("a.csv", "a", START);
    memory.put("a.pdf", "a", START);
    assert_eq!(node.names(&mut memory, START + 2 * MINUTE).await, ["a.csv"]);
    let mut bucket = Node { grows: false, ..Node::new(json!({"existing": "take"})) };
    assert_eq!(bucket.names(&mut memory, START).await.len(), 2);
}

#[tokio::test]
async fn a_thousand_files_come_once_each_over_restarts_in_order_of_their_times() {
    let (mut memory, mut node) = (Memory::default(), Node::new(json!({"existing": "take"})));
    for n in 0..1_000 {
        memory.put(&format!("{n:04}.csv"), "a", START - 1_000 * i64::from(n));
    }
    let mut seen = Vec::new();
    loop {
        let polled = node.looks(&mut memory, START + 2 * MINUTE).await;
        assert!(polled.deliveries.len() <= TAKEN_MAX);
        seen.extend(polled.deliveries.into_iter().filter_map(|delivery| delivery.id));
        // All that a restart leaves is the cursor's text.
        let text = polled.cursor.to_string();
        node = Node { cursor: serde_json::from_str(&text).ok(), ..Node::new(node.with.clone()) };
        if !polled.more {
            break;
        }
    }
    assert_eq!(seen.len(), 1_000);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 1_000);
    assert!(node.names(&mut memory, START + 3 * MINUTE).await.is_empty());
}

#[tokio::test]
async fn in_a_folder_of_a_hundred_thousand_files_only_the_new_ones_come() {
    let (mut memory, mut node) = (Memory::default(), Node::new(json!({})));
    for n in 0..100_000 {
        memory.put(&format!("{n:06}.csv"), "a", START - i64::from(n));
    }
    assert!(node.names(&mut memory, START).await.is_empty());
    // One that is older than all of them, as when its time was kept while it was copied.
    memory.put("older.csv", "a", 0);
    memory.put("newer.csv", "a", START + 1);
    memory.files.remove("000500.csv");
    let came = node.names(&mut memory, START + 2 * MINUTE).await;
    assert_eq!(came, ["older.csv", "newer.csv"]);
    assert!(node.names(&mut memory, START + 3 * MINUTE).await.is_empty());
    // Somebody tidies up, and more goes than can be worked out one by one.
    memory.files = memory.files.split_off("050000.csv");
    memory.put("latest.csv", "a", START + 2);
    assert_eq!(node.names(&mut memory, START + 4 * MINUTE).await, ["latest.csv"]);
    memory.put("last.csv", "a", START + 1);
    assert_eq!(node.names(&mut memory, START + 5 * MINUTE).await, ["last.csv"], "it is exact again");
}

#[tokio::test]
async fn a_backlog_larger_than_can_be_worked_out_comes_once_each() {
    let (mut memory, mut node) = (Memory::default(), Node::new(json!({"existing": "take"})));
    for n in 0..6_000 {
        memory.put(&format!("{n:06}.csv"), "a", START - i64::from(n % 50));
    }
    let mut seen = BTreeSet::new();
    loop {
        let polled = node.looks(&mut memory, START + 2 * MINUTE).await;
        for delivery in polled.deliveries {
            assert!(seen.insert(delivery.id), "one came twice");
        }
        if !polled.more {
            break;
        }
    }
    assert_eq!(seen.len(), 6_000);
}

#[tokio::test]
async fn an_event_brings_the_content_where_it_is_wanted_and_fits() {
    let with = json!({"existing": "take", "content": "file", "text": "tis-620"});
    let (mut memory, mut node) =
        (Memory { secret: Some("secret.csv"), ..Memory::default() }, Node::new(with));
    memory.put("a.csv", "", START);
    memory.files.insert("a.csv".into(), (Bytes::from_static(b"\xca\xc7\xd1\xca\xb4\xd5"), START));
    memory.files.insert("large.bin".into(), (vec![0; BYTES_MAX + 1].into(), START + 1));
    memory.put("secret.csv", "b", START + 2);
    let mut bodies: Vec<Value> = Vec::new();
    for (after, expected) in [(2, 2), (11, 0), (12, 1), (13, 0)] {
        let polled = node.looks(&mut memory, START + after * MINUTE).await;
        assert_eq!(polled.deliveries.len(), expected, "after {after} minutes");
        bodies.extend(polled.deliveries.into_iter().map(|delivery| delivery.body.into_value()));
    }
    assert_eq!((&bodies[0]["text"], &bodies[0]["file"]["bytes"]), (&json!("สวัสดี"), &json!(6)));
    assert_eq!((&bodies[1]["left_out"], &bodies[1]["file"]), (&json!(true), &Value::Null));
    assert!(bodies[2]["problem"].as_str().is_some_and(|said| said.contains("secret.csv")), "{}", bodies[2]);
    let file: connector::File = serde_json::from_value(bodies[0]["file"].clone()).expect("a file");
    assert_eq!((file.name.as_str(), file.content_type.as_str()), ("a.csv", "text/csv"));
}

#[tokio::test]
async fn a_file_that_its_writer_still_holds_comes_when_it_can_be_read() {
    let mut memory = Memory { secret: Some("a.csv"), ..Memory::default() };
    let mut node = Node::new(json!({"existing": "take", "content": "file"}));
    memory.put("a.csv", "a", START);
    assert!(node.looks(&mut memory, START + 2 * MINUTE).await.deliveries.is_empty());
    memory.secret = None;
    let polled = node.looks(&mut memory, START + 3 * MINUTE).await;
    let body = polled.deliveries.into_iter().next().expect("an event").body.into_value();
    assert_eq!((&body["problem"], &body["file"]["bytes"]), (&Value::Null, &json!(1)));
}

#[tokio::test]
async fn another_question_begins_anew() {
    let (mut memory, mut node) = (Memory::default(), Node::new(json!({"pattern": "*.csv"})));
    node.looks(&mut memory, START).await;
    memory.put("a.txt", "a", START - 10 * MINUTE);
    node.with = json!({"pattern": "*.txt"});
    assert!(node.names(&mut memory, START).await.is_empty(), "for this question it was there before");
    memory.put("b.txt", "b", START - 10 * MINUTE);
    assert_eq!(node.names(&mut memory, START).await, ["b.txt"]);
}
