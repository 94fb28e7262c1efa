//! Quantities: an item tells what there is over all locations, and nothing by location.

use super::api::Api;
use crate::odata::quoted;
use connector::Error;
use serde_json::{Value, json};

const FIELDS: &str = "id,number,displayName,inventory,lastModifiedDateTime";

pub async fn levels(api: &Api<'_>, skus: &[&str]) -> Result<Vec<Value>, Error> {
    let keys: Vec<String> = skus.iter().map(|sku| quoted(sku)).collect();
    Ok(api.named("items", "number", &keys, FIELDS).await?.iter().map(level).collect())
}

fn level(item: &Value) -> Value {
    let field = |name: &str| item.get(name).cloned().unwrap_or_default();
    json!({
        "sku": field("number"), "name": field("displayName"), "warehouse": null, "on_hand": field("inventory"), "reserved": null,
        "free": field("inventory"), "forecast": null,
    })
}
