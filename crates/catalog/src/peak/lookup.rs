//! Ways to be paid, to choose from.

use super::api::{Api, PAYMENT_METHODS};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::Value;

pub const PAYMENT_METHOD: &str = "payment_method";

pub async fn payment_methods(api: &Api<'_>) -> Result<Vec<Value>, Error> {
    Ok(api.get(PAYMENT_METHODS, &[], &[]).await?)
}

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    if wanted.kind != PAYMENT_METHOD {
        return Err(Error::Input {
            message: format!("PEAK is not asked: there are no records of the kind \"{}\"", wanted.kind),
            advice: "Write the record's id by hand.".into(),
        });
    }
    let all = payment_methods(&Api::new(http, connection)?).await?;
    let text = wanted.text.trim().to_lowercase();
    let fits = |record: &Record| {
        let by_id = wanted.id.as_ref().is_none_or(|id| *id == record.id);
        by_id && format!("{} {}", record.label, record.detail).to_lowercase().contains(&text)
    };
    Ok(Page { records: all.iter().filter_map(record).filter(fits).take(PAGE_MAX).collect(), next: None })
}

fn record(method: &Value) -> Option<Record> {
    let text = |name: &str| method.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Record { id: method.get("id")?.clone(), label: text("name"), detail: text("code") })
}
