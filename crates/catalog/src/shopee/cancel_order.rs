//! `shopee/cancel_order`: the seller cancels an order before it is shipped, or some pieces of it.

use super::api::Api;
use super::order;
use crate::market::fields;
use crate::market::list;
use crate::unchanged::nothing_done;
use crate::values::{Id, Quantity, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    reason: Text,
    #[serde(default)]
    lines: Option<Vec<Line>>,
}

#[derive(Debug, Deserialize)]
struct Line {
    sku: Text,
    quantity: Quantity,
}

/// A part that was cancelled cannot be told from one that was cancelled before.
pub fn effect(input: &Value) -> EffectRule {
    let part = input.get("lines").and_then(Value::as_array).is_some_and(|lines| !lines.is_empty());
    if part { EffectRule::Ask } else { EffectRule::Probe }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&api, order_id).await.map_err(nothing_done)?;
    if is_off(&order) {
        return Ok(output(order_id));
    }
    let reason = input.reason.filled().unwrap_or("OUT_OF_STOCK");
    let mut body = json!({"order_sn": order_id, "cancel_reason": reason});
    let lines = input.lines.as_deref().unwrap_or_default();
    if !lines.is_empty() {
        body["partial_cancel_item_list"] = part(&order, lines)?;
    } else if reason == "OUT_OF_STOCK" {
        let all = list(&order, "/item_list").iter().map(named);
        body["item_list"] = all.collect();
    }
    api.post("order/cancel_order", body).await?;
    Ok(output(order_id))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&Api::of(cx)?, order_id).await?;
    Ok(is_off(&order).then(|| output(order_id)))
}

fn is_off(order: &Value) -> bool {
    order::status(order) == "CANCELLED"
}

fn named(item: &Value) -> Value {
    let id = |name: &str| item.get(name).cloned().unwrap_or_default();
    json!({"item_id": id("item_id"), "model_id": id("model_id")})
}

fn part(order: &Value, lines: &[Line]) -> Result<Value, Error> {
    let one = |line: &Line| {
        let items = order::items_of(order, &line.sku)?;
        let mut named = items.first().map_or(Value::Null, |item| named(item));
        named["model_quantity"] = line.quantity.0.into();
        Ok(named)
    };
    lines.iter().map(one).collect()
}

fn output(order_id: &str) -> Value {
    json!({"order_id": order_id, "cancelled": true})
}

pub fn spec() -> OperationSpec {
    let reasons = [
        ("OUT_OF_STOCK", "Out of stock", "สินค้าหมด"),
        ("CUSTOMER_REQUEST", "The customer asked for it", "ลูกค้าขอยกเลิก"),
        ("UNDELIVERABLE_AREA", "Cannot be delivered there (TW, MY)", "จัดส่งพื้นที่นี้ไม่ได้ (TW, MY)"),
    ];
    OperationSpec::action("shopee/cancel_order", "Cancel an order", "ยกเลิกคำสั่งซื้อ")
        .about(
            "Cancels an order before it is shipped, or some pieces of it where Shopee allows that.",
            "ยกเลิกคำสั่งซื้อก่อนจัดส่ง หรือบางชิ้นหาก Shopee อนุญาต",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "201218V2Y6E59M"))
        .field(
            Field::choice("reason", &reasons, "Reason", "เหตุผล")
                .about("Shopee's own reasons.", "เหตุผลตามที่ Shopee กำหนด")
                .default("OUT_OF_STOCK")
                .example("OUT_OF_STOCK"),
        )
        .field(
            Field::new("lines", FieldKind::List(vec![fields::sku(), fields::quantity()]), "Lines", "รายการ")
                .about(
                    "For a part: how many of which SKU. Empty: the whole order. After a lost answer a person decides.",
                    "สำหรับยกเลิกบางส่วน ระบุจำนวนของแต่ละ SKU หากเว้นว่างคือทั้งคำสั่งซื้อ หากไม่ได้รับคำตอบจะให้คนตัดสินใจ",
                )
                .at_most(100)
                .example(json!([{"sku": "ABC-1", "quantity": 1}])),
        )
        .example(
            json!({"order_id": "201218V2Y6E59M", "reason": "OUT_OF_STOCK"}),
            json!({"order_id": "201218V2Y6E59M", "cancelled": true}),
        )
}
