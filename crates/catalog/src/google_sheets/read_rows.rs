//! `google_sheets/read_rows`: rows of a sheet as objects, a page at a time.

use super::api::{Api, Render};
use super::place::{Block, Columns, ROW_MAX};
use super::table::Table;
use super::words::{self, Place};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT_DEFAULT: u64 = 500;
const LIMIT_MAX: u64 = 5_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub spreadsheet: Option<String>,
    pub sheet: String,
    #[serde(default = "words::first_row")]
    pub header_row: u64,
    #[serde(default)]
    pub columns: Option<String>,
    /// Where to go on.
    #[serde(default)]
    pub first_row: Option<u64>,
    #[serde(default = "limit")]
    pub limit: u64,
    #[serde(default)]
    pub render: Render,
}

fn limit() -> u64 {
    LIMIT_DEFAULT
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let place = Place::new(&input.sheet, input.header_row)?;
    let columns = Columns::read(input.columns.as_deref().unwrap_or_default())?;
    let api = Api::of(cx, input.spreadsheet.as_deref())?;
    let table = Table::read(&api, place, columns).await?;
    let first = input.first_row.unwrap_or_default().clamp(table.header_row + 1, ROW_MAX);
    let limit = input.limit.clamp(1, LIMIT_MAX);
    let found = api.rows(&Block::new(&table.sheet, columns, first, limit), input.render).await?;
    let more = u64::try_from(found.len()).unwrap_or(u64::MAX) >= limit;
    let rows: Vec<Value> = (first..)
        .zip(found)
        .filter_map(|(number, cells)| table.object(number, cells).map(Value::Object))
        .collect();
    let names: Vec<&String> = table.names.iter().filter(|name| !name.is_empty()).collect();
    Ok(json!({"rows": rows, "columns": names, "more": more, "next_row": more.then_some(first + limit)}))
}

pub fn spec() -> OperationSpec {
    let spec = OperationSpec::action("google_sheets/read_rows", "Read rows", "อ่านแถว")
        .about(
            "Reads rows below the header row as objects by the columns' names, with the row's number as _row. Empty rows are left out.",
            "อ่านแถวใต้หัวตารางเป็นออบเจ็กต์ตามชื่อคอลัมน์ พร้อมเลขแถวใน _row โดยข้ามแถวว่าง",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required);
    words::place(spec)
        .field(
            Field::new("first_row", FieldKind::Number, "From row", "ตั้งแต่แถว")
                .about("Where to begin, such as next_row of the page before. Empty: below the header row.", "แถวที่เริ่มอ่าน เช่น next_row ของหน้าก่อน หากเว้นว่างจะเริ่มใต้หัวตาราง")
                .at_least(1)
                .at_most(ROW_MAX)
                .example(2),
        )
        .field(
            Field::new("limit", FieldKind::Number, "At most", "ไม่เกิน")
                .about("How many rows are read at once.", "จำนวนแถวที่อ่านต่อครั้ง")
                .at_least(1)
                .at_most(LIMIT_MAX)
                .default(LIMIT_DEFAULT)
                .example(LIMIT_DEFAULT),
        )
        .field(words::columns())
        .field(words::render())
        .example(
            json!({"sheet": "Orders"}),
            json!({"rows": [{"_row": 2, "Order": "1001", "Phone": "0812345678", "Total": 535}], "columns": ["Order", "Phone", "Total"],
                   "more": false, "next_row": null}),
        )
}
