//! Sending: to one, to many, to all, and in answer to an event.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::{Answer, Refused};
use super::messages::{check, is_recipient};
use super::{Line, State as Counted, retry};
use crate::chance::Chance;
use crate::stand::lock;

const MULTICAST_MAX: usize = 500;
/// The first message's id; later ones follow it. Beyond 2^53, so that a float shows.
const FIRST_MESSAGE: u64 = 461_230_966_842_064_897;

/// What is to be sent, after all checks.
struct Sending {
    kind: &'static str,
    /// Those who get it; each counts.
    to: Vec<String>,
    messages: Vec<Value>,
    /// Only the calls to one chat say which messages they made.
    tells_ids: bool,
}

pub(super) async fn push(State(line): State<Arc<Line>>, headers: HeaderMap, body: Bytes) -> Response {
    line.deliver(&headers, &body, |body| {
        let to = recipient(&body["to"])?;
        let messages = check(body.get("messages"))?.to_vec();
        Ok(Sending { kind: "push", to: vec![to], messages, tells_ids: true })
    })
}

pub(super) async fn multicast(State(line): State<Arc<Line>>, headers: HeaderMap, body: Bytes) -> Response {
    line.deliver(&headers, &body, |body| {
        let to = body["to"].as_array().map_or(&[][..], Vec::as_slice);
        if to.is_empty() || to.len() > MULTICAST_MAX {
            return Err(Refused::bad(
                "The property, 'to', in the request body is invalid (line: -, column: -)",
            ));
        }
        let to = to.iter().map(recipient).collect::<Result<Vec<_>, _>>()?;
        let messages = check(body.get("messages"))?.to_vec();
        Ok(Sending { kind: "multicast", to, messages, tells_ids: false })
    })
}

pub(super) async fn broadcast(State(line): State<Arc<Line>>, headers: HeaderMap, body: Bytes) -> Response {
    let values = line.settings.get();
    let blocked: HashSet<_> = values.blocked.iter().collect();
    let to: Vec<_> = values.friends.into_keys().filter(|friend| !blocked.contains(friend)).collect();
    line.deliver(&headers, &body, |body| {
        let messages = check(body.get("messages"))?.to_vec();
        Ok(Sending { kind: "broadcast", to, messages, tells_ids: false })
    })
}

fn recipient(id: &Value) -> Result<String, Refused> {
    let id = id.as_str().unwrap_or_default();
    if is_recipient(id) {
        return Ok(id.to_owned());
    }
    Err(Refused::bad("The property, 'to', in the request body is invalid (line: -, column: -)"))
}

impl Line {
    /// A retry key that was accepted before answers before anything is checked or counted again.
    fn deliver(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        read: impl FnOnce(&Value) -> Result<Sending, Refused>,
    ) -> Response {
        let request_id = self.request_id();
        let answer = self.may_enter(headers).and_then(|()| self.accept(headers, body, &request_id, read));
        self.say_as(&request_id, answer.unwrap_or_else(Answer::from))
    }

    fn accept(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        request_id: &str,
        read: impl FnOnce(&Value) -> Result<Sending, Refused>,
    ) -> Result<Answer, Refused> {
        let key = retry::key(headers)?;
        let now = self.stand.now();
        let mut state = lock(&self.state);
        if let Some(first) = key.as_ref().and_then(|key| state.accepted.find(key, now)) {
            return Ok(Answer::repeated(&first.request_id, &first.sent));
        }
        let sending = read(&parse(body)?)?;
        let count = u64::try_from(sending.to.len()).unwrap_or(u64::MAX);
        state.quota.take(count, self.settings.get().quota, now)?;
        let sent = self.send(&mut state, &sending);
        if let Some(key) = key {
            state.accepted.note(key, request_id, sent.clone(), now);
        }
        Ok(Answer::good(if sending.tells_ids { json!({ "sentMessages": sent }) } else { json!({}) }))
    }

    /// Notes what everybody got, and numbers the messages.
    fn send(&self, state: &mut Counted, sending: &Sending) -> Value {
        let now = self.stand.now();
        for to in &sending.to {
            self.stand.ledger.note(now, sending.kind, to, json!(sending.messages));
        }
        let ids = sending.messages.iter().map(|_| {
            state.messages += 1;
            let quote = Chance::of(self.stand.seed, &format!("line quote {}", state.messages)).uuid();
            json!({ "id": (FIRST_MESSAGE + 2 * state.messages).to_string(), "quoteToken": quote })
        });
        ids.collect()
    }
}

fn parse(body: &[u8]) -> Result<Value, Refused> {
    match serde_json::from_slice(body) {
        Ok(body @ Value::Object(_)) => Ok(body),
        _ => Err(Refused::bad("The request body could not be parsed as JSON (line: -, column: -)")),
    }
}

/// With the token of an event, once and soon; it costs no quota and takes no retry key.
pub(super) async fn reply(State(line): State<Arc<Line>>, headers: HeaderMap, body: Bytes) -> Response {
    let answer = line.may_enter(&headers).and_then(|()| {
        retry::must_be_absent(&headers)?;
        let body = parse(&body)?;
        let messages = check(body.get("messages"))?.to_vec();
        let now = line.stand.now();
        let mut state = lock(&line.state);
        let token = body["replyToken"].as_str().unwrap_or_default();
        let place = state.reply_tokens.iter().position(|(held, until)| held == token && now < *until);
        let place = place.ok_or_else(|| Refused::bad("Invalid reply token"))?;
        state.reply_tokens.remove(place);
        let sending = Sending { kind: "reply", to: vec![token.to_owned()], messages, tells_ids: true };
        Ok(Answer::good(json!({ "sentMessages": line.send(&mut state, &sending) })))
    });
    line.say(answer.unwrap_or_else(Answer::from))
}
