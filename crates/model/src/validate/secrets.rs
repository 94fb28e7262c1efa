//! Secrets that somebody wrote into a flow, guessed by the names of fields.

use super::Check;
use crate::{codes, pointer, template};
use serde_json::{Map, Value};

/// Names in small letters, without anything between their words.
const SECRET_NAMES: [&str; 14] = [
    "password",
    "passwd",
    "secret",
    "clientsecret",
    "token",
    "accesstoken",
    "apitoken",
    "apikey",
    "xapikey",
    "authorization",
    "proxyauthorization",
    "cookie",
    "privatekey",
    "secretkey",
];

impl Check<'_> {
    pub(super) fn secrets(&mut self, with: &Map<String, Value>, at: &str) {
        for (name, value) in with {
            let at = pointer::join(at, name);
            match value {
                Value::String(text)
                    if is_secret_name(name) && !text.is_empty() && !template::has_expression(text) =>
                {
                    let message = format!("\"{name}\" looks like a secret, and flows are not secret");
                    let advice = "Keep it in a connection and name the connection in the node.";
                    self.warning(codes::SECRET_IN_FLOW, at, message, advice);
                }
                Value::Object(inner) => self.secrets(inner, &at),
                Value::Array(entries) => {
                    for (index, entry) in entries.iter().enumerate() {
                        if let Value::Object(inner) = entry {
                            self.secrets(inner, &pointer::join(&at, index));
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a field or a header of this name holds a secret, as far as names tell.
pub fn is_secret_name(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    SECRET_NAMES.contains(&letters.to_ascii_lowercase().as_str())
}
