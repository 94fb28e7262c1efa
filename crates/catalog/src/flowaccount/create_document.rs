//! `flowaccount/create_document`: a sale becomes a tax document, once.

use super::api::{Api, SETTLE};
use super::document::{self, Kind};
use super::{contact, lookup};
use crate::invoice::{self, LineTotal, Sale, Totals, number};
use crate::values::{Text, filled};
use connector::{ActionCx, Connection, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec, Span};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub const PAYMENT_SCHEMA: &str = "InlineDocumentWithPaymentReceiving";
/// Bears no VAT; FlowAccount's own code.
const EXEMPT: i64 = -1;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default = "document::usual_kind")]
    pub kind: Kind,
    pub sale: Sale,
    #[serde(default)]
    pub paid_by: PaidBy,
    #[serde(default)]
    pub bank_account: Option<Text>,
    #[serde(default)]
    pub goods: Goods,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PaidBy {
    #[default]
    Nothing,
    Cash,
    Transfer,
    CreditCard,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    Service,
    #[default]
    NonInventory,
    Inventory,
}

impl PaidBy {
    /// FlowAccount's code, and how the schema's name ends.
    pub fn code(self) -> Option<(u8, &'static str)> {
        match self {
            Self::Nothing => None,
            Self::Cash => Some((1, "Cash")),
            Self::Transfer => Some((5, "Transfer")),
            Self::CreditCard => Some((7, "CreditCard")),
        }
    }
}

pub fn settle(_: Option<&Connection>) -> Span {
    SETTLE
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.sale.check()?;
    check_currency(&input.sale)?;
    let api = Api::of(cx)?;
    let sale = input.sale.spread();
    let totals = Totals::of(&sale, invoice::vat_rate(api.connection)?)?;
    let reference = sale.reference.as_str();
    if let Some(found) = document::find(&api, input.kind, sale.name(), reference).await? {
        return Ok(document::output(&found, false));
    }
    let body = body(&api, &input, &sale, &totals).await?;
    let path: &[&str] = match input.paid_by {
        PaidBy::Nothing => &[input.kind.path(), "inline"],
        _ => &[input.kind.path(), "inline", "with-payment"],
    };
    let made = api.post(path, &body).await?;
    invoice::check_made("FlowAccount", made.get("documentSerial"), made.get("grandTotal"), &totals)?;
    Ok(document::output(&made, true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::of(cx)?;
    let found = document::find(&api, input.kind, input.sale.name(), input.sale.reference.as_str()).await?;
    Ok(found.map(|found| document::output(&found, true)))
}

fn check_currency(sale: &Sale) -> Result<(), Error> {
    match sale.currency.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) if !code.eq_ignore_ascii_case("THB") => Err(Error::Input {
            message: format!(
                "sale {} is in {code}, and FlowAccount's tax documents are in THB",
                sale.reference
            ),
            advice: "Convert the amounts to baht before this node.".into(),
        }),
        _ => Ok(()),
    }
}

async fn body(api: &Api<'_>, input: &Input, sale: &Sale, totals: &Totals) -> Result<Value, Error> {
    let mut body = contact::common(&sale.buyer);
    let phone = filled(sale.buyer.phone.as_ref()).map(str::to_owned);
    body.extend(phone.map(|phone| ("contactNumber".into(), phone.into())));
    body.insert("contactName".into(), sale.name().into());
    body.extend(header(sale)?);
    body.insert("items".into(), items(input, sale, totals, invoice::vat_rate(api.connection)?));
    body.extend(amounts(totals));
    match input.paid_by.code() {
        None => {
            body.insert("documentStructureType".into(), "InlineDocument".into());
        }
        Some((code, name)) => {
            let schema = api.connection.text("payment_schema").unwrap_or(PAYMENT_SCHEMA);
            body.insert("documentPaymentStructureType".into(), format!("{schema}{name}").into());
            body.insert("paymentMethod".into(), code.into());
            body.insert("paymentDate".into(), sale.day()?.to_string().into());
            body.insert("collected".into(), number(totals.sums.grand));
            body.extend(
                lookup::account(api, input.bank_account.as_ref(), input.paid_by == PaidBy::Transfer).await?,
            );
        }
    }
    Ok(Value::Object(body))
}

fn header(sale: &Sale) -> Result<Map<String, Value>, Error> {
    let days = sale.credit_days()?;
    let mut header = Map::from_iter([
        ("publishedOn".into(), sale.day()?.to_string().into()),
        ("creditType".into(), if days > 0 { 1 } else { 3 }.into()),
        ("creditDays".into(), days.into()),
        ("dueDate".into(), sale.due_day()?.to_string().into()),
        ("reference".into(), sale.reference.as_str().into()),
        ("isVat".into(), true.into()),
        ("isVatInclusive".into(), sale.prices_include_vat.into()),
        ("useInlineVat".into(), true.into()),
        ("useInlineDiscount".into(), true.into()),
        // Discounts are amounts, not percents.
        ("discountType".into(), 3.into()),
    ]);
    header.extend(sale.note.as_deref().map(|note| ("remarks".into(), note.into())));
    Ok(header)
}

fn items(input: &Input, sale: &Sale, totals: &Totals, rate: Decimal) -> Value {
    let kind = match input.goods {
        Goods::Service => 1,
        Goods::NonInventory => 3,
        Goods::Inventory => 5,
    };
    let item = |(line, total): (&invoice::Line, &LineTotal)| {
        json!({
            "type": kind,
            "name": line.name.trim(),
            "quantity": number(line.quantity.0),
            "unitName": line.unit.as_deref().unwrap_or("ชิ้น"),
            "pricePerUnit": number(line.price.0),
            "discountAmount": number(total.discount),
            "vatRate": if line.no_vat { EXEMPT.into() } else { number(rate.normalize()) },
            "total": number(total.total),
        })
    };
    sale.lines.iter().zip(&totals.lines).map(item).collect()
}

fn amounts(totals: &Totals) -> Map<String, Value> {
    Map::from_iter([
        ("subTotal".into(), number(totals.sums.sub_total)),
        ("total".into(), number(totals.sums.sub_total)),
        ("totalAfterDiscount".into(), number(totals.sums.after_discount)),
        ("exemptAmount".into(), number(totals.sums.exempt)),
        ("vatableAmount".into(), number(totals.sums.vatable)),
        ("vatAmount".into(), number(totals.sums.vat)),
        ("grandTotal".into(), number(totals.sums.grand)),
    ])
}

pub fn paid_by_field() -> Field {
    Field::choice(
        "paid_by",
        &[
            ("nothing", "Not paid yet", "ยังไม่ชำระ"),
            ("cash", "Cash", "เงินสด"),
            ("transfer", "Transfer", "โอนเงิน"),
            ("credit_card", "Credit card", "บัตรเครดิต"),
        ],
        "Paid by",
        "ชำระโดย",
    )
    .about("How the buyer has paid; the document is then paid at once.", "วิธีที่ผู้ซื้อชำระ เอกสารจะถือว่าชำระแล้วทันที")
    .default("nothing")
    .example("transfer")
}

pub fn bank_account_field() -> Field {
    Field::new("bank_account", FieldKind::Record(lookup::BANK_ACCOUNT.into()), "Bank account", "บัญชีธนาคาร")
        .about("Where a transfer or card payment arrived.", "บัญชีที่รับเงินโอนหรือบัตรเครดิต")
        .example(1201)
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flowaccount/create_document", "Make a tax document", "สร้างเอกสารภาษี")
        .about(
            "Makes a tax invoice, receipt or other document of a sale, unless the buyer has one with this reference. All totals are \
             computed to the satang; where they differ from the expected one, nothing is made.",
            "สร้างใบกำกับภาษี ใบเสร็จ หรือเอกสารอื่นจากการขาย เว้นแต่ผู้ซื้อมีเอกสารที่ใช้เลขอ้างอิงนี้แล้ว ยอดรวมคำนวณถูกต้องทุกสตางค์ \
             หากต่างจากยอดที่ถูกต้องจะไม่สร้างเอกสาร",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(document::kind_field())
        .field(invoice::field())
        .field(paid_by_field())
        .field(bank_account_field())
        .field(
            Field::choice(
                "goods",
                &[
                    ("service", "Services", "บริการ"),
                    ("non_inventory", "Goods without stock", "สินค้าไม่นับสต็อก"),
                    ("inventory", "Goods with stock", "สินค้านับสต็อก"),
                ],
                "Lines are",
                "รายการเป็น",
            )
            .about(
                "Goods with stock are taken off FlowAccount's stock.",
                "สินค้านับสต็อกจะถูกตัดออกจากสต็อกใน FlowAccount",
            )
            .default("non_inventory")
            .example("non_inventory"),
        )
        .example(
            json!({"kind": "cash_invoice", "sale": example_sale(), "paid_by": "transfer", "bank_account": 1201}),
            document::example(),
        )
}

pub fn example_sale() -> Value {
    json!({
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "prices_include_vat": true, "total": "267.50",
        "buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "address": "99 ถ.สุขุมวิท กรุงเทพมหานคร 10110",
                  "tax_id": "1103700000001", "branch": "00000", "zip": "10110"},
        "lines": [{"sku": "TEA-100", "name": "ชาเขียว 100 g", "quantity": 1, "unit": "ถุง", "price": "267.50"}]
    })
}
