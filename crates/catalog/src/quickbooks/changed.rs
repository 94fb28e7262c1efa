//! The triggers about changed customers, invoices and items.

use super::api::{Api, quoted};
use crate::keyset::{Seen, Walk};
use crate::{door, signature, since, values, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

const OVERLAP_MS: i64 = 60_000;
const STEP_MS: i64 = 1_000;
const PAGE: usize = 200;
const HINT_BYTES_MAX: u64 = 1 << 20;

pub struct Changed {
    id: &'static str,
    entity: &'static str,
    title: [&'static str; 2],
    about: [&'static str; 2],
}

pub const CUSTOMERS: Changed = Changed {
    id: "quickbooks/customers_changed",
    entity: "Customer",
    title: ["Customers changed", "ลูกค้าเปลี่ยนแปลง"],
    about: ["Starts for each customer that is new or was changed.", "เริ่มเมื่อลูกค้าถูกสร้างหรือเปลี่ยนแปลง"],
};

pub const INVOICES: Changed = Changed {
    id: "quickbooks/invoices_changed",
    entity: "Invoice",
    title: ["Invoices changed", "ใบแจ้งหนี้เปลี่ยนแปลง"],
    about: [
        "Starts for each invoice that is new or was changed, also when it is paid.",
        "เริ่มเมื่อใบแจ้งหนี้ถูกสร้างหรือเปลี่ยนแปลง รวมถึงเมื่อชำระแล้ว",
    ],
};

pub const ITEMS: Changed = Changed {
    id: "quickbooks/products_changed",
    entity: "Item",
    title: ["Items changed", "สินค้าเปลี่ยนแปลง"],
    about: [
        "Starts for each item whose price, stock or other data was changed.",
        "เริ่มเมื่อราคา สต็อก หรือข้อมูลอื่นของสินค้าเปลี่ยนแปลง",
    ],
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
                json!({"Id": "145", "SyncToken": "0", "MetaData": {"LastUpdatedTime": "2026-11-20T10:11:09+07:00"}}),
            )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let connection = cx.connection()?;
        let walk = Walk::read(cx, with, cursor, OVERLAP_MS, STEP_MS)?;
        let found = Api::new(cx.http, connection)?.query(&self.query(&walk)).await?;
        let rows = values::rows_or_none(&found, &format!("/{}", self.entity), "QuickBooks")?.iter().cloned();
        let seen = rows.map(see).collect::<Result<Vec<_>, _>>()?;
        // Ids are texts, and QuickBooks does not say how it compares them: within one second, rows are counted.
        let passed = offset(&walk).saturating_add(seen.len()).to_string();
        let next = walk.next(seen.last().map(|last| (last.at, passed.as_str())), seen.len() >= PAGE);
        let deliveries = seen.into_iter().map(Seen::delivery).collect();
        Ok(Polled { deliveries, cursor: next.cursor, more: next.more, ..Polled::default() })
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        words::hook_path(with)
    }

    fn body_bytes_max(&self) -> u64 {
        HINT_BYTES_MAX
    }

    /// The body, old or new in its form, tells only ids: what changed is asked for.
    fn nudged(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        door::check_size(request, HINT_BYTES_MAX)?;
        let secret = signature::secret_for(connection, "verifier_token")?;
        let wanted = signature::hmac_sha256_base64(secret, request.body);
        signature::must_be(door::header(request.headers, "intuit-signature"), &wanted)
    }
}

impl Changed {
    fn query(&self, walk: &Walk) -> String {
        let time = "MetaData.LastUpdatedTime";
        let from = quoted(&since::iso(walk.from));
        match walk.after.as_deref() {
            None => format!(
                "select * from {} where {time} >= {from} orderby {time} startposition 1 maxresults {PAGE}",
                self.entity
            ),
            Some(_) => {
                let until = quoted(&since::iso(walk.until()));
                let start = offset(walk).saturating_add(1);
                format!(
                    "select * from {} where {time} >= {from} and {time} < {until} orderby {time} startposition {start} maxresults {PAGE}",
                    self.entity
                )
            }
        }
    }
}

/// How many rows of the second that is gone through have been seen.
fn offset(walk: &Walk) -> usize {
    walk.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0)
}

fn see(row: Value) -> Result<Seen, Error> {
    Seen::read(row, "QuickBooks", ["/Id", "/MetaData/LastUpdatedTime"], since::read_iso)
}

fn path_field() -> Field {
    Field::new("path", FieldKind::Path, "Hint path", "พาธรับสัญญาณ")
        .about(
            "Optional: the app's webhooks to /hooks/ and this make the trigger look at once. Needs the verifier token.",
            "ไม่บังคับ: เว็บฮุคของแอปที่ส่งมา /hooks/ ตามด้วยค่านี้ทำให้ตัวเริ่มตรวจทันที ต้องใส่ verifier token",
        )
        .example("quickbooks/changes")
        .advanced()
}
