//! `woocommerce/note_invoice`: the number of the tax invoice, and where it is, kept with the order.

use super::api::{Api, order};
use super::terms;
use super::update_order_status::brief;
use crate::values::{Filled, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const NUMBER_KEY: &str = "_khlong_tax_invoice_no";
const URL_KEY: &str = "_khlong_tax_invoice_url";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    pub number: Filled,
    #[serde(default)]
    pub url: Text,
    #[serde(default)]
    pub number_key: Text,
    #[serde(default)]
    pub url_key: Text,
}

pub fn spec() -> OperationSpec {
    let key = |name: &str, default: &str, en: &str, th: &str| {
        Field::new(name, FieldKind::Text, en, th)
            .about(
                "The name of the order's meta data; set it to what the shop's invoice plugin reads.",
                "ชื่อ meta data ของคำสั่งซื้อ ตั้งให้ตรงกับที่ปลั๊กอินใบกำกับภาษีของร้านใช้",
            )
            .default(default)
            .example(default)
            .advanced()
    };
    OperationSpec::action("woocommerce/note_invoice", "Note the invoice", "บันทึกเลขใบกำกับภาษี")
        .about(
            "Keeps the tax invoice's number, and where it is, in the order's meta data.",
            "เก็บเลขใบกำกับภาษีและลิงก์ไว้ใน meta data ของคำสั่งซื้อ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(
            Field::new("number", FieldKind::Text, "Invoice number", "เลขที่ใบกำกับภาษี")
                .about("As it stands on the invoice.", "ตามที่แสดงบนใบกำกับภาษี")
                .required()
                .example("INV6901-0001"),
        )
        .field(
            Field::new("url", FieldKind::Url, "Link", "ลิงก์")
                .about("Where the invoice can be opened.", "ที่อยู่สำหรับเปิดใบกำกับภาษี")
                .example("https://files.example.com/INV6901-0001.pdf"),
        )
        .field(key("number_key", NUMBER_KEY, "Key of the number", "คีย์ของเลขที่"))
        .field(key("url_key", URL_KEY, "Key of the link", "คีย์ของลิงก์"))
        .example(
            json!({"order_id": "727", "number": "INV6901-0001"}),
            json!({"id": 727, "number": "727", "status": "completed"}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let pair =
        |key: &Text, usual: &str, value: &str| json!({"key": key.filled().unwrap_or(usual), "value": value});
    let number = pair(&input.number_key, NUMBER_KEY, input.number.as_str());
    let url = input.url.filled().map(|url| pair(&input.url_key, URL_KEY, url));
    let pairs: Vec<Value> = [number].into_iter().chain(url).collect();
    let told = Api::open(cx)?.put(&order(input.order_id.as_str())?, &json!({"meta_data": pairs})).await?;
    Ok(brief(&told))
}
