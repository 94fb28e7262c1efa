//! A token by the app's private key, for which nobody's password and no secret of the app is needed (JWT bearer).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use connector::http::shorten;
use connector::sign_in::Tokens;
use connector::{Connection, Error, Http};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// Salesforce takes assertions that end within some minutes.
const LIFE_SECS: i64 = 180;
pub const PRIVATE_KEY: &str = "private_key";
pub const AUDIENCE: &str = "https://login.salesforce.com";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Gets a token with the key.
pub async fn exchange(
    http: &Http,
    connection: &Connection,
    url: &str,
    key: &SecretString,
) -> Result<Tokens, Error> {
    let now = http.source().now();
    let assertion = sign(connection, key, now)?;
    let answer = http.post(url).form([("grant_type", GRANT), ("assertion", &assertion)]).send().await?;
    let body = answer.json::<Value>().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if answer.status.as_u16() == 400 {
        return Err(Error::Connection {
            message: format!(
                "Salesforce does not accept the app's key: {}",
                shorten(text("error_description").unwrap_or_default())
            ),
            advice:
                "Check consumer key, user name and certificate, and that the app is allowed for this user."
                    .into(),
        });
    }
    let token = text("access_token").map(str::to_owned);
    let instance = text("instance_url").map(str::to_owned);
    let answer = answer.error_for_status(|_| None)?;
    let token = token
        .ok_or_else(|| Error::Unreadable { host: answer.host(), message: "no token in the answer".into() })?;
    let mut tokens = Tokens::new(token);
    tokens.made_at = Some(now);
    tokens.facts.extend(instance.map(|url| ("instance_url".to_owned(), url.into())));
    Ok(tokens)
}

/// The signed claim that the app may work as its user; `now` in milliseconds.
fn sign(connection: &Connection, key: &SecretString, now: i64) -> Result<String, Error> {
    let claims = json!({
        "iss": connection.need("client_id")?, "sub": connection.need("username")?,
        "aud": connection.text("audience").unwrap_or(AUDIENCE),
        "exp": now.div_euclid(1_000).saturating_add(LIFE_SECS),
    });
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
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
