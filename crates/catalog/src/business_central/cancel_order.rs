//! `business_central/cancel_order`: deletes an order, as Business Central knows no cancelled ones.

use super::SYSTEM;
use super::api::{Api, record};
use super::order::{self, ORDERS};
pub use crate::office::Cancel as Input;
pub use crate::office::settle;
use crate::unchanged::nothing_done;
use connector::{ActionCx, Error};
use model::{EffectRule, OperationSpec};
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx).await?;
    let found = order::standing(&api, &input).await.map_err(nothing_done)?;
    let standing = found.ok_or_else(|| order::missing(&input))?;
    api.delete(&record(ORDERS, order::id(&standing)), &standing).await?;
    Ok(json!({"id": order::id(&standing), "cancelled_now": true}))
}

/// An order that is gone after it was to be deleted has been.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let standing = order::standing(&Api::of(cx).await?, &input).await?;
    Ok(standing.is_none().then(|| json!({"id": null, "cancelled_now": true})))
}

pub fn spec() -> OperationSpec {
    SYSTEM
        .cancel_order(json!({"id": "3fb2a1c0-5d4e-ed11-946f-000d3a2feca1", "cancelled_now": true}))
        .effect(EffectRule::Probe)
        .about(
            "Deletes a sales order of which nothing was shipped: Business Central keeps no cancelled orders. What has been shipped or invoiced \
             it refuses to delete.",
            "ลบคำสั่งขายที่ยังไม่ส่งสินค้า เพราะ Business Central ไม่เก็บคำสั่งขายที่ยกเลิก คำสั่งขายที่ส่งสินค้าหรือออกใบแจ้งหนี้แล้วจะลบไม่ได้",
        )
}
