//! `tiktok_shop/set_webhook`: tells TikTok Shop where a shop's events are to be sent.

use super::api::Api;
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    event: Text,
    address: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let event = input.event.filled().unwrap_or("ORDER_STATUS_CHANGE");
    let body = json!({"event_type": event, "address": input.address.as_str()});
    Api::of(cx)?.put("/event/202309/webhooks", body).await?;
    Ok(json!({"event": event, "address": input.address.as_str()}))
}

pub fn spec() -> OperationSpec {
    let events = [
        ("ORDER_STATUS_CHANGE", "Order status", "สถานะคำสั่งซื้อ"),
        ("RECIPIENT_ADDRESS_UPDATE", "Address", "ที่อยู่ผู้รับ"),
        ("PACKAGE_UPDATE", "Packages", "พัสดุ"),
        ("CANCELLATION_STATUS_CHANGE", "Cancellations", "การยกเลิก"),
        ("RETURN_STATUS_CHANGE", "Returns and refunds", "การคืนสินค้าและคืนเงิน"),
        ("PRODUCT_STATUS_CHANGE", "Product status", "สถานะสินค้า"),
        ("PRODUCT_INFORMATION_CHANGE", "Product information", "ข้อมูลสินค้า"),
        ("PRODUCT_CREATION", "New products", "สินค้าใหม่"),
    ];
    OperationSpec::action("tiktok_shop/set_webhook", "Set a webhook", "ตั้งค่าเว็บฮุค")
        .about(
            "Sets where TikTok Shop sends one kind of events of this shop: each kind may go to a trigger of its own.",
            "ตั้งที่อยู่ที่ TikTok Shop ส่งเหตุการณ์แต่ละชนิดของร้านนี้ แต่ละชนิดส่งไปยังตัวเริ่มของตนเองได้",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::choice("event", &events, "Event", "เหตุการณ์")
                .about("What is to be told.", "สิ่งที่ต้องการให้แจ้ง")
                .default("ORDER_STATUS_CHANGE")
                .example("ORDER_STATUS_CHANGE"),
        )
        .field(
            Field::new("address", FieldKind::Url, "Address", "ที่อยู่")
                .about("The trigger's whole address: https, a domain name, no port.", "ที่อยู่เต็มของตัวเริ่ม: https ใช้ชื่อโดเมน ไม่มีพอร์ต")
                .at_most(255)
                .required()
                .example("https://hooks.example.com/hooks/tiktok/orders"),
        )
        .example(
            json!({"event": "ORDER_STATUS_CHANGE", "address": "https://hooks.example.com/hooks/tiktok/orders"}),
            json!({"event": "ORDER_STATUS_CHANGE", "address": "https://hooks.example.com/hooks/tiktok/orders"}),
        )
}
