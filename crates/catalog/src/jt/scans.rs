//! J&T's scans in the words that all couriers share.

use super::api::text;
use crate::parcel::track::{Event, Status, bangkok};
use serde_json::Value;

/// By the scan's name in Thai, which is what J&T documents.
fn status(name: &str) -> Option<Status> {
    Some(match name.trim() {
        "รับพัสดุ" => Status::PickedUp,
        "สแกนนำส่งพัสดุ" => Status::InTransit,
        "สแกนนำจ่ายพัสดุ" => Status::OutForDelivery,
        "เซ็นรับพัสดุ" => Status::Delivered,
        "สแกนพัสดุมีปัญหา" => Status::Problem,
        "สแกนพัสดุตีกลับ" => Status::Returning,
        "เซ็นรับพัสดุตีกลับ" => Status::Returned,
        _ => return None,
    })
}

/// The scans of a parcel, which a trace calls `details` and some pushes `traces`. The newest comes first.
pub fn events(record: &Value) -> Vec<Event> {
    let scans = ["details", "traces"].iter().find_map(|name| record.get(*name)?.as_array());
    scans.into_iter().flatten().rev().map(event).collect()
}

fn event(scan: &Value) -> Event {
    let name = text(scan, "scanType");
    let code = text(scan, "scanTypeCode");
    let words = text(scan, "desc");
    Event {
        status: status(&name),
        code: if code.is_empty() { name.clone() } else { code },
        text: if words.is_empty() { name } else { words },
        at: bangkok(&text(scan, "scanTime"), "%Y-%m-%d %H:%M:%S"),
        location: text(scan, "scanNetworkName"),
        raw: scan.clone(),
    }
}
