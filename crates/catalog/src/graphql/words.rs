//! Fields that several operations have.

use super::document;
use connector::Error;
use model::{Field, FieldKind};
use serde_json::{Value, json};

pub const DOCUMENT_CHARS_MAX: u64 = 100_000;
/// The most records on a page.
pub const SIZE_MAX: u64 = 1_000;

pub fn query() -> Field {
    Field::new("query", FieldKind::LongText, "Query", "คิวรี")
        .about(
            "The query in GraphQL. Values that come from the flow belong into the variables, where nothing in them counts as a part of the query.",
            "คิวรีภาษา GraphQL ค่าที่มาจากโฟลว์ให้ใส่ในตัวแปร เพื่อไม่ให้ข้อมูลกลายเป็นส่วนหนึ่งของคิวรี",
        )
        .required()
        .at_most(DOCUMENT_CHARS_MAX)
}

pub fn variables() -> Field {
    Field::new("variables", FieldKind::Json, "Variables", "ตัวแปร")
        .about(
            "Values by the names that stand behind $ in the text.",
            "ค่าของตัวแปรแต่ละชื่อ ตามชื่อที่อยู่หลัง $ ในข้อความ",
        )
        .default(json!({}))
        .example(json!({"id": "${input.product_id}"}))
}

pub fn operation_name() -> Field {
    Field::new("operation_name", FieldKind::Text, "Name of the operation", "ชื่อ operation")
        .about(
            "Which one is to run, where the text has several with names.",
            "ระบุว่าให้ใช้ตัวใด เมื่อในข้อความมีหลายตัวที่ตั้งชื่อไว้",
        )
        .at_most(200)
        .default("")
        .example("FindProduct")
        .advanced()
}

/// Which field of the data comes out, and what it may be is looked up.
pub fn field(kind: &str) -> Field {
    Field::new("field", FieldKind::Record(kind.into()), "Field of the answer", "ฟิลด์ในคำตอบ")
        .about(
            "Only this field of the data comes out. The list shows what the API offers, with arguments and types, where it lets itself be asked.",
            "ส่งออกเฉพาะฟิลด์นี้ของข้อมูล รายการจะแสดงสิ่งที่ API มีให้ พร้อมอาร์กิวเมนต์และชนิด หาก API ยอมให้ถามได้",
        )
        .default("")
        .example("product")
        .advanced()
}

pub fn on_errors(en: &str, th: &str) -> Field {
    let options = [("fail", "Fail", "ถือว่าล้มเหลว"), ("keep", "Go on with what there is", "ทำต่อด้วยข้อมูลที่มี")];
    Field::choice("on_errors", &options, "When a part is missing", "เมื่อข้อมูลบางส่วนขาดหาย")
        .about(en, th)
        .default("fail")
        .example("fail")
        .advanced()
}

pub fn size(default: u64) -> Field {
    Field::new("size", FieldKind::Number, "Records at once", "จำนวนต่อครั้ง")
        .about(
            "How many records are asked for at once. Many APIs allow 100 at most.",
            "จำนวนรายการที่ขอในแต่ละครั้ง หลาย API ให้ไม่เกิน 100",
        )
        .at_least(1)
        .at_most(SIZE_MAX)
        .default(default)
        .example(default)
}

pub fn variable(name: &str, default: &str, en: &str, th: &str, about_en: &str, about_th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th)
        .about(about_en, about_th)
        .at_most(100)
        .default(default)
        .example(default)
}

/// Refuses a text that changes something where only reading is safe.
pub fn check_reads(text: &str) -> Result<(), Error> {
    match document::only_reads(text) {
        true => Ok(()),
        false => Err(Error::Input {
            message: "the text holds a mutation or a subscription, and here it may only be a query".into(),
            advice: "Use the operation \"Change by a mutation\" for what changes something.".into(),
        }),
    }
}

/// Refuses a text that would not take the variable that everything hangs on.
pub fn check_takes(text: &str, variable: &str) -> Result<(), Error> {
    match document::takes(text, variable) {
        true => Ok(()),
        false => Err(Error::Input {
            message: format!("the query does not use the variable ${variable}"),
            advice: format!("Take ${variable} in the query, or name the variable that it takes."),
        }),
    }
}

/// A list at a JSON pointer into the data.
pub fn list_at(data: &mut Value, place: &str, host: &str) -> Result<Vec<Value>, Error> {
    match data.pointer_mut(place).map(Value::take) {
        Some(Value::Array(list)) => Ok(list),
        Some(Value::Null) if place.is_empty() => Ok(Vec::new()),
        _ => Err(Error::Refused {
            message: format!("there is no list at \"{place}\" in the data of {host}"),
            advice: "Write where the list is, such as /products/items, beginning below data.".into(),
        }),
    }
}
