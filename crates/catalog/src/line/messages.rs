//! What is to be said: a text, or LINE's own message objects.

use connector::Error;
use model::{Field, FieldKind};
use serde_json::{Value, json};

pub const TEXT_MAX: u64 = 5_000;
const MESSAGES_MAX: usize = 5;

/// One to five message objects.
pub fn read(text: Option<&str>, messages: Option<&Value>) -> Result<Value, Error> {
    match messages.filter(|messages| !messages.is_null()) {
        Some(Value::Array(list)) if (1..=MESSAGES_MAX).contains(&list.len()) => Ok(json!(list)),
        Some(one @ Value::Object(_)) => Ok(json!([one])),
        Some(_) => Err(mistake("LINE takes one to five messages at once")),
        None => match text.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) if text.encode_utf16().count() > 5_000 => {
                Err(mistake("the text is longer than 5,000 characters"))
            }
            Some(text) => Ok(json!([{"type": "text", "text": text}])),
            None => Err(mistake("there is nothing to say")),
        },
    }
}

fn mistake(message: &str) -> Error {
    Error::Input { message: message.into(), advice: "Fill in the text, or up to five messages.".into() }
}

pub fn fields() -> [Field; 2] {
    [
        Field::new("text", FieldKind::LongText, "Text", "ข้อความ")
            .about("What to say.", "ข้อความที่จะส่ง")
            .at_most(TEXT_MAX)
            .example("ร้านได้รับคำสั่งซื้อ SHOPIFY-1001 แล้ว"),
        Field::new("messages", FieldKind::Json, "Messages", "ข้อความแบบ LINE")
            .about(
                "In place of the text: up to five of LINE's message objects, such as pictures or flex messages.",
                "ใช้แทนข้อความ: message object ของ LINE ไม่เกินห้ารายการ เช่น รูปภาพหรือ flex message",
            )
            .example(json!([{"type": "sticker", "packageId": "446", "stickerId": "1988"}]))
            .advanced(),
    ]
}

/// Whether the recipient's phone makes a sound.
pub fn silent() -> Field {
    Field::new("silent", FieldKind::Bool, "Silent", "ไม่แจ้งเตือน")
        .about("The message comes without a sound.", "ส่งข้อความโดยไม่มีเสียงแจ้งเตือน")
        .default(false)
        .example(false)
        .advanced()
}
