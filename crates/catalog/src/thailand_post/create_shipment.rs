//! `thailand_post/create_shipment`: a parcel told of under a barcode from the shop's range.

use super::eparcel::{EParcel, said, word};
use super::{COURIER, barcode, failure};
use crate::parcel::place::BANGKOK;
use crate::parcel::{self, Parcel, Party, words};
use crate::values::{self, Baht};
use connector::{ActionCx, Connection, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    parcel: Parcel,
    #[serde(deserialize_with = "values::text")]
    barcode: String,
    #[serde(default = "yes")]
    check_digit: bool,
    #[serde(default, deserialize_with = "values::text")]
    order_type: String,
    #[serde(default, deserialize_with = "values::text")]
    manifest_no: String,
}

fn yes() -> bool {
    true
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    barcode::check(&input.barcode, input.check_digit)?;
    let parcel = input.parcel.clone().ready()?;
    if parcel.cod().is_some() {
        return Err(Error::Input {
            message: format!(
                "parcel {} is to be paid at the door, which e-Parcel does not take here",
                parcel.reference
            ),
            advice: "Send it with another courier, or without cash on delivery.".into(),
        });
    }
    let eparcel = EParcel::of(cx)?;
    let said = eparcel.post("/addItem", &item(&input, &parcel, cx.connection()?)).await?;
    match said.code.as_str() {
        failure::GOOD => Ok(words::created(COURIER, &parcel.reference, &input.barcode, true, said.body)),
        failure::USED if is_ours(&eparcel, &input.barcode, &parcel.reference).await? => {
            Ok(words::created(COURIER, &parcel.reference, &input.barcode, false, said.body))
        }
        _ => Err(failure::of(&said)),
    }
}

/// Whether the barcode that is used already is this parcel's: an attempt before this one may have told of it.
async fn is_ours(eparcel: &EParcel<'_>, barcode: &str, reference: &str) -> Result<bool, Error> {
    let found = said(&eparcel.get("/getOrderByBarcode", barcode).await?)?.body;
    let inner = ["data", "order", "item"].into_iter().filter_map(|name| found.get(name));
    let ids = std::iter::once(&found).chain(inner).map(|record| word(record, "orderId"));
    Ok(ids.filter(|id| !id.is_empty()).any(|id| id == reference))
}

fn item(input: &Input, parcel: &Parcel, connection: &Connection) -> Value {
    let (from, to) = (&parcel.sender, &parcel.recipient);
    let order_type = if input.order_type.is_empty() { "D" } else { &input.order_type };
    let texts: [(&str, &str); 15] = [
        ("orderId", &parcel.reference),
        ("invNo", &parcel.reference),
        ("barcode", &input.barcode),
        ("shipperName", &from.name),
        ("shipperAddress", &whole_address(from)),
        ("shipperZipcode", &from.postcode),
        ("shipperMobile", &from.phone),
        ("cusName", &to.name),
        ("cusAdd", &street(to)),
        ("cusAmp", &to.district),
        ("cusProv", &to.province),
        ("cusZipcode", &to.postcode),
        ("cusTel", &to.phone),
        ("productInbox", &parcel.contents()),
        ("orderType", order_type),
    ];
    let mut item: Map<String, Value> =
        texts.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
    item.insert("productPrice".into(), parcel.declared_value().map_or_else(|| 0.into(), Baht::json));
    item.insert("productWeight".into(), parcel.grams().into());
    let own = [
        ("manifestNo", Some(input.manifest_no.as_str()).filter(|text| !text.is_empty())),
        ("merchantId", connection.text("merchant_id")),
        ("storeLocationNo", Some(connection.text("store_location").unwrap_or("1"))),
    ];
    item.extend(own.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))));
    Value::Object(item)
}

/// With the subdistrict, for which there is no field: `99 หมู่ 1 ต.สันทรายน้อย`.
fn street(party: &Party) -> String {
    let word = if party.province == BANGKOK { "แขวง" } else { "ต." };
    if party.subdistrict.is_empty() {
        return party.address.clone();
    }
    format!("{} {word}{}", party.address, party.subdistrict)
}

fn whole_address(party: &Party) -> String {
    let is_bangkok = party.province == BANGKOK;
    let (district, province) = if is_bangkok { ("เขต", "") } else { ("อ.", "จ.") };
    format!("{} {district}{} {province}{}", street(party), party.district, party.province)
}

pub fn spec() -> OperationSpec {
    let text = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th);
    OperationSpec::action("thailand_post/create_shipment", "Create a shipment", "สร้างพัสดุ")
        .about(
            "Tells Thailand Post of a parcel under a barcode of your range, which is its tracking number. The same barcode \
             again makes no second parcel.",
            "แจ้งฝากพัสดุกับไปรษณีย์ไทยด้วยบาร์โค้ดจากช่วงของร้าน ซึ่งใช้เป็นเลขพัสดุ บาร์โค้ดเดิมจะไม่สร้างซ้ำ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(parcel::field())
        .field(
            text("barcode", "Barcode", "บาร์โค้ด")
                .about("13 characters from your range, never used before.", "13 ตัวอักษรจากช่วงของร้าน ที่ยังไม่เคยใช้")
                .required()
                .at_most(13)
                .example("EY145587898TH"),
        )
        .field(
            Field::new("check_digit", FieldKind::Bool, "Check the digit", "ตรวจเลขตรวจสอบ")
                .about(
                    "Refuses a barcode whose check digit is wrong, which is nearly always a mistake.",
                    "ปฏิเสธบาร์โค้ดที่เลขตรวจสอบไม่ถูกต้อง ซึ่งมักเกิดจากความผิดพลาด",
                )
                .default(true)
                .example(true)
                .advanced(),
        )
        .field(
            text("order_type", "Kind of order", "ประเภทรายการ")
                .about("e-Parcel's orderType.", "ค่า orderType ของ e-Parcel")
                .default("D")
                .at_most(5)
                .example("D")
                .advanced(),
        )
        .field(
            text("manifest_no", "Manifest", "เลขใบนำส่ง")
                .about("What the parcels of one hand-over have in common.", "เลขของพัสดุที่นำส่งรอบเดียวกัน")
                .at_most(50)
                .example("20261120-1"),
        )
        .example(
            json!({"parcel": paid_example(), "barcode": "EY145587898TH", "manifest_no": "20261120-1"}),
            words::created(
                COURIER,
                "SHOPIFY-1001-1",
                "EY145587898TH",
                true,
                json!({"statusCode": "000", "message": "success"}),
            ),
        )
}

fn paid_example() -> Value {
    let mut parcel = parcel::example();
    parcel["cod"] = Value::Null;
    parcel["declared_value"] = "267.50".into();
    parcel
}
