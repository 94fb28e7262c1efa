//! `sap_business_one/get_order`: one sales order with its lines.

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
    SYSTEM.get_order(example())
}

pub fn example() -> Value {
    json!({
        "DocEntry": 5012, "DocNum": 260001234, "CardCode": "SHOP-8891", "CardName": "สมชาย ใจดี", "NumAtCard": "SHOPIFY-1001",
        "U_KhlongId": "SHOPIFY-1001", "DocDate": "2026-11-20", "DocTotal": 535.00, "VatSum": 35.00, "DocumentStatus": "bost_Open",
        "Cancelled": "tNO", "Confirmed": "tYES", "UpdateDate": "2026-11-20", "UpdateTime": "10:11:09",
        "DocumentLines": [{"LineNum": 0, "ItemCode": "TEA-100", "Quantity": 2.0, "RemainingOpenQuantity": 2.0, "PriceAfterVAT": 267.50,
                           "VatGroup": "SO7", "WarehouseCode": "01", "LineStatus": "bost_Open"}]
    })
}
