//! A request being put together. A mistake in it (a bad address, a header with a line break) is told by `send`.

use super::{Answer, Http};
use crate::Error;
use ::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use ::http::{HeaderMap, Method};
use base64::Engine as _;
use bytes::Bytes;
use model::Span;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;

/// How long a call may take in all, unless said otherwise.
pub const TIMEOUT: Span = Span::from_secs(30);

/// The header under which targets take the same key twice and act once.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

#[must_use = "nothing is sent before `send`"]
pub struct Call<'a> {
    http: &'a Http,
    parts: Result<Parts, Error>,
}

/// A request without mistakes.
#[derive(Clone, Debug)]
pub struct Parts {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub timeout: Span,
    /// The body is a secret itself: no redirect may carry it to another origin.
    pub body_is_secret: bool,
}

impl<'a> Call<'a> {
    pub(super) fn new(http: &'a Http, method: Method, url: &str) -> Self {
        let parts = read_url(url).map(|url| Parts {
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: TIMEOUT,
            body_is_secret: false,
        });
        Self { http, parts }
    }

    /// Where it would go, for checks before a secret is added; nothing where there is a mistake in it.
    pub fn url(&self) -> Option<&Url> {
        self.parts.as_ref().ok().map(|parts| &parts.url)
    }

    /// Sets a header; the same name again replaces it.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|parts| {
            let (name, value) = read_header(name, value)?;
            parts.headers.insert(name, value);
            Ok(())
        })
    }

    /// A header whose value is a secret: never shown, not even in a debug print.
    pub fn secret_header(self, name: &str, value: &SecretString) -> Self {
        self.with(|parts| {
            let (name, mut value) = read_header(name, value.expose_secret())?;
            value.set_sensitive(true);
            parts.headers.insert(name, value);
            Ok(())
        })
    }

    pub fn bearer(self, token: &SecretString) -> Self {
        let value = SecretString::from(format!("Bearer {}", token.expose_secret()));
        self.secret_header(AUTHORIZATION.as_str(), &value)
    }

    pub fn basic(self, username: &str, password: &SecretString) -> Self {
        let pair = format!("{username}:{}", password.expose_secret());
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        let value = SecretString::from(format!("Basic {encoded}"));
        self.secret_header(AUTHORIZATION.as_str(), &value)
    }

    /// Adds one pair to the address's query.
    pub fn query(self, name: &str, value: &str) -> Self {
        self.with(|parts| {
            parts.url.query_pairs_mut().append_pair(name, value);
            Ok(())
        })
    }

    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.body_of("application/json", bytes.into()),
            Err(error) => self.with(|_| Err(mistake(format!("the body is not JSON: {error}")))),
        }
    }

    pub fn form<N: AsRef<str>, V: AsRef<str>>(self, pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.body_of("application/x-www-form-urlencoded", encoded.into())
    }

    pub fn text(self, text: String) -> Self {
        self.body_of("text/plain; charset=utf-8", text.into())
    }

    /// A body as it is; say what it is by the header `content-type`.
    pub fn body(self, bytes: Bytes) -> Self {
        self.with(|parts| {
            parts.body = bytes;
            Ok(())
        })
    }

    /// The same for a body that holds a secret: it goes to the address and to no other, wherever that redirects to.
    pub fn secret_body(self, bytes: Bytes) -> Self {
        self.body(bytes).with(|parts| {
            parts.body_is_secret = true;
            Ok(())
        })
    }

    /// Sets the body, and the content type unless one is set already.
    fn body_of(self, content_type: &'static str, bytes: Bytes) -> Self {
        self.with(|parts| {
            let value = HeaderValue::from_static(content_type);
            parts.headers.entry(CONTENT_TYPE).or_insert(value);
            parts.body = bytes;
            Ok(())
        })
    }

    /// How long the call may take in all: connecting, redirects and reading the body included.
    pub fn timeout(self, timeout: Span) -> Self {
        self.with(|parts| {
            parts.timeout = timeout;
            Ok(())
        })
    }

    /// Lets the target recognise a repeat.
    pub fn retry_key(self, key: &str) -> Self {
        self.header(IDEMPOTENCY_KEY, key)
    }

    pub async fn send(self) -> Result<Answer, Error> {
        self.http.send(self.parts?).await
    }

    fn with(mut self, change: impl FnOnce(&mut Parts) -> Result<(), Error>) -> Self {
        if let Ok(parts) = &mut self.parts
            && let Err(error) = change(parts)
        {
            self.parts = Err(error);
        }
        self
    }
}

/// Reads an address. Its text is not repeated in the error: it may hold a key.
pub fn read_url(text: &str) -> Result<Url, Error> {
    let url =
        Url::parse(text.trim()).map_err(|error| mistake(format!("the address cannot be read: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(mistake("the address must begin with http:// or https://".into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Input {
            message: "the address holds a user name or password".into(),
            advice: "Put credentials into a connection, where they are kept encrypted.".into(),
        });
    }
    Ok(url)
}

fn read_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let header = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| mistake(format!("\"{name}\" cannot be the name of a header")))?;
    let value = HeaderValue::from_str(value)
        .map_err(|_| mistake(format!("the header {header} holds a character that headers cannot carry")))?;
    Ok((header, value))
}

fn mistake(message: String) -> Error {
    Error::Input { message, advice: "Open the node and correct the field.".into() }
}
