use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

/// More ways out than anybody can read on a canvas.
const CASES_MAX: u64 = 32;

pub fn spec() -> OperationSpec {
    OperationSpec::control("core/switch", "Switch", "ทางแยก")
        .about(
            "Sends the input down the first way whose condition holds, or down \"else\".",
            "ส่งข้อมูลไปตามทางแรกที่เงื่อนไขเป็นจริง หรือไปทาง \"else\" เมื่อไม่มีข้อใดเป็นจริง",
        )
        .field(
            Field::new("cases", FieldKind::List(vec![port(), when()]), "Cases", "กรณี")
                .about(
                    "Each case is a way out with a condition; they are tried from the top.",
                    "แต่ละกรณีคือทางออกหนึ่งทางพร้อมเงื่อนไข ตรวจจากบนลงล่าง",
                )
                .required()
                .at_most(CASES_MAX)
                .example(example_cases()),
        )
        .ports_from_cases()
        .example(json!({"cases": example_cases()}), json!({"financial_status": "paid"}))
}

fn port() -> Field {
    Field::new("port", FieldKind::Text, "Way out", "ทางออก")
        .about(
            "The name that edges use: letters, digits, - and _.",
            "ชื่อที่เส้นเชื่อมใช้อ้างถึง: ตัวอักษรอังกฤษ ตัวเลข - และ _",
        )
        .required()
        .example("prepaid")
}

fn when() -> Field {
    Field::new("when", FieldKind::Condition, "When", "เงื่อนไข")
        .about("An expression that gives true or false.", "นิพจน์ที่ให้ผลเป็นจริงหรือเท็จ")
        .required()
        .example("${input.financial_status == \"paid\"}")
}

fn example_cases() -> serde_json::Value {
    json!([{"port": "prepaid", "when": "${input.financial_status == \"paid\"}"}])
}
