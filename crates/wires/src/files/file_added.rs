//! `…/file_added`: files that have come into a folder, each once, when they have stopped growing.

use super::charset::{self, Charset};
use super::looked::{Listed, Looked};
use super::pattern::Pattern;
use super::{BYTES_MAX, Entry, Files, Kind, System, doing, entries, fields, opened, read_as_listed, view};
use crate::words;
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled, poll};
use model::{Field, FieldKind, Need, OperationSpec, Span};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Files that one look takes.
const TAKEN_MAX: usize = 100;
/// What their contents have in all.
const TAKEN_BYTES_MAX: usize = 16 << 20;
/// How long a file that may not be read is tried again before its event says so.
const LOCKED_SECS_MAX: u32 = 600;
const SETTLE: &str = "settle";
const SETTLE_USUAL: Span = Span::from_secs(60);

pub struct FileAdded(pub Arc<dyn System>);

pub fn spec(kind: Kind) -> OperationSpec {
    let spec = OperationSpec::trigger(&format!("{}/file_added", kind.id), "File added", "มีไฟล์ใหม่")
        .about(
            "Takes each file of a folder once, when it has come. A file that is changed later is an event again.",
            "รับไฟล์ที่เข้ามาใหม่ในโฟลเดอร์ ไฟล์ละหนึ่งครั้ง ไฟล์ที่ถูกแก้ไขภายหลังจะเป็นเหตุการณ์อีกครั้ง",
        )
        .connection(Need::Required)
        .field(fields::folder(
            "Where the files come in. Empty: the connection's base folder.",
            "โฟลเดอร์ที่ไฟล์เข้ามา หากเว้นว่างจะใช้โฟลเดอร์หลักของการเชื่อมต่อ",
        ))
        .field(fields::pattern())
        .field(content())
        .field(charset::read_field())
        .field(existing())
        .field(fields::deep());
    let spec = if kind.grows { spec.field(settle()) } else { spec };
    let file =
        json!({"name": "orders.csv", "content_type": "text/csv", "bytes": 7, "base64": "c2t1LHF0eQ=="});
    let more = json!({"file": file, "text": null, "left_out": false, "problem": null});
    spec.field(every()).example(
        json!({"folder": "in", "pattern": "*.csv", "content": "file"}),
        view::with(view::example("in/orders.csv", 7, !kind.grows), more),
    )
}

fn content() -> Field {
    let options = [("none", "No, its description alone", "ไม่ ให้เฉพาะรายละเอียด"), ("file", "Yes", "ใช่")];
    Field::choice("content", &options, "With its content", "พร้อมเนื้อหา")
        .about(
            "Whether the event holds the file itself, which the next node takes as ${input.file}; up to 10 MB, larger ones are described and left out.",
            "ให้เหตุการณ์มีตัวไฟล์ด้วยหรือไม่ โหนดถัดไปรับไฟล์ด้วย ${input.file} ได้ไม่เกิน 10 MB ไฟล์ที่ใหญ่กว่าจะมีเพียงรายละเอียด",
        )
        .default("none")
        .example("file")
}

fn existing() -> Field {
    let options = [("skip", "Leave them", "ไม่รับ"), ("take", "Take them, too", "รับด้วย")];
    Field::choice("existing", &options, "Files already there", "ไฟล์ที่มีอยู่แล้ว")
        .about(
            "What becomes of files that are in the folder when the flow looks for the first time.",
            "จะทำอย่างไรกับไฟล์ที่อยู่ในโฟลเดอร์แล้วเมื่อโฟลว์ตรวจครั้งแรก",
        )
        .default("skip")
        .example("skip")
}

fn settle() -> Field {
    Field::new(SETTLE, FieldKind::Span, "Wait until unchanged for", "รอจนไม่เปลี่ยนแปลงนาน")
        .about(
            "A file is taken when its size and time have been the same for so long, so that nobody reads half a file. Raise it where files are written slowly, or the server's clock is wrong.",
            "รับไฟล์เมื่อขนาดและเวลาไม่เปลี่ยนแปลงนานเท่านี้ เพื่อไม่ให้อ่านไฟล์ที่ยังเขียนไม่เสร็จ ควรเพิ่มหากไฟล์ถูกเขียนช้าหรือนาฬิกาเซิร์ฟเวอร์ไม่ตรง",
        )
        .default(SETTLE_USUAL.to_string())
        .example(SETTLE_USUAL.to_string())
        .advanced()
}

fn every() -> Field {
    Field::new(poll::EVERY, FieldKind::Span, "Every", "ทุก ๆ")
        .about(
            "How often the folder is looked at; 10 seconds at least.",
            "ตรวจโฟลเดอร์บ่อยเพียงใด ไม่ถี่กว่า 10 วินาที",
        )
        .default(poll::EVERY_DEFAULT.to_string())
        .example(poll::EVERY_DEFAULT.to_string())
}

/// What a node wants.
struct Wanted {
    folder: String,
    pattern: Pattern,
    deep: bool,
    content: bool,
    charset: Charset,
    /// In seconds; nothing to wait for where files do not grow.
    settle: u32,
    takes_existing: bool,
    question: String,
}

impl Wanted {
    fn of(with: &Map<String, Value>, kind: Kind) -> Self {
        let text = |name| words::text(with, name);
        let folder = text("folder").unwrap_or_default().to_owned();
        let (names, deep) = (text("pattern").unwrap_or_default(), words::is_on(with, "deep"));
        let given = with.get(SETTLE).and_then(Value::as_str).and_then(|text| text.parse::<Span>().ok());
        let settle = given.unwrap_or(SETTLE_USUAL).as_ms().div_ceil(1_000);
        let question = Sha256::digest(json!([folder, names, deep]).to_string());
        Self {
            pattern: Pattern::new(names),
            folder,
            deep,
            content: text("content") == Some("file"),
            charset: Charset::of(text("text")),
            settle: if kind.grows { u32::try_from(settle).unwrap_or(u32::MAX) } else { 0 },
            takes_existing: text("existing") == Some("take"),
            question: hex::encode(&question[..8]),
        }
    }
}

#[async_trait]
impl Poll for FileAdded {
    fn spec(&self) -> OperationSpec {
        spec(self.0.kind())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let wanted = Wanted::of(with, self.0.kind());
        let connection = cx.connection()?;
        let until = Instant::now() + Duration::from_millis(cx.timeout.as_ms() / 2);
        let mut files = opened(&*self.0, cx.http, connection, cx.timeout).await?;
        let looked = look(&mut *files, &wanted, cursor, cx.now, until).await;
        doing::rest(files, looked).await
    }
}

async fn look(
    files: &mut dyn Files,
    wanted: &Wanted,
    cursor: Option<&Value>,
    now: i64,
    until: Instant,
) -> Result<Polled, Error> {
    let present = listed(files, wanted).await?;
    let before = cursor.and_then(|cursor| Looked::read(cursor, &wanted.question));
    let before = match before {
        Some(before) => before,
        None if wanted.takes_existing => Looked::first(&wanted.question, &[]),
        None => {
            let cursor = Looked::first(&wanted.question, &present).write();
            return Ok(Polled { deliveries: Vec::new(), cursor, more: false, ..Polled::default() });
        }
    };
    let new = before.new_among(&present);
    let mut taking = Taking::new(wanted, now, until);
    for listed in &new.listed {
        taking.look_at(files, &before, listed).await?;
    }
    let cursor = before.after(&present, &new, &taking.taken, taking.waiting).write();
    Ok(Polled { deliveries: taking.deliveries, cursor, more: taking.more, ..Polled::default() })
}

async fn listed(files: &mut dyn Files, wanted: &Wanted) -> Result<Vec<Listed>, Error> {
    let folder = files.base().path(&wanted.folder)?;
    let entries = entries(files, &folder, wanted.deep).await?;
    let is_meant = |entry: &Entry| !entry.is_folder && wanted.pattern.means(entry.path.name());
    Ok(entries.into_iter().filter(is_meant).map(Listed::new).collect())
}

/// What became of a file that was to be taken.
enum Seen {
    Event(Value),
    /// It has changed since it was listed.
    Changed,
    /// It cannot be read now.
    Locked,
}

/// One look's choice among the files that are new.
struct Taking<'a> {
    wanted: &'a Wanted,
    now: i64,
    until: Instant,
    bytes: usize,
    deliveries: Vec<Delivery>,
    taken: BTreeSet<u64>,
    waiting: BTreeMap<u64, u32>,
    more: bool,
}

impl<'a> Taking<'a> {
    fn new(wanted: &'a Wanted, now: i64, until: Instant) -> Self {
        let (deliveries, taken, waiting) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
        Self { wanted, now, until, bytes: 0, deliveries, taken, waiting, more: false }
    }

    async fn look_at(
        &mut self,
        files: &mut dyn Files,
        before: &Looked,
        listed: &Listed,
    ) -> Result<(), Error> {
        let since = before.unchanged_since(listed.mark).unwrap_or_else(|| self.seconds());
        if !self.is_settled(&listed.entry, since) {
            self.waiting.insert(listed.mark, since);
            return Ok(());
        }
        if self.is_full() {
            // It has settled already, and says so to the next look.
            self.waiting.insert(listed.mark, since);
            self.more = true;
            return Ok(());
        }
        match self.event(files, &listed.entry, since).await? {
            Seen::Locked => drop(self.waiting.insert(listed.mark, since)),
            Seen::Event(body) => {
                self.taken.insert(listed.mark);
                self.deliveries.push(Delivery {
                    id: Some(listed.id.clone()),
                    body: body.into(),
                    head: Map::new(),
                });
            }
            Seen::Changed => drop(self.waiting.insert(listed.mark, self.seconds())),
        }
        Ok(())
    }

    fn seconds(&self) -> u32 {
        u32::try_from(self.now / 1_000).unwrap_or(0)
    }

    /// It was the same so long ago, or says itself that it is older.
    fn is_settled(&self, entry: &Entry, since: u32) -> bool {
        let settle = self.wanted.settle;
        let age = entry.modified.filter(|_| !entry.by_day).map(|modified| self.now - modified);
        settle == 0
            || self.seconds().saturating_sub(since) >= settle
            || age.is_some_and(|age| age >= i64::from(settle) * 1_000)
    }

    fn is_full(&self) -> bool {
        let late = !self.taken.is_empty() && Instant::now() >= self.until;
        late || self.taken.len() >= TAKEN_MAX || self.bytes >= TAKEN_BYTES_MAX
    }

    async fn event(&mut self, files: &mut dyn Files, entry: &Entry, since: u32) -> Result<Seen, Error> {
        let large = entry.bytes > BYTES_MAX as u64;
        let wanted = self.wanted.content || self.wanted.charset != Charset::None;
        let mut more = json!({"file": null, "text": null, "left_out": wanted && large, "problem": null});
        if wanted && !large {
            match read_as_listed(files, entry).await {
                Ok(bytes) if bytes.len() as u64 != entry.bytes => return Ok(Seen::Changed),
                Ok(bytes) => {
                    self.bytes += bytes.len();
                    self.add(&mut more, entry, bytes);
                }
                // Whoever writes it may still hold it.
                Err(Error::Refused { .. }) if self.seconds().saturating_sub(since) < LOCKED_SECS_MAX => {
                    return Ok(Seen::Locked);
                }
                // One file that can never be read does not keep the others.
                Err(Error::Refused { message, .. }) => more["problem"] = message.into(),
                Err(error) => return Err(error),
            }
        }
        Ok(Seen::Event(view::with(view::entry(entry), more)))
    }

    fn add(&self, more: &mut Value, entry: &Entry, bytes: bytes::Bytes) {
        if self.wanted.charset != Charset::None {
            match self.wanted.charset.read(&bytes) {
                Ok(text) => more["text"] = text.into(),
                Err(error) => more["problem"] = error.to_string().into(),
            }
        }
        if self.wanted.content {
            more["file"] = serde_json::to_value(view::file(&entry.path, bytes)).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests;
