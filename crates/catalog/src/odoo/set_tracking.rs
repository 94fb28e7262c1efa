//! `odoo/set_tracking`: a delivery gets its tracking number, and is validated where that is wanted.

use super::record::{self, Row};
use super::rpc::Rpc;
use super::{get_order, sale};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// Deliveries of one order: backorders are few.
const PICKINGS_MAX: usize = 50;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order: Text,
    #[serde(default = "by_reference")]
    pub by: String,
    #[serde(default)]
    pub delivery: Option<Text>,
    pub tracking: Text,
    #[serde(default)]
    pub validate: bool,
}

fn by_reference() -> String {
    "reference".into()
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx).await?;
    let order = sale::find(&rpc, &input.by, input.order.as_str()).await?;
    let order = order.ok_or_else(|| record::missing("sales order", input.order.as_str()))?;
    let picking = choose(pickings(&rpc, &order).await?, &input)?;
    let id = record::id(&picking).unwrap_or_default();
    rpc.write("stock.picking", &[id], json!({"carrier_tracking_ref": input.tracking.as_str()})).await?;
    let done = record::text(&picking, "state") == "done";
    if input.validate && !done {
        validate(&rpc, id).await?;
    }
    Ok(json!({"id": id, "name": picking["name"], "validated": done || input.validate}))
}

async fn pickings(rpc: &Rpc<'_>, order: &Row) -> Result<Vec<Row>, Error> {
    let domain = json!([
        ["origin", "=", record::text(order, "name")],
        ["picking_type_code", "=", "outgoing"],
        ["state", "!=", "cancel"]
    ]);
    rpc.search_read("stock.picking", domain, &["id", "name", "state"], PICKINGS_MAX).await
}

/// The delivery that is named; else the one that is open, or the only one.
fn choose(mut pickings: Vec<Row>, input: &Input) -> Result<Row, Error> {
    if let Some(name) = input.delivery.as_ref().and_then(Text::filled) {
        let named = pickings.into_iter().find(|row| record::text(row, "name") == name);
        return named.ok_or_else(|| record::missing("delivery of this order called", name));
    }
    if pickings.len() > 1 {
        pickings.retain(|row| record::text(row, "state") != "done");
    }
    match (pickings.pop(), pickings.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(record::missing("single open delivery for order", input.order.as_str())),
        (Some(_), false) => Err(Error::Refused {
            message: format!("order {} has several open deliveries in Odoo", input.order),
            advice: "Name the delivery, such as WH/OUT/00210.".into(),
        }),
    }
}

async fn validate(rpc: &Rpc<'_>, id: i64) -> Result<(), Error> {
    let named = json!({"context": {"skip_backorder": true, "skip_sms": true}});
    let answer: Value = rpc.call("stock.picking", "button_validate", ("ids", json!([id])), named).await?;
    record::check_done(&answer, "the delivery is validated")
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("odoo/set_tracking", "Set a tracking number", "ใส่เลขพัสดุ")
        .about(
            "Writes the tracking number onto an order's delivery, and validates it where wanted. Needs the module Delivery Costs.",
            "บันทึกเลขพัสดุลงในการจัดส่งของคำสั่งขาย และยืนยันการจัดส่งหากต้องการ ต้องติดตั้งโมดูล Delivery Costs",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(get_order::order())
        .field(get_order::by())
        .field(
            Field::new("tracking", FieldKind::Text, "Tracking number", "เลขพัสดุ")
                .about("As the courier gave it.", "ตามที่บริษัทขนส่งให้มา")
                .required()
                .example("TH01234567890"),
        )
        .field(
            Field::new("delivery", FieldKind::Text, "Delivery", "เลขที่การจัดส่ง")
                .about("Only where the order has several, such as WH/OUT/00210.", "ใช้เมื่อคำสั่งขายมีหลายการจัดส่ง เช่น WH/OUT/00210")
                .example("BNA/OUT/00210"),
        )
        .field(
            Field::new("validate", FieldKind::Bool, "Validate it", "ยืนยันการจัดส่ง")
                .about(
                    "Marks the delivery as done. Where Odoo asks something first, nothing is marked and a person looks at it.",
                    "ทำเครื่องหมายว่าจัดส่งแล้ว หาก Odoo ถามก่อน จะไม่ทำเครื่องหมายและรอให้คนตรวจสอบ",
                )
                .default(false)
                .example(true),
        )
        .example(
            json!({"order": "SHOPIFY-1001", "tracking": "TH01234567890", "validate": true}),
            json!({"id": 210, "name": "BNA/OUT/00210", "validated": true}),
        )
}
