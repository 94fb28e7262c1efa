//! `tiktok_shop/get_order`: one order with its rows and packages.

use super::api::Api;
use super::order;
use crate::market::fields;
use crate::values::Id;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    with_prices: bool,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let mut order = order::one(&api, order_id).await?;
    if input.with_prices {
        let path = format!("/order/202407/orders/{order_id}/price_detail");
        order["price_detail"] = api.get(&path, Vec::new()).await?;
    }
    Ok(order)
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/get_order", "Get an order", "ดึงคำสั่งซื้อ")
        .about(
            "Reads one order with its rows (`line_items`) and the rows grouped by SKU, price, status and package (`lines`).",
            "อ่านคำสั่งซื้อหนึ่งรายการ พร้อมรายการต่อชิ้น (`line_items`) และรายการที่รวมตาม SKU ราคา สถานะ และพัสดุ (`lines`)",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::order("order_id", "576461413038785752"))
        .field(fields::flag("with_prices", "With price detail", "พร้อมรายละเอียดราคา", false).about(
            "Reads `price_detail`, too: who pays which discount.",
            "อ่าน `price_detail` ด้วย ซึ่งบอกว่าใครเป็นผู้รับภาระส่วนลด",
        ))
        .example(json!({"order_id": "576461413038785752"}), order::example())
}
