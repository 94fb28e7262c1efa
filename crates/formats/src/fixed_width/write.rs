//! `files/write_fixed_width`: rows as lines with fields at fixed places.

use super::layout::{self, Column, Kind};
use super::unit::{self, Unit};
use crate::charset::{self, Charset};
use crate::rows::{self, Row};
use crate::words::{self, LineEnds};
use crate::{column, failure, given};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub name: String,
    pub rows: Vec<Row>,
    pub columns: Vec<Column>,
    #[serde(default, deserialize_with = "given::or_default")]
    unit: Unit,
    #[serde(default)]
    cut: bool,
    #[serde(default, deserialize_with = "given::text")]
    first_line: String,
    #[serde(default, deserialize_with = "given::text")]
    last_line: String,
    #[serde(default, deserialize_with = "given::or_default")]
    line_ends: LineEnds,
    #[serde(default, deserialize_with = "given::or_default")]
    charset: Charset,
}

pub fn spec() -> OperationSpec {
    let line = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th).at_most(10_000);
    OperationSpec::action("files/write_fixed_width", "Write fixed width", "สร้างไฟล์ความกว้างคงที่")
        .about(
            "Rows as lines with fields at fixed places, as banks and government offices want them. What does not fit is refused, never cut unseen.",
            "สร้างไฟล์ที่แต่ละช่องอยู่ในตำแหน่งคงที่ตามที่ธนาคารและหน่วยราชการกำหนด ค่าที่ยาวเกินจะแจ้งข้อผิดพลาด ไม่ตัดทิ้งเงียบ ๆ",
        )
        .effect(EffectRule::Read)
        .field(words::name("payments.txt"))
        .field(words::rows())
        .field(layout::field())
        .field(unit::field())
        .field(
            Field::new("cut", FieldKind::Bool, "Cut texts that are too long", "ตัดข้อความที่ยาวเกิน")
                .about("Whether a text that does not fit loses its end. Numbers are never cut.", "ตัดท้ายข้อความที่ยาวเกินความกว้างหรือไม่ ตัวเลขจะไม่ถูกตัด")
                .default(false)
                .example(false),
        )
        .field(
            line("first_line", "First line", "บรรทัดแรก")
                .about("Written above the rows as it is, such as a header with the date.", "เขียนไว้เหนือแถวข้อมูลตามที่ระบุ เช่น บรรทัดหัวที่มีวันที่")
                .example("H20261120"),
        )
        .field(
            line("last_line", "Last line", "บรรทัดสุดท้าย")
                .about("Written below the rows as it is, such as a trailer with count and sum.", "เขียนไว้ใต้แถวข้อมูลตามที่ระบุ เช่น บรรทัดท้ายที่มีจำนวนรายการและยอดรวม")
                .example("T000001"),
        )
        .field(words::line_ends())
        .field(charset::target_field())
        .example(
            json!({
                "name": "payments.txt",
                "rows": [{"account": "0081234567", "amount": "267.50"}],
                "columns": [{"name": "account", "width": 10}, {"name": "amount", "width": 13, "kind": "number", "decimals": 2}],
                "charset": "tis_620",
            }),
            json!({
                "file": {"name": "payments.txt", "content_type": "text/plain", "bytes": 25, "base64": "MDA4MTIzNDU2NzAwMDAwMDAwMjY3NTANCg=="},
                "count": 1,
            }),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || write(&input)).await
}

pub fn write(input: &Input) -> Result<Value, Error> {
    let columns = layout::check(&input.columns)?;
    rows::check(input.rows.len(), columns.len())?;
    let mut text = String::new();
    let end = input.line_ends.text();
    let around = |line: &str, text: &mut String| {
        if !line.is_empty() {
            text.push_str(line);
            text.push_str(end);
        }
    };
    around(&input.first_line, &mut text);
    for (index, row) in input.rows.iter().enumerate() {
        let mut place = 0;
        for column in &columns {
            text.extend(std::iter::repeat_n(' ', column.start - 1 - place));
            text.push_str(&field(input, column, row, index + 1)?);
            place = column.end();
        }
        text.push_str(end);
        if text.len() > connector::file::BYTES_MAX * 3 {
            return Err(failure::input("the file would be larger than 10 MB", "Write fewer rows at once."));
        }
    }
    around(&input.last_line, &mut text);
    let file = failure::file(&input.name, "", charset::write(&text, input.charset)?)?;
    failure::made(file, json!({"count": input.rows.len()}))
}

fn field(input: &Input, column: &Column, row: &Row, number: usize) -> Result<String, Error> {
    let text = rows::text(row.get(&column.name));
    let place = || format!("row {number}, column \"{}\"", column.name);
    if text.contains(['\n', '\r']) {
        return Err(failure::input(
            format!("the text in {} has several lines", place()),
            "Take the line breaks out before this step.",
        ));
    }
    let text = match column.kind {
        Kind::Text => text.into_owned(),
        Kind::Number => {
            digits(&text, column).ok_or_else(|| column::no_number(&text, number, &column.name))?
        }
    };
    let width = input.unit.width(&text).map_err(|letter| {
        failure::input(
            format!("\"{letter}\" in {} is no byte of TIS-620", place()),
            "Take it out before this step, or count widths by letter.",
        )
    })?;
    let text = match width > column.width {
        true if input.cut && column.kind == Kind::Text => cut(&text, column.width, input.unit),
        true => {
            let text: String = text.chars().take(60).collect();
            return Err(failure::input(
                format!("\"{text}\" in {} takes {width} places, and there are {}", place(), column.width),
                "Shorten it before this step, or let texts be cut.",
            ));
        }
        false => text,
    };
    let empty = column.width - input.unit.width(&text).unwrap_or(column.width);
    Ok(padded(&text, empty, column))
}

fn padded(text: &str, empty: usize, column: &Column) -> String {
    let filling: String = std::iter::repeat_n(column.fill(), empty).collect();
    if !column.is_right() {
        return format!("{text}{filling}");
    }
    match text.strip_prefix('-') {
        // A minus stands before the zeros.
        Some(digits) if column.kind == Kind::Number && column.fill() == '0' => format!("-{filling}{digits}"),
        _ => format!("{filling}{text}"),
    }
}

/// A number as its column wants it: `267.5` with two decimals is `26750`. What is finer is no such number.
fn digits(text: &str, column: &Column) -> Option<String> {
    if text.trim().is_empty() {
        return Some(String::new());
    }
    let number = column::number(text)?.to_string();
    if column.decimals == 0 {
        return Some(number);
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let fraction = fraction.trim_end_matches('0');
    let decimals = column.decimals as usize;
    (fraction.len() <= decimals).then(|| {
        let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
        let all = format!("{whole}{fraction:0<decimals$}");
        let bare = all.trim_start_matches('0');
        format!("{sign}{}", if bare.is_empty() { "0" } else { bare })
    })
}

/// As much of a text as fits, marks with their letters.
fn cut(text: &str, width: usize, unit: Unit) -> String {
    let mut taken = 0;
    let fits = |letter: &char| {
        taken += unit.of(*letter).unwrap_or(1);
        taken <= width
    };
    text.chars().take_while(fits).collect()
}
