//! `/event/202309/webhooks`: one address per event type of the shop.

use std::sync::Arc;

use serde_json::{Value, json};

use super::TikTokShop;
use super::call::{Answer, Params};
use super::refused::Refused;
use crate::stand::Target;

/// Event types, and the number that their webhooks carry.
pub(super) const TYPES: [(&str, u64); 8] = [
    ("ORDER_STATUS_CHANGE", 1),
    ("RECIPIENT_ADDRESS_UPDATE", 3),
    ("PACKAGE_UPDATE", 4),
    ("PRODUCT_STATUS_CHANGE", 5),
    ("SELLER_DEAUTHORIZATION", 6),
    ("UPCOMING_AUTHORIZATION_EXPIRATION", 7),
    ("CANCELLATION_STATUS_CHANGE", 11),
    ("RETURN_STATUS_CHANGE", 12),
];

const ADDRESS_LENGTH_MAX: usize = 255;

fn number_of(params: &Params) -> Result<String, Refused> {
    let name = params.text("event_type")?;
    let found = TYPES.iter().find(|(known, _)| *known == name);
    found.map(|(_, number)| number.to_string()).ok_or_else(|| Refused::format("event_type is unknown."))
}

pub(super) fn list(shop: &Arc<TikTokShop>) -> Answer {
    let targets = shop.stand.sender.targets();
    let rows = targets.iter().flat_map(|target| {
        target.topics.iter().filter_map(|topic| {
            let (name, _) = TYPES.iter().find(|(_, number)| number.to_string() == *topic)?;
            Some(json!({
                "event_type": name, "address": target.url,
                "create_time": shop.stand.now().timestamp(),
            }))
        })
    });
    let rows: Vec<Value> = rows.collect();
    Ok(json!({ "total_count": rows.len(), "webhooks": rows }))
}

/// The real one wants https and a domain; a stand-in sends to this machine, too.
pub(super) fn set(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let (number, address) = (number_of(params)?, params.text("address")?);
    if address.len() > ADDRESS_LENGTH_MAX {
        return Err(Refused::format("address has at most 255 characters."));
    }
    forget(shop, &number);
    let mut target = Target::new(address);
    target.topics = vec![number];
    shop.stand.sender.subscribe(target).map_err(Refused::format)?;
    Ok(json!({}))
}

pub(super) fn remove(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    forget(shop, &number_of(params)?);
    Ok(json!({}))
}

fn forget(shop: &TikTokShop, number: &str) {
    let sender = &shop.stand.sender;
    for target in sender.targets().iter().filter(|target| target.topics == [number]) {
        sender.unsubscribe(target.id);
    }
}
