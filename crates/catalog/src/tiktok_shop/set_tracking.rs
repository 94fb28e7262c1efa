//! `tiktok_shop/set_tracking`: another tracking number for a package that the seller ships himself.

use super::api::Api;
use super::lookup;
use crate::market::{fields, mistake};
use crate::values::{Id, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    package_id: Id,
    tracking_number: Text,
    provider: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = input.package_id.need("package")?;
    let number = input.tracking_number.filled();
    let number = number.ok_or_else(|| mistake("there is no tracking number", "Fill it in."))?;
    let body = json!({"tracking_number": number, "shipping_provider_id": input.provider.need("courier")?});
    let path = format!("/fulfillment/202309/packages/{id}/shipping_info/update");
    Api::of(cx)?.post(&path, Vec::new(), body).await?;
    Ok(json!({"package_id": id, "tracking_number": number}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/set_tracking", "Correct a tracking number", "แก้ไขเลขพัสดุ")
        .about(
            "Sets another tracking number for a package that the seller ships himself, within 72 hours.",
            "แก้ไขเลขพัสดุของพัสดุที่ผู้ขายจัดส่งเอง ภายใน 72 ชั่วโมง",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            fields::text("package_id", "Package", "พัสดุ")
                .about("The package's number.", "หมายเลขพัสดุ")
                .required()
                .example("1152921504606846976"),
        )
        .field(
            fields::text("tracking_number", "Tracking number", "เลขพัสดุ")
                .about("The courier's number.", "เลขของขนส่ง")
                .required()
                .at_most(100)
                .example("TH0001"),
        )
        .field(
            Field::new("provider", FieldKind::Record(lookup::PROVIDER.into()), "Courier", "ขนส่ง")
                .about("The seller's courier.", "ขนส่งของผู้ขาย")
                .required()
                .example("6617"),
        )
        .example(
            json!({"package_id": "1152921504606846976", "tracking_number": "TH0001", "provider": "6617"}),
            json!({"package_id": "1152921504606846976", "tracking_number": "TH0001"}),
        )
}
