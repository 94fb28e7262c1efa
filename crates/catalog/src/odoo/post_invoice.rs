//! `odoo/post_invoice`: a draft gets its number.

use super::rpc::Rpc;
use super::{invoice, record};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    /// Odoo's id.
    pub invoice: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = id_of(&input.invoice)?;
    let rpc = Rpc::of(cx).await?;
    let standing = invoice::read(&rpc, id).await?;
    if record::text(&standing, "state") == "cancel" {
        return Err(Error::Refused {
            message: "the invoice is cancelled in Odoo".into(),
            advice: "Set it back to draft in Odoo, or make a new one.".into(),
        });
    }
    let posted = invoice::post(&rpc, standing).await?;
    Ok(invoice::output(&posted, false))
}

pub fn id_of(name: &Text) -> Result<i64, Error> {
    name.as_str().parse().ok().filter(|id| *id > 0).ok_or_else(|| Error::Input {
        message: format!("\"{}\" is no id of an invoice", connector::http::shorten(name.as_str())),
        advice: "Give the id that creating the invoice gave, such as 88.".into(),
    })
}

pub fn invoice_field() -> Field {
    Field::new("invoice", FieldKind::Text, "Invoice", "ใบแจ้งหนี้")
        .about("Its id in Odoo, as creating it gave.", "ไอดีใน Odoo ตามที่ได้เมื่อสร้าง")
        .required()
        .example("${nodes.invoice.id}")
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("odoo/post_invoice", "Post an invoice", "ยืนยันใบแจ้งหนี้")
        .about(
            "Posts a draft, which gives it its number. One that is posted stays as it is.",
            "ยืนยันฉบับร่างเพื่อให้ได้เลขที่ หากยืนยันแล้วจะคงเดิม",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(invoice_field())
        .example(json!({"invoice": "88"}), invoice::example("INV/2026/00088", false))
}
