//! The door: requests under `/hooks/`. No session, no layers; what is not needed for the answer does not happen here.

use crate::App;
use crate::bodies::{HELD_BYTES_MAX, Sink, Taken, too_large};
use crate::codes;
use crate::failure::{AnyFailure, Failure, RETRY_STORE_S};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use connector::{Refusal, nesting};
use engine::{Answer, Buffered, DoorError, Hook, Intake, Received};

/// What somebody may send along when ending a wait.
const RESUME_BYTES_MAX: u64 = 1 << 20;

/// Sends an event to a trigger.
///
/// The path may have slashes. A trigger may take other methods than POST: its flow says which.
#[utoipa::path(post, path = api::path::HOOK, tag = "hooks", security(()), request_body = Object,
    params(("path" = String, Path, description = "Where the trigger listens, such as `shop/orders`")),
    responses((status = 202, description = "The event is on disk and will be done; or the flow's buffer has confirmed that it keeps it",
            body = api::Taken),
        (status = 200, description = "The trigger is not for events of this kind; or the flow's own answer", body = Object),
        AnyFailure))]
pub async fn receive(State(app): State<App>, request: Request) -> Response {
    take(&app, request).await.unwrap_or_else(Failure::into_response)
}

async fn take(app: &App, request: Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/hooks/").unwrap_or_default();
    // The address of a trigger is one text, whatever a client does with slashes.
    let plain = !path.starts_with('/') && !path.contains("//");
    let hook: Hook = app.engine().hook(path).filter(|_| plain).ok_or_else(no_hook)?;
    let limit = hook.body_bytes_max().min(app.body_bytes_max());
    if hook.is_buffered() {
        // No broker takes more than is held.
        let body = app.bodies().read(&parts.headers, body, limit.min(HELD_BYTES_MAX)).await?;
        return put(app, &hook, &request_of(app, &parts, path, &body.bytes)).await;
    }
    let received = match app.bodies().take(&parts.headers, body, limit).await? {
        Taken::Held(body) => app.engine().receive(&hook, &request_of(app, &parts, path, &body.bytes)).await,
        Taken::Long(long) => {
            match app.engine().receive_long(&hook, &request_of(app, &parts, path, &Bytes::new())) {
                Ok(Some(mut intake)) => {
                    app.bodies().pass(long, &mut intake).await?;
                    intake.end().await
                }
                other => {
                    app.bodies().refuse(long).await;
                    other?;
                    return Err(too_large(HELD_BYTES_MAX));
                }
            }
        }
    };
    app.room().hear(&received, app.now());
    match received {
        Ok(Received { answer: Some(answer), .. }) => Ok(flows_own(answer)),
        Ok(received) => Ok(in_own_words(&hook, || accepted(received.run, received.duplicate))),
        Err(DoorError::Refused(Refusal::Ignored(why))) => Ok(in_own_words(&hook, || ignored(why))),
        Err(DoorError::Refused(Refusal::Look)) => Ok(in_own_words(&hook, noted)),
        Err(error) => Err(error.into()),
    }
}

/// Some senders take only words of their own as "received".
fn in_own_words(hook: &Hook, usual: impl FnOnce() -> Response) -> Response {
    hook.own_words().map_or_else(usual, |words| (StatusCode::OK, Json(words)).into_response())
}

/// Takes one event for whoever waits for it in the editor. It is checked as the trigger's own address checks it, starts no run,
/// and is kept in memory only.
#[utoipa::path(post, path = api::path::HOOK_TEST, tag = "hooks", security(()), request_body = Object,
    params(("path" = String, Path, description = "Where the trigger would listen, such as `shop/orders`")),
    responses((status = 202, description = "Whoever waits has it"),
        (status = 200, description = "The trigger is not for events of this kind", body = Object), AnyFailure))]
pub async fn receive_test(State(app): State<App>, request: Request) -> Response {
    take_test(&app, request).await.unwrap_or_else(Failure::into_response)
}

async fn take_test(app: &App, request: Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/hooks-test/").unwrap_or_default().trim_matches('/');
    let nobody = || no_hook().advice("Press Listen in the editor; one event is taken within two minutes.");
    let ear = app.listeners().at(app.now(), path).ok_or_else(nobody)?;
    let body = app.bodies().read(&parts.headers, body, ear.body_bytes_max()).await?;
    if nesting::is_deeper(&body.bytes, nesting::JSON_LEVELS_MAX) {
        return Err(Failure::bad_request(nesting::too_deep()));
    }
    let connection = ear.connection(app.vault());
    match ear.read(&request_of(app, &parts, path, &body.bytes), connection.as_deref()) {
        Ok(event) => match app.listeners().hear(app.now(), &ear, event) {
            true => Ok(StatusCode::ACCEPTED.into_response()),
            false => Err(nobody()),
        },
        Err(Refusal::Ignored(why)) => Ok(ignored(why)),
        Err(Refusal::Look) => Ok(noted()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Takes an event into its flow's buffer. Whether the store can be reached is another matter.
async fn put(app: &App, hook: &Hook, request: &connector::Request<'_>) -> Result<Response, Failure> {
    match app.engine().put(hook, request).await {
        Ok(Buffered { buffer, delivery }) => {
            let taken = api::Taken::Buffered(api::Buffered { buffer, delivery });
            Ok(in_own_words(hook, || (StatusCode::ACCEPTED, Json(taken)).into_response()))
        }
        Err(DoorError::Refused(Refusal::Ignored(why))) => Ok(in_own_words(hook, || ignored(why))),
        Err(DoorError::Refused(Refusal::Look)) => Ok(in_own_words(hook, noted)),
        Err(error) => Err(error.into()),
    }
}

fn request_of<'a>(app: &App, parts: &'a Parts, path: &'a str, body: &'a Bytes) -> connector::Request<'a> {
    let (method, query, headers) = (&parts.method, parts.uri.query(), &parts.headers);
    connector::Request { method, path, query, headers, body, at: app.now() }
}

impl Sink for Intake {
    async fn put(&mut self, part: &[u8]) -> Result<(), Failure> {
        Ok(Intake::put(self, part).await?)
    }
}

/// Ends a wait.
#[utoipa::path(post, path = api::path::RESUME, tag = "hooks", security(()), request_body = Object,
    params(("token" = String, Path, description = "The last part of the address that the wait gave out")),
    responses((status = 202, description = "The run goes on with the body", body = api::Started), AnyFailure))]
pub async fn resume(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let body = app.bodies().read(&headers, body, RESUME_BYTES_MAX).await?;
    let payload = match body.bytes.is_empty() {
        true => model::Value::Null,
        false if nesting::is_deeper(&body.bytes, nesting::JSON_LEVELS_MAX) => {
            return Err(Failure::bad_request(nesting::too_deep()));
        }
        false => serde_json::from_slice(&body.bytes)
            .map_err(|error| Failure::bad_request(format!("the body is not JSON: {error}")))?,
    };
    let run = app.engine().resume(&token, payload).await?.ok_or_else(no_hook)?;
    Ok(accepted(run, false))
}

fn accepted(run: store::RunId, duplicate: bool) -> Response {
    let started = api::Started { run: run.to_string(), duplicate };
    (StatusCode::ACCEPTED, Json(started)).into_response()
}

/// The sender did nothing wrong and shall not try again; there is just nothing to be done.
/// There is something to ask for, and the trigger asks. It is no event: what there is comes with its next look, also when this
/// word is lost.
fn noted() -> Response {
    (StatusCode::OK, Json(serde_json::json!({ "noted": true }))).into_response()
}

fn ignored(why: String) -> Response {
    (StatusCode::OK, Json(serde_json::json!({ "ignored": why }))).into_response()
}

/// For a browser that takes an answer for a page nevertheless.
const PAGE_POLICY: &str = "default-src 'none'; sandbox";

/// The flow's answer. It is data, not one of our pages: browsers must not take it for one.
fn flows_own(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = status(answer.status);
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
            && may_be_set(&name)
        {
            headers.append(name, value);
        }
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}

/// Whatever is below 200 announces another answer, and above 599 there is none.
fn status(number: u16) -> StatusCode {
    let known = (200..=599).contains(&number).then(|| StatusCode::from_u16(number).ok());
    known.flatten().unwrap_or(StatusCode::OK)
}

/// What a flow may not say for the server: about the connection, about anybody's session, about our other pages.
const OURS: [&str; 29] = [
    "alt-svc",
    "clear-site-data",
    "connection",
    "content-length",
    "content-security-policy",
    "content-security-policy-report-only",
    "date",
    "expect-ct",
    "keep-alive",
    "nel",
    "origin-agent-cluster",
    "permissions-policy",
    "proxy-authenticate",
    "proxy-connection",
    "public-key-pins",
    "referrer-policy",
    "refresh",
    "report-to",
    "reporting-endpoints",
    "server",
    "service-worker-allowed",
    "set-cookie",
    "set-cookie2",
    "strict-transport-security",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-frame-options",
];
const OURS_STARTING: [&str; 2] = ["access-control-", "cross-origin-"];

fn may_be_set(name: &HeaderName) -> bool {
    let name = name.as_str();
    !OURS.contains(&name) && !OURS_STARTING.iter().any(|start| name.starts_with(start))
}

fn no_hook() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, codes::NO_HOOK, "no trigger listens at this address")
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
            DoorError::HoldFull => {
                let message = "the flow is held, and as many events wait as may";
                unavailable(codes::HOLD_FULL, message, RETRY_PAUSED_S)
            }
            DoorError::Busy { retry_after_s } => {
                unavailable(codes::BUSY, "too much is waiting", u64::from(retry_after_s))
            }
            DoorError::Closed => {
                unavailable(codes::OVER_BUDGET, "the storage budget is used up", RETRY_BUDGET_S)
            }
            DoorError::StoreFull => unavailable(codes::DISK_FULL, "the disk is full", RETRY_STORE_S),
            DoorError::StoreAway => unavailable(codes::DOWN, "the database cannot be reached", RETRY_STORE_S),
            DoorError::Down => unavailable(codes::DOWN, "Khlong cannot write at the moment", RETRY_STORE_S),
            DoorError::Malformed(message) => Failure::bad_request(message),
            DoorError::NotConfirmed { buffer } => {
                let message = format!("the buffer {buffer} did not confirm, and nothing was accepted");
                unavailable(codes::NOT_CONFIRMED, &message, RETRY_STORE_S)
            }
            DoorError::TooLargeForBuffer { .. } => {
                let advice = "Send less at once, or let the flow accept into the store: take accept_into out of its settings.";
                Failure::new(StatusCode::PAYLOAD_TOO_LARGE, codes::TOO_LARGE, error.to_string())
                    .advice(advice)
            }
        }
    }
}

const RETRY_PAUSED_S: u64 = 60;
const RETRY_BUDGET_S: u64 = 60;

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Unauthorized => {
                Failure::new(StatusCode::UNAUTHORIZED, codes::HOOK_UNAUTHORIZED, message)
            }
            Refusal::Method { allowed } => Failure::wrong_method(&allowed),
            Refusal::TooLarge { limit } => too_large(limit),
            Refusal::Malformed(message) => Failure::bad_request(message),
            // What exactly is missing is for the log: the sender is a stranger.
            Refusal::NotSetUp(cause) => {
                let message = "the trigger at this address is not set up";
                Failure::new(StatusCode::INTERNAL_SERVER_ERROR, codes::HOOK_NOT_SET_UP, message).cause(cause)
            }
            // Only a trigger that nobody waits for can get here: see `ignored` and `noted`.
            Refusal::Ignored(message) => Failure::bad_request(message),
            Refusal::Look => Failure::bad_request(message),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, header: &str) -> Response {
        let headers = [(header.to_owned(), "x".to_owned())].into_iter().collect();
        flows_own(Answer { status, headers, body: Default::default() })
    }

    #[test]
    fn a_flow_speaks_for_itself_alone() {
        for header in [
            "Clear-Site-Data",
            "Access-Control-Allow-Origin",
            "Set-Cookie",
            "Cross-Origin-Opener-Policy",
            "Content-Security-Policy-Report-Only",
            "Strict-Transport-Security",
        ] {
            assert!(!answer(200, header).headers().contains_key(header), "{header}");
        }
        assert!(answer(200, "x-greeting").headers().contains_key("x-greeting"));
        assert_eq!(answer(200, "content-security-policy").headers()["content-security-policy"], PAGE_POLICY);
    }

    #[test]
    fn a_flow_answers_with_a_last_word() {
        for (said, told) in [(0, 200), (100, 200), (101, 200), (201, 201), (404, 404), (599, 599), (999, 200)]
        {
            assert_eq!(answer(said, "x").status().as_u16(), told, "{said}");
        }
    }
}
