//! A flow file that lies somewhere else: fetched by the server, because a browser may not.

use super::body::Body;
use crate::auth::{Editor, Require};
use crate::failure::{AnyFailure, Failure};
use crate::lookups::Wait;
use crate::{App, codes};
use api::{FetchFlow, FetchedFlow};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connector::http;
use model::{DOCUMENT_BYTES_MAX, Span};

/// A person waits for it.
const ANSWER_MAX: Span = Span::from_secs(15);
/// Letters of an address.
const URL_CHARS_MAX: usize = 2_000;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the address is longer than {URL_CHARS_MAX} characters")]
    TooLong,
    #[error("there were many questions in the last minute")]
    TooOften(Wait),
    #[error("{0}")]
    Target(connector::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::TooLong | Error::Target(connector::Error::Input { .. }) => Failure::bad_request(message)
                .advice("Give an address without a password in it that begins with http:// or https://."),
            Error::TooOften(wait) => {
                Failure::new(StatusCode::TOO_MANY_REQUESTS, codes::BUSY, message).retry_after(wait.seconds)
            }
            Error::Target(error) => {
                Failure::new(StatusCode::BAD_GATEWAY, codes::TARGET_REFUSED, message).advice(advice(&error))
            }
        }
    }
}

/// The usual advice is for a step that is tried again.
fn advice(error: &connector::Error) -> String {
    match error {
        connector::Error::Forbidden { .. } => error.advice(),
        _ => "Check the address, or open it, copy the text, and import that.".into(),
    }
}

/// Fetches the text that an address leads to, for somebody who wants to import it. Nothing is saved, and whether it is a flow is
/// not looked at: check it or import it next.
///
/// It has the size of a flow file at most and comes within 15 seconds. Addresses that calls may not go to are refused, also where
/// the address given only redirects to one; no credentials go along.
#[utoipa::path(post, path = api::path::FETCH, tag = "flows", request_body = FetchFlow,
    responses((status = 200, description = "What came", body = FetchedFlow), AnyFailure))]
pub async fn fetch(
    State(app): State<App>,
    editor: Require<Editor>,
    Body(FetchFlow { url }): Body<FetchFlow>,
) -> Result<Json<FetchedFlow>, Failure> {
    let bytes_max = DOCUMENT_BYTES_MAX as u64;
    let text = text(&app, &editor.principal.who, "flow.fetch", &url, bytes_max).await?;
    Ok(Json(FetchedFlow { text }))
}

/// Fetches a text for somebody; `what` is how the audit trail calls it.
pub(super) async fn text(
    app: &App,
    who: &str,
    what: &str,
    url: &str,
    bytes_max: u64,
) -> Result<String, Failure> {
    if url.chars().count() > URL_CHARS_MAX {
        return Err(Error::TooLong.into());
    }
    let host = http::read_url(url).map(|url| http::host_of(&url)).map_err(Error::Target)?;
    let _turn = app.lookups().turn_without_connection(app.now()).map_err(Error::TooOften)?;
    // The host alone: an address may hold keys.
    app.audit(who, what, host).await;
    let http = app.http().bounded(bytes_max);
    let answer = http.get(url).timeout(ANSWER_MAX).send().await.map_err(Error::Target)?;
    // What a page says about its failure is not what was asked for.
    let answer = answer.error_for_status(|_| None).map_err(Error::Target)?;
    Ok(answer.text().map_err(Error::Target)?.to_owned())
}
