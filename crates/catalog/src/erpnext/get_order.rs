//! `erpnext/get_order`: one sales order with its lines.

use super::api::Api;
use super::{SYSTEM, order};
pub use crate::office::GetOrder as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    order::meant(&Api::of(cx)?, &input).await
}

pub fn spec() -> OperationSpec {
    SYSTEM.get_order(json!({
        "name": "SAL-ORD-2026-00012", "docstatus": 1, "status": "To Deliver and Bill", "customer": "สมชาย ใจดี", "po_no": "SHOPIFY-1001",
        "grand_total": 535.0, "items": [{"item_code": "TEA-100", "qty": 2.0, "rate": 267.5, "delivered_qty": 0.0}]
    }))
}
