//! API tokens: made, listed, withdrawn.

use super::body::{Body, Path};
use crate::auth::{self, Owner, Require};
use crate::failure::{AnyFailure, Failure};
use crate::{App, wire};
use api::{CreateToken, CreatedToken, TokenList};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use store::{Role, Store, Token};
use uuid::Uuid;

const NAME_CHARS_MAX: usize = 100;
/// Nobody has a use for more, and each is a key to the house.
const TOKENS_MAX: usize = 200;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a token's name has 1 to 100 characters, all of which can be seen")]
    BadName,
    #[error("there are {TOKENS_MAX} tokens already; withdraw some first")]
    TooMany,
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("no randomness from the system: {0}")]
    Random(#[from] getrandom::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::BadName => Failure::bad_request(error.to_string()),
            Error::TooMany => Failure::conflict(error.to_string()),
            Error::Store(error) => error.into(),
            Error::Random(error) => Failure::internal(error),
        }
    }
}

/// All tokens; never the tokens themselves.
#[utoipa::path(get, path = api::path::TOKENS, tag = "tokens",
    responses((status = 200, description = "All tokens", body = TokenList), AnyFailure))]
pub async fn list(State(app): State<App>, _: Require<Owner>) -> Result<Json<TokenList>, Failure> {
    let tokens = app.store().tokens().await?;
    Ok(Json(TokenList { tokens: tokens.iter().map(wire::token).collect() }))
}

/// Makes a token. It is in this answer and nowhere else.
#[utoipa::path(post, path = api::path::TOKENS, tag = "tokens", request_body = CreateToken,
    responses((status = 201, description = "The token, for the only time", body = CreatedToken), AnyFailure))]
pub async fn create(
    State(app): State<App>,
    owner: Require<Owner>,
    Body(wanted): Body<CreateToken>,
) -> Result<(StatusCode, Json<CreatedToken>), Failure> {
    let who = &owner.principal.who;
    let role = wire::stored_role(wanted.role);
    let created = make(app.store(), &wanted.name, role, who, app.now()).await?;
    app.audit(who, "token.create", &created.info.name).await;
    Ok((StatusCode::CREATED, Json(created)))
}

/// Withdraws a token at once.
#[utoipa::path(delete, path = api::path::TOKEN, tag = "tokens", params(("id" = String, Path)),
    responses((status = 204, description = "It is worth nothing any more"), AnyFailure))]
pub async fn delete(
    State(app): State<App>,
    owner: Require<Owner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    if !app.store().delete_token(&id).await? {
        return Err(Failure::not_found("such token"));
    }
    app.audit(&owner.principal.who, "token.delete", &id).await;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn make(
    store: &dyn Store,
    name: &str,
    role: Role,
    by: &str,
    at: store::Ms,
) -> Result<CreatedToken, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control) {
        return Err(Error::BadName);
    }
    if store.tokens().await?.len() >= TOKENS_MAX {
        return Err(Error::TooMany);
    }
    let token = auth::new_token()?;
    let row = Token {
        id: Uuid::new_v4().to_string(),
        name: name.to_owned(),
        hash: auth::hash_token(&token),
        role,
        created_at: at,
        created_by: by.to_owned(),
        last_used_at: None,
    };
    let info = wire::token(&row);
    store.create_token(row).await?;
    Ok(CreatedToken { token, info })
}
