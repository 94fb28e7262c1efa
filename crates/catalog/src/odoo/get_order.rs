//! `odoo/get_order`: one sales order with its lines and, where that is wished, with what became of it.

use super::record::{self, Row};
use super::rpc::Rpc;
use super::{invoice, picking, sale};
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
    #[serde(default)]
    pub parts: bool,
}

/// Deliveries and invoices of one order.
const PARTS_MAX: usize = 50;
/// The fields that name them come with the modules for stock and invoices.
const PARTS: [&str; 2] = ["picking_ids", "invoice_ids"];

fn by_reference() -> String {
    "reference".into()
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx).await?;
    let found = sale::find(&rpc, &input.by, input.order.as_str()).await?;
    match found {
        Some(order) => {
            let id = record::id(&order);
            let mut whole = sale::with_lines(&rpc, vec![order]).await?.pop().unwrap_or_default();
            if let (true, Some(id), Some(fields)) = (input.parts, id, whole.as_object_mut()) {
                fields.extend(parts(&rpc, id).await?);
            }
            Ok(whole)
        }
        None if input.if_missing.as_deref() == Some("nothing") => Ok(json!({"id": null})),
        None => Err(record::missing("sales order", input.order.as_str())),
    }
}

/// What became of an order: deliveries as the trigger gives them, invoices and credit notes as making them does.
async fn parts(rpc: &Rpc<'_>, id: i64) -> Result<[(String, Value); 2], Error> {
    let known = rpc.fields_of("sale.order", &PARTS).await?;
    let found: Vec<Row> = match known.is_empty() {
        true => Vec::new(),
        false => rpc.search_read("sale.order", json!([["id", "=", id]]), &known, 1).await?,
    };
    let ids = |name: &str| found.first().map(|order| record::ids(order, name)).unwrap_or_default();
    let (deliveries, invoices) = (deliveries(rpc, ids(PARTS[0])).await?, invoices(rpc, ids(PARTS[1])).await?);
    Ok([("deliveries".into(), deliveries.into()), ("invoices".into(), invoices.into())])
}

async fn deliveries(rpc: &Rpc<'_>, ids: Vec<i64>) -> Result<Vec<Value>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let fields = picking::fields(rpc).await?;
    let rows = rpc.search_read("stock.picking", json!([["id", "in", ids]]), &fields, PARTS_MAX).await?;
    picking::with_lines(rpc, rows).await
}

/// A credit note may be known by its invoice only.
async fn invoices(rpc: &Rpc<'_>, ids: Vec<i64>) -> Result<Vec<Value>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let domain = json!(["|", ["id", "in", ids], ["reversed_entry_id", "in", ids]]);
    let rows: Vec<Row> = rpc.search_read("account.move", domain, &invoice::FIELDS, PARTS_MAX).await?;
    Ok(rows.iter().map(|row| invoice::output(row, false)).collect())
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
        .about(
            "Reads one sales order with its lines and their SKUs and, if you wish, its deliveries and invoices.",
            "อ่านคำสั่งขายหนึ่งรายการพร้อมสินค้าและ SKU และอ่านการจัดส่งกับใบแจ้งหนี้ได้หากต้องการ",
        )
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
        .field(
            Field::new("parts", FieldKind::Bool, "With deliveries and invoices", "รวมการจัดส่งและใบแจ้งหนี้")
                .about(
                    "Also reads its deliveries, invoices and credit notes; the user needs the right to see them.",
                    "อ่านการจัดส่ง ใบแจ้งหนี้ และใบลดหนี้ด้วย ผู้ใช้ต้องมีสิทธิ์ดูข้อมูลเหล่านี้",
                )
                .default(false)
                .example(true),
        )
        .example(json!({"order": "SHOPIFY-1001", "parts": true}), example())
}

/// One of two pieces was sent, and the other refunded.
fn example() -> Value {
    let mut order = sale::example();
    order["lines"][0]["qty_delivered"] = 1.into();
    order["lines"][0]["qty_invoiced"] = 2.into();
    order["invoice_status"] = "invoiced".into();
    let mut refund = invoice::example("RINV/2026/00012", false);
    refund["id"] = 91.into();
    refund["reference"] = "SHOPIFY-1001-R1".into();
    for (name, amount) in
        [("amount_untaxed", 500.0), ("amount_tax", 35.0), ("amount_total", 535.0), ("amount_due", 0.0)]
    {
        refund[name] = amount.into();
    }
    order["deliveries"] = json!([{
        "id": 210, "name": "BNA/OUT/00210", "origin": "S00120", "client_order_ref": "SHOPIFY-1001", "state": "done",
        "partner_id": [57, "สมชาย ใจดี"], "scheduled_date": "2026-11-21 03:00:00", "date_done": "2026-11-21 04:00:00",
        "carrier_tracking_ref": "TH01234567890", "carrier_id": [3, "Flash Express"], "sale_id": [120, "S00120"],
        "write_date": "2026-11-21 04:00:00",
        "lines": [{"sku": "TEA-100", "product_id": 31, "name": "ชาเขียว 100 g", "ordered": 2, "done": 1}]
    }]);
    order["invoices"] = json!([invoice::example("INV/2026/00088", false), refund]);
    order
}
