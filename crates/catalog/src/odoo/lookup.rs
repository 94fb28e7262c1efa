//! Records of Odoo to choose from: customers, warehouses, locations and products.

use super::failure::nothing_done;
use super::order::RecordId;
use super::rpc::{Rpc, Sessions};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use model::Span;
use serde_json::{Map, Value, json};

/// A person waits for the answer.
const TIMEOUT: Span = Span::from_secs(10);

pub const CUSTOMER: &str = "customer";
pub const WAREHOUSE: &str = "warehouse";
pub const LOCATION: &str = "location";
pub const PRODUCT: &str = "product";

/// One kind of record: where it is, what people search it by, and what is told of it.
struct Kind {
    name: &'static str,
    model: &'static str,
    searched: &'static [&'static str],
    told: &'static [&'static str],
}

const KINDS: [Kind; 4] = [
    Kind {
        name: CUSTOMER,
        model: "res.partner",
        searched: &["name", "ref", "email", "vat"],
        told: &["ref", "email", "city"],
    },
    Kind { name: WAREHOUSE, model: "stock.warehouse", searched: &["name", "code"], told: &["code"] },
    Kind {
        name: LOCATION,
        model: "stock.location",
        searched: &["complete_name"],
        told: &["complete_name", "usage"],
    },
    Kind {
        name: PRODUCT,
        model: "product.product",
        searched: &["default_code", "name"],
        told: &["default_code", "barcode"],
    },
];

pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

pub async fn look_up(
    http: &Http,
    connection: &Connection,
    sessions: &Sessions,
    wanted: &Wanted,
) -> Result<Page, Error> {
    let kind = KINDS.iter().find(|kind| kind.name == wanted.kind).ok_or_else(|| mistake("kind"))?;
    // A text that is no number is nobody's id, and Odoo would fail over it.
    let id = wanted.id.as_ref().map(|id| serde_json::from_value::<RecordId>(id.clone()));
    if matches!(id, Some(Err(_))) {
        return Ok(Page::default());
    }
    let from = match &wanted.after {
        Some(after) => after.parse::<usize>().map_err(|_| mistake("place to go on from"))?,
        None => 0,
    };
    let rpc = Rpc::open(http, connection, sessions, TIMEOUT).await?;
    let fields: Vec<&str> = ["name"].iter().chain(kind.told).copied().collect();
    // One more than is told: whether there is a next page.
    let named = json!({"fields": fields, "offset": from, "limit": PAGE_MAX + 1, "order": "name, id"});
    let first = ("domain", domain(kind, id.and_then(|id| id.ok()?.0), wanted.text.trim()));
    let mut rows: Vec<Map<String, Value>> =
        rpc.call(kind.model, "search_read", first, named).await.map_err(nothing_done)?;
    let next = (rows.len() > PAGE_MAX).then(|| (from + PAGE_MAX).to_string());
    rows.truncate(PAGE_MAX);
    Ok(Page { records: rows.iter().filter_map(|row| record(kind, row)).collect(), next })
}

fn domain(kind: &Kind, id: Option<i64>, text: &str) -> Value {
    if let Some(id) = id {
        return json!([["id", "=", id]]);
    }
    if text.is_empty() {
        return json!([]);
    }
    let either = std::iter::repeat_n(json!("|"), kind.searched.len() - 1);
    either.chain(kind.searched.iter().map(|field| json!([field, "ilike", text]))).collect()
}

/// What is empty comes as `false`.
fn record(kind: &Kind, row: &Map<String, Value>) -> Option<Record> {
    let text = |field: &&str| row.get(*field).and_then(Value::as_str).filter(|text| !text.is_empty());
    let detail = kind.told.iter().filter_map(text).collect::<Vec<_>>().join(" · ");
    let id = row.get("id")?.clone();
    let label = text(&"name").map_or_else(|| format!("#{id}"), str::to_owned);
    Some(Record { id, label, detail })
}

fn mistake(what: &str) -> Error {
    Error::Input {
        message: format!("Odoo is not asked: the {what} is not known here"),
        advice: "Search again, or write the record's id by hand.".into(),
    }
}
