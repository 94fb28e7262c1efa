//! `xero/upsert_contact`: a buyer is made or brought up to date, by the shop's number.

use super::api::{Api, first};
use crate::invoice::{Buyer, buyer_shape};
use crate::values::filled;
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const NUMBER_CHARS_MAX: usize = 50;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub buyer: Buyer,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let body = json!({"Contacts": [contact(&input.buyer)?]});
    let made = Api::of(cx)?.write(Method::POST, &["Contacts"], &body, cx.step_key).await?;
    let made = first(&made, "Contacts");
    Ok(json!({"id": made.get("ContactID"), "code": made.get("ContactNumber"), "name": made.get("Name")}))
}

fn contact(buyer: &Buyer) -> Result<Value, Error> {
    let lacks = |what: &str| Error::Input {
        message: format!("the buyer has no {what}"),
        advice: "Fill it in the node before, then retry.".into(),
    };
    let code = filled(buyer.code.as_ref()).filter(|code| code.chars().count() <= NUMBER_CHARS_MAX);
    let code = code.ok_or_else(|| lacks("number of at most 50 characters"))?;
    let name =
        buyer.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).ok_or_else(|| lacks("name"))?;
    let mut contact = Map::from_iter([("ContactNumber".into(), code.into()), ("Name".into(), name.into())]);
    contact.extend(buyer.email.as_deref().map(|email| ("EmailAddress".into(), email.into())));
    contact.extend(filled(buyer.tax_id.as_ref()).map(|id| ("TaxNumber".into(), id.into())));
    let phone =
        filled(buyer.phone.as_ref()).map(|phone| json!([{"PhoneType": "MOBILE", "PhoneNumber": phone}]));
    contact.extend(phone.map(|phones| ("Phones".into(), phones)));
    if let Some(address) = buyer.address.as_deref().filter(|address| !address.trim().is_empty()) {
        let zip = filled(buyer.zip.as_ref()).unwrap_or_default();
        let address = json!([{"AddressType": "POBOX", "AddressLine1": address, "PostalCode": zip, "Country": "Thailand"}]);
        contact.insert("Addresses".into(), address);
    }
    Ok(Value::Object(contact))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("xero/upsert_contact", "Make or update a contact", "สร้างหรืออัปเดตผู้ติดต่อ")
        .about(
            "Makes a contact, or brings the one with this number up to date. Names are unique in Xero: put the number behind the name.",
            "สร้างผู้ติดต่อ หรืออัปเดตผู้ติดต่อที่มีรหัสนี้ ชื่อใน Xero ต้องไม่ซ้ำ จึงควรต่อท้ายชื่อด้วยรหัส",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("buyer", FieldKind::Json, "Buyer", "ผู้ซื้อ")
                .about("Number, name, tax id and address.", "รหัส ชื่อ เลขประจำตัวผู้เสียภาษี และที่อยู่")
                .required()
                .example("${nodes.map}")
                .shape(buyer_shape()),
        )
        .example(
            json!({"buyer": {"code": "shopify:8891", "name": "สมชาย ใจดี (8891)", "email": "somchai@example.com"}}),
            json!({"id": "bd2270c3-8706-4c11-9cfb-000b551c3f51", "code": "shopify:8891", "name": "สมชาย ใจดี (8891)"}),
        )
}
