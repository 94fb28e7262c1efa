//! `files/read_csv`: a CSV file as rows.

use super::delimiter::Delimiter;
use super::parse::{Record, Records, Wrong};
use crate::column::{self, Column, Kind};
use crate::rows::{self, ROWS_MAX, Row};
use crate::{charset, failure, given, words};
use connector::{ActionCx, Error, File};
use model::{EffectRule, Field, FieldKind, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub file: File,
    #[serde(default, deserialize_with = "given::or_default")]
    delimiter: Found,
    #[serde(default, deserialize_with = "given::or_default")]
    quote: Quote,
    #[serde(default = "words::yes")]
    header: bool,
    #[serde(default, deserialize_with = "given::or_default")]
    columns: Vec<Column>,
    #[serde(default, deserialize_with = "given::or_default")]
    skip_lines: usize,
    #[serde(default, deserialize_with = "given::or_default")]
    charset: charset::Source,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Found {
    #[default]
    Auto,
    #[serde(untagged)]
    Given(Delimiter),
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Quote {
    #[default]
    Double,
    Single,
    None,
}

impl Quote {
    fn letter(self) -> Option<char> {
        match self {
            Self::Double => Some('"'),
            Self::Single => Some('\''),
            Self::None => None,
        }
    }
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/read_csv", "Read CSV", "อ่าน CSV")
        .about(
            "A CSV file as rows. Values stay texts, so that leading zeros and long numbers are as they were, unless a column is said to be a number. \
             Right behind the trigger File added (With its content: Yes), or behind Read a file, the file is ${input.file}.",
            "อ่านไฟล์ CSV เป็นแถว ค่าทุกช่องเป็นข้อความ เลขศูนย์นำหน้าและตัวเลขยาวจึงไม่หาย เว้นแต่ระบุให้คอลัมน์เป็นตัวเลข \
             เมื่อต่อจากตัวเริ่ม มีไฟล์ใหม่ (พร้อมเนื้อหา: ใช่) หรือต่อจาก อ่านไฟล์ ให้ใส่ไฟล์เป็น ${input.file}",
        )
        .effect(EffectRule::Read)
        .field(words::file())
        .field(
            Field::choice(
                "delimiter",
                &[
                    ("auto", "Found by itself", "ตรวจหาเอง"),
                    ("comma", "Comma ,", "จุลภาค ,"),
                    ("semicolon", "Semicolon ;", "อัฒภาค ;"),
                    ("tab", "Tab", "แท็บ"),
                    ("pipe", "Pipe |", "ขีดตั้ง |"),
                ],
                "Delimiter",
                "ตัวคั่น",
            )
            .about("What stands between the fields.", "อักขระที่คั่นระหว่างช่อง")
            .default("auto")
            .example("auto"),
        )
        .field(words::header(false))
        .field(column::field())
        .field(
            Field::choice(
                "quote",
                &[
                    ("double", "Double quotes \"", "อัญประกาศคู่ \""),
                    ("single", "Single quotes '", "อัญประกาศเดี่ยว '"),
                    ("none", "None", "ไม่มี"),
                ],
                "Quotes",
                "เครื่องหมายครอบข้อความ",
            )
            .about("What is put around a field that has delimiters or lines in it.", "เครื่องหมายที่ครอบช่องซึ่งมีตัวคั่นหรือขึ้นบรรทัดใหม่")
            .default("double")
            .example("double")
            .advanced(),
        )
        .field(
            Field::new("skip_lines", FieldKind::Number, "Lines to leave out", "จำนวนบรรทัดที่ข้าม")
                .about("Lines above the table, such as a report's title.", "บรรทัดเหนือตาราง เช่น ชื่อรายงาน")
                .at_least(0)
                .at_most(1_000)
                .default(0)
                .example(0)
                .advanced(),
        )
        .field(charset::source_field())
        .example(
            json!({
                "file": {"name": "orders.csv", "text": "sku,name,qty\n0081,ชาอู่หลง,2\n"},
                "columns": [{"name": "qty", "kind": "number"}],
            }),
            json!({
                "rows": [{"sku": "0081", "name": "ชาอู่หลง", "qty": 2}],
                "columns": ["sku", "name", "qty"],
                "count": 1,
                "delimiter": ",",
                "charset": "utf_8",
            }),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || read(&input)).await
}

pub fn read(input: &Input) -> Result<Value, Error> {
    let (text, charset) = charset::read(&input.file, input.charset)?;
    let quote = input.quote.letter();
    let delimiter = match input.delimiter {
        Found::Auto => Delimiter::of(&text, input.skip_lines, quote),
        Found::Given(delimiter) => delimiter,
    };
    let records = Records::new(&text, delimiter.letter(), quote).skip_lines(input.skip_lines);
    let mut records = records.map(|record| record.map_err(|wrong| say(&input.file, wrong))).peekable();
    let columns = columns(input, &mut records)?;
    let kinds = kinds(input, &columns)?;
    let mut rows: Vec<Value> = Vec::new();
    for record in records {
        rows.push(Value::Object(row(&record?, &columns, &kinds)?));
        if rows.len() > ROWS_MAX {
            rows::check(rows.len(), columns.len())?;
        }
    }
    rows::check(rows.len(), columns.len())?;
    let count = rows.len();
    Ok(json!({
        "rows": rows, "columns": columns, "count": count,
        "delimiter": delimiter.letter().to_string(), "charset": charset,
    }))
}

fn columns(
    input: &Input,
    records: &mut std::iter::Peekable<impl Iterator<Item = Result<Record, Error>>>,
) -> Result<Vec<String>, Error> {
    if input.header {
        let header = records.next().transpose()?.unwrap_or_default();
        return Ok(rows::names(header.fields.iter().map(String::as_str)));
    }
    let width = match records.peek() {
        Some(Ok(record)) => record.fields.len(),
        _ => 0,
    };
    let given = input.columns.iter().map(|column| column.name.as_str());
    Ok(rows::names(given.chain(std::iter::repeat("")).take(width.max(input.columns.len()))))
}

fn kinds(input: &Input, columns: &[String]) -> Result<Vec<Kind>, Error> {
    let mut kinds = vec![Kind::Text; columns.len()];
    // A file without rows may be without a header.
    for column in input.columns.iter().filter(|_| !columns.is_empty()) {
        let at = columns.iter().position(|name| *name == column.name).ok_or_else(|| {
            failure::input(
                format!(
                    "\"{}\" has no column \"{}\"; it has {}",
                    input.file.name,
                    column.name,
                    columns.join(", ")
                ),
                "Correct the name of the column, or the delimiter.",
            )
        })?;
        kinds[at] = column.kind;
    }
    Ok(kinds)
}

/// A record of texts.
pub fn texts(record: &Record, columns: &[String]) -> Result<Row, Error> {
    row(record, columns, &vec![Kind::Text; columns.len()])
}

fn row(record: &Record, columns: &[String], kinds: &[Kind]) -> Result<Row, Error> {
    let more = record.fields.get(columns.len()..).unwrap_or_default();
    if more.iter().any(|field| !field.is_empty()) {
        return Err(failure::input(
            format!(
                "line {} has {} fields, and there are {} columns",
                record.line,
                record.fields.len(),
                columns.len()
            ),
            "Correct the line or the delimiter: a field with a delimiter in it needs quotes.",
        ));
    }
    let mut row = Row::with_capacity(columns.len());
    for (index, (name, kind)) in columns.iter().zip(kinds).enumerate() {
        let text = record.fields.get(index).map_or("", String::as_str);
        let value = column::read(text, *kind).ok_or_else(|| column::no_number(text, record.line, name))?;
        row.insert(name.clone(), value);
    }
    Ok(row)
}

fn say(file: &File, wrong: Wrong) -> Error {
    match wrong {
        Wrong::OpenQuote(line) => {
            failure::unreadable(file, format!("the quote that opens in line {line} never closes"))
        }
        Wrong::TooManyFields(line) => {
            failure::unreadable(file, format!("line {line} has more than {} fields", rows::COLUMNS_MAX))
        }
    }
}
