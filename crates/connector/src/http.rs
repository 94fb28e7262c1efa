//! The HTTP client that every connector uses.

mod answer;
mod call;
mod guard;
mod wire;

pub use answer::{Answer, shorten};
pub use call::{Call, IDEMPOTENCY_KEY, TIMEOUT, read_url};
pub use guard::check as check_address;

use crate::source::Source;
use crate::transport::Transport;
use crate::{Connection, Error};
use ::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, LOCATION, USER_AGENT};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use bytes::{Bytes, BytesMut};
use call::Parts;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as _, Incoming};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// Where calls may go and how much they may bring back.
#[derive(Clone, Debug)]
pub struct HttpPolicy {
    /// Private ranges (10/8, 172.16/12, 192.168/16, loopback, unique local) may be called.
    pub allow_private: bool,
    pub body_bytes_max: u64,
    pub redirects_max: usize,
    /// Certificate authorities that are trusted besides the public ones, as PEM text: a company's own.
    pub ca_pem: Option<String>,
}

impl Default for HttpPolicy {
    fn default() -> Self {
        Self { allow_private: false, body_bytes_max: 16 << 20, redirects_max: 5, ca_pem: None }
    }
}

/// A pooled client that keeps to an `HttpPolicy`. Cloning it shares the pool.
#[derive(Clone)]
pub struct Http {
    wire: wire::Wire,
    policy: Arc<HttpPolicy>,
    /// Headers that every request gets, unless it has its own.
    marks: Arc<[(HeaderName, HeaderValue)]>,
    source: Source,
    /// The clients of connections that travel otherwise, by what they travel with.
    others: Arc<Mutex<HashMap<[u8; 32], wire::Wire>>>,
}

/// More ways to travel than any installation has; beyond it, clients are made anew.
const OTHERS_MAX: usize = 128;

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Http {
    pub fn new(policy: HttpPolicy) -> Result<Self, Error> {
        let wire = wire::wire(&policy, &Transport::default())?;
        Ok(Self {
            wire,
            policy: Arc::new(policy),
            marks: Arc::default(),
            source: Source::default(),
            others: Arc::default(),
        })
    }

    /// The same client with another clock and other chance.
    pub fn with_source(&self, source: Source) -> Self {
        Self { source, ..self.clone() }
    }

    /// Where signatures take the time from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The client for a connection, which may name a proxy or certificates.
    pub fn over(&self, connection: &Connection) -> Result<Self, Error> {
        let transport = Transport::of(connection);
        if transport.is_usual() {
            return Ok(self.clone());
        }
        let key = transport.key();
        let others = || self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wire) = others().get(&key).cloned() {
            return Ok(Self { wire, ..self.clone() });
        }
        let wire = wire::wire(&self.policy, &transport)?;
        let mut others = others();
        if others.len() >= OTHERS_MAX {
            others.clear();
        }
        others.insert(key, wire.clone());
        Ok(Self { wire, ..self.clone() })
    }

    /// The same client, whose requests carry these headers, such as where they stand in a trace.
    pub fn marked(&self, marks: Vec<(HeaderName, HeaderValue)>) -> Self {
        Self { marks: marks.into(), ..self.clone() }
    }

    /// The same client for answers of so many bytes at most.
    pub fn bounded(&self, body_bytes_max: u64) -> Self {
        let body_bytes_max = body_bytes_max.min(self.policy.body_bytes_max);
        let policy = HttpPolicy { body_bytes_max, ..HttpPolicy::clone(&self.policy) };
        Self { policy: Arc::new(policy), ..self.clone() }
    }

    pub fn policy(&self) -> &HttpPolicy {
        &self.policy
    }

    pub fn get(&self, url: &str) -> Call<'_> {
        self.request(Method::GET, url)
    }

    pub fn post(&self, url: &str) -> Call<'_> {
        self.request(Method::POST, url)
    }

    pub fn put(&self, url: &str) -> Call<'_> {
        self.request(Method::PUT, url)
    }

    pub fn patch(&self, url: &str) -> Call<'_> {
        self.request(Method::PATCH, url)
    }

    pub fn delete(&self, url: &str) -> Call<'_> {
        self.request(Method::DELETE, url)
    }

    pub fn request(&self, method: Method, url: &str) -> Call<'_> {
        Call::new(self, method, url)
    }

    async fn send(&self, parts: Parts) -> Result<Answer, Error> {
        let host = host_of(&parts.url);
        let limit = Duration::from_millis(parts.timeout.as_ms());
        match tokio::time::timeout(limit, self.follow(parts)).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Unanswered { host, message: "no answer in time".into() }),
        }
    }

    /// "See other" says that what the request was to change has been done, whatever becomes of the page that tells it.
    async fn follow(&self, mut parts: Parts) -> Result<Answer, Error> {
        let mut done = false;
        let answer = self.hops(&mut parts, &mut done).await;
        match answer {
            answer if !done => answer,
            Ok(answer) if answer.status.is_success() => Ok(answer),
            Ok(answer) => Err(done_perhaps(&answer.url, &format_args!("status {}", answer.status.as_u16()))),
            Err(error) => Err(done_perhaps(&parts.url, &error)),
        }
    }

    /// Sends, and follows redirects as long as that repeats nothing and changes no method behind the caller's back.
    async fn hops(&self, parts: &mut Parts, done: &mut bool) -> Result<Answer, Error> {
        let changes = !parts.method.is_safe();
        for _ in 0..=self.policy.redirects_max {
            let response = self.hop(parts).await?;
            *done |= changes && response.status() == StatusCode::SEE_OTHER;
            match redirect(parts, &response) {
                Some(next) => *parts = next?,
                None => return self.read(parts.url.clone(), response).await,
            }
        }
        Err(Error::Refused {
            message: format!("{} redirects again and again", host_of(&parts.url)),
            advice: "Check the address; it should lead to the target directly.".into(),
        })
    }

    /// One request to one checked address.
    async fn hop(&self, parts: &Parts) -> Result<Response<Incoming>, Error> {
        guard::check_host(&parts.url, self.policy.allow_private)
            .map_err(|blocked| Error::Forbidden { host: host_of(&parts.url), message: blocked.0.into() })?;
        let mut request = request(parts)?;
        for (name, value) in self.marks.iter() {
            request.headers_mut().entry(name).or_insert(value.clone());
        }
        self.wire.request(request).await.map_err(|error| wire::failed(&parts.url, &error))
    }

    /// Reads the body, never more of it than the policy allows. Bodies are not decompressed, so none can swell.
    async fn read(&self, url: Url, response: Response<Incoming>) -> Result<Answer, Error> {
        let (head, mut incoming) = response.into_parts();
        let limit = self.policy.body_bytes_max;
        let too_large = || Error::TooLarge { host: host_of(&url), limit };
        if incoming.size_hint().lower() > limit {
            return Err(too_large());
        }
        let mut body = Gathered::default();
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|error| Error::Unanswered {
                host: host_of(&url),
                message: wire::root_cause(&error),
            })?;
            if let Ok(data) = frame.into_data() {
                body.push(data);
            }
            if body.len() > limit {
                return Err(too_large());
            }
        }
        Ok(Answer { status: head.status, headers: head.headers, body: body.finish(), url })
    }
}

/// An error on the way on from a request that was carried out: nobody may take it for "not sent".
fn done_perhaps(url: &Url, then: &dyn fmt::Display) -> Error {
    Error::Unanswered { host: host_of(url), message: format!("it redirected, and then: {then}") }
}

/// The host, with its port where it is unusual: all that an error says of an address, which may hold keys.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn request(parts: &Parts) -> Result<Request<Full<Bytes>>, Error> {
    let mut target = parts.url.as_str();
    if let Some(fragment) = parts.url.fragment() {
        target = &target[..target.len() - fragment.len() - 1];
    }
    let mut request =
        Request::builder().method(&parts.method).uri(target).body(Full::new(parts.body.clone())).map_err(
            |error| Error::Input {
                message: format!("the address cannot be used: {error}"),
                advice: "Open the node and correct the address.".into(),
            },
        )?;
    let headers = request.headers_mut();
    *headers = parts.headers.clone();
    let agent = HeaderValue::from_static(concat!("khlong/", env!("CARGO_PKG_VERSION")));
    headers.entry(USER_AGENT).or_insert(agent);
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    Ok(request)
}

/// The request that a redirect asks for, if it is one to be followed.
///
/// 301 and 302 turn a POST into a GET in most clients: the answer would look like success and nothing would have been
/// done. They are followed for GET and HEAD only; 307 and 308 repeat the request as it is; 303 says the work is done.
///
/// A request with a body is not repeated to another origin: the body may hold keys as well (a sign-in's form does), and
/// what is in it was meant for one system.
fn redirect(parts: &Parts, response: &Response<Incoming>) -> Option<Result<Parts, Error>> {
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    let as_get = match response.status() {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if reads => false,
        StatusCode::SEE_OTHER => !reads,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return None,
    };
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let next = next_hop(parts, location, as_get);
    let strays = |next: &Parts| !next.body.is_empty() && !keeps_credentials(&parts.url, &next.url);
    if next.as_ref().is_ok_and(strays) { None } else { Some(next) }
}

fn next_hop(parts: &Parts, location: &str, as_get: bool) -> Result<Parts, Error> {
    let url = parts
        .url
        .join(location)
        .map_err(|error| error.to_string())
        .and_then(|url| read_url(url.as_str()).map_err(|error| error.to_string()))
        .map_err(|message| Error::Refused {
            message: format!("{} redirects to where nobody can go: {message}", host_of(&parts.url)),
            advice: "Enter the address it should lead to.".into(),
        })?;
    let mut next = parts.clone();
    if as_get {
        next.method = Method::GET;
        next.body = Bytes::new();
        next.headers.remove(CONTENT_TYPE);
    }
    if !keeps_credentials(&parts.url, &url) {
        if next.body_is_secret && !next.body.is_empty() {
            return Err(Error::Refused {
                message: format!(
                    "{} redirects to {}, and what was to be sent is for it alone",
                    host_of(&parts.url),
                    host_of(&url)
                ),
                advice: "Enter the address that it leads to, if that is trusted. Nothing was sent there."
                    .into(),
            });
        }
        next.headers = harmless(&parts.headers);
    }
    next.url = url;
    Ok(next)
}

/// The same origin, or the same host gone from http to https.
fn keeps_credentials(from: &Url, to: &Url) -> bool {
    let upgraded = from.scheme() == "http" && to.scheme() == "https";
    let usual_ports = from.port().is_none() && to.port().is_none();
    from.origin() == to.origin() || (upgraded && usual_ports && from.host() == to.host())
}

/// Headers that may go to another origin. Any other may be a key: their names are the users' own.
fn harmless(headers: &HeaderMap) -> HeaderMap {
    let known =
        |name: &str| [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, USER_AGENT].iter().any(|known| known == name);
    headers
        .iter()
        .filter(|(name, _)| known(name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A body that comes in pieces; most come in one, which is then not copied.
#[derive(Default)]
struct Gathered {
    first: Bytes,
    rest: BytesMut,
}

impl Gathered {
    fn push(&mut self, data: Bytes) {
        if self.first.is_empty() {
            self.first = data;
        } else {
            if self.rest.is_empty() {
                self.rest.extend_from_slice(&self.first);
            }
            self.rest.extend_from_slice(&data);
        }
    }

    fn len(&self) -> u64 {
        self.first.len().max(self.rest.len()) as u64
    }

    fn finish(self) -> Bytes {
        if self.rest.is_empty() { self.first } else { self.rest.freeze() }
    }
}
