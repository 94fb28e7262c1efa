use model::{Field, Inputs, OperationSpec};
use serde_json::json;

pub fn spec() -> OperationSpec {
    OperationSpec::control("core/merge", "Merge", "รวมเส้นทาง")
        .about(
            "Joins branches: waits for all that are taken, or goes on with the first.",
            "รวมเส้นทางเข้าด้วยกัน: รอให้ครบทุกทางที่ทำงาน หรือไปต่อทันทีกับทางแรกที่มาถึง",
        )
        .field(
            Field::choice(
                "mode",
                &[("all", "Wait for all", "รอให้ครบ"), ("any", "Go on with the first", "ใช้ทางแรกที่มาถึง")],
                "Go on",
                "ไปต่อเมื่อ",
            )
            .about(
                "All: gives one object with the value of each branch. Any: gives the value that came first.",
                "รอให้ครบ: ให้ออบเจ็กต์ที่มีค่าของแต่ละทาง / ทางแรก: ให้ค่าที่มาถึงก่อน",
            )
            .default("all")
            .example("all"),
        )
        .inputs(Inputs::Many)
        .example(json!({"mode": "all"}), json!({"customer": {"id": 7}, "stock": {"free": 38}}))
}
