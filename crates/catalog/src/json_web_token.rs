//! Claims signed by an RSA key (RS256), for systems that take them in place of a password.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use connector::Error;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// The grant that a signed claim asks for tokens with (RFC 7523).
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Signs claims with a key in PEM; `key_id` says which of its owner's keys that is, where there are several.
pub fn sign(claims: &Value, key: &SecretString, key_id: Option<&str>) -> Result<String, Error> {
    let header = match key_id {
        Some(id) => json!({"alg": "RS256", "kid": id, "typ": "JWT"}),
        None => json!({"alg": "RS256", "typ": "JWT"}),
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(claims));
    let pair = read(key.expose_secret()).ok_or_else(unusable)?;
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
        .map_err(|_| unusable())?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Reads a key in PEM, in either of its usual forms.
fn read(pem: &str) -> Option<RsaKeyPair> {
    let body: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body).ok()?;
    RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der)).ok()
}

fn unusable() -> Error {
    Error::Connection {
        message: "the private key cannot be used".into(),
        advice: "Enter the RSA key (2,048 bits or more) as PEM, from BEGIN to END.".into(),
    }
}
