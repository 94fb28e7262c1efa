//! Records of a connected system, to choose from while a flow is drawn.

use super::body::{Body, Path};
use super::connections;
use crate::auth::{Editor, Require};
use crate::failure::{AnyFailure, Failure};
use crate::lookups::Wait;
use crate::{App, codes};
use api::{FoundRecord, FoundRecords, LookUp};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connector::Connection;
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use model::{ConnectionName, Value};
use std::time::Duration;

/// A person waits for the answer.
const ANSWER_MAX: Duration = Duration::from_secs(15);
/// Letters of what is searched, and of an id or of a place to go on from.
const ASKED_CHARS_MAX: usize = 200;
/// Letters of what is told of a record: a system may send anything.
const TOLD_CHARS_MAX: usize = 200;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0:?} is longer than {ASKED_CHARS_MAX} characters")]
    TooLong(&'static str),
    #[error("an id is a number or a text")]
    NoId,
    #[error("{connector} has no records of the kind {kind:?} to choose from")]
    NoKind { connector: String, kind: String },
    #[error("calls over the connection are held back: {0}")]
    HeldBack(String),
    #[error("there were many lookups over this connection in the last minute")]
    TooOften(Wait),
    #[error("the system did not answer in time")]
    TooSlow,
    #[error("{message}")]
    Target { message: String, advice: String },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let refused = |advice: &str| {
            Failure::new(StatusCode::BAD_GATEWAY, codes::TARGET_REFUSED, message.clone()).advice(advice)
        };
        match error {
            Error::TooLong(_) | Error::NoId => Failure::bad_request(message),
            Error::NoKind { .. } => Failure::new(StatusCode::NOT_FOUND, codes::NOT_FOUND, message)
                .advice("Write the record's id by hand."),
            Error::TooOften(wait) => {
                Failure::new(StatusCode::TOO_MANY_REQUESTS, codes::BUSY, message).retry_after(wait.seconds)
            }
            Error::HeldBack(_) => refused("Look at the connection, or write the record's id by hand."),
            Error::TooSlow => refused("Try again, or write the record's id by hand."),
            Error::Target { advice, .. } => refused(&advice),
        }
    }
}

/// Asks the connection's system for records, a page of at most 25 at a time, without changing anything there.
///
/// Each connection may be asked 60 times a minute; nothing is asked while its calls are held back.
#[utoipa::path(post, path = api::path::CONNECTION_LOOKUP, tag = "connections", params(("name" = String, Path)),
    request_body = LookUp, responses((status = 200, description = "A page of records", body = FoundRecords), AnyFailure))]
pub async fn look_up(
    State(app): State<App>,
    _: Require<Editor>,
    Path(name): Path<String>,
    Body(asked): Body<LookUp>,
) -> Result<Json<FoundRecords>, Failure> {
    let name = ConnectionName::from(&*name);
    let wanted = read(asked)?;
    let missing = || Failure::not_found(format_args!("connection {:?}", name.as_str()));
    let (held, _) = app.vault().find(&name).ok_or_else(missing)?;
    let connector = app.catalog().connector(&held.connector).ok_or_else(missing)?;
    if !connector.lookups().contains(&&*wanted.kind) {
        return Err(Error::NoKind { connector: held.connector.clone(), kind: wanted.kind }.into());
    }
    if let Some(why) = connections::held_back(&app, &name).await? {
        return Err(Error::HeldBack(why).into());
    }
    let _turn = app.lookups().turn(&name, app.now()).map_err(Error::TooOften)?;
    let page = tokio::time::timeout(ANSWER_MAX, connector.look_up(app.http(), &held, &wanted)).await;
    let page = page.map_err(|_| Error::TooSlow)?.map_err(|error| target(&held, &error))?;
    Ok(Json(told(&held, page)))
}

fn read(asked: LookUp) -> Result<Wanted, Error> {
    let LookUp { kind, text, id, after } = asked;
    let id_text = match &id {
        None | Some(Value::Number(_)) => "",
        Some(Value::String(text)) => text,
        Some(_) => return Err(Error::NoId),
    };
    let lengths = [
        ("kind", &*kind),
        ("text", &*text),
        ("id", id_text),
        ("after", after.as_deref().unwrap_or_default()),
    ];
    match lengths.iter().find(|(_, text)| text.chars().count() > ASKED_CHARS_MAX) {
        Some((name, _)) => Err(Error::TooLong(name)),
        None => Ok(Wanted { kind, text, id, after }),
    }
}

/// Why the system did not do it, without what it may have repeated of the connection's secrets.
fn target(held: &Connection, error: &connector::Error) -> Error {
    Error::Target { message: concealed(held, &error.to_string()), advice: error.advice() }
}

fn told(held: &Connection, page: Page) -> FoundRecords {
    let record = |record: Record| FoundRecord {
        id: record.id,
        label: short(concealed(held, &record.label)),
        detail: short(concealed(held, &record.detail)),
    };
    FoundRecords { records: page.records.into_iter().take(PAGE_MAX).map(record).collect(), next: page.next }
}

/// A text of a system without the connection's secrets.
pub(super) fn concealed(held: &Connection, text: &str) -> String {
    let mut value = Value::from(text);
    held.conceal(&mut value);
    value.as_str().unwrap_or_default().to_owned()
}

fn short(text: String) -> String {
    match text.char_indices().nth(TOLD_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
