//! Connections: their fields can be read, their secrets only written.

mod checks;
mod describe;

use super::alerts;
use super::body::{Body, Path};
use crate::auth::{Editor, Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::{App, codes, health, uses, vault};
use api::{ConnectionInfo, ConnectionList, ConnectionState, SaveConnection, Tested};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use checks::{check, keep_secrets_at_home, stays_signed_in};
use describe::{Gates, LISTED_MAX, Looked, SHOWN_MAX, blocked};
use model::ConnectionName;
use secrecy::SecretString;
use std::collections::BTreeMap;

const TEXT_BYTES_MAX: usize = 64 << 10;
const CONNECTIONS_MAX: usize = 500;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a connection's name has letters, digits, - and _, at most 64")]
    BadName,
    #[error("there is no connector {0:?} that takes connections")]
    NoConnector(String),
    #[error("the connector has no field {0:?}")]
    UnknownField(String),
    #[error("the field {0:?} is missing")]
    MissingField(String),
    #[error("the field {0:?} takes {1}")]
    WrongKind(String, &'static str),
    #[error("there are {CONNECTIONS_MAX} connections already")]
    TooMany,
    #[error("the connection is used by {}", .0.join(", "))]
    InUse(Vec<String>),
    #[error("the connection is used by {} and stays one of {held}", .flows.join(", "))]
    OtherConnector { held: String, flows: Vec<String> },
    #[error("{field:?} decides where secrets go, and it is another now, so these are to be given again: {}", .secrets.join(", "))]
    MovedSecrets { field: String, secrets: Vec<String> },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::OtherConnector { .. } => Failure::conflict(error.to_string())
                .advice("Make a connection with another name, or take this one out of the flows first."),
            Error::InUse(_) | Error::TooMany => Failure::conflict(error.to_string()),
            _ => Failure::new(StatusCode::UNPROCESSABLE_ENTITY, codes::BAD_CONNECTION, error.to_string()),
        }
    }
}

impl From<vault::Error> for Failure {
    fn from(error: vault::Error) -> Self {
        match error {
            vault::Error::Store(error) => error.into(),
            other => Failure::internal(other),
        }
    }
}

/// All connections, without their secrets.
#[utoipa::path(get, path = api::path::CONNECTIONS, tag = "connections",
    responses((status = 200, description = "All connections", body = ConnectionList), AnyFailure))]
pub async fn list(State(app): State<App>, _: Require<Viewer>) -> Result<Json<ConnectionList>, Failure> {
    let looked = Looked::at(&app).await?;
    let held = app.vault().list().into_values();
    let connections = held.map(|(held, at)| looked.describe(&app, &held, at, LISTED_MAX));
    Ok(Json(ConnectionList { connections: connections.collect() }))
}

/// Whether calls go out: the connections that are held back, and then those that others wait for, come first.
pub async fn states(app: &App) -> Result<Vec<ConnectionState>, Failure> {
    let gates = Gates::read(app).await?;
    let held = app.vault().list().into_iter();
    let mut states: Vec<_> =
        held.map(|(name, (held, _))| gates.state(app, name, held.connector.clone())).collect();
    states.sort_by_key(|state| (state.blocked.is_none(), state.waiting == 0));
    Ok(states)
}

/// One connection, without its secrets.
#[utoipa::path(get, path = api::path::CONNECTION, tag = "connections", params(("name" = String, Path)),
    responses((status = 200, description = "The connection", body = ConnectionInfo), AnyFailure))]
pub async fn show(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(name): Path<String>,
) -> Result<Json<ConnectionInfo>, Failure> {
    found(&app, &name).await.map(Json)
}

/// Creates a connection or changes it.
///
/// A secret left out stays as it is; an empty one is removed. The connector can only change while no flow uses the
/// connection, and then no secret of the one before is kept: they were for another system. Where an address is new or leads to
/// another server, the secrets have to be given again, so that nobody sends there what they do not know.
#[utoipa::path(put, path = api::path::CONNECTION, tag = "connections", params(("name" = String, Path)),
    request_body = SaveConnection, responses((status = 200, description = "The connection as it is now", body = ConnectionInfo), AnyFailure))]
pub async fn save(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(name): Path<String>,
    Body(given): Body<SaveConnection>,
) -> Result<Json<ConnectionInfo>, Failure> {
    put(&app, &name, given, &editor.principal.who).await?;
    found(&app, &name).await.map(Json)
}

/// Deletes a connection that no published flow uses and no alert is told over.
#[utoipa::path(delete, path = api::path::CONNECTION, tag = "connections", params(("name" = String, Path)),
    responses((status = 204, description = "It is gone"), AnyFailure))]
pub async fn delete(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    let _turn = app.importing().await;
    let name = ConnectionName::from(&*name);
    if let Some(flows) = uses::read(app.store()).await?.published(&name) {
        return Err(Error::InUse(flows).into());
    }
    let alerts = alerts::over(&app, &name).await?;
    if !alerts.is_empty() {
        return Err(Error::InUse(alerts).into());
    }
    if !app.vault().delete(&name).await? {
        return Err(Failure::not_found("such connection"));
    }
    app.engine().forget_connection(&name);
    app.audit(&editor.principal.who, "connection.delete", &name).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the other system whether the connection works, without changing anything there.
#[utoipa::path(post, path = api::path::CONNECTION_TEST, tag = "connections", params(("name" = String, Path)),
    responses((status = 200, description = "What the other system said", body = Tested), AnyFailure))]
pub async fn test(
    State(app): State<App>,
    _: Require<Editor>,
    Path(name): Path<String>,
) -> Result<Json<Tested>, Failure> {
    let name = ConnectionName::from(&*name);
    let missing = || Failure::not_found(format_args!("connection {:?}", name.as_str()));
    let (held, _) = app.vault().find(&name).ok_or_else(missing)?;
    app.catalog().connector(&held.connector).ok_or_else(missing)?;
    let answer = health::ask(&app, &name).await;
    // Of one that asks nobody it stays unknown whether it works.
    if health::can_try(&app, &held) {
        health::note(&app, &name, &answer).await?;
    }
    Ok(Json(match answer {
        Ok(message) => Tested { ok: true, message, advice: String::new() },
        Err(error) => Tested { ok: false, message: error.to_string(), advice: error.advice() },
    }))
}

/// Says that the connection's system is there again: whatever waits for it goes on at once.
///
/// Without this, one call is tried now and then until one is answered. A rate budget is kept all the same.
#[utoipa::path(post, path = api::path::CONNECTION_UNBLOCK, tag = "connections", params(("name" = String, Path)),
    responses((status = 200, description = "The connection as it is now", body = ConnectionInfo), AnyFailure))]
pub async fn unblock(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(name): Path<String>,
) -> Result<Json<ConnectionInfo>, Failure> {
    let known = ConnectionName::from(&*name);
    app.vault().find(&known).ok_or_else(|| Failure::not_found("such connection"))?;
    if app.engine().unblock(&known).await? {
        app.audit(&operator.principal.who, "connection.unblock", &known).await;
    }
    found(&app, &name).await.map(Json)
}

/// Why nothing is called over a connection at present; nothing where it may be.
pub(super) async fn held_back(app: &App, name: &ConnectionName) -> Result<Option<String>, Failure> {
    let row = app.store().gates().await?.into_iter().find(|row| row.connection == *name);
    let held = row.and_then(|row| blocked(&row, app.now()));
    Ok(held.map(|held| match held.error.is_empty() {
        true => "its system asked for a pause".to_owned(),
        false => held.error,
    }))
}

/// Checks a connection by its connector's spec and saves it.
pub async fn put(app: &App, name: &str, given: SaveConnection, who: &str) -> Result<(), Failure> {
    if !model::ids::is_id(name) {
        return Err(Error::BadName.into());
    }
    let name = ConnectionName::from(name);
    // No flow may begin to use the connection while it changes.
    let _turn = app.importing().await;
    let known = app.vault().find(&name);
    if known.is_none() && app.vault().list().len() >= CONNECTIONS_MAX {
        return Err(Error::TooMany.into());
    }
    let catalog = app.catalog();
    let specs = catalog.specs();
    let spec = specs.connectors.get(&given.connector).and_then(|spec| spec.connection.as_ref());
    let spec = spec.ok_or_else(|| Error::NoConnector(given.connector.clone()))?;
    let kept = known.filter(|(held, _)| held.connector == given.connector).map(|(held, _)| held);
    check(spec, &given, kept.as_deref())?;
    let is_built_in = app.imported().is_built_in(&given.connector);
    if let Some(kept) = &kept {
        keep_secrets_at_home(spec, &given, kept, is_built_in)?;
    }
    refuse_other_connector(app, &name, &given.connector).await?;
    let (secrets, given_fields) = (given.secrets, given.fields);
    let change = |mut kept: BTreeMap<String, SecretString>| {
        for (field, secret) in secrets {
            match secret.is_empty() {
                true => drop(kept.remove(&field)),
                false => drop(kept.insert(field, SecretString::from(secret))),
            }
        }
        kept
    };
    let signed_in = kept.is_some_and(|kept| stays_signed_in(spec, &given_fields, &kept, is_built_in));
    app.vault().save(name.clone(), given.connector, given_fields, signed_in, change, app.now()).await?;
    app.engine().connection_changed();
    app.audit(who, "connection.save", &name).await;
    Ok(())
}

/// What flows use a connection for is known of its connector alone.
async fn refuse_other_connector(app: &App, name: &ConnectionName, connector: &str) -> Result<(), Failure> {
    let Some((held, _)) = app.vault().find(name).filter(|(held, _)| held.connector != connector) else {
        return Ok(());
    };
    match uses::read(app.store()).await?.published(name) {
        Some(flows) => Err(Error::OtherConnector { held: held.connector.clone(), flows }.into()),
        None => Ok(()),
    }
}

async fn found(app: &App, name: &str) -> Result<ConnectionInfo, Failure> {
    let name = ConnectionName::from(name);
    let (held, at) = app.vault().find(&name).ok_or_else(|| Failure::not_found("such connection"))?;
    Ok(Looked::at(app).await?.describe(app, &held, at, SHOWN_MAX))
}
