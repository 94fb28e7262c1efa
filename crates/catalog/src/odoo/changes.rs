//! What all triggers about Odoo share: asking for "changed since", and being told by an automation rule to ask at once.

use super::record::{self, Row};
use super::rpc::Rpc;
use crate::door;
use crate::keyset::Walk;
use crate::since::{iso, read_iso, when};
use connector::{Error, PollCx, Refusal, Request};
use model::{Field, FieldKind};
use serde_json::{Map, Value, json};

/// A long transaction shows its rows late, with the time at which it began.
pub const OVERLAP_MS: i64 = 5 * 60_000;
/// Odoo tells times to the second.
pub const STEP_MS: i64 = 1_000;
/// Records that one look reads, where nothing hangs on each.
pub const PAGE: usize = 200;
/// Records that one look reads, where each has lines or variants that are read along.
pub const PAGE_WITH_LINES: usize = 50;
/// Lines or variants that are read along with one page. More of them are told, not left out.
pub const ALONG_MAX: usize = 20_000;
/// A hint is a few fields of one record.
pub const HINT_BYTES_MAX: u64 = 64 << 10;
/// Odoo signs nothing: who knows the path may say that something has changed.
const SECRET_PATH_MIN: usize = 20;

/// Records of one model that have changed.
pub struct Kind<'k> {
    pub model: &'k str,
    pub fields: &'k [&'k str],
    /// Terms that every record meets, besides the time of its change.
    pub only: Vec<Value>,
    pub page: usize,
}

/// One page of changed records, and where the next look goes on.
pub struct Changes {
    pub rows: Vec<Row>,
    pub cursor: Value,
    pub more: bool,
}

pub fn start(cx: &PollCx<'_>, with: &Map<String, Value>, cursor: Option<&Value>) -> Result<Walk, Error> {
    Walk::read(cx, with, cursor, OVERLAP_MS, STEP_MS)
}

/// Reads one page.
pub async fn page(rpc: &Rpc<'_>, kind: &Kind<'_>, walk: &Walk) -> Result<Changes, Error> {
    let mut domain = kind.only.clone();
    domain.push(json!(["write_date", ">=", odoo_time(walk.from)]));
    let order = match &walk.after {
        Some(after) => {
            domain.push(json!(["write_date", "<", odoo_time(walk.until())]));
            domain.push(json!(["id", ">", after.parse::<i64>().unwrap_or(0)]));
            "id"
        }
        None => "write_date asc, id asc",
    };
    // Archiving is a change, too: without the context, it would hide the record.
    let named =
        json!({"fields": kind.fields, "limit": kind.page, "order": order, "context": {"active_test": false}});
    let rows: Vec<Row> = rpc.call(kind.model, "search_read", ("domain", domain.into()), named).await?;
    let last = rows.last().and_then(|row| Some((written(row)?, record::id(row)?.to_string())));
    let next = walk.next(last.as_ref().map(|(time, id)| (*time, id.as_str())), rows.len() >= kind.page);
    Ok(Changes { rows, cursor: next.cursor, more: next.more })
}

/// Whether all lines came along: half an order is none.
pub fn check_whole(count: usize, what: &str) -> Result<(), Error> {
    if count < ALONG_MAX {
        return Ok(());
    }
    Err(Error::Refused {
        message: format!("there are {ALONG_MAX} {what} or more in what changed at once"),
        advice: "Split what was imported in Odoo, or ask for fewer records at once.".into(),
    })
}

/// When a record changed, in milliseconds.
pub fn written(row: &Row) -> Option<i64> {
    read_iso(record::text(row, "write_date"))
}

/// A time as Odoo writes it: UTC, without `T` and zone.
pub fn odoo_time(ms: i64) -> String {
    iso(ms).replace('T', " ").trim_end_matches('Z').to_owned()
}

/// A time or date that a person wrote.
pub fn read_day(text: &str) -> Result<i64, Error> {
    when(text)
}

/// Where an automation rule of Odoo's may say that something has changed.
pub fn path_field() -> Field {
    Field::new("path", FieldKind::Path, "Hint path", "พาธรับสัญญาณ")
        .about(
            "Optional: an automation rule in Odoo (17 and later) that sends a webhook to /hooks/ and this makes the trigger look at \
             once. The path is the only secret: at least 20 characters that nobody guesses.",
            "ไม่บังคับ: ตั้ง automation rule ใน Odoo (ตั้งแต่รุ่น 17) ให้ส่งเว็บฮุคมาที่ /hooks/ ตามด้วยค่านี้ แล้วตัวเริ่มจะตรวจทันที \
             พาธนี้คือรหัสลับเพียงอย่างเดียว ใช้อย่างน้อย 20 ตัวอักษรที่เดาไม่ได้",
        )
        .example("odoo/7f3kq9x2m5w8z1hints")
        .advanced()
}

pub fn path(with: &Map<String, Value>) -> Option<String> {
    crate::words::hook_path(with)
}

/// Lets a hint in. What it says is not read: the trigger asks Odoo itself.
pub fn nudged(request: &Request<'_>, with: &Map<String, Value>) -> Result<(), Refusal> {
    door::posted(request, HINT_BYTES_MAX)?;
    match path(with) {
        Some(path) if path.len() >= SECRET_PATH_MIN => Ok(()),
        _ => Err(Refusal::NotSetUp(format!(
            "the hint path is too short to be a secret: at least {SECRET_PATH_MIN} characters"
        ))),
    }
}

/// The half of [`connector::Poll`] that is the same for every trigger about Odoo.
macro_rules! hints {
    () => {
        fn path(&self, with: &serde_json::Map<String, serde_json::Value>) -> Option<String> {
            super::changes::path(with)
        }

        fn body_bytes_max(&self) -> u64 {
            super::changes::HINT_BYTES_MAX
        }

        fn nudged(
            &self,
            request: &connector::Request<'_>,
            with: &serde_json::Map<String, serde_json::Value>,
            _connection: Option<&connector::Connection>,
        ) -> Result<(), connector::Refusal> {
            super::changes::nudged(request, with)
        }
    };
}

pub(super) use hints;
