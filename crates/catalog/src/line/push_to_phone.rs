//! `line/push_to_phone`: a notice to whoever has a phone number, for businesses that LINE has approved for it.

use super::api::Api;
use super::messages;
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// E.164 allows fifteen digits.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub phone: Text,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub messages: Option<Value>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let phone = international(input.phone.as_str())?;
    let messages = messages::read(input.text.as_deref(), input.messages.as_ref())?;
    let body = json!({"to": hashed(&phone), "messages": messages});
    // LINE takes no retry key here.
    Api::of(cx)?.notify(&body).await?;
    Ok(json!({"accepted": true}))
}

/// The number with its country and without anything between its digits. A Thai one may be written as at home.
fn international(text: &str) -> Result<String, Error> {
    let written: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')')).collect();
    let phone = match written.strip_prefix('0') {
        Some(rest) => format!("+66{rest}"),
        None => written,
    };
    let digits = phone.strip_prefix('+').unwrap_or_default();
    let is_number = DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(phone).ok_or_else(|| Error::Input {
        message: "this is no phone number".into(),
        advice: "Write it like +66810000001, or 0810000001 for Thailand.".into(),
    })
}

/// LINE is told a hash in place of the number.
fn hashed(phone: &str) -> String {
    hex::encode(Sha256::digest(phone))
}

pub fn spec() -> OperationSpec {
    let [text, all] = messages::fields();
    OperationSpec::action("line/push_to_phone", "Notify a phone number", "แจ้งเตือนด้วยหมายเลขโทรศัพท์")
        .about(
            "Sends a LINE notification message by phone number; only for businesses that LINE has approved. Accepted is not delivered.",
            "ส่ง LINE notification message ด้วยหมายเลขโทรศัพท์ ใช้ได้เฉพาะธุรกิจที่ LINE อนุมัติ การรับไม่ได้แปลว่าส่งถึง",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(
            Field::new("phone", FieldKind::Text, "Phone", "โทรศัพท์")
                .about("With the country's code, or a Thai number as at home.", "มีรหัสประเทศ หรือหมายเลขไทยตามปกติ")
                .required()
                .example("+66810000001"),
        )
        .field(text)
        .field(all)
        .example(
            json!({"phone": "+66810000001", "text": "พัสดุ TH01234567890 กำลังนำส่ง"}),
            json!({"accepted": true}),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_as_the_hash_of_line_s_own_sample() {
        let hash = "d41e0ad70dddfeb68f149ad6fc61574b9c5780ab7bcb2fba5517771ffbb2409c";
        assert_eq!(hashed(&international("+81-80-0000-1234").unwrap()), hash);
    }

    #[test]
    fn a_thai_number_may_be_written_as_at_home() {
        assert_eq!(international("081-000-0001").unwrap(), "+66810000001");
        for wrong in ["", "+", "somchai", "+66", "810000001", "+6681000000100000"] {
            assert!(international(wrong).is_err(), "{wrong}");
        }
    }
}
