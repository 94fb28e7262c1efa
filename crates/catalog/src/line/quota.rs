//! `line/quota`: how many messages of this month are left.

use super::api::Api;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {}

pub async fn run(cx: &ActionCx<'_>, _input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let quota = api.get(&["v2", "bot", "message", "quota"]).await?;
    let used = api.get(&["v2", "bot", "message", "quota", "consumption"]).await?;
    let limit = quota.get("value").and_then(Value::as_i64);
    let used = used.get("totalUsage").and_then(Value::as_i64).unwrap_or(0);
    let left = limit.map(|limit| limit.saturating_sub(used).max(0));
    Ok(json!({"limit": limit, "used": used, "left": left}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("line/quota", "Messages left", "จำนวนข้อความที่เหลือ")
        .about(
            "Reads this month's quota and how much of it is used. Without a limit, limit and left are empty.",
            "อ่านโควตาข้อความของเดือนนี้และจำนวนที่ใช้ไป หากไม่จำกัด limit และ left จะว่าง",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .example(json!({}), json!({"limit": 1000, "used": 312, "left": 688}))
}
