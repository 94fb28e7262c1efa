//! LINE Messaging API: pushes and replies with retry keys, a monthly quota, a webhook signed with the channel's secret.

mod answer;
mod door;
mod events;
mod messages;
mod quota;
mod retry;
mod send;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::chance::Chance;
use crate::seal;
use crate::settings::{self, Settings, Tunable};
use crate::stand::{Booth, Manners, Stand, Vendor, lock, router};
use crate::{Error, Options};
use quota::Quota;
use retry::Accepted;

const NAME: &str = "line";
/// The people that have added the account from the beginning.
const FRIENDS: [&str; 3] = ["สมชาย", "กนกวรรณ", "ณัฐพล"];
/// How long LINE waits for a webhook's answer is not published; redelivery goes on for a while and is not exact.
const RETRY_GAPS: [Duration; 3] =
    [Duration::from_secs(60), Duration::from_secs(300), Duration::from_secs(1_800)];

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Values {
    channel_access_token: String,
    channel_id: String,
    /// Signs webhooks, and is exchanged for a token of fifteen minutes.
    channel_secret: String,
    /// The user id of the account itself.
    bot_user_id: String,
    /// Messages of one month; a reply is free.
    quota: u64,
    /// User ids and display names of those who have added the account.
    friends: BTreeMap<String, String>,
    /// Those of them who have blocked it: a push to one is answered like any other.
    blocked: Vec<String>,
}

/// What changes with every call.
#[derive(Default)]
struct State {
    accepted: Accepted,
    quota: Quota,
    /// Tokens that events brought, with the time until which each is good; each is good once.
    reply_tokens: VecDeque<(String, DateTime<Utc>)>,
    /// Tokens of fifteen minutes.
    tokens: VecDeque<(String, DateTime<Utc>)>,
    requests: u64,
    messages: u64,
    events: u64,
}

/// LINE's state; every handler holds one.
pub(crate) struct Line {
    stand: Stand,
    settings: Settings<Values>,
    state: Mutex<State>,
}

pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let settings = Settings::new(Values {
        channel_access_token: options.keys.derived("line channel access token"),
        channel_id: "1657000001".to_owned(),
        channel_secret: options.keys.derived("line channel secret")[..32].to_owned(),
        bot_user_id: user_id(options.seed, "bot"),
        quota: 300,
        friends: FRIENDS.map(|name| (user_id(options.seed, name), name.to_owned())).into(),
        blocked: Vec::new(),
    });
    let stand = Stand::new(NAME, options, manners(options, settings.clone()), stop.clone())?;
    let line = Arc::new(Line { stand, settings, state: Mutex::default() });
    let own = settings::routes().route("/_sandbox/events", post(events::send));
    let router = router(line.clone(), routes(), own);
    Ok(Booth { name: NAME, router, vendor: line })
}

/// `U` and 32 hex digits, always the same for the same person.
fn user_id(seed: u64, who: &str) -> String {
    let mut chance = Chance::of(seed, &format!("line user {who}"));
    format!("U{:016x}{:016x}", chance.next(), chance.next())
}

/// The signature is of the body alone, with the channel's secret.
fn manners(options: &Options, settings: Settings<Values>) -> Manners {
    Manners {
        user_agent: "LineBotWebhook/2.0",
        timeout: options.webhook_timeout,
        gaps: options.hurried(&RETRY_GAPS),
        taken: |status| matches!(status, 200..=299),
        failures_max: None,
        sign: Box::new(move |sealed| {
            let secret = sealed.target.secret.clone().unwrap_or_else(|| settings.get().channel_secret);
            vec![("x-line-signature", signature(&secret, &sealed.parcel.body))]
        }),
    }
}

fn signature(secret: &str, body: &[u8]) -> String {
    seal::base64(seal::hmac_sha256(secret, &[body]))
}

fn routes() -> Router<Arc<Line>> {
    Router::new()
        .route("/oauth2/v3/token", post(door::token))
        .route("/v2/bot/message/push", post(send::push))
        .route("/v2/bot/message/multicast", post(send::multicast))
        .route("/v2/bot/message/broadcast", post(send::broadcast))
        .route("/v2/bot/message/reply", post(send::reply))
        .route("/v2/bot/message/quota", get(quota::limit))
        .route("/v2/bot/message/quota/consumption", get(quota::consumption))
        .route("/v2/bot/profile/{user}", get(door::profile))
        .route("/v2/bot/info", get(door::info))
}

impl Vendor for Line {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    /// LINE says nothing about how long to wait.
    fn throttled(&self, _retry_after: u64) -> Response {
        let text = "The API rate limit has been exceeded. Try again later.";
        self.say(answer::Refused::new(StatusCode::TOO_MANY_REQUESTS, text).into())
    }

    fn failed(&self) -> Response {
        self.say(answer::Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into())
    }

    /// Ends the tokens of fifteen minutes, and takes the long-lived one back for this one call.
    fn token_expired(&self) -> Option<Response> {
        lock(&self.state).tokens.clear();
        Some(self.say(door::unauthorized().into()))
    }

    fn keys(&self) -> Value {
        json!(self.settings.get())
    }
}

impl Tunable for Line {
    type Values = Values;

    fn settings(&self) -> &Settings<Values> {
        &self.settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_signed_as_in_lines_own_tests() {
        let expected = "/gg9a+LvFevTH1sd7XCQycD7tsWclCsInj7MhBHxN7k=";
        assert_eq!(signature("channel_secret", b"bodybodybodybody"), expected);
    }

    #[test]
    fn a_user_id_has_the_right_form_and_stays_the_same() {
        let id = user_id(1, "สมชาย");
        assert_eq!((id.len(), id.clone()), (33, user_id(1, "สมชาย")));
        assert_ne!(id, user_id(2, "สมชาย"));
    }
}
