use model::{Field, FieldKind, OperationSpec};
use serde_json::json;

pub fn spec() -> OperationSpec {
    OperationSpec::trigger("core/schedule", "Schedule", "ตั้งเวลา")
        .about(
            "Starts the flow at set times, such as every weekday at eight.",
            "เริ่มโฟลว์ตามเวลาที่ตั้งไว้ เช่น ทุกวันทำการเวลาแปดโมงเช้า",
        )
        .field(
            Field::new("cron", FieldKind::Cron, "When", "เวลา")
                .about(
                    "Five fields: minute, hour, day, month, weekday. Six, with seconds in front, are allowed.",
                    "ห้าช่อง: นาที ชั่วโมง วันที่ เดือน วันในสัปดาห์ จะใส่วินาทีไว้หน้าสุดเป็นหกช่องก็ได้",
                )
                .required()
                .example("0 8 * * 1-5"),
        )
        .field(
            Field::new("time_zone", FieldKind::TimeZone, "Time zone", "เขตเวลา")
                .about(
                    "The clock that these times are read from.",
                    "นาฬิกาของเขตเวลาที่ใช้อ่านเวลาข้างต้น",
                )
                .default("Asia/Bangkok")
                .example("Asia/Bangkok"),
        )
        .field(
            Field::choice(
                "catch_up",
                &[
                    ("skip", "Skip them", "ข้ามไป"),
                    ("last", "Start once for the latest", "เริ่มครั้งเดียวแทนรอบล่าสุด"),
                    ("all", "Start once for each", "เริ่มให้ครบทุกรอบ"),
                ],
                "Missed times",
                "รอบที่พลาดไป",
            )
            .about(
                "What to do about times that passed while the server was down. Times that passed while the flow was \
                 paused or deleted are never made up for.",
                "จะทำอย่างไรกับรอบที่ผ่านไปขณะที่เซิร์ฟเวอร์หยุดทำงาน ส่วนรอบที่ผ่านไปขณะที่โฟลว์ถูกพักไว้หรือถูกลบจะไม่เริ่มย้อนหลัง",
            )
            .default("last")
            .example("last")
            .advanced(),
        )
        .example(
            json!({"cron": "0 8 * * 1-5"}),
            json!({"at": "2026-01-05T08:00:00+07:00"}),
        )
}
