//! Fields that the operations share.

use super::lookup::SHEET;
use super::place::ROW_MAX;
use connector::Error;
use model::{Field, FieldKind, OperationSpec};
use serde_json::{Map, Value, json};

pub const SPREADSHEET: &str = "spreadsheet";
/// Rows that one step writes.
pub const ROWS_MAX: usize = 1_000;
/// Ranges that are asked for in one call.
pub const RANGES_MAX: usize = 50;

/// A sheet, and which of its rows names the columns.
#[derive(Clone, Copy, Debug)]
pub struct Place<'i> {
    pub sheet: &'i str,
    pub header_row: u64,
}

impl<'i> Place<'i> {
    pub fn new(sheet: &'i str, header_row: u64) -> Result<Self, Error> {
        let sheet = sheet.trim();
        match (sheet.is_empty(), (1..ROW_MAX).contains(&header_row)) {
            (false, true) => Ok(Self { sheet, header_row }),
            _ => Err(Error::Input {
                message: "no sheet is named, or its header row is none".into(),
                advice: "Choose a sheet in the node; rows are counted from 1.".into(),
            }),
        }
    }
}

pub fn first_row() -> u64 {
    1
}

/// Rows to be written, none of which is lost to a bound.
pub fn check_rows(rows: &[Map<String, Value>]) -> Result<(), Error> {
    match rows.len() {
        0..=ROWS_MAX => Ok(()),
        count => Err(Error::Input {
            message: format!("{count} rows are given, and {ROWS_MAX} are written at once"),
            advice: "Give fewer at once, such as by a loop.".into(),
        }),
    }
}

pub fn place(spec: OperationSpec) -> OperationSpec {
    spec.field(spreadsheet()).field(sheet()).field(header_row())
}

pub fn spreadsheet() -> Field {
    Field::new(SPREADSHEET, FieldKind::Text, "Spreadsheet", "สเปรดชีต")
        .about(
            "Its address in the browser, or its id. Empty: the connection's.",
            "ที่อยู่ในเบราว์เซอร์หรือไอดี หากเว้นว่างจะใช้ของการเชื่อมต่อ",
        )
        .example("https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789/edit")
}

pub fn sheet() -> Field {
    Field::new("sheet", FieldKind::Record(SHEET.into()), "Sheet", "ชีต")
        .about("The name on its tab.", "ชื่อบนแท็บ")
        .required()
        .example("Orders")
}

fn header_row() -> Field {
    Field::new("header_row", FieldKind::Number, "Header row", "แถวหัวตาราง")
        .about("The row that names the columns.", "แถวที่ระบุชื่อคอลัมน์")
        .at_least(1)
        .at_most(ROW_MAX)
        .default(1)
        .example(1)
        .advanced()
}

pub fn rows() -> Field {
    Field::new("rows", FieldKind::Json, "Rows", "แถว")
        .about(
            "A list of objects whose fields are named as the columns. What a row does not name stays as it is, or empty.",
            "รายการออบเจ็กต์ที่ชื่อฟิลด์ตรงกับชื่อคอลัมน์ ค่าที่ไม่ระบุจะคงเดิมหรือว่าง",
        )
        .required()
        .example(json!([{"Order": "1001", "Phone": "0812345678", "Total": 535.00}]))
}

pub fn key(en: &str, th: &str) -> Field {
    Field::new("key", FieldKind::Text, "Key column", "คอลัมน์คีย์").about(en, th).example("Order")
}

pub fn entry() -> Field {
    let ways = [("raw", "As it is", "ตามที่ให้มา"), ("typed", "As if typed", "เหมือนพิมพ์เอง")];
    Field::choice("entry", &ways, "Values are taken", "การรับค่า")
        .about(
            "As it is: 0812345678 keeps its zero and =1+1 stays a text. As if typed: Google makes numbers, dates and formulas of texts.",
            "ตามที่ให้มา: 0812345678 ไม่เสียเลขศูนย์ และ =1+1 เป็นข้อความ เหมือนพิมพ์เอง: Google จะแปลงข้อความเป็นตัวเลข วันที่ หรือสูตร",
        )
        .default("raw")
        .example("raw")
        .advanced()
}

pub fn columns() -> Field {
    Field::new("columns", FieldKind::Text, "Columns", "คอลัมน์")
        .about(
            "The first and the last one's letters. Empty: all.",
            "ตัวอักษรของคอลัมน์แรกและสุดท้าย หากเว้นว่างจะใช้ทั้งหมด",
        )
        .example("A:F")
        .advanced()
}

pub fn render() -> Field {
    let ways = [
        ("values", "With all digits", "ครบทุกหลัก"),
        ("shown", "As they look", "ตามที่แสดง"),
        ("formulas", "Formulas", "สูตร"),
    ];
    Field::choice("render", &ways, "Cells are read", "การอ่านเซลล์")
        .about(
            "With all digits: 267.5 also where the sheet shows 268. As they look: texts with the sheet's own format.",
            "ครบทุกหลัก: ได้ 267.5 แม้ชีตแสดง 268 ตามที่แสดง: เป็นข้อความตามรูปแบบของชีต",
        )
        .default("values")
        .example("values")
        .advanced()
}
