//! `files/read_fixed_width`: lines with fields at fixed places as rows.

use super::layout::{self, Column, Kind};
use super::unit::{self, Unit};
use crate::rows::{self, ROWS_MAX, Row};
use crate::{charset, column, failure, given, words};
use connector::{ActionCx, Error, File};
use model::{EffectRule, Field, FieldKind, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub file: File,
    pub columns: Vec<Column>,
    #[serde(default, deserialize_with = "given::or_default")]
    unit: Unit,
    #[serde(default, deserialize_with = "given::text")]
    starts_with: String,
    #[serde(default, deserialize_with = "given::or_default")]
    charset: charset::Source,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/read_fixed_width", "Read fixed width", "อ่านไฟล์ความกว้างคงที่")
        .about(
            "Lines whose fields are at fixed places, such as a bank's statement, as rows.",
            "อ่านไฟล์ที่แต่ละช่องอยู่ในตำแหน่งคงที่ เช่น รายการเดินบัญชีจากธนาคาร เป็นแถว",
        )
        .effect(EffectRule::Read)
        .field(words::file())
        .field(layout::field())
        .field(unit::field())
        .field(
            Field::new("starts_with", FieldKind::Text, "Only lines that begin with", "เฉพาะบรรทัดที่ขึ้นต้นด้วย")
                .about(
                    "Where a file has lines of several kinds, such as H, D and T: those to read. Empty: all lines.",
                    "หากไฟล์มีบรรทัดหลายชนิด เช่น H, D และ T ให้ระบุชนิดที่จะอ่าน หากเว้นว่างจะอ่านทุกบรรทัด",
                )
                .at_most(100)
                .example("D"),
        )
        .field(charset::source_field())
        .example(
            json!({
                "file": {"name": "payments.txt", "text": "D00812345670000000026750\n"},
                "columns": [
                    {"name": "kind", "width": 1},
                    {"name": "account", "width": 10},
                    {"name": "amount", "width": 13, "kind": "number", "decimals": 2},
                ],
                "starts_with": "D",
            }),
            json!({"rows": [{"kind": "D", "account": "0081234567", "amount": 267.50}], "count": 1, "charset": "utf_8"}),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || read(&input)).await
}

pub fn read(input: &Input) -> Result<Value, Error> {
    let columns = layout::check(&input.columns)?;
    let (text, charset) = charset::read(&input.file, input.charset)?;
    let mut found: Vec<Value> = Vec::new();
    // The last line of old files is one character, the end of the file.
    let lines = text.split('\n').map(|line| line.trim_end_matches(['\r', '\u{1a}'])).enumerate();
    for (index, line) in
        lines.filter(|(_, line)| !line.trim().is_empty() && line.starts_with(&input.starts_with))
    {
        found.push(Value::Object(row(line, index + 1, &columns, input.unit)?));
        if found.len() > ROWS_MAX {
            rows::check(found.len(), columns.len())?;
        }
    }
    rows::check(found.len(), columns.len())?;
    let count = found.len();
    Ok(json!({"rows": found, "count": count, "charset": charset}))
}

fn row(line: &str, number: usize, columns: &[Column], unit: Unit) -> Result<Row, Error> {
    let mut fields = vec![String::new(); columns.len()];
    let (mut place, mut index) = (0, 0);
    for letter in line.chars() {
        let width = unit.of(letter).ok_or_else(|| {
            failure::input(
                format!("line {number} has \"{letter}\", which is no byte of TIS-620"),
                "Count widths by letter, or correct the file.",
            )
        })?;
        // A mark belongs to the letter before it.
        let at = if width == 0 { usize::saturating_sub(place, 1) } else { place };
        while columns.get(index).is_some_and(|column| at >= column.end()) {
            index += 1;
        }
        let Some(column) = columns.get(index) else { break };
        if at + 1 >= column.start {
            fields[index].push(letter);
        }
        place += width;
    }
    let mut row = Row::with_capacity(columns.len());
    for (column, field) in columns.iter().zip(fields) {
        row.insert(column.name.clone(), value(column, &field, number)?);
    }
    Ok(row)
}

fn value(column: &Column, field: &str, line: usize) -> Result<Value, Error> {
    let trimmed = field.trim();
    if column.kind == Kind::Text {
        let fill = column.fill();
        // Zeros may be an id's own; only what is no digit is sure to be a filling.
        let own = fill.is_ascii_digit() || fill == ' ';
        let bare = match column.is_right() {
            _ if own => trimmed,
            false => trimmed.trim_end_matches(fill),
            true => trimmed.trim_start_matches(fill),
        };
        return Ok(Value::String(bare.to_owned()));
    }
    let digits = trimmed.trim_matches(|letter: char| letter == column.fill() && !letter.is_ascii_digit());
    if digits.is_empty() {
        return Ok(Value::Null);
    }
    let number = implied(digits, column.decimals).and_then(|text| column::number(&text));
    number.map(Value::Number).ok_or_else(|| column::no_number(field, line, &column.name))
}

/// A number with the point that is not written; one that is written says so itself.
fn implied(digits: &str, decimals: u32) -> Option<String> {
    let decimals = decimals as usize;
    // Some write the sign behind.
    let (sign, digits) = match (digits.strip_prefix('-'), digits.strip_suffix('-')) {
        (Some(digits), _) | (None, Some(digits)) => ("-", digits),
        (None, None) => ("", digits.strip_prefix('+').unwrap_or(digits)),
    };
    if decimals == 0 || digits.contains('.') {
        return Some(format!("{sign}{digits}"));
    }
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    Some(format!("{sign}{whole}.{fraction}"))
}
