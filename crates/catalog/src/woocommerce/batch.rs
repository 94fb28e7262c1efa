//! Changing many products at once: a batch for those without a parent, and one for the variations of each parent.

use super::api::Api;
use super::sku;
use crate::pushed::Pushed;
use connector::Error;
use connector::http::shorten;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Objects in one batch; a store takes no more.
const BATCH: usize = 100;

/// What one product is to become.
pub struct Change<'c> {
    pub sku: &'c str,
    pub fields: Map<String, Value>,
}

struct Placed<'c> {
    sku: &'c str,
    id: u64,
    fields: Map<String, Value>,
}

pub async fn update(api: &Api<'_>, changes: Vec<Change<'_>>, pushed: &mut Pushed) -> Result<(), Error> {
    let skus: Vec<&str> = changes.iter().map(|change| change.sku).collect();
    let found = sku::find(api, &skus).await?;
    let mut by_parent = BTreeMap::<Option<u64>, Vec<Placed<'_>>>::new();
    for Change { sku, fields } in changes {
        match found.get(sku) {
            Ok(product) => {
                by_parent.entry(product.parent).or_default().push(Placed { sku, id: product.id, fields })
            }
            Err(why) => pushed.unclear(sku, why),
        }
    }
    for (parent, placed) in by_parent {
        let route = match parent {
            None => "wc/v3/products/batch".to_owned(),
            Some(parent) => format!("wc/v3/products/{parent}/variations/batch"),
        };
        for some in placed.chunks(BATCH) {
            send(api, &route, some, pushed).await?;
        }
    }
    Ok(())
}

async fn send(api: &Api<'_>, route: &str, batch: &[Placed<'_>], pushed: &mut Pushed) -> Result<(), Error> {
    let written = |placed: &Placed<'_>| {
        let mut fields = Map::from_iter([("id".to_owned(), placed.id.into())]);
        fields.extend(placed.fields.clone());
        Value::Object(fields)
    };
    let body = json!({"update": batch.iter().map(written).collect::<Vec<_>>()});
    let told = api.post(route, &body).await?;
    let rows = told.get("update").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for placed in batch {
        let row = rows.iter().find(|row| row.get("id").and_then(Value::as_u64) == Some(placed.id));
        match row.map(|row| row.get("error")) {
            Some(None) => pushed.took(1),
            Some(Some(error)) => {
                let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
                pushed.refused(placed.sku, text("code"), &shorten(text("message")));
            }
            None => pushed.refused(placed.sku, "no_answer", "the answer says nothing of it"),
        }
    }
    Ok(())
}
