//! `lazada/set_invoice_number`: the number of the seller's invoice, at each unit of an order.

use super::api::Api;
use super::order;
use crate::market::fields;
use crate::values::{Id, Ids, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    order_item_ids: Ids,
    invoice_number: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let rows = order::rows(&api, order_id).await?;
    let named = order::named(&rows, &input.order_item_ids.0)?;
    let units: Vec<&Value> = named.into_iter().filter(|row| !order::is_off(row)).collect();
    for unit in &units {
        let pairs = vec![
            ("order_item_id", order::row_id(unit)),
            ("invoice_number", input.invoice_number.to_string()),
        ];
        api.post("/order/invoice_number/set", pairs).await?;
    }
    Ok(
        json!({"order_id": order_id, "order_item_ids": order::ids_of(&units), "invoice_number": input.invoice_number.as_str()}),
    )
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/set_invoice_number", "Set the invoice number", "บันทึกเลขที่ใบกำกับภาษี")
        .about(
            "Writes the number of the seller's invoice to each unit of an order. The order has to be packed.",
            "บันทึกเลขที่ใบกำกับภาษีของผู้ขายลงในทุกชิ้นของคำสั่งซื้อ คำสั่งซื้อต้องแพ็กแล้ว",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::order("order_id", "260422900198363"))
        .field(super::item_ids())
        .field(
            fields::text("invoice_number", "Invoice number", "เลขที่ใบกำกับภาษี")
                .about("As it stands on the invoice.", "เลขที่ที่แสดงบนใบกำกับภาษี")
                .required()
                .at_most(100)
                .example("INV-2026-00042"),
        )
        .example(
            json!({"order_id": "260422900198363", "invoice_number": "INV-2026-00042"}),
            json!({
                "order_id": "260422900198363", "order_item_ids": [260422900298363u64], "invoice_number": "INV-2026-00042"
            }),
        )
}
