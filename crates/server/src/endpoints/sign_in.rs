//! Signing in to other systems: the browser goes to their consent page and comes back with something to exchange for tokens.

use super::body::{Body, Path};
use crate::auth::{Editor, Require};
use crate::failure::{AnyFailure, Failure};
use crate::{App, health};
use api::{SignInReturn, SignInUrl, SignedIn};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connector::sign_in::{Consent, Return};
use model::ConnectionName;

/// More than any system sends back.
const PAIRS_MAX: usize = 40;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("this sign-in was not begun here by you, or more than 15 minutes ago, or has come back before")]
    NotBegun,
    #[error("what came back has more than {PAIRS_MAX} parts")]
    TooMuch,
    #[error("{message}")]
    Refused { message: String, advice: String },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = crate::codes::BAD_CONNECTION;
        let failure = Failure::new(StatusCode::UNPROCESSABLE_ENTITY, code, error.to_string());
        match error {
            Error::NotBegun | Error::TooMuch => {
                failure.advice("Open the connection and press Sign in again.")
            }
            Error::Refused { advice, .. } => failure.advice(&advice),
        }
    }
}

impl From<connector::Error> for Error {
    fn from(error: connector::Error) -> Self {
        Self::Refused { message: error.to_string(), advice: error.advice() }
    }
}

/// Where the browser goes so that a person can consent.
#[utoipa::path(post, path = api::path::CONNECTION_SIGN_IN, tag = "connections", params(("name" = String, Path)),
    responses((status = 200, description = "The system's own page", body = SignInUrl), AnyFailure))]
pub async fn begin(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(name): Path<String>,
) -> Result<Json<SignInUrl>, Failure> {
    let name = ConnectionName::from(&*name);
    let missing = || Failure::not_found("such connection");
    let (held, _) = app.vault().find(&name).ok_or_else(missing)?;
    let catalog = app.catalog();
    let connector = catalog.connector(&held.connector).ok_or_else(missing)?;
    let begun = app.vault().begin_sign_in(&name, &editor.principal.who, app.now())?;
    let redirect_uri = redirect_uri(&app);
    let consent = Consent { redirect_uri: &redirect_uri, state: &begun.state, challenge: &begun.challenge };
    let http = app.http().over(&held).map_err(Error::from)?;
    let url = connector.find_consent_url(&http, &held, &consent).await.map_err(Error::from)?;
    Ok(Json(SignInUrl { url: url.into() }))
}

/// Exchanges what the browser brought back for tokens.
#[utoipa::path(post, path = api::path::SIGN_IN_RETURN, tag = "connections", request_body = SignInReturn,
    responses((status = 200, description = "The connection is signed in", body = SignedIn), AnyFailure))]
pub async fn end(
    State(app): State<App>,
    editor: Require<Editor>,
    Body(given): Body<SignInReturn>,
) -> Result<Json<SignedIn>, Failure> {
    if given.query.len() > PAIRS_MAX {
        return Err(Error::TooMuch.into());
    }
    let state = given.query.get("state").map(String::as_str).unwrap_or_default();
    let ended = app.vault().end_sign_in(state, &editor.principal.who, app.now()).ok_or(Error::NotBegun)?;
    let redirect_uri = redirect_uri(&app);
    let back = Return { redirect_uri: &redirect_uri, verifier: &ended.verifier, query: &given.query };
    app.vault().sign_in(&ended.connection, back).await.map_err(Error::from)?;
    app.engine().connection_changed();
    app.audit(&editor.principal.who, "connection.sign_in", &ended.connection).await;
    let (trying, name) = (app.clone(), ended.connection.clone());
    app.changes().spawn(async move { health::try_now(&trying, &name).await });
    Ok(Json(SignedIn { connection: ended.connection }))
}

fn redirect_uri(app: &App) -> String {
    format!("{}{}", app.base_url(), api::SIGN_IN_PAGE)
}
