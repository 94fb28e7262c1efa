//! `odoo/create_sales_order`: an order of a shop becomes one in Odoo, once.

use super::failure::nothing_done;
use super::lookup::{CUSTOMER, WAREHOUSE};
use super::order::{Line, NUMBER_MAX, Order, RecordId};
use super::rpc::{Rpc, Sessions};
use super::{SETTLE_DEFAULT, partner, product};
use crate::values::Digits;
use async_trait::async_trait;
use connector::{Action, ActionCx, Connection, Error, decode};
use model::money::{self, Currency};
use model::{EffectRule, Field, FieldKind, Made, Need, OperationSpec, Span};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

pub struct CreateSalesOrder(pub Sessions);

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order: Order,
    #[serde(default)]
    pub confirm: bool,
    /// What the order has to come to before it is confirmed.
    #[serde(default)]
    pub total: Option<Digits>,
    /// Who is booked to, in place of the order's own customer.
    #[serde(default)]
    pub customer: RecordId,
    #[serde(default)]
    pub warehouse: RecordId,
}

/// A sales order as it stands in Odoo.
#[derive(Debug, Deserialize)]
struct Standing {
    id: i64,
    name: String,
    /// Read as `[57, "สมชาย ใจดี"]`.
    partner_id: Value,
    amount_total: Value,
    currency_id: Value,
    state: String,
}

const STANDING: [&str; 6] = ["id", "name", "partner_id", "amount_total", "currency_id", "state"];

#[async_trait]
impl Action for CreateSalesOrder {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    fn effect(&self, _input: &Value) -> EffectRule {
        EffectRule::Probe
    }

    fn settle(&self, connection: Option<&Connection>) -> Span {
        let settle = connection.and_then(|connection| connection.text("settle"));
        settle.and_then(|text| text.parse().ok()).unwrap_or(SETTLE_DEFAULT)
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input: Input = decode(input)?;
        input.order.check()?;
        let rpc = self.open(cx).await?;
        // Also another run may have sent this order: Odoo itself does not refuse a second one.
        let found = find(&rpc, &input.order.reference).await.map_err(nothing_done)?;
        let (standing, created) = match found {
            Some(standing) => (standing, false),
            None => (create(&rpc, &input, cx.step_key).await?, true),
        };
        check_currency(&standing, input.order.currency.as_deref())?;
        check_total(&standing, input.total.as_ref())?;
        if input.confirm && standing.is_open() {
            let _: Value =
                rpc.call("sale.order", "action_confirm", ("ids", json!([standing.id])), json!({})).await?;
        }
        Ok(standing.output(created))
    }

    /// An order that still has to be confirmed is not done; `run` finds it and goes on from there.
    async fn probe(&self, cx: &ActionCx<'_>, input: Value) -> Result<Option<Value>, Error> {
        let input: Input = decode(input)?;
        let rpc = self.open(cx).await?;
        let found = find(&rpc, &input.order.reference).await?;
        let done = found.filter(|standing| !(input.confirm && standing.is_open()));
        Ok(done.map(|standing| standing.output(true)))
    }
}

impl CreateSalesOrder {
    async fn open<'a>(&'a self, cx: &ActionCx<'a>) -> Result<Rpc<'a>, Error> {
        let connection = cx.connection.ok_or_else(|| Error::Connection {
            message: "the node has no connection to Odoo".into(),
            advice: "Choose a connection in the node.".into(),
        })?;
        Rpc::open(cx.http, connection, &self.0, cx.timeout).await
    }
}

impl Standing {
    /// Whether it can still be confirmed. One that people cancelled stays cancelled.
    fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "draft" | "sent")
    }

    fn output(self, created: bool) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "partner_id": id_of(&self.partner_id),
            "amount_total": self.amount_total,
            "created": created,
        })
    }
}

/// The id in a many-to-one field, which is read as id and name, or as the id alone.
fn id_of(value: &Value) -> Value {
    value.get(0).unwrap_or(value).clone()
}

async fn find(rpc: &Rpc<'_>, reference: &str) -> Result<Option<Standing>, Error> {
    let domain = json!([["client_order_ref", "=", reference]]);
    let mut found = rpc.search_read("sale.order", domain, &STANDING, 1).await?;
    Ok(found.pop())
}

/// Makes the order with all of its lines in one call: one transaction in Odoo.
async fn create(rpc: &Rpc<'_>, input: &Input, key: &str) -> Result<Standing, Error> {
    let order = &input.order;
    let date = order.date_utc()?;
    let products = product::find(rpc, &order.lines).await?;
    let partner = match input.customer.0 {
        Some(chosen) => chosen,
        None => partner::find_or_make(rpc, order).await?,
    };
    let mut vals = Map::from_iter([
        ("partner_id".into(), partner.into()),
        ("client_order_ref".into(), order.reference.as_str().into()),
        ("origin".into(), "Khlong".into()),
        ("order_line".into(), lines(&order.lines, &products)),
    ]);
    vals.extend(date.map(|date| ("date_order".into(), date.into())));
    vals.extend(input.warehouse.0.map(|warehouse| ("warehouse_id".into(), warehouse.into())));
    vals.extend(order.note.as_deref().map(|note| ("note".into(), note.into())));
    let made: Vec<i64> = rpc.create("sale.order", json!([vals]), key).await?;
    let domain = json!([["id", "in", made]]);
    let mut standing = rpc.search_read("sale.order", domain, &STANDING, 1).await?;
    standing.pop().ok_or_else(|| Error::Unanswered {
        host: "Odoo".into(),
        message: "the order just made cannot be read".into(),
    })
}

/// Only fields whose names are the same in every release: unit and taxes are Odoo's own to fill in.
fn lines(lines: &[Line], products: &HashMap<String, i64>) -> Value {
    let line = |line: &Line| {
        let mut vals = Map::from_iter([
            ("product_id".into(), json!(products.get(line.sku.as_str()))),
            ("product_uom_qty".into(), Value::Number(line.quantity.0.clone())),
        ]);
        vals.extend(line.name.as_deref().map(|name| ("name".into(), name.into())));
        vals.extend(line.price.as_ref().map(|price| ("price_unit".into(), Value::Number(price.0.clone()))));
        vals.extend(
            line.discount.as_ref().map(|percent| ("discount".into(), Value::Number(percent.0.clone()))),
        );
        json!([0, 0, vals])
    };
    lines.iter().map(line).collect()
}

/// Odoo takes the currency from the customer's price list; an order in another one must not be confirmed.
fn check_currency(standing: &Standing, wanted: Option<&str>) -> Result<(), Error> {
    let is = standing.currency_id.get(1).and_then(Value::as_str);
    match (wanted.filter(|wanted| !wanted.is_empty()), is) {
        (Some(wanted), Some(is)) if !wanted.eq_ignore_ascii_case(is) => Err(Error::Refused {
            message: format!("{} was made in {is}, but the order is in {wanted}", standing.name),
            advice: "Give the customer a price list in that currency, correct or delete the quotation in Odoo, then retry.".into(),
        }),
        _ => Ok(()),
    }
}

/// Odoo computes the total from its own taxes and roundings; a satang of difference is for people to look at.
fn check_total(standing: &Standing, wanted: Option<&Digits>) -> Result<(), Error> {
    let is = standing.amount_total.to_string();
    match wanted {
        Some(Digits(wanted)) if !money::is_same(wanted.as_str(), &is) => Err(Error::Refused {
            message: format!("{} comes to {is} in Odoo, and {wanted} was expected", standing.name),
            advice: "Compare prices, discounts, shipping and taxes; correct the quotation in Odoo or the data before this node, then retry.".into(),
        }),
        _ => Ok(()),
    }
}

pub fn spec() -> OperationSpec {
    let currency = Currency::Field("order.currency".into());
    OperationSpec::action("odoo/create_sales_order", "Create a sales order", "สร้างคำสั่งขาย")
        .about(
            "Makes a sales order with its customer and lines, unless Odoo already has one with this reference.",
            "สร้างคำสั่งขายพร้อมลูกค้าและรายการ เว้นแต่ Odoo มีคำสั่งขายที่ใช้เลขอ้างอิงนี้แล้ว",
        )
        .effect(EffectRule::Probe)
        .makes(Made::Order)
        .connection(Need::Required)
        .field(
            Field::new("order", FieldKind::Json, "Order", "คำสั่งซื้อ")
                .about(
                    "reference, date, currency, partner {ref, name, email, phone, vat, street, city, zip}, \
                     lines [{sku, name, quantity, price, discount, tax_included}], note.",
                    "reference, date, currency, partner {ref, name, email, phone, vat, street, city, zip}, \
                     lines [{sku, name, quantity, price, discount, tax_included}], note",
                )
                .required()
                .example("${nodes.map}")
                .shape(super::order::shape()),
        )
        .field(
            Field::new("confirm", FieldKind::Bool, "Confirm it", "ยืนยันคำสั่งขาย")
                .about(
                    "Off: it stays a quotation that a person confirms.",
                    "หากปิด จะเป็นใบเสนอราคาให้คนยืนยันเอง",
                )
                .default(false)
                .example(true),
        )
        .field(
            Field::new("total", FieldKind::Money(Some(currency)), "Expected total", "ยอดรวมที่ถูกต้อง")
                .at_most(NUMBER_MAX)
                .about(
                    "What the customer pays, with tax. Where Odoo comes to another amount, nothing is confirmed and a \
                     person looks at it.",
                    "ยอดที่ลูกค้าชำระรวมภาษี หาก Odoo คำนวณได้ยอดอื่น จะไม่ยืนยันคำสั่งขายและรอให้คนตรวจสอบ",
                )
                .example("1070.00"),
        )
        .field(
            Field::new("customer", FieldKind::Record(CUSTOMER.into()), "Book to customer", "ลูกค้าที่ใช้บันทึก")
                .about(
                    "One customer in Odoo for every order, such as a marketplace. Empty: the order's own is found or made.",
                    "ลูกค้ารายเดียวใน Odoo สำหรับทุกคำสั่งซื้อ เช่น มาร์เก็ตเพลส หากเว้นว่างจะค้นหาหรือสร้างลูกค้าตามคำสั่งซื้อ",
                )
                .example(57),
        )
        .field(
            Field::new("warehouse", FieldKind::Record(WAREHOUSE.into()), "Warehouse", "คลังสินค้า")
                .about(
                    "Where the goods are sent from. Empty: Odoo's own choice.",
                    "คลังที่ใช้ส่งสินค้า หากเว้นว่างจะใช้ค่าของ Odoo",
                )
                .example(1),
        )
        .example(
            json!({"order": example_order(), "confirm": true}),
            json!({"id": 120, "name": "S00120", "partner_id": 57, "amount_total": 1070.00, "created": true}),
        )
}

fn example_order() -> Value {
    json!({
        "reference": "SHOPIFY-1001",
        "date": "2026-11-20T10:10:00+07:00",
        "currency": "THB",
        "partner": {
            "ref": "SHOPIFY-8891", "name": "สมชาย ใจดี", "email": "somchai@example.com", "phone": "+66810000001",
            "street": "99 ถ.สุขุมวิท", "city": "กรุงเทพมหานคร", "zip": "10110"
        },
        "lines": [{"sku": "TEA-100", "quantity": 2, "price": "535.00", "tax_included": true}]
    })
}
