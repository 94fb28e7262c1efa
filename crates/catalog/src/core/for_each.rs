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
                .about(
                    "The list to go through. Of a body of more than 16 MB, ${trigger.body} or a member such as ${trigger.body.orders}.",
                    "ลิสต์ที่จะวนทำ หากเนื้อหาเกิน 16 MB ใช้ ${trigger.body} หรือสมาชิก เช่น ${trigger.body.orders}",
                )
                .required()
                .example("${input.line_items}"),
        )
        .field(
            Field::choice(
                "format",
                &[
                    ("auto", "A list, or what its type says", "ลิสต์ หรือตามชนิดของเนื้อหา"),
                    ("json", "JSON list", "ลิสต์ JSON"),
                    ("lines", "One JSON value per line", "JSON บรรทัดละหนึ่งรายการ"),
                    ("csv", "Table (CSV)", "ตาราง (CSV)"),
                ],
                "Format",
                "รูปแบบ",
            )
            .about(
                "How a text or a long body holds the elements. Rows of a table come as objects of texts, named by the first row.",
                "วิธีที่ข้อความหรือเนื้อหายาวเก็บรายการ แต่ละแถวของตารางเป็นออบเจ็กต์ของข้อความ โดยใช้ชื่อจากแถวแรก",
            )
            .default("auto")
            .example("csv"),
        )
        .field(
            Field::choice(
                "separator",
                &[
                    ("comma", "Comma ,", "จุลภาค ,"),
                    ("semicolon", "Semicolon ;", "อัฒภาค ;"),
                    ("tab", "Tab", "แท็บ"),
                    ("pipe", "Bar |", "ขีดตั้ง |"),
                ],
                "Between columns",
                "ตัวคั่นคอลัมน์",
            )
            .about("What stands between the columns of a table.", "สิ่งที่คั่นระหว่างคอลัมน์ของตาราง")
            .default("comma")
            .example("semicolon")
            .advanced(),
        )
        .field(
            Field::choice(
                "encoding",
                &[
                    ("auto", "As the file says", "ตามที่ไฟล์ระบุ"),
                    ("utf-8", "UTF-8", "UTF-8"),
                    ("windows-874", "Thai (TIS-620, Windows-874)", "ไทย (TIS-620, Windows-874)"),
                    ("utf-16le", "UTF-16", "UTF-16"),
                ],
                "Encoding",
                "การเข้ารหัสตัวอักษร",
            )
            .about(
                "Of a table or lines. Without a byte order mark or a charset, what is no UTF-8 is read as Thai.",
                "ของตารางหรือบรรทัด หากไม่มี BOM หรือ charset ข้อความที่ไม่ใช่ UTF-8 จะอ่านเป็นภาษาไทย",
            )
            .default("auto")
            .example("windows-874")
            .advanced(),
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
