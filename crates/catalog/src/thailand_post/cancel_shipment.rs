//! `thailand_post/cancel_shipment`: a parcel that was told of and is not handed over.

use super::eparcel::EParcel;
use super::{COURIER, failure};
use crate::parcel::words::{self, One};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};

pub type Input = One;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let barcode = &input.tracking_number;
    words::check_number(barcode)?;
    let said = EParcel::of(cx)?.post("/cancelOrder", &json!({ "barcode": barcode })).await?;
    if said.code == failure::GOOD {
        Ok(words::cancelled(COURIER, barcode, said.body))
    } else {
        Err(failure::of(&said))
    }
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("thailand_post/cancel_shipment", "Cancel a shipment", "ยกเลิกพัสดุ")
        .about(
            "Takes a parcel back that is not handed over yet. Its barcode is not used again.",
            "ยกเลิกพัสดุที่ยังไม่นำส่ง บาร์โค้ดนี้จะไม่นำมาใช้อีก",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(words::tracking_number("EY145587898TH"))
        .example(
            json!({"tracking_number": "EY145587898TH"}),
            words::cancelled(COURIER, "EY145587898TH", json!({"statusCode": "000", "message": "success"})),
        )
}
