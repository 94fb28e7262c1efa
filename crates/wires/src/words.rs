//! Fields that many operations have, and how they are read.

use crate::failure;
use connector::Error;
use model::{EffectRule, Field, FieldKind, Span};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Names and texts that travel beside a body.
const BESIDE_MAX: usize = 20;
const BACK_AFTER: &str = "back_after";
const BACK_AFTER_USUAL: Span = Span::from_secs(10);
/// Message brokers close a session whose messages nobody answers for much longer.
const BACK_AFTER_MOST: Duration = Duration::from_secs(15 * 60);
const PREFETCH: &str = "prefetch";
const PREFETCH_USUAL: u16 = 16;
const PREFETCH_MOST: u16 = 64;

pub fn back_after() -> Field {
    Field::new(BACK_AFTER, FieldKind::Span, "Try again after", "ลองใหม่หลังจาก")
        .about(
            "How long a message waits that cannot become an event now, as when the disk is full; 15 minutes at most.",
            "ข้อความที่ยังรับเป็นเหตุการณ์ไม่ได้ เช่น เมื่อดิสก์เต็ม จะรอนานเท่านี้ก่อนลองใหม่ ไม่เกิน 15 นาที",
        )
        .default(BACK_AFTER_USUAL.to_string())
        .example(BACK_AFTER_USUAL.to_string())
        .advanced()
}

pub fn back_after_of(with: &Map<String, Value>) -> Duration {
    let given = with.get(BACK_AFTER).and_then(Value::as_str).and_then(|text| text.parse::<Span>().ok());
    std_span(given.unwrap_or(BACK_AFTER_USUAL)).min(BACK_AFTER_MOST)
}

pub fn prefetch() -> Field {
    Field::new(PREFETCH, FieldKind::Number, "At a time", "จำนวนต่อครั้ง")
        .about(
            "Messages that are handed out before the first of them is on disk.",
            "จำนวนข้อความที่รับมาได้ก่อนที่ข้อความแรกจะถูกบันทึกลงดิสก์",
        )
        .at_least(1)
        .at_most(PREFETCH_MOST.into())
        .default(PREFETCH_USUAL)
        .example(PREFETCH_USUAL)
        .advanced()
}

pub fn prefetch_of(with: &Map<String, Value>) -> u16 {
    let given = with.get(PREFETCH).and_then(Value::as_u64).and_then(|given| u16::try_from(given).ok());
    given.unwrap_or(PREFETCH_USUAL).clamp(1, PREFETCH_MOST)
}

pub fn body() -> Field {
    Field::new("body", FieldKind::Json, "Body", "เนื้อหา")
        .about(
            "What the message brings: any JSON, a text, or base64, by the type of the content.",
            "เนื้อหาของข้อความ เป็น JSON ข้อความ หรือ base64 ตามชนิดของเนื้อหา",
        )
        .required()
        .example(json!({"order_no": "SHOPIFY-1001"}))
}

pub fn content_type() -> Field {
    Field::new("content_type", FieldKind::Text, "Type of the content", "ชนิดของเนื้อหา")
        .about(
            "JSON is sent as it is and so is text; a body of any other type is written in base64.",
            "JSON และข้อความจะส่งตามที่เป็น เนื้อหาชนิดอื่นให้เขียนเป็น base64",
        )
        .at_most(200)
        .default(crate::payload::JSON)
        .example(crate::payload::JSON)
        .advanced()
}

pub fn headers() -> Field {
    Field::new("headers", FieldKind::Map, "Headers", "เฮดเดอร์")
        .about("Names and texts that travel beside the body.", "ชื่อและข้อความที่ส่งไปพร้อมกับเนื้อหา")
        .at_most(BESIDE_MAX as u64)
        .default(json!({}))
        .example(json!({"shop": "chiang-mai"}))
        .advanced()
}

/// Refuses more than brokers take beside a body. What the data brings is not held to the field's own bound.
pub fn bounded(given: &BTreeMap<String, String>, what: &str, bytes_max: usize) -> Result<(), Error> {
    let bytes: usize = given.iter().map(|(name, value)| name.len() + value.len()).sum();
    match given.len() > BESIDE_MAX || bytes > bytes_max {
        true => Err(failure::input(
            format!("the {what} are too many or too long"),
            "Put what is more into the body.",
        )),
        false => Ok(()),
    }
}

/// What to do when nobody knows whether a message was taken.
pub fn repeats() -> Field {
    Field::choice(
        "repeats",
        &[
            ("ask", "Ask a person", "ให้คนตัดสินใจ"),
            ("send", "Send it again", "ส่งอีกครั้ง"),
        ],
        "When an answer was lost",
        "เมื่อคำตอบสูญหาย",
    )
    .about(
        "Choose to send again where whoever receives the message drops repeats by its id, or where a repeat does no harm.",
        "เลือกส่งอีกครั้งเมื่อผู้รับตัดข้อความซ้ำตามรหัสของข้อความได้ หรือเมื่อข้อความซ้ำไม่ก่อปัญหา",
    )
    .default("ask")
    .example("ask")
    .advanced()
}

pub fn repeats_of(input: &Value) -> EffectRule {
    match input.get("repeats").and_then(Value::as_str) {
        Some("send") => EffectRule::Idempotent,
        _ => EffectRule::Ask,
    }
}

/// A text field of a trigger that it cannot do without.
pub fn need<'a>(with: &'a Map<String, Value>, field: &str) -> Result<&'a str, Error> {
    text(with, field).ok_or_else(|| {
        failure::input(
            format!("the trigger has no {}", field.replace('_', " ")),
            "Open the node and fill in the field.",
        )
    })
}

pub fn text<'a>(with: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    with.get(field).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

pub fn is_on(with: &Map<String, Value>, field: &str) -> bool {
    with.get(field).is_some_and(|given| given == &Value::Bool(true))
}

pub fn std_span(span: Span) -> Duration {
    Duration::from_millis(span.as_ms())
}

/// The share of a call's time in which it has to begin. Whoever waits longer has done nothing, and says so; the engine's own
/// end would leave it open.
pub fn half(timeout: Span) -> Duration {
    std_span(timeout) / 2
}

/// A name as brokers, which bound what they take, take one: the key itself, or its digest where it is too long or odd.
pub fn short_key(key: &str) -> String {
    use sha2::{Digest, Sha256};
    let fits = key.len() <= 128 && key.chars().all(|letter| letter.is_ascii_graphic());
    if fits {
        return key.to_owned();
    }
    hex::encode(Sha256::digest(key))
}

/// The same key as 32 letters and digits, which any system takes in a name.
pub fn digest(key: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(&Sha256::digest(key)[..16])
}
