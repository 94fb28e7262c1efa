use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

pub fn spec() -> OperationSpec {
    OperationSpec::transform("core/script", "Script", "สคริปต์")
        .about(
            "Turns the input into something else. The value of the last line is what comes out.",
            "แปลงข้อมูลที่เข้ามาเป็นรูปแบบอื่น ค่าของบรรทัดสุดท้ายคือผลลัพธ์",
        )
        .field(
            Field::new("script", FieldKind::Code, "Script", "สคริปต์")
                .about(
                    "A Rhai program that sees input, trigger, nodes, vars and run.",
                    "โปรแกรมภาษา Rhai ที่ใช้ input, trigger, nodes, vars และ run ได้",
                )
                .required()
                .example("#{ ref: input.name, total: input.total_price }"),
        )
        .example(
            json!({"script": "#{ ref: input.name, total: input.total_price }"}),
            json!({"ref": "#1001", "total": "1070.00"}),
        )
}
