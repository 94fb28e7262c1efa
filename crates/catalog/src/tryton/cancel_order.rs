//! `tryton/cancel_order`: cancels a sale that is not being processed yet.

use super::SYSTEM;
use super::rpc::{Rpc, id};
use super::sale::{self, SALE};
use crate::office;
pub use crate::office::Cancel as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx)?;
    let sale = sale::meant(&rpc, &input).await?;
    let id = id(&sale);
    match office::text(&sale, "state") {
        "cancelled" => Ok(json!({"id": id, "cancelled_now": false})),
        "draft" | "quotation" => {
            rpc.press(SALE, "cancel", id).await?;
            Ok(json!({"id": id, "cancelled_now": true}))
        }
        state => Err(Error::Refused {
            message: format!("the sale is {state} in Tryton, so it cannot be cancelled"),
            advice: "Cancel its shipments and invoices in Tryton, or take the goods back by a return.".into(),
        }),
    }
}

pub fn spec() -> OperationSpec {
    SYSTEM.cancel_order(json!({"id": 1, "cancelled_now": true}))
}
