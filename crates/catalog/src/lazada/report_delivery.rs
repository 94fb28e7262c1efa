//! `lazada/report_delivery`: what became of parcels that the seller delivers.

use super::api::Api;
use super::packages::{self, BATCH};
use crate::values::Ids;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    package_ids: Ids,
    #[serde(default)]
    outcome: Outcome,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    #[default]
    Delivered,
    Failed,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let ids: Vec<String> = input.package_ids.need("packages")?.iter().map(ToString::to_string).collect();
    let (path, name) = match input.outcome {
        Outcome::Delivered => ("/order/package/sof/delivered", "dbsDeliveryReq"),
        Outcome::Failed => ("/order/package/sof/failed_delivery", "dbsFailedDeliveryReq"),
    };
    let api = Api::of(cx)?;
    for batch in ids.chunks(BATCH) {
        packages::each(&api, path, name, batch).await?;
    }
    Ok(json!({"package_ids": ids}))
}

pub fn spec() -> OperationSpec {
    let outcomes = [("delivered", "Delivered", "ส่งถึงแล้ว"), ("failed", "Delivery failed", "ส่งไม่สำเร็จ")];
    OperationSpec::action("lazada/report_delivery", "Report a delivery", "แจ้งผลการจัดส่ง")
        .about(
            "Tells what became of packages that the seller delivers. Only shops with that option may.",
            "แจ้งผลของพัสดุที่ผู้ขายจัดส่งเอง ใช้ได้เฉพาะร้านที่เปิดตัวเลือกนี้",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(super::package_ids().about("Packages, as a list.", "พัสดุ เป็นลิสต์").required())
        .field(
            Field::choice("outcome", &outcomes, "Outcome", "ผล")
                .about("What happened.", "สิ่งที่เกิดขึ้น")
                .default("delivered")
                .example("delivered"),
        )
        .example(
            json!({"package_ids": ["FP038521002"], "outcome": "delivered"}),
            json!({"package_ids": ["FP038521002"]}),
        )
}
