//! Reading requests, so that what is wrong with them is said in the one shape of errors.

use super::{API_DOCUMENT_BYTES_MAX, BODY_BYTES_MAX};
use crate::App;
use crate::failure::Failure;
use axum::extract::{self, FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use bytes::Bytes;
use connector::nesting;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let Raw(bytes) = Raw::from_request(request, app).await?;
        read(&bytes).map(Body)
    }
}

/// A JSON body that may hold an API document.
pub struct Document<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Document<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let held = app.bodies().read(&parts.headers, body, API_DOCUMENT_BYTES_MAX).await?;
        read(&held.bytes).map(Document)
    }
}

/// Reads a JSON body, or parts of it.
pub fn read<'b, T: Deserialize<'b>>(bytes: &'b Bytes) -> Result<T, Failure> {
    // What becomes an event or an output is one level further in than the body.
    if nesting::is_deeper(bytes, nesting::JSON_LEVELS_MAX + 1) {
        return Err(Failure::bad_request(nesting::too_deep()));
    }
    serde_json::from_slice(bytes)
        .map_err(|error| Failure::bad_request(format!("the body does not fit: {}", without_value(&error))))
}

/// A JSON body that may be left out, or be `null`.
pub struct Optional<T>(pub Option<T>);

impl<T: DeserializeOwned> FromRequest<App> for Optional<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let Raw(bytes) = Raw::from_request(request, app).await?;
        match bytes.is_empty() {
            true => Ok(Self(None)),
            false => read(&bytes).map(Self),
        }
    }
}

/// The error quotes the value that it did not expect, and that may be a secret in the wrong place.
fn without_value(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(", expected ") {
        Some((_, expected)) if error.is_data() => format!("expected {expected}"),
        _ => text,
    }
}

/// A body as it came.
pub struct Raw(pub Bytes);

impl FromRequest<App> for Raw {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let held = app.bodies().read(&parts.headers, body, BODY_BYTES_MAX).await?;
        Ok(Self(held.bytes))
    }
}

/// What stands after the question mark.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(asked)| Asked(asked)).map_err(|rejection| Failure::bad_request(rejection.body_text()))
    }
}

/// What stands in the address.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let read = extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|extract::Path(named)| Self(named))
            .map_err(|rejection| Failure::bad_request(rejection.body_text()))
    }
}
