//! Records of a connected system, to choose from while a flow is drawn.

use super::body::{Body, Path};
use super::connections;
use super::questions::{Unanswered, concealed, in_time};
use crate::auth::{Editor, Require};
use crate::failure::{AnyFailure, Failure};
use crate::{App, codes};
use api::{FoundRecord, FoundRecords, LookUp};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connector::Connection;
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use engine::ConnectionSource;
use model::{ConnectionName, Value};

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
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::TooLong(_) | Error::NoId => Failure::bad_request(message),
            Error::NoKind { .. } => Failure::new(StatusCode::NOT_FOUND, codes::NOT_FOUND, message)
                .advice("Write the record's id by hand."),
            Error::Unanswered(unanswered) => unanswered.into_failure("write the record's id by hand"),
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
    let catalog = app.catalog();
    let connector = catalog.connector(&held.connector).ok_or_else(missing)?;
    if !connector.lookups().contains(&&*wanted.kind) {
        return Err(Error::NoKind { connector: held.connector.clone(), kind: wanted.kind }.into());
    }
    if let Some(why) = connections::held_back(&app, &name).await? {
        return Err(Error::from(Unanswered::HeldBack(why)).into());
    }
    let turn = app.lookups().turn(&name, app.now());
    let _turn = turn.map_err(|wait| Error::from(Unanswered::TooOften(wait)))?;
    let asked = async {
        let held = app.vault().ready(&name).await?;
        connector.look_up(&app.http().over(&held)?, &held, &wanted).await
    };
    let page = in_time(asked).await.map_err(Error::from)?;
    // Its tokens may be others by now.
    let held = app.vault().connection(&name).unwrap_or(held);
    let page = page.map_err(|error| Error::from(Unanswered::target(Some(&held), &error)))?;
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

fn told(held: &Connection, page: Page) -> FoundRecords {
    let record = |record: Record| FoundRecord {
        id: record.id,
        label: short(concealed(held, &record.label)),
        detail: short(concealed(held, &record.detail)),
    };
    FoundRecords { records: page.records.into_iter().take(PAGE_MAX).map(record).collect(), next: page.next }
}

fn short(text: String) -> String {
    match text.char_indices().nth(TOLD_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
