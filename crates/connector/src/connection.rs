//! Somebody's credentials for a connector, decrypted for the length of a call.

use model::ConnectionName;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A connection's plain fields and its secrets. `Debug` shows the names of secrets, never their values.
#[derive(Clone, Debug)]
pub struct Connection {
    pub name: ConnectionName,
    pub connector: String,
    pub fields: Map<String, Value>,
    pub secrets: BTreeMap<String, SecretString>,
}

impl Connection {
    /// A plain text field, or nothing where it is absent or empty.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub fn secret(&self, field: &str) -> Option<&SecretString> {
        self.secrets.get(field)
    }
}
