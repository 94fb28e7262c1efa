//! The triggers about changed objects. Each page is asked for by the time of the last change seen, so that HubSpot's bound of
//! 10,000 results for one search is never reached.

use super::api::Api;
use super::find_contacts::{properties, properties_field};
use super::signatures;
use crate::keyset::{Seen, Walk};
use crate::{door, since, values, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

/// The index that is searched lags by some seconds.
const OVERLAP_MS: i64 = 60_000;
const PAGE: usize = 200;
/// Up to a hundred events of a few fields.
const HINT_BYTES_MAX: u64 = 1 << 20;

/// A trigger about one kind of object.
pub struct Changed {
    id: &'static str,
    object: &'static str,
    /// The property that holds the time of the last change.
    changed: &'static str,
    title: [&'static str; 2],
    about: [&'static str; 2],
}

pub const CONTACTS: Changed = Changed {
    id: "hubspot/contacts_changed",
    object: "contacts",
    changed: "lastmodifieddate",
    title: ["Contacts changed", "ผู้ติดต่อเปลี่ยนแปลง"],
    about: ["Starts for each contact that is new or was changed.", "เริ่มเมื่อมีผู้ติดต่อใหม่หรือมีการเปลี่ยนแปลง"],
};

pub const DEALS: Changed = Changed {
    id: "hubspot/deals_changed",
    object: "deals",
    changed: "hs_lastmodifieddate",
    title: ["Deals changed", "ดีลเปลี่ยนแปลง"],
    about: ["Starts for each deal that is new or was changed.", "เริ่มเมื่อมีดีลใหม่หรือมีการเปลี่ยนแปลง"],
};

#[async_trait]
impl Poll for Changed {
    fn spec(&self) -> OperationSpec {
        let ([en, th], [about, about_th]) = (self.title, self.about);
        OperationSpec::trigger(self.id, en, th)
            .about(about, about_th)
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(properties_field())
            .field(path_field())
            .example(
                json!({"every": "1m"}),
                json!({"id": "512", "properties": {"email": "somchai@example.com", "firstname": "สมชาย",
                       self.changed: "2026-11-20T03:11:09.120Z"}}),
            )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let connection = cx.connection()?;
        let walk = Walk::read(cx, with, cursor, OVERLAP_MS, 1)?;
        let wanted = properties(with.get("properties").and_then(Value::as_str), self.changed);
        let answer = Api::new(cx.http, connection)
            .objects(self.object, &["search"], &self.search(&walk, &wanted))
            .await?;
        let rows = values::rows(&answer, "/results", "HubSpot")?.iter().cloned();
        let seen = rows.map(|row| self.see(row)).collect::<Result<Vec<_>, _>>()?;
        let next = walk.next(seen.last().map(|last| (last.at, last.id.as_str())), seen.len() >= PAGE);
        let deliveries = seen.into_iter().map(Seen::delivery).collect();
        Ok(Polled { deliveries, cursor: next.cursor, more: next.more, ..Polled::default() })
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        words::hook_path(with)
    }

    fn body_bytes_max(&self) -> u64 {
        HINT_BYTES_MAX
    }

    fn nudged(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        door::check_size(request, HINT_BYTES_MAX)?;
        signatures::check(request, connection)
    }
}

impl Changed {
    fn search(&self, walk: &Walk, properties: &[String]) -> Value {
        let filter = |property: &str, operator: &str, value: &str| json!({"propertyName": property, "operator": operator, "value": value});
        let from = walk.from.to_string();
        let (filters, sort) = match walk.after.as_deref() {
            None => (json!([filter(self.changed, "GTE", &from)]), self.changed),
            Some(after) => {
                let after = if after.is_empty() { "0" } else { after };
                (
                    json!([filter(self.changed, "EQ", &from), filter("hs_object_id", "GT", after)]),
                    "hs_object_id",
                )
            }
        };
        json!({"filterGroups": [{"filters": filters}], "sorts": [sort], "properties": properties, "limit": PAGE, "after": "0"})
    }

    fn see(&self, row: Value) -> Result<Seen, Error> {
        let time = format!("/properties/{}", self.changed);
        Seen::read(row, "HubSpot", ["/id", &time], since::read_iso)
    }
}

fn path_field() -> Field {
    Field::new("path", FieldKind::Path, "Hint path", "พาธรับสัญญาณ")
        .about(
            "Optional: the app's webhooks to /hooks/ and this make the trigger look at once. Needs the client secret.",
            "ไม่บังคับ: เว็บฮุคของแอปที่ส่งมา /hooks/ ตามด้วยค่านี้ทำให้ตัวเริ่มตรวจทันที ต้องใส่ client secret",
        )
        .example("hubspot/changes")
        .advanced()
}
