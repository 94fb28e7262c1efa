//! `flash/create_shipment`: a parcel with a tracking number.
//!
//! The reference goes out as Flash's `outTradeNo`, which Flash takes once: the same again is answered 1003.

use super::api::{Api, Fields, text};
use super::{COURIER, address, failure};
use crate::parcel::{self, Parcel, words};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const PATH: &str = "/open/v3/orders";

#[derive(Debug, Deserialize)]
pub struct Input {
    parcel: Parcel,
    #[serde(default)]
    article: Article,
    #[serde(default, deserialize_with = "crate::values::text")]
    express_category: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Article {
    Documents,
    Food,
    DailyGoods,
    Digital,
    Clothes,
    #[default]
    Other,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let fields = fields(&input)?;
    let reference = &input.parcel.reference;
    let (host, said) = Api::of(cx)?.ask(PATH, fields).await?;
    let number = text(&said.data, "pno");
    match said.code() {
        Some(1) if !number.is_empty() => Ok(words::created(COURIER, reference, &number, true, said.data)),
        Some(1) => Err(Error::Unreadable { host, message: "a parcel without a tracking number".into() }),
        Some(failure::EXISTS) if !number.is_empty() => {
            Ok(words::created(COURIER, reference, &number, false, said.data))
        }
        _ => Err(failure::of(&host, &said)),
    }
}

fn fields(input: &Input) -> Result<Fields, Error> {
    let parcel = input.parcel.clone().ready()?;
    let category = if input.express_category.is_empty() { "1" } else { &input.express_category };
    let mut fields = vec![
        ("outTradeNo", parcel.reference.clone()),
        ("expressCategory", category.to_owned()),
        ("articleCategory", input.article.code().to_owned()),
        ("weight", parcel.grams().to_string()),
        ("remark", parcel.note.clone()),
    ];
    fields.extend(address::from(&parcel.sender));
    fields.extend(address::to(&parcel.recipient));
    fields.extend(size(&parcel));
    fields.extend(money(&parcel));
    Ok(fields)
}

pub fn size(parcel: &Parcel) -> Fields {
    let Some((length, width, height)) = parcel.size.whole() else { return Fields::new() };
    vec![("length", length.to_string()), ("width", width.to_string()), ("height", height.to_string())]
}

/// In satang.
fn money(parcel: &Parcel) -> Fields {
    let is_there = |there: bool| if there { "1" } else { "0" }.to_owned();
    let (cod, value) = (parcel.cod(), parcel.declared_value());
    let mut fields = vec![("codEnabled", is_there(cod.is_some())), ("insured", is_there(value.is_some()))];
    fields.extend(cod.map(|cod| ("codAmount", cod.satang().to_string())));
    fields.extend(value.map(|value| ("insureDeclareValue", value.satang().to_string())));
    fields
}

impl Article {
    const fn code(self) -> &'static str {
        match self {
            Self::Documents => "0",
            Self::Food => "1",
            Self::DailyGoods => "2",
            Self::Digital => "3",
            Self::Clothes => "4",
            Self::Other => "99",
        }
    }
}

pub fn spec() -> OperationSpec {
    let article = Field::choice(
        "article",
        &[
            ("documents", "Documents", "เอกสาร"),
            ("food", "Food", "อาหาร"),
            ("daily_goods", "Daily goods", "ของใช้ทั่วไป"),
            ("digital", "Electronics", "สินค้าอิเล็กทรอนิกส์"),
            ("clothes", "Clothes", "เสื้อผ้า"),
            ("other", "Other", "อื่น ๆ"),
        ],
        "Kind of goods",
        "ประเภทสินค้า",
    );
    OperationSpec::action("flash/create_shipment", "Create a shipment", "สร้างพัสดุ")
        .about(
            "Makes a parcel at Flash and gives its tracking number. The same reference again makes no second one.",
            "สร้างพัสดุกับ Flash และได้เลขพัสดุ เลขอ้างอิงเดิมจะไม่สร้างซ้ำ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(parcel::field())
        .field(
            article
                .about("What Flash asks about the contents.", "ข้อมูลสิ่งของในพัสดุที่ Flash ต้องการ")
                .default("other")
                .example("food"),
        )
        .field(
            Field::new("express_category", FieldKind::Text, "Service", "ประเภทบริการ")
                .about(
                    "Flash's expressCategory: 1 is the standard one; others as the contract has them.",
                    "ค่า expressCategory ของ Flash 1 คือแบบมาตรฐาน ค่าอื่นตามสัญญา",
                )
                .default("1")
                .at_most(4)
                .example("1")
                .advanced(),
        )
        .example(
            json!({"parcel": parcel::example(), "article": "food"}),
            words::created(
                COURIER,
                "SHOPIFY-1001-1",
                "TH0101ABCD0A",
                true,
                json!({"pno": "TH0101ABCD0A", "outTradeNo": "SHOPIFY-1001-1", "sortCode": "11A-02", "dstStoreName": "สันทราย"}),
            ),
        )
}
