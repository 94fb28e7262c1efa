//! `odoo/cancel_sales_order`: cancels an order that has not been shipped.

use super::rpc::Rpc;
use super::{get_order, record, sale};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order: Text,
    #[serde(default = "by_reference")]
    pub by: String,
}

fn by_reference() -> String {
    "reference".into()
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx).await?;
    let found = sale::find(&rpc, &input.by, input.order.as_str()).await?;
    let order = found.ok_or_else(|| record::missing("sales order", input.order.as_str()))?;
    let output =
        |cancelled: bool| json!({"id": order["id"], "name": order["name"], "cancelled_now": cancelled});
    let (Some(id), state) = (record::id(&order), record::text(&order, "state")) else {
        return Err(record::missing("sales order", input.order.as_str()));
    };
    if state == "cancel" {
        return Ok(output(false));
    }
    // Without this, some releases open a window that asks whether to write a mail.
    let named = json!({"context": {"disable_cancel_warning": true}});
    let answer: Value = rpc.call("sale.order", "action_cancel", ("ids", json!([id])), named).await?;
    record::check_done(&answer, "the order is cancelled")?;
    check_cancelled(&rpc, id).await?;
    Ok(output(true))
}

/// Odoo may answer "done" and leave the order as it was, where it has been locked or shipped.
async fn check_cancelled(rpc: &Rpc<'_>, id: i64) -> Result<(), Error> {
    let found: Vec<record::Row> =
        rpc.search_read("sale.order", json!([["id", "=", id]]), &["id", "state"], 1).await?;
    match found.first() {
        Some(order) if record::text(order, "state") != "cancel" => Err(Error::Refused {
            message: "Odoo left the order as it was".into(),
            advice:
                "Look whether it is locked or already shipped; a shipped order is taken back by a return."
                    .into(),
        }),
        _ => Ok(()),
    }
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("odoo/cancel_sales_order", "Cancel a sales order", "ยกเลิกคำสั่งขาย")
        .about(
            "Cancels a sales order; one that is cancelled already stays so. What has been shipped cannot be cancelled.",
            "ยกเลิกคำสั่งขาย หากยกเลิกแล้วจะคงเดิม คำสั่งขายที่ส่งสินค้าแล้วยกเลิกไม่ได้",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(get_order::order())
        .field(get_order::by())
        .example(
            json!({"order": "SHOPIFY-1001"}),
            json!({"id": 120, "name": "S00120", "cancelled_now": true}),
        )
}
