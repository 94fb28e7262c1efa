//! `google_sheets/append_rows`: rows below those that there are. With a key column each is put there once: the column is read back
//! before anything is written, so that an answer that was lost doubles nothing.

use super::api::{Api, Entry};
use super::place::Columns;
pub use super::settle;
use super::table::Table;
use super::words::{self, Place, check_rows};
use super::write::keys_of;
use crate::unchanged::nothing_done;
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
    #[serde(default)]
    pub key: Option<String>,
    #[serde(default)]
    pub entry: Entry,
}

impl Input {
    fn key(&self) -> Option<&str> {
        self.key.as_deref().map(str::trim).filter(|key| !key.is_empty())
    }
}

/// Without a key nobody can know; nor where Google reads a key as somebody's typing, and "0012" stands there as 12.
pub fn effect(input: &Value) -> EffectRule {
    let key = input.get("key").and_then(Value::as_str).map(str::trim).unwrap_or_default();
    let is_typed = input.get("entry").and_then(Value::as_str) == Some("typed");
    if key.is_empty() || is_typed { EffectRule::Ask } else { EffectRule::Probe }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    check_rows(&input.rows)?;
    let api = Api::of(cx, input.spreadsheet.as_deref())?;
    let table = table(&api, &input).await.map_err(nothing_done)?;
    let mut rows = Vec::with_capacity(input.rows.len());
    let absent = absent(&api, &table, &input).await.map_err(nothing_done)?;
    for index in &absent {
        rows.push(written(table.cells(&input.rows[*index])?));
    }
    let standing = input.rows.len() - rows.len();
    if rows.is_empty() {
        return Ok(output(0, standing, ""));
    }
    let place = api.append(&table.range(table.header_row), &rows, input.entry).await?;
    Ok(output(rows.len(), standing, &place))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    if input.key().is_none() {
        return Ok(None);
    }
    let api = Api::of(cx, input.spreadsheet.as_deref())?;
    let table = table(&api, &input).await?;
    let done = absent(&api, &table, &input).await?.is_empty();
    Ok(done.then(|| output(input.rows.len(), 0, "")))
}

async fn table(api: &Api<'_>, input: &Input) -> Result<Table, Error> {
    Table::read(api, Place::new(&input.sheet, input.header_row)?, Columns::default()).await
}

/// Which rows are not in the sheet yet; all of them where they have no key.
async fn absent(api: &Api<'_>, table: &Table, input: &Input) -> Result<Vec<usize>, Error> {
    let Some(key) = input.key() else { return Ok((0..input.rows.len()).collect()) };
    let (wanted, standing) = (keys_of(&input.rows, key)?, table.keys(api, key).await?);
    Ok(wanted
        .iter()
        .enumerate()
        .filter(|(_, key)| !standing.contains_key(*key))
        .map(|(index, _)| index)
        .collect())
}

/// A new row has nothing to leave as it is.
pub fn written(cells: Vec<Value>) -> Vec<Value> {
    cells.into_iter().map(|cell| if cell.is_null() { Value::from("") } else { cell }).collect()
}

fn output(appended: usize, standing: usize, place: &str) -> Value {
    json!({"appended": appended, "standing": standing, "range": Some(place).filter(|place| !place.is_empty())})
}

pub fn spec() -> OperationSpec {
    let spec = OperationSpec::action("google_sheets/append_rows", "Append rows", "เพิ่มแถว")
        .about(
            "Puts rows below those that there are. With a key column, a row whose key stands in the sheet already is not put there again, also \
             where an answer was lost. A person is asked then where there is no key column, or where values are taken as if typed: Google may make \
             another number or a date of a key.",
            "เพิ่มแถวต่อท้ายตาราง หากระบุคอลัมน์คีย์ แถวที่มีคีย์อยู่แล้วจะไม่ถูกเพิ่มซ้ำแม้คำตอบหายไป แต่หากไม่ระบุคอลัมน์คีย์ หรือเลือกรับค่าเหมือนพิมพ์เอง \
             เมื่อไม่รู้ว่าเพิ่มแถวแล้วหรือยัง ระบบจะถามคน เพราะ Google อาจแปลงคีย์เป็นตัวเลขหรือวันที่",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required);
    words::place(spec)
        .field(words::rows())
        .field(words::key(
            "The column that tells rows apart, such as an order's number. As if typed, 0012 would stand there as 12 and not be found again: leave \
             Values are taken at As it is.",
            "คอลัมน์ที่ใช้แยกแถว เช่น เลขคำสั่งซื้อ หากรับค่าเหมือนพิมพ์เอง 0012 จะกลายเป็น 12 และหาไม่พบอีก จึงควรให้ การรับค่า เป็น ตามที่ให้มา",
        ))
        .field(words::entry())
        .example(
            json!({"sheet": "Orders", "rows": [{"Order": "1001", "Phone": "0812345678", "Total": 535.00}], "key": "Order"}),
            json!({"appended": 1, "standing": 0, "range": "Orders!A12:C12"}),
        )
}
