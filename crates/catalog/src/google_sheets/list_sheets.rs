//! `google_sheets/list_sheets`: the sheets of a spreadsheet.

use super::api::Api;
use super::words;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub spreadsheet: Option<String>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let found = read(&Api::of(cx, input.spreadsheet.as_deref())?).await?;
    Ok(json!({"title": found.pointer("/properties/title"), "sheets": sheets(&found)}))
}

async fn read(api: &Api<'_>) -> Result<Value, Error> {
    api.properties(
        "properties.title,sheets.properties(sheetId,title,hidden,gridProperties(rowCount,columnCount))",
    )
    .await
}

/// The spreadsheet's own name.
pub async fn title(api: &Api<'_>) -> Result<String, Error> {
    let found = read(api).await?;
    Ok(found.pointer("/properties/title").and_then(Value::as_str).unwrap_or("Google Sheets").to_owned())
}

/// The names of the sheets that people see.
pub async fn names(api: &Api<'_>) -> Result<Vec<String>, Error> {
    let shown = sheets(&read(api).await?).into_iter().filter(|sheet| sheet["hidden"] != Value::Bool(true));
    Ok(shown.filter_map(|sheet| sheet["title"].as_str().map(str::to_owned)).collect())
}

fn sheets(found: &Value) -> Vec<Value> {
    let one = |sheet: &Value| {
        let field = |place: &str| sheet.pointer(place).cloned().unwrap_or_default();
        json!({
            "id": field("/properties/sheetId"), "title": field("/properties/title"),
            "rows": field("/properties/gridProperties/rowCount"), "columns": field("/properties/gridProperties/columnCount"),
            "hidden": field("/properties/hidden") == Value::Bool(true),
        })
    };
    found.get("sheets").and_then(Value::as_array).into_iter().flatten().map(one).collect()
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("google_sheets/list_sheets", "List sheets", "รายชื่อชีต")
        .about("Lists the sheets of a spreadsheet with their sizes.", "แสดงรายชื่อชีตในสเปรดชีตพร้อมขนาด")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::spreadsheet())
        .example(
            json!({}),
            json!({"title": "Tea shop", "sheets": [{"id": 0, "title": "Orders", "rows": 1000, "columns": 26, "hidden": false}]}),
        )
}
