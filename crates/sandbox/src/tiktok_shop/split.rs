//! One order in several packages: all units of one SKU stay together.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::TikTokShop;
use super::call::{Answer, Params, texts};
use super::order::Order;
use super::refused::Refused;

const GROUPS: std::ops::RangeInclusive<usize> = 2..=5;

fn can_split(order: &Order) -> bool {
    order.status == "AWAITING_SHIPMENT" && order.packages.len() == 1 && order.sale.lines.len() > 1
}

pub(super) fn attributes(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let state = shop.state();
    let row = |id: &&str| {
        let order = state.order(id)?;
        Ok(json!({ "order_id": id, "can_split": can_split(order), "must_split": false, "reason": "" }))
    };
    let rows: Vec<Value> = params.query.list("order_ids").iter().map(row).collect::<Result<_, Refused>>()?;
    Ok(json!({ "split_attributes": rows }))
}

/// The units that no group names stay where they are.
pub(super) fn split(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    let now = shop.stand.now();
    let wrong = |message: &str| Refused::business(21_011_030, message);
    let groups = params.body["splittable_groups"].as_array().filter(|groups| GROUPS.contains(&groups.len()));
    let groups = groups.ok_or_else(|| wrong("splittable_groups has 2 to 5 groups."))?;
    let mut state = shop.state();
    let order = state.order_mut(id)?;
    if !can_split(order) {
        return Err(wrong("The order can not be split."));
    }
    let parts: Vec<BTreeSet<usize>> =
        groups.iter().map(|group| lines_of(order, group)).collect::<Result<_, _>>()?;
    let named: Vec<usize> = parts.iter().flatten().copied().collect();
    if named.iter().collect::<BTreeSet<_>>().len() != named.len() || named.len() != order.sale.lines.len() {
        return Err(wrong("Every line item belongs to one group, and the units of one SKU to the same."));
    }
    order.packages = (1..).take(parts.len()).map(|place| order.package(place)).collect();
    for unit in &mut order.units {
        unit.package = parts.iter().position(|part| part.contains(&unit.line)).unwrap_or(0);
    }
    order.updated_at = now;
    let shown: Vec<Value> = order
        .packages
        .iter()
        .zip(groups)
        .map(|(package, group)| json!({ "id": package.id.to_string(), "splittable_group_id": group["id"] }))
        .collect();
    let told = (0..order.packages.len()).map(|place| shop.package_parcel(order, place)).collect();
    drop(state);
    shop.stand.ledger.note(now, "split", id, params.body.clone());
    shop.announce(told);
    Ok(json!({ "packages": shown }))
}

/// The lines of a group; all units of each must be in it.
fn lines_of(order: &Order, group: &Value) -> Result<BTreeSet<usize>, Refused> {
    let ids = texts(&group["order_line_item_ids"]);
    let inside = |unit: &&super::order::Unit| ids.contains(&unit.id.to_string().as_str());
    let lines: BTreeSet<usize> = order.units.iter().filter(inside).map(|unit| unit.line).collect();
    let whole = order.units.iter().filter(|unit| lines.contains(&unit.line)).count();
    if whole != ids.len() || ids.is_empty() {
        return Err(Refused::business(21_011_031, "All units of one SKU stay together."));
    }
    Ok(lines)
}
