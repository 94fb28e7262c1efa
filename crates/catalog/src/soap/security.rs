//! Who calls, in the envelope: a UsernameToken of WS-Security, or a header of the service's own.

use super::xml;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use connector::source::Source;
use connector::{Connection, Error};
use quick_xml::escape::escape;
use secrecy::ExposeSecret;
use sha1::{Digest, Sha1};

const EXTENSION: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const UTILITY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const PROFILE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0";
const BASE64: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

/// Nothing where the connection signs in otherwise.
pub fn header(connection: &Connection, source: &Source) -> Result<String, Error> {
    let is_digest = match connection.text("auth") {
        Some("username_token") => false,
        Some("username_token_digest") => true,
        _ => return Ok(String::new()),
    };
    let password = connection.need_secret("password")?.expose_secret();
    let nonce = hex::decode(source.nonce()).unwrap_or_default();
    let created = DateTime::from_timestamp_millis(source.now()).unwrap_or_default();
    let created = created.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let (kind, told) = match is_digest {
        true => ("PasswordDigest", digest(&nonce, &created, password)),
        false => ("PasswordText", escape(password).into_owned()),
    };
    Ok(format!(
        "<wsse:Security xmlns:wsse=\"{EXTENSION}\" xmlns:wsu=\"{UTILITY}\" soap:mustUnderstand=\"1\"><wsse:UsernameToken>\
         <wsse:Username>{}</wsse:Username><wsse:Password Type=\"{PROFILE}#{kind}\">{told}</wsse:Password>\
         <wsse:Nonce EncodingType=\"{BASE64}\">{}</wsse:Nonce><wsu:Created>{created}</wsu:Created>\
         </wsse:UsernameToken></wsse:Security>",
        escape(connection.need("username")?),
        STANDARD.encode(&nonce),
    ))
}

fn digest(nonce: &[u8], created: &str, password: &str) -> String {
    let hash = Sha1::new().chain_update(nonce).chain_update(created).chain_update(password).finalize();
    STANDARD.encode(hash)
}

/// The connection's own header, which may hold keys: an error about it does not repeat it.
pub fn own_header(connection: &Connection) -> Result<&str, Error> {
    let Some(own) = connection.secret("header_xml").map(|own| own.expose_secret().trim()) else {
        return Ok("");
    };
    let is_fine = own.is_empty() || xml::read(&format!("<h>{own}</h>")).is_ok();
    is_fine.then_some(own).ok_or_else(|| Error::Connection {
        message: format!("the header in the connection \"{}\" is not well-formed XML", connection.name),
        advice: "Write it as the service's documentation shows it, with the namespaces on the elements themselves.".into(),
    })
}
