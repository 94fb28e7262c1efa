use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

pub fn spec() -> OperationSpec {
    OperationSpec::control("core/call", "Call a flow", "เรียกโฟลว์อื่น")
        .about(
            "Runs another flow to its end and gives its result.",
            "สั่งให้โฟลว์อื่นทำงานจนจบ แล้วให้ผลลัพธ์ของโฟลว์นั้น",
        )
        .field(
            Field::new("flow", FieldKind::Flow, "Flow", "โฟลว์")
                .about(
                    "The flow to run; it begins with \"Called by a flow\".",
                    "โฟลว์ที่จะเรียก ต้องเริ่มด้วย \"ถูกเรียกจากโฟลว์อื่น\"",
                )
                .required()
                .example("customer-to-crm"),
        )
        .field(
            Field::new("input", FieldKind::Json, "Input", "ข้อมูลเข้า")
                .about(
                    "What it is given; without this, what this node got.",
                    "ข้อมูลที่ส่งให้ หากไม่ใส่จะส่งข้อมูลที่โหนดนี้ได้รับ",
                )
                .example("${input.customer}"),
        )
        .ports(&["out", "error"])
        .example(json!({"flow": "customer-to-crm", "input": "${input.customer}"}), json!({"id": 57}))
}
