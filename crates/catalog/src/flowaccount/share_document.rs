//! `flowaccount/share_document`: a public page of a document, to be sent to the buyer.

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
    let body = json!({"documentId": document::id(&input.document)?});
    let data = Api::of(cx)?.post(&[input.kind.path(), "sharedocument"], &body).await?;
    let link = data.get("link").cloned().unwrap_or_default();
    Ok(json!({"link": link}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flowaccount/share_document", "Get a document's link", "ขอลิงก์เอกสาร")
        .about(
            "Gives the address of a public page that shows the document; whoever has it can read it.",
            "ให้ที่อยู่หน้าเว็บสาธารณะที่แสดงเอกสาร ผู้ที่มีลิงก์สามารถอ่านได้",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(document::kind_field())
        .field(document::id_field())
        .example(
            json!({"kind": "cash_invoice", "document": "881"}),
            json!({"link": "https://share.flowaccount.com/th/881abc"}),
        )
}
