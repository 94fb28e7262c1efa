//! Prices and stock go to Shopee an item at a time, up to 50 of its models in one call.

use super::api::{Api, VENDOR};
use super::item::{self, Place};
use crate::market::{list, text_at};
use crate::pushed::{Found, OnFailure, Pushed, Unclear};
use crate::values::Id;
use connector::Error;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Models of one item in one call.
const BATCH: usize = 50;

/// A SKU, where it is if the flow knows, and what is set of it.
pub struct Change {
    pub sku: String,
    pub item_id: Id,
    pub model_id: Id,
    pub own: Value,
}

/// Which call, and under which name the models stand in it.
pub struct Way {
    pub path: &'static str,
    pub list: &'static str,
}

/// A model with its SKU, as it stands in a call.
type Row = (String, Value);

pub async fn push(
    api: &Api<'_>,
    way: &Way,
    changes: &[Change],
    on_failure: OnFailure,
) -> Result<Value, Error> {
    let mut pushed = Pushed::default();
    for (item_id, rows) in by_item(api, changes, &mut pushed).await? {
        for batch in rows.chunks(BATCH) {
            send(api, way, &item_id, batch, &mut pushed).await?;
        }
    }
    pushed.tell(VENDOR, on_failure)
}

async fn by_item(
    api: &Api<'_>,
    changes: &[Change],
    pushed: &mut Pushed,
) -> Result<BTreeMap<Id, Vec<Row>>, Error> {
    let unknown: Vec<&str> = changes
        .iter()
        .filter(|change| change.item_id.filled().is_none())
        .map(|change| change.sku.as_str())
        .collect();
    let places = item::find(api, &unknown).await?;
    let mut items: BTreeMap<Id, Vec<Row>> = BTreeMap::new();
    for change in changes {
        let (item_id, model_id) = match place(change, &places) {
            Ok(place) => place,
            Err(why) => {
                pushed.unclear(&change.sku, why);
                continue;
            }
        };
        let mut row = change.own.clone();
        row["model_id"] = Value::Number(model_id.number()?);
        items.entry(item_id).or_default().push((change.sku.clone(), row));
    }
    Ok(items)
}

fn place(change: &Change, places: &Found<Place>) -> Result<(Id, Id), Unclear> {
    let ids = match change.item_id.filled() {
        Some(_) => (Some(change.item_id.clone()), Id::read(change.model_id.filled().unwrap_or("0"))),
        None => {
            let found = places.get(&change.sku)?;
            (Id::read(&found.item_id), Id::read(&found.model_id))
        }
    };
    ids.0.zip(ids.1).ok_or(Unclear::Unknown)
}

/// A call may succeed and still hold failures.
async fn send(
    api: &Api<'_>,
    way: &Way,
    item_id: &Id,
    rows: &[Row],
    pushed: &mut Pushed,
) -> Result<(), Error> {
    let models: Vec<&Value> = rows.iter().map(|(_, row)| row).collect();
    let mut body = json!({"item_id": item_id.number()?});
    body[way.list] = json!(models);
    let told = match api.ask(way.path, body).await? {
        Ok(told) => told,
        Err(said) => {
            rows.iter().for_each(|(sku, _)| pushed.refused(sku, &said.code, &said.message));
            return Ok(());
        }
    };
    let failures = list(&told, "/failure_list");
    for (sku, row) in rows {
        let model = text_at(row, "/model_id");
        match failures.iter().find(|failure| text_at(failure, "/model_id") == model) {
            Some(failure) => pushed.refused(sku, "failed", &text_at(failure, "/failed_reason")),
            None => pushed.took(1),
        }
    }
    Ok(())
}
