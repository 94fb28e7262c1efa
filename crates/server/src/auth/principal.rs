//! The one way for a handler to learn who asks, with the least role it wants.

use super::{SessionRows, origin, session, token};
use crate::App;
use crate::codes;
use crate::failure::Failure;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use std::marker::PhantomData;
use std::sync::Arc;
use store::{Role, User};
use subtle::ConstantTimeEq;
use tower_sessions::Session;
use tower_sessions::session::Id;

/// A token's last use is written down at most this often.
const TOUCH_EVERY_MS: store::Ms = 60_000;

/// A signed-in person or a program with a token.
#[derive(Clone, Debug)]
pub struct Principal {
    /// As it stands in the audit trail: an e-mail, or `token:` and the token's name.
    pub who: String,
    pub role: Role,
    pub user: Option<User>,
    proof: Proof,
}

/// What let somebody in.
#[derive(Clone, Debug)]
enum Proof {
    Session(Option<Id>),
    Token([u8; 32]),
}

impl Principal {
    /// Whether what let them in would still do so: for a connection that outlives its request.
    pub async fn is_still_in(&self, app: &App) -> bool {
        let known = match &self.proof {
            Proof::Token(hash) => app.store().token_by_hash(hash).await.map(|found| found.is_some()).ok(),
            Proof::Session(id) => {
                let rows = Arc::new(SessionRows::new(app.store_handle(), app.clock()));
                let found = current(app, &Session::new(*id, rows, None)).await;
                found.map(|found| found.is_some()).ok()
            }
        };
        // Where the store cannot say, they stay until it can.
        known.unwrap_or(true)
    }
}

/// The least role for an endpoint.
pub trait Access: Send {
    const LEAST: Role;
}

macro_rules! access {
    ($($name:ident),*) => {$(
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl Access for $name {
            const LEAST: Role = Role::$name;
        }
    )*};
}
access!(Viewer, Operator, Editor, Owner);

/// `Require<Editor>` in a handler's arguments: whoever gets in is at least an editor, and not forged.
pub struct Require<A: Access> {
    pub principal: Principal,
    access: PhantomData<A>,
}

impl<A: Access> FromRequestParts<App> for Require<A> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let principal = match bearer(&parts.headers) {
            Some(token) => by_token(app, token).await?,
            None => by_session(app, parts).await?,
        };
        if principal.role < A::LEAST {
            return Err(not_allowed(A::LEAST));
        }
        Ok(Self { principal, access: PhantomData })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn by_token(app: &App, token: &str) -> Result<Principal, Failure> {
    let hash = token::hash_token(token);
    let found = app.store().token_by_hash(&hash).await?;
    let row = found.ok_or_else(not_signed_in)?;
    let now = app.now();
    if row.last_used_at.is_none_or(|at| now - at >= TOUCH_EVERY_MS)
        && let Err(error) = app.store().touch_token(&row.id, now).await
    {
        // Reading must go on when the disk is full.
        tracing::warn!(%error, "the use of a token was not written down");
    }
    Ok(Principal {
        who: format!("token:{}", row.name),
        role: row.role,
        user: None,
        proof: Proof::Token(hash),
    })
}

async fn by_session(app: &App, parts: &mut Parts) -> Result<Principal, Failure> {
    let session = Session::from_request_parts(parts, app).await;
    let session = session.map_err(|(_, reason)| Failure::internal(reason))?;
    let (signed_in, user) = current(app, &session).await?.ok_or_else(not_signed_in)?;
    if origin::changes(&parts.method) {
        origin::check(&parts.headers, app.base_url())?;
        check_csrf(&parts.headers, &signed_in.csrf)?;
    }
    Ok(Principal {
        who: user.email.clone(),
        role: user.role,
        user: Some(user),
        proof: Proof::Session(session.id()),
    })
}

/// The session's user, if it is valid and still theirs.
pub async fn current(app: &App, session: &Session) -> Result<Option<(session::SignedIn, User)>, Failure> {
    let found = session::signed_in(session, app.now()).await.map_err(Failure::internal)?;
    let Some(signed_in) = found else { return Ok(None) };
    let user = app.store().user(&signed_in.user).await?;
    Ok(user.filter(|user| signed_in.belongs_to(user)).map(|user| (signed_in, user)))
}

fn check_csrf(headers: &HeaderMap, expected: &str) -> Result<(), Failure> {
    let given = headers.get(api::CSRF_HEADER).map_or(&b""[..], |value| value.as_bytes());
    match bool::from(given.ct_eq(expected.as_bytes())) {
        true => Ok(()),
        false => Err(origin::forged(format!(
            "the header {} is missing or belongs to another session",
            api::CSRF_HEADER
        ))),
    }
}

fn not_signed_in() -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, codes::NOT_SIGNED_IN, "nobody is signed in")
}

fn not_allowed(least: Role) -> Failure {
    let role = crate::wire::role(least).as_str();
    Failure::new(StatusCode::FORBIDDEN, codes::NOT_ALLOWED, format!("this needs the role {role}"))
}
