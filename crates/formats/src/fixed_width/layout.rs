//! Where the fields of a line are.

use crate::{failure, given, rows};
use connector::Error;
use model::{Field, FieldKind};
use serde::Deserialize;
use serde_json::json;

/// The longest line there is.
const WIDTH_MAX: usize = 10_000;
const DECIMALS_MAX: u32 = 10;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Texts left, numbers right.
    #[default]
    Auto,
    Left,
    Right,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Text,
    Number,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Column {
    #[serde(deserialize_with = "given::trimmed")]
    pub name: String,
    /// From 1; nothing: behind the column before.
    #[serde(default, deserialize_with = "given::or_default")]
    pub start: usize,
    pub width: usize,
    #[serde(default, deserialize_with = "given::or_default")]
    pub kind: Kind,
    #[serde(default, deserialize_with = "given::or_default")]
    align: Align,
    #[serde(default, deserialize_with = "given::text")]
    fill: String,
    /// Places that are there without a point: 26750 is 267.50.
    #[serde(default, deserialize_with = "given::or_default")]
    pub decimals: u32,
}

impl Column {
    pub fn is_right(&self) -> bool {
        match self.align {
            Align::Auto => self.kind == Kind::Number,
            Align::Left => false,
            Align::Right => true,
        }
    }

    pub fn fill(&self) -> char {
        self.fill.chars().next().unwrap_or(match self.kind {
            Kind::Text => ' ',
            Kind::Number => '0',
        })
    }

    /// The first place behind it, from 0.
    pub fn end(&self) -> usize {
        self.start - 1 + self.width
    }
}

/// Columns in the order of their places, none of which overlap.
pub fn check(columns: &[Column]) -> Result<Vec<Column>, Error> {
    let wrong = |message: String| Err(failure::input(message, "Correct the columns' places."));
    if columns.is_empty() || columns.len() > rows::COLUMNS_MAX {
        return wrong(format!(
            "there are {} columns; 1 to {} are possible",
            columns.len(),
            rows::COLUMNS_MAX
        ));
    }
    let mut placed: Vec<Column> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut column = column.clone();
        if column.start == 0 {
            column.start = placed.last().map_or(0, Column::end) + 1;
        }
        let far = column.start > WIDTH_MAX || column.width > WIDTH_MAX || column.end() > WIDTH_MAX;
        if column.width == 0 || far || column.decimals > DECIMALS_MAX || column.fill.chars().count() > 1 {
            return wrong(format!(
                "column \"{}\" needs a width, an end before {WIDTH_MAX}, one character to fill with and at most {DECIMALS_MAX} decimals",
                column.name
            ));
        }
        placed.push(column);
    }
    placed.sort_by_key(|column| column.start);
    for pair in placed.windows(2) {
        if pair[0].end() >= pair[1].start {
            return wrong(format!("columns \"{}\" and \"{}\" overlap", pair[0].name, pair[1].name));
        }
    }
    let mut names: Vec<&str> = placed.iter().map(|column| column.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => wrong(format!("there are two columns \"{}\"", pair[0])),
        None => Ok(placed),
    }
}

pub fn field() -> Field {
    let number = |name: &str, en: &str, th: &str, most: usize| {
        Field::new(name, FieldKind::Number, en, th).at_least(0).at_most(most as u64)
    };
    let columns = vec![
        Field::new("name", FieldKind::Text, "Name", "ชื่อ").about("The name in the rows.", "ชื่อในแถวข้อมูล").required().example("amount"),
        number("start", "Start", "เริ่มที่", WIDTH_MAX)
            .about("The first place, counted from 1; empty: right behind the column before.", "ตำแหน่งแรก นับจาก 1 หากเว้นว่างจะต่อจากคอลัมน์ก่อนหน้า")
            .example(1),
        number("width", "Width", "ความกว้าง", WIDTH_MAX).about("How many places it takes.", "จำนวนตำแหน่งที่ใช้").required().example(13),
        Field::choice("kind", &[("text", "Text", "ข้อความ"), ("number", "Number", "ตัวเลข")], "Kind", "ชนิด")
            .about("A text stands left and is filled with spaces, a number right and with zeros, unless said otherwise.", "ข้อความชิดซ้ายเติมช่องว่าง ตัวเลขชิดขวาเติมศูนย์ เว้นแต่กำหนดเป็นอย่างอื่น")
            .default("text")
            .example("number"),
        number("decimals", "Decimals without a point", "ทศนิยมไม่มีจุด", DECIMALS_MAX as usize)
            .about("How many of a number's last digits are decimals: with 2, 26750 is 267.50.", "จำนวนหลักท้ายที่เป็นทศนิยม เช่น 2 หมายถึง 26750 คือ 267.50")
            .default(0)
            .example(2),
        Field::choice(
            "align",
            &[("auto", "As usual", "ตามปกติ"), ("left", "Left", "ชิดซ้าย"), ("right", "Right", "ชิดขวา")],
            "Side",
            "ด้าน",
        )
        .about("The side at which it stands; usually texts left and numbers right.", "ด้านที่จัดชิด ปกติข้อความชิดซ้ายและตัวเลขชิดขวา")
        .default("auto")
        .example("auto"),
        Field::new("fill", FieldKind::Text, "Filled with", "เติมด้วย")
            .about("The character that takes the empty places; empty: a space for texts, 0 for numbers.", "อักขระที่เติมในตำแหน่งว่าง หากเว้นว่างข้อความใช้ช่องว่างและตัวเลขใช้ 0")
            .at_most(1)
            .example("0"),
    ];
    Field::new("columns", FieldKind::List(columns), "Columns", "คอลัมน์")
        .about("Where each field of a line is.", "ตำแหน่งของแต่ละช่องในบรรทัด")
        .required()
        .at_most(rows::COLUMNS_MAX as u64)
        .example(json!([{"name": "account", "width": 10}, {"name": "amount", "width": 13, "kind": "number", "decimals": 2}]))
}
