//! `google_sheets/clear`: empties rows below the header row; formats stay.

use super::api::Api;
use super::place::{Block, Columns, ROW_MAX};
use super::words::{self, Place};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub spreadsheet: Option<String>,
    pub sheet: String,
    #[serde(default = "words::first_row")]
    pub header_row: u64,
    #[serde(default)]
    pub columns: Option<String>,
    #[serde(default)]
    pub first_row: Option<u64>,
    #[serde(default)]
    pub last_row: Option<u64>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let place = Place::new(&input.sheet, input.header_row)?;
    let columns = Columns::read(input.columns.as_deref().unwrap_or_default())?;
    let first = input.first_row.unwrap_or_default().clamp(place.header_row + 1, ROW_MAX);
    let api = Api::of(cx, input.spreadsheet.as_deref())?;
    let last = match input.last_row {
        Some(last) if last < first => {
            return Err(Error::Input {
                message: format!("the rows from {first} to {last} are none"),
                advice: "Give a last row that is not above the first one.".into(),
            });
        }
        Some(last) => last.min(ROW_MAX),
        None => rows_of(&api, place.sheet).await?,
    };
    if last < first {
        return Ok(json!({"range": null}));
    }
    let range = api.clear(&Block::new(place.sheet, columns, first, last - first + 1).written()).await?;
    Ok(json!({ "range": range }))
}

/// How many rows the sheet has, empty ones included.
async fn rows_of(api: &Api<'_>, sheet: &str) -> Result<u64, Error> {
    let found = api.properties("sheets.properties(title,gridProperties.rowCount)").await?;
    let sheets = found.get("sheets").and_then(Value::as_array).into_iter().flatten();
    let mut named =
        sheets.filter(|one| one.pointer("/properties/title").and_then(Value::as_str) == Some(sheet));
    let rows = named.next().and_then(|one| one.pointer("/properties/gridProperties/rowCount")?.as_u64());
    rows.ok_or_else(|| Error::Refused {
        message: format!("the spreadsheet has no sheet \"{}\"", connector::http::shorten(sheet)),
        advice: "Check the name on the sheet's tab.".into(),
    })
}

pub fn spec() -> OperationSpec {
    let row = |name: &str, en: &str, th: &str| {
        Field::new(name, FieldKind::Number, en, th).at_least(1).at_most(ROW_MAX)
    };
    let spec = OperationSpec::action("google_sheets/clear", "Clear rows", "ล้างแถว")
        .about(
            "Empties the cells of rows below the header row. Rows, formats and the header stay.",
            "ลบค่าในเซลล์ของแถวใต้หัวตาราง โดยคงแถว รูปแบบ และหัวตารางไว้",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required);
    words::place(spec)
        .field(
            row("first_row", "From row", "ตั้งแต่แถว")
                .about("Empty: below the header row.", "หากเว้นว่างจะเริ่มใต้หัวตาราง")
                .example(2),
        )
        .field(
            row("last_row", "To row", "ถึงแถว")
                .about("Empty: to the end.", "หากเว้นว่างจะถึงแถวสุดท้าย")
                .example(500),
        )
        .field(words::columns())
        .example(json!({"sheet": "Stock"}), json!({"range": "Stock!A2:Z1000"}))
}
