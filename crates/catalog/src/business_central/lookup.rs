//! Records of Business Central to choose from.

use super::api::Api;
use crate::odata::{Query, quoted};
use crate::office::{self, CUSTOMER, ITEM, WAREHOUSE};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::Value;

/// One kind of record: where it is, and its key.
struct Kind {
    name: &'static str,
    entity: &'static str,
    key: &'static str,
}

const LABEL: &str = "displayName";
const KINDS: [Kind; 3] = [
    Kind { name: CUSTOMER, entity: "customers", key: "number" },
    Kind { name: ITEM, entity: "items", key: "number" },
    Kind { name: WAREHOUSE, entity: "locations", key: "code" },
];

pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    let kind = KINDS
        .iter()
        .find(|kind| kind.name == wanted.kind)
        .ok_or_else(|| office::lacks("such kind of record"))?;
    let api = Api::open(http, connection).await?;
    let from = wanted.after.as_deref().and_then(|after| after.parse::<usize>().ok()).unwrap_or_default();
    let select = format!("id,{},{LABEL}", kind.key);
    // One more than is told: whether there is a next page.
    let query = Query {
        entity: kind.entity,
        select: &select,
        filter: filter(kind, wanted),
        order: kind.key,
        skip: from,
        most: PAGE_MAX + 1,
        ..Query::default()
    };
    let mut rows = api.list(&query).await?;
    let next = (rows.len() > PAGE_MAX).then(|| (from + PAGE_MAX).to_string());
    rows.truncate(PAGE_MAX);
    Ok(Page { records: rows.iter().map(|row| record(kind, row)).collect(), next })
}

/// Filters tell large letters from small ones, and a filter may name one field only: people write the beginning of a name.
fn filter(kind: &Kind, wanted: &Wanted) -> String {
    match (&wanted.id, wanted.text.trim()) {
        (Some(id), _) => {
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            format!("{} eq {}", kind.key, quoted(&id))
        }
        (None, "") => String::new(),
        (None, text) => format!("contains({LABEL},{})", quoted(text)),
    }
}

fn record(kind: &Kind, row: &Value) -> Record {
    let (key, label) = (office::text(row, kind.key), office::text(row, LABEL));
    let label = if label.is_empty() { key } else { label };
    let detail = if label == key { "" } else { key };
    Record { id: key.into(), label: label.into(), detail: detail.into() }
}
