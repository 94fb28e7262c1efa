//! Somebody's credentials for a connector, decrypted for the length of a call.

use crate::Error;
use crate::sign_in::{self, Tokens};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use model::ConnectionName;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

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

    /// Blanks the connection's own secrets in what a target sent back: some echo the request's headers.
    pub fn conceal(&self, value: &mut Value) {
        let secrets = self.written();
        if !secrets.is_empty() {
            blank(value, &secrets);
        }
    }
}

impl Connection {
    /// The same for an error's words.
    pub fn concealed(&self, error: Error) -> Error {
        let Ok(mut said) = serde_json::to_value(&error) else { return error };
        self.conceal(&mut said);
        serde_json::from_value(said).unwrap_or(error)
    }

    /// The same for what a trial said: a system may repeat what it was told.
    pub fn concealed_trial(&self, said: Result<String, Error>) -> Result<String, Error> {
        let conceal = |said: String| {
            let mut said = Value::from(said);
            self.conceal(&mut said);
            said.as_str().unwrap_or_default().to_owned()
        };
        said.map(conceal).map_err(|error| self.concealed(error))
    }

    /// Every secret in the ways in which it travels, the longest first: what is a part of another is not to tear that.
    fn written(&self) -> Vec<String> {
        let tokens = self.tokens.iter().flat_map(|tokens| tokens.refresh.iter().chain([&tokens.access]));
        let secrets = self.secrets.values().chain(tokens).map(|secret| secret.expose_secret());
        let secrets: BTreeSet<&str> = secrets.filter(|secret| secret.len() >= SECRET_BYTES_MIN).collect();
        // Behind a plain field, or behind another secret, as some keys come in pairs.
        let users = self.fields.values().filter_map(Value::as_str).chain(secrets.iter().copied()).chain([""]);
        let users: Vec<&str> = users.collect();
        let mut written: Vec<String> = secrets.iter().flat_map(|secret| written(secret, &users)).collect();
        written.sort_unstable_by(|a, b| (b.len(), b).cmp(&(a.len(), a)));
        written.dedup();
        written
    }
}

/// A secret as it is, in an address or a form, in JSON, in base64, and in a Basic header behind each of the users.
fn written(secret: &str, users: &[&str]) -> Vec<String> {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::to_string(secret).unwrap_or_default();
    let engines = [&STANDARD, &URL_SAFE, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD];
    let encoded = |text: &str| engines.map(|engine| engine.encode(text));
    let basic = users.iter().flat_map(|user| encoded(&format!("{user}:{secret}")));
    let plain = [secret.to_owned(), form.replace('+', "%20"), form, json.trim_matches('"').to_owned()];
    plain.into_iter().chain(basic).chain(encoded(secret)).collect()
}

/// Shorter secrets are not looked for: they would be found everywhere.
const SECRET_BYTES_MIN: usize = 6;
const BLANK: &str = "•••";

/// Walks with a list of its own, because a target may nest deeply.
fn blank(value: &mut Value, secrets: &[String]) {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => {
                for secret in secrets.iter().filter(|secret| text.contains(*secret)).collect::<Vec<_>>() {
                    *text = text.replace(secret, BLANK);
                }
            }
            Value::Array(list) => left.extend(list),
            Value::Object(map) => left.extend(map.values_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_target_echoes_holds_no_secret_of_the_connection() {
        let secrets = BTreeMap::from([("token".to_owned(), SecretString::from("S3CRET-TOKEN"))]);
        let fields = json!({"username": "shop"}).as_object().cloned().unwrap_or_default();
        let connection = Connection::new("c".into(), "http".into(), fields, secrets);
        let basic = STANDARD.encode("shop:S3CRET-TOKEN");
        let mut echo =
            json!({"headers": [{"authorization": "Bearer S3CRET-TOKEN"}, format!("Basic {basic}")], "n": 1});
        connection.conceal(&mut echo);
        assert_eq!(echo, json!({"headers": [{"authorization": "Bearer •••"}, "Basic •••"], "n": 1}));
    }

    #[test]
    fn a_secret_is_found_however_it_was_written_on_its_way() {
        let secrets = BTreeMap::from([("token".to_owned(), SecretString::from("a+b/c=d e\"f"))]);
        let connection = Connection::new("c".into(), "http".into(), Map::new(), secrets);
        for written in [
            "a+b/c=d e\"f",
            "a%2Bb%2Fc%3Dd+e%22f",
            "a%2Bb%2Fc%3Dd%20e%22f",
            r#"a+b/c=d e\"f"#,
            &STANDARD.encode("a+b/c=d e\"f"),
            &URL_SAFE_NO_PAD.encode(":a+b/c=d e\"f"),
        ] {
            let mut echo = json!(format!("<{written}>"));
            connection.conceal(&mut echo);
            assert_eq!(echo, json!("<•••>"), "{written}");
        }
    }

    #[test]
    fn keys_that_come_in_a_pair_are_not_in_an_error_either() {
        let secrets = [("consumer_key", "ck_0123456"), ("consumer_secret", "cs_6543210")];
        let secrets = secrets.map(|(name, secret)| (name.to_owned(), SecretString::from(secret)));
        let connection = Connection::new("c".into(), "http".into(), Map::new(), secrets.into());
        let basic = STANDARD.encode("ck_0123456:cs_6543210");
        let refused = |message: String| Error::Refused { message, advice: "Look.".into() };
        assert_eq!(
            connection.concealed(refused(format!("got Basic {basic}"))),
            refused("got Basic •••".into())
        );
    }
}
