//! `shopee/get_invoice_data`: what the buyer wants on a tax invoice.

use super::api::Api;
use crate::market::fields;
use crate::values::Ids;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_ids: Ids,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let ids = input.order_ids.need("orders")?.iter();
    let queries: Vec<Value> = ids.map(|id| json!({"order_sn": id.to_string()})).collect();
    let told = Api::of(cx)?.post("order/get_buyer_invoice_info", json!({"queries": queries})).await?;
    Ok(json!({"invoices": told.get("invoice_info_list").cloned().unwrap_or(told)}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopee/get_invoice_data", "Get invoice data", "ดึงข้อมูลใบกำกับภาษี")
        .about(
            "Reads what buyers want on their tax invoices: name, tax id, branch and address. For Thai local sellers.",
            "อ่านข้อมูลที่ผู้ซื้อต้องการบนใบกำกับภาษี เช่น ชื่อ เลขประจำตัวผู้เสียภาษี สาขา และที่อยู่ สำหรับผู้ขายในไทย",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            fields::ids("order_ids", "Orders", "คำสั่งซื้อ", json!(["201218V2Y6E59M"]))
                .about("The orders' numbers, as a list.", "เลขคำสั่งซื้อ เป็นลิสต์")
                .required(),
        )
        .example(
            json!({"order_ids": ["201218V2Y6E59M"]}),
            json!({"invoices": [{
                "order_sn": "201218V2Y6E59M", "invoice_type": "company",
                "invoice_detail": {"company_name": "บริษัท ชาไทย จำกัด", "company_tax_id": "0105551234567", "company_head_office": true}
            }]}),
        )
}
