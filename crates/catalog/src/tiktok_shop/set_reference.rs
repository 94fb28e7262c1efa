//! `tiktok_shop/set_reference`: the back office's own number, at the order.

use super::api::Api;
use super::order;
use crate::market::{fields, list, mistake, text_at};
use crate::values::{Id, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    reference: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let reference =
        input.reference.filled().ok_or_else(|| mistake("there is no reference", "Fill it in."))?;
    let order = order::one(&api, order_id).await?;
    let rows = list(&order, "/line_items").iter().enumerate();
    let rows: Vec<Value> =
        rows.map(|(at, row)| json!({"id": (at + 1).to_string(), "origin_id": text_at(row, "/id")})).collect();
    let external = json!({"id": reference, "platform": "ERP_SYSTEM", "line_items": rows});
    let body = json!({"orders": [{"id": order_id, "external_order": external}]});
    api.post("/order/202406/orders/external_orders", Vec::new(), body).await?;
    Ok(json!({"order_id": order_id, "reference": reference}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/set_reference", "Set the own reference", "บันทึกเลขอ้างอิงของระบบหลังบ้าน")
        .about(
            "Writes the back office's number of an order to the order in TikTok Shop.",
            "บันทึกเลขที่ของระบบหลังบ้านไว้ที่คำสั่งซื้อใน TikTok Shop",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::order("order_id", "576461413038785752"))
        .field(
            fields::text("reference", "Reference", "เลขอ้างอิง")
                .about("The number there.", "เลขที่ในระบบหลังบ้าน")
                .required()
                .at_most(100)
                .example("SO-1"),
        )
        .example(
            json!({"order_id": "576461413038785752", "reference": "SO-1"}),
            json!({"order_id": "576461413038785752", "reference": "SO-1"}),
        )
}
