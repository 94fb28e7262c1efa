//! `flowaccount/void_document`: a numbered document is taken back; its number stays used.

use super::api::Api;
use super::document::{self, Kind};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default = "document::usual_kind")]
    pub kind: Kind,
    pub document: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = document::id(&input.document)?;
    Api::of(cx)?.post(&[input.kind.path(), &id.to_string(), "status", "void"], &json!({})).await?;
    Ok(json!({"document": id, "void": true}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flowaccount/void_document", "Void a document", "ยกเลิกเอกสาร")
        .about(
            "Voids a document; tax law allows no deleting. Voiding it again changes nothing.",
            "ยกเลิกเอกสาร กฎหมายภาษีไม่ให้ลบ การยกเลิกซ้ำไม่มีผลเพิ่มเติม",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(document::kind_field())
        .field(document::id_field())
        .example(json!({"kind": "cash_invoice", "document": "881"}), json!({"document": 881, "void": true}))
}
