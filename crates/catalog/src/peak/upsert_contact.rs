//! `peak/upsert_contact`: a buyer is made or brought up to date.

use super::api::{Api, CONTACTS, SETTLE};
use crate::invoice::{Buyer, buyer_shape};
use crate::values::{Text, filled};
use connector::{ActionCx, Connection, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec, Span};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub buyer: Buyer,
}

pub fn settle(_: Option<&Connection>) -> Span {
    SETTLE
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let code = code(&input.buyer)?;
    let api = Api::of(cx)?;
    let mut record = record(&input.buyer, code, kind(api.connection, input.buyer.company)?);
    match api.find(CONTACTS, code).await? {
        Some(found) => {
            let id = found.get("id").cloned().unwrap_or_default();
            record.insert("id".into(), id.clone());
            api.post(CONTACTS, &["edit"], record.into()).await?;
            Ok(json!({"id": id, "code": code, "created": false}))
        }
        None => {
            let made = api.post(CONTACTS, &[], record.into()).await?;
            Ok(json!({"id": made.get("id"), "code": code, "created": true}))
        }
    }
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let code = code(&input.buyer)?;
    let found = Api::of(cx)?.find(CONTACTS, code).await?;
    Ok(found.map(|found| json!({"id": found.get("id"), "code": code, "created": true})))
}

fn code(buyer: &Buyer) -> Result<&str, Error> {
    filled(buyer.code.as_ref()).ok_or_else(|| Error::Input {
        message: "the buyer has no number".into(),
        advice: "Fill buyer.code in the node before: PEAK finds the contact again by it.".into(),
    })
}

/// What PEAK calls a person or a company: a number that the connection says.
fn kind(connection: &Connection, company: bool) -> Result<u8, Error> {
    let (name, usual) = if company { ("type_company", "1") } else { ("type_person", "0") };
    connection.text(name).unwrap_or(usual).trim().parse().map_err(|_| Error::Connection {
        message: format!("PEAK's number for {} is no number", name.replace('_', " ")),
        advice: "Correct it in the connection under More settings.".into(),
    })
}

fn record(buyer: &Buyer, code: &str, kind: u8) -> Map<String, Value> {
    let name = |name: &Option<Text>| filled(name.as_ref()).map(str::to_owned);
    let fields = [
        ("name", buyer.name.clone()),
        ("taxNumber", name(&buyer.tax_id)),
        ("branchCode", name(&buyer.branch)),
        ("address", buyer.address.clone()),
        ("postcode", name(&buyer.zip)),
        ("email", buyer.email.clone()),
        ("callCenterNumber", name(&buyer.phone)),
    ];
    let filled = |(name, value): (&str, Option<String>)| {
        Some((name.to_owned(), value.filter(|value| !value.is_empty())?.into()))
    };
    let mut record: Map<String, Value> = fields.into_iter().filter_map(filled).collect();
    record.insert("code".into(), code.into());
    record.insert("type".into(), kind.into());
    record
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("peak/upsert_contact", "Make or update a contact", "สร้างหรืออัปเดตผู้ติดต่อ")
        .about(
            "Makes a contact, or brings the one with this number up to date.",
            "สร้างผู้ติดต่อใหม่ หรืออัปเดตผู้ติดต่อที่มีรหัสนี้",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(
            Field::new("buyer", FieldKind::Json, "Buyer", "ผู้ซื้อ")
                .about("Number, name, tax id and address.", "รหัส ชื่อ เลขประจำตัวผู้เสียภาษี และที่อยู่")
                .required()
                .example("${nodes.map}")
                .shape(buyer_shape()),
        )
        .example(
            json!({"buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "tax_id": "1103700000001"}}),
            json!({"id": "0b0e7a52-0000-4000-8000-000000000001", "code": "SHOP-8891", "created": true}),
        )
}
