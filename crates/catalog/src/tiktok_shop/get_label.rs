//! `tiktok_shop/get_label`: the shipping label of a package.

use super::api::{Api, VENDOR};
use crate::market::{fields, text_at};
use crate::values::{Id, Text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    package_id: Id,
    #[serde(default)]
    kind: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let id = input.package_id.need("package")?;
    let kind = input.kind.filled().unwrap_or("SHIPPING_LABEL").to_owned();
    let path = format!("/fulfillment/202309/packages/{id}/shipping_documents");
    let told = api.get(&path, vec![("document_type", kind)]).await?;
    let url = text_at(&told, "/doc_url");
    if url.is_empty() {
        return Err(Error::Unreadable { host: VENDOR.into(), message: "the answer holds no label".into() });
    }
    // The address is a file of its own: neither token nor signature goes there.
    let file = api.http().get(&url).send().await?.error_for_status(|_| None)?;
    let tracking = text_at(&told, "/tracking_number");
    Ok(
        json!({"package_id": id, "content": STANDARD.encode(&file.body), "format": "PDF", "tracking_number": tracking}),
    )
}

pub fn spec() -> OperationSpec {
    let kinds = [
        ("SHIPPING_LABEL", "Shipping label", "ใบปะหน้าพัสดุ"),
        ("PACKING_SLIP", "Packing slip", "ใบรายการสินค้า"),
        ("SHIPPING_LABEL_AND_PACKING_SLIP", "Both", "ทั้งสองอย่าง"),
    ];
    OperationSpec::action("tiktok_shop/get_label", "Get a shipping label", "ดึงใบปะหน้าพัสดุ")
        .about(
            "Reads the label of a package that TikTok Shop ships. `content` is the PDF in Base64.",
            "อ่านใบปะหน้าของพัสดุที่ TikTok Shop จัดส่ง โดย `content` คือ PDF ในรูปแบบ Base64",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            fields::text("package_id", "Package", "พัสดุ")
                .about("The package's number.", "หมายเลขพัสดุ")
                .required()
                .example("1152921504606846976"),
        )
        .field(
            Field::choice("kind", &kinds, "Kind", "ชนิด")
                .about("Which document.", "เอกสารใด")
                .default("SHIPPING_LABEL")
                .example("SHIPPING_LABEL"),
        )
        .example(
            json!({"package_id": "1152921504606846976"}),
            json!({
                "package_id": "1152921504606846976", "content": "JVBERi0xLjQK", "format": "PDF",
                "tracking_number": "TH340231JV0W0A"
            }),
        )
}
