//! A parcel as flows hand it to every courier.

use serde_json::{Value, json};

pub fn parcel() -> Value {
    json!({
        "reference": "SHOPIFY-1001-1",
        "sender": {
            "name": "ร้านชาดี", "phone": "+66810000002", "address": "88 ถ.สีลม", "subdistrict": "แขวงสีลม", "district": "บางรัก",
            "province": "Bangkok", "postcode": 10500
        },
        "recipient": {
            "name": "สมชาย ใจดี", "phone": "081-000-0001", "address": "99 หมู่ 1", "subdistrict": "ต.สันทรายน้อย",
            "district": "อ.สันทราย", "province": "เชียงใหม่", "postcode": "50210"
        },
        "weight_grams": 1000,
        "size": {"length_cm": 20, "width_cm": 15, "height_cm": 10},
        "cod": "267.50",
        "items": [{"name": "ชาเขียว", "quantity": 1, "price": 267.5}]
    })
}

/// The same without anything to collect, and with a value.
pub fn paid() -> Value {
    let mut parcel = parcel();
    parcel["cod"] = Value::Null;
    parcel["declared_value"] = "267.50".into();
    parcel
}

/// What a parcel looks like that a push or a track tells of: number, status, code and time.
pub fn told(shipment: &Value) -> [&Value; 4] {
    ["tracking_number", "status", "code", "at"].map(|name| &shipment[name])
}
