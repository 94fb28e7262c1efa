//! `kex/create_shipment`: a parcel under a number that the shop makes itself.

use super::{COURIER, api};
use crate::parcel::{self, Parcel, Party, words};
use crate::values;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    parcel: Parcel,
    #[serde(deserialize_with = "values::text")]
    con_no: String,
    #[serde(default, deserialize_with = "values::text")]
    service_code: String,
    #[serde(default, deserialize_with = "values::text")]
    cod_type: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    words::check_number(&input.con_no)?;
    let connection = cx.connection()?;
    let parcel = input.parcel.clone().ready()?;
    let contact = connection.text("contact_field").unwrap_or("contact");
    let mut shipment = Map::from_iter([("con_no".to_owned(), Value::from(input.con_no.as_str()))]);
    if let Some(merchant) = connection.text("merchant_id") {
        shipment.insert("merchant_id".into(), merchant.into());
    }
    add_party(&mut shipment, "s", &parcel.sender, contact);
    add_party(&mut shipment, "r", &parcel.recipient, contact);
    add_rest(&mut shipment, &parcel, &input);
    let raw = api::send(cx, shipment).await?;
    Ok(words::created(COURIER, &parcel.reference, &input.con_no, true, raw))
}

fn add_party(shipment: &mut Map<String, Value>, side: &str, party: &Party, contact: &str) {
    let fields = [
        ("name", &party.name),
        ("address", &party.address),
        ("subdistrict", &party.subdistrict),
        ("district", &party.district),
        ("province", &party.province),
        ("zipcode", &party.postcode),
        ("mobile1", &party.phone),
        (contact, &party.name),
    ];
    shipment.extend(fields.map(|(name, text)| (format!("{side}_{name}"), text.as_str().into())));
}

/// Amounts are baht.
fn add_rest(shipment: &mut Map<String, Value>, parcel: &Parcel, input: &Input) {
    let or = |text: &str, usual: &str| if text.is_empty() { usual.to_owned() } else { text.to_owned() };
    let cod_type = if parcel.cod().is_some() { or(&input.cod_type, "CASH") } else { String::new() };
    let fields = [
        ("special_note", parcel.note.as_str().into()),
        ("service_code", or(&input.service_code, "ND").into()),
        ("cod_amount", parcel.cod().map_or_else(|| 0.into(), values::Baht::json)),
        ("cod_type", cod_type.into()),
        ("tot_pkg", 1.into()),
        ("declare_value", parcel.declared_value().map_or_else(|| 0.into(), values::Baht::json)),
        ("ref_no", parcel.reference.as_str().into()),
        ("action_code", "A".into()),
    ];
    shipment.extend(fields.map(|(name, value): (&str, Value)| (name.to_owned(), value)));
}

pub fn con_no() -> Field {
    Field::new("con_no", FieldKind::Text, "Consignment number", "เลขพัสดุ (con_no)")
        .about(
            "Your prefix from KEX and a number that is never used twice, such as the order's own, filled up with zeros.",
            "คำนำหน้าที่ได้จาก KEX และเลขที่ไม่ใช้ซ้ำ เช่น เลขคำสั่งซื้อเติมศูนย์ด้านหน้า",
        )
        .required()
        .at_most(20)
        .example("KHL0000001001")
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("kex/create_shipment", "Create a shipment", "สร้างพัสดุ")
        .about(
            "Tells KEX of a parcel under your own consignment number, which is its tracking number. The same number again \
             makes no second parcel.",
            "แจ้งพัสดุกับ KEX ด้วยเลขที่ร้านสร้างเอง ซึ่งใช้เป็นเลขพัสดุ เลขเดิมจะไม่สร้างซ้ำ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(parcel::field())
        .field(con_no())
        .field(
            Field::new("service_code", FieldKind::Text, "Service", "ประเภทบริการ")
                .about("KEX's service_code; ND is the next day.", "ค่า service_code ของ KEX โดย ND คือส่งวันถัดไป")
                .default("ND")
                .at_most(10)
                .example("ND"),
        )
        .field(
            Field::new("cod_type", FieldKind::Text, "Kind of payment at the door", "วิธีชำระเงินปลายทาง")
                .about("Only where something is to be collected.", "ใช้เมื่อเก็บเงินปลายทางเท่านั้น")
                .default("CASH")
                .at_most(10)
                .example("CASH")
                .advanced(),
        )
        .example(
            json!({"parcel": parcel::example(), "con_no": "KHL0000001001"}),
            words::created(
                COURIER,
                "SHOPIFY-1001-1",
                "KHL0000001001",
                true,
                json!({"con_no": "KHL0000001001", "status_code": "000", "status_desc": "Successfully received"}),
            ),
        )
}
