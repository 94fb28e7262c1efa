//! Signing in and out, and the first owner.

use super::body::Body;
use crate::auth::{self, Address, PasswordError, SameSite, Wait};
use crate::failure::Failure;
use crate::{App, codes, wire};
use api::{SessionInfo, SetUp, SignIn};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use store::{Role, User};
use tower_sessions::Session;
use uuid::Uuid;

/// What a visitor sends as `x-khlong-csrf` before there is a session to bind it to.
const VISITOR_CSRF: &str = "visitor";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the e-mail or the password is wrong")]
    Wrong,
    #[error("too many attempts; wait {} s", .0.seconds)]
    Throttled(Wait),
    #[error("too many are signing in at once")]
    Busy,
    #[error("there is an owner already")]
    SetUpAlready,
    #[error("the set-up code is missing or wrong")]
    WrongCode,
    #[error("{0}")]
    BadAccount(&'static str),
    #[error("{0}")]
    Internal(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (status, code) = match &error {
            Error::Wrong => (StatusCode::UNAUTHORIZED, codes::WRONG_SIGN_IN),
            Error::Throttled(_) => (StatusCode::TOO_MANY_REQUESTS, codes::TOO_MANY_ATTEMPTS),
            Error::Busy => (StatusCode::SERVICE_UNAVAILABLE, codes::BUSY),
            Error::SetUpAlready => (StatusCode::CONFLICT, codes::SET_UP_ALREADY),
            Error::WrongCode => (StatusCode::FORBIDDEN, codes::WRONG_SET_UP_CODE),
            Error::BadAccount(_) => (StatusCode::UNPROCESSABLE_ENTITY, codes::BAD_ACCOUNT),
            Error::Internal(cause) => return Failure::internal(cause),
        };
        let failure = Failure::new(status, code, error.to_string());
        match error {
            Error::Throttled(wait) => failure.retry_after(wait.seconds),
            Error::Busy => failure.retry_after(1),
            _ => failure,
        }
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Hash(cause) => Self::Internal(cause),
        }
    }
}

/// Who is signed in.
#[utoipa::path(get, path = api::path::SESSION, tag = "session", security(()),
    responses((status = 200, description = "Who is signed in, or that nobody is", body = SessionInfo), crate::failure::AnyFailure))]
pub async fn show(State(app): State<App>, session: Session) -> Result<Json<SessionInfo>, Failure> {
    let current = auth::current(&app, &session).await?;
    let set_up = current.is_some() || !app.store().users().await?.is_empty();
    let (csrf, user) = match current {
        Some((signed_in, user)) => (signed_in.csrf, Some(wire::user(&user))),
        None => (VISITOR_CSRF.to_owned(), None),
    };
    Ok(Json(info(&app, set_up, user, csrf)))
}

/// Signs in with e-mail and password; the answer sets the session's cookie.
#[utoipa::path(post, path = api::path::SESSION, tag = "session", security(()), request_body = SignIn,
    responses((status = 200, description = "Signed in", body = SessionInfo), crate::failure::AnyFailure))]
pub async fn sign_in(
    State(app): State<App>,
    _: SameSite,
    session: Session,
    Address(address): Address,
    Body(given): Body<SignIn>,
) -> Result<Json<SessionInfo>, Failure> {
    app.throttle().attempt(&given.email, address, app.now()).map_err(Error::Throttled)?;
    let user = app.store().user_by_email(&auth::normal_email(&given.email)).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let right = app.passwords().verify(SecretString::from(given.password), hash).await;
    let user = match (right.map_err(Error::from)?, user) {
        (true, Some(user)) => user,
        _ => return Err(Error::Wrong.into()),
    };
    app.throttle().was_right(&given.email, address);
    begin(&app, &session, &user).await
}

/// Ends the session.
#[utoipa::path(delete, path = api::path::SESSION, tag = "session",
    responses((status = 204, description = "Signed out"), crate::failure::AnyFailure))]
pub async fn sign_out(_: auth::Require<auth::Viewer>, session: Session) -> Result<StatusCode, Failure> {
    auth::sign_out(&session).await.map_err(Failure::internal)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Creates the owner of a fresh installation and signs them in. Works once.
///
/// A server that others can reach wants the set-up code from its log: see `set_up_code` of the session.
#[utoipa::path(post, path = api::path::SET_UP, tag = "session", security(()), request_body = SetUp,
    responses((status = 200, description = "The owner is created and signed in", body = SessionInfo), crate::failure::AnyFailure))]
pub async fn set_up(
    State(app): State<App>,
    _: SameSite,
    session: Session,
    Body(given): Body<SetUp>,
) -> Result<Json<SessionInfo>, Failure> {
    // Asked before the costly hash; the store's own answer below is the one that counts.
    if !app.store().users().await?.is_empty() {
        return Err(Error::SetUpAlready.into());
    }
    if app.set_up_code().is_some_and(|code| !code.is(&given.code)) {
        return Err(Error::WrongCode.into());
    }
    let owner = new_user(&app, given, Role::Owner).await?;
    if !app.store().create_owner(owner.clone()).await? {
        return Err(Error::SetUpAlready.into());
    }
    app.audit(&owner.email, "setup", &owner.email).await;
    begin(&app, &session, &owner).await
}

async fn begin(app: &App, session: &Session, user: &User) -> Result<Json<SessionInfo>, Failure> {
    let signed_in = auth::sign_in(session, user, app.now()).await;
    let signed_in = signed_in.map_err(Failure::internal)?;
    Ok(Json(info(app, true, Some(wire::user(user)), signed_in.csrf)))
}

fn info(app: &App, set_up: bool, user: Option<api::UserInfo>, csrf: String) -> SessionInfo {
    SessionInfo {
        set_up,
        set_up_code: !set_up && app.set_up_code().is_some(),
        user,
        csrf,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        base_url: app.base_url().to_owned(),
    }
}

async fn new_user(app: &App, given: SetUp, role: Role) -> Result<User, Error> {
    let email = auth::check_account(&given.name, &given.email, &given.password).map_err(Error::BadAccount)?;
    Ok(User {
        id: Uuid::new_v4().to_string(),
        email,
        name: given.name.trim().to_owned(),
        role,
        password_hash: app.passwords().hash(SecretString::from(given.password)).await?,
        created_at: app.now(),
    })
}
