//! What a column of a table holds.

use crate::{failure, given};
use connector::Error;
use model::money::{self, Amount};
use model::{Field, FieldKind};
use serde::Deserialize;
use serde_json::{Number, Value};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Text,
    Number,
}

/// A column that is read.
#[derive(Clone, Debug, Deserialize)]
pub struct Column {
    #[serde(deserialize_with = "given::trimmed")]
    pub name: String,
    #[serde(default, deserialize_with = "given::or_default")]
    pub kind: Kind,
}

/// Columns of a file that is read as texts.
pub fn field() -> Field {
    let columns = vec![
        Field::new("name", FieldKind::Text, "Name", "ชื่อ")
            .about(
                "As the header writes it; without a header, the name to give.",
                "ชื่อตามหัวตาราง หรือชื่อที่ตั้งให้เมื่อไม่มีหัวตาราง",
            )
            .required()
            .example("qty"),
        Field::choice(
            "kind",
            &[("text", "Text, as it is", "ข้อความ ตามที่เป็น"), ("number", "Number", "ตัวเลข")],
            "Kind",
            "ชนิด",
        )
        .about(
            "A number may be written as 1,234.50 or ฿50; a text keeps leading zeros and every digit.",
            "ตัวเลขเขียนเป็น 1,234.50 หรือ ฿50 ได้ ข้อความจะคงเลขศูนย์นำหน้าและทุกหลักไว้",
        )
        .default("text")
        .example("number"),
    ];
    Field::new("columns", FieldKind::List(columns), "Columns", "คอลัมน์")
        .about(
            "Which columns are numbers, and the names of all where the file has no header. Everything else stays a text.",
            "ระบุคอลัมน์ที่เป็นตัวเลข และชื่อทุกคอลัมน์หากไฟล์ไม่มีหัวตาราง นอกนั้นเป็นข้อความทั้งหมด",
        )
        .at_most(crate::rows::COLUMNS_MAX as u64)
        .example(serde_json::json!([{"name": "qty", "kind": "number"}]))
}

/// A cell as what its column holds; nothing in a column of numbers is `null`.
pub fn read(text: &str, kind: Kind) -> Option<Value> {
    match kind {
        Kind::Text => Some(Value::String(text.to_owned())),
        Kind::Number if text.trim().is_empty() => Some(Value::Null),
        Kind::Number => number(text).map(Value::Number),
    }
}

/// A number with its digits, as JSON writes it: `007` is 7, and `฿ 1,234.50` is 1234.50.
pub fn number(text: &str) -> Option<Number> {
    let plain = money::bookkept(text)?;
    Amount::read(&plain).ok()?;
    let (sign, digits) = plain.strip_prefix('-').map_or(("", &*plain), |digits| ("-", digits));
    let whole = digits.trim_start_matches('0');
    let whole =
        if whole.is_empty() || whole.starts_with('.') { format!("0{whole}") } else { whole.to_owned() };
    format!("{sign}{whole}").parse().ok()
}

/// A cell that is no number, though its column says so.
pub fn no_number(text: &str, row: usize, column: &str) -> Error {
    let text: String = text.chars().take(60).collect();
    failure::input(
        format!("\"{text}\" in row {row}, column \"{column}\", is no number"),
        "Correct the data, or take the column as texts.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_however_people_write_them() {
        for (text, wanted) in [
            ("007", "7"),
            ("0", "0"),
            ("0.50", "0.50"),
            ("฿ 1,234.50", "1234.50"),
            ("๑๒.๕", "12.5"),
            ("-0012.00", "-12.00"),
            ("(1,250.00)", "-1250.00"),
            ("12345678901234567890.12", "12345678901234567890.12"),
        ] {
            assert_eq!(number(text).map(|number| number.to_string()).as_deref(), Some(wanted), "{text}");
        }
        for text in ["1,2", "1e5", "12 ถุง", "-", ".5", "--1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
