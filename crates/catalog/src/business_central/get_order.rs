//! `business_central/get_order`: one sales order with its lines.

use super::SYSTEM;
use super::api::{Api, record};
use super::order::{self, LINES, ORDERS};
pub use crate::office::GetOrder as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx).await?;
    let standing = order::standing(&api, &input).await?.ok_or_else(|| order::missing(&input))?;
    api.get(&record(ORDERS, order::id(&standing)), LINES).await?.ok_or_else(|| order::missing(&input))
}

pub fn spec() -> OperationSpec {
    SYSTEM.get_order(example())
}

pub fn example() -> Value {
    json!({
        "id": "3fb2a1c0-5d4e-ed11-946f-000d3a2feca1", "number": "SO-101005", "externalDocumentNumber": "SHOPIFY-1001",
        "customerNumber": "SHOP-8891", "orderDate": "2026-11-20", "status": "Draft", "pricesIncludeTax": false, "fullyShipped": false,
        "totalAmountIncludingTax": 535.00, "lastModifiedDateTime": "2026-11-20T03:11:09.12Z",
        "salesOrderLines": [{"lineType": "Item", "lineObjectNumber": "TEA-100", "quantity": 2, "unitPrice": 250.00, "shippedQuantity": 0}]
    })
}
