//! Records of Tryton to choose from.

use super::rpc::{Rpc, id};
use crate::office::{self, CUSTOMER, ITEM, WAREHOUSE};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::{Value, json};

/// One kind of record, and what it has to meet.
const KINDS: [(&str, &str, Option<[&str; 3]>); 3] = [
    (CUSTOMER, "party.party", None),
    (ITEM, "product.product", None),
    (WAREHOUSE, "stock.location", Some(["type", "=", "warehouse"])),
];

pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.0).collect()
}

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    let kind = KINDS.iter().find(|kind| kind.0 == wanted.kind);
    let (_, model, only) = kind.ok_or_else(|| office::lacks("such kind of record"))?;
    let from = wanted.after.as_deref().and_then(|after| after.parse::<usize>().ok()).unwrap_or_default();
    let mut domain: Vec<Value> = only.iter().map(|only| json!(only)).collect();
    match (&wanted.id, wanted.text.trim()) {
        (Some(id), _) => domain.push(json!(["id", "=", id])),
        (None, "") => {}
        (None, text) => domain.push(json!(["rec_name", "ilike", format!("%{text}%")])),
    }
    let order = json!([["id", "ASC"]]);
    // One more than is told: whether there is a next page.
    let params =
        vec![domain.into(), from.into(), (PAGE_MAX + 1).into(), order, json!(["id", "rec_name", "code"])];
    let told = Rpc::new(http, connection)?.call(&format!("{model}.search_read"), params).await?;
    let mut rows = super::rpc::rows(told)?;
    let next = (rows.len() > PAGE_MAX).then(|| (from + PAGE_MAX).to_string());
    rows.truncate(PAGE_MAX);
    let record = |row: &Value| Record {
        id: id(row).into(),
        label: office::text(row, "rec_name").into(),
        detail: office::text(row, "code").into(),
    };
    Ok(Page { records: rows.iter().map(record).collect(), next })
}
