//! `flowaccount/email_document`: FlowAccount mails a document to the buyer.

use super::api::Api;
use super::document::{self, Kind};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default = "document::usual_kind")]
    pub kind: Kind,
    pub document: Text,
    pub from: String,
    pub to: String,
    pub subject: String,
    #[serde(default)]
    pub message: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let body = json!({
        "documentId": document::id(&input.document)?, "fromemail": input.from.trim(), "toemail": input.to.trim(),
        "subject": input.subject, "message": input.message,
    });
    Api::of(cx)?.post(&[input.kind.path(), "email-document"], &body).await?;
    Ok(json!({"to": input.to.trim()}))
}

pub fn spec() -> OperationSpec {
    let mail = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th).required();
    OperationSpec::action("flowaccount/email_document", "E-mail a document", "ส่งเอกสารทางอีเมล")
        .about(
            "FlowAccount mails the document. Nobody can find out later whether a mail went out, so that a person decides after a lost answer.",
            "FlowAccount ส่งเอกสารทางอีเมล หากไม่ได้รับคำตอบจะตรวจภายหลังไม่ได้ว่าส่งแล้วหรือไม่ จึงให้คนตัดสินใจ",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(document::kind_field())
        .field(document::id_field())
        .field(
            mail("from", "From", "จาก")
                .about("The sender's address.", "อีเมลผู้ส่ง")
                .example("shop@example.com"),
        )
        .field(
            mail("to", "To", "ถึง")
                .about("The buyer's address.", "อีเมลผู้ซื้อ")
                .example("somchai@example.com"),
        )
        .field(
            mail("subject", "Subject", "หัวข้อ")
                .about("The mail's subject.", "หัวข้ออีเมล")
                .example("ใบกำกับภาษี CA2026110001"),
        )
        .field(
            Field::new("message", FieldKind::LongText, "Message", "ข้อความ")
                .about("What the mail says.", "เนื้อหาอีเมล")
                .at_most(10_000)
                .example("ขอบคุณที่ใช้บริการค่ะ"),
        )
        .example(
            json!({"document": "881", "from": "shop@example.com", "to": "somchai@example.com", "subject": "ใบกำกับภาษี CA2026110001"}),
            json!({"to": "somchai@example.com"}),
        )
}
