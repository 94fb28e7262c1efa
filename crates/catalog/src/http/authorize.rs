//! Where a connection's credentials may go: to the origin of its base address, and nowhere else.
//!
//! A node's address may be computed, even from what a stranger sent. Without this bound the stranger would choose who
//! is told the key.

use super::{body, sign_in};
use connector::http::{Answer, Call, read_url, shorten};
use connector::sign_in::TokenRule;
use connector::{Connection, Error};
use http::StatusCode;
use std::borrow::Cow;
use url::Url;

/// A node's address in full: one that begins with `/` goes on from the connection's base address.
pub fn complete<'a>(url: &'a str, connection: Option<&Connection>) -> Result<Cow<'a, str>, Error> {
    if !url.trim_start().starts_with('/') {
        return Ok(Cow::Borrowed(url));
    }
    let connection = connection.ok_or_else(|| Error::Input {
        message: "the address is only a path, and the node has no connection".into(),
        advice: "Write the whole address, or choose a connection whose base address it goes on from.".into(),
    })?;
    let base = base(connection)?;
    Ok(Cow::Owned(format!("{}{}", base.as_str().trim_end_matches('/'), url.trim())))
}

/// The base address without query and fragment, so that a path can follow.
pub fn base(connection: &Connection) -> Result<Url, Error> {
    let text = connection.text("base_url").ok_or_else(|| lacks(connection, "base address"))?;
    let mut url = read_url(text).map_err(|error| Error::Connection {
        message: format!(
            "the base address of the connection \"{}\" cannot be used: {error}",
            connection.name
        ),
        advice: "Open the connection and correct the address.".into(),
    })?;
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Adds what the connection holds to a call, or refuses one that goes elsewhere.
pub fn authorize<'a>(call: Call<'a>, connection: &Connection) -> Result<Call<'a>, Error> {
    check_origin(&call, connection)?;
    let secret = |name: &str| connection.secret(name).ok_or_else(|| lacks(connection, name));
    match connection.text("auth").unwrap_or("none") {
        "basic" => Ok(call.basic(connection.text("username").unwrap_or_default(), secret("password")?)),
        "bearer" => Ok(call.bearer(secret("token")?)),
        "header" => {
            let name = connection.text("header").unwrap_or("x-api-key");
            Ok(call.secret_header(name, secret("token")?))
        }
        sign_in::CONSENT | sign_in::KEYS => Ok(call.bearer(connection.access_token()?)),
        _ => Ok(call),
    }
}

/// An answer that says that the token has ended is for whoever gets another one.
pub fn with_good_token(answer: Answer, connection: &Connection) -> Result<Answer, Error> {
    if answer.status != StatusCode::UNAUTHORIZED || sign_in::rule(connection) == TokenRule::None {
        return Ok(answer);
    }
    let said = body::message(&answer).map(|text| shorten(&text)).unwrap_or_default();
    Err(Error::TokenEnded { host: answer.host(), message: said })
}

/// Scheme, host and port: another port of the same machine may be somebody else's.
fn check_origin(call: &Call<'_>, connection: &Connection) -> Result<(), Error> {
    let own = base(connection)?.origin();
    match call.url().map(Url::origin) {
        Some(origin) if origin != own => Err(Error::Connection {
            message: format!(
                "the connection \"{}\" is for {}, and the address is at {}",
                connection.name,
                own.ascii_serialization(),
                origin.ascii_serialization()
            ),
            advice: "Use a connection made for that address, or none. Nothing was sent.".into(),
        }),
        // A call without an address has a mistake in it: sending tells which.
        _ => Ok(()),
    }
}

fn lacks(connection: &Connection, what: &str) -> Error {
    Error::Connection {
        message: format!("the connection \"{}\" has no {what}", connection.name),
        advice: "Complete the connection.".into(),
    }
}
