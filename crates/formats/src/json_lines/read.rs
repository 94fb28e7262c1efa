//! `files/read_json_lines`: a file with JSON in every line.

use crate::rows::ROWS_MAX;
use crate::{charset, failure, rows, words};
use connector::nesting::{JSON_LEVELS_MAX, is_deeper};
use connector::{ActionCx, Error, File};
use model::{EffectRule, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub file: File,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/read_json_lines", "Read JSON lines", "อ่าน JSON lines")
        .about(
            "A file with one JSON value in every line (JSONL, NDJSON) as rows.",
            "อ่านไฟล์ที่มี JSON บรรทัดละหนึ่งค่า (JSONL, NDJSON) เป็นแถว",
        )
        .effect(EffectRule::Read)
        .field(words::file())
        .example(
            json!({"file": {"name": "orders.jsonl", "text": "{\"no\": \"0081\", \"total\": 267.50}\n"}}),
            json!({"rows": [{"no": "0081", "total": 267.50}], "count": 1}),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || read(&input)).await
}

pub fn read(input: &Input) -> Result<Value, Error> {
    let (text, _) = charset::read(&input.file, charset::Source::Auto)?;
    let mut found: Vec<Value> = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |what: String| failure::unreadable(&input.file, format!("line {}: {what}", index + 1));
        if is_deeper(line.as_bytes(), JSON_LEVELS_MAX - 2) {
            return Err(wrong("its JSON is nested too deep".into()));
        }
        found.push(serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?);
        if found.len() > ROWS_MAX {
            rows::check(found.len(), 1)?;
        }
    }
    let count = found.len();
    Ok(json!({"rows": found, "count": count}))
}
