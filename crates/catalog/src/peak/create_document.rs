//! `peak/create_document`: a sale becomes an invoice or a receipt, once.

use super::api::{Api, INVOICES, RECEIPTS, SETTLE, Topic};
use super::lookup::PAYMENT_METHOD;
use crate::invoice::{self, Line, LineTotal, Sale, Totals};
use crate::values::{Text, filled};
use connector::{ActionCx, Connection, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec, Span};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub kind: Kind,
    pub sale: Sale,
    /// PEAK's id.
    pub contact: Text,
    #[serde(default)]
    pub payment_method: Option<Text>,
    #[serde(default)]
    pub account_code: Option<Text>,
    #[serde(default)]
    pub tax_invoice: bool,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Invoice,
    Receipt,
}

impl Kind {
    pub fn topic(self) -> Topic {
        match self {
            Self::Invoice => INVOICES,
            Self::Receipt => RECEIPTS,
        }
    }
}

pub fn settle(_: Option<&Connection>) -> Span {
    SETTLE
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.sale.check()?;
    let api = Api::of(cx)?;
    let sale = input.sale.spread();
    let totals = Totals::of(&sale, invoice::vat_rate(api.connection)?)?;
    let record = record(&api, &input, &sale, &totals)?;
    let code = code(api.connection, &sale);
    if let Some(found) = api.find(input.kind.topic(), &code).await? {
        return Ok(output(&found, &totals, false));
    }
    let made = api.post(input.kind.topic(), &[], record).await?;
    Ok(output(&made, &totals, true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    input.sale.check()?;
    let api = Api::of(cx)?;
    let totals = Totals::of(&input.sale.spread(), invoice::vat_rate(api.connection)?)?;
    let found = api.find(input.kind.topic(), &code(api.connection, &input.sale)).await?;
    Ok(found.map(|found| output(&found, &totals, true)))
}

/// Our own code: the document is found again by it.
fn code(connection: &Connection, sale: &Sale) -> String {
    format!("{}{}", connection.text("code_prefix").unwrap_or("KHL-"), sale.reference.as_str())
}

fn record(api: &Api<'_>, input: &Input, sale: &Sale, totals: &Totals) -> Result<Value, Error> {
    let day = |day: chrono::NaiveDate| day.format("%Y%m%d").to_string();
    let product = |(line, total): (&Line, &LineTotal)| product(api.connection, input, sale, line, total);
    let products: Vec<Value> =
        sale.lines.iter().zip(&totals.lines).map(product).collect::<Result<_, Error>>()?;
    let mut record = Map::from_iter([
        ("code".into(), code(api.connection, sale).into()),
        ("issuedDate".into(), day(sale.day()?).into()),
        ("dueDate".into(), day(sale.due_day()?).into()),
        ("contactId".into(), input.contact.as_str().into()),
        ("tags".into(), json!(["khlong"])),
        ("istaxInvoice".into(), u8::from(input.tax_invoice).into()),
        ("products".into(), products.into()),
    ]);
    record.extend(sale.note.as_deref().map(|note| ("remark".into(), note.into())));
    if let Some(method) = filled(input.payment_method.as_ref()) {
        let paid = json!({
            "paymentDate": day(sale.day()?), "withHoldingTaxAmount": "0",
            "payments": [{"paymentMethodId": method, "amount": totals.sums.grand.to_string(), "note": sale.reference.as_str()}]
        });
        record.insert("paidPayments".into(), paid);
    }
    Ok(Value::Object(record))
}

fn product(
    connection: &Connection,
    input: &Input,
    sale: &Sale,
    line: &Line,
    total: &LineTotal,
) -> Result<Value, Error> {
    let mut product = Map::new();
    product.extend(filled(line.sku.as_ref()).map(|sku| ("productCode".into(), sku.into())));
    product.extend(filled(input.account_code.as_ref()).map(|account| ("accountCode".into(), account.into())));
    let text = |amount: Decimal| Value::from(amount.to_string());
    product.extend([
        ("description".to_owned(), line.name.trim().into()),
        ("quantity".to_owned(), invoice::number(line.quantity.0)),
        ("price".to_owned(), text(line.price.0)),
        ("discount".to_owned(), text(total.discount)),
        ("vatType".to_owned(), vat_type(connection, sale.prices_include_vat, line.no_vat)?),
    ]);
    Ok(Value::Object(product))
}

/// What PEAK calls how a line is taxed: a number that the connection says.
fn vat_type(connection: &Connection, inside: bool, none: bool) -> Result<Value, Error> {
    let (name, usual) = match (none, inside) {
        (true, _) => ("vat_type_none", None),
        (false, true) => ("vat_type_inside", Some("3")),
        (false, false) => ("vat_type_on_top", Some("1")),
    };
    let text = connection.text(name).or(usual).unwrap_or_default().trim();
    text.parse::<u8>().map(Value::from).map_err(|_| Error::Connection {
        message: format!("the connection does not say PEAK's number for {}", name.replace('_', " ")),
        advice: "Enter it in the connection under More settings.".into(),
    })
}

fn output(document: &Value, totals: &Totals, created: bool) -> Value {
    let field = |name: &str| document.get(name).cloned().unwrap_or_default();
    json!({
        "id": field("id"), "code": field("code"), "link": field("onlineViewLink"), "vat": totals.sums.vat.to_string(),
        "grand_total": totals.sums.grand.to_string(), "created": created,
    })
}

pub fn kind_field() -> Field {
    Field::choice(
        "kind",
        &[("invoice", "Invoice", "ใบแจ้งหนี้"), ("receipt", "Receipt", "ใบเสร็จรับเงิน")],
        "Document",
        "เอกสาร",
    )
    .about("Which kind of document it is.", "ประเภทของเอกสาร")
    .default("invoice")
    .example("invoice")
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("peak/create_document", "Make an invoice or receipt", "สร้างใบแจ้งหนี้หรือใบเสร็จ")
        .about(
            "Makes an invoice or receipt of a sale, paid where a way of payment is chosen, unless PEAK has one with this code. All totals are \
             computed to the satang; where they differ from the expected one, nothing is made.",
            "สร้างใบแจ้งหนี้หรือใบเสร็จจากการขาย พร้อมรับชำระหากเลือกช่องทางชำระเงิน เว้นแต่ PEAK มีเอกสารรหัสนี้แล้ว \
             ยอดรวมคำนวณถูกต้องทุกสตางค์ หากต่างจากยอดที่ถูกต้องจะไม่สร้างเอกสาร",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(kind_field())
        .field(invoice::field())
        .field(
            Field::new("contact", FieldKind::Text, "Contact's id", "ไอดีผู้ติดต่อ")
                .about("As making the contact gave.", "ตามที่ได้เมื่อสร้างผู้ติดต่อ")
                .required()
                .example("${nodes.contact.id}"),
        )
        .field(
            Field::new("payment_method", FieldKind::Record(PAYMENT_METHOD.into()), "Paid by", "ช่องทางชำระเงิน")
                .about("How it has been paid. Empty: not paid yet.", "ช่องทางที่ชำระแล้ว หากเว้นว่างคือยังไม่ชำระ")
                .example("5f0c2a9e-1111-4222-8333-944455556666"),
        )
        .field(
            Field::new("account_code", FieldKind::Text, "Account", "รหัสบัญชี")
                .about("The account that the lines are booked to, such as 410201.", "บัญชีที่ใช้บันทึกรายการ เช่น 410201")
                .example("410201"),
        )
        .field(
            Field::new("tax_invoice", FieldKind::Bool, "Tax invoice, too", "ออกใบกำกับภาษีด้วย")
                .about("The document is a tax invoice as well.", "เอกสารเป็นใบกำกับภาษีด้วย")
                .default(false)
                .example(true),
        )
        .example(
            json!({"sale": crate::peak::example_sale(), "contact": "0b0e7a52-0000-4000-8000-000000000001", "tax_invoice": true}),
            json!({"id": "7d1f0a11-0000-4000-8000-000000000002", "code": "KHL-SHOPIFY-1001", "link": null, "vat": "17.50",
                   "grand_total": "267.50", "created": true}),
        )
}
