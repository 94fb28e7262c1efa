//! Prices and stock go to TikTok Shop a product at a time, up to 100 of its SKUs in one call.

use super::api::{Api, VENDOR};
use crate::market::{Said, list, text_at, text_of};
use crate::pushed::{OnFailure, Pushed};
use connector::Error;
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// SKUs of one product in one call.
const BATCH: usize = 100;

/// What is set of a SKU, as it stands in the call.
pub struct Change {
    pub sku: String,
    pub product_id: String,
    pub sku_id: String,
    pub own: Value,
}

/// `what` is the end of the path: `inventory` or `prices`.
pub async fn push(
    api: &Api<'_>,
    what: &str,
    changes: Vec<Change>,
    mut pushed: Pushed,
    on_failure: OnFailure,
) -> Result<Value, Error> {
    let mut products: BTreeMap<String, Vec<Change>> = BTreeMap::new();
    for change in changes {
        products.entry(change.product_id.clone()).or_default().push(change);
    }
    for (product_id, changes) in products {
        let path = format!("/product/202309/products/{product_id}/{what}/update");
        for batch in changes.chunks(BATCH) {
            send(api, &path, batch, &mut pushed).await?;
        }
    }
    pushed.tell(VENDOR, on_failure)
}

/// A success may hold failures of some SKUs.
async fn send(api: &Api<'_>, path: &str, batch: &[Change], pushed: &mut Pushed) -> Result<(), Error> {
    let row = |change: &Change| {
        let mut row = change.own.clone();
        row["id"] = change.sku_id.as_str().into();
        row
    };
    let rows: Vec<Value> = batch.iter().map(row).collect();
    let told = match api.ask(Method::POST, path, Vec::new(), Some(json!({"skus": rows}))).await? {
        Ok(told) => told,
        Err(said) => {
            batch.iter().for_each(|change| pushed.refused(&change.sku, &said.code, &said.message));
            return Ok(());
        }
    };
    let errors = list(&told, "/errors");
    for change in batch {
        match errors.iter().find(|error| text_at(error, "/detail/sku_id") == change.sku_id) {
            Some(error) => {
                let said = reason(error);
                pushed.refused(&change.sku, &said.code, &said.message);
            }
            None => pushed.took(1),
        }
    }
    Ok(())
}

fn reason(error: &Value) -> Said {
    let further = list(error, "/detail/extra_errors").iter().map(|row| text_at(row, "/message"));
    let all: Vec<String> = std::iter::once(text_at(error, "/message")).chain(further).collect();
    Said::new(error.get("code").map(text_of).unwrap_or_default(), &all.join(" "))
}
