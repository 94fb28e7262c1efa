//! `thailand_post/subscribe`: asks for pushes about parcels.

use super::{COURIER, tracking};
use crate::parcel::words::{self, Several};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};

pub type Input = Several;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let numbers = input.checked()?;
    for batch in numbers.chunks(tracking::BATCH_MAX) {
        let body = json!({"status": "all", "language": "TH", "barcode": batch, "req_previous_status": true});
        tracking::ask_pushes(cx, "/hook", &body).await?;
    }
    Ok(json!({"courier": COURIER, "subscribed": numbers.len()}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("thailand_post/subscribe", "Ask for pushes", "ขอรับสถานะอัตโนมัติ")
        .about(
            "Asks Thailand Post to push the statuses of parcels, what has happened to them included.",
            "ขอให้ไปรษณีย์ไทยส่งสถานะของพัสดุมาอัตโนมัติ รวมถึงสถานะที่ผ่านมา",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(words::tracking_numbers("EY145587898TH"))
        .example(json!({"tracking_numbers": ["EY145587898TH"]}), json!({"courier": COURIER, "subscribed": 1}))
}
