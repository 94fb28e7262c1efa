use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

pub fn spec() -> OperationSpec {
    OperationSpec::control("core/filter", "Filter", "ตัวกรอง")
        .about(
            "Lets the input pass only when a condition holds; otherwise it leaves by \"else\".",
            "ปล่อยข้อมูลผ่านเมื่อเงื่อนไขเป็นจริง มิฉะนั้นออกทาง \"else\"",
        )
        .field(
            Field::new("when", FieldKind::Condition, "When", "เงื่อนไข")
                .about("An expression that gives true or false.", "นิพจน์ที่ให้ผลเป็นจริงหรือเท็จ")
                .required()
                .example("${!input.test}"),
        )
        .ports(&["out", "else", "error"])
        .example(json!({"when": "${!input.test}"}), json!({"test": false}))
}
