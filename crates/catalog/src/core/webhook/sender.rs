//! Who sends, and whether they prove it.

use super::{Algorithm, Auth, Encoding, Input};
use crate::door;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::{Connection, Refusal, Request};
use hmac::{Hmac, Mac};
use secrecy::ExposeSecret;

/// Checks the sender, and gives the name of the header that carried the proof.
pub fn authenticate(
    request: &Request<'_>,
    input: &Input,
    connection: Option<&Connection>,
) -> Result<String, Refusal> {
    let (name, proved) = match (input.auth, connection) {
        (Auth::None, _) => return Ok(String::new()),
        (_, None) => return Err(missing("a connection")),
        (Auth::Basic, Some(connection)) => ("authorization", basic(request, connection)?),
        (Auth::Header, Some(connection)) => {
            let name = connection.text("header").unwrap_or("x-api-key");
            (name, token(request, name, connection)?)
        }
        (Auth::Hmac, Some(connection)) => {
            (input.hmac_header.as_str(), signature(request, input, connection)?)
        }
    };
    if proved { Ok(name.to_owned()) } else { Err(Refusal::Unauthorized) }
}

fn basic(request: &Request<'_>, connection: &Connection) -> Result<bool, Refusal> {
    let username = connection.text("username").ok_or_else(|| missing("a user name"))?;
    let password = secret(connection, "password")?;
    let given = door::header(request.headers, "authorization")
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
        .unwrap_or_default();
    Ok(door::same(&given, format!("{username}:{password}").as_bytes()))
}

fn token(request: &Request<'_>, name: &str, connection: &Connection) -> Result<bool, Refusal> {
    let wanted = secret(connection, "token")?;
    let given = request.headers.get(name).map_or(&b""[..], |value| value.as_bytes());
    Ok(door::same(given, wanted.as_bytes()))
}

fn signature(request: &Request<'_>, input: &Input, connection: &Connection) -> Result<bool, Refusal> {
    let mut signer = Signer::of(input, connection)?;
    signer.update(request.body);
    let wanted = signer.finish();
    Ok(given_signature(request, input).is_some_and(|given| door::same(&given, &wanted)))
}

/// What the sender says that the signature is.
pub fn given_signature(request: &Request<'_>, input: &Input) -> Option<Vec<u8>> {
    let value = door::header(request.headers, &input.hmac_header)?.trim().strip_prefix(&input.hmac_prefix)?;
    match input.hmac_encoding {
        Encoding::Hex => hex::decode(value).ok(),
        Encoding::Base64 => STANDARD.decode(value).ok(),
    }
}

/// A secret that is absent or empty would let everybody in.
fn secret<'a>(connection: &'a Connection, name: &str) -> Result<&'a str, Refusal> {
    connection
        .secret(name)
        .map(ExposeSecret::expose_secret)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| missing(name))
}

fn missing(what: &str) -> Refusal {
    Refusal::NotSetUp(format!("the webhook checks its sender, but {what} is missing"))
}

/// A signature that is made while the body passes.
pub enum Signer {
    Sha256(Hmac<sha2::Sha256>),
    Sha1(Hmac<sha1::Sha1>),
    Sha512(Hmac<sha2::Sha512>),
}

impl Signer {
    pub fn of(input: &Input, connection: &Connection) -> Result<Self, Refusal> {
        let key = secret(connection, "hmac_secret")?.as_bytes();
        Ok(match input.hmac_algorithm {
            Algorithm::Sha256 => Self::Sha256(door::signer(key)),
            Algorithm::Sha1 => Self::Sha1(door::signer(key)),
            Algorithm::Sha512 => Self::Sha512(door::signer(key)),
        })
    }

    pub fn update(&mut self, part: &[u8]) {
        match self {
            Self::Sha256(mac) => mac.update(part),
            Self::Sha1(mac) => mac.update(part),
            Self::Sha512(mac) => mac.update(part),
        }
    }

    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::Sha256(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Sha1(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Sha512(mac) => mac.finalize().into_bytes().to_vec(),
        }
    }
}
