//! Quantities: each item brings a row for each warehouse.

use super::api::Api;
use crate::odata::quoted;
use crate::office;
use connector::Error;
use serde_json::{Value, json};

const FIELDS: &str = "ItemCode,ItemWarehouseInfoCollection";

/// What there is of each SKU in each warehouse, or in one.
pub async fn levels(api: &Api<'_>, skus: &[&str], warehouse: Option<&str>) -> Result<Vec<Value>, Error> {
    let keys: Vec<String> = skus.iter().map(|sku| quoted(sku)).collect();
    let items = api.named("Items", "ItemCode", &keys, FIELDS).await?;
    let wanted = |row: &&Value| warehouse.is_none_or(|wanted| office::text(row, "WarehouseCode") == wanted);
    let of_item = |item: &Value| {
        let sku = office::text(item, "ItemCode");
        let rows = item.get("ItemWarehouseInfoCollection").and_then(Value::as_array).into_iter().flatten();
        rows.filter(wanted).map(|row| level(sku, row)).collect::<Vec<_>>()
    };
    Ok(items.iter().flat_map(of_item).collect())
}

fn level(sku: &str, row: &Value) -> Value {
    let field = |name: &str| row.get(name).cloned().unwrap_or_default();
    let free = office::less(row.get("InStock"), &[row.get("Committed")]);
    // What is on its way is taken off with its sign turned.
    let coming = office::less(None, &[row.get("Ordered")]);
    json!({
        "sku": sku, "warehouse": field("WarehouseCode"), "on_hand": field("InStock"), "reserved": field("Committed"),
        "forecast": office::less(Some(&free), &[Some(&coming)]), "free": free,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_on_hand_and_not_committed_and_what_is_ordered_comes_on_top() {
        let row = json!({"WarehouseCode": "01", "InStock": 40.0, "Committed": 2.0, "Ordered": 10.0});
        assert_eq!(
            level("TEA-100", &row),
            json!({"sku": "TEA-100", "warehouse": "01", "on_hand": 40.0, "reserved": 2.0, "free": 38, "forecast": 48})
        );
    }
}
