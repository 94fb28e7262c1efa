//! The door: requests under `/hooks/`. No session, no layers; what is not needed for the answer does not happen here.

use crate::App;
use crate::codes;
use crate::failure::{Failure, RETRY_STORE_S};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use connector::Refusal;
use engine::{Answer, DoorError, Hook, Received};
use http_body_util::BodyExt;
use std::fmt;

/// What somebody may send along when ending a wait.
const RESUME_BYTES_MAX: u64 = 1 << 20;
/// How long a sender may take over its body.
const BODY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

/// `/hooks/{path}`: a trigger.
pub async fn receive(State(app): State<App>, request: Request) -> Response {
    take(&app, request).await.unwrap_or_else(Failure::into_response)
}

async fn take(app: &App, request: Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/hooks/").unwrap_or_default();
    let hook: Hook = app.engine().hook(path).ok_or_else(no_hook)?;
    let body = read(&parts.headers, body, hook.body_bytes_max()).await?;
    let request = connector::Request {
        method: &parts.method,
        path,
        query: parts.uri.query(),
        headers: &parts.headers,
        body: &body,
    };
    match app.engine().receive(&hook, &request).await {
        Ok(received) => Ok(answer(received)),
        Err(DoorError::Refused(Refusal::Ignored(why))) => Ok(ignored(why)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /hooks/resume/{token}`: ends a wait.
pub async fn resume(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let body = read(&headers, body, RESUME_BYTES_MAX).await?;
    let payload = match body.is_empty() {
        true => model::Value::Null,
        false => serde_json::from_slice(&body)
            .map_err(|error| Failure::bad_request(format!("the body is not JSON: {error}")))?,
    };
    let run = app.engine().resume(&token, payload).await?.ok_or_else(no_hook)?;
    Ok(accepted(run, false))
}

/// Reads a body that is not larger than allowed; one that says it is, is not read at all.
async fn read(headers: &HeaderMap, body: Body, limit: u64) -> Result<Bytes, Failure> {
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let read = tokio::time::timeout(BODY_TIMEOUT, gather(body, limit)).await;
    read.map_err(|_| Failure::bad_request("the body did not come in time"))?
}

async fn gather(mut body: Body, limit: u64) -> Result<Bytes, Failure> {
    let (mut first, mut more) = (Bytes::new(), BytesMut::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::bad_request("the body ended too early"))?;
        let Ok(data) = frame.into_data() else { continue };
        if (first.len() + more.len() + data.len()) as u64 > limit {
            return Err(too_large(limit));
        }
        // Nearly every body comes in one piece, which is then not copied.
        match first.is_empty() && more.is_empty() {
            true => first = data,
            false => {
                more.extend_from_slice(&std::mem::take(&mut first));
                more.extend_from_slice(&data);
            }
        }
    }
    Ok(if more.is_empty() { first } else { more.freeze() })
}

fn answer(received: Received) -> Response {
    match received.answer {
        Some(answer) => flows_own(answer),
        None => accepted(received.run, received.duplicate),
    }
}

fn accepted(run: store::RunId, duplicate: bool) -> Response {
    let started = api::Started { run: run.to_string(), duplicate };
    (StatusCode::ACCEPTED, Json(started)).into_response()
}

/// The sender did nothing wrong and shall not try again; there is just nothing to be done.
fn ignored(why: String) -> Response {
    (StatusCode::OK, Json(serde_json::json!({ "ignored": why }))).into_response()
}

/// The flow's answer. It is data, not one of our pages: browsers must not take it for one.
fn flows_own(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
            && may_be_set(&name)
        {
            headers.append(name, value);
        }
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    response
}

/// A flow may not speak for the server: neither about the connection nor about anybody's session.
fn may_be_set(name: &HeaderName) -> bool {
    let ours = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        header::TE,
        header::TRAILER,
        header::SET_COOKIE,
        header::STRICT_TRANSPORT_SECURITY,
        header::CONTENT_SECURITY_POLICY,
    ];
    !ours.contains(name)
}

fn no_hook() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, codes::NO_HOOK, "no trigger listens at this address")
}

fn too_large(limit: impl fmt::Display) -> Failure {
    let message = format!("the body is larger than {limit} bytes");
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, codes::TOO_LARGE, message)
}

impl From<DoorError> for Failure {
    fn from(error: DoorError) -> Self {
        let unavailable = |code, message: &str, seconds: u64| {
            Failure::new(StatusCode::SERVICE_UNAVAILABLE, code, message).retry_after(seconds)
        };
        match error {
            DoorError::Refused(refusal) => refusal.into(),
            DoorError::NotFound => no_hook(),
            DoorError::Paused => unavailable(codes::PAUSED, "the flow is paused", RETRY_PAUSED_S),
            DoorError::Busy { retry_after_s } => {
                unavailable(codes::BUSY, "too much is waiting", u64::from(retry_after_s))
            }
            DoorError::StoreFull => unavailable(codes::DISK_FULL, "the disk is full", RETRY_STORE_S),
            DoorError::Down => unavailable(codes::DOWN, "Khlong cannot write at the moment", RETRY_STORE_S),
            DoorError::Malformed(message) => Failure::bad_request(message),
        }
    }
}

const RETRY_PAUSED_S: u64 = 60;

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Unauthorized => {
                Failure::new(StatusCode::UNAUTHORIZED, codes::HOOK_UNAUTHORIZED, message)
            }
            Refusal::Method { .. } => {
                Failure::new(StatusCode::METHOD_NOT_ALLOWED, codes::WRONG_METHOD, message)
            }
            Refusal::TooLarge { limit } => too_large(limit),
            Refusal::Malformed(message) => Failure::bad_request(message),
            // What exactly is missing is for the log: the sender is a stranger.
            Refusal::NotSetUp(cause) => {
                let message = "the trigger at this address is not set up";
                Failure::new(StatusCode::INTERNAL_SERVER_ERROR, codes::HOOK_NOT_SET_UP, message).cause(cause)
            }
            // Only a trigger that nobody waits for can get here: see `ignored`.
            Refusal::Ignored(message) => Failure::bad_request(message),
        }
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Store(error) => error.into(),
            engine::Error::Down => DoorError::Down.into(),
            engine::Error::NotFound => Failure::not_found("such run or step"),
            engine::Error::NotPossible(message) => {
                Failure::new(StatusCode::CONFLICT, codes::NOT_POSSIBLE, message)
            }
            engine::Error::Flow { .. } => Failure::internal(error),
        }
    }
}
