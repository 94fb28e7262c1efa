//! Events on demand, up to a hundred in one signed webhook.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::HubSpot;
use crate::stand::{Parcel, refuse};

const EVENTS_MAX: usize = 100;
const DUPLICATES_MAX: u32 = 10;
const PORTAL: u64 = 62_515;
const APP: u64 = 54_321;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    events: Vec<Happening>,
    #[serde(default)]
    duplicates: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Happening {
    /// As `contact.creation` or `deal.propertyChange`.
    subscription_type: String,
    object_id: u64,
    property_name: Option<String>,
    property_value: Option<String>,
}

/// Answers after the first attempt of every delivery.
pub(super) async fn send(State(hubspot): State<Arc<HubSpot>>, body: Bytes) -> Response {
    let wish: Wish = match serde_json::from_slice(&body) {
        Ok(wish) => wish,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    };
    if !(1..=EVENTS_MAX).contains(&wish.events.len()) || wish.duplicates > DUPLICATES_MAX {
        let message = format!("from 1 to {EVENTS_MAX} events, and at most {DUPLICATES_MAX} duplicates");
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, &message);
    }
    let events: Vec<Value> = wish.events.iter().map(|happening| hubspot.event(happening)).collect();
    let topic = wish.events.first().map_or("", |first| first.subscription_type.as_str());
    let parcel = Parcel::json(topic, "", &json!(events));
    let deliveries = hubspot.stand.sender.send(parcel, wish.duplicates).await;
    Json(json!({ "events": events, "deliveries": deliveries })).into_response()
}

impl HubSpot {
    fn event(&self, happening: &Happening) -> Value {
        let now = self.stand.now();
        let mut event = json!({
            "eventId": self.records().next_event(),
            "subscriptionId": 7,
            "portalId": PORTAL,
            "appId": APP,
            "occurredAt": now.timestamp_millis(),
            "subscriptionType": happening.subscription_type,
            "attemptNumber": 0,
            "objectId": happening.object_id,
            "changeSource": "CRM",
        });
        if let Some(name) = &happening.property_name {
            event["propertyName"] = json!(name);
            event["propertyValue"] = json!(happening.property_value);
        }
        event
    }
}
