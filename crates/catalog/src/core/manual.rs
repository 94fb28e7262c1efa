use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

pub fn spec() -> OperationSpec {
    OperationSpec::trigger("core/manual", "By hand", "เริ่มด้วยมือ")
        .about(
            "Starts when a person presses the button or a program asks for it.",
            "เริ่มเมื่อมีคนกดปุ่ม หรือเมื่อโปรแกรมอื่นสั่ง",
        )
        .field(
            Field::new("sample", FieldKind::Json, "Sample", "ข้อมูลตัวอย่าง")
                .about("What the flow gets when nothing else is given.", "ข้อมูลที่โฟลว์ได้รับเมื่อไม่ได้ระบุอย่างอื่น")
                .example(json!({"order": 1042})),
        )
        .example(json!({"sample": {"order": 1042}}), json!({"order": 1042}))
}
