//! `flash/set_webhook`: where Flash sends statuses.

use super::COURIER;
use super::api::Api;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// What `webhookApiCode` calls the status of parcels.
const STATUS: &str = "0";

#[derive(Debug, Deserialize)]
pub struct Input {
    url: String,
    #[serde(default = "on")]
    on: bool,
}

fn on() -> bool {
    true
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let category = if input.on { "1" } else { "0" };
    let fields = vec![
        ("serviceCategory", category.to_owned()),
        ("url", input.url.clone()),
        ("webhookApiCode", STATUS.to_owned()),
    ];
    let data = Api::of(cx)?.call("/open/v1/setting/web_hook_service", fields).await?;
    Ok(json!({"courier": COURIER, "url": input.url, "on": input.on, "raw": data}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flash/set_webhook", "Register a webhook", "ลงทะเบียนเว็บฮุค")
        .about(
            "Tells Flash where to send statuses to. Once is enough, such as from a flow that is started by hand.",
            "แจ้ง Flash ว่าให้ส่งสถานะไปที่ใด ทำเพียงครั้งเดียว เช่น จากโฟลว์ที่เริ่มด้วยมือ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
                .about("The whole address of the trigger Status pushed.", "ที่อยู่เต็มของตัวเริ่ม \"สถานะพัสดุถูกส่งมา\"")
                .required()
                .at_most(500)
                .example("https://khlong.shop.example/hooks/flash/status-pushed"),
        )
        .field(
            Field::new("on", FieldKind::Bool, "On", "เปิดใช้")
                .about("Off ends it.", "ปิดเพื่อหยุดรับสถานะ")
                .default(true)
                .example(true),
        )
        .example(
            json!({"url": "https://khlong.shop.example/hooks/flash/status-pushed"}),
            json!({"courier": COURIER, "url": "https://khlong.shop.example/hooks/flash/status-pushed", "on": true, "raw": null}),
        )
}
