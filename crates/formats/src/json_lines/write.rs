//! `files/write_json_lines`: values as a file with JSON in every line.

use crate::{failure, rows, words};
use connector::{ActionCx, Error};
use model::{EffectRule, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub name: String,
    pub rows: Vec<Value>,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/write_json_lines", "Write JSON lines", "สร้าง JSON lines")
        .about("Rows as a file with one JSON value in every line (JSONL, NDJSON).", "สร้างไฟล์ที่มี JSON บรรทัดละหนึ่งค่า (JSONL, NDJSON) จากแถวข้อมูล")
        .effect(EffectRule::Read)
        .field(words::name("orders.jsonl"))
        .field(words::rows())
        .example(
            json!({"name": "orders.jsonl", "rows": [{"no": "0081"}]}),
            json!({
                "file": {"name": "orders.jsonl", "content_type": "application/x-ndjson", "bytes": 14, "base64": "eyJubyI6IjAwODEifQo="},
                "count": 1,
            }),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || write(&input)).await
}

pub fn write(input: &Input) -> Result<Value, Error> {
    rows::check(input.rows.len(), 1)?;
    let text: String = input.rows.iter().map(|row| format!("{row}\n")).collect();
    let file = failure::file(&input.name, "", text.into_bytes())?;
    failure::made(file, json!({"count": input.rows.len()}))
}
