//! Why a call failed, in the words that all wires share. What a broker says is shortened; it never holds the password.

use connector::Error;
use connector::http::shorten;
use std::fmt::Display;

/// Nothing was sent.
pub fn unreachable(place: &dyn Display, why: &dyn Display) -> Error {
    Error::Unreachable { host: place.to_string(), message: shorten(&why.to_string()) }
}

/// It may have been done.
pub fn unanswered(place: &dyn Display, why: &dyn Display) -> Error {
    Error::Unanswered { host: place.to_string(), message: shorten(&why.to_string()) }
}

/// No connection: by what is wrong with its certificate, or because nobody is there.
pub fn connecting(place: &dyn Display, why: &dyn Display) -> Error {
    let text = why.to_string();
    if NO_TLS.iter().any(|part| text.contains(part)) {
        return Error::Connection {
            message: format!("{place} does not speak TLS at this port"),
            advice: "Use the port for TLS, or switch TLS off in the connection.".into(),
        };
    }
    if text.contains("certificate") || text.contains("UnknownIssuer") || text.contains("NotValidForName") {
        return Error::Connection {
            message: format!("the certificate of {place} is not trusted: {}", shorten(&text)),
            advice: "Enter the certificate authority that issued it, and the host's name as the certificate has it.".into(),
        };
    }
    unreachable(place, &text)
}

/// What comes back from a server that answers TLS with something else.
const NO_TLS: [&str; 4] =
    ["InvalidContentType", "corrupt message", "TLS not supported", "server does not support TLS"];

pub fn login(place: &dyn Display, why: &dyn Display) -> Error {
    Error::Connection {
        message: format!("{place} does not accept the sign-in: {}", shorten(&why.to_string())),
        advice: "Check the user name and the password in the connection.".into(),
    }
}

/// The same would be refused again.
pub fn refused(message: String, advice: &str) -> Error {
    Error::Refused { message, advice: advice.into() }
}

/// There is no room for it now: nothing was taken, and later there may be.
pub fn no_room(place: &dyn Display, said: &dyn Display) -> Error {
    Error::Status { host: place.to_string(), status: 503, message: shorten(&said.to_string()), after: None }
}

pub fn input(message: impl Into<String>, advice: &str) -> Error {
    Error::Input { message: message.into(), advice: advice.into() }
}

/// An error with everything that led to it, as libraries hide what matters below.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_tls_is_said_as_such() {
        let kind = |text: &str| connecting(&"h:1", &text).code();
        assert_eq!(kind("invalid peer certificate: UnknownIssuer"), "E0302");
        assert_eq!(kind("received corrupt message of type InvalidContentType"), "E0302");
        assert_eq!(kind("connection refused"), "E0303");
    }
}
