//! Somebody's credentials for a connector, decrypted for the length of a call.

use crate::Error;
use crate::sign_in::{self, Tokens};
use model::ConnectionName;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A connection's plain fields and its secrets. `Debug` shows the names of secrets, never their values.
#[derive(Clone, Debug)]
pub struct Connection {
    pub name: ConnectionName,
    pub connector: String,
    pub fields: Map<String, Value>,
    pub secrets: BTreeMap<String, SecretString>,
    /// What a sign-in brought, where there was one.
    pub tokens: Option<Tokens>,
    /// It needs a sign-in, and that there was has ended or there was none: nothing is called before somebody signs in.
    pub signed_out: bool,
}

impl Connection {
    pub fn new(
        name: ConnectionName,
        connector: String,
        fields: Map<String, Value>,
        secrets: BTreeMap<String, SecretString>,
    ) -> Self {
        Self { name, connector, fields, secrets, tokens: None, signed_out: false }
    }

    /// A field that no call can do without.
    pub fn need(&self, field: &str) -> Result<&str, Error> {
        self.text(field).ok_or_else(|| self.lacks(&field.replace('_', " ")))
    }

    /// A secret that no call can do without.
    pub fn need_secret(&self, field: &str) -> Result<&SecretString, Error> {
        let given = self.secret(field).filter(|secret| !secret.expose_secret().is_empty());
        given.ok_or_else(|| self.lacks(&field.replace('_', " ")))
    }

    /// The token that calls carry.
    pub fn access_token(&self) -> Result<&SecretString, Error> {
        let tokens = self.tokens.as_ref().ok_or_else(|| sign_in::needed(self.name.as_str()))?;
        Ok(&tokens.access)
    }

    /// What the sign-in told, such as which company it was for.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.tokens.as_ref()?.facts.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// Something is missing in it.
    pub fn lacks(&self, what: &str) -> Error {
        Error::Connection {
            message: format!("the connection \"{}\" has no {what}", self.name),
            advice: "Complete the connection.".into(),
        }
    }

    /// A plain text field, or nothing where it is absent or empty.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub fn secret(&self, field: &str) -> Option<&SecretString> {
        self.secrets.get(field)
    }

    /// A name for what it is set to, also by its secrets, of which it tells nothing. A new token changes nothing in it.
    pub fn settings(&self) -> [u8; 32] {
        let fields = serde_json::to_vec(&self.fields).unwrap_or_default();
        let mut hash = Sha256::new();
        let mut add = |part: &[u8]| {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        };
        add(&fields);
        for (name, secret) in &self.secrets {
            add(name.as_bytes());
            add(secret.expose_secret().as_bytes());
        }
        hash.finalize().into()
    }
}
