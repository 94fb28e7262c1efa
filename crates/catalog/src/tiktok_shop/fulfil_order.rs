//! `tiktok_shop/fulfil_order`: the packages of an order are handed over.

use super::api::Api;
use super::package::{self, Wish};
use super::{lookup, order};
use crate::market::fields;
use crate::since;
use crate::values::{Id, Ids, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    package_ids: Ids,
    #[serde(default)]
    method: Text,
    #[serde(default)]
    pickup_from: Text,
    #[serde(default)]
    pickup_to: Text,
    #[serde(default)]
    tracking_number: Text,
    #[serde(default)]
    provider: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let ids = package::chosen(&order::one(&api, order_id).await?, &input.package_ids)?;
    let wish = Wish {
        method: input.method.filled().unwrap_or("PICKUP"),
        slot: slot(&input)?,
        tracking_number: &input.tracking_number,
        provider: &input.provider,
    };
    let mut packages = Vec::with_capacity(ids.len());
    for id in &ids {
        if !package::is_arranged(&package::one(&api, id).await?) {
            package::ship(&api, id, &wish).await?;
        }
        packages.push(package::output(&package::one(&api, id).await?, id));
    }
    Ok(json!({"order_id": order_id, "packages": packages}))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let mut packages = Vec::new();
    for id in package::chosen(&order::one(&api, order_id).await?, &input.package_ids)? {
        let package = package::one(&api, &id).await?;
        if !package::is_arranged(&package) {
            return Ok(None);
        }
        packages.push(package::output(&package, &id));
    }
    Ok(Some(json!({"order_id": order_id, "packages": packages})))
}

fn slot(input: &Input) -> Result<Option<(i64, i64)>, Error> {
    let (Some(from), Some(to)) = (input.pickup_from.filled(), input.pickup_to.filled()) else {
        return Ok(None);
    };
    Ok(Some((order::secs(since::when(from)?), order::secs(since::when(to)?))))
}

pub fn spec() -> OperationSpec {
    let methods = [("PICKUP", "Picked up", "ให้เข้ารับ"), ("DROP_OFF", "Dropped off", "นำไปส่ง")];
    let time = |name: &str, en: &str, th: &str, example: &str| {
        fields::text(name, en, th)
            .about("Empty: the first time that is offered.", "หากเว้นว่างจะใช้เวลาแรกที่เลือกได้")
            .example(example)
            .advanced()
    };
    OperationSpec::action("tiktok_shop/fulfil_order", "Ship an order", "จัดส่งคำสั่งซื้อ")
        .about(
            "Hands the packages of an order over: to TikTok Shop's courier, which gives the tracking number, or by the \
             seller's own with his number. What is on its way already stays as it is.",
            "ส่งมอบพัสดุของคำสั่งซื้อ: ให้ขนส่งของ TikTok Shop ซึ่งออกเลขพัสดุ หรือส่งด้วยขนส่งของผู้ขายพร้อมเลขพัสดุ \
             พัสดุที่จัดส่งแล้วจะคงเดิม",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "576461413038785752"))
        .field(super::package_ids().about(
            "Packages of the order, as a list: a partial shipment after a split. Empty: all of them.",
            "พัสดุของคำสั่งซื้อ เป็นลิสต์ สำหรับการส่งบางส่วนหลังแยกพัสดุ หากเว้นว่างคือทั้งหมด",
        ))
        .field(
            Field::choice("method", &methods, "Way", "วิธีส่ง")
                .about("How TikTok Shop's courier gets the packages.", "วิธีที่ขนส่งของ TikTok Shop ได้รับพัสดุ")
                .default("PICKUP")
                .example("PICKUP"),
        )
        .field(time("pickup_from", "Picked up from", "เข้ารับตั้งแต่", "2026-01-06T09:00:00+07:00"))
        .field(time("pickup_to", "Picked up until", "เข้ารับถึง", "2026-01-06T12:00:00+07:00"))
        .field(
            fields::text("tracking_number", "Tracking number", "เลขพัสดุ")
                .about("Only where the seller ships himself.", "เฉพาะเมื่อผู้ขายจัดส่งเอง")
                .at_most(100)
                .example("TH0001"),
        )
        .field(
            Field::new("provider", FieldKind::Record(lookup::PROVIDER.into()), "Courier", "ขนส่ง")
                .about("The seller's courier, with a tracking number.", "ขนส่งของผู้ขาย ใช้คู่กับเลขพัสดุ")
                .example("6617"),
        )
        .example(
            json!({"order_id": "576461413038785752", "method": "PICKUP"}),
            json!({"order_id": "576461413038785752", "packages": [{
                "package_id": "1152921504606846976", "tracking_number": "TH340231JV0W0A", "shipment_provider": "J&T Express",
                "status": "PROCESSING"
            }]}),
        )
}
