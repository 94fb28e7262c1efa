//! `peak/find_invoices`: invoices, a page at a time.

use super::api::{Api, INVOICES};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT: &str = "20";
const PAGE_MAX: u64 = 100_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default = "first")]
    pub page: u64,
}

fn first() -> u64 {
    1
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    if let Some(code) = input.code.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
        let found: Vec<Value> = api.find(INVOICES, code).await?.into_iter().collect();
        return Ok(json!({"invoices": found, "more": false}));
    }
    let page = input.page.clamp(1, PAGE_MAX).to_string();
    let found = api.get(INVOICES, &["list"], &[("limit", LIMIT), ("page", &page)]).await?;
    let more = found.len() >= 20;
    Ok(json!({"invoices": found, "more": more}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("peak/find_invoices", "Read invoices", "อ่านใบแจ้งหนี้")
        .about(
            "Reads a page of 20 invoices, or the one with a code. PEAK tells of no changes by itself.",
            "อ่านใบแจ้งหนี้ครั้งละ 20 รายการ หรือใบที่มีรหัสที่ระบุ PEAK ไม่แจ้งการเปลี่ยนแปลงเอง",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("code", FieldKind::Text, "Code", "รหัสเอกสาร")
                .about("Only the invoice with this code.", "เฉพาะใบแจ้งหนี้รหัสนี้")
                .example("KHL-SHOPIFY-1001"),
        )
        .field(
            Field::new("page", FieldKind::Number, "Page", "หน้า")
                .about("Which page, from 1 on.", "หน้าที่ต้องการ เริ่มจาก 1")
                .at_least(1)
                .at_most(PAGE_MAX)
                .default(1)
                .example(1),
        )
        .example(
            json!({"page": 1}),
            json!({"invoices": [{"id": "7d1f0a11-0000-4000-8000-000000000002", "code": "KHL-SHOPIFY-1001"}], "more": false}),
        )
}
