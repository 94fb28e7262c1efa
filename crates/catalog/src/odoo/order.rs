//! The order that a flow hands over, before Odoo is asked anything.

use crate::values::{self, Digits, Text};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use connector::Error;
use model::money::Currency;
use model::{Field, FieldKind};
use serde::{Deserialize, Deserializer, de};

/// Odoo takes some hundreds of rows in one call with ease.
pub const LINES_MAX: usize = 1_000;
/// More than any order has of anything.
pub const NUMBER_MAX: u64 = 1_000_000_000_000;

#[derive(Debug, Deserialize)]
pub struct Order {
    /// The shop's own number of the order: what Odoo is asked for before anything is made.
    pub reference: String,
    #[serde(default)]
    pub date: Option<String>,
    #[serde(default)]
    pub currency: Option<String>,
    pub partner: Partner,
    pub lines: Vec<Line>,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Partner {
    #[serde(rename = "ref")]
    pub reference: Option<Text>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub vat: Option<String>,
    pub street: Option<String>,
    pub city: Option<String>,
    pub zip: Option<Text>,
}

#[derive(Debug, Deserialize)]
pub struct Line {
    pub sku: Text,
    /// What stands on the order; without it, Odoo's own description of the product.
    #[serde(default)]
    pub name: Option<String>,
    pub quantity: Digits,
    #[serde(default)]
    pub price: Option<Digits>,
    /// In percent.
    #[serde(default)]
    pub discount: Option<Digits>,
    /// Whether the price contains the tax. Compared with the product's tax in Odoo, which decides.
    #[serde(default)]
    pub tax_included: Option<bool>,
}

/// The id of a record of Odoo, where one is chosen. An expression may give it as text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RecordId(pub Option<i64>);

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = values::text(deserializer).unwrap_or_else(|_| "no id".into());
        if text.is_empty() {
            return Ok(Self(None));
        }
        let id = text.parse().ok();
        let id = id.filter(|id| *id > 0);
        id.map(|id| Self(Some(id))).ok_or_else(|| de::Error::custom("a record's id is expected, such as 57"))
    }
}

/// What an order is made of, for whoever maps to one.
pub fn shape() -> Vec<Field> {
    let text = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th);
    let number =
        |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Number, en, th).at_most(NUMBER_MAX);
    let currency = Currency::Field("currency".into());
    let partner = [
        text("ref", "Customer's number", "รหัสลูกค้า").about(
            "The shop's number of the customer; a customer with it is found again.",
            "รหัสลูกค้าของร้าน ใช้ค้นหาลูกค้าเดิม",
        ),
        text("name", "Name", "ชื่อ").about("As it is to stand on the invoice.", "ชื่อที่จะแสดงบนใบกำกับภาษี"),
        text("email", "E-mail", "อีเมล").about("An address for mail.", "ที่อยู่อีเมล"),
        text("phone", "Phone", "โทรศัพท์").about("With or without the country's code.", "มีหรือไม่มีรหัสประเทศก็ได้"),
        text("vat", "Tax id", "เลขประจำตัวผู้เสียภาษี")
            .about("Thirteen digits in Thailand.", "เลข 13 หลักสำหรับประเทศไทย"),
        text("street", "Street", "ที่อยู่").about("House number and street.", "บ้านเลขที่และถนน"),
        text("city", "City", "เขต/อำเภอ จังหวัด").about("District and province.", "เขตหรืออำเภอ และจังหวัด"),
        text("zip", "Postcode", "รหัสไปรษณีย์").about("Five digits in Thailand.", "เลข 5 หลักสำหรับประเทศไทย"),
    ];
    let line = vec![
        text("sku", "SKU", "รหัสสินค้า (SKU)")
            .required()
            .about("The product's internal reference in Odoo.", "รหัสอ้างอิงภายในของสินค้าใน Odoo"),
        text("name", "Description", "คำอธิบาย").about(
            "What stands on the order; without it, Odoo's own description.",
            "ข้อความบนคำสั่งขาย หากไม่มีจะใช้คำอธิบายของ Odoo",
        ),
        number("quantity", "Quantity", "จำนวน").required().about("How many are ordered.", "จำนวนที่สั่ง"),
        Field::new("price", FieldKind::Money(Some(currency)), "Unit price", "ราคาต่อหน่วย")
            .at_most(NUMBER_MAX)
            .about("Of one; without it, Odoo's own price.", "ราคาต่อหนึ่งหน่วย หากไม่มีจะใช้ราคาของ Odoo"),
        number("discount", "Discount in percent", "ส่วนลด (%)").about("Of this line.", "ส่วนลดของรายการนี้"),
        Field::new("tax_included", FieldKind::Bool, "Price includes tax", "ราคารวมภาษี").about(
            "Compared with the product's tax in Odoo, which decides.",
            "ใช้เทียบกับภาษีของสินค้าใน Odoo ซึ่งเป็นตัวตัดสิน",
        ),
    ];
    vec![
        text("reference", "Reference", "เลขอ้างอิง").required().about(
            "The shop's own number of the order: a second order with it is not made.",
            "เลขคำสั่งซื้อของร้าน จะไม่สร้างคำสั่งขายซ้ำด้วยเลขเดียวกัน",
        ),
        text("date", "Date", "วันที่").about(
            "When it was ordered, such as 2026-11-20T10:10:00+07:00.",
            "วันเวลาที่สั่งซื้อ เช่น 2026-11-20T10:10:00+07:00",
        ),
        text("currency", "Currency", "สกุลเงิน").about(
            "Three letters; the order is refused where Odoo would make it in another.",
            "อักษรสามตัว หาก Odoo ใช้สกุลเงินอื่น คำสั่งขายจะถูกปฏิเสธ",
        ),
        Field::new("partner", FieldKind::Json, "Customer", "ลูกค้า")
            .required()
            .about("Who ordered.", "ผู้สั่งซื้อ")
            .shape(partner),
        Field::new("lines", FieldKind::List(line), "Lines", "รายการ")
            .required()
            .at_most(LINES_MAX as u64)
            .about("What was ordered.", "สินค้าที่สั่ง"),
        text("note", "Note", "หมายเหตุ").about("Stands below the order.", "แสดงท้ายคำสั่งขาย"),
    ]
}

impl Order {
    pub fn check(&self) -> Result<(), Error> {
        if self.reference.trim().is_empty() {
            return Err(mistake("the order has no reference".into()));
        }
        if self.lines.is_empty() {
            return Err(mistake(format!("order {} has no lines", self.reference)));
        }
        if self.lines.len() > LINES_MAX {
            return Err(mistake(format!("order {} has more than {LINES_MAX} lines", self.reference)));
        }
        match self.lines.iter().position(|line| line.sku.filled().is_none()) {
            Some(index) => Err(mistake(format!("line {} of order {} has no SKU", index + 1, self.reference))),
            None => Ok(()),
        }
    }

    /// The date as Odoo writes it: UTC, without a zone.
    pub fn date_utc(&self) -> Result<Option<String>, Error> {
        let Some(text) = self.date.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let with_zone = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc).naive_utc());
        // Noon keeps the date in nearly every time zone.
        let time = with_zone
            .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S"))
            .ok()
            .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(12, 0, 0));
        match time {
            Some(time) => Ok(Some(time.format("%Y-%m-%d %H:%M:%S").to_string())),
            None => {
                Err(mistake(format!("\"{text}\" is not a date; write it like 2026-11-20T10:10:00+07:00")))
            }
        }
    }
}

fn mistake(message: String) -> Error {
    Error::Input { message, advice: "Correct the data or the script before this node, then retry.".into() }
}
