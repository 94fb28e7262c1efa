//! The operations that every flow is built with. The engine performs all of them but the webhook.

pub mod call;
pub mod called;
pub mod filter;
pub mod for_each;
pub mod manual;
pub mod map;
pub mod merge;
pub mod respond;
pub mod schedule;
pub mod script;
pub mod set;
pub mod switch;
pub mod wait;
pub mod webhook;

use connector::{Connector, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

pub struct Core;

impl Connector for Core {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("core", Purpose::Flow, "Flow", "โฟลว์")
            .about(
                "What every flow is built with: triggers, scripts, branches, loops and waits.",
                "ส่วนประกอบพื้นฐานของทุกโฟลว์: ตัวเริ่ม สคริปต์ ทางแยก การวนซ้ำ และการรอ",
            )
            .connection(credentials())
    }

    fn speaks_http(&self) -> bool {
        false
    }
}

pub fn parts() -> Parts {
    Parts::of(Core)
        .builtin([
            call::spec(),
            called::spec(),
            filter::spec(),
            for_each::spec(),
            manual::spec(),
            map::spec(),
            merge::spec(),
            respond::spec(),
            schedule::spec(),
            script::spec(),
            set::spec(),
            switch::spec(),
            wait::spec(),
        ])
        .webhook(webhook::ReceiveRequest)
}

/// What a webhook's sender must prove to know; only what the node's `auth` names is needed.
fn credentials() -> Vec<Field> {
    vec![
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("For a webhook with a user name and a password.", "สำหรับเว็บฮุคที่ตรวจชื่อผู้ใช้และรหัสผ่าน")
            .example("shop"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Belongs to the user name.", "รหัสผ่านที่คู่กับชื่อผู้ใช้"),
        Field::new("header", FieldKind::Text, "Header's name", "ชื่อเฮดเดอร์")
            .about("For a webhook that sends a token in a header.", "สำหรับเว็บฮุคที่ส่งโทเคนมาในเฮดเดอร์")
            .default("x-api-key")
            .example("x-api-key"),
        Field::new("token", FieldKind::Secret, "Token", "โทเคน")
            .about("The value that this header must have.", "ค่าที่เฮดเดอร์นี้ต้องมี"),
        Field::new("hmac_secret", FieldKind::Secret, "Signing secret", "รหัสลับสำหรับลายเซ็น")
            .about("For a webhook whose body is signed (HMAC).", "สำหรับเว็บฮุคที่ลงลายเซ็น (HMAC) กำกับเนื้อหา"),
    ]
}
