//! `woocommerce/fulfil_order`: keeps a parcel with its tracking number, and completes the order.

use super::api::{Api, order};
use super::parcel::{self, Parcel, Way};
use super::terms;
use super::update_order_status::set;
use crate::values::{Filled, Text, Whole, or_default};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const LINES_MAX: usize = 100;
const COMPLETED: &str = "completed";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    #[serde(default)]
    pub way: Way,
    #[serde(default)]
    pub company: Text,
    pub number: Filled,
    #[serde(default)]
    pub url: Text,
    #[serde(default, deserialize_with = "or_default")]
    pub lines: Vec<Line>,
    #[serde(default = "yes")]
    pub complete: bool,
    #[serde(default = "yes")]
    pub notify: bool,
}

#[derive(Debug, Deserialize)]
pub struct Line {
    pub sku: Filled,
    pub quantity: Whole,
}

fn yes() -> bool {
    true
}

pub fn spec() -> OperationSpec {
    let line = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("The SKU of a line of the order.", "รหัสสินค้าของรายการในคำสั่งซื้อ")
            .required()
            .example("ABC-1"),
        Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
            .about("How many of it are in this parcel.", "จำนวนที่อยู่ในพัสดุนี้")
            .required()
            .at_least(1)
            .at_most(1_000_000)
            .example(1),
    ];
    OperationSpec::action("woocommerce/fulfil_order", "Mark as sent", "บันทึกการจัดส่ง")
        .about(
            "Keeps the parcel's number at the order, and completes the order once everything was sent. A parcel with the same \
             number is not kept again.",
            "บันทึกเลขพัสดุไว้ในคำสั่งซื้อ และเปลี่ยนสถานะเป็นเสร็จสมบูรณ์เมื่อจัดส่งครบ จะไม่บันทึกซ้ำหากมีเลขพัสดุนี้อยู่แล้ว",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(terms::way())
        .field(terms::company())
        .field(terms::number())
        .field(terms::url())
        .field(
            Field::new("lines", FieldKind::List(line), "Lines", "รายการ")
                .about(
                    "What is in the parcel, where an order is sent in parts; only the store's own parcels know that. Empty: \
                     everything that is left.",
                    "สินค้าที่อยู่ในพัสดุเมื่อแบ่งส่ง ใช้ได้เฉพาะระบบจัดส่งของร้าน หากเว้นว่างคือทั้งหมดที่เหลือ",
                )
                .at_most(LINES_MAX as u64)
                .example(json!([{"sku": "ABC-1", "quantity": 1}])),
        )
        .field(
            Field::new("complete", FieldKind::Bool, "Complete the order", "เปลี่ยนเป็นเสร็จสมบูรณ์")
                .about("Sets the order's status once nothing is left to be sent.", "เปลี่ยนสถานะคำสั่งซื้อเมื่อจัดส่งครบแล้ว")
                .default(true)
                .example(true),
        )
        .field(terms::notify())
        .example(
            json!({"order_id": "727", "company": "Flash Express", "number": "TH0001"}),
            json!({"parcel": {"id": 281, "number": "TH0001"}, "already": false, "completed": true}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    if input.lines.len() > LINES_MAX {
        return Err(mistake(&format!("there are more than {LINES_MAX} lines")));
    }
    if !input.lines.is_empty() && input.way != Way::Fulfillments {
        return Err(mistake("only the store's own parcels know of lines"));
    }
    let api = Api::open(cx)?;
    let parcel = parcel(&input);
    let (found, mut kept) = (api.get(&order(parcel.order_id)?, &[]).await?, parcel.kept(&api).await?);
    let there = parcel.among(&kept);
    let already = there.is_some();
    let told = match there {
        Some(told) => told,
        None => {
            let items = items(&input, &found, &kept)?;
            let told = parcel.keep(&api, &items).await?;
            kept.push(with_items(&items));
            told
        }
    };
    let completes = input.complete && is_all(&input, &found, &kept);
    if completes && found["status"] != COMPLETED {
        set(&api, parcel.order_id, COMPLETED).await?;
    }
    Ok(json!({"parcel": told, "already": already, "completed": completes}))
}

/// Done is what is kept, and completed where it is to be.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::open(cx)?;
    let parcel = parcel(&input);
    let (found, kept) = (api.get(&order(parcel.order_id)?, &[]).await?, parcel.kept(&api).await?);
    let Some(told) = parcel.among(&kept) else { return Ok(None) };
    let completes = input.complete && is_all(&input, &found, &kept);
    let is_done = !completes || found["status"] == COMPLETED;
    Ok(is_done.then(|| json!({"parcel": told, "already": false, "completed": completes})))
}

fn parcel(input: &Input) -> Parcel<'_> {
    Parcel {
        order_id: input.order_id.as_str(),
        way: input.way,
        company: &input.company,
        number: input.number.as_str(),
        url: &input.url,
        notify: input.notify,
    }
}

/// The lines of an order: id, SKU and how many of it are left.
fn left(found: &Value, kept: &[Value]) -> Vec<(u64, String, i64)> {
    let lines = found["line_items"].as_array().into_iter().flatten();
    let line = |line: &Value| {
        let id = line["id"].as_u64()?;
        let left = line["quantity"].as_i64()?.saturating_sub(parcel::sent(kept, id));
        Some((id, line["sku"].as_str().unwrap_or_default().to_owned(), left))
    };
    lines.filter_map(line).collect()
}

fn items(input: &Input, found: &Value, kept: &[Value]) -> Result<Vec<(u64, i64)>, Error> {
    if input.way != Way::Fulfillments {
        return Ok(Vec::new());
    }
    let mut left = left(found, kept);
    if input.lines.is_empty() {
        return Ok(left.into_iter().filter(|line| line.2 > 0).map(|(id, _, left)| (id, left)).collect());
    }
    let mut items = Vec::with_capacity(input.lines.len());
    for wanted in &input.lines {
        let (sku, quantity) = (wanted.sku.as_str(), wanted.quantity.0);
        match left.iter_mut().find(|(_, known, left)| known == sku && *left >= quantity) {
            Some((id, _, left)) => {
                *left -= quantity;
                items.push((*id, quantity));
            }
            None => {
                return Err(Error::Refused {
                    message: format!("{quantity} of {sku} are not left to be sent"),
                    advice: "Compare the order and its parcels in the store, then retry.".into(),
                });
            }
        }
    }
    Ok(items)
}

fn with_items(items: &[(u64, i64)]) -> Value {
    let items: Vec<Value> = items.iter().map(|(id, qty)| json!({"item_id": id, "qty": qty})).collect();
    json!({"meta_data": [{"key": "_items", "value": items}]})
}

fn is_all(input: &Input, found: &Value, kept: &[Value]) -> bool {
    input.way != Way::Fulfillments || left(found, kept).iter().all(|line| line.2 <= 0)
}

fn mistake(message: &str) -> Error {
    Error::Input {
        message: message.to_owned(),
        advice: "Correct the node or the data before it, then retry.".into(),
    }
}
