//! `salesforce/records_changed`: records of one object that are new, were changed or deleted.

use super::api::Api;
use super::{soql, upsert_record};
use crate::keyset::{Seen, Walk};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

/// A long transaction commits its stamps late.
const OVERLAP_MS: i64 = 5 * 60_000;
/// Salesforce compares times to the second.
const STEP_MS: i64 = 1_000;
const PAGE: usize = 200;
const STAMP: &str = "SystemModstamp";

pub struct RecordsChanged;

#[async_trait]
impl Poll for RecordsChanged {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let connection = cx.connection()?;
        let walk = Walk::read(cx, with, cursor, OVERLAP_MS, STEP_MS)?;
        let deleted = with.get("deleted").and_then(Value::as_bool).unwrap_or_default();
        let rows = Api::new(cx.http, connection)?.query(&query(with, &walk, deleted)?, deleted).await?;
        let seen = rows.into_iter().map(see).collect::<Result<Vec<_>, _>>()?;
        let next = walk.next(seen.last().map(|last| (last.at, last.id.as_str())), seen.len() >= PAGE);
        let deliveries = seen.into_iter().map(Seen::delivery).collect();
        Ok(Polled { deliveries, cursor: next.cursor, more: next.more, ..Polled::default() })
    }
}

fn query(with: &Map<String, Value>, walk: &Walk, deleted: bool) -> Result<String, Error> {
    let text = |name: &str| with.get(name).and_then(Value::as_str).unwrap_or_default();
    let always: &[&str] = if deleted { &["Id", STAMP, "IsDeleted"] } else { &["Id", STAMP] };
    let given = text("object");
    let object = if given.trim().is_empty() { "Contact" } else { soql::name(given)? };
    let select = format!("SELECT {} FROM {object}", soql::fields(text("fields"), always)?);
    let from = since::iso(walk.from);
    Ok(match walk.after.as_deref() {
        None => format!("{select} WHERE {STAMP} >= {from} ORDER BY {STAMP}, Id LIMIT {PAGE}"),
        Some(after) => {
            let after =
                if after.is_empty() { String::new() } else { format!(" AND Id > {}", soql::quoted(after)) };
            let until = since::iso(walk.until());
            format!("{select} WHERE {STAMP} >= {from} AND {STAMP} < {until}{after} ORDER BY Id LIMIT {PAGE}")
        }
    })
}

/// Salesforce writes its zone without a colon: `2026-11-20T03:11:09.000+0000`.
fn see(row: Value) -> Result<Seen, Error> {
    let stamp = format!("/{STAMP}");
    Seen::read(row, "Salesforce", ["/Id", &stamp], |time| since::read_iso(&time.replace("+0000", "Z")))
}

fn spec() -> OperationSpec {
    OperationSpec::trigger("salesforce/records_changed", "Records changed", "ข้อมูลเปลี่ยนแปลง")
        .about(
            "Starts for each record of an object that is new or was changed, and for deleted ones where that is wanted.",
            "เริ่มเมื่อข้อมูลของอ็อบเจกต์ถูกสร้างหรือเปลี่ยนแปลง รวมถึงที่ถูกลบหากต้องการ",
        )
        .connection(Need::Required)
        .field(upsert_record::object())
        .field(
            Field::new("fields", FieldKind::Text, "Fields to read", "ฟิลด์ที่อ่าน")
                .about("With commas between; id and time of change come always.", "คั่นด้วยจุลภาค ไอดีและเวลาที่เปลี่ยนแปลงจะอ่านเสมอ")
                .example("FirstName, LastName, Email"),
        )
        .field(
            Field::new("deleted", FieldKind::Bool, "Deleted ones, too", "รวมที่ถูกลบ")
                .about("Deleted records come with IsDeleted: true.", "ข้อมูลที่ถูกลบจะมี IsDeleted เป็น true")
                .default(false)
                .example(false),
        )
        .field(words::every())
        .field(words::since())
        .example(
            json!({"object": "Contact", "fields": "LastName, Email", "every": "1m"}),
            json!({"Id": "003xx0000004TmiAAE", "SystemModstamp": "2026-11-20T03:11:09.000+0000", "LastName": "ใจดี",
                   "Email": "somchai@example.com"}),
        )
}
