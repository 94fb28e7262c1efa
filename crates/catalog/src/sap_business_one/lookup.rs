//! Records of SAP Business One to choose from.

use super::api::Api;
use crate::odata::{Query, quoted};
use crate::office::{self, CUSTOMER, ITEM, WAREHOUSE};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::Value;

/// One kind of record: where it is, its key, and what people know it by.
struct Kind {
    name: &'static str,
    entity: &'static str,
    key: &'static str,
    label: &'static str,
    only: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: CUSTOMER,
        entity: "BusinessPartners",
        key: "CardCode",
        label: "CardName",
        only: "CardType eq 'cCustomer'",
    },
    Kind { name: ITEM, entity: "Items", key: "ItemCode", label: "ItemName", only: "" },
    Kind { name: WAREHOUSE, entity: "Warehouses", key: "WarehouseCode", label: "WarehouseName", only: "" },
];

pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    let kind = KINDS
        .iter()
        .find(|kind| kind.name == wanted.kind)
        .ok_or_else(|| office::lacks("such kind of record"))?;
    let api = Api::new(http, connection)?;
    let from = wanted.after.as_deref().and_then(|after| after.parse::<usize>().ok()).unwrap_or_default();
    // One more than is told: whether there is a next page.
    let query = Query {
        entity: kind.entity,
        select: &format!("{},{}", kind.key, kind.label),
        filter: filter(&api, kind, wanted),
        order: kind.key,
        skip: from,
        most: PAGE_MAX + 1,
        ..Query::default()
    };
    let mut rows = api.search(&query).await?;
    let next = (rows.len() > PAGE_MAX).then(|| (from + PAGE_MAX).to_string());
    rows.truncate(PAGE_MAX);
    Ok(Page { records: rows.iter().map(|row| record(kind, row)).collect(), next })
}

fn filter(api: &Api<'_>, kind: &Kind, wanted: &Wanted) -> String {
    let holds = |field: &str, text: &str| match api.is_v1() {
        true => format!("substringof({},{field})", quoted(text)),
        false => format!("contains({field},{})", quoted(text)),
    };
    let asked = match (&wanted.id, wanted.text.trim()) {
        (Some(id), _) => {
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            format!("{} eq {}", kind.key, quoted(&id))
        }
        (None, "") => String::new(),
        (None, text) => format!("({} or {})", holds(kind.label, text), holds(kind.key, text)),
    };
    let terms = [kind.only, asked.as_str()];
    terms.into_iter().filter(|term| !term.is_empty()).collect::<Vec<_>>().join(" and ")
}

fn record(kind: &Kind, row: &Value) -> Record {
    let (key, label) = (office::text(row, kind.key), office::text(row, kind.label));
    let label = if label.is_empty() { key } else { label };
    let detail = if label == key { "" } else { key };
    Record { id: key.into(), label: label.into(), detail: detail.into() }
}
