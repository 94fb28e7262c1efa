//! `kex/cancel_shipment`: a parcel that was told of and does not go.

use super::{COURIER, api};
use crate::parcel::words::{self, One};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Map, Value, json};

pub type Input = One;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let number = &input.tracking_number;
    words::check_number(number)?;
    let fields = [("con_no", number.as_str()), ("action_code", "D")];
    let shipment: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    Ok(words::cancelled(COURIER, number, api::send(cx, shipment).await?))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("kex/cancel_shipment", "Cancel a shipment", "ยกเลิกพัสดุ")
        .about(
            "Takes a parcel back that KEX was told of, with the action code D. Not confirmed by KEX's documentation: try it \
             once with KEX's test system.",
            "ยกเลิกพัสดุที่แจ้งไว้ด้วย action code D ยังไม่มีเอกสารของ KEX ยืนยัน ควรลองกับระบบทดสอบของ KEX ก่อน",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(words::tracking_number("KHL0000001001"))
        .example(
            json!({"tracking_number": "KHL0000001001"}),
            words::cancelled(COURIER, "KHL0000001001", json!({"con_no": "KHL0000001001", "status_code": "000"})),
        )
}
