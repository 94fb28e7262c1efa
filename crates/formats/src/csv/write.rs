//! `files/write_csv`: rows as a CSV file.

use super::delimiter::Delimiter;
use crate::charset::{self, Charset};
use crate::rows::{self, Row};
use crate::words::{self, LineEnds};
use crate::{failure, given};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

/// How cells become a line.
#[derive(Clone, Copy, Debug)]
pub struct How {
    delimiter: Delimiter,
    quote_all: bool,
    guard_formulas: bool,
    line_ends: LineEnds,
}

impl How {
    /// As a spreadsheet opens it.
    pub const FOR_PEOPLE: Self = Self {
        delimiter: Delimiter::Comma,
        quote_all: false,
        guard_formulas: true,
        line_ends: LineEnds::Crlf,
    };
}

/// What makes a spreadsheet compute the rest of a cell.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

#[derive(Debug, Deserialize)]
pub struct Input {
    pub name: String,
    pub rows: Vec<Row>,
    #[serde(default, deserialize_with = "given::or_default")]
    columns: Vec<Column>,
    #[serde(default = "words::yes")]
    header: bool,
    #[serde(default, deserialize_with = "given::or_default")]
    delimiter: Delimiter,
    #[serde(default)]
    quote_all: bool,
    #[serde(default)]
    guard_formulas: bool,
    #[serde(default, deserialize_with = "given::or_default")]
    line_ends: LineEnds,
    #[serde(default, deserialize_with = "given::or_default")]
    charset: Charset,
}

#[derive(Clone, Debug, Deserialize)]
struct Column {
    name: String,
    #[serde(default, deserialize_with = "given::text")]
    title: String,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/write_csv", "Write CSV", "สร้าง CSV")
        .about("Rows as a CSV file. Texts and numbers are written with every digit.", "สร้างไฟล์ CSV จากแถวข้อมูล โดยข้อความและตัวเลขคงทุกหลักไว้")
        .effect(EffectRule::Read)
        .field(words::name("orders.csv"))
        .field(words::rows())
        .field(columns_field())
        .field(words::header(true))
        .field(
            Field::choice(
                "delimiter",
                &[
                    ("comma", "Comma ,", "จุลภาค ,"),
                    ("semicolon", "Semicolon ;", "อัฒภาค ;"),
                    ("tab", "Tab", "แท็บ"),
                    ("pipe", "Pipe |", "ขีดตั้ง |"),
                ],
                "Delimiter",
                "ตัวคั่น",
            )
            .about("What stands between the fields.", "อักขระที่คั่นระหว่างช่อง")
            .default("comma")
            .example("comma"),
        )
        .field(
            Field::new("guard_formulas", FieldKind::Bool, "Guard against formulas", "ป้องกันสูตร")
                .about(
                    "Puts ' before texts that a spreadsheet would compute, such as =HYPERLINK(…) as a buyer's name. For files that people open; a program would read the ' as well.",
                    "ใส่ ' หน้าข้อความที่โปรแกรมตารางจะคำนวณ เช่น =HYPERLINK(…) ในชื่อผู้ซื้อ ใช้กับไฟล์ที่คนเปิดดู เพราะโปรแกรมอื่นจะอ่าน ' เป็นข้อมูลด้วย",
                )
                .default(false)
                .example(false),
        )
        .field(
            Field::new("quote_all", FieldKind::Bool, "Quote everything", "ครอบทุกช่อง")
                .about("Puts quotes around every field, not only where they are needed.", "ใส่เครื่องหมายอัญประกาศครอบทุกช่อง ไม่เฉพาะช่องที่จำเป็น")
                .default(false)
                .example(false)
                .advanced(),
        )
        .field(words::line_ends())
        .field(charset::target_field())
        .example(
            json!({"name": "orders.csv", "rows": [{"sku": "0081", "name": "ชาอู่หลง", "qty": 2}]}),
            json!({
                "file": {
                    "name": "orders.csv", "content_type": "text/csv", "bytes": 47,
                    "base64": "c2t1LG5hbWUscXR5DQowMDgxLOC4iuC4suC4reC4ueC5iOC4q+C4peC4hywyDQo=",
                },
                "count": 1,
            }),
        )
}

fn columns_field() -> Field {
    let columns = vec![
        Field::new("name", FieldKind::Text, "Name", "ชื่อ")
            .about("The name in the rows.", "ชื่อในแถวข้อมูล")
            .required()
            .example("qty"),
        Field::new("title", FieldKind::Text, "Title", "หัวคอลัมน์")
            .about("What the header says; empty: the name.", "ข้อความที่หัวตาราง หากเว้นว่างจะใช้ชื่อ")
            .example("จำนวน"),
    ];
    Field::new("columns", FieldKind::List(columns), "Columns", "คอลัมน์")
        .about(
            "Which columns are written, in this order. Empty: all that the rows have.",
            "คอลัมน์ที่จะเขียนตามลำดับนี้ หากเว้นว่างจะเขียนทุกคอลัมน์ที่มีในแถว",
        )
        .at_most(rows::COLUMNS_MAX as u64)
        .example(json!([{"name": "qty", "title": "จำนวน"}]))
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || write(&input)).await
}

pub fn write(input: &Input) -> Result<Value, Error> {
    let columns = match input.columns.is_empty() {
        true => rows::columns_of(&input.rows)
            .into_iter()
            .map(|name| Column { name, title: String::new() })
            .collect(),
        false => input.columns.clone(),
    };
    rows::check(input.rows.len(), columns.len())?;
    let how = How {
        delimiter: input.delimiter,
        quote_all: input.quote_all,
        guard_formulas: input.guard_formulas,
        line_ends: input.line_ends,
    };
    let mut text = String::new();
    if input.header {
        let titles =
            columns.iter().map(|column| if column.title.is_empty() { &column.name } else { &column.title });
        line(how, titles.map(|title| Cow::Borrowed(title.as_str())), &mut text);
    }
    for row in &input.rows {
        line(how, columns.iter().map(|column| rows::text(row.get(&column.name))), &mut text);
    }
    let file = failure::file(&input.name, "", charset::write(&text, input.charset)?)?;
    failure::made(file, json!({"count": input.rows.len()}))
}

pub fn line<'c>(how: How, cells: impl Iterator<Item = Cow<'c, str>>, text: &mut String) {
    let start = text.len();
    let mut count = 0;
    for cell in cells {
        if count > 0 {
            text.push(how.delimiter.letter());
        }
        count += 1;
        let cell = if how.guard_formulas { guarded(cell) } else { cell };
        field(how, &cell, text);
    }
    // A line without anything would be no record.
    if count == 1 && text.len() == start {
        text.push_str("\"\"");
    }
    text.push_str(how.line_ends.text());
}

fn field(how: How, cell: &str, text: &mut String) {
    let delimiter = how.delimiter.letter();
    let needs = |letter: char| letter == delimiter || matches!(letter, '"' | '\n' | '\r');
    let around = cell.starts_with(' ') || cell.ends_with(' ');
    if how.quote_all || around || cell.contains(needs) {
        text.push('"');
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(cell);
    }
}

/// A number computes to itself, and stays.
fn guarded(cell: Cow<'_, str>) -> Cow<'_, str> {
    let is_number =
        || cell.chars().skip(1).all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ',' | ' '));
    match cell.starts_with(FORMULA) && !(cell.starts_with(['+', '-']) && is_number()) {
        true => Cow::Owned(format!("'{cell}")),
        false => cell,
    }
}
