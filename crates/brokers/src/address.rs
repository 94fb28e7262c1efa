//! What an address says, and how it is told without its secrets.

use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

const NAME_BYTES_MAX: usize = 40;
/// How long a broker leaves a parcel with whoever drew it, unless the address says otherwise.
const AGAIN_AFTER: Duration = Duration::from_secs(30);
const AGAIN_AFTER_S_MAX: u64 = 3_600;

/// Why a buffer could not be set up. The address, which may hold a password, is in none of the texts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("a buffer is given as NAME=URL, such as orders=amqp://user:password@host/vhost")]
    NoName,
    #[error("\"{0}\" cannot be a buffer's name: use letters, digits, - and _, {NAME_BYTES_MAX} at most")]
    BadName(String),
    #[error("the buffer {0} is given twice")]
    Twice(String),
    #[error("the address of the buffer {name}: {why}")]
    BadAddress { name: String, why: String },
}

pub struct Address {
    pub name: String,
    pub url: Url,
    parameters: BTreeMap<String, String>,
}

impl Address {
    pub fn parse(name: &str, url: &str) -> Result<Self, Error> {
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.chars().all(fine) {
            // What stands before the first `=` of something that is no NAME=URL may be part of an address.
            let shown = if name.contains(':') { "…" } else { name };
            return Err(Error::BadName(shown.to_owned()));
        }
        let bad = |why: String| Error::BadAddress { name: name.to_owned(), why };
        let url = Url::parse(url).map_err(|error| bad(error.to_string()))?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(bad("it names no host".into()));
        }
        let parameters = url.query_pairs().into_owned().collect();
        Ok(Self { name: name.to_owned(), url, parameters })
    }

    pub fn wrong(&self, why: impl Into<String>) -> Error {
        Error::BadAddress { name: self.name.clone(), why: why.into() }
    }

    /// Refuses parameters that would do nothing.
    pub fn knows(&self, names: &[&str]) -> Result<(), Error> {
        match self.parameters.keys().find(|given| !names.contains(&given.as_str())) {
            Some(given) => {
                Err(self.wrong(format!("there is no parameter {given}; there are {}", names.join(", "))))
            }
            None => Ok(()),
        }
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// A number within bounds, or what is usual.
    pub fn number(&self, name: &str, usual: u64, most: u64) -> Result<u64, Error> {
        let Some(text) = self.parameter(name) else { return Ok(usual) };
        let number = text.parse().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| self.wrong(format!("{name} is a number from 1 to {most}")))
    }

    pub fn again_after(&self) -> Result<Duration, Error> {
        self.number("again_after_s", AGAIN_AFTER.as_secs(), AGAIN_AFTER_S_MAX).map(Duration::from_secs)
    }

    /// User and password, or nothing where the address has neither.
    pub fn credentials(&self) -> Option<(String, String)> {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = (self.url.username(), self.url.password().unwrap_or_default());
        (!user.is_empty()).then(|| (decoded(user), decoded(password)))
    }

    /// Host and port, for people.
    pub fn place(&self, usual_port: u16) -> String {
        let port = self.url.port().unwrap_or(usual_port);
        format!("{}:{port}", self.url.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    const PASSWORD: &str = "oolong-from-the-north";

    #[test]
    fn an_address_that_does_not_do_is_refused_without_its_password() {
        let wrong = [
            "amqp://ann:oolong-from-the-north@host/",
            "o=amqp://ann:oolong-from-the-north@host:port/",
            "o=http://ann:oolong-from-the-north@host/",
            "o=amqp://ann:oolong-from-the-north@host/?quue=x",
            "o=nats://ann:oolong-from-the-north@host/?again_after_s=0",
            "o=sqs://ann:oolong-from-the-north@host/",
            "no name=amqp://host",
            "=amqp://host",
            "amqp://ann:oolong-from-the-north@host/?queue=x",
        ];
        for one in wrong {
            let error = crate::open_all(&[SecretString::from(one)]).expect_err(one);
            assert!(!error.to_string().contains(PASSWORD), "{error}");
        }
    }

    #[test]
    fn a_buffer_is_given_once() {
        let list = ["o=amqp://host", "p=nats://host", "o=amqp://other"].map(SecretString::from);
        assert_eq!(crate::open_all(&list).err(), Some(Error::Twice("o".into())));
        let buffers = crate::open_all(&list[..2]).expect("both open, connected or not");
        assert_eq!(buffers.names().collect::<Vec<_>>(), ["o", "p"]);
    }

    #[test]
    fn credentials_are_decoded() {
        let address = Address::parse("o", "sqs://AKIA:a%2Fb%2Bc@host/1/q").expect("an address");
        assert_eq!(address.credentials(), Some(("AKIA".into(), "a/b+c".into())));
        assert_eq!(address.place(443), "host:443");
    }
}
