//! A connection's secrets in what its system says: blanked, as some systems repeat what they were told.

use crate::{Connection, Error};
use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::BTreeSet;

/// Shorter secrets are not looked for: they would be found everywhere.
const SECRET_BYTES_MIN: usize = 6;
const BLANK: &str = "•••";
/// What `http::shorten` ends a text with that was longer.
const CUT: char = '…';

impl Connection {
    /// Blanks the connection's own secrets in what a target sent back: some echo the request's headers.
    pub fn conceal(&self, value: &mut Value) {
        if let Some(secrets) = Secrets::of(self) {
            secrets.blank(value);
        }
    }

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
}

/// Every secret of a connection in the ways in which it travels, all looked for in one go.
struct Secrets {
    written: Vec<String>,
    finder: AhoCorasick,
}

impl Secrets {
    /// Nothing where it has none.
    fn of(connection: &Connection) -> Option<Self> {
        let tokens =
            connection.tokens.iter().flat_map(|tokens| tokens.refresh.iter().chain([&tokens.access]));
        let secrets = connection.secrets.values().chain(tokens).map(|secret| secret.expose_secret());
        let secrets: BTreeSet<&str> = secrets.filter(|secret| secret.len() >= SECRET_BYTES_MIN).collect();
        if secrets.is_empty() {
            return None;
        }
        // Behind a plain field, or behind another secret, as some keys come in pairs.
        let fields = connection.fields.values().filter_map(Value::as_str);
        let users: BTreeSet<&str> = fields.chain(secrets.iter().copied()).chain([""]).collect();
        let written: Vec<String> = secrets.iter().flat_map(|secret| written(secret, &users)).collect();
        // The longest: what is a part of another is not to tear that.
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&written).ok()?;
        Some(Self { written, finder })
    }

    /// Walks with a list of its own, because a target may nest deeply.
    fn blank(&self, value: &mut Value) {
        let mut left = vec![value];
        while let Some(value) = left.pop() {
            match value {
                Value::String(text) => {
                    if let Some(blanked) = self.blanked(text) {
                        *text = blanked;
                    }
                }
                // A number that has the same digits somewhere is another number.
                Value::Number(number) => {
                    if self.written.iter().any(|secret| secret == number.as_str()) {
                        *value = BLANK.into();
                    }
                }
                Value::Array(list) => left.extend(list),
                Value::Object(map) => {
                    if map.keys().any(|key| self.finder.is_match(key)) {
                        let entries = std::mem::take(map).into_iter();
                        *map =
                            entries.map(|(key, value)| (self.blanked(&key).unwrap_or(key), value)).collect();
                    }
                    left.extend(map.values_mut());
                }
                Value::Null | Value::Bool(_) => {}
            }
        }
    }

    /// The text without the secrets, where it holds any.
    fn blanked(&self, text: &str) -> Option<String> {
        let blanked = self.finder.is_match(text).then(|| {
            let mut blanked = String::with_capacity(text.len());
            self.finder.replace_all_with(text, &mut blanked, |_, _, blanked| {
                blanked.push_str(BLANK);
                true
            });
            blanked
        });
        // Of a text that was cut, the end may hold the beginning of one.
        let Some(whole) = blanked.as_deref().unwrap_or(text).strip_suffix(CUT) else { return blanked };
        let begun = self.written.iter().map(|secret| begun(whole, secret)).max().unwrap_or_default();
        if begun == 0 { blanked } else { Some(format!("{}{BLANK}{CUT}", &whole[..whole.len() - begun])) }
    }
}

/// A secret as it is, in an address or a form, in JSON, in base64, and in a Basic header behind each of the users.
fn written(secret: &str, users: &BTreeSet<&str>) -> Vec<String> {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::to_string(secret).unwrap_or_default();
    let engines = [&STANDARD, &URL_SAFE, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD];
    let encoded = |text: &str| engines.map(|engine| engine.encode(text));
    let basic = users.iter().flat_map(|user| encoded(&format!("{user}:{secret}")));
    let plain = [secret.to_owned(), form.replace('+', "%20"), form, json.trim_matches('"').to_owned()];
    plain.into_iter().chain(basic).chain(encoded(secret)).collect()
}

/// How many bytes at the end of a text are the beginning of a secret, where they are enough to tell anything.
fn begun(text: &str, secret: &str) -> usize {
    let beginnings = secret.char_indices().map(|(at, _)| at).rev().take_while(|at| *at >= SECRET_BYTES_MIN);
    beginnings.into_iter().find(|at| text.ends_with(&secret[..*at])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;
    use serde_json::{Map, json};
    use std::collections::BTreeMap;

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
    fn a_secret_is_no_key_no_number_and_no_end_of_a_text_that_was_cut() {
        let secrets = [("pin", "20261120"), ("token", "S3CRET-TOKEN")];
        let secrets = secrets.map(|(name, secret)| (name.to_owned(), SecretString::from(secret)));
        let connection = Connection::new("c".into(), "http".into(), Map::new(), secrets.into());
        let mut echo = json!({"a": 1, "S3CRET-TOKEN": [20261120, 202611205], "z": ["got S3CRET-T…", "got S3C…", "cut…"]});
        connection.conceal(&mut echo);
        assert_eq!(echo, json!({"a": 1, "•••": ["•••", 202611205], "z": ["got •••…", "got S3C…", "cut…"]}));
        assert_eq!(echo.as_object().unwrap().keys().next().unwrap(), "a", "the order stays");
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
