//! How a planned fault looks from outside, in front of a vendor's own answers.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};

use super::faults::Asked;
use super::plan::Kind;
use super::{BODY_BYTES_MAX, Stand, Vendor};
use crate::line::Cut;

/// How long an answer that never comes keeps its connection at most.
const SILENCE_MAX: Duration = Duration::from_secs(600);
/// An answer to be cut is read whole first; none of a stand-in is longer.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Lets a request through to the vendor, unless a plan that is in force says otherwise.
pub(super) async fn under_faults<V: Vendor>(
    State(vendor): State<Arc<V>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let stand = vendor.stand();
    let strikes = {
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let asked = Asked { method, path, body: &body, second: stand.now().timestamp() };
        stand.faults().strike(&asked)
    };
    let request = Request::from_parts(parts, Body::from(body));
    for strike in strikes {
        match strike {
            Kind::Slow(delay) => wait(stand, delay).await,
            Kind::TokenExpired => {
                if let Some(answer) = vendor.token_expired() {
                    return answer;
                }
            }
            Kind::TooMany { retry_after } => return vendor.throttled(retry_after),
            Kind::Failed => return vendor.failed(),
            Kind::Html => return page(StatusCode::OK, "Checking your browser"),
            Kind::Down { status } => return down(status),
            Kind::Truncated { close } => return truncated(next.run(request).await, close).await,
            Kind::Timeout { close } => return silence(stand, &cut, close).await,
            Kind::TimeoutAfterWork { close } => {
                drop(next.run(request).await);
                return silence(stand, &cut, close).await;
            }
            Kind::Reset => {
                cut.reset();
                return StatusCode::NO_CONTENT.into_response(); // never leaves the house
            }
        }
    }
    next.run(request).await
}

/// Ends early when the stand-in stops. A caller who leaves ends it, too: the server then drops this future.
async fn wait(stand: &Stand, delay: Duration) {
    tokio::select! {
        () = tokio::time::sleep(delay) => {}
        () = stand.stop.cancelled() => {}
    }
}

async fn silence(stand: &Stand, cut: &Cut, close: bool) -> Response {
    if !close {
        wait(stand, SILENCE_MAX).await;
    }
    cut.close();
    StatusCode::NO_CONTENT.into_response()
}

fn page(status: StatusCode, title: &str) -> Response {
    (status, Html(format!("<!DOCTYPE html><html><head><title>{title}</title></head></html>"))).into_response()
}

fn down(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    page(status, &status.to_string())
}

/// The first half of the answer. With `close`, its head promises the whole, and then the connection breaks.
async fn truncated(answer: Response, close: bool) -> Response {
    let (mut parts, body) = answer.into_parts();
    let whole = to_bytes(body, ANSWER_BYTES_MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    let length = if close { whole.len() } else { half.len() };
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if !close {
        return Response::from_parts(parts, Body::from(half));
    }
    // The server writes what it has once the rest keeps it waiting; without the wait nothing would leave at all.
    let broken = stream::once(async {
        tokio::task::yield_now().await;
        Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    let half = stream::once(std::future::ready(Ok(half)));
    Response::from_parts(parts, Body::from_stream(half.chain(broken)))
}
