//! `sap_business_one/cancel_order`: cancels an order of which nothing was delivered or invoiced.

use super::SYSTEM;
use super::api::{Api, numbered};
use super::order::{self, ORDERS};
pub use crate::office::Cancel as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order = order::meant(&api, &input).await?;
    let entry = order::entry(&order);
    let open = !order::is(&order, "Cancelled");
    if open {
        api.act(&numbered(ORDERS, entry), "Cancel").await?;
    }
    Ok(json!({"id": entry, "cancelled_now": open}))
}

pub fn spec() -> OperationSpec {
    SYSTEM.cancel_order(json!({"id": 5012, "cancelled_now": true}))
}
