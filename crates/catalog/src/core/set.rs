use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

pub fn spec() -> OperationSpec {
    OperationSpec::transform("core/set", "Set a value", "กำหนดค่า")
        .about(
            "Gives a value put together from fixed parts and expressions.",
            "สร้างค่าจากส่วนที่กำหนดตายตัวและนิพจน์",
        )
        .field(
            Field::new("value", FieldKind::Json, "Value", "ค่า")
                .about(
                    "Any JSON; expressions may stand in every text in it.",
                    "JSON ใดก็ได้ ข้อความทุกจุดในนั้นใส่นิพจน์ได้",
                )
                .required()
                .example(json!({"ref": "${input.name}"})),
        )
        .example(json!({"value": {"ref": "${input.name}"}}), json!({"ref": "#1001"}))
}
