//! Records of Lazada to choose from: the shop's warehouses.

use super::api::Api;
use crate::market::{list, text_of};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::Value;

pub const WAREHOUSE: &str = "warehouse";

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    if wanted.kind != WAREHOUSE {
        return Err(crate::market::mistake(
            "Lazada has no records of this kind",
            "Write the record's id by hand.",
        ));
    }
    let api = Api::new(http, connection);
    let data = api.get("/seller/warehouse/get", vec![("addressTypes", "[\"warehouse\"]".to_owned())]).await?;
    let records = warehouses(&data).iter().filter_map(record).filter(|record| is_wanted(record, wanted));
    Ok(Page { records: records.take(PAGE_MAX).collect(), next: None })
}

/// The list itself, or where newer answers keep it.
fn warehouses(data: &Value) -> &[Value] {
    let places = ["", "/module", "/warehouses", "/data"];
    places.iter().map(|place| list(data, place)).find(|list| !list.is_empty()).unwrap_or_default()
}

fn record(row: &Value) -> Option<Record> {
    let first = |names: &[&str]| {
        names.iter().find_map(|name| row.get(*name).map(text_of).filter(|text| !text.is_empty()))
    };
    let code = first(&["code", "warehouseCode", "warehouse_code"])?;
    let label = first(&["name", "warehouseName", "warehouse_name"]).unwrap_or_else(|| code.clone());
    let detail = first(&["detailAddress", "address"]).unwrap_or_else(|| code.clone());
    Some(Record { id: code.into(), label, detail })
}

fn is_wanted(record: &Record, wanted: &Wanted) -> bool {
    let text = wanted.text.trim().to_lowercase();
    let by_text =
        record.label.to_lowercase().contains(&text) || text_of(&record.id).to_lowercase().contains(&text);
    wanted.id.as_ref().map_or(by_text, |id| *id == record.id)
}
