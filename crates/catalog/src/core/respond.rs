use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

const STATUS_MIN: u64 = 200;
const STATUS_MAX: u64 = 599;

pub fn spec() -> OperationSpec {
    OperationSpec::control("core/respond", "Respond", "ตอบกลับ")
        .about(
            "Answers the webhook that started the run, where its sender waits for a result. The run goes on.",
            "ตอบเว็บฮุคที่เริ่มการรันนี้ เมื่อผู้ส่งรอผลอยู่ แล้วทำงานต่อ",
        )
        .field(
            Field::new("status", FieldKind::Number, "Status", "สถานะ")
                .about("The HTTP status.", "รหัสสถานะ HTTP")
                .at_least(STATUS_MIN)
                .at_most(STATUS_MAX)
                .default(STATUS_MIN)
                .example(STATUS_MIN),
        )
        .field(
            Field::new("headers", FieldKind::Map, "Headers", "เฮดเดอร์")
                .about("Further headers of the answer.", "เฮดเดอร์เพิ่มเติมของคำตอบ")
                .example(json!({"x-order": "${input.id}"}))
                .advanced(),
        )
        .field(
            Field::new("body", FieldKind::Json, "Body", "เนื้อหา")
                .about(
                    "What is answered; without this, what this node got.",
                    "เนื้อหาที่ตอบ หากไม่ใส่จะตอบด้วยข้อมูลที่โหนดนี้ได้รับ",
                )
                .example(json!({"id": "${input.id}"})),
        )
        .example(json!({"status": 201, "body": {"id": "${input.id}"}}), json!({"id": 120}))
}
