//! `files/read_excel`: a sheet of a workbook as rows.

use super::cells::{self, How};
use super::place::{self, Area};
use crate::rows::{self, CELLS_MAX, Row};
use crate::{archive, failure, given, words};
use bytes::Bytes;
use calamine::{DataRef, Reader, Xlsx, XlsxError};
use connector::{ActionCx, Error, File};
use model::{EffectRule, Field, FieldKind, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// A workbook is a ZIP, in which a little may become a lot.
const UNPACKED_BYTES_MAX: u64 = 100 << 20;
const PARTS_MAX: usize = 2_000;

type Workbook = Xlsx<Cursor<Bytes>>;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub file: File,
    #[serde(default, deserialize_with = "given::text")]
    sheet: String,
    #[serde(default = "words::yes")]
    header: bool,
    #[serde(default, deserialize_with = "given::or_default")]
    header_row: u32,
    #[serde(default, deserialize_with = "given::trimmed")]
    range: String,
    #[serde(default)]
    all_texts: bool,
    #[serde(default)]
    buddhist_years: bool,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/read_excel", "Read Excel", "อ่าน Excel")
        .about(
            "A sheet of an Excel workbook (.xlsx) as rows. Texts stay texts, dates are written like 2026-11-20, and formulas are what they came to.",
            "อ่านแผ่นงานของไฟล์ Excel (.xlsx) เป็นแถว ข้อความยังเป็นข้อความ วันที่เขียนแบบ 2026-11-20 และสูตรจะได้ผลลัพธ์ของสูตร",
        )
        .effect(EffectRule::Read)
        .field(words::file())
        .field(
            Field::new("sheet", FieldKind::Text, "Sheet", "แผ่นงาน")
                .about("The sheet's name; empty: the first.", "ชื่อแผ่นงาน หากเว้นว่างคือแผ่นแรก")
                .at_most(100)
                .example("คำสั่งซื้อ"),
        )
        .field(
            Field::new("header", FieldKind::Bool, "Header", "หัวตาราง")
                .about(
                    "Whether the first row has the columns' names; else columns are called A, B, C.",
                    "แถวแรกเป็นชื่อคอลัมน์หรือไม่ หากไม่ใช่คอลัมน์จะชื่อ A, B, C",
                )
                .default(true)
                .example(true),
        )
        .field(
            Field::new("header_row", FieldKind::Number, "First row", "แถวแรก")
                .about(
                    "The number of the row where the table begins; empty: the first with anything in it.",
                    "หมายเลขแถวที่ตารางเริ่ม หากเว้นว่างคือแถวแรกที่มีข้อมูล",
                )
                .at_least(0)
                .at_most(u64::from(place::ROWS))
                .example(3),
        )
        .field(
            Field::new("range", FieldKind::Text, "Range", "ช่วงเซลล์")
                .about(
                    "Only these cells, such as B3:F20, or whole columns, such as B:F. Empty: the whole sheet.",
                    "อ่านเฉพาะเซลล์ในช่วงนี้ เช่น B3:F20 หรือทั้งคอลัมน์ เช่น B:F หากเว้นว่างจะอ่านทั้งแผ่น",
                )
                .at_most(30)
                .example("B3:F20"),
        )
        .field(
            Field::new("buddhist_years", FieldKind::Bool, "Years of the Buddhist era", "ปีพุทธศักราช")
                .about(
                    "Whether dates from 2400 to 2699 were typed with years of the Buddhist era: 20/11/2569 is 2026-11-20 then.",
                    "วันที่ในปี 2400 ถึง 2699 พิมพ์เป็นปี พ.ศ. หรือไม่ หากใช่ 20/11/2569 จะเป็น 2026-11-20",
                )
                .default(false)
                .example(true),
        )
        .field(
            Field::new("all_texts", FieldKind::Bool, "Everything as texts", "ทุกค่าเป็นข้อความ")
                .about(
                    "Whether numbers become texts as well, with the digits that Excel holds.",
                    "ให้ตัวเลขเป็นข้อความด้วยหรือไม่ โดยคงหลักตามที่ Excel เก็บไว้",
                )
                .default(false)
                .example(false)
                .advanced(),
        )
        .example(
            json!({"file": {"name": "orders.xlsx", "base64": "UEsDBA=="}, "sheet": "คำสั่งซื้อ"}),
            json!({
                "rows": [{"เลขที่": "0081", "วันที่": "2026-11-20", "ยอดรวม": 267.5}],
                "columns": ["เลขที่", "วันที่", "ยอดรวม"],
                "count": 1,
                "sheet": "คำสั่งซื้อ",
                "sheets": ["คำสั่งซื้อ", "สต็อก"],
            }),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || read(&input)).await
}

pub fn read(input: &Input) -> Result<Value, Error> {
    let file = &input.file;
    if !file.bytes.starts_with(b"PK") {
        return Err(failure::unreadable(file, "it is no .xlsx; save it as an Excel workbook"));
    }
    archive::check(file, PARTS_MAX, UNPACKED_BYTES_MAX)?;
    let damaged = |error: XlsxError| failure::unreadable(file, error);
    let mut workbook = Workbook::new(Cursor::new(file.bytes.clone())).map_err(damaged)?;
    let sheets = workbook.sheet_names();
    let sheet = match sheets.iter().find(|name| input.sheet.is_empty() || **name == input.sheet) {
        Some(sheet) => sheet.clone(),
        None => {
            let message =
                format!("\"{}\" has no sheet \"{}\"; it has {}", file.name, input.sheet, sheets.join(", "));
            return Err(failure::input(message, "Correct the name of the sheet."));
        }
    };
    let table = Table::of(input, &mut workbook, &sheet)?;
    let (columns, rows) = table.rows(input)?;
    let count = rows.len();
    Ok(json!({"rows": rows, "columns": columns, "count": count, "sheet": sheet, "sheets": sheets}))
}

/// The cells that have anything in them.
struct Table(BTreeMap<u32, BTreeMap<u32, Value>>);

impl Table {
    fn of(input: &Input, workbook: &mut Workbook, sheet: &str) -> Result<Self, Error> {
        let area = match input.range.as_str() {
            "" => Area::ALL,
            range => Area::read(range).ok_or_else(|| {
                failure::input(format!("\"{range}\" is no range of cells"), "Write it like B3:F20 or B:F.")
            })?,
        };
        let how = How { buddhist_years: input.buddhist_years, all_texts: input.all_texts };
        let damaged = |error: XlsxError| failure::unreadable(&input.file, error);
        let mut reader = workbook.worksheet_cells_reader(sheet).map_err(damaged)?;
        let mut cells: BTreeMap<u32, BTreeMap<u32, Value>> = BTreeMap::new();
        let mut count = 0;
        while let Some(cell) = reader.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            if !area.has(row, column) || row + 1 < input.header_row || *cell.get_value() == DataRef::Empty {
                continue;
            }
            let value = cells::value(cell.get_value().clone(), how).map_err(|wrong| {
                let place = format!("cell {}{}: {wrong}", place::letters(column), row + 1);
                failure::unreadable(&input.file, place)
            })?;
            let Some(value) = value else { continue };
            count += 1;
            if count > CELLS_MAX {
                return Err(failure::input(
                    "the sheet has more than a million cells",
                    "Name a range, or split the sheet.",
                ));
            }
            cells.entry(row).or_default().insert(column, value);
        }
        Ok(Self(cells))
    }

    fn rows(mut self, input: &Input) -> Result<(Vec<String>, Vec<Row>), Error> {
        let header = if input.header { self.0.pop_first().map(|(_, cells)| cells) } else { None };
        let header = header.unwrap_or_default();
        let used: BTreeSet<u32> =
            self.0.values().chain([&header]).flat_map(|cells| cells.keys().copied()).collect();
        rows::check(self.0.len(), used.len())?;
        let title = |column: &u32| match header.get(column) {
            Some(title) => rows::text(Some(title)).into_owned(),
            None => place::letters(*column),
        };
        let titles: Vec<String> = used.iter().map(title).collect();
        let names = rows::names(titles.iter().map(String::as_str));
        let row = |mut cells: BTreeMap<u32, Value>| -> Row {
            let cell =
                |(column, name): (&u32, &String)| (name.clone(), cells.remove(column).unwrap_or(Value::Null));
            used.iter().zip(&names).map(cell).collect()
        };
        let rows = self.0.into_values().map(row).collect();
        Ok((names, rows))
    }
}
