//! Records of a store to choose from: the statuses that orders may have, those of plugins included.

use super::api::{ASK_TIMEOUT, Api};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::Value;

pub const STATUS: &str = "order_status";

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    if wanted.kind != STATUS {
        return Err(Error::Input {
            message: format!("there are no records of the kind \"{}\" to choose from", wanted.kind),
            advice: "Write the record's id by hand.".into(),
        });
    }
    let api = Api::of(http, connection, ASK_TIMEOUT)?;
    let told = api.get("wc/v3/reports/orders/totals", &[]).await?;
    let rows = told.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = wanted.text.trim().to_lowercase();
    let is_wanted = |record: &Record| match &wanted.id {
        Some(id) => record.id == *id,
        None => record.label.to_lowercase().contains(&text) || record.detail.contains(&text),
    };
    // There are a dozen of them at most.
    Ok(Page {
        records: rows.iter().filter_map(record).filter(is_wanted).take(PAGE_MAX).collect(),
        next: None,
    })
}

fn record(row: &Value) -> Option<Record> {
    let slug = row.get("slug")?.as_str()?;
    let label = row.get("name").and_then(Value::as_str).unwrap_or(slug).to_owned();
    Some(Record { id: slug.into(), label, detail: slug.to_owned() })
}
