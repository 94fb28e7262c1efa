//! `odoo/create_credit_note`: a refund of an invoice, in full or of some lines, once for each reference.

use super::failure::nothing_done;
use super::order::NUMBER_MAX;
use super::record::{self, Row};
use super::rpc::Rpc;
use super::{invoice, post_invoice, sale};
use crate::invoice::{Amount, number};
use crate::office::{self, Ledger};
use crate::values::{Digits, Text};
use connector::{ActionCx, Connection, Error};
use model::money::Currency;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec, Span};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const LINES_MAX: usize = 1_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub invoice: Text,
    /// The refund's own number.
    pub reference: Text,
    #[serde(default)]
    pub reason: Option<String>,
    /// Left out: all of the invoice.
    #[serde(default, deserialize_with = "office::named")]
    pub lines: Option<Vec<Line>>,
    /// Off the whole note.
    #[serde(default)]
    pub discount: Option<Amount>,
    /// What the note has to come to.
    #[serde(default)]
    pub total: Option<Digits>,
    #[serde(default)]
    pub post: bool,
}

#[derive(Debug, Deserialize)]
pub struct Line {
    pub sku: Text,
    pub quantity: Amount,
    /// Of one; without it, the invoice's own.
    #[serde(default)]
    pub price: Option<Digits>,
}

pub fn settle(connection: Option<&Connection>) -> Span {
    super::create_invoice::settle(connection)
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = post_invoice::id_of(&input.invoice)?;
    check(&input)?;
    let rpc = Rpc::of(cx).await?;
    let found = refunded(&rpc, &input, id).await.map_err(nothing_done)?;
    let (standing, created) = match found {
        Some(standing) => (standing, false),
        None => (make(&rpc, &input, id, cx.step_key).await?, true),
    };
    check_total(&input, &standing)?;
    let standing = if input.post { invoice::post(&rpc, standing).await? } else { standing };
    Ok(invoice::output(&standing, created))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let id = post_invoice::id_of(&input.invoice)?;
    let rpc = Rpc::of(cx).await?;
    let found = refunded(&rpc, &input, id).await?;
    let done = found.filter(|standing| !(input.post && record::text(standing, "state") == "draft"));
    // One that comes to something else is told by `run`.
    let done = done.filter(|standing| check_total(&input, standing).is_ok());
    Ok(done.map(|standing| invoice::output(&standing, true)))
}

fn check_total(input: &Input, standing: &Row) -> Result<(), Error> {
    let total = input.total.as_ref().map(|total| total.0.as_str());
    office::check_total("Odoo", standing.get("amount_total"), total)
}

fn check(input: &Input) -> Result<(), Error> {
    let lines = input.lines.as_deref().unwrap_or_default();
    let wrong = match input.reference.filled() {
        None => "the refund has no reference",
        Some(_) if input.lines.as_ref().is_some_and(Vec::is_empty) => return Err(office::no_lines()),
        Some(_) if lines.iter().any(|line| line.quantity <= Amount::default()) => {
            "the refund has a line whose quantity is not above zero"
        }
        Some(_) if lines.len() > LINES_MAX => "the refund has more than 1,000 lines",
        Some(_) if input.discount.is_some_and(|off| off < Amount::default()) => {
            "the refund's discount is below zero"
        }
        Some(_) => return Ok(()),
    };
    let advice = "Correct the data before this node, then retry.";
    Err(Error::Input { message: wrong.into(), advice: advice.into() })
}

async fn refunded(rpc: &Rpc<'_>, input: &Input, invoice: i64) -> Result<Option<Row>, Error> {
    let domain =
        vec![json!(["reversed_entry_id", "=", invoice]), json!(["ref", "=", input.reference.as_str()])];
    invoice::find(rpc, "out_refund", domain).await
}

async fn make(rpc: &Rpc<'_>, input: &Input, invoice: i64, key: &str) -> Result<Row, Error> {
    let of = invoice::read(rpc, invoice).await.map_err(nothing_done)?;
    let lines = lines(rpc, input, &of).await.map_err(nothing_done)?;
    let mut vals = Map::from_iter([
        ("move_type".into(), "out_refund".into()),
        ("partner_id".into(), json!(record::link(&of, "partner_id"))),
        ("reversed_entry_id".into(), invoice.into()),
        ("invoice_origin".into(), record::text(&of, "name").into()),
        ("ref".into(), input.reference.as_str().into()),
        ("invoice_line_ids".into(), lines),
    ]);
    vals.extend(record::link(&of, "currency_id").map(|currency| ("currency_id".into(), currency.into())));
    vals.extend(input.reason.as_deref().map(|reason| ("narration".into(), reason.into())));
    let made = rpc.create("account.move", json!([vals]), key).await?;
    let made = made.first().copied().unwrap_or_default();
    invoice::read(rpc, made).await.map_err(|error| Error::Unanswered {
        host: "Odoo".into(),
        message: format!("the credit note just made cannot be read: {error}"),
    })
}

/// The lines to be refunded: the invoice's own, or those that are named, at the invoice's price unless another is given.
async fn lines(rpc: &Rpc<'_>, input: &Input, invoice: &Row) -> Result<Value, Error> {
    let fields = ["id", "product_id", "name", "quantity", "price_unit", "discount", "tax_ids", "account_id"];
    let domain = json!([["id", "in", record::ids(invoice, "invoice_line_ids")]]);
    let rows: Vec<Row> = rpc.search_read("account.move.line", domain, &fields, LINES_MAX).await?;
    // Sections and notes have no account.
    let rows: Vec<Row> = rows.into_iter().filter(|row| record::link(row, "account_id").is_some()).collect();
    let chosen = match &input.lines {
        None => rows.iter().map(|row| (row, line(row, None, None))).collect(),
        Some(named) => some(rpc, named, &rows).await?,
    };
    let off = input.discount.filter(|off| *off > Amount::default()).map(|off| discount(off, &chosen));
    let off = off.transpose()?;
    Ok(chosen.into_iter().map(|(_, line)| line).chain(off).collect())
}

/// The lines that are named, each with the invoice's row that it takes back.
async fn some<'r>(rpc: &Rpc<'_>, named: &[Line], rows: &'r [Row]) -> Result<Vec<(&'r Row, Value)>, Error> {
    let skus = sale::skus(rpc, rows.iter().filter_map(|row| record::link(row, "product_id"))).await?;
    let mut ledger = Ledger::new(named.iter().map(|line| (line.sku.as_str(), line.quantity.0)));
    let mut chosen = Vec::new();
    for row in rows {
        let Some(sku) = record::link(row, "product_id").and_then(|product| skus.get(&product)) else {
            continue;
        };
        let whole: Amount =
            serde_json::from_value(row.get("quantity").cloned().unwrap_or_default()).unwrap_or_default();
        for (index, quantity) in ledger.take_by_line(sku, whole.0) {
            chosen.push((row, line(row, Some(number(quantity)), named[index].price.as_ref())));
        }
    }
    ledger.close().map(|()| chosen)
}

/// A line below zero that bears the taxes of the others; where they bear different ones, nobody can say which.
fn discount(off: Amount, lines: &[(&Row, Value)]) -> Result<Value, Error> {
    let mut taxes = lines.iter().map(|(row, _)| record::ids(row, "tax_ids"));
    let first = taxes.next().unwrap_or_default();
    if taxes.any(|other| other != first) {
        return Err(Error::Refused {
            message: "the lines of the refund bear different taxes, so that one discount cannot be booked"
                .into(),
            advice: "Give the lines prices with the discount taken off in place of it, then retry.".into(),
        });
    }
    Ok(json!([0, 0, {
        "name": "ส่วนลด", "quantity": 1, "price_unit": number(-off.0), "tax_ids": [[6, 0, first]],
    }]))
}

fn line(of: &Row, quantity: Option<Value>, price: Option<&Digits>) -> Value {
    let own = |field: &str| of.get(field).cloned().unwrap_or_default();
    json!([0, 0, {
        "product_id": record::link(of, "product_id"),
        "name": record::text(of, "name"),
        "quantity": quantity.unwrap_or_else(|| own("quantity")),
        "price_unit": price.map_or_else(|| own("price_unit"), |price| json!(price)),
        "discount": own("discount"),
        "tax_ids": [[6, 0, record::ids(of, "tax_ids")]],
    }])
}

pub fn spec() -> OperationSpec {
    let line = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("A product of the invoice.", "สินค้าในใบแจ้งหนี้")
            .required()
            .example("TEA-100"),
        Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
            .about("How many are refunded.", "จำนวนที่คืนเงิน")
            .required()
            .at_most(NUMBER_MAX)
            .example(1),
        Field::new(
            "price",
            FieldKind::Money(Some(Currency::Fixed("THB".into()))),
            "Unit price",
            "ราคาต่อหน่วย",
        )
        .about("Of one; empty: as on the invoice.", "ราคาต่อหน่วย หากเว้นว่างจะใช้ราคาตามใบแจ้งหนี้")
        .at_most(NUMBER_MAX)
        .example("535.00"),
    ];
    OperationSpec::action("odoo/create_credit_note", "Make a credit note", "สร้างใบลดหนี้")
        .about(
            "Refunds an invoice in full, or some of its lines, unless a credit note with this reference is there.",
            "คืนเงินทั้งใบแจ้งหนี้หรือบางรายการ เว้นแต่มีใบลดหนี้ที่ใช้เลขอ้างอิงนี้แล้ว",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(post_invoice::invoice_field())
        .field(
            Field::new("reference", FieldKind::Text, "Refund's number", "เลขที่การคืนเงิน")
                .about("The shop's number of the refund: a second credit note with it is not made.", "เลขที่การคืนเงินของร้าน จะไม่สร้างใบลดหนี้ซ้ำด้วยเลขเดียวกัน")
                .required()
                .example("SHOPIFY-1001-R1"),
        )
        .field(
            Field::new("reason", FieldKind::Text, "Reason", "เหตุผล")
                .about("Stands on the credit note, as the law wants it.", "แสดงบนใบลดหนี้ตามที่กฎหมายกำหนด")
                .example("ลูกค้าคืนสินค้า"),
        )
        .field(
            Field::new("lines", FieldKind::List(line), "Lines", "รายการ")
                .about(
                    "What is refunded. Left out: the whole invoice, with its discounts. A list that turns out empty is an error.",
                    "รายการที่คืนเงิน หากไม่กำหนดช่องนี้จะคืนทั้งใบพร้อมส่วนลด หากรายการที่ได้ว่างเปล่าจะถือว่าผิดพลาด",
                )
                .at_most(LINES_MAX as u64)
                .example("${input.lines}"),
        )
        .field(office::discount().about(
            "Off the whole note, in the terms of the invoice's prices: a line of its own. Lines keep the discounts that they have on the invoice.",
            "ส่วนลดจากยอดทั้งใบลดหนี้ ตามแบบราคาในใบแจ้งหนี้ บันทึกเป็นหนึ่งรายการ ส่วนรายการอื่นยังมีส่วนลดตามใบแจ้งหนี้",
        ))
        .field(office::note_total())
        .field(
            Field::new("post", FieldKind::Bool, "Post it", "ยืนยันใบลดหนี้")
                .about("Gives it its number. Off: it stays a draft.", "ให้เลขที่ใบลดหนี้ หากปิด จะเป็นฉบับร่าง")
                .default(false)
                .example(true),
        )
        .example(
            json!({
                "invoice": "88", "reference": "SHOPIFY-1001-R1", "reason": "ลูกค้าคืนสินค้า",
                "lines": [{"sku": "TEA-100", "quantity": 2}], "total": "1070.00", "post": true
            }),
            invoice::example("RINV/2026/00012", true),
        )
}
