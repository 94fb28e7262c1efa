//! `quickbooks/upsert_customer`: a customer is made or brought up to date, by the name that is unique.

use super::api::{Api, quoted};
use crate::invoice::{Buyer, buyer_shape};
use crate::values::filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub buyer: Buyer,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let name = display_name(&input.buyer)?;
    let api = Api::of(cx)?;
    let found = api
        .query(&format!("select Id, SyncToken from Customer where DisplayName = {}", quoted(&name)))
        .await?;
    let found = found.pointer("/Customer/0").cloned();
    let mut body = customer(&input.buyer, &name);
    let created = found.is_none();
    // What was changed by somebody else in between is another request.
    let mut key = cx.step_key.to_owned();
    if let Some(found) = &found {
        key.push_str(found.get("SyncToken").and_then(Value::as_str).unwrap_or_default());
        body.extend([
            ("Id".to_owned(), found.get("Id").cloned().unwrap_or_default()),
            ("SyncToken".to_owned(), found.get("SyncToken").cloned().unwrap_or_default()),
            ("sparse".to_owned(), true.into()),
        ]);
    }
    let made = api.post("customer", &Value::Object(body), &key).await?;
    Ok(json!({"id": made.pointer("/Customer/Id"), "name": name, "created": created}))
}

/// The name, with the shop's number behind it: `Somchai (8891)`.
fn display_name(buyer: &Buyer) -> Result<String, Error> {
    let name =
        buyer.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).ok_or_else(|| Error::Input {
            message: "the buyer has no name".into(),
            advice: "Fill buyer.name in the node before, then retry.".into(),
        })?;
    // A colon would make a customer below another one.
    let name = name.replace(':', " ");
    Ok(match filled(buyer.code.as_ref()) {
        Some(code) if !name.ends_with(&format!("({code})")) => format!("{name} ({})", code.replace(':', "-")),
        _ => name,
    })
}

fn customer(buyer: &Buyer, name: &str) -> Map<String, Value> {
    let mut body = Map::from_iter([("DisplayName".into(), name.into())]);
    body.extend(buyer.email.as_deref().map(|email| ("PrimaryEmailAddr".into(), json!({"Address": email}))));
    body.extend(
        filled(buyer.phone.as_ref()).map(|phone| ("PrimaryPhone".into(), json!({"FreeFormNumber": phone}))),
    );
    body.extend(filled(buyer.tax_id.as_ref()).map(|id| ("PrimaryTaxIdentifier".into(), id.into())));
    if let Some(address) = buyer.address.as_deref().filter(|address| !address.trim().is_empty()) {
        let zip = filled(buyer.zip.as_ref()).unwrap_or_default();
        body.insert("BillAddr".into(), json!({"Line1": address, "PostalCode": zip, "Country": "Thailand"}));
    }
    body
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("quickbooks/upsert_customer", "Make or update a customer", "สร้างหรืออัปเดตลูกค้า")
        .about(
            "Makes a customer, or brings the one of this name and number up to date.",
            "สร้างลูกค้าใหม่ หรืออัปเดตลูกค้าที่มีชื่อและรหัสนี้",
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
            json!({"buyer": {"code": "8891", "name": "Somchai", "email": "somchai@example.com"}}),
            json!({"id": "58", "name": "Somchai (8891)", "created": true}),
        )
}
