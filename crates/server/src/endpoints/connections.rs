//! Connections: their fields can be read, their secrets only written.

use super::body::{Body, Path};
use crate::auth::{Editor, Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::{App, codes, vault, wire};
use api::{
    BlockedConnection, ConnectionInfo, ConnectionList, ConnectionState, SaveConnection, SignInState, Tested,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connector::Connection;
use connector::sign_in::TokenRule;
use engine::{ConnectionSource, GateView};
use model::money::Amount;
use model::{ConnectionName, ConnectionSpec, Field, FieldKind, Rate, Value};
use run::doc::BlockedWhy;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{GateRow, Ms};

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
    #[error("{field:?} leads somewhere else now, so these are to be given again: {}", .secrets.join(", "))]
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
    let (mut users, gates) = (users(&app).await?, Gates::read(&app).await?);
    let held = app.vault().list().into_iter();
    let connections = held.map(|(name, (held, at))| {
        gates.describe(&app, info(&held, at, users.remove(&name).unwrap_or_default()))
    });
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

/// Deletes a connection that no flow uses.
#[utoipa::path(delete, path = api::path::CONNECTION, tag = "connections", params(("name" = String, Path)),
    responses((status = 204, description = "It is gone"), AnyFailure))]
pub async fn delete(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    let _turn = app.importing().await;
    let name = ConnectionName::from(&*name);
    if let Some(flows) = users(&app).await?.remove(&name) {
        return Err(Error::InUse(flows).into());
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
    let missing = || Failure::not_found(format_args!("connection {name:?}"));
    let (held, _) = app.vault().find(&ConnectionName::from(&*name)).ok_or_else(missing)?;
    let catalog = app.catalog();
    let connector = catalog.connector(&held.connector).ok_or_else(missing)?;
    // A token that has ended is got anew first, as for a call.
    let tried = async {
        let held = app.vault().ready(&held.name).await?;
        connector.test(&app.http().over(&held)?, &held).await
    };
    Ok(Json(match tried.await {
        Ok(message) => Tested { ok: true, message, advice: String::new() },
        Err(error) => Tested { ok: false, message: error.to_string(), advice: error.advice().to_string() },
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
    if let Some(kept) = &kept {
        keep_secrets_at_home(spec, &given, kept)?;
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
    let signed_in = kept.is_some_and(|kept| stays_signed_in(spec, &given_fields, &kept));
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
    match users(app).await?.remove(name) {
        Some(flows) => Err(Error::OtherConnector { held: held.connector.clone(), flows }.into()),
        None => Ok(()),
    }
}

/// Whoever may change an address must not learn by it the secrets that others entered.
fn keep_secrets_at_home(
    spec: &ConnectionSpec,
    given: &SaveConnection,
    kept: &Connection,
) -> Result<(), Error> {
    let secrets: Vec<String> =
        kept.secrets.keys().filter(|name| !given.secrets.contains_key(*name)).cloned().collect();
    let origin = |fields: &serde_json::Map<String, Value>, field: &Field| {
        let address = fields.get(&field.name).unwrap_or(&field.default).as_str()?;
        connector::http::read_url(address).ok().map(|url| url.origin())
    };
    // Also where there was no address: it may have been taken away a moment ago.
    let moved = |field: &&Field| {
        let now = origin(&given.fields, field);
        field.kind == FieldKind::Url && now.is_some() && now != origin(&kept.fields, field)
    };
    match spec.fields.iter().find(moved) {
        Some(field) if !secrets.is_empty() => Err(Error::MovedSecrets { field: field.name.clone(), secrets }),
        _ => Ok(()),
    }
}

/// Tokens were made for one system and one app: those of another place or another app are worth nothing there.
fn stays_signed_in(spec: &ConnectionSpec, given: &serde_json::Map<String, Value>, kept: &Connection) -> bool {
    let matters =
        |field: &&Field| field.kind == FieldKind::Url || field.name.ends_with(connector::oauth2::CLIENT_ID);
    let value = |fields: &serde_json::Map<String, Value>, field: &Field| {
        fields.get(&field.name).unwrap_or(&field.default).clone()
    };
    spec.fields.iter().filter(matters).all(|field| value(given, field) == value(&kept.fields, field))
}

fn check(spec: &ConnectionSpec, given: &SaveConnection, kept: Option<&Connection>) -> Result<(), Error> {
    let known = |name: &str, secret: bool| {
        let same = |field: &&Field| field.name == name && (field.kind == FieldKind::Secret) == secret;
        spec.fields.iter().find(same)
    };
    for (name, value) in &given.fields {
        let field = known(name, false).ok_or_else(|| Error::UnknownField(name.clone()))?;
        check_value(field, value)?;
    }
    for (name, secret) in &given.secrets {
        known(name, true).ok_or_else(|| Error::UnknownField(name.clone()))?;
        if secret.len() > TEXT_BYTES_MAX {
            return Err(Error::WrongKind(name.clone(), "at most 64 KB"));
        }
    }
    let missing = spec.fields.iter().find(|field| field.required && !is_given(field, given, kept));
    missing.map_or(Ok(()), |field| Err(Error::MissingField(field.name.clone())))
}

fn is_given(field: &Field, given: &SaveConnection, kept: Option<&Connection>) -> bool {
    if field.kind == FieldKind::Secret {
        return match given.secrets.get(&field.name) {
            Some(secret) => !secret.is_empty(),
            None => kept.is_some_and(|kept| kept.secret(&field.name).is_some()),
        };
    }
    let value = given.fields.get(&field.name).unwrap_or(&field.default);
    !matches!(value, Value::Null) && value.as_str() != Some("")
}

fn check_value(field: &Field, value: &Value) -> Result<(), Error> {
    let wrong = |wanted| Err(Error::WrongKind(field.name.clone(), wanted));
    match (&field.kind, value) {
        (_, Value::Null) => Ok(()),
        (_, Value::String(text)) if text.len() > TEXT_BYTES_MAX => wrong("at most 64 KB"),
        (FieldKind::Bool, Value::Bool(_)) => Ok(()),
        (FieldKind::Bool, _) => wrong("true or false"),
        (FieldKind::Number, Value::Number(_)) => Ok(()),
        (FieldKind::Number, _) => wrong("a number"),
        (FieldKind::Money(_), Value::Number(number)) if Amount::read(number.as_str()).is_ok() => Ok(()),
        (FieldKind::Money(_), Value::String(text)) if text.is_empty() || Amount::read(text).is_ok() => Ok(()),
        (FieldKind::Money(_), _) => wrong("an amount of money, such as 1234.50"),
        (FieldKind::Choice(choices), Value::String(text)) => {
            let listed = text.is_empty() || choices.iter().any(|choice| choice.value == *text);
            if listed { Ok(()) } else { wrong("one of its choices") }
        }
        (FieldKind::Url, Value::String(text)) => {
            let usable = text.is_empty() || connector::http::read_url(text).is_ok();
            if usable { Ok(()) } else { wrong("an address that begins with http:// or https://") }
        }
        (FieldKind::Span, Value::String(text)) => {
            if text.is_empty() || text.parse::<model::Span>().is_ok() {
                Ok(())
            } else {
                wrong("a length of time, such as 10s")
            }
        }
        (FieldKind::Rate, value) => match Rate::read(value) {
            Ok(_) => Ok(()),
            Err(_) => wrong("a rate such as {\"calls\": 2, \"per\": \"1s\", \"burst\": 40}"),
        },
        (FieldKind::Json | FieldKind::Map | FieldKind::List(_), _) => Ok(()),
        (_, Value::String(_)) => Ok(()),
        _ => wrong("a text"),
    }
}

async fn found(app: &App, name: &str) -> Result<ConnectionInfo, Failure> {
    let name = ConnectionName::from(name);
    let (held, at) = app.vault().find(&name).ok_or_else(|| Failure::not_found("such connection"))?;
    let users = users(app).await?.remove(&name).unwrap_or_default();
    Ok(Gates::read(app).await?.describe(app, info(&held, at, users)))
}

async fn users(app: &App) -> Result<BTreeMap<ConnectionName, Vec<String>>, Failure> {
    Ok(wire::connection_users(&app.store().flows().await?))
}

fn info(held: &Arc<Connection>, updated_at: Ms, used_by: Vec<String>) -> ConnectionInfo {
    ConnectionInfo {
        name: held.name.clone(),
        connector: held.connector.clone(),
        fields: held.fields.clone(),
        secrets: held.secrets.keys().cloned().collect(),
        updated_at,
        used_by,
        rate: None,
        blocked: None,
        waiting: 0,
        sign_in: None,
    }
}

/// How a connection stands with its tokens; nothing where it needs none.
fn sign_in_state(app: &App, name: &ConnectionName) -> Option<SignInState> {
    let (held, _) = app.vault().find(name)?;
    let rule = app.vault().token_rule(&held);
    let tokens = held.tokens.as_ref();
    let by_consent = rule == TokenRule::Consent;
    (rule != TokenRule::None).then(|| SignInState {
        by_consent,
        signed_in: tokens.is_some(),
        until: tokens.filter(|_| by_consent).and_then(|tokens| match &tokens.refresh {
            Some(_) => tokens.refresh_expires_at,
            None => tokens.expires_at,
        }),
        facts: tokens.map(|tokens| tokens.facts.clone()).unwrap_or_default(),
    })
}

/// What holds calls back: as all processes have it in the store, and who waits in this one.
struct Gates {
    rows: BTreeMap<ConnectionName, GateRow>,
    here: BTreeMap<ConnectionName, GateView>,
}

impl Gates {
    async fn read(app: &App) -> Result<Self, Failure> {
        let rows = app.store().gates().await?.into_iter();
        let rows = rows.map(|row| (row.connection.clone(), row)).collect();
        Ok(Self { rows, here: app.engine().gates() })
    }

    fn state(&self, app: &App, name: ConnectionName, connector: String) -> ConnectionState {
        let blocked = self.rows.get(&name).and_then(|row| blocked(row, app.now()));
        let waiting = self.here.get(&name).map_or(0, |gate| gate.waiting as u64);
        ConnectionState { name, connector, blocked, waiting }
    }

    fn describe(&self, app: &App, info: ConnectionInfo) -> ConnectionInfo {
        let catalog = app.catalog();
        let spec = catalog.specs().connectors.get(&info.connector);
        let rate = spec.and_then(|spec| spec.connection.as_ref()?.rate(&info.fields));
        let ConnectionState { blocked, waiting, .. } =
            self.state(app, info.name.clone(), info.connector.clone());
        let sign_in = sign_in_state(app, &info.name);
        ConnectionInfo { rate, blocked, waiting, sign_in, ..info }
    }
}

fn blocked(row: &GateRow, now: Ms) -> Option<BlockedConnection> {
    if let Some(open) = &row.open {
        return Some(BlockedConnection {
            why: BlockedWhy::Breaker,
            until: open.next_trial_at,
            since: Some(open.since),
            trials: open.trials,
            error: open.error.clone(),
        });
    }
    let asked = (row.held_until > now).then_some(row.held_until)?;
    let (why, error) = (BlockedWhy::Asked, String::new());
    Some(BlockedConnection { why, until: asked, since: None, trials: 0, error })
}
