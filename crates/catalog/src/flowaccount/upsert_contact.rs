//! `flowaccount/upsert_contact`: a buyer is made or brought up to date.

use super::api::{Api, List, SETTLE};
use super::contact;
use crate::invoice::{Buyer, buyer_shape};
use crate::values::filled;
use connector::{ActionCx, Connection, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec, Span};
use serde::Deserialize;
use serde_json::{Value, json};

/// What FlowAccount's list calls a contact's name.
pub const NAME_COLUMN: &str = "namelocal";
/// A customer; 5 is a vendor, 7 is both.
const CUSTOMER: u8 = 3;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub buyer: Buyer,
}

pub fn settle(_: Option<&Connection>) -> Span {
    SETTLE
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let name = name(&input.buyer)?;
    let api = Api::of(cx)?;
    let body = body(&input.buyer, name);
    match find(&api, &input.buyer, name).await? {
        Some(found) => {
            let id = id(&found);
            api.put(&["contacts", &id.to_string()], &body).await?;
            Ok(json!({"id": id, "created": false}))
        }
        None => {
            let made = api.post(&["contacts"], &body).await?;
            Ok(json!({"id": id(&made), "created": true}))
        }
    }
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = find(&Api::of(cx)?, &input.buyer, name(&input.buyer)?).await?;
    Ok(found.map(|found| json!({"id": id(&found), "created": true})))
}

fn name(buyer: &Buyer) -> Result<&str, Error> {
    let name = buyer.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    name.ok_or_else(|| Error::Input {
        message: "the buyer has no name".into(),
        advice: "Fill buyer.name in the node before, then retry.".into(),
    })
}

/// The contact of that name with the same number or tax id; where neither is given, of that name alone.
async fn find(api: &Api<'_>, buyer: &Buyer, name: &str) -> Result<Option<Value>, Error> {
    let column = api.connection.text("contact_column").unwrap_or(NAME_COLUMN);
    let list = List { filter: Some((column, name)), newest: None };
    let said = |row: &Value, field: &str| match row.get(field) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (code, tax_id) = (filled(buyer.code.as_ref()), filled(buyer.tax_id.as_ref()));
    let is = |row: &Value| match (code, tax_id) {
        (Some(code), _) if said(row, "contactCode") == code => true,
        (_, Some(tax_id)) if said(row, "contactTaxId") == tax_id => true,
        (None, None) => said(row, "contactName") == name,
        _ => false,
    };
    api.find("contacts", list, is).await
}

fn id(contact: &Value) -> Value {
    ["id", "contactId", "recordId"].iter().find_map(|name| contact.get(*name)).cloned().unwrap_or_default()
}

fn body(buyer: &Buyer, name: &str) -> Value {
    let mut body = contact::common(buyer);
    body.insert("contactName".into(), name.into());
    body.insert("contactType".into(), CUSTOMER.into());
    let phone = filled(buyer.phone.as_ref()).map(str::to_owned);
    body.extend(phone.map(|phone| ("contactMobile".into(), phone.into())));
    Value::Object(body)
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flowaccount/upsert_contact", "Make or update a contact", "สร้างหรืออัปเดตผู้ติดต่อ")
        .about(
            "Makes a contact, or brings the one of this name with the same number or tax id up to date.",
            "สร้างผู้ติดต่อใหม่ หรืออัปเดตผู้ติดต่อชื่อเดียวกันที่มีรหัสหรือเลขประจำตัวผู้เสียภาษีตรงกัน",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(
            Field::new("buyer", FieldKind::Json, "Buyer", "ผู้ซื้อ")
                .about("Name, number, tax id and address.", "ชื่อ รหัส เลขประจำตัวผู้เสียภาษี และที่อยู่")
                .required()
                .example("${nodes.map}")
                .shape(buyer_shape()),
        )
        .example(
            json!({"buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "tax_id": "1103700000001", "zip": "10110"}}),
            json!({"id": 4211, "created": true}),
        )
}
