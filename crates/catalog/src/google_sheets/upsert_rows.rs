//! `google_sheets/upsert_rows`: rows that are found by a key column are changed, the others put below.

use super::api::Api;
use super::append_rows::written;
use super::place::Columns;
pub use super::settle;
use super::table::Table;
pub use super::update_rows::Input;
use super::words::{self, Place, check_rows};
use super::write::{keys_of, split};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};

/// It looks before it writes. So what was put there by a request whose answer was lost is found, once the request has settled.
pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let place = Place::new(&input.sheet, input.header_row)?;
    check_rows(&input.rows)?;
    let keys = keys_of(&input.rows, &input.key)?;
    let api = Api::of(cx, input.spreadsheet.as_deref())?;
    let table = Table::read(&api, place, Columns::default()).await?;
    let (pieces, missing) = split(&table, &input.rows, &keys, &table.keys(&api, &input.key).await?)?;
    let mut rows = Vec::with_capacity(missing.len());
    for index in missing {
        rows.push(written(table.cells(&input.rows[index])?));
    }
    if !pieces.is_empty() {
        api.write(&pieces, input.entry).await?;
    }
    if !rows.is_empty() {
        api.append(&table.range(table.header_row), &rows, input.entry).await?;
    }
    Ok(json!({"updated": pieces.len(), "appended": rows.len()}))
}

pub fn spec() -> OperationSpec {
    let spec = OperationSpec::action("google_sheets/upsert_rows", "Update or append rows", "อัปเดตหรือเพิ่มแถว")
        .about(
            "Changes the rows whose key stands in the sheet, and puts the others below. Columns that a row does not name stay as they are.",
            "แก้ไขแถวที่มีคีย์อยู่ในชีต และเพิ่มแถวที่ยังไม่มีต่อท้าย คอลัมน์ที่ไม่ระบุจะคงเดิม",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required);
    words::place(spec)
        .field(words::rows())
        .field(words::key("The column that rows are found by.", "คอลัมน์ที่ใช้ค้นหาแถว").required())
        .field(words::entry())
        .example(
            json!({"sheet": "Stock", "rows": [{"SKU": "TEA-100", "Free": 38}], "key": "SKU"}),
            json!({"updated": 1, "appended": 0}),
        )
}
