//! Tables on this machine's disk, row by row: they may be larger than what goes through a flow, and are never held whole.

mod excel;
mod letters;
mod lines;
mod write;

pub use write::{csv_line, workbook};

use crate::csv::delimiter::Delimiter;
use crate::csv::parse::{Records, Wrong};
use crate::csv::read as csv;
use crate::rows::{self, Row};
use connector::Error;
use connector::nesting::{JSON_LEVELS_MAX, is_deeper};
use lines::{Lines, Until};
use serde_json::Value;
use std::fmt::Display;
use std::path::Path;

/// One record, as it stands in the file.
const RECORD_BYTES_MAX: usize = 1 << 20;

/// Hands over every row of a file with the line it begins in, or its row in a sheet. The name's ending says what the file is.
pub fn each<E: From<Error>>(path: &Path, row: impl FnMut(u64, Row) -> Result<(), E>) -> Result<(), E> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match &*ending.to_ascii_lowercase() {
        "csv" | "tsv" | "tab" | "txt" => each_of_csv(path, row),
        "jsonl" | "ndjson" | "json" => each_of_json_lines(path, row),
        "xlsx" => excel::each(path, row),
        _ => Err(wrong(path, "its ending does not say what it is", "Name it .csv, .jsonl or .xlsx.").into()),
    }
}

fn each_of_csv<E: From<Error>>(path: &Path, mut row: impl FnMut(u64, Row) -> Result<(), E>) -> Result<(), E> {
    let mut lines = Lines::open(path)?;
    let delimiter = Delimiter::of(lines.beginning()?, 0, Some('"'));
    let mut columns: Option<Vec<String>> = None;
    while let Some((first, text)) = lines.next(Until::Record(delimiter))? {
        for record in Records::new(&text, delimiter.letter(), Some('"')) {
            let mut record = record.map_err(|broken| say(path, first, broken))?;
            record.line += first - 1;
            match &columns {
                None => columns = Some(rows::names(record.fields.iter().map(String::as_str))),
                Some(columns) => {
                    let read = csv::texts(&record, columns).map_err(|error| in_file(path, error))?;
                    row(record.line as u64, read)?;
                }
            }
        }
    }
    Ok(())
}

fn each_of_json_lines<E: From<Error>>(
    path: &Path,
    mut row: impl FnMut(u64, Row) -> Result<(), E>,
) -> Result<(), E> {
    let mut lines = Lines::open(path)?;
    if lines.beginning()?.trim_start().starts_with('[') {
        let advice = "Write one object to a line, such as with: jq -c '.[]' FILE";
        return Err(wrong(path, "it is one JSON list", advice).into());
    }
    while let Some((line, text)) = lines.next(Until::Line)? {
        if !text.trim().is_empty() {
            row(line as u64, object(path, line, &text)?)?;
        }
    }
    Ok(())
}

fn object(path: &Path, line: usize, text: &str) -> Result<Row, Error> {
    let broken = |column: usize, what: &str| {
        let what = format!("line {line}, column {column}: {what}");
        wrong(path, what, "Every line is one JSON object, such as {\"no\": \"SO-1\", \"total\": 267.50}.")
    };
    if is_deeper(text.as_bytes(), JSON_LEVELS_MAX - 2) {
        return Err(broken(1, "its JSON is nested too deep"));
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(row)) => Ok(row),
        Ok(_) => Err(broken(1, "it is no object")),
        Err(error) => {
            // The line that it counts is always the first.
            let said = error.to_string();
            Err(broken(error.column(), said.split(" at line ").next().unwrap_or_default()))
        }
    }
}

fn say(path: &Path, first: usize, broken: Wrong) -> Error {
    match broken {
        Wrong::OpenQuote(line) => {
            let what = format!("line {}: the quote that opens there never closes", first + line - 1);
            wrong(path, what, "Close it, or write two quotes for one that belongs to the text.")
        }
        Wrong::TooManyFields(line) => {
            let what = format!("line {} has more than {} fields", first + line - 1, rows::COLUMNS_MAX);
            wrong(path, what, "Look whether it is a table; leave out columns that nobody needs.")
        }
    }
}

fn wrong(path: &Path, what: impl Display, advice: &str) -> Error {
    crate::failure::input(format!("{}: {what}", path.display()), advice)
}

/// What was said without the file's name.
fn in_file(path: &Path, error: Error) -> Error {
    match error {
        Error::Input { message, advice } => wrong(path, message, &advice),
        other => other,
    }
}
