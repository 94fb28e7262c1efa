//! One call: where it goes, what it signs in with, and what its answer means.

use super::{bad_connection, filled_secret, has};
use crate::door;
use crate::http::body;
use connector::http::{Answer, read_url};
use connector::{Connection, Error, Http};
use http::Method;
use http::header::{AUTHORIZATION, COOKIE};
use model::Span;
use openapi::access::{Access, OAuth, Scheme};
use openapi::call::Place;
use openapi::{Operation, Prepared};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

pub struct Call<'a> {
    pub http: &'a Http,
    pub connection: &'a Connection,
    pub access: &'a Access,
    pub operation: &'a Operation,
    /// Where the system is, without a slash at its end. Nothing is sent to another origin.
    pub address: String,
    /// Nothing where a repeat does no harm.
    pub step_key: Option<&'a str>,
    pub timeout: Span,
}

/// What goes along with a call so that the system knows who asks.
#[derive(Default)]
struct Credentials {
    headers: Vec<(String, SecretString)>,
    query: Vec<(String, SecretString)>,
    cookies: Vec<(String, SecretString)>,
    /// There is a token among them that can be got anew.
    renewable: bool,
}

impl Call<'_> {
    /// The whole address of a request.
    pub fn target(&self, prepared: &Prepared) -> Result<Url, Error> {
        read_url(&format!("{}{}", self.address, prepared.target))
    }

    /// Sends a request to an address, which is its own or that of a further page; the answer is a success.
    pub async fn send(&self, prepared: &Prepared, url: &Url) -> Result<Answer, Error> {
        self.keep_at_home(url)?;
        let credentials = self.credentials()?;
        let url = credentials.with_query(url.clone());
        let method = Method::from_bytes(prepared.method.as_str().as_bytes()).unwrap_or_default();
        let mut call = self.http.request(method, url.as_str()).timeout(self.timeout);
        let cookies = prepared.headers.iter().find(|(name, _)| name == COOKIE.as_str());
        for (name, value) in &prepared.headers {
            call = call.header(name, value);
        }
        if let (Some(header), Some(key)) = (&prepared.key_header, self.step_key) {
            call = call.header(header, key);
        }
        if let Some(cookie) = credentials.cookie(cookies.map(|(_, value)| value.as_str())) {
            call = call.secret_header(COOKIE.as_str(), &cookie);
        }
        for (name, value) in &credentials.headers {
            call = call.secret_header(name, value);
        }
        if let Some(body) = &prepared.body {
            call = call.body(body.clone().into());
        }
        self.judge(call.send().await?, credentials.renewable)
    }

    /// Data must not decide who is told the connection's keys.
    fn keep_at_home(&self, url: &Url) -> Result<(), Error> {
        let home = read_url(&self.address)?;
        if url.origin() == home.origin() {
            return Ok(());
        }
        Err(Error::Refused {
            message: format!(
                "the call would go to {}, and the connection \"{}\" is for {}",
                connector::http::host_of(url),
                self.connection.name,
                connector::http::host_of(&home)
            ),
            advice: "Read that host by a node of its own. Nothing was sent there.".into(),
        })
    }

    fn credentials(&self) -> Result<Credentials, Error> {
        let filled = |field: &str| has(self.connection, field);
        // Whoever signed in has no token of an own in the form.
        let signed_in =
            |field: &str| filled(field) || self.connection.tokens.is_some() && is_token(self.access, field);
        let schemes = self.access.credentials(self.operation, signed_in).map_err(bad_connection)?;
        let mut credentials = Credentials::default();
        for (scheme, _) in schemes {
            self.add(scheme, &mut credentials)?;
        }
        Ok(credentials)
    }

    fn add(&self, scheme: &Scheme, to: &mut Credentials) -> Result<(), Error> {
        let secret = |field: &str| {
            let secret = filled_secret(self.connection, field).cloned();
            let plain = || self.connection.text(field).map(SecretString::from);
            secret.or_else(plain).ok_or_else(|| self.connection.lacks(&field.replace('_', " ")))
        };
        match scheme {
            Scheme::Key { place, name, field } => {
                let pairs = match place {
                    Place::Query => &mut to.query,
                    Place::Cookie => &mut to.cookies,
                    Place::Header | Place::Path => &mut to.headers,
                };
                pairs.push((name.clone(), secret(field)?));
            }
            Scheme::Basic { username_field, password_field } => {
                let user = secret(username_field)?;
                let password =
                    filled_secret(self.connection, password_field).map(ExposeSecret::expose_secret);
                to.authorize(basic(user.expose_secret(), password.unwrap_or_default()));
            }
            Scheme::Bearer { field } => to.authorize(bearer(&secret(field)?)),
            Scheme::OAuth(OAuth { token_field, .. }) => {
                let token = filled_secret(self.connection, token_field);
                to.renewable = token.is_none();
                to.authorize(bearer(token.map_or_else(|| self.connection.access_token(), Ok)?));
            }
        }
        Ok(())
    }

    /// The answer if it is a success, as the description has it, else the error.
    fn judge(&self, answer: Answer, renewable: bool) -> Result<Answer, Error> {
        let status = answer.status.as_u16();
        if self.operation.call.is_success(status) {
            return Ok(answer);
        }
        if status == 401 && renewable {
            let message = body::message(&answer).map(|text| connector::http::shorten(&text));
            return Err(Error::TokenEnded { host: answer.host(), message: message.unwrap_or_default() });
        }
        answer.error_for_status(body::message)
    }
}

fn is_token(access: &Access, field: &str) -> bool {
    let is_of = |scheme: &Scheme| matches!(scheme, Scheme::OAuth(oauth) if oauth.token_field == field);
    access.schemes.values().any(is_of)
}

fn bearer(token: &SecretString) -> SecretString {
    format!("Bearer {}", token.expose_secret()).into()
}

fn basic(user: &str, password: &str) -> SecretString {
    use base64::Engine as _;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    format!("Basic {pair}").into()
}

impl Credentials {
    fn authorize(&mut self, value: SecretString) {
        self.headers.push((AUTHORIZATION.as_str().to_owned(), value));
    }

    /// A further page's address may have the key in it already.
    fn with_query(&self, mut url: Url) -> Url {
        if self.query.is_empty() {
            return url;
        }
        let is_key = |name: &str| self.query.iter().any(|(key, _)| key == name);
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        if pairs.iter().any(|(name, _)| is_key(name)) {
            url.query_pairs_mut().clear().extend_pairs(pairs.iter().filter(|(name, _)| !is_key(name)));
        }
        let keys = self.query.iter().map(|(name, value)| (name, value.expose_secret()));
        url.query_pairs_mut().extend_pairs(keys);
        url
    }

    fn cookie(&self, others: Option<&str>) -> Option<SecretString> {
        if self.cookies.is_empty() {
            return None;
        }
        let own = self.cookies.iter().map(|(name, value)| format!("{name}={}", value.expose_secret()));
        let all: Vec<String> = others.map(str::to_owned).into_iter().chain(own).collect();
        Some(all.join("; ").into())
    }
}

/// What comes out of the operation: the body, and where there is none, the status.
pub fn output(operation: &Operation, answer: &Answer) -> Result<Value, Error> {
    if answer.body.is_empty() {
        return Ok(json!({ "status": answer.status.as_u16() }));
    }
    let kind = answer.header("content-type").unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || essence.ends_with("+json") {
        return answer.json();
    }
    // Some systems send JSON under another name.
    let wanted = operation.call.accept.as_deref().unwrap_or_default();
    if essence.is_empty() || essence == "text/json" || wanted.contains("json") {
        return Ok(answer.json().unwrap_or_else(|_| door::text_or_base64(&answer.body)));
    }
    Ok(door::text_or_base64(&answer.body))
}
