//! Where pushes go, and those that nobody took.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shopee;
use super::call::{Answer, Params, Reply};
use super::refused::Refused;
use crate::stand::{Parcel, Target};

/// Lost pushes of one answer.
const LOST_MAX: usize = 100;

/// Saving sends a test push that must be taken.
pub(super) fn configure(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let url = params.text("callback_url")?;
    let mut target = Target::new(url);
    let codes = params.body["set_push_config_on"].as_array().into_iter().flatten();
    target.topics = codes.map(Value::to_string).collect();
    let sender = &shopee.stand.sender;
    sender.replace(target).map_err(Refused::parameter)?;
    let body = json!({ "code": 0, "timestamp": shopee.stand.now().timestamp() });
    sender.announce_to_all(Parcel::json("0", "test", &body));
    Ok(Reply::Response(json!({ "result": "success" })))
}

pub(super) fn configuration(shopee: &Arc<Shopee>, _: &Params) -> Answer {
    let targets = shopee.stand.sender.targets();
    let first = targets.first();
    let on: Vec<u64> = first
        .map_or_else(Vec::new, |target| target.topics.iter().filter_map(|code| code.parse().ok()).collect());
    Ok(Reply::Response(json!({
        "callback_url": first.map(|target| target.url.as_str()),
        "live_push_status": if first.is_some() { "Normal" } else { "Suspended" },
        "push_config_on_list": on,
        "push_config_off_list": [],
        "blocked_shop_id": [],
    })))
}

pub(super) fn lost(shopee: &Arc<Shopee>, _: &Params) -> Answer {
    let lost = shopee.stand.sender.lost(LOST_MAX + 1);
    let more = lost.len() > LOST_MAX;
    let page = &lost[..lost.len().min(LOST_MAX)];
    let row = |(_, parcel): &(u64, Parcel)| {
        let body: Value = serde_json::from_slice(&parcel.body).unwrap_or_default();
        json!({
            "shop_id": body["shop_id"], "code": body["code"], "timestamp": body["timestamp"],
            "data": String::from_utf8_lossy(&parcel.body),
        })
    };
    let last = page.last().map_or(0, |(number, _)| *number);
    let rows: Vec<Value> = page.iter().map(row).collect();
    Ok(Reply::Response(json!({ "push_message_list": rows, "has_next_page": more, "last_message_id": last })))
}

pub(super) fn confirm(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let last = params.body["last_message_id"].as_u64();
    shopee.stand.sender.forget_lost(last.ok_or_else(|| Refused::parameter("last_message_id is required"))?);
    Ok(Reply::Response(json!({})))
}
