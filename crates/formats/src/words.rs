//! Fields that many operations have.

use crate::rows::ROWS_MAX;
use model::{Field, FieldKind};
use serde_json::json;

pub fn file() -> Field {
    connector::file::field("file").required()
}

/// What the file that is made is called.
pub fn name(example: &str) -> Field {
    Field::new("name", FieldKind::Text, "Name of the file", "ชื่อไฟล์")
        .about("What the file is to be called, with its ending.", "ชื่อไฟล์ที่ต้องการ พร้อมนามสกุล")
        .required()
        .at_most(200)
        .example(example)
}

pub fn rows() -> Field {
    Field::new("rows", FieldKind::Json, "Rows", "แถว")
        .about(
            "A list of objects, each a row; 100,000 at most.",
            "รายการของออบเจ็กต์ แต่ละออบเจ็กต์เป็นหนึ่งแถว ไม่เกิน 100,000 แถว",
        )
        .required()
        .at_most(ROWS_MAX as u64)
        .example(json!([{"sku": "TEA-01", "name": "ชาอู่หลง", "qty": 2}]))
}

pub fn header(written: bool) -> Field {
    let (en, th) = match written {
        true => ("Whether the first line has the columns' names.", "บรรทัดแรกเป็นชื่อคอลัมน์หรือไม่"),
        false => (
            "Whether the first line has the columns' names; else they come from the columns below, or are column_1, column_2.",
            "บรรทัดแรกเป็นชื่อคอลัมน์หรือไม่ หากไม่ใช่จะใช้ชื่อจากคอลัมน์ด้านล่าง หรือ column_1, column_2",
        ),
    };
    Field::new("header", FieldKind::Bool, "Header", "หัวตาราง").about(en, th).default(true).example(true)
}

pub fn line_ends() -> Field {
    Field::choice(
        "line_ends",
        &[("crlf", "Windows (CR LF)", "Windows (CR LF)"), ("lf", "Unix (LF)", "Unix (LF)")],
        "Line ends",
        "การขึ้นบรรทัด",
    )
    .about("How a line ends.", "อักขระจบบรรทัด")
    .default("crlf")
    .example("crlf")
    .advanced()
}

pub fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineEnds {
    #[default]
    Crlf,
    Lf,
}

impl LineEnds {
    pub fn text(self) -> &'static str {
        match self {
            Self::Crlf => "\r\n",
            Self::Lf => "\n",
        }
    }
}
