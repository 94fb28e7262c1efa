//! `tryton/get_order`: one sale with its lines.

use super::rpc::Rpc;
use super::{SYSTEM, sale};
pub use crate::office::GetOrder as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx)?;
    let sale = sale::meant(&rpc, &input).await?;
    sale::with_lines(&rpc, sale).await
}

pub fn spec() -> OperationSpec {
    SYSTEM.get_order(json!({
        "id": 1, "number": "1", "reference": "SHOPIFY-1001", "state": "processing", "party": 2, "total_amount": 535.00,
        "lines": [{"id": 1, "product": 1, "product.": {"id": 1, "code": "TEA-100"}, "quantity": 2.0, "unit_price": 250.0000}],
        "invoices": [1], "shipments": [1]
    }))
}
