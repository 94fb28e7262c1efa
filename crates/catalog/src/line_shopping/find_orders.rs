//! `line_shopping/find_orders`: orders by when they changed and how they stand.
//!
//! LINE's own filters by status name other states than its answers do, so that they are compared here.

use super::api::{Api, PAGE_MAX, is_last, rows, text};
use super::words;
use crate::since::{iso, read_iso};
use crate::values;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT_DEFAULT: u64 = 100;
const LIMIT_MAX: u64 = 500;
/// Pages that one step looks through.
const PAGES_MAX: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Input {
    #[serde(deserialize_with = "values::text")]
    changed_from: String,
    #[serde(deserialize_with = "values::text")]
    changed_to: String,
    #[serde(deserialize_with = "values::text")]
    search: String,
    #[serde(deserialize_with = "values::text")]
    order_status: String,
    #[serde(deserialize_with = "values::text")]
    payment_status: String,
    with_items: bool,
    #[serde(deserialize_with = "values::whole")]
    limit: Option<u64>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let (mut found, more) = look(&api, &input, |row| input.fits(row)).await?;
    if input.with_items {
        for order in &mut found {
            *order = api.order(text(order, "orderNumber")).await?;
        }
    }
    Ok(json!({"orders": found, "more": more}))
}

/// The orders that fit, and whether there are more than the limit or than one step looks through.
pub async fn look(
    api: &Api<'_>,
    input: &Input,
    fits: impl Fn(&Value) -> bool,
) -> Result<(Vec<Value>, bool), Error> {
    let limit = usize::try_from(input.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX)).unwrap_or(PAGE_MAX);
    let (mut found, mut more) = (Vec::new(), false);
    for number in 1..=PAGES_MAX {
        let pairs = pairs(input, number)?;
        let query: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = api.get("/orders", &query).await?;
        more = !is_last(&page, number);
        found.extend(rows(&page)?.iter().filter(|row| fits(row)).cloned());
        if !more || found.len() >= limit {
            break;
        }
    }
    more |= found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

impl Input {
    fn fits(&self, row: &Value) -> bool {
        let one =
            |wanted: &str, name: &str| wanted.is_empty() || text(row, name).eq_ignore_ascii_case(wanted);
        one(&self.order_status, "orderStatus") && one(&self.payment_status, "paymentStatus")
    }
}

type Pair = (&'static str, String);

fn pairs(input: &Input, number: usize) -> Result<Vec<Pair>, Error> {
    let mut pairs = vec![
        ("sortBy", "UPDATED_AT".to_owned()),
        ("orderBy", "ASC".to_owned()),
        ("page", number.to_string()),
        ("perPage", PAGE_MAX.to_string()),
    ];
    for (name, given) in [("startAt", &input.changed_from), ("endAt", &input.changed_to)] {
        if !given.is_empty() {
            pairs.push((name, iso(read_iso(given).ok_or_else(|| not_a_time(given))?)));
        }
    }
    if !input.search.is_empty() {
        pairs.push(("search", input.search.clone()));
    }
    Ok(pairs)
}

fn not_a_time(given: &str) -> Error {
    Error::Input {
        message: format!("\"{}\" is not a time", connector::http::shorten(given)),
        advice: "Write it as 2026-11-20T00:00:00+07:00.".into(),
    }
}

pub fn changed_from() -> Field {
    Field::new("changed_from", FieldKind::Text, "Changed from", "เปลี่ยนแปลงตั้งแต่")
        .about("The earliest change.", "เวลาเปลี่ยนแปลงแรกสุด")
        .example("2026-01-05T00:00:00+07:00")
}

pub fn changed_to() -> Field {
    Field::new("changed_to", FieldKind::Text, "Changed until", "เปลี่ยนแปลงถึง")
        .about("The latest change.", "เวลาเปลี่ยนแปลงล่าสุด")
        .example("2026-01-06T00:00:00+07:00")
}

pub fn limit() -> Field {
    Field::new("limit", FieldKind::Number, "At most", "จำนวนสูงสุด")
        .about("Orders in one step.", "จำนวนคำสั่งซื้อต่อหนึ่งขั้นตอน")
        .default(LIMIT_DEFAULT)
        .at_least(1)
        .at_most(LIMIT_MAX)
        .example(LIMIT_DEFAULT)
}

pub fn spec() -> OperationSpec {
    let text = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th);
    OperationSpec::action("line_shopping/find_orders", "Find orders", "ค้นหาคำสั่งซื้อ")
        .about(
            "Finds orders by when they changed, by words and by status, the oldest change first.",
            "ค้นหาคำสั่งซื้อตามเวลาที่เปลี่ยนแปลง ข้อความ และสถานะ เรียงจากเก่าไปใหม่",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(changed_from())
        .field(changed_to())
        .field(
            text("search", "Search", "ค้นหา")
                .about("A part of the order's number or of the buyer's name.", "ส่วนหนึ่งของเลขคำสั่งซื้อหรือชื่อผู้ซื้อ")
                .at_most(200)
                .example("สมชาย"),
        )
        .field(
            text("order_status", "Order status", "สถานะคำสั่งซื้อ")
                .about("FINALIZED, COMPLETED, EXPIRED or CANCELED.", "FINALIZED, COMPLETED, EXPIRED หรือ CANCELED")
                .example("FINALIZED"),
        )
        .field(
            text("payment_status", "Payment status", "สถานะการชำระเงิน")
                .about("Such as PAID, PENDING or PENDING_REFUND.", "เช่น PAID, PENDING หรือ PENDING_REFUND")
                .example("PAID"),
        )
        .field(
            Field::new("with_items", FieldKind::Bool, "With items", "พร้อมสินค้า")
                .about(
                    "Reads each order with its items: one call more for each.",
                    "อ่านคำสั่งซื้อพร้อมสินค้า โดยเรียก API เพิ่มหนึ่งครั้งต่อรายการ",
                )
                .default(false)
                .example(true),
        )
        .field(limit())
        .example(
            json!({"changed_from": "2026-01-05T00:00:00+07:00", "payment_status": "PAID"}),
            json!({"orders": [{"orderNumber": words::ORDER, "orderStatus": "FINALIZED", "paymentStatus": "PAID",
                               "totalPrice": 628}], "more": false}),
        )
}
