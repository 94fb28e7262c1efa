//! `shopee/returns_changed`: returns and refunds, as they change.

use super::api::{Api, VENDOR};
use super::{order, push, refund};
use crate::market::window::{Window, all_of};
use crate::market::{fields, text_at};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Return updates.
const CODES: [i64; 1] = [29];

pub struct ReturnsChanged;

#[async_trait]
impl Poll for ReturnsChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger(
            "shopee/returns_changed",
            "Return or refund changed",
            "การคืนสินค้าหรือคืนเงินเปลี่ยนแปลง",
        )
        .about(
            "Starts for each return or refund that is new or has changed, with its items and amount.",
            "เริ่มเมื่อมีการคืนสินค้าหรือคืนเงินใหม่หรือเปลี่ยนแปลง พร้อมรายการและจำนวนเงิน",
        )
        .connection(Need::Required)
        .field(words::every())
        .field(words::since())
        .field(fields::pushes(VENDOR, "shopee/returns"))
        .example(json!({"every": "15m"}), refund::example())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let Some(window) = Window::read(cx, with, cursor, order::LONGEST_MS)? else {
            return Ok(Window::nothing(cx));
        };
        let api = Api::of_look(cx)?;
        let (window, mut found) = all_of(window, |window| refund::changed(&api, window)).await?;
        found.sort_by_key(order::changed_at);
        let changed = found.into_iter().map(|record| {
            let id = text_at(&record, "/return_sn");
            let version = format!("{} {}", order::changed_at(&record), refund::status(&record));
            since::changed(&id, &version, record)
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
        push::nudged(request, connection, &CODES)
    }
}
