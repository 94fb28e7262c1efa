//! Stock: absolute with a look at what was there before, or more and less.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shop;
use super::goods::{LOCATION, inventory_item_id, number_of};
use super::mutation::{Done, UserError, needed, user_error};
use super::query::Selection;
use super::schema::{Node, Refused, leaf, refused};
use crate::market::Good;

const QUANTITIES_MAX: usize = 250;
const QUANTITY_MAX: i64 = 1_000_000_000;

/// One figure of a push, checked.
struct Figure {
    sku: String,
    stock: i64,
    said: Value,
}

pub(super) fn set(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let input = needed(field, "input")?;
    let quantities = rows(input, "quantities")?;
    if let Some(missing) = quantities.iter().find(|row| row.get("changeFromQuantity").is_none()) {
        let message = format!(
            "Argument 'changeFromQuantity' on InputObject 'InventoryQuantityInput' is required: {missing}"
        );
        return Err(refused(message, "missingRequiredInputObjectAttribute"));
    }
    let on_hand = match input["name"].as_str() {
        Some("available") => false,
        Some("on_hand") => true,
        _ => return Ok(Err(vec![user_error("input.name", "The quantity name is invalid", "INVALID_NAME")])),
    };
    Ok(push(shop, input, quantities, |good, row, place| {
        let quantity = row["quantity"].as_i64().unwrap_or(-1);
        let had = if on_hand { good.stock + good.reserved } else { good.stock };
        let at = |name: &str| format!("input.quantities.{place}.{name}");
        match quantity {
            ..0 => {
                return Err(user_error(
                    &at("quantity"),
                    "The quantity can't be negative",
                    "INVALID_QUANTITY_NEGATIVE",
                ));
            }
            QUANTITY_MAX.. => {
                return Err(user_error(
                    &at("quantity"),
                    "The quantity is too high",
                    "INVALID_QUANTITY_TOO_HIGH",
                ));
            }
            _ => {}
        }
        match row["changeFromQuantity"].as_i64() {
            Some(expected) if expected != had => Err(user_error(
                &at("changeFromQuantity"),
                "The changeFromQuantity value does not match the persisted quantity",
                "CHANGE_FROM_QUANTITY_STALE",
            )),
            _ => Ok(if on_hand { quantity - good.reserved } else { quantity }),
        }
    }))
}

pub(super) fn adjust(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let input = needed(field, "input")?;
    let changes = rows(input, "changes")?;
    Ok(push(shop, input, changes, |good, row, _| Ok(good.stock + row["delta"].as_i64().unwrap_or(0))))
}

fn rows<'a>(input: &'a Value, name: &str) -> Result<&'a [Value], Refused> {
    let rows = input[name].as_array().filter(|rows| (1..=QUANTITIES_MAX).contains(&rows.len()));
    rows.map(Vec::as_slice)
        .ok_or_else(|| refused(format!("{name} has 1 to {QUANTITIES_MAX} entries"), "BAD_USER_INPUT"))
}

/// All figures or none.
fn push(
    shop: &Arc<Shop>,
    input: &Value,
    rows: &[Value],
    figure: impl Fn(&Good, &Value, usize) -> Result<i64, UserError>,
) -> Done {
    let now = shop.now();
    let mut state = shop.state();
    let (mut figures, mut errors) = (Vec::new(), Vec::new());
    for (place, row) in rows.iter().enumerate() {
        let at = |name: &str| format!("input.quantities.{place}.{name}");
        let good = number_of(&row["inventoryItemId"], "InventoryItem")
            .and_then(|number| state.shelf.numbered(number));
        match good {
            None => errors.push(user_error(
                &at("inventoryItemId"),
                "The specified inventory item could not be found.",
                "INVALID_INVENTORY_ITEM",
            )),
            Some(_) if row["locationId"] != LOCATION => {
                errors.push(user_error(
                    &at("locationId"),
                    "The specified location could not be found.",
                    "INVALID_LOCATION",
                ));
            }
            Some(good) => match figure(good, row, place) {
                Ok(stock) => figures.push(Figure { sku: good.sku.clone(), stock, said: row.clone() }),
                Err(error) => errors.push(error),
            },
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut told = Vec::new();
    for Figure { sku, stock, said } in figures {
        if let Some(good) = state.shelf.get_mut(&sku) {
            (good.stock, good.changed_at) = (stock, now);
            told.push(json!({
                "inventory_item_id": inventory_item_id(good.number), "location_id": 124_656_943,
                "available": stock,
            }));
        }
        shop.stand.ledger.note(now, "stock", &sku, said);
    }
    state.adjustments += 1;
    let group = state.adjustments;
    drop(state);
    told.iter().for_each(|body| shop.happened(None, "inventory_levels/update", body));
    let group = Node::Object(
        "InventoryAdjustmentGroup",
        vec![
            ("id", leaf(format!("gid://shopify/InventoryAdjustmentGroup/{group}"))),
            ("reason", leaf(input["reason"].clone())),
            ("referenceDocumentUri", leaf(input["referenceDocumentUri"].clone())),
        ],
    );
    Ok(vec![("inventoryAdjustmentGroup", group)])
}

/// Everything is stocked at the one location already.
pub(super) fn activate(_: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let item = needed(field, "inventoryItemId")?.as_str().unwrap_or_default().to_owned();
    let level = vec![("id", leaf(format!("{item}?location=1")))];
    Ok(Ok(vec![("inventoryLevel", Node::Object("InventoryLevel", level))]))
}
