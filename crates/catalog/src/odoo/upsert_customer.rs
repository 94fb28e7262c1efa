//! `odoo/upsert_customer`: a customer of a shop is made or brought up to date.

use super::order::{self, Partner};
use super::partner::{self, Found};
use super::rpc::Rpc;
use crate::values::filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub customer: Partner,
    #[serde(default)]
    pub match_by: Match,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    #[default]
    ExternalId,
    Ref,
    Vat,
    Email,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let customer = &input.customer;
    let rpc = Rpc::of(cx).await?;
    let found = find(&rpc, customer, input.match_by).await?;
    if let Some(found) = found {
        let vals: Map<String, Value> =
            partner::columns(customer).into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        rpc.write("res.partner", &[found.id], vals.into()).await?;
        return Ok(json!({"id": found.id, "created": false}));
    }
    let external = partner::external_id(customer, None).ok_or_else(|| lacks("ref or email"))?;
    if !partner::has_name(customer) {
        return Err(lacks("name"));
    }
    let id = partner::load(&rpc, customer, Some(&external)).await?;
    let created = (input.match_by != Match::ExternalId).then_some(true);
    Ok(json!({"id": id, "created": created}))
}

/// The customer that is there, unless the external id itself decides.
async fn find(rpc: &Rpc<'_>, customer: &Partner, by: Match) -> Result<Option<Found>, Error> {
    let (field, value) = match by {
        Match::ExternalId => return Ok(None),
        Match::Ref => ("ref", filled(customer.reference.as_ref())),
        Match::Vat => ("vat", customer.vat.as_deref()),
        Match::Email => ("email", customer.email.as_deref()),
    };
    let value = value.filter(|value| !value.trim().is_empty()).ok_or_else(|| lacks(field))?;
    let mut found: Vec<Found> =
        rpc.search_read("res.partner", json!([[field, "=", value]]), &["id"], 1).await?;
    Ok(found.pop())
}

fn lacks(what: &str) -> Error {
    Error::Input {
        message: format!("the customer has no {what}"),
        advice: "Fill it in the node before, then retry.".into(),
    }
}

pub fn spec() -> OperationSpec {
    let shape = order::shape().into_iter().find(|field| field.name == "partner").map(|field| field.shape);
    OperationSpec::action("odoo/upsert_customer", "Make or update a customer", "สร้างหรืออัปเดตลูกค้า")
        .about(
            "Makes a customer, or brings the one that is there up to date. Empty values leave Odoo's as they are.",
            "สร้างลูกค้าใหม่ หรืออัปเดตลูกค้าเดิม ค่าที่ว่างจะไม่ทับข้อมูลใน Odoo",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("customer", FieldKind::Json, "Customer", "ลูกค้า")
                .about("The customer's number or e-mail, name and address.", "รหัสหรืออีเมล ชื่อ และที่อยู่ของลูกค้า")
                .required()
                .example("${nodes.map}")
                .shape(shape.unwrap_or_default()),
        )
        .field(
            Field::choice(
                "match_by",
                &[
                    ("external_id", "The shop's number (external id)", "รหัสของร้าน (external id)"),
                    ("ref", "Reference in Odoo", "รหัสอ้างอิงใน Odoo"),
                    ("vat", "Tax id", "เลขประจำตัวผู้เสียภาษี"),
                    ("email", "E-mail", "อีเมล"),
                ],
                "Found by",
                "ค้นหาด้วย",
            )
            .about(
                "How a customer who is there is recognised. By the shop's number it is one call and never makes two.",
                "วิธีตรวจว่ามีลูกค้านี้แล้วหรือไม่ การใช้รหัสของร้านเรียกเพียงครั้งเดียวและไม่สร้างซ้ำ",
            )
            .default("external_id")
            .example("external_id"),
        )
        .example(
            json!({"customer": {"ref": "shopify_8891", "name": "สมชาย ใจดี", "email": "somchai@example.com"}}),
            json!({"id": 57, "created": null}),
        )
}
