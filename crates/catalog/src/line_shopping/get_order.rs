//! `line_shopping/get_order`: an order with its items, as LINE has it now.

use super::api::Api;
use super::words;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(deserialize_with = "crate::values::text")]
    order_number: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    Api::of(cx)?.order(&input.order_number).await
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("line_shopping/get_order", "Get an order", "ดึงคำสั่งซื้อ")
        .about("Reads one order with its items.", "อ่านคำสั่งซื้อหนึ่งรายการพร้อมสินค้า")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::order_number())
        .example(json!({"order_number": words::ORDER}), an_order())
}

pub fn an_order() -> Value {
    json!({
        "orderNumber": words::ORDER, "orderStatus": "FINALIZED", "paymentStatus": "PAID",
        "paymentMethod": "PAYMENT_LS_QR_PROMPTPAY", "shipmentStatus": "SHIPMENT_READY",
        "lastUpdatedAt": "2026-01-05T03:21:12Z", "subtotalPrice": 590, "shipmentPrice": 38, "discountAmount": 0,
        "totalPrice": 628,
        "shippingAddress": {
            "recipientName": "สมชาย ใจดี", "phoneNumber": "0812345678", "address": "1/2", "subDistrict": "คลองเตย",
            "district": "คลองเตย", "province": "กรุงเทพมหานคร", "postalCode": "10110", "country": "TH"
        },
        "shipmentDetail": {"type": "STANDARD", "isCod": false, "isAutoTracking": false, "trackingNumber": ""},
        "orderItems": [{"productId": 9001, "variantId": 123, "sku": "TEA-100", "name": "ชาเขียว", "price": 590, "quantity": 1}]
    })
}
