//! Prices and stock go to Lazada some SKUs at a time. Lazada refuses a call as a whole, so a refused one is cut in halves
//! until the SKU that it is about is found.

use super::api::{Api, VENDOR};
use super::sku::{self, Place};
use crate::pushed::{OnFailure, Pushed};
use connector::Error;
use http::Method;
use serde_json::Value;

/// Lazada takes 50 and advises 20.
const BATCH: usize = 20;

/// A SKU, and what is set of it, as XML.
pub struct Change {
    pub sku: String,
    pub own: String,
}

pub async fn push(
    api: &Api<'_>,
    path: &str,
    changes: &[Change],
    on_failure: OnFailure,
) -> Result<Value, Error> {
    let skus: Vec<&str> = changes.iter().map(|change| change.sku.as_str()).collect();
    let places = sku::find(api, &skus).await?;
    let mut pushed = Pushed::default();
    let mut known: Vec<(&str, String)> = Vec::new();
    for change in changes {
        match places.get(&change.sku) {
            Ok(place) => known.push((&change.sku, element(change, place))),
            Err(why) => pushed.unclear(&change.sku, why),
        }
    }
    let mut left: Vec<&[(&str, String)]> = known.chunks(BATCH).rev().collect();
    while let Some(batch) = left.pop() {
        let elements: Vec<String> = batch.iter().map(|(_, element)| element.clone()).collect();
        match api.ask(Method::POST, path, vec![("payload", sku::payload(&elements))]).await? {
            Ok(_) => pushed.took(batch.len()),
            Err(said) => match batch {
                [(sku, _)] => pushed.refused(sku, &said.code, &said.message),
                _ => {
                    let (first, second) = batch.split_at(batch.len() / 2);
                    left.extend([second, first]);
                }
            },
        }
    }
    pushed.tell(VENDOR, on_failure)
}

fn element(change: &Change, place: &Place) -> String {
    sku::element(&change.sku, place, &change.own)
}
