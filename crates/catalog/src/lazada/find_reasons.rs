//! `lazada/find_reasons`: the reasons that Lazada takes for a cancellation, or for refusing a return.

use super::api::Api;
use super::order;
use crate::market::fields;
use crate::values::{Id, Ids};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    order_id: Id,
    #[serde(default)]
    order_item_ids: Ids,
    #[serde(default)]
    reverse_order_line_id: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    if let Some(line) = input.reverse_order_line_id.filled() {
        let reasons =
            api.get("/order/reverse/reason/list", vec![("reverse_order_line_id", line.to_owned())]).await?;
        return Ok(json!({"reasons": reasons}));
    }
    let order_id = input.order_id.need("order id")?;
    let rows = order::rows(&api, order_id).await?;
    let rows = order::named(&rows, &input.order_item_ids.0)?;
    let reasons = super::cancel_order::reasons(&api, order_id, &rows).await?;
    Ok(json!({"reasons": reasons}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/find_reasons", "Find reasons", "ดึงเหตุผลที่เลือกได้")
        .about(
            "Reads the reasons that can be given for cancelling an order now, or for refusing a return.",
            "อ่านเหตุผลที่ใช้ได้ในการยกเลิกคำสั่งซื้อขณะนี้ หรือในการปฏิเสธการคืนสินค้า",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            fields::text("order_id", "Order", "คำสั่งซื้อ")
                .about("The order to be cancelled.", "คำสั่งซื้อที่จะยกเลิก")
                .example("260422900198363"),
        )
        .field(super::item_ids())
        .field(
            fields::text("reverse_order_line_id", "Return's line", "รายการคืนสินค้า")
                .about(
                    "The line of a return, where that is to be refused.",
                    "รายการของการคืนสินค้า หากต้องการปฏิเสธ",
                )
                .example("260422900698363"),
        )
        .example(
            json!({"order_id": "260422900198363"}),
            json!({"reasons": [{"reason_id": "10000021", "reason_name": "Out of stock"}]}),
        )
}
