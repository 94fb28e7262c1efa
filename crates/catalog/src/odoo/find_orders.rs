//! `odoo/find_orders`: sales orders by state, customer and date.

use super::lookup::CUSTOMER;
use super::order::RecordId;
use super::rpc::Rpc;
use super::sale;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// Orders in one answer, with all their lines.
const FOUND_MAX: u64 = 100;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub state: Option<String>,
    #[serde(default)]
    pub customer: RecordId,
    #[serde(default)]
    pub ordered_from: Option<String>,
    #[serde(default = "most")]
    pub limit: u64,
}

fn most() -> u64 {
    50
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx).await?;
    let limit = input.limit.clamp(1, FOUND_MAX);
    let named = json!({"fields": sale::FIELDS, "limit": limit, "order": "date_order desc, id desc"});
    let found = rpc.call("sale.order", "search_read", ("domain", domain(&input)?), named).await?;
    Ok(json!({"orders": sale::with_lines(&rpc, found).await?}))
}

fn domain(input: &Input) -> Result<Value, Error> {
    let mut all = Vec::new();
    all.extend(input.customer.0.map(|customer| json!(["partner_id", "=", customer])));
    let state = input.state.as_deref().filter(|state| !matches!(*state, "" | "any"));
    all.extend(state.map(|state| json!(["state", "=", state])));
    if let Some(text) = input.ordered_from.as_deref().filter(|text| !text.trim().is_empty()) {
        let from = super::changes::odoo_time(super::changes::read_day(text)?);
        all.push(json!(["date_order", ">=", from]));
    }
    Ok(all.into())
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("odoo/find_orders", "Find sales orders", "ค้นหาคำสั่งขาย")
        .about("Finds sales orders, the newest first.", "ค้นหาคำสั่งขาย เรียงจากใหม่ไปเก่า")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::choice(
                "state",
                &[
                    ("any", "Any", "ทุกสถานะ"),
                    ("draft", "Quotation", "ใบเสนอราคา"),
                    ("sent", "Quotation sent", "ส่งใบเสนอราคาแล้ว"),
                    ("sale", "Sales order", "คำสั่งขาย"),
                    ("cancel", "Cancelled", "ยกเลิก"),
                ],
                "State",
                "สถานะ",
            )
            .about("Orders in this state.", "คำสั่งขายที่อยู่ในสถานะนี้")
            .default("any")
            .example("sale"),
        )
        .field(
            Field::new("customer", FieldKind::Record(CUSTOMER.into()), "Customer", "ลูกค้า")
                .about("Orders of this customer.", "คำสั่งขายของลูกค้ารายนี้")
                .example(57),
        )
        .field(
            Field::new("ordered_from", FieldKind::Text, "Ordered from", "สั่งซื้อตั้งแต่")
                .about("Orders of this date and later.", "คำสั่งขายตั้งแต่วันที่นี้เป็นต้นไป")
                .example("2026-11-20"),
        )
        .field(
            Field::new("limit", FieldKind::Number, "At most", "ไม่เกิน")
                .about("How many orders at most.", "จำนวนคำสั่งขายสูงสุด")
                .at_least(1)
                .at_most(FOUND_MAX)
                .default(50)
                .example(50),
        )
        .example(json!({"state": "sale"}), json!({"orders": [sale::example()]}))
}
