//! Records of Shopee to choose from: warehouses, shipping channels, pickup addresses.

use super::api::Api;
use crate::market::{list, text_at, text_of};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::Value;

pub const WAREHOUSE: &str = "warehouse";
pub const CHANNEL: &str = "channel";
pub const ADDRESS: &str = "address";

/// Where one kind of record is, and what people know it by.
struct Kind {
    name: &'static str,
    path: &'static str,
    list: &'static str,
    id: &'static str,
    label: &'static str,
    detail: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: WAREHOUSE,
        path: "shop/get_warehouse_detail",
        list: "",
        id: "location_id",
        label: "warehouse_name",
        detail: "address",
    },
    Kind {
        name: CHANNEL,
        path: "logistics/get_channel_list",
        list: "/logistics_channel_list",
        id: "logistics_channel_id",
        label: "logistics_channel_name",
        detail: "logistics_description",
    },
    Kind {
        name: ADDRESS,
        path: "logistics/get_address_list",
        list: "/address_list",
        id: "address_id",
        label: "address",
        detail: "zipcode",
    },
];

pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    let kind = KINDS.iter().find(|kind| kind.name == wanted.kind).ok_or_else(|| {
        crate::market::mistake("Shopee has no records of this kind", "Write the record's id by hand.")
    })?;
    let told = Api::new(http, connection).get(kind.path, Vec::new()).await?;
    let records = list(&told, kind.list).iter().filter_map(|row| record(kind, row));
    let records = records.filter(|record| is_wanted(record, wanted)).take(PAGE_MAX).collect();
    Ok(Page { records, next: None })
}

fn record(kind: &Kind, row: &Value) -> Option<Record> {
    let id = row.get(kind.id).filter(|id| !text_of(id).is_empty())?.clone();
    let text = |name: &str| text_at(row, &format!("/{name}"));
    let label = Some(text(kind.label)).filter(|label| !label.is_empty()).unwrap_or_else(|| text_of(&id));
    Some(Record { id, label, detail: text(kind.detail) })
}

fn is_wanted(record: &Record, wanted: &Wanted) -> bool {
    let text = wanted.text.trim().to_lowercase();
    let by_text =
        [&record.label, &text_of(&record.id)].iter().any(|known| known.to_lowercase().contains(&text));
    wanted.id.as_ref().map_or(by_text, |id| text_of(id) == text_of(&record.id))
}
