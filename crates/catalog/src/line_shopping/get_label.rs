//! `line_shopping/get_label`: the parcel label that MyShop prints.

use super::api::{Api, order_path};
use super::words;
use crate::values;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::http::Answer;
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(deserialize_with = "values::text")]
    order_number: String,
    #[serde(default)]
    size: Size,
    #[serde(default)]
    content: Content,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Size {
    #[default]
    A4,
    Thermal,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Content {
    #[default]
    SenderAndRecipient,
    RecipientOnly,
    RecipientAndReceipt,
    ReceiptOnly,
    All,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let size = match input.size {
        Size::A4 => "A4",
        Size::Thermal => "THERMAL",
    };
    let option = match input.content {
        Content::SenderAndRecipient => "SENDER_AND_RECIPIENT",
        Content::RecipientOnly => "RECIPIENT_ONLY",
        Content::RecipientAndReceipt => "RECIPIENT_AND_RECEIPT",
        Content::ReceiptOnly => "RECEIPT_ONLY",
        Content::All => "ALL",
    };
    let path = order_path(&input.order_number, "/parcel-label")?;
    let body = json!({"size": size, "option": option, "language": "TH"});
    let answer = Api::of(cx)?.raw(Method::POST, &path, &body).await?;
    let label = STANDARD.encode(file(&answer)?);
    Ok(
        json!({"order_number": input.order_number, "label": {"content_type": "application/pdf", "base64": label}}),
    )
}

/// The file itself, or its bytes as a list of numbers, which is what LINE's own description says.
fn file(answer: &Answer) -> Result<Vec<u8>, Error> {
    if answer.body.starts_with(b"%PDF") {
        return Ok(answer.body.to_vec());
    }
    answer.json::<Vec<u8>>()
}

pub fn spec() -> OperationSpec {
    let size = Field::choice(
        "size",
        &[("a4", "A4", "A4"), ("thermal", "Thermal printer", "เครื่องพิมพ์ความร้อน")],
        "Paper",
        "ขนาดกระดาษ",
    );
    let content = Field::choice(
        "content",
        &[
            ("sender_and_recipient", "Sender and recipient", "ผู้ส่งและผู้รับ"),
            ("recipient_only", "Recipient", "ผู้รับ"),
            ("recipient_and_receipt", "Recipient and receipt", "ผู้รับและใบเสร็จ"),
            ("receipt_only", "Receipt", "ใบเสร็จ"),
            ("all", "All", "ทั้งหมด"),
        ],
        "Content",
        "เนื้อหา",
    );
    OperationSpec::action("line_shopping/get_label", "Get a parcel label", "ดึงใบปะหน้าพัสดุ")
        .about("Gives the label as a PDF in base64.", "ได้ใบปะหน้าเป็น PDF แบบ base64")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::order_number())
        .field(size.about("What it is printed on.", "กระดาษที่ใช้พิมพ์").default("a4").example("thermal"))
        .field(
            content
                .about("What stands on it.", "ข้อมูลบนใบปะหน้า")
                .default("sender_and_recipient")
                .example("sender_and_recipient"),
        )
        .example(
            json!({"order_number": words::ORDER, "size": "thermal"}),
            json!({"order_number": words::ORDER, "label": {"content_type": "application/pdf", "base64": "JVBERi0xLjQK"}}),
        )
}
