//! `odoo/create_invoice`: a sales order is invoiced, once, and the invoice posted.
//!
//! It goes through Odoo's own window for invoicing orders, so that order and invoice stay linked.

use super::failure::nothing_done;
use super::record::{self, Row};
use super::rpc::Rpc;
use super::{SETTLE_DEFAULT, get_order, invoice, sale};
use crate::values::{Digits, Text};
use connector::{ActionCx, Connection, Error};
use model::money::{self, Currency};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec, Span};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order: Text,
    #[serde(default = "by_reference")]
    pub by: String,
    #[serde(default)]
    pub post: bool,
    #[serde(default)]
    pub total: Option<Digits>,
}

fn by_reference() -> String {
    "reference".into()
}

pub fn settle(connection: Option<&Connection>) -> Span {
    let settle = connection.and_then(|connection| connection.text("settle"));
    settle.and_then(|text| text.parse().ok()).unwrap_or(SETTLE_DEFAULT)
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx).await?;
    let order = order(&rpc, &input).await.map_err(nothing_done)?;
    let found = invoiced(&rpc, &order).await.map_err(nothing_done)?;
    let (standing, created) = match found {
        Some(standing) => (standing, false),
        None => (make(&rpc, &order).await?, true),
    };
    check_total(&standing, input.total.as_ref())?;
    let standing = if input.post { invoice::post(&rpc, standing).await? } else { standing };
    Ok(invoice::output(&standing, created))
}

/// An invoice that still has to be posted is not done; `run` finds it and goes on from there.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let rpc = Rpc::of(cx).await?;
    let order = order(&rpc, &input).await?;
    let found = invoiced(&rpc, &order).await?;
    let done = found.filter(|standing| !(input.post && record::text(standing, "state") == "draft"));
    Ok(done.map(|standing| invoice::output(&standing, true)))
}

async fn order(rpc: &Rpc<'_>, input: &Input) -> Result<Row, Error> {
    let found = sale::find(rpc, &input.by, input.order.as_str()).await?;
    found.ok_or_else(|| record::missing("sales order", input.order.as_str()))
}

async fn invoiced(rpc: &Rpc<'_>, order: &Row) -> Result<Option<Row>, Error> {
    invoice::find(rpc, "out_invoice", invoice::of_order(order)).await
}

async fn make(rpc: &Rpc<'_>, order: &Row) -> Result<Row, Error> {
    let id = record::id(order).ok_or_else(|| record::missing("sales order", ""))?;
    if !matches!(record::text(order, "state"), "sale" | "done") {
        return Err(Error::Refused {
            message: format!(
                "{} is not confirmed in Odoo, so it cannot be invoiced",
                record::text(order, "name")
            ),
            advice: "Confirm the order in Odoo, or before this node, then retry.".into(),
        });
    }
    let context = json!({"active_model": "sale.order", "active_ids": [id], "active_id": id});
    let vals = json!([{"advance_payment_method": "delivered"}]);
    let named = json!({"context": context});
    let wizard: Vec<i64> = rpc
        .call("sale.advance.payment.inv", "create", ("vals_list", vals), named.clone())
        .await
        .map_err(nothing_done)?;
    let _: Value =
        rpc.call("sale.advance.payment.inv", "create_invoices", ("ids", json!(wizard)), named).await?;
    invoiced(rpc, order).await?.ok_or_else(|| Error::Unanswered {
        host: "Odoo".into(),
        message: "the invoice just made cannot be read".into(),
    })
}

/// A satang of difference is for people to look at, before the invoice has its number.
fn check_total(invoice: &Row, wanted: Option<&Digits>) -> Result<(), Error> {
    let is = invoice.get("amount_total").map(Value::to_string).unwrap_or_default();
    match wanted {
        Some(Digits(wanted)) if !money::is_same(wanted.as_str(), &is) => Err(Error::Refused {
            message: format!("the invoice comes to {is} in Odoo, and {wanted} was expected"),
            advice: "Compare quantities, prices and taxes; correct the draft in Odoo, then retry.".into(),
        }),
        _ => Ok(()),
    }
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("odoo/create_invoice", "Invoice a sales order", "ออกใบแจ้งหนี้จากคำสั่งขาย")
        .about(
            "Invoices what has been delivered or ordered, as the products say, unless the order has an invoice already.",
            "ออกใบแจ้งหนี้ตามที่ส่งหรือสั่งตามการตั้งค่าสินค้า เว้นแต่คำสั่งขายมีใบแจ้งหนี้แล้ว",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(get_order::order())
        .field(get_order::by())
        .field(
            Field::new("post", FieldKind::Bool, "Post it", "ยืนยันใบแจ้งหนี้")
                .about(
                    "Gives it its number. Off: it stays a draft that a person posts.",
                    "ให้เลขที่ใบแจ้งหนี้ หากปิด จะเป็นฉบับร่างให้คนยืนยันเอง",
                )
                .default(false)
                .example(true),
        )
        .field(
            Field::new("total", FieldKind::Money(Some(Currency::Fixed("THB".into()))), "Expected total", "ยอดรวมที่ถูกต้อง")
                .at_most(super::order::NUMBER_MAX)
                .about(
                    "Where the invoice comes to another amount, it is not posted and a person looks at it.",
                    "หากใบแจ้งหนี้มียอดอื่น จะไม่ยืนยันและรอให้คนตรวจสอบ",
                )
                .example("1070.00"),
        )
        .example(json!({"order": "SHOPIFY-1001", "post": true}), invoice::example("INV/2026/00088", true))
}
