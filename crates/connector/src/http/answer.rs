//! What came back.

use super::host_of;
use crate::Error;
use ::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use model::Span;
use serde::de::DeserializeOwned;
use url::Url;

/// A target may ask for a long rest, but not for ever.
const RETRY_AFTER_MAX: Span = Span::from_secs(86_400);
/// How much of a target's own words goes into an error.
const MESSAGE_CHARS_MAX: usize = 500;

/// A whole answer: its body has been read within the bound.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Where the answer came from in the end, after redirects.
    pub url: Url,
}

impl Answer {
    pub fn host(&self) -> String {
        host_of(&self.url)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Unreadable {
            host: self.host(),
            message: format!("not the JSON that was expected ({error})"),
        })
    }

    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body)
            .map_err(|_| Error::Unreadable { host: self.host(), message: "not text in UTF-8".into() })
    }

    /// The answer if it is a success, else the error. `message` finds the target's own words in the answer.
    pub fn error_for_status(self, message: impl FnOnce(&Answer) -> Option<String>) -> Result<Answer, Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        let said = message(&self).map_or_else(|| self.reason(), |text| shorten(&text));
        Err(self.error(said))
    }

    /// What the status of a failure means, with the target's own words, where it says any.
    pub fn failed(&self, said: &str) -> Error {
        let said = shorten(said.trim());
        self.error(if said.is_empty() { self.reason() } else { said })
    }

    fn error(&self, message: String) -> Error {
        let host = self.host();
        match self.status.as_u16() {
            429 => Error::RateLimited {
                host,
                after: self.retry_after(),
            },
            401 => Error::Connection {
                message: format!("{host} did not accept the credentials: {message}"),
                advice: "Check the connection's user name, password or key; it may have expired.".into(),
            },
            300..=399 => Error::Refused {
                message: format!("{host} sends this request elsewhere (status {})", self.status.as_u16()),
                advice: "Enter the address it leads to: a request that changes something is not sent on by itself.".into(),
            },
            status => Error::Status {
                host,
                status,
                message,
                after: self.retry_after(),
            },
        }
    }

    fn reason(&self) -> String {
        self.status.canonical_reason().unwrap_or("no message").into()
    }

    /// `Retry-After` in seconds, or as a date counted from the answer's own `Date`: the target's clock may differ from ours.
    pub fn retry_after(&self) -> Option<Span> {
        let text = self.header(header::RETRY_AFTER.as_str())?.trim();
        let secs = match text.parse::<u64>() {
            Ok(secs) => secs,
            Err(_) => {
                let until = httpdate::parse_http_date(text).ok()?;
                let now = httpdate::parse_http_date(self.header(header::DATE.as_str())?).ok()?;
                until.duration_since(now).unwrap_or_default().as_secs()
            }
        };
        Some(Span::from_secs(secs.min(RETRY_AFTER_MAX.as_ms() / 1_000)))
    }
}

/// The beginning of a text that somebody else wrote, on one line.
pub fn shorten(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MESSAGE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}
