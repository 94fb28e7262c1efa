//! `odoo/get_order`: one sales order with its lines.

use super::rpc::Rpc;
use super::{record, sale};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order: Text,
    #[serde(default = "by_reference")]
    pub by: String,
    #[serde(default)]
    pub if_missing: Option<String>,
}

fn by_reference() -> String {
    "reference".into()
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx).await?;
    let found = sale::find(&rpc, &input.by, input.order.as_str()).await?;
    match found {
        Some(order) => Ok(sale::with_lines(&rpc, vec![order]).await?.pop().unwrap_or_default()),
        None if input.if_missing.as_deref() == Some("nothing") => Ok(json!({"id": null})),
        None => Err(record::missing("sales order", input.order.as_str())),
    }
}

/// How an order is named, for every operation about one.
pub fn by() -> Field {
    Field::choice(
        "by",
        &[
            ("reference", "The shop's reference", "เลขอ้างอิงของร้าน"),
            ("name", "Number in Odoo", "เลขที่ใน Odoo"),
            ("id", "Id", "ไอดี"),
        ],
        "Found by",
        "ค้นหาด้วย",
    )
    .about("What the order is named by.", "ค่าที่ใช้ระบุคำสั่งขาย")
    .default("reference")
    .example("reference")
}

/// The order that is meant.
pub fn order() -> Field {
    Field::new("order", FieldKind::Text, "Order", "คำสั่งขาย")
        .about(
            "The shop's reference, or the number in Odoo, such as S00120.",
            "เลขอ้างอิงของร้าน หรือเลขที่ใน Odoo เช่น S00120",
        )
        .required()
        .example("SHOPIFY-1001")
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("odoo/get_order", "Get a sales order", "ดึงคำสั่งขาย")
        .about("Reads one sales order with its lines and their SKUs.", "อ่านคำสั่งขายหนึ่งรายการพร้อมสินค้าและ SKU")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(order())
        .field(by())
        .field(
            Field::choice(
                "if_missing",
                &[("fail", "Fail", "ถือว่าผิดพลาด"), ("nothing", "Give an empty id", "ให้ไอดีว่าง")],
                "If there is none",
                "หากไม่พบ",
            )
            .about("What is to be done where Odoo has no such order.", "ให้ทำอย่างไรหาก Odoo ไม่มีคำสั่งขายนี้")
            .default("fail")
            .example("fail"),
        )
        .example(json!({"order": "SHOPIFY-1001"}), sale::example())
}
