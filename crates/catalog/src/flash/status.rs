//! Flash's states and actions in the words that all couriers share.

use super::COURIER;
use super::api::{number, text};
use crate::parcel::track::{self, Event, Status};
use serde_json::Value;

/// What a parcel's `state` says. Sources differ about 4, 6 and 7; the likely meaning is taken.
pub fn of_state(state: i64) -> Option<Status> {
    Some(match state {
        0 => Status::Created,
        1 => Status::PickedUp,
        2 => Status::InTransit,
        3 => Status::OutForDelivery,
        4 | 6 | 8 => Status::Problem,
        5 => Status::Delivered,
        7 => Status::Returned,
        9 => Status::Cancelled,
        _ => return None,
    })
}

fn of_action(action: &str) -> Option<Status> {
    Some(match action {
        "RECEIVED" => Status::PickedUp,
        "DELIVERY_TICKET_CREATION_SCAN" => Status::OutForDelivery,
        "DELIVERY_CONFIRM" => Status::Delivered,
        "DIFFICULTY_HANDOVER" => Status::Problem,
        action if action.contains("WAREHOUSE") || action.contains("ARRIVAL") => Status::InTransit,
        _ => return None,
    })
}

/// A parcel with its routes. How it stands is what Flash says it is, whatever the last route was called.
pub fn shipment(data: &Value) -> Option<(String, Value)> {
    let pno = Some(text(data, "pno")).filter(|pno| !pno.is_empty())?;
    let routes = data.get("routes").and_then(Value::as_array);
    let mut events: Vec<Event> = routes.into_iter().flatten().map(route).collect();
    // Flash tells the newest first, and several may be of one second.
    events.reverse();
    let state = data.get("state").and_then(number);
    if events.is_empty() {
        events.push(of_record(data));
    }
    let mut shipment = track::shipment(COURIER, &pno, &text(data, "outTradeNo"), events);
    if let Some(status) = state.and_then(of_state) {
        shipment["status"] = status.name().into();
    }
    Some((pno, shipment))
}

fn route(route: &Value) -> Event {
    let code = text(route, "routeAction");
    Event {
        status: of_action(&code),
        text: text(route, "message"),
        at: route.get("routedAt").and_then(number).and_then(|seconds| seconds.checked_mul(1_000)),
        location: text(route, "storeName"),
        raw: route.clone(),
        code,
    }
}

/// What a parcel's record says of it without routes, such as in a push. Which name its time has is not confirmed.
pub fn of_record(data: &Value) -> Event {
    let seconds = ["stateDate", "stateChangeAt", "routedAt", "updatedAt"];
    let at = seconds.into_iter().find_map(|name| data.get(name).and_then(number));
    Event {
        status: data.get("state").and_then(number).and_then(of_state),
        code: text(data, "state"),
        text: text(data, "stateText"),
        at: at.and_then(|seconds| seconds.checked_mul(1_000)),
        location: String::new(),
        raw: data.clone(),
    }
}
