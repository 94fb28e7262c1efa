//! `tiktok_shop/returns_changed`: returns and refunds, as they change.

use super::api::{Api, VENDOR};
use super::search::RETURNS;
use super::{order, push};
use crate::market::window::{Window, all_of};
use crate::market::{fields, text_at};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Reverse status (old), return status.
const TYPES: [i64; 2] = [2, 12];
const LONGEST_MS: i64 = 30 * 86_400_000;
/// Returns of one look.
const LOOK_MAX: usize = 300;

pub struct ReturnsChanged;

#[async_trait]
impl Poll for ReturnsChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("tiktok_shop/returns_changed", "Return or refund changed", "การคืนสินค้าหรือคืนเงินเปลี่ยนแปลง")
            .about(
                "Starts for each return or refund that is new or has changed. The money is back when its status is \
                 RETURN_OR_REFUND_REQUEST_COMPLETE.",
                "เริ่มเมื่อมีการคืนสินค้าหรือคืนเงินใหม่หรือเปลี่ยนแปลง เงินถูกคืนแล้วเมื่อสถานะเป็น \
                 RETURN_OR_REFUND_REQUEST_COMPLETE",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(fields::pushes(VENDOR, "tiktok/returns"))
            .example(json!({"every": "15m"}), example())
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
        let (window, mut found) = all_of(window, |window| within(&api, window)).await?;
        found.sort_by_key(order::changed_at);
        let changed = found.into_iter().map(|record| {
            let id = text_at(&record, "/return_id");
            let version = format!("{} {}", order::changed_at(&record), text_at(&record, "/return_status"));
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
        push::nudged(request, connection, &TYPES)
    }
}

async fn within(api: &Api<'_>, window: Window) -> Result<Option<Vec<Value>>, Error> {
    let span =
        json!({"update_time_ge": order::secs(window.from), "update_time_lt": order::secs(window.to) + 1});
    let (found, more) = RETURNS.all(api, &span, LOOK_MAX).await?;
    Ok((!more).then_some(found))
}

pub fn example() -> Value {
    json!({
        "return_id": "4035633364159959000", "order_id": "576461413038785752", "return_type": "REFUND",
        "return_status": "RETURN_OR_REFUND_REQUEST_PENDING", "return_reason_text": "Damaged", "update_time": 1767670000,
        "refund_amount": {"currency": "THB", "refund_total": "590.00"},
        "return_line_items": [{"return_line_item_id": "1", "order_line_item_id": "576461413038851288", "seller_sku": "ABC-1"}]
    })
}
