//! The triggers about changed invoices and contacts.
//!
//! Xero is asked for everything since a second, in the order of change. After a full page the next one begins at the last second
//! seen: by their numbers alone, a record that changes meanwhile would move all behind it up, and one would be skipped. Numbers
//! are counted on only where one second fills a page.

use super::api::Api;
use crate::keyset::Seen;
use crate::since::{self, Since, iso};
use crate::{door, signature, values, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

const OVERLAP_MS: i64 = 60_000;
const PAGE: usize = 100;
const HINT_BYTES_MAX: u64 = 1 << 20;

pub struct Changed {
    id: &'static str,
    /// What the list and its records' ids are called.
    list: &'static str,
    key: &'static str,
    title: [&'static str; 2],
    about: [&'static str; 2],
}

pub const INVOICES: Changed = Changed {
    id: "xero/invoices_changed",
    list: "Invoices",
    key: "InvoiceID",
    title: ["Invoices changed", "ใบแจ้งหนี้เปลี่ยนแปลง"],
    about: [
        "Starts for each invoice that is new or was changed: approved, paid, voided.",
        "เริ่มเมื่อใบแจ้งหนี้ถูกสร้างหรือเปลี่ยนแปลง เช่น อนุมัติ ชำระแล้ว ยกเลิก",
    ],
};

pub const CONTACTS: Changed = Changed {
    id: "xero/contacts_changed",
    list: "Contacts",
    key: "ContactID",
    title: ["Contacts changed", "ผู้ติดต่อเปลี่ยนแปลง"],
    about: ["Starts for each contact that is new or was changed.", "เริ่มเมื่อผู้ติดต่อถูกสร้างหรือเปลี่ยนแปลง"],
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
            .field(path_field())
            .example(
                json!({"every": "5m"}),
                json!({self.key: "243216c5-369e-4056-ac67-05388f86dc81", "UpdatedDateUTC": "/Date(1795143600000+0000)/"}),
            )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let connection = cx.connection()?;
        let place = Place::read(cx, with, cursor)?;
        let page = place.page.to_string();
        let size = PAGE.to_string();
        let query = [("page", page.as_str()), ("pageSize", &size), ("order", "UpdatedDateUTC")];
        let from = iso(place.from).trim_end_matches('Z').to_owned();
        let answer = Api::new(cx.http, connection)?.get(self.list, &query, Some(&from)).await?;
        let rows = values::rows(&answer, &format!("/{}", self.list), "Xero")?.iter().cloned();
        let seen = rows.map(|row| self.see(row)).collect::<Result<Vec<_>, _>>()?;
        let latest = seen.iter().map(|seen| seen.at).max();
        let more = seen.len() >= PAGE;
        let deliveries = seen.into_iter().map(Seen::delivery).collect();
        Ok(Polled { deliveries, cursor: place.next(latest, more), more, ..Polled::default() })
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        words::hook_path(with)
    }

    fn body_bytes_max(&self) -> u64 {
        HINT_BYTES_MAX
    }

    /// Xero's own check sends good and bad signatures without events: each is answered as it deserves.
    fn nudged(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        door::check_size(request, HINT_BYTES_MAX)?;
        let secret = signature::secret_for(connection, "webhook_key")?;
        let wanted = signature::hmac_sha256_base64(secret, request.body);
        signature::must_be(door::header(request.headers, "x-xero-signature"), &wanted)
    }
}

impl Changed {
    /// Its time is written in two ways, so a version is the time and not what is written.
    fn see(&self, row: Value) -> Result<Seen, Error> {
        let id = format!("/{}", self.key);
        let seen = Seen::read(row, "Xero", [&id, "/UpdatedDateUTC"], updated)?;
        Ok(Seen { version: seen.at.to_string(), ..seen })
    }
}

/// When a record changed: `/Date(1795143600000+0000)/`, or as ISO 8601.
fn updated(text: &str) -> Option<i64> {
    match text.strip_prefix("/Date(") {
        Some(rest) => rest.split(['+', '-', ')']).next()?.parse().ok(),
        None => since::read_iso(text),
    }
}

/// Where a trigger is: a time, and the page of what changed since.
struct Place {
    from: i64,
    page: i64,
    high: i64,
}

impl Place {
    fn read(cx: &PollCx<'_>, with: &Map<String, Value>, cursor: Option<&Value>) -> Result<Self, Error> {
        let number = |name: &str| cursor.and_then(|cursor| cursor.get(name)?.as_i64());
        if let (Some(from), Some(page), Some(high)) = (number("from"), number("page"), number("at")) {
            return Ok(Self { from, page, high });
        }
        let since = Since::read(cx, with, cursor)?;
        let from = since.from(OVERLAP_MS);
        Ok(Self { from: from - from.rem_euclid(1_000), page: 1, high: since.at })
    }

    fn next(&self, latest: Option<i64>, more: bool) -> Value {
        let high = latest.map_or(self.high, |latest| latest.max(self.high));
        let second = latest.map_or(self.from, |latest| latest - latest.rem_euclid(1_000));
        match more {
            true if second > self.from => json!({"at": high, "from": second, "page": 1}),
            true => json!({"at": high, "from": self.from, "page": self.page.saturating_add(1)}),
            false => json!({"at": high}),
        }
    }
}

fn path_field() -> Field {
    Field::new("path", FieldKind::Path, "Hint path", "พาธรับสัญญาณ")
        .about(
            "Optional: the app's webhooks to /hooks/ and this make the trigger look at once. Needs the webhook key.",
            "ไม่บังคับ: เว็บฮุคของแอปที่ส่งมา /hooks/ ตามด้วยค่านี้ทำให้ตัวเริ่มตรวจทันที ต้องใส่ webhook key",
        )
        .example("xero/changes")
        .advanced()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_both_of_xero_s_ways() {
        assert_eq!(updated("/Date(1795143600000+0000)/"), Some(1_795_143_600_000));
        assert_eq!(updated("2026-11-20T03:00:00"), Some(1_795_143_600_000));
        assert_eq!(updated("yesterday"), None);
    }
}
