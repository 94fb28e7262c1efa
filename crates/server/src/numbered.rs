//! Every request to the API has a number: in its answer, and in each line that is logged on the way to it.

use crate::auth::Random;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A number that a proxy gave is kept up to this length, if it is plain.
const THEIRS_MAX: usize = 64;

tokio::task_local! {
    static NUMBER: String;
}

/// Around the API.
pub async fn run(request: Request, next: Next) -> Response {
    let number = request.headers().get(REQUEST_ID).and_then(theirs).unwrap_or_else(new);
    let span = tracing::error_span!("request", request = number);
    let header = HeaderValue::try_from(&number);
    let mut response = NUMBER.scope(number, next.run(request)).instrument(span).await;
    if let Ok(header) = header {
        response.headers_mut().insert(REQUEST_ID, header);
    }
    response
}

/// The number of the request that is being answered, where it has one.
pub fn current() -> Option<String> {
    NUMBER.try_with(Clone::clone).ok()
}

pub fn new() -> String {
    // Nobody relies on it being secret: without randomness, all get the same one.
    Random::<12>::new().map(|random| random.text()).unwrap_or_default()
}

fn theirs(value: &HeaderValue) -> Option<String> {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let text = value.to_str().ok().filter(|text| (1..=THEIRS_MAX).contains(&text.len()) && plain(text));
    text.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_from_outside_is_kept_if_it_can_do_no_harm_in_a_log() {
        let kept = |text: &'static str| theirs(&HeaderValue::from_static(text));
        assert_eq!(kept("7f3a-b_c.1"), Some("7f3a-b_c.1".into()));
        for bad in [
            "",
            "a b",
            "x\" level=error",
            "0123456789012345678901234567890123456789012345678901234567890123456789",
        ] {
            assert_eq!(kept(bad), None, "{bad}");
        }
    }
}
