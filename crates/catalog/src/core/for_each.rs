use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

/// How many elements of one loop may be under way at once.
const PARALLEL_MAX: u64 = 64;
const PARALLEL_DEFAULT: u64 = 8;

pub fn spec() -> OperationSpec {
    OperationSpec::control("core/for_each", "For each", "ทำซ้ำทีละรายการ")
        .about(
            "Does what follows \"item\" once per element, then goes on at \"done\" with all results in order.",
            "ทำงานที่ต่อจาก \"item\" หนึ่งครั้งต่อหนึ่งรายการ แล้วไปต่อที่ \"done\" พร้อมผลทั้งหมดตามลำดับ",
        )
        .field(
            Field::new("items", FieldKind::Json, "Elements", "รายการ")
                .about("The list to go through.", "ลิสต์ที่จะวนทำ")
                .required()
                .example("${input.line_items}"),
        )
        .field(
            Field::new("parallel", FieldKind::Number, "At once", "ทำพร้อมกัน")
                .about(
                    "How many elements are worked on at the same time; 1 keeps them in order.",
                    "จำนวนรายการที่ทำพร้อมกัน ใส่ 1 เพื่อทำตามลำดับ",
                )
                .at_least(1)
                .at_most(PARALLEL_MAX)
                .default(PARALLEL_DEFAULT)
                .example(PARALLEL_DEFAULT),
        )
        .field(
            Field::choice(
                "on_item_error",
                &[
                    ("stop", "Stop the loop", "หยุดการวน"),
                    ("collect", "Note it and go on", "บันทึกไว้แล้วทำต่อ"),
                ],
                "When one fails",
                "เมื่อรายการหนึ่งล้มเหลว",
            )
            .about(
                "Noted errors stand among the results, at the element's place.",
                "ข้อผิดพลาดที่บันทึกไว้จะอยู่ในผลลัพธ์ ณ ตำแหน่งของรายการนั้น",
            )
            .default("stop")
            .example("stop")
            .advanced(),
        )
        .ports(&["item", "done", "error"])
        .example(
            json!({"items": "${input.line_items}", "parallel": PARALLEL_DEFAULT}),
            json!([{"sku": "TEA-100", "sent": true}]),
        )
}
