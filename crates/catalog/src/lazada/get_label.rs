//! `lazada/get_label`: shipping labels of packages.

use super::api::{Api, VENDOR};
use super::packages::BATCH;
use crate::market::{fields, mistake, text_at};
use crate::values::{Ids, Text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    package_ids: Ids,
    #[serde(default)]
    format: Text,
    #[serde(default)]
    with_items: bool,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let ids = input.package_ids.need("packages")?;
    if ids.len() > BATCH {
        return Err(mistake("Lazada prints 20 packages at once", "Ask for 20 at a time."));
    }
    let packages: Vec<Value> = ids.iter().map(|id| json!({"package_id": id.to_string()})).collect();
    let format = input.format.filled().unwrap_or("PDF");
    let asked = json!({"doc_type": format, "packages": packages, "print_item_list": input.with_items});
    let api = Api::of(cx)?;
    let told = api.post("/order/package/document/get", vec![("getDocumentReq", asked.to_string())]).await?;
    let (file, url) = (text_at(&told, "/file"), text_at(&told, "/pdf_url"));
    let content =
        if format == "PDF" && !is_pdf(&file) && !url.is_empty() { fetched(&api, &url).await? } else { file };
    if content.is_empty() {
        return Err(Error::Unreadable { host: VENDOR.into(), message: "the answer holds no label".into() });
    }
    Ok(json!({"content": content, "format": format, "url": url}))
}

/// For some packages the file is a page that shows the PDF, and the PDF itself is elsewhere.
fn is_pdf(file: &str) -> bool {
    STANDARD.decode(file.trim()).is_ok_and(|bytes| bytes.starts_with(b"%PDF"))
}

async fn fetched(api: &Api<'_>, url: &str) -> Result<String, Error> {
    let answer = api.http().get(url).send().await?.error_for_status(|_| None)?;
    Ok(STANDARD.encode(&answer.body))
}

pub fn spec() -> OperationSpec {
    let formats = [("PDF", "PDF", "PDF"), ("HTML", "HTML", "HTML")];
    OperationSpec::action("lazada/get_label", "Get shipping labels", "ดึงใบปะหน้าพัสดุ")
        .about(
            "Reads the labels of packages that are packed, up to 20 in one document. `content` is the document in Base64.",
            "อ่านใบปะหน้าของพัสดุที่แพ็กแล้ว ไม่เกิน 20 ใบในเอกสารเดียว โดย `content` คือเอกสารในรูปแบบ Base64",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(super::package_ids().about("Packages, as a list.", "พัสดุ เป็นลิสต์").required())
        .field(
            Field::choice("format", &formats, "Format", "รูปแบบ")
                .about("What the label is.", "รูปแบบของใบปะหน้า")
                .default("PDF")
                .example("PDF"),
        )
        .field(fields::flag("with_items", "With items", "แสดงรายการสินค้า", false).about(
            "Prints what is in the package, too.",
            "พิมพ์รายการสินค้าในพัสดุด้วย",
        ))
        .example(
            json!({"package_ids": ["FP022511752246001"]}),
            json!({"content": "JVBERi0xLjQK", "format": "PDF", "url": "https://example.com/label.pdf"}),
        )
}
