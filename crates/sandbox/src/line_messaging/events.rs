//! Events on demand: what a person does to the account, sent as LINE's signed webhook.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Line;
use crate::chance::Chance;
use crate::stand::{Parcel, lock, refuse};

const EVENTS_MAX: usize = 100;
const DUPLICATES_MAX: u32 = 10;
/// "Soon" is not said more exactly.
const REPLY_SECONDS: i64 = 60;
const REPLY_TOKENS_MAX: usize = 10_000;

/// What shall have happened.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wish {
    /// One webhook carries them all; an empty list is the console's check.
    events: Vec<Happening>,
    /// Further copies of the webhook; with `redelivery` they say so.
    duplicates: u32,
    redelivery: bool,
}

/// A message, unless `type` says otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Happening {
    #[serde(rename = "type")]
    kind: Option<String>,
    /// The first friend if absent.
    user: Option<String>,
    text: Option<String>,
    /// Members that replace or add to what is made up.
    merge: Map<String, Value>,
}

/// Answers after the first attempt of every delivery.
pub(super) async fn send(State(line): State<Arc<Line>>, body: Bytes) -> Response {
    let wish: Wish = match serde_json::from_slice(&body) {
        Ok(wish) => wish,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    };
    if wish.events.len() > EVENTS_MAX || wish.duplicates > DUPLICATES_MAX {
        let message = format!("at most {EVENTS_MAX} events and {DUPLICATES_MAX} duplicates");
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, &message);
    }
    let mut events: Vec<Value> = wish.events.iter().map(|happening| line.event(happening)).collect();
    let sender = &line.stand.sender;
    let first = if wish.redelivery { 0 } else { wish.duplicates };
    let mut deliveries = sender.send(line.webhook(&events), first).await;
    if wish.redelivery {
        for event in &mut events {
            event["deliveryContext"]["isRedelivery"] = json!(true);
        }
        for _ in 0..wish.duplicates.max(1) {
            deliveries.extend(sender.send(line.webhook(&events), 0).await);
        }
    }
    Json(json!({ "events": events, "deliveries": deliveries })).into_response()
}

impl Line {
    fn webhook(&self, events: &[Value]) -> Parcel {
        let kind = |event: &Value| event["type"].as_str().unwrap_or("check").to_owned();
        let topic = events.first().map_or_else(|| "check".to_owned(), kind);
        let body = json!({ "destination": self.settings.get().bot_user_id, "events": events });
        Parcel::json(topic, "", &body)
    }

    fn event(&self, happening: &Happening) -> Value {
        let values = self.settings.get();
        let now = self.stand.now();
        let mut state = lock(&self.state);
        state.events += 1;
        let mut chance = Chance::of(self.stand.seed, &format!("line event {}", state.events));
        let reply_token = format!("{:016x}{:016x}", chance.next(), chance.next());
        state.reply_tokens.push_back((reply_token.clone(), now + TimeDelta::seconds(REPLY_SECONDS)));
        if state.reply_tokens.len() > REPLY_TOKENS_MAX {
            state.reply_tokens.pop_front();
        }
        let user = happening.user.clone().or_else(|| values.friends.keys().next().cloned());
        let kind = happening.kind.as_deref().unwrap_or("message");
        let mut event = json!({
            "type": kind,
            "webhookEventId": event_id(state.events),
            "deliveryContext": { "isRedelivery": false },
            "timestamp": now.timestamp_millis(),
            "source": { "type": "user", "userId": user },
            "mode": "active",
        });
        if kind != "unfollow" {
            event["replyToken"] = json!(reply_token);
        }
        if kind == "message" {
            let id = (chance.next() >> 4).to_string();
            let text = happening.text.as_deref().unwrap_or("สวัสดี");
            event["message"] = json!({ "id": id, "type": "text", "text": text });
        }
        if let Some(members) = event.as_object_mut() {
            members.extend(happening.merge.clone());
        }
        event
    }
}

/// Looks like the ULIDs that LINE uses.
fn event_id(number: u64) -> String {
    format!("01HKHLONG{number:017}")
}
