//! `odoo/cancel_sales_order`: cancels an order that has not been shipped.
//!
//! Odoo itself cancels an order whose goods have left: the delivery stays done, and nothing is left that it could be invoiced by.

use super::record::{self, Row};
use super::rpc::Rpc;
use super::{get_order, sale};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// Deliveries that are named where an order was shipped.
const NAMED_MAX: usize = 5;
/// The deliveries of an order; the field comes with the module for stock.
const PICKINGS: &str = "picking_ids";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order: Text,
    #[serde(default = "by_reference")]
    pub by: String,
    #[serde(default)]
    pub if_shipped: IfShipped,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum IfShipped {
    #[default]
    Fail,
    Cancel,
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
    if input.if_shipped == IfShipped::Fail {
        check_not_shipped(&rpc, &order, id).await?;
    }
    // Without this, some releases open a window that asks whether to write a mail.
    let named = json!({"context": {"disable_cancel_warning": true}});
    let answer: Value = rpc.call("sale.order", "action_cancel", ("ids", json!([id])), named).await?;
    record::check_done(&answer, "the order is cancelled")?;
    check_cancelled(&rpc, id).await?;
    Ok(output(true))
}

/// Whatever left the house is taken back by a return, not by forgetting its order.
async fn check_not_shipped(rpc: &Rpc<'_>, order: &Row, id: i64) -> Result<(), Error> {
    let shipped = shipped(rpc, order, id).await?;
    if shipped.is_empty() {
        return Ok(());
    }
    Err(Error::Refused {
        message: format!("{} was shipped ({}), so it is not cancelled", record::text(order, "name"), shipped.join(", ")),
        advice: "Take the goods back by a return and a credit note in Odoo, or let the node cancel what was shipped.".into(),
    })
}

/// The deliveries of an order that are done. A step within the warehouse is none, and a return of a customer neither.
async fn shipped(rpc: &Rpc<'_>, order: &Row, id: i64) -> Result<Vec<String>, Error> {
    // Only an order that was confirmed has deliveries, and only where Odoo keeps stock.
    let confirmed = matches!(record::text(order, "state"), "sale" | "done");
    if !confirmed || rpc.fields_of("sale.order", &[PICKINGS]).await?.is_empty() {
        return Ok(Vec::new());
    }
    let of_order: Vec<Row> = rpc.search_read("sale.order", json!([["id", "=", id]]), &[PICKINGS], 1).await?;
    let pickings: Vec<i64> = of_order.iter().flat_map(|order| record::ids(order, PICKINGS)).collect();
    if pickings.is_empty() {
        return Ok(Vec::new());
    }
    let domain = json!([
        ["id", "in", pickings],
        ["state", "=", "done"],
        ["picking_type_code", "not in", ["incoming", "internal"]]
    ]);
    let found: Vec<Row> = rpc.search_read("stock.picking", domain, &["id", "name"], NAMED_MAX).await?;
    Ok(found.iter().map(|row| record::text(row, "name").to_owned()).collect())
}

/// Odoo may answer "done" and leave the order as it was, where it has been locked or shipped.
async fn check_cancelled(rpc: &Rpc<'_>, id: i64) -> Result<(), Error> {
    let found: Vec<Row> =
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
            "Cancels a sales order; one that is cancelled already stays so. What has been shipped is not cancelled, although Odoo itself \
             would do it.",
            "ยกเลิกคำสั่งขาย หากยกเลิกแล้วจะคงเดิม คำสั่งขายที่ส่งสินค้าแล้วจะไม่ถูกยกเลิก แม้ Odoo เองจะยอมให้ยกเลิก",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(get_order::order())
        .field(get_order::by())
        .field(
            Field::choice(
                "if_shipped",
                &[("fail", "Fail", "ถือว่าผิดพลาด"), ("cancel", "Cancel all the same", "ยกเลิกอยู่ดี")],
                "If it was shipped",
                "หากส่งสินค้าแล้ว",
            )
            .about(
                "What is to be done where a delivery of the order is done, also a part of it.",
                "ให้ทำอย่างไรหากมีการจัดส่งของคำสั่งขายนี้เสร็จแล้ว แม้เพียงบางส่วน",
            )
            .default("fail")
            .example("fail"),
        )
        .example(
            json!({"order": "SHOPIFY-1001"}),
            json!({"id": 120, "name": "S00120", "cancelled_now": true}),
        )
}
