//! Clients of NATS, and what JetStream answers. Its JSON is read by hand: the client's own types lose exact numbers.

use crate::failure;
use crate::place::Place;
use crate::tls;
use async_nats::connection::State;
use async_nats::{Client, ConnectErrorKind, ConnectOptions, HeaderMap, RequestErrorKind};
use bytes::Bytes;
use connector::http::shorten;
use connector::{Connection, Error};
use links::jetstream::{self, Kept, NO_ROOM, Refusal};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;

const PORT: u16 = 4222;
const CONNECT_MAX: Duration = Duration::from_secs(4);
const ANSWER_MAX: Duration = Duration::from_secs(5);

pub fn place(connection: &Connection) -> Result<Place, Error> {
    Place::of(connection, "host", "port", PORT)
}

pub async fn connect(connection: &Connection) -> Result<Client, Error> {
    let place = place(connection)?;
    place.check().await?;
    let encrypted = tls::is_on(connection);
    let mut options = ConnectOptions::new()
        .name("khlong")
        .connection_timeout(CONNECT_MAX)
        .request_timeout(Some(ANSWER_MAX))
        .require_tls(encrypted);
    if encrypted {
        options = options.tls_client_config(tls::config(connection)?);
    }
    let scheme = if encrypted { "tls" } else { "nats" };
    let connecting = signing_in(options, connection)?.connect(format!("{scheme}://{place}"));
    match tokio::time::timeout(CONNECT_MAX, connecting).await {
        Ok(connected) => connected.map_err(|error| not_connected(&place, &error)),
        Err(_) => Err(failure::unreachable(&place, &"it did not answer in time")),
    }
}

fn signing_in(options: ConnectOptions, connection: &Connection) -> Result<ConnectOptions, Error> {
    let secret =
        |name| connection.secret(name).map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty());
    if let Some(file) = secret("credentials") {
        // The reader's own text may repeat what it could not read.
        return options.credentials(file).map_err(|_| connection.lacks("credentials file that can be read"));
    }
    if let Some(token) = secret("token") {
        return Ok(options.token(token.to_owned()));
    }
    let Some(user) = connection.text("username") else { return Ok(options) };
    Ok(options.user_and_password(user.to_owned(), secret("password").unwrap_or_default().to_owned()))
}

fn not_connected(place: &Place, error: &async_nats::ConnectError) -> Error {
    match error.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
            failure::login(place, &error.kind())
        }
        _ => failure::connecting(place, &failure::chain(error)),
    }
}

/// It connects again by itself; what is said meanwhile would wait for that.
pub fn is_up(client: &Client) -> bool {
    client.connection_state() == State::Connected
}

/// Asks JetStream: what was asked for, or why not.
pub async fn ask<T: DeserializeOwned>(
    client: &Client,
    place: &Place,
    subject: String,
    question: &impl Serialize,
) -> Result<Result<T, Refusal>, Error> {
    let question = serde_json::to_vec(question).map_err(|error| failure::unreachable(place, &error))?;
    let answer = client.request(subject, question.into()).await;
    let answer = answer.map_err(|error| match error.kind() {
        RequestErrorKind::NoResponders => failure::refused(
            format!("NATS at {place} runs without JetStream, or this user may not ask it"),
            "Let the administrator switch JetStream on and allow $JS.API.>.",
        ),
        _ => failure::unanswered(place, &failure::chain(&error)),
    })?;
    jetstream::read(&answer.payload).map_err(|error| unreadable(place, &error))
}

/// Returns when a stream has the message.
pub async fn publish(
    client: &Client,
    place: &Place,
    subject: &str,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Kept, Error> {
    let answer = client.request_with_headers(subject.to_owned(), headers, body).await;
    let answer = answer.map_err(|error| match error.kind() {
        RequestErrorKind::NoResponders => failure::refused(
            format!("no stream of NATS takes messages of the subject \"{subject}\""),
            "Check the subject, or have a stream made for it.",
        ),
        RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
            failure::input(error.to_string(), "Correct the subject, or send less at once.")
        }
        _ => failure::unanswered(place, &failure::chain(&error)),
    })?;
    let kept = jetstream::read::<Kept>(&answer.payload).map_err(|error| unreadable(place, &error))?;
    kept.map_err(|refusal| refused(place, &refusal))
}

pub fn refused(place: &Place, refusal: &Refusal) -> Error {
    match NO_ROOM.contains(&refusal.err_code) {
        true => failure::no_room(place, &refusal.description),
        false => failure::refused(
            format!("NATS refuses: {}", shorten(&refusal.description)),
            "Correct what the message says, then try again.",
        ),
    }
}

fn unreadable(place: &Place, error: &dyn std::fmt::Display) -> Error {
    Error::Unreadable { host: place.to_string(), message: error.to_string() }
}

pub async fn describe(connection: &Connection) -> Result<String, Error> {
    let client = connect(connection).await?;
    let place = place(connection)?;
    let account: Value = ask(&client, &place, "$JS.API.INFO".into(), &json!({}))
        .await?
        .map_err(|refusal| refused(&place, &refusal))?;
    let version = client.server_info().version;
    Ok(format!("NATS {version} at {place}, {} streams", account["streams"]))
}
