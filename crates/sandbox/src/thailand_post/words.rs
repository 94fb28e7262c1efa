//! What the post calls the stages, and how it writes a time.

use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};
use serde_json::{Value, json};

use crate::clock::in_thailand;
use crate::courier::{Scan, Shipment, Stage};

const BUDDHIST_YEARS_AHEAD: i32 = 543;

/// The code of a stage with its Thai and its English text; there is none for what was cancelled.
fn word(stage: Stage) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match stage {
        Stage::Created => ("101", "เตรียมการฝากส่ง", "Preparing for posting"),
        Stage::PickedUp => ("103", "รับฝาก", "Posting / Collection"),
        Stage::InTransit => ("201", "อยู่ระหว่างการขนส่ง", "In transit"),
        Stage::OutForDelivery => ("301", "อยู่ระหว่างการนำจ่าย", "Out for delivery"),
        Stage::Delivered => ("501", "นำจ่ายสำเร็จ", "Final delivery"),
        Stage::Problem => ("401", "นำจ่ายไม่สำเร็จ", "Unsuccessful delivery"),
        Stage::Returning => ("203", "ส่งคืนต้นทาง", "Return to sender"),
        Stage::Returned => ("203", "คืนผู้ฝากส่งแล้ว", "Returned to sender"),
        Stage::Cancelled => return None,
    })
}

/// A scan as the tracking shows it, in Thai unless English is wanted.
pub(super) fn item(shipment: &Shipment, scan: &Scan, language: &str) -> Option<Value> {
    let (status, thai, english) = word(scan.stage)?;
    let text = if language == "EN" { english } else { thai };
    let is_end = scan.stage == Stage::Delivered;
    let at_end = |value: Value| if is_end { value } else { Value::Null };
    Some(json!({
        "barcode": shipment.number,
        "status": status,
        "status_description": text,
        "status_date": moment(scan.at),
        "location": "สีลม",
        "postcode": "10500",
        "delivery_status": at_end(json!("S")),
        "delivery_description": at_end(json!(thai)),
        "delivery_datetime": at_end(json!(moment(scan.at))),
        "receiver_name": at_end(shipment.asked["cusName"].clone()),
        "signature": Value::Null,
    }))
}

/// `20/11/2569`: the year is Buddhist.
pub(super) fn day(at: DateTime<Utc>) -> String {
    let there = in_thailand(at);
    format!("{:02}/{:02}/{}", there.day(), there.month(), there.year() + BUDDHIST_YEARS_AHEAD)
}

/// `20/11/2569 10:12:26+07:00`
pub(super) fn moment(at: DateTime<Utc>) -> String {
    let there: DateTime<FixedOffset> = in_thailand(at);
    format!("{} {:02}:{:02}:{:02}+07:00", day(at), there.hour(), there.minute(), there.second())
}

/// `20/11/2569 10:17+07:00`, as a push writes it.
pub(super) fn minute(at: DateTime<Utc>) -> String {
    let there = in_thailand(at);
    format!("{} {:02}:{:02}+07:00", day(at), there.hour(), there.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_buddhist_and_times_are_thailands() {
        let at = "2026-11-20T03:12:26Z".parse().unwrap();
        assert_eq!(moment(at), "20/11/2569 10:12:26+07:00");
        assert_eq!(minute(at), "20/11/2569 10:12+07:00");
        assert_eq!(day("2026-12-31T17:00:00Z".parse().unwrap()), "01/01/2570");
    }
}
