//! `google_sheets/update_rows`: changes rows that are found by a key column.

use super::api::{Api, Entry};
use super::place::Columns;
use super::table::Table;
use super::words::{self, Place, check_rows};
use super::write::{keys_of, split};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub spreadsheet: Option<String>,
    pub sheet: String,
    #[serde(default = "words::first_row")]
    pub header_row: u64,
    pub rows: Vec<Map<String, Value>>,
    pub key: String,
    #[serde(default)]
    pub entry: Entry,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let place = Place::new(&input.sheet, input.header_row)?;
    check_rows(&input.rows)?;
    let keys = keys_of(&input.rows, &input.key)?;
    let api = Api::of(cx, input.spreadsheet.as_deref())?;
    let table = Table::read(&api, place, Columns::default()).await?;
    let (pieces, missing) = split(&table, &input.rows, &keys, &table.keys(&api, &input.key).await?)?;
    if !pieces.is_empty() {
        api.write(&pieces, input.entry).await?;
    }
    let missing: Vec<&String> = missing.into_iter().map(|index| &keys[index]).collect();
    Ok(json!({"updated": pieces.len(), "missing": missing}))
}

pub fn spec() -> OperationSpec {
    let spec = OperationSpec::action("google_sheets/update_rows", "Update rows", "อัปเดตแถว")
        .about(
            "Changes the rows whose key stands in the sheet, and tells the keys that do not. Columns that a row does not name stay as they are.",
            "แก้ไขแถวที่มีคีย์อยู่ในชีต และแจ้งคีย์ที่ไม่พบ คอลัมน์ที่ไม่ระบุจะคงเดิม",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required);
    words::place(spec)
        .field(words::rows())
        .field(words::key("The column that rows are found by.", "คอลัมน์ที่ใช้ค้นหาแถว").required())
        .field(words::entry())
        .example(
            json!({"sheet": "Orders", "rows": [{"Order": "1001", "Status": "shipped"}], "key": "Order"}),
            json!({"updated": 1, "missing": []}),
        )
}
