//! OAuth 2.0 as most vendors do it: authorization code with PKCE, client credentials, refresh.

use crate::http::{Answer, shorten};
use crate::sign_in::{Consent, Grant, Tokens};
use crate::{Connection, Error, Http, http, sign_in};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

/// The fields of a connection that hold the app's own keys.
pub const CLIENT_ID: &str = "client_id";
pub const CLIENT_SECRET: &str = "client_secret";

/// How a vendor wants it.
#[derive(Clone, Debug)]
pub struct OAuth2<'a> {
    pub authorize_url: &'a str,
    pub token_url: &'a str,
    /// Separated by spaces.
    pub scope: &'a str,
    /// The app's keys go into the header `Authorization` (Basic), not into the body.
    pub basic: bool,
    /// Further pairs of the consent page's address, such as `access_type=offline`.
    pub consent: &'a [(&'a str, &'a str)],
    /// Further pairs of every request for tokens, such as `audience`.
    pub extra: &'a [(&'a str, &'a str)],
    /// What the answer tells that is kept beside the tokens, such as `instance_url`.
    pub facts: &'a [&'a str],
}

impl<'a> OAuth2<'a> {
    pub fn new(authorize_url: &'a str, token_url: &'a str, scope: &'a str) -> Self {
        Self { authorize_url, token_url, scope, basic: false, consent: &[], extra: &[], facts: &[] }
    }

    /// Where the browser is sent.
    pub fn consent_url(&self, connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
        let mut url = http::read_url(self.authorize_url)?;
        let id = client_id(connection)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", id)
            .append_pair("redirect_uri", consent.redirect_uri)
            .append_pair("state", consent.state)
            .append_pair("code_challenge", consent.challenge)
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(self.consent);
        if !self.scope.is_empty() {
            url.query_pairs_mut().append_pair("scope", self.scope);
        }
        Ok(url)
    }

    /// Asks for tokens.
    pub async fn tokens(
        &self,
        http: &Http,
        connection: &Connection,
        grant: &Grant<'_>,
    ) -> Result<Tokens, Error> {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        let mut add = |name, value: &str| pairs.push((name, value.to_owned()));
        match grant {
            Grant::Keys => {
                add("grant_type", "client_credentials");
                if !self.scope.is_empty() {
                    add("scope", self.scope);
                }
            }
            Grant::Code(back) => {
                add("grant_type", "authorization_code");
                add("code", back.code()?);
                add("redirect_uri", back.redirect_uri);
                add("code_verifier", back.verifier.expose_secret());
            }
            Grant::Refresh(tokens) => {
                let refresh =
                    tokens.refresh.as_ref().ok_or_else(|| sign_in::needed(connection.name.as_str()))?;
                add("grant_type", "refresh_token");
                add("refresh_token", refresh.expose_secret());
            }
        }
        self.extra.iter().for_each(|(name, value)| add(name, value));
        let answer = self.ask(http, connection, pairs).await?;
        self.read(http, answer, grant)
    }

    async fn ask(
        &self,
        http: &Http,
        connection: &Connection,
        mut pairs: Vec<(&str, String)>,
    ) -> Result<Answer, Error> {
        let (id, secret) = (client_id(connection)?, connection.secret(CLIENT_SECRET));
        let mut call = http.post(self.token_url).header("accept", "application/json");
        match secret {
            Some(secret) if self.basic => {
                call = call.basic(&encoded(id), &encoded(secret.expose_secret()).into())
            }
            _ => {
                pairs.push((CLIENT_ID, id.to_owned()));
                pairs.extend(secret.map(|secret| (CLIENT_SECRET, secret.expose_secret().to_owned())));
            }
        }
        call.form(pairs).send().await
    }

    fn read(&self, http: &Http, answer: Answer, grant: &Grant<'_>) -> Result<Tokens, Error> {
        if !answer.status.is_success() {
            return Err(refused(answer, matches!(grant, Grant::Refresh(_))));
        }
        let body: Value = answer.json()?;
        let told = Told::deserialize(&body).map_err(|_| Error::Unreadable {
            host: answer.host(),
            message: "the answer holds no access token".into(),
        })?;
        let now = http.source().now();
        let at = |secs: Option<Secs>| secs.map(|secs| now.saturating_add(secs.0.saturating_mul(1_000)));
        let (kept, kept_until, facts) = match grant {
            // A server that does not rotate leaves the refresh token out, and the old one stays good as long as it was to.
            Grant::Refresh(tokens) => {
                (tokens.refresh.clone(), tokens.refresh_expires_at, tokens.facts.clone())
            }
            Grant::Keys | Grant::Code(_) => (None, None, Map::new()),
        };
        let kept_until = kept_until.filter(|_| told.refresh_token.is_none());
        let learnt =
            self.facts.iter().filter_map(|name| Some(((*name).to_owned(), body.get(*name)?.clone())));
        Ok(Tokens {
            access: told.access_token.into(),
            refresh: told.refresh_token.map(SecretString::from).or(kept),
            made_at: Some(now),
            expires_at: at(told.expires_in),
            refresh_expires_at: at(refresh_secs(&body)).or(kept_until),
            facts: facts.into_iter().chain(learnt).collect(),
        })
    }
}

#[derive(Deserialize)]
struct Told {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    expires_in: Option<Secs>,
}

/// How long the refresh token is good: no standard has a name for it. 0 stands for no end (Keycloak's offline tokens).
fn refresh_secs(body: &Value) -> Option<Secs> {
    let names = ["refresh_token_expires_in", "x_refresh_token_expires_in", "refresh_expires_in"];
    let told = names.iter().find_map(|name| Secs::deserialize(body.get(*name)?).ok());
    told.filter(|secs| secs.0 > 0)
}

/// Seconds, which some servers write as a text.
struct Secs(i64);

impl<'de> Deserialize<'de> for Secs {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        number
            .filter(|secs| *secs >= 0)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("no number of seconds"))
    }
}

/// A refusal of `invalid_grant` is for a person; whatever else fails may pass.
fn refused(answer: Answer, renewing: bool) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(shorten);
    let code = text("error").unwrap_or_default();
    let said = text("error_description").unwrap_or_else(|| code.clone());
    let host = answer.host();
    match code.as_str() {
        "invalid_grant" | "interaction_required" if renewing => sign_in::ended(&host, &said),
        "invalid_grant" | "interaction_required" => Error::Connection {
            message: format!("{host} does not take what the sign-in brought: {said}"),
            advice: "Open the connection and sign in again.".into(),
        },
        "invalid_client" | "unauthorized_client" | "invalid_scope" | "unsupported_grant_type" => {
            Error::Connection {
                message: format!("{host} does not accept the app's keys: {said}"),
                advice: "Check client id, client secret and the rights of the app.".into(),
            }
        }
        _ => answer.failed(&said),
    }
}

fn client_id(connection: &Connection) -> Result<&str, Error> {
    connection.text(CLIENT_ID).ok_or_else(|| connection.lacks("client id"))
}

/// Keys are form-encoded before they go into the header (RFC 6749, section 2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
