//! `line_shopping/orders_changed`: every order that is new or changed, with its items, asked for now and then and at once
//! when LINE says that there is something.

use super::api::{Api, text};
use super::get_order::an_order;
use super::{push, window};
use crate::since::changed;
use crate::words;
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

pub struct OrdersChanged;

#[async_trait]
impl Poll for OrdersChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("line_shopping/orders_changed", "Orders changed", "คำสั่งซื้อเปลี่ยนแปลง")
            .about(
                "Starts for each order that is new or changed, with all of it, also when it expires or is refunded. LINE may \
                 send its webhooks to the path: then it looks at once, and always takes the order as it is now.",
                "เริ่มเมื่อมีคำสั่งซื้อใหม่หรือเปลี่ยนแปลง พร้อมข้อมูลทั้งหมด รวมถึงกรณีหมดอายุหรือคืนเงิน หากตั้งเว็บฮุคของ LINE \
                 มาที่พาธนี้ จะดึงทันทีและใช้ข้อมูลล่าสุดเสมอ",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(path())
            .example(json!({"every": "5m", "path": "line-shopping/orders"}), an_order())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let connection = cx.connection()?;
        let api = Api::new(cx.http, connection);
        let looked = window::look(&api, cx, with, cursor).await?;
        let mut deliveries = Vec::with_capacity(looked.rows.len());
        for row in &looked.rows {
            let order = api.order(text(row, "orderNumber")).await?;
            let version = text(&order, "lastUpdatedAt").to_owned();
            deliveries.push(changed(text(row, "orderNumber"), &version, order));
            if is_late(cx) {
                break;
            }
        }
        let looked = looked.only(deliveries.len());
        Ok(Polled { deliveries, cursor: looked.cursor, more: looked.more, ..Polled::default() })
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        words::hook_path(with)
    }

    fn body_bytes_max(&self) -> u64 {
        push::BODY_BYTES_MAX
    }

    fn nudged(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        push::check(request, connection)
    }
}

/// Half of the time is gone: what is left must do for what is on its way.
fn is_late(cx: &PollCx<'_>) -> bool {
    let half = i64::try_from(cx.timeout.as_ms() / 2).unwrap_or(i64::MAX);
    cx.http.source().now() >= cx.now.saturating_add(half)
}

/// A shop has one address to send to, so that most triggers have none.
fn path() -> Field {
    Field::new("path", FieldKind::Path, "Path for webhooks", "พาธสำหรับเว็บฮุค")
        .about(
            "Only where LINE's webhooks come here: /hooks/ and this is their address in OA Plus. Empty: it only asks.",
            "ใช้เมื่อให้เว็บฮุคของ LINE ส่งมาที่นี่ โดยตั้งที่อยู่ใน OA Plus เป็น /hooks/ ตามด้วยค่านี้ หากเว้นว่างจะดึงข้อมูลอย่างเดียว",
        )
        .example("line-shopping/orders")
}
