//! `line_shopping/find_refunds`: orders whose money goes back, or was to go back and does not.

use super::api::{Api, text};
use super::find_orders::{self, changed_from, changed_to, limit};
use super::refunds_changed::STATES;
use super::words;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};

pub type Input = find_orders::Input;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let of_refund = |row: &Value| STATES.contains(&text(row, "paymentStatus"));
    let (orders, more) = find_orders::look(&Api::of(cx)?, &input, of_refund).await?;
    let refund = |order: &Value| json!({"status": text(order, "paymentStatus"), "order": order});
    Ok(json!({"refunds": orders.iter().map(refund).collect::<Vec<_>>(), "more": more}))
}

pub fn spec() -> OperationSpec {
    let order = json!({"orderNumber": words::ORDER, "paymentStatus": "PENDING_REFUND", "totalPrice": 628});
    OperationSpec::action("line_shopping/find_refunds", "Find refunds", "ค้นหาการคืนเงิน")
        .about(
            "Finds orders with a refund by when they changed. Partial refunds cannot be told apart from whole ones.",
            "ค้นหาคำสั่งซื้อที่มีการคืนเงินตามเวลาที่เปลี่ยนแปลง แยกการคืนเงินบางส่วนไม่ได้",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(changed_from())
        .field(changed_to())
        .field(limit())
        .example(
            json!({"changed_from": "2026-01-05T00:00:00+07:00"}),
            json!({"refunds": [{"status": "PENDING_REFUND", "order": order}], "more": false}),
        )
}
