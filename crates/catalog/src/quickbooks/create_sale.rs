//! `quickbooks/create_sale`: a sale becomes an invoice, a sales receipt or a credit memo, once.

use super::api::{Api, quoted};
use crate::failure::Failure;
use crate::invoice::{self, Line, LineTotal, Sale, Totals, number};
use crate::values::{self, Text, filled};
use connector::{ActionCx, Connection, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub kind: Kind,
    pub sale: Sale,
    /// QuickBooks' id.
    pub customer: Text,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Invoice,
    SalesReceipt,
    CreditMemo,
}

impl Kind {
    /// In addresses, and in answers.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Invoice => ("invoice", "Invoice"),
            Self::SalesReceipt => ("salesreceipt", "SalesReceipt"),
            Self::CreditMemo => ("creditmemo", "CreditMemo"),
        }
    }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.sale.check()?;
    let api = Api::of(cx)?;
    let sale = input.sale.spread();
    let totals = Totals::of(&sale, invoice::vat_rate(api.connection)?)?;
    let items = items(&api, &sale).await?;
    let body = document(&api, &sale, &totals, &input.customer, &items)?;
    let (path, name) = input.kind.names();
    let (made, created) = match api.post(path, &body, cx.step_key).await {
        Ok(mut made) => (made.get_mut(name).map(Value::take).unwrap_or_default(), true),
        // The number is ours: what has it was made of this sale.
        Err(Failure::Taken(error)) => (find(&api, name, &sale).await?.ok_or(error)?, false),
        Err(failure) => return Err(failure.into()),
    };
    invoice::check_made("QuickBooks", made.get("DocNumber"), made.get("TotalAmt"), &totals)?;
    let field = |name: &str| made.get(name).cloned().unwrap_or_default();
    Ok(
        json!({"id": field("Id"), "number": field("DocNumber"), "total": field("TotalAmt"), "created": created}),
    )
}

async fn find(api: &Api<'_>, name: &str, sale: &Sale) -> Result<Option<Value>, Error> {
    let query = format!("select * from {name} where DocNumber = {}", quoted(sale.reference.as_str()));
    Ok(api.query(&query).await?.pointer(&format!("/{name}/0")).cloned())
}

/// The items with the sale's SKUs.
async fn items(api: &Api<'_>, sale: &Sale) -> Result<Vec<Value>, Error> {
    let skus: BTreeSet<&str> = sale.lines.iter().filter_map(|line| filled(line.sku.as_ref())).collect();
    if skus.is_empty() {
        return Ok(Vec::new());
    }
    let list = skus.iter().map(|sku| quoted(sku)).collect::<Vec<_>>().join(", ");
    let found = api.query(&format!("select Id, Sku from Item where Sku in ({list}) maxresults 1000")).await?;
    Ok(values::rows_or_none(&found, "/Item", "QuickBooks")?.to_vec())
}

fn document(
    api: &Api<'_>,
    sale: &Sale,
    totals: &Totals,
    customer: &Text,
    items: &[Value],
) -> Result<Value, Error> {
    let nets = nets(sale, totals);
    let rows = sale.lines.iter().zip(&nets).map(|(row, net)| line(api.connection, row, *net, items));
    let mut body = Map::from_iter([
        ("DocNumber".into(), sale.reference.as_str().into()),
        ("TxnDate".into(), sale.day()?.to_string().into()),
        ("CustomerRef".into(), json!({"value": customer.as_str()})),
        ("CurrencyRef".into(), json!({"value": sale.currency.as_deref().unwrap_or("THB").trim()})),
        (
            "GlobalTaxCalculation".into(),
            if sale.prices_include_vat { "TaxInclusive" } else { "TaxExcluded" }.into(),
        ),
        ("Line".into(), rows.collect()),
    ]);
    body.extend(sale.note.as_deref().map(|note| ("CustomerMemo".into(), json!({"value": note}))));
    Ok(Value::Object(body))
}

/// What each line comes to without VAT; together they come to what the document does, to the satang.
fn nets(sale: &Sale, totals: &Totals) -> Vec<Decimal> {
    let (taxed, vatable) = (totals.sums.after_discount - totals.sums.exempt, totals.sums.vatable);
    let last = sale.lines.iter().rposition(|line| !line.no_vat);
    let mut left = vatable;
    let mut net = |(index, (line, total)): (usize, (&Line, &LineTotal))| {
        if line.no_vat || !sale.prices_include_vat || taxed.is_zero() {
            return total.total;
        }
        let share = if Some(index) == last { left } else { rounded(total.total * vatable / taxed, 2) };
        left -= share;
        share
    };
    sale.lines.iter().zip(&totals.lines).enumerate().map(&mut net).collect()
}

fn rounded(amount: Decimal, places: u32) -> Decimal {
    amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn line(connection: &Connection, line: &Line, net: Decimal, items: &[Value]) -> Value {
    let sku = filled(line.sku.as_ref());
    let known = items.iter().find(|item| sku.is_some() && item.get("Sku").and_then(Value::as_str) == sku);
    let usual = || connection.text("item").unwrap_or("1");
    let item = known.and_then(|item| item.get("Id")?.as_str()).unwrap_or_else(usual);
    let tax = match line.no_vat {
        true => connection.text("tax_code_none").unwrap_or("NON"),
        false => connection.text("tax_code").unwrap_or("5"),
    };
    // The quantity is above zero, which `Sale::check` sees to.
    let price = net.checked_div(line.quantity.0).map_or(net, |price| rounded(price, 7));
    json!({
        "DetailType": "SalesItemLineDetail", "Amount": number(net), "Description": line.name.trim(),
        "SalesItemLineDetail": {
            "ItemRef": {"value": item}, "Qty": number(line.quantity.0), "UnitPrice": number(price), "TaxCodeRef": {"value": tax}
        }
    })
}

pub fn customer_field() -> Field {
    Field::new("customer", FieldKind::Text, "Customer's id", "ไอดีลูกค้า")
        .about("As making the customer gave.", "ตามที่ได้เมื่อสร้างลูกค้า")
        .required()
        .example("${nodes.customer.id}")
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("quickbooks/create_sale", "Book a sale", "บันทึกการขาย")
        .about(
            "Makes an invoice, a sales receipt for what is paid, or a credit memo; its number is the shop's reference. Where QuickBooks \
             comes to another total than was computed, a person looks at it.",
            "สร้างใบแจ้งหนี้ ใบเสร็จขายสดสำหรับรายการที่ชำระแล้ว หรือใบลดหนี้ ใช้เลขอ้างอิงของร้านเป็นเลขที่ หาก QuickBooks \
             คำนวณยอดต่างออกไปจะให้คนตรวจสอบ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::choice(
                "kind",
                &[
                    ("invoice", "Invoice", "ใบแจ้งหนี้"),
                    ("sales_receipt", "Sales receipt (paid)", "ใบเสร็จขายสด (ชำระแล้ว)"),
                    ("credit_memo", "Credit memo", "ใบลดหนี้"),
                ],
                "Document",
                "เอกสาร",
            )
            .about("Which kind of document it is.", "ประเภทของเอกสาร")
            .default("invoice")
            .example("invoice"),
        )
        .field(customer_field())
        .field(invoice::field())
        .example(
            json!({"customer": "58", "sale": {
                "reference": "SHOPIFY-1001", "date": "2026-11-20", "prices_include_vat": true, "total": "267.50",
                "lines": [{"sku": "TEA-100", "name": "ชาเขียว 100 g", "quantity": 1, "price": "267.50"}]
            }}),
            json!({"id": "145", "number": "SHOPIFY-1001", "total": 267.50, "created": true}),
        )
}
