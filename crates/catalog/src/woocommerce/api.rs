//! Calling a store: its address with or without permalinks, its keys on one of three ways, pages.

use super::failure;
use super::oauth1::{Method as Hash, Signer};
use crate::unchanged::nothing_done;
use connector::http::{Answer, Call, read_url};
use connector::{ActionCx, Connection, Error, Http, PollCx};
use http::Method;
use model::Span;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

/// Records on one page; more are not given.
pub const PAGE: usize = 100;
/// How long a person waits for a test or a choice.
pub const ASK_TIMEOUT: Span = Span::from_secs(20);
const PAGES_TOLD: &str = "x-wp-totalpages";

/// How the keys travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    Header,
    /// Some hosts drop the header.
    Address,
    /// They do not: each call is signed.
    Signed,
}

pub struct Api<'a> {
    http: &'a Http,
    base: Url,
    key: &'a SecretString,
    secret: &'a SecretString,
    keys: Keys,
    hash: Hash,
    /// Without permalinks the route is a pair of the query.
    plain: bool,
    timeout: Span,
}

/// A page of a list.
pub struct Page {
    pub rows: Vec<Value>,
    pub more: bool,
}

impl<'a> Api<'a> {
    pub fn of(http: &'a Http, connection: &'a Connection, timeout: Span) -> Result<Self, Error> {
        let base = read_url(connection.need("store_url")?)?;
        let keys = match connection.text("keys_in") {
            Some("header") => Keys::Header,
            Some("address") => Keys::Address,
            Some("signed") => Keys::Signed,
            _ if base.scheme() == "https" => Keys::Header,
            _ => Keys::Signed,
        };
        let hash = if connection.text("oauth_hash") == Some("sha1") { Hash::Sha1 } else { Hash::Sha256 };
        Ok(Self {
            http,
            base,
            key: connection.need_secret("consumer_key")?,
            secret: connection.need_secret("consumer_secret")?,
            keys,
            hash,
            plain: connection.text("permalinks") == Some("plain"),
            timeout,
        })
    }

    pub fn open(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::of(cx.http, cx.connection()?, cx.timeout)
    }

    pub fn look(cx: &PollCx<'a>) -> Result<Self, Error> {
        let connection = cx.connection()?;
        Self::of(cx.http, connection, cx.timeout)
    }

    /// The address of a route such as `wc/v3/orders`, and the pairs of its query.
    fn address(&self, route: &str, pairs: &[(&str, String)]) -> (Url, Vec<(String, String)>) {
        let mut url = self.base.clone();
        url.set_query(None);
        url.set_fragment(None);
        let folder = url.path().trim_end_matches('/').to_owned();
        let mut all: Vec<(String, String)> = Vec::with_capacity(pairs.len() + 6);
        if self.plain {
            url.set_path(&format!("{folder}/"));
            all.push(("rest_route".into(), format!("/{route}")));
        } else {
            url.set_path(&format!("{folder}/wp-json/{route}"));
        }
        all.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        (url, all)
    }

    fn call(&self, method: Method, route: &str, pairs: &[(&str, String)]) -> Call<'a> {
        let (mut url, mut all) = self.address(route, pairs);
        match self.keys {
            Keys::Header => {}
            Keys::Address => all.extend([
                ("consumer_key".to_owned(), self.key.expose_secret().to_owned()),
                ("consumer_secret".to_owned(), self.secret.expose_secret().to_owned()),
            ]),
            Keys::Signed => {
                let signed = self.signed(method.as_str(), url.as_str(), &all);
                all.extend(signed);
            }
        }
        if !all.is_empty() {
            url.query_pairs_mut().extend_pairs(&all);
        }
        let call = self.http.request(method, url.as_str()).timeout(self.timeout);
        match self.keys {
            Keys::Header => call.basic(self.key.expose_secret(), self.secret),
            Keys::Address | Keys::Signed => call,
        }
    }

    fn signed(&self, verb: &str, url: &str, pairs: &[(String, String)]) -> Vec<(String, String)> {
        let source = self.http.source();
        let signer = Signer {
            key: self.key.expose_secret(),
            secret: self.secret.expose_secret(),
            method: self.hash,
            timestamp: source.now() / 1_000,
            nonce: &source.nonce(),
        };
        signer.pairs(verb, url, pairs)
    }

    /// Asks without changing anything.
    pub async fn get(&self, route: &str, pairs: &[(&str, String)]) -> Result<Value, Error> {
        let answer = self.call(Method::GET, route, pairs).send().await.map_err(nothing_done)?;
        failure::read(answer).map_err(nothing_done)
    }

    /// One page of a list.
    pub async fn page(&self, route: &str, pairs: &[(&str, String)], number: usize) -> Result<Page, Error> {
        let answer = self.try_page(route, pairs, number).await?;
        read_page(answer, number)
    }

    /// The answer as it is, for who can make something of a refusal.
    pub async fn try_page(
        &self,
        route: &str,
        pairs: &[(&str, String)],
        number: usize,
    ) -> Result<Answer, Error> {
        let paged = [("per_page", PAGE.to_string()), ("page", number.to_string())];
        let pairs: Vec<(&str, String)> = pairs.iter().cloned().chain(paged).collect();
        self.call(Method::GET, route, &pairs).send().await.map_err(nothing_done)
    }

    /// All pages of a list that is short by its nature, so many of them at most.
    pub async fn all(
        &self,
        route: &str,
        pairs: &[(&str, String)],
        pages_max: usize,
    ) -> Result<Vec<Value>, Error> {
        let mut rows = Vec::new();
        for number in 1..=pages_max {
            let page = self.page(route, pairs, number).await?;
            rows.extend(page.rows);
            if !page.more {
                break;
            }
        }
        Ok(rows)
    }

    /// Changes something, and gives what the store says of it now.
    pub async fn send(&self, method: Method, route: &str, body: &Value) -> Result<Value, Error> {
        failure::read(self.try_send(method, route, body).await?)
    }

    pub async fn try_send(&self, method: Method, route: &str, body: &Value) -> Result<Answer, Error> {
        self.call(method, route, &[]).json(body).send().await
    }

    pub async fn put(&self, route: &str, body: &Value) -> Result<Value, Error> {
        self.send(Method::PUT, route, body).await
    }

    pub async fn post(&self, route: &str, body: &Value) -> Result<Value, Error> {
        self.send(Method::POST, route, body).await
    }
}

/// Whether there is another page is told by a header; a proxy may have dropped it.
pub fn read_page(answer: Answer, number: usize) -> Result<Page, Error> {
    let pages = answer.header(PAGES_TOLD).and_then(|text| text.trim().parse::<usize>().ok());
    let host = answer.host();
    match failure::read(answer).map_err(nothing_done)? {
        Value::Array(rows) if rows.iter().all(Value::is_object) => {
            let more = pages.map_or(rows.len() >= PAGE, |pages| pages > number && !rows.is_empty());
            Ok(Page { rows, more })
        }
        _ => Err(Error::Unreachable { host, message: "the answer is no list of records".into() }),
    }
}

/// The route of an order, which takes what an id is written as.
pub fn order(id: &str) -> Result<String, Error> {
    Ok(format!("wc/v3/orders/{}", number(id)?))
}

/// Whether a record's id, which is a number, is the one that was written.
pub fn is_id(value: &Value, id: &str) -> bool {
    value.as_u64().is_some_and(|number| id.parse::<u64>() == Ok(number))
}

/// An id as it stands in a route: digits, so that nothing else can be asked for.
pub fn number(id: &str) -> Result<&str, Error> {
    if !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(id);
    }
    Err(Error::Input {
        message: format!("\"{}\" is not the id of a record", connector::http::shorten(id)),
        advice: "Give the number under which the store keeps it; an order's number can differ from its id."
            .into(),
    })
}
