//! `shopify/fulfil_order`: marks an order as sent, whole or in part, with its tracking number.

use super::api::{Api, gid, plain};
use super::parcel::{ORDER, Order, Share};
use super::set_tracking::tracking;
use super::terms;
use crate::values::{Filled, Text, Whole, or_default};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

pub const LINES_MAX: usize = 100;

const FULFIL: &str = "mutation($f:FulfillmentInput!){fulfillmentCreate(fulfillment:$f){fulfillment{id status} \
                      userErrors{field message}}}";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    #[serde(default, deserialize_with = "or_default")]
    pub lines: Vec<Line>,
    #[serde(default)]
    pub company: Text,
    #[serde(default)]
    pub number: Text,
    #[serde(default)]
    pub url: Text,
    #[serde(default)]
    pub location: Text,
    #[serde(default, deserialize_with = "or_default")]
    pub notify: bool,
}

#[derive(Debug, Deserialize)]
pub struct Line {
    pub sku: Filled,
    pub quantity: Whole,
}

/// A part that was sent without a tracking number looks like any other such part.
pub fn effect(input: &Value) -> EffectRule {
    let is_given = |name: &str| match input.get(name) {
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::String(text)) => !text.trim().is_empty(),
        other => other.is_some_and(|value| !value.is_null()),
    };
    if is_given("lines") && !is_given("number") { EffectRule::Ask } else { EffectRule::Probe }
}

pub fn spec() -> OperationSpec {
    let line = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("The SKU of a line of the order.", "รหัสสินค้าของรายการในคำสั่งซื้อ")
            .required()
            .example("TEA-100"),
        Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
            .about("How many of it are in this parcel.", "จำนวนที่อยู่ในพัสดุนี้")
            .required()
            .at_least(1)
            .at_most(1_000_000)
            .example(1),
    ];
    OperationSpec::action("shopify/fulfil_order", "Mark as sent", "บันทึกการจัดส่ง")
        .about(
            "Marks what is left of an order as sent, or the lines that are given. A parcel with the same tracking number is \
             not made again.",
            "บันทึกการจัดส่งสินค้าที่เหลือทั้งหมด หรือเฉพาะรายการที่ระบุ จะไม่สร้างพัสดุซ้ำหากเลขพัสดุเดิมมีอยู่แล้ว",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(
            Field::new("lines", FieldKind::List(line), "Lines", "รายการ")
                .about("What is in the parcel. Empty: everything that is left.", "สินค้าที่อยู่ในพัสดุ หากเว้นว่างคือทั้งหมดที่เหลือ")
                .at_most(LINES_MAX as u64)
                .example(json!([{"sku": "TEA-100", "quantity": 1}])),
        )
        .field(terms::company())
        .field(terms::number())
        .field(terms::url())
        .field(
            Field::new("location", FieldKind::Record(super::lookup::LOCATION.into()), "Location", "สถานที่")
                .about("Only what is sent from there. Empty: from wherever it is.", "เฉพาะสินค้าที่ส่งจากสถานที่นี้ หากเว้นว่างจะไม่จำกัดสถานที่")
                .example("gid://shopify/Location/124656943"),
        )
        .field(terms::notify("The customer gets Shopify's message.", "ให้ Shopify ส่งข้อความแจ้งลูกค้า"))
        .example(
            json!({"order_id": "gid://shopify/Order/5551", "company": "Kerry Express", "number": "KEX0001", "notify": true}),
            json!({"fulfillments": [{"id": "gid://shopify/Fulfillment/255858046", "status": "SUCCESS"}], "already": false}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    if input.lines.len() > LINES_MAX {
        return Err(Error::Input {
            message: format!("there are more than {LINES_MAX} lines"),
            advice: "Split them over several parcels.".into(),
        });
    }
    let api = Api::open(cx)?;
    let order = read(&api, &input).await?;
    if let Some(done) = done(&order, &input) {
        return Ok(json!({"fulfillments": done, "already": true}));
    }
    let mut made = Vec::new();
    // All that goes into one call has to be at one location.
    for (_, shares) in order.shares(&input.lines, input.location.filled())? {
        made.push(send(&api, &input, &shares).await?);
    }
    Ok(json!({"fulfillments": made, "already": false}))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let order = read(&Api::open(cx)?, &input).await?;
    Ok(done(&order, &input).map(|done| json!({"fulfillments": done, "already": false})))
}

async fn read(api: &Api<'_>, input: &Input) -> Result<Order, Error> {
    let id = gid("Order", input.order_id.as_str());
    Order::read(&api.host(), plain(api.record(ORDER, json!({"id": id}), "order").await?))
}

/// The parcels, if nothing is left to be done: the one with this number, or all where everything was to be sent.
fn done(order: &Order, input: &Input) -> Option<Vec<Value>> {
    if input.lines.is_empty() {
        let all = order.parcels();
        return (!order.is_left(input.location.filled()) && !all.is_empty()).then_some(all);
    }
    let parcel = order.parcel_with(input.number.filled()?)?;
    Some(vec![parcel])
}

async fn send(api: &Api<'_>, input: &Input, shares: &[Share]) -> Result<Value, Error> {
    let fulfilment = json!({
        "lineItemsByFulfillmentOrder": shares.iter().map(Share::written).collect::<Vec<_>>(),
        "trackingInfo": tracking(&input.company, input.number.filled(), &input.url),
        "notifyCustomer": input.notify,
    });
    let mut told = api.change(FULFIL, &json!({"f": fulfilment}), "fulfillmentCreate").await?;
    Ok(told.get_mut("fulfillment").map(Value::take).unwrap_or_default())
}
