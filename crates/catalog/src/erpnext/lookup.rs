//! Records of ERPNext to choose from.

use super::api::{Api, Query};
use crate::office::{self, CUSTOMER, ITEM, WAREHOUSE};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::{Value, json};

/// One kind of record: the document, and what people know it by besides its name.
struct Kind {
    name: &'static str,
    document: &'static str,
    label: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind { name: CUSTOMER, document: "Customer", label: "customer_name" },
    Kind { name: ITEM, document: "Item", label: "item_name" },
    Kind { name: WAREHOUSE, document: "Warehouse", label: "warehouse_name" },
];

pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    let kind = KINDS
        .iter()
        .find(|kind| kind.name == wanted.kind)
        .ok_or_else(|| office::lacks("such kind of record"))?;
    let from = wanted.after.as_deref().and_then(|after| after.parse::<usize>().ok()).unwrap_or_default();
    let filters = match (&wanted.id, wanted.text.trim()) {
        (Some(id), _) => json!([["name", "=", id]]),
        (None, "") => json!([]),
        (None, text) => json!([[kind.label, "like", format!("%{text}%")]]),
    };
    // One more than is told: whether there is a next page.
    let fields = ["name", kind.label];
    let query =
        Query { kind: kind.document, fields: &fields, filters, order: "name asc", from, most: PAGE_MAX + 1 };
    let mut rows = Api::new(http, connection)?.list(&query).await?;
    let next = (rows.len() > PAGE_MAX).then(|| (from + PAGE_MAX).to_string());
    rows.truncate(PAGE_MAX);
    Ok(Page { records: rows.iter().map(|row| record(kind, row)).collect(), next })
}

fn record(kind: &Kind, row: &Value) -> Record {
    let (name, label) = (office::text(row, "name"), office::text(row, kind.label));
    let label = if label.is_empty() { name } else { label };
    let detail = if label == name { "" } else { name };
    Record { id: name.into(), label: label.into(), detail: detail.into() }
}
