//! What Thailand Post says happened to parcels, in the words that all couriers share.

use super::COURIER;
use super::eparcel::word;
use crate::parcel::track::{self, Event, Status};
use crate::since::read_iso;
use serde_json::Value;
use std::collections::BTreeMap;

const DELIVERED: &str = "501";

fn status(code: &str) -> Option<Status> {
    Some(match code {
        "101" => Status::Created,
        "102" | "103" => Status::PickedUp,
        "201" | "202" | "204" | "205" | "206" | "207" | "208" => Status::InTransit,
        "203" => Status::Returning,
        "301" | "302" => Status::OutForDelivery,
        "401" => Status::Problem,
        DELIVERED | "901" => Status::Delivered,
        _ => return None,
    })
}

/// One parcel's items. What is delivered after it turned back is back with its sender.
pub fn shipment(barcode: &str, items: &[Value]) -> Value {
    let mut events: Vec<Event> = items.iter().map(event).collect();
    events.sort_by_key(|event| event.at);
    let turned = events.iter().position(|event| event.status == Some(Status::Returning));
    for event in events.iter_mut().skip(turned.unwrap_or(usize::MAX)).filter(|event| event.code == DELIVERED)
    {
        event.status = Some(Status::Returned);
    }
    track::shipment(COURIER, barcode, "", events)
}

/// A list of items of several parcels, in the order in which the parcels come first.
pub fn shipments(items: &[Value]) -> Vec<Value> {
    let mut order: Vec<String> = Vec::new();
    let mut of_parcel: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for item in items {
        let barcode = word(item, "barcode");
        if !barcode.is_empty() {
            if !of_parcel.contains_key(&barcode) {
                order.push(barcode.clone());
            }
            of_parcel.entry(barcode).or_default().push(item.clone());
        }
    }
    order.iter().filter_map(|barcode| Some(shipment(barcode, of_parcel.get(barcode)?))).collect()
}

fn event(item: &Value) -> Event {
    let code = word(item, "status");
    Event {
        status: status(&code),
        text: word(item, "status_description"),
        at: time(&word(item, "status_date")),
        location: word(item, "location"),
        raw: item.clone(),
        code,
    }
}

/// Reads `20/11/2569 10:12:26+07:00`, whose year is of the Buddhist era. A time without seconds is read as well.
fn time(text: &str) -> Option<i64> {
    let (date, rest) = text.trim().split_once(' ')?;
    let mut parts = date.splitn(3, '/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?.parse::<i32>().ok()?);
    // No parcel is of before 1957, and none will be sent in 2400.
    let year = if year >= 2_500 { year - 543 } else { year };
    let (clock, zone) = rest.trim().split_at_checked(rest.trim().find(['+', '-'])?)?;
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
    read_iso(&format!("{year:04}-{month:0>2}-{day:0>2}T{clock}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn years_are_of_the_buddhist_era() {
        let at = time("20/11/2569 10:12:26+07:00").unwrap();
        assert_eq!(at, read_iso("2026-11-20T03:12:26Z").unwrap());
        assert_eq!(time("20/11/2569 10:17+07:00"), read_iso("2026-11-20T03:17:00Z"));
        assert_eq!(time("20/11/2026 10:17+07:00"), read_iso("2026-11-20T03:17:00Z"));
        for text in ["", "20/11/2569", "2026-11-20 10:00:00+07:00", "31/02/2569 10:00:00+07:00"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn every_code_of_the_sheet_has_its_word() {
        for (code, word) in [
            ("101", "created"),
            ("102", "picked_up"),
            ("103", "picked_up"),
            ("201", "in_transit"),
            ("202", "in_transit"),
            ("203", "returning"),
            ("204", "in_transit"),
            ("205", "in_transit"),
            ("206", "in_transit"),
            ("207", "in_transit"),
            ("208", "in_transit"),
            ("301", "out_for_delivery"),
            ("302", "out_for_delivery"),
            ("401", "problem"),
            ("501", "delivered"),
            ("901", "delivered"),
        ] {
            assert_eq!(status(code).map(Status::name), Some(word), "{code}");
        }
        assert_eq!(status("999"), None);
    }

    #[test]
    fn what_is_delivered_after_it_turned_back_is_returned() {
        let item = |code: &str, day: &str| json!({"barcode": "A", "status": code, "status_date": format!("{day}/11/2569 10:00:00+07:00")});
        assert_eq!(
            shipment("A", &[item("501", "22"), item("203", "21"), item("103", "20")])["status"],
            "returned"
        );
        assert_eq!(shipment("A", &[item("103", "20"), item("501", "22")])["status"], "delivered");
    }
}
