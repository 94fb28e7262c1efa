//! `erpnext/cancel_order`: cancels an order that was submitted, and deletes a draft.

use super::SYSTEM;
use super::api::Api;
use super::order::{self, ORDER, docstatus};
use crate::office;
pub use crate::office::Cancel as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order = order::meant(&api, &input).await?;
    let name = office::text(&order, "name");
    match docstatus(&order) {
        0 => api.delete(ORDER, name).await?,
        1 => api.update(ORDER, name, &json!({"docstatus": 2})).await.map(drop)?,
        _ => return Ok(json!({"id": name, "cancelled_now": false})),
    }
    Ok(json!({"id": name, "cancelled_now": true}))
}

pub fn spec() -> OperationSpec {
    SYSTEM.cancel_order(json!({"id": "SAL-ORD-2026-00012", "cancelled_now": true}))
}
