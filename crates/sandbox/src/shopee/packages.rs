//! Parcels: those that wait, and an order split into several.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shopee;
use super::call::{Answer, Params, Reply};
use super::order::{Order, Package};
use super::refused::Refused;

const PAGE_MAX: usize = 100;
/// Parcels of one order.
const PARCELS: std::ops::RangeInclusive<usize> = 2..=5;

pub(super) fn search(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let pagination = &params.body["pagination"];
    let size = pagination["page_size"].as_u64().and_then(|size| usize::try_from(size).ok());
    let size = size.filter(|size| (1..=PAGE_MAX).contains(size));
    let size =
        size.ok_or_else(|| Refused::parameter("Wrong parameters, detail: page_size is from 1 to 100."))?;
    let start = match pagination["cursor"].as_str().unwrap_or_default() {
        "" => 0,
        cursor => cursor.parse().map_err(|_| Refused::parameter("Wrong parameters, detail: cursor."))?,
    };
    let wanted: &[&str] = match params.body["filter"]["package_status"].as_u64().unwrap_or(2) {
        0 => &["LOGISTICS_NOT_START", "LOGISTICS_READY", "LOGISTICS_REQUEST_CREATED"],
        1 => &["LOGISTICS_NOT_START"],
        2 => &["LOGISTICS_READY"],
        3 => &["LOGISTICS_REQUEST_CREATED"],
        _ => return Err(Refused::parameter("Wrong parameters, detail: package_status.")),
    };
    let state = shopee.state();
    let all = state.book.all().flat_map(|order| order.packages.iter().map(move |package| (order, package)));
    let found: Vec<_> = all.filter(|(_, package)| wanted.contains(&package.logistics_status)).collect();
    let row = |(order, package): &(&Order, &Package)| {
        json!({
            "order_sn": order.sn, "package_number": package.number,
            "logistics_channel_id": 70_021, "product_location_id": "THZ",
        })
    };
    let page: Vec<Value> = found.iter().skip(start).take(size).map(row).collect();
    let end = start.saturating_add(page.len());
    let more = end < found.len();
    let cursor = if more { end.to_string() } else { String::new() };
    Ok(Reply::Response(json!({
        "packages_list": page,
        "pagination": { "total_count": found.len(), "next_cursor": cursor, "more": more },
        "sort": { "sort_type": 1, "is_asc": true },
    })))
}

/// Every item is named, each in one parcel; only an order that nothing happened to yet.
pub(super) fn split(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let (sn, now) = (params.text("order_sn")?, shopee.stand.now());
    let mut state = shopee.state();
    let order = state.order_mut(sn)?;
    if order.status != "READY_TO_SHIP" || order.packages.len() > 1 {
        return Err(Refused::parameter("Order status does not support split."));
    }
    let list = params.body["package_list"].as_array().map_or(&[][..], Vec::as_slice);
    if !PARCELS.contains(&list.len()) {
        return Err(Refused::parameter("Wrong parameters, detail: package_list has 2 to 5 parcels."));
    }
    let parcels = list.iter().map(|parcel| places(order, parcel)).collect::<Result<Vec<_>, _>>()?;
    let mut named: Vec<usize> = parcels.iter().flatten().copied().collect();
    named.sort_unstable();
    if named != (0..order.sale.lines.len()).collect::<Vec<_>>() || parcels.iter().any(Vec::is_empty) {
        return Err(Refused::parameter("Wrong parameters, detail: every item is named once."));
    }
    let packages: Vec<Package> =
        (1..).zip(parcels).map(|(place, lines)| order.package(place, lines)).collect();
    order.packages = packages;
    order.updated_at = now;
    let told = order.packages.iter().map(|package| shopee.package_parcel(order, package)).collect();
    let shown: Vec<Value> =
        order.packages.iter().map(|package| json!({ "package_number": package.number })).collect();
    drop(state);
    shopee.stand.ledger.note(now, "split", sn, params.body["package_list"].clone());
    shopee.announce(told);
    Ok(Reply::Response(json!({ "order_sn": sn, "package_list": shown })))
}

fn places(order: &Order, parcel: &Value) -> Result<Vec<usize>, Refused> {
    let items = parcel["item_list"].as_array().into_iter().flatten();
    items
        .map(|item| {
            let place = order
                .place(item)
                .ok_or_else(|| Refused::parameter("Wrong parameters, detail: item_list."))?;
            // Only selected sellers may take the pieces of one model apart.
            match item["model_quantity"].as_i64() {
                Some(quantity) if quantity != order.quantity(place) => {
                    Err(Refused::new("error_permission", "The shop can not split the quantity of one model."))
                }
                _ => Ok(place),
            }
        })
        .collect()
}

pub(super) fn unsplit(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let (sn, now) = (params.text("order_sn")?, shopee.stand.now());
    let mut state = shopee.state();
    let order = state.order_mut(sn)?;
    if order.packages.len() < 2
        || order.packages.iter().any(|package| package.logistics_status != "LOGISTICS_READY")
    {
        return Err(Refused::parameter("Order status does not support unsplit."));
    }
    order.packages = vec![order.package(0, (0..order.sale.lines.len()).collect())];
    order.updated_at = now;
    Ok(Reply::Response(json!({})))
}
