//! Asking for "changed since" by the time of the change and the name, and signed hints to ask at once.
//!
//! ERPNext writes times in the site's own time zone and without saying which.

use super::api::{Api, Query};
use crate::keyset::Walk;
use crate::since::{iso, read_iso};
use crate::{door, office, signature};
use connector::{Connection, Error, PollCx, Refusal, Request};
use model::{Field, FieldKind, OperationSpec};
use serde_json::{Map, Value, json};

/// A long transaction shows its documents late, with the time at which they were written.
const OVERLAP_MS: i64 = 5 * 60_000;
/// Asked by the second; within one, by name.
const STEP_MS: i64 = 1_000;
pub const HINT_BYTES_MAX: u64 = 1 << 20;

/// One page of changed documents, and where the next look goes on.
pub struct Changes {
    pub rows: Vec<Value>,
    pub cursor: Value,
    pub more: bool,
}

/// What is asked for.
pub struct Kind<'k> {
    pub name: &'k str,
    pub fields: &'k [&'k str],
    pub only: Vec<Value>,
    pub page: usize,
}

pub async fn page(
    api: &Api<'_>,
    cx: &PollCx<'_>,
    with: &Map<String, Value>,
    cursor: Option<&Value>,
    kind: Kind<'_>,
) -> Result<Changes, Error> {
    let zone = office::zone(api.connection)?;
    let walk = Walk::read(cx, with, cursor, OVERLAP_MS, STEP_MS)?;
    let mut filters = kind.only;
    filters.push(json!(["modified", ">=", local(walk.from, zone)]));
    let order = match &walk.after {
        Some(after) => {
            filters.push(json!(["modified", "<", local(walk.until(), zone)]));
            filters.push(json!(["name", ">", after]));
            "name asc"
        }
        None => "modified asc, name asc",
    };
    let filters = Value::Array(filters);
    let rows = api
        .list(&Query { kind: kind.name, fields: kind.fields, filters, order, from: 0, most: kind.page })
        .await?;
    let last = rows.last().and_then(|row| Some((modified(row, zone)?, office::text(row, "name"))));
    let next = walk.next(last, rows.len() >= kind.page);
    Ok(Changes { cursor: next.cursor, more: next.more, rows })
}

fn local(ms: i64, zone: i64) -> String {
    iso(ms.saturating_add(zone)).replace('T', " ").trim_end_matches('Z').to_owned()
}

fn modified(row: &Value, zone: i64) -> Option<i64> {
    Some(read_iso(office::text(row, "modified"))? - zone)
}

/// Where ERPNext's webhooks may say that something has changed.
pub fn hinted(spec: OperationSpec) -> OperationSpec {
    spec.field(
        Field::new("path", FieldKind::Path, "Hint path", "พาธรับสัญญาณ")
            .about(
                "Optional: a webhook of ERPNext's to /hooks/ and this makes the trigger look at once. Needs the webhook secret.",
                "ไม่บังคับ: เว็บฮุคของ ERPNext ที่ส่งมา /hooks/ ตามด้วยค่านี้ทำให้ตัวเริ่มตรวจทันที ต้องใส่รหัสลับเว็บฮุค",
            )
            .example("erpnext/changes")
            .advanced(),
    )
}

pub fn path(with: &Map<String, Value>) -> Option<String> {
    with.get("path").and_then(Value::as_str).filter(|path| !path.is_empty()).map(str::to_owned)
}

/// Lets a hint in that is signed over the body as it was sent. What it says is not read: the trigger asks ERPNext itself.
pub fn nudged(request: &Request<'_>, connection: Option<&Connection>) -> Result<(), Refusal> {
    door::check_size(request, HINT_BYTES_MAX)?;
    let secret = signature::secret_for(connection, "webhook_secret")?;
    let wanted = signature::hmac_sha256_base64(secret, request.body);
    signature::must_be(door::header(request.headers, "x-frappe-webhook-signature"), &wanted)
}

/// The half of [`connector::Poll`] that is the same for every trigger about ERPNext.
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
            _with: &serde_json::Map<String, serde_json::Value>,
            connection: Option<&connector::Connection>,
        ) -> Result<(), connector::Refusal> {
            super::changes::nudged(request, connection)
        }
    };
}

pub(super) use hints;
