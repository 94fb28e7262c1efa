//! `lazada/ready_to_ship`: packages that are packed are handed over.

use super::api::Api;
use super::{order, packages};
use crate::market::fields;
use crate::values::{Id, Ids};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    package_ids: Ids,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let (order_id, rows) = read(&api, &input).await?;
    let rows: Vec<&Value> = rows.iter().collect();
    let parcels = packages::chosen(&rows, &input.package_ids.texts())?;
    packages::mark_ready(&api, &packages::waiting(&rows, &parcels)).await?;
    Ok(json!({"order_id": order_id, "packages": parcels}))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let (order_id, rows) = read(&Api::of(cx)?, &input).await?;
    let rows: Vec<&Value> = rows.iter().collect();
    let parcels = packages::chosen(&rows, &input.package_ids.texts())?;
    let done = packages::waiting(&rows, &parcels).is_empty();
    Ok(done.then(|| json!({"order_id": order_id, "packages": parcels})))
}

async fn read<'i>(api: &Api<'_>, input: &'i Input) -> Result<(&'i str, Vec<Value>), Error> {
    let order_id = input.order_id.need("order id")?;
    Ok((order_id, order::rows(api, order_id).await?))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/ready_to_ship", "Mark ready to ship", "แจ้งพร้อมส่ง")
        .about(
            "Marks packages of an order ready to ship, after their labels are printed. Those that are marked already stay.",
            "แจ้งว่าพัสดุของคำสั่งซื้อพร้อมส่ง หลังพิมพ์ใบปะหน้าแล้ว พัสดุที่แจ้งแล้วจะคงเดิม",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "260422900198363"))
        .field(super::package_ids().about(
            "Packages of the order, as a list. Empty: all of them.",
            "พัสดุของคำสั่งซื้อ เป็นลิสต์ หากเว้นว่างคือทั้งหมด",
        ))
        .example(
            json!({"order_id": "260422900198363"}),
            json!({"order_id": "260422900198363", "packages": [{"package_id": "FP001", "tracking_number": "TH340231JV0W0A"}]}),
        )
}
