//! A sheet that is written.

use crate::fixed_width::is_mark;
use crate::rows::{self, COLUMNS_MAX, Row};
use crate::{column, failure, given, words};
use connector::Error;
use model::{Field, FieldKind};
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Worksheet, XlsxError};
use serde::Deserialize;
use serde_json::{Number, Value, json};

const TEXT_CHARS_MAX: usize = 32_767;
/// What a double holds whatever it is.
const DIGITS_MAX: usize = 15;
const WIDTH: std::ops::RangeInclusive<usize> = 8..=60;
/// Rows that are looked at for the width of a column.
const LOOKED_AT: usize = 500;

#[derive(Clone, Debug, Deserialize)]
pub struct Sheet {
    #[serde(deserialize_with = "given::trimmed")]
    pub name: String,
    pub rows: Vec<Row>,
    #[serde(default, deserialize_with = "given::or_default")]
    columns: Vec<Column>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Column {
    name: String,
    #[serde(default, deserialize_with = "given::text")]
    title: String,
    #[serde(default, deserialize_with = "given::or_default")]
    kind: Kind,
    #[serde(default, deserialize_with = "given::or_default")]
    width: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Auto,
    Text,
    Number,
    Money,
    Date,
}

pub fn field() -> Field {
    let columns = vec![
        Field::new("name", FieldKind::Text, "Name", "ชื่อ").about("The name in the rows.", "ชื่อในแถวข้อมูล").required().example("total"),
        Field::new("title", FieldKind::Text, "Title", "หัวคอลัมน์")
            .about("What the header says; empty: the name.", "ข้อความที่หัวตาราง หากเว้นว่างจะใช้ชื่อ")
            .example("ยอดรวม"),
        Field::choice(
            "kind",
            &[
                ("auto", "As the values are", "ตามค่า"),
                ("text", "Text", "ข้อความ"),
                ("number", "Number", "ตัวเลข"),
                ("money", "Amount, 1,234.50", "จำนวนเงิน 1,234.50"),
                ("date", "Date", "วันที่"),
            ],
            "Kind",
            "ชนิด",
        )
        .about(
            "As the values are: texts are texts, so that leading zeros stay, and numbers of more than 15 digits are texts, too. A date is written like 2026-11-20.",
            "ตามค่าหมายถึงข้อความยังเป็นข้อความ เลขศูนย์นำหน้าจึงไม่หาย และตัวเลขที่เกิน 15 หลักจะเป็นข้อความด้วย วันที่ให้เขียนแบบ 2026-11-20",
        )
        .default("auto")
        .example("money"),
        Field::new("width", FieldKind::Number, "Width", "ความกว้าง")
            .about("In letters; empty: as wide as what is in it.", "จำนวนตัวอักษร หากเว้นว่างจะกว้างตามข้อมูล")
            .at_least(0)
            .at_most(255)
            .example(14),
    ];
    let sheet = vec![
        Field::new("name", FieldKind::Text, "Name of the sheet", "ชื่อแผ่นงาน")
            .about("At most 31 characters, without / \\ ? * : [ ].", "ไม่เกิน 31 ตัวอักษร และไม่มี / \\ ? * : [ ]")
            .required()
            .at_most(31)
            .example("คำสั่งซื้อ"),
        words::rows(),
        Field::new("columns", FieldKind::List(columns), "Columns", "คอลัมน์")
            .about(
                "Which columns are written, in this order, and how. Empty: all that the rows have.",
                "คอลัมน์ที่จะเขียนตามลำดับนี้และรูปแบบ หากเว้นว่างจะเขียนทุกคอลัมน์ที่มีในแถว",
            )
            .at_most(COLUMNS_MAX as u64)
            .example(json!([{"name": "total", "title": "ยอดรวม", "kind": "money"}])),
    ];
    Field::new("sheets", FieldKind::List(sheet), "Sheets", "แผ่นงาน")
        .about("The sheets of the workbook, in their order.", "แผ่นงานในไฟล์ตามลำดับ")
        .required()
        .at_most(super::write::SHEETS_MAX as u64)
        .example(json!([{"name": "คำสั่งซื้อ", "rows": "${nodes.orders.rows}"}]))
}

/// How cells look.
pub struct Looks {
    header: Format,
    text: Format,
    money: Format,
    date: Format,
    time: Format,
}

impl Looks {
    pub fn new() -> Self {
        let shade = Color::RGB(0xe8_ee_f4);
        Self {
            header: Format::new()
                .set_bold()
                .set_background_color(shade)
                .set_align(FormatAlign::VerticalCenter),
            text: Format::new().set_num_format("@"),
            money: Format::new().set_num_format("#,##0.00"),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        }
    }
}

impl Sheet {
    /// With these columns, each value as it is.
    pub fn of(name: &str, columns: &[&str], rows: Vec<Row>) -> Self {
        let columns = columns.iter().map(|name| Column { name: (*name).to_owned(), ..Column::default() });
        Self { name: name.to_owned(), rows, columns: columns.collect() }
    }

    pub fn write(&self, to: &mut Worksheet, looks: &Looks) -> Result<(), Error> {
        to.set_name(&self.name).map_err(refused)?;
        let columns = self.columns();
        rows::check(self.rows.len(), columns.len())?;
        for (index, column) in columns.iter().enumerate() {
            // A thousand columns at most.
            let at = u16::try_from(index).unwrap_or(u16::MAX);
            let title = if column.title.is_empty() { &column.name } else { &column.title };
            to.write_string_with_format(0, at, title, &looks.header).map_err(refused)?;
            if column.kind == Kind::Text {
                to.set_column_format(at, &looks.text).map_err(refused)?;
            }
            to.set_column_width(at, self.width(column, title)).map_err(refused)?;
            for (row, values) in (1_u32..).zip(&self.rows) {
                let Some(value) = values.get(&column.name).filter(|value| !value.is_null()) else { continue };
                self.cell(to, (row, at), column, value, looks)?;
            }
        }
        to.set_freeze_panes(1, 0).map_err(refused)?;
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        if !self.columns.is_empty() {
            return self.columns.clone();
        }
        let named = |name| Column { name, ..Column::default() };
        rows::columns_of(&self.rows).into_iter().map(named).collect()
    }

    fn width(&self, column: &Column, title: &str) -> f64 {
        if column.width > 0.0 {
            return column.width.min(255.0);
        }
        let seen = |text: &str| {
            text.lines().map(|line| line.chars().filter(|letter| !is_mark(*letter)).count()).max()
        };
        let values = self.rows.iter().take(LOOKED_AT).map(|row| rows::text(row.get(&column.name)));
        let longest = values.filter_map(|text| seen(&text)).max().unwrap_or_default();
        let letters = longest.max(seen(title).unwrap_or_default()) + 2;
        f64::from(u32::try_from(letters.clamp(*WIDTH.start(), *WIDTH.end())).unwrap_or(60))
    }

    fn cell(
        &self,
        to: &mut Worksheet,
        at: (u32, u16),
        column: &Column,
        value: &Value,
        looks: &Looks,
    ) -> Result<(), Error> {
        let (row, place) = at;
        let text = rows::text(Some(value));
        let number = || {
            let number = column::number(&text);
            // What is no number at all is a mistake; what a double would change stays a text.
            number
                .ok_or_else(|| column::no_number(&text, row as usize, &column.name))
                .map(|number| double(&number))
        };
        let done = match (column.kind, value) {
            (Kind::Auto, Value::Bool(yes)) => to.write_boolean(row, place, *yes),
            (Kind::Auto, Value::Number(number)) => match double(number) {
                Some(number) => to.write_number(row, place, number),
                None => to.write_string(row, place, &*text),
            },
            (Kind::Number | Kind::Money | Kind::Date, _) if text.trim().is_empty() => return Ok(()),
            (Kind::Number, _) => match number()? {
                Some(number) => to.write_number(row, place, number),
                None => to.write_string(row, place, &*text),
            },
            (Kind::Money, _) => match number()? {
                Some(number) => to.write_number_with_format(row, place, number, &looks.money),
                None => to.write_string(row, place, &*text),
            },
            (Kind::Date, _) => {
                let (date, has_time) = date(&text).ok_or_else(|| {
                    let message = format!("\"{text}\" in row {row}, column \"{}\", is no date", column.name);
                    failure::input(message, "Write dates like 2026-11-20 or 2026-11-20T08:30:00.")
                })?;
                to.write_datetime_with_format(
                    row,
                    place,
                    date,
                    if has_time { &looks.time } else { &looks.date },
                )
            }
            (Kind::Text, _) => {
                to.write_string_with_format(row, place, self.fitting(&text, row, column)?, &looks.text)
            }
            (Kind::Auto, _) => to.write_string(row, place, self.fitting(&text, row, column)?),
        };
        done.map(|_| ()).map_err(refused)
    }

    fn fitting<'t>(&self, text: &'t str, row: u32, column: &Column) -> Result<&'t str, Error> {
        // Excel counts as JavaScript does.
        if text.encode_utf16().count() <= TEXT_CHARS_MAX {
            return Ok(text);
        }
        let message = format!(
            "the text in row {row}, column \"{}\", has more than {TEXT_CHARS_MAX} characters",
            column.name
        );
        Err(failure::input(message, "Shorten it before this step: a cell of Excel holds no more."))
    }
}

/// A number, where a double holds all of its digits.
fn double(number: &Number) -> Option<f64> {
    let text = number.to_string();
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let plain = !text.contains(['e', 'E']);
    (plain && digits <= DIGITS_MAX)
        .then(|| text.parse().ok())
        .flatten()
        .filter(|number: &f64| number.is_finite())
}

fn date(text: &str) -> Option<(ExcelDateTime, bool)> {
    let text = text.trim();
    let (day, time) = text.split_at_checked(10).map(|(day, rest)| (day, rest.strip_prefix(['T', ' '])))?;
    let day = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    let excel = || {
        use chrono::Datelike;
        let year = u16::try_from(day.year()).ok()?;
        ExcelDateTime::from_ymd(year, u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?).ok()
    };
    let Some(time) = time else {
        return (text.len() == 10).then(excel).flatten().map(|date| (date, false));
    };
    use chrono::Timelike;
    // The time of day as it is written: Excel knows no zones.
    let clock = time.split(['Z', '+', '-']).next()?;
    let parsed = ["%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|form| chrono::NaiveTime::parse_from_str(clock, form).ok())?;
    let (hour, minute) = (u16::try_from(parsed.hour()).ok()?, u8::try_from(parsed.minute()).ok()?);
    excel()?.and_hms(hour, minute, f64::from(parsed.second())).ok().map(|date| (date, true))
}

pub fn refused(error: XlsxError) -> Error {
    failure::input(format!("the workbook cannot be made: {error}"), "Correct the sheets' names and columns.")
}
