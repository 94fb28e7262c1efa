//! `line/get_profile`: who a user id is.

use super::api::Api;
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub user: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    Api::of(cx)?.get(&["v2", "bot", "profile", input.user.as_str()]).await
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("line/get_profile", "Get a profile", "ดึงโปรไฟล์")
        .about(
            "Reads the name, picture and language of a user who has added the account.",
            "อ่านชื่อ รูป และภาษาของผู้ใช้ที่เพิ่มบัญชีเป็นเพื่อนแล้ว",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("user", FieldKind::Text, "User", "ผู้ใช้")
                .about("The user's id.", "ไอดีของผู้ใช้")
                .required()
                .example("U4af4980629e2d3f1b0c7a5e8d9f60123"),
        )
        .example(
            json!({"user": "U4af4980629e2d3f1b0c7a5e8d9f60123"}),
            json!({"userId": "U4af4980629e2d3f1b0c7a5e8d9f60123", "displayName": "สมชาย", "language": "th",
                   "pictureUrl": "https://profile.line-scdn.net/abc"}),
        )
}
