use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

pub fn spec() -> OperationSpec {
    OperationSpec::control("core/wait", "Wait", "รอ")
        .about(
            "Waits for a while, until a time, or until a signed address is called: a person's approval, for example.",
            "รอตามระยะเวลา รอจนถึงเวลาที่กำหนด หรือรอจนมีการเรียกที่อยู่ที่ลงลายเซ็นไว้ เช่น รอคนอนุมัติ",
        )
        .field(
            Field::new("for", FieldKind::Span, "For", "รอนาน")
                .about("How long to wait.", "ระยะเวลาที่จะรอ")
                .example("10m"),
        )
        .field(
            Field::new("until", FieldKind::Text, "Until", "รอจนถึง")
                .about(
                    "A time such as 2026-01-05T08:00:00+07:00; a time that has passed does not wait.",
                    "เวลา เช่น 2026-01-05T08:00:00+07:00 หากเลยเวลาแล้วจะไม่รอ",
                )
                .example("${input.ship_after}"),
        )
        .field(
            Field::new("callback", FieldKind::Bool, "Until called", "รอการเรียกกลับ")
                .about(
                    "Waits until the address shown at the run is called; what is sent there comes out.",
                    "รอจนมีการเรียกที่อยู่ซึ่งแสดงในหน้าการรัน ข้อมูลที่ส่งมาจะเป็นผลลัพธ์",
                )
                .default(false)
                .example(false),
        )
        .field(
            Field::new("timeout", FieldKind::Span, "At the longest", "รอนานที่สุด")
                .about(
                    "When nobody calls by then, the run goes on at \"timeout\".",
                    "หากครบเวลาแล้วยังไม่มีการเรียก จะไปต่อทาง \"timeout\"",
                )
                .example("2d"),
        )
        .ports(&["out", "timeout"])
        .example(json!({"for": "10m"}), json!({"order": 1042}))
}
