//! How a connection comes to its tokens, and how they stay good.

use crate::Error;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a connection needs besides what people entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRule {
    /// What people entered is enough.
    None,
    /// The connection's own keys get tokens, whenever one is needed.
    Keys,
    /// A person consents in the browser first.
    Consent,
}

/// The tokens that a connection's calls carry. Nothing of them but times and `facts` is ever shown.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: SecretString,
    pub refresh: Option<SecretString>,
    /// When they were got, in milliseconds since 1970.
    pub made_at: Option<i64>,
    /// When the access token ends; nothing where it does not.
    pub expires_at: Option<i64>,
    /// When the refresh token ends: after that a person has to consent again.
    pub refresh_expires_at: Option<i64>,
    /// What the sign-in told besides, such as which company it was for. No secrets.
    pub facts: Map<String, Value>,
}

impl Tokens {
    pub fn new(access: impl Into<SecretString>) -> Self {
        Self {
            access: access.into(),
            refresh: None,
            made_at: None,
            expires_at: None,
            refresh_expires_at: None,
            facts: Map::new(),
        }
    }

    /// Whether it is to be replaced: a minute before its end, or a tenth of its life where that is shorter.
    pub fn is_due(&self, now: i64) -> bool {
        let Some(end) = self.expires_at else { return false };
        let life = self.made_at.map_or(i64::MAX, |made| end.saturating_sub(made));
        now >= end.saturating_sub(EARLY_MS.min(life / 10))
    }

    pub fn is_same(&self, other: &Self) -> bool {
        self.access.expose_secret() == other.access.expose_secret()
    }
}

/// How long before its end a token is replaced at most.
pub const EARLY_MS: i64 = 60_000;

/// What tokens are asked for with.
#[derive(Clone, Debug)]
pub enum Grant<'a> {
    /// The connection's own keys.
    Keys,
    /// What the browser brought back from the consent page.
    Code(Return<'a>),
    /// The tokens there are.
    Refresh(&'a Tokens),
}

/// A person is sent to consent.
#[derive(Clone, Debug)]
pub struct Consent<'a> {
    /// Where the browser comes back to.
    pub redirect_uri: &'a str,
    /// Comes back unchanged, so that nobody else's answer is taken for this one.
    pub state: &'a str,
    /// For PKCE: the SHA-256 of the verifier, in base64url.
    pub challenge: &'a str,
}

/// A browser has come back.
#[derive(Clone, Debug)]
pub struct Return<'a> {
    pub redirect_uri: &'a str,
    pub verifier: &'a SecretString,
    /// Everything that came back in the address.
    pub query: &'a BTreeMap<String, String>,
}

impl Return<'_> {
    /// What is to be exchanged for tokens.
    pub fn code(&self) -> Result<&str, Error> {
        if let Some(code) = self.query.get("code").filter(|code| !code.is_empty()) {
            return Ok(code);
        }
        let said = |name: &str| self.query.get(name).map(|text| crate::http::shorten(text));
        let why =
            said("error_description").or_else(|| said("error")).unwrap_or_else(|| "no code came back".into());
        Err(Error::Connection {
            message: format!("the sign-in was not completed: {why}"),
            advice: "Sign in again, and allow what is asked for.".into(),
        })
    }
}

/// The answer of a connector that nobody signs in to.
pub(crate) fn not_offered(connector: &str) -> Error {
    Error::Connection {
        message: format!("{connector} has no sign-in"),
        advice: "Enter the keys in the connection's form.".into(),
    }
}

/// A connection that nobody has signed in to yet, or whose sign-in has ended.
pub fn needed(connection: &str) -> Error {
    Error::Connection {
        message: format!("nobody is signed in to the connection \"{connection}\""),
        advice: "Open the connection and press Sign in.".into(),
    }
}

/// The system does not renew the sign-in: only a person can begin it anew.
pub fn ended(system: &str, said: &str) -> Error {
    let why = if said.is_empty() { String::new() } else { format!(": {said}") };
    Error::SignedOut { message: format!("{system} does not renew the sign-in{why}") }
}
