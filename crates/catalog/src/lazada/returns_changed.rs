//! `lazada/returns_changed`: cancellations, returns and refunds, as they change.

use super::api::{Api, VENDOR};
use super::{push, refund};
use crate::market::window::{Window, all_of};
use crate::market::{fields, text_at};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Reverse orders.
const KINDS: [i64; 1] = [10];
const LONGEST_MS: i64 = 30 * 86_400_000;

pub struct ReturnsChanged;

#[async_trait]
impl Poll for ReturnsChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("lazada/returns_changed", "Return or refund changed", "การคืนสินค้าหรือคืนเงินเปลี่ยนแปลง")
            .about(
                "Starts for each cancellation, return or refund that is new or has changed. `refund` of a line is the \
                 amount in baht.",
                "เริ่มเมื่อมีการยกเลิก คืนสินค้า หรือคืนเงินใหม่หรือเปลี่ยนแปลง โดย `refund` ของแต่ละรายการคือจำนวนเงินเป็นบาท",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(fields::pushes(VENDOR, "lazada/returns"))
            .example(json!({"every": "15m"}), refund::example())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let Some(window) = Window::read(cx, with, cursor, LONGEST_MS)? else {
            return Ok(Window::nothing(cx));
        };
        let api = Api::of_look(cx)?;
        let none = Vec::new();
        let (window, mut found) = all_of(window, |window| refund::changed(&api, window, &none)).await?;
        found.sort_by_key(refund::changed_at);
        let changed = found.into_iter().map(|record| {
            let id = text_at(&record, "/reverse_order_id");
            since::changed(&id, &refund::version(&record), record)
        });
        Ok(window.done(changed.collect()))
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        words::hook_path(with)
    }

    fn nudged(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        push::nudged(request, connection, &KINDS)
    }
}
