//! What a refund may ask for, and how it is shown.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::order::{Order, Refund, RefundLine, TAX_RATE_ID};
use super::refused::Refused;
use super::words::{gmt, integer, local, truth};
use crate::money::{money, satang};

/// Notes of one refund.
const META_MAX: usize = 50;

/// A wished refund, before it is checked against the order.
pub(super) struct Wished {
    pub amount: Option<i64>,
    pub reason: String,
    pub api_refund: bool,
    pub api_restock: bool,
    pub lines: Vec<RefundLine>,
    pub meta_data: Value,
}

impl Wished {
    pub(super) fn read(body: &Value) -> Result<Self, Refused> {
        let amount = match &body["amount"] {
            Value::Null => None,
            given => Some(satang(given).ok_or_else(|| Refused::invalid("amount"))?),
        };
        let lines =
            body["line_items"].as_array().into_iter().flatten().map(line).collect::<Result<_, _>>()?;
        Ok(Self {
            amount,
            reason: body["reason"].as_str().unwrap_or_default().to_owned(),
            api_refund: truth(&body["api_refund"], true),
            api_restock: truth(&body["api_restock"], true),
            lines,
            meta_data: noted(&body["meta_data"]),
        })
    }

    /// The amount that was named, or else the sum of the lines.
    pub(super) fn amount(&self) -> i64 {
        self.amount.unwrap_or_else(|| self.lines.iter().map(|line| line.total + line.tax).sum())
    }

    pub(super) fn booked(self, id: u64, at: DateTime<Utc>) -> Refund {
        let amount = self.amount();
        Refund {
            id,
            at,
            amount,
            reason: self.reason,
            api_refund: self.api_refund,
            lines: self.lines,
            meta_data: self.meta_data,
        }
    }
}

/// Pairs as they were sent, numbered from 1.
fn noted(pairs: &Value) -> Value {
    let pairs = pairs.as_array().map_or(&[][..], Vec::as_slice).iter().take(META_MAX);
    let pair = |(place, pair): (usize, &Value)| json!({ "id": place + 1, "key": pair["key"], "value": pair["value"] });
    pairs.enumerate().map(pair).collect()
}

fn line(body: &Value) -> Result<RefundLine, Refused> {
    let invalid = || Refused::invalid("line_items");
    let money = |value: &Value| match value {
        Value::Null => Some(0),
        value => satang(value),
    };
    let item = integer(&body["id"]).and_then(|id| u64::try_from(id).ok()).ok_or_else(invalid)?;
    let taxes = body["refund_tax"].as_array().into_iter().flatten();
    let tax = taxes.map(|tax| money(&tax["refund_total"])).sum::<Option<i64>>().ok_or_else(invalid)?;
    let total = money(&body["refund_total"]).ok_or_else(invalid)?;
    Ok(RefundLine { item, quantity: integer(&body["quantity"]).unwrap_or(0), total, tax })
}

pub(super) fn show(order: &Order, refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "parent_id": order.id,
        "date_created": local(refund.at),
        "date_created_gmt": gmt(refund.at),
        "amount": money(refund.amount),
        "reason": refund.reason,
        "refunded_by": 1,
        "refunded_payment": refund.api_refund,
        "meta_data": refund.meta_data,
        "line_items": refund.lines.iter().map(|line| show_line(order, line)).collect::<Vec<_>>(),
    })
}

fn show_line(order: &Order, line: &RefundLine) -> Value {
    let sold = order.line_of(line.item);
    json!({
        "id": line.item + 500,
        "name": sold.map(|sold| sold.title.as_str()),
        "sku": sold.map(|sold| sold.sku.as_str()),
        "quantity": -line.quantity,
        "total": money(-line.total),
        "total_tax": money(-line.tax),
        "taxes": [{ "id": TAX_RATE_ID, "total": money(-line.tax), "subtotal": "" }],
        "meta_data": [{ "id": line.item, "key": "_refunded_item_id", "value": line.item.to_string() }],
    })
}
