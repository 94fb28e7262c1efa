//! `shopify/fulfil_order`: marks an order as sent, whole or in part, with its tracking number.

use super::api::{Api, gid, plain};
use super::parcel::{self, Order, Share};
use super::set_tracking::tracking;
use super::shipment::{self, Note, Standing};
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
    /// The shipment's own number.
    #[serde(default)]
    pub reference: Text,
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

/// A part that was sent without a tracking number, and of a shipment that nobody named, looks like any other such part.
pub fn effect(input: &Value) -> EffectRule {
    let is_given = |name: &str| match input.get(name) {
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::String(text)) => !text.trim().is_empty(),
        other => other.is_some_and(|value| !value.is_null()),
    };
    let is_known = is_given("number") || is_given("reference");
    if is_given("lines") && !is_known { EffectRule::Ask } else { EffectRule::Probe }
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
            "Marks what is left of an order as sent, or the lines that are given. A shipment with the same reference is not sent again, and a \
             parcel with the same tracking number is not made again.",
            "บันทึกการจัดส่งสินค้าที่เหลือทั้งหมด หรือเฉพาะรายการที่ระบุ จะไม่บันทึกการจัดส่งซ้ำหากเลขอ้างอิงเดิมมีอยู่แล้ว และไม่สร้างพัสดุซ้ำหากเลขพัสดุเดิมมีอยู่แล้ว",
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
        .field(
            Field::new("reference", FieldKind::Text, "Shipment's number", "เลขที่การจัดส่ง")
                .about(
                    "The back office's own number of the shipment: a second event of it finds the first parcel, also where neither has a \
                     tracking number. It is kept with the order in a metafield (namespace khlong).",
                    "เลขที่การจัดส่งของระบบหลังบ้าน หากเหตุการณ์เดิมมาซ้ำจะพบพัสดุแรก แม้ไม่มีเลขพัสดุ เก็บไว้ใน metafield ของคำสั่งซื้อ (เนมสเปซ khlong)",
                )
                .example("WH/OUT/00210"),
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
            json!({
                "order_id": "gid://shopify/Order/5551", "lines": [{"sku": "TEA-100", "quantity": 1}], "reference": "WH/OUT/00210",
                "company": "Kerry Express", "number": "KEX0001", "notify": true
            }),
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
    let standing = standing(&order, &input)?;
    if let Some(done) = done(&order, &input, &standing) {
        note(&api, &order, &standing, &done).await?;
        return Ok(json!({"fulfillments": done, "already": true}));
    }
    let shares = order.shares(&input.lines, input.location.filled())?;
    let standing = begin(&api, &order, &input, standing).await?;
    let mut made = match &standing {
        Standing::Begun(_, since) => since.clone(),
        _ => Vec::new(),
    };
    // All that goes into one call has to be at one location.
    for shares in shares.values() {
        made.push(send(&api, &input, shares).await?);
    }
    note(&api, &order, &standing, &made).await?;
    Ok(json!({"fulfillments": made, "already": false}))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let order = read(&Api::open(cx)?, &input).await?;
    let standing = standing(&order, &input)?;
    Ok(done(&order, &input, &standing).map(|done| json!({"fulfillments": done, "already": false})))
}

async fn read(api: &Api<'_>, input: &Input) -> Result<Order, Error> {
    let id = gid("Order", input.order_id.as_str());
    let query = parcel::query(input.reference.filled().is_some());
    Order::read(&api.host(), plain(api.record(&query, json!({"id": id}), "order").await?))
}

/// How far the shipment is that is named; one that is not named is always new.
fn standing(order: &Order, input: &Input) -> Result<Standing, Error> {
    match input.reference.filled() {
        Some(reference) => order.standing(reference, !input.lines.is_empty(), input.number.filled()),
        None => Ok(Standing::New),
    }
}

/// The parcels, if nothing is left to be done: those of the shipment, the one with this number, or all where everything was to be
/// sent.
fn done(order: &Order, input: &Input, standing: &Standing) -> Option<Vec<Value>> {
    let is_left = order.is_left(input.location.filled());
    // Parcels of several locations are made one by one.
    let is_begun = input.lines.is_empty() && is_left;
    match standing {
        Standing::Sent(parcels) => return Some(parcels.clone()),
        Standing::Begun(_, since) if !since.is_empty() && !is_begun => return Some(since.clone()),
        _ => {}
    }
    if input.lines.is_empty() {
        let all = order.parcels();
        return (!is_left && !all.is_empty()).then_some(all);
    }
    let parcel = order.parcel_with(input.number.filled()?)?;
    Some(vec![parcel])
}

/// Notes a shipment before its parcel is made.
async fn begin(api: &Api<'_>, order: &Order, input: &Input, standing: Standing) -> Result<Standing, Error> {
    let (Standing::New, Some(reference)) = (&standing, input.reference.filled()) else {
        return Ok(standing);
    };
    let note = Note::begun(reference, order);
    note.write(api, order.id()).await?;
    Ok(Standing::Begun(note, Vec::new()))
}

/// Notes which parcels a shipment came to.
async fn note(api: &Api<'_>, order: &Order, standing: &Standing, parcels: &[Value]) -> Result<(), Error> {
    let Standing::Begun(note, _) = standing else { return Ok(()) };
    let whole = Note { parcels: shipment::ids(parcels), ..note.clone() };
    whole.write(api, order.id()).await
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
