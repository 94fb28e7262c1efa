//! OAuth 2.0 of a system that has no connector of its own: its addresses stand in the connection, or are asked of its issuer.

use connector::http::{host_of, read_url};
use connector::oauth2::OAuth2;
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Error, Http};
use http::StatusCode;
use model::{Field, FieldKind};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

/// Values of the field `auth`.
pub const CONSENT: &str = "oauth2";
pub const KEYS: &str = "oauth2_keys";

const AUTHORIZE_URL: &str = "authorize_url";
const TOKEN_URL: &str = "token_url";
const ISSUER: &str = "issuer";
const CONSENT_PARAMETERS: &str = "consent_parameters";
const TOKEN_PARAMETERS: &str = "token_parameters";

pub fn rule(connection: &Connection) -> TokenRule {
    match connection.text("auth") {
        Some(CONSENT) => TokenRule::Consent,
        Some(KEYS) => TokenRule::Keys,
        _ => TokenRule::None,
    }
}

/// Where the browser goes, and where tokens are asked for.
struct Endpoints {
    authorize: String,
    token: String,
}

pub async fn consent_url(http: &Http, connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
    if rule(connection) != TokenRule::Consent {
        return Err(Error::Connection {
            message: format!("the connection \"{}\" does not work with a sign-in", connection.name),
            advice: "Open it and choose the sign-in under Sign in with.".into(),
        });
    }
    let endpoints = endpoints(http, connection).await?;
    with_oauth(&endpoints, connection, |oauth| oauth.consent_url(connection, consent))
}

pub async fn tokens(http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
    let endpoints = endpoints(http, connection).await?;
    let extra = pairs(connection, TOKEN_PARAMETERS);
    let extra = borrowed(&extra);
    let oauth = OAuth2 { extra: &extra, ..plain(&endpoints, connection) };
    oauth.tokens(http, connection, grant).await
}

fn with_oauth<T>(
    endpoints: &Endpoints,
    connection: &Connection,
    act: impl FnOnce(OAuth2<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let further = pairs(connection, CONSENT_PARAMETERS);
    act(OAuth2 { consent: &borrowed(&further), ..plain(endpoints, connection) })
}

fn plain<'a>(endpoints: &'a Endpoints, connection: &'a Connection) -> OAuth2<'a> {
    let scope = connection.text("scope").unwrap_or_default();
    let basic = connection.text("client_auth") != Some("form");
    OAuth2 { basic, ..OAuth2::new(&endpoints.authorize, &endpoints.token, scope) }
}

fn pairs(connection: &Connection, field: &str) -> Vec<(String, String)> {
    let given = connection.fields.get(field).and_then(Value::as_object);
    let text = |(name, value): (&String, &Value)| (name.clone(), super::body::as_text(value));
    given.into_iter().flatten().map(text).collect()
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What the connection says, and for the rest what its issuer tells.
async fn endpoints(http: &Http, connection: &Connection) -> Result<Endpoints, Error> {
    let given = |field: &str| connection.text(field).map(str::to_owned);
    let wants_page = rule(connection) == TokenRule::Consent;
    match (given(AUTHORIZE_URL), given(TOKEN_URL), connection.text(ISSUER)) {
        (authorize, Some(token), _) if authorize.is_some() || !wants_page => {
            Ok(Endpoints { authorize: authorize.unwrap_or_default(), token })
        }
        (_, _, None) => Err(connection.lacks("issuer, and not both the consent page and the token address")),
        (authorize, token, Some(issuer)) => {
            let told = discover(http, issuer).await?;
            let missing = |what: &str| Error::Connection {
                message: format!("{issuer} does not say where its {what} is"),
                advice: "Enter the address in the connection.".into(),
            };
            let authorize = authorize.or(told.authorization_endpoint);
            let authorize = match authorize {
                None if wants_page => return Err(missing("consent page")),
                authorize => authorize.unwrap_or_default(),
            };
            let token = token.or(told.token_endpoint).ok_or_else(|| missing("token address"))?;
            Ok(Endpoints { authorize, token })
        }
    }
}

#[derive(Deserialize)]
struct Told {
    issuer: String,
    #[serde(default)]
    authorization_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint: Option<String>,
}

/// OpenID Connect Discovery, or else RFC 8414.
async fn discover(http: &Http, issuer: &str) -> Result<Told, Error> {
    let issuer = issuer.trim_end_matches('/');
    let url = read_url(issuer)?;
    let mut other = url.clone();
    other.set_path(&format!("/.well-known/oauth-authorization-server{}", url.path().trim_end_matches('/')));
    let first = format!("{issuer}/.well-known/openid-configuration");
    let mut answer = http.get(&first).send().await?;
    if answer.status == StatusCode::NOT_FOUND {
        answer = http.get(other.as_str()).send().await?;
    }
    let told: Told = answer.error_for_status(|_| None)?.json()?;
    check(told, issuer, &url)
}

/// Keys go to where an issuer says: it must be the one that was asked, and not send them in the clear.
fn check(told: Told, issuer: &str, url: &Url) -> Result<Told, Error> {
    let refused = |message: String| Error::Connection {
        message,
        advice: "Check the issuer, or enter the addresses in the connection.".into(),
    };
    if told.issuer.trim_end_matches('/') != issuer {
        return Err(refused(format!("{} calls itself {}", host_of(url), told.issuer)));
    }
    for endpoint in told.authorization_endpoint.iter().chain(&told.token_endpoint) {
        let endpoint = read_url(endpoint)?;
        if url.scheme() == "https" && endpoint.scheme() != "https" {
            return Err(refused(format!(
                "{} sends to {}, without encryption",
                host_of(url),
                host_of(&endpoint)
            )));
        }
    }
    Ok(told)
}

pub fn fields() -> Vec<Field> {
    vec![
        Field::new(ISSUER, FieldKind::Url, "Issuer", "ผู้ออกโทเคน")
            .about(
                "With OAuth 2.0: the identity provider's address, which tells where its consent page is and where tokens are got \
                 (OpenID Connect Discovery).",
                "เมื่อใช้ OAuth 2.0: ที่อยู่ของผู้ให้บริการยืนยันตัวตน ซึ่งบอกที่อยู่หน้าขออนุญาตและที่อยู่ขอโทเคน (OpenID Connect Discovery)",
            )
            .example("https://id.example.com"),
        Field::new(AUTHORIZE_URL, FieldKind::Url, "Consent page", "หน้าขออนุญาต")
            .about(
                "Where a browser is sent to sign in, if there is no issuer that tells it.",
                "ที่อยู่ที่เบราว์เซอร์จะไปเพื่อลงชื่อเข้าใช้ หากไม่มีผู้ออกโทเคนที่บอกได้",
            )
            .example("https://id.example.com/authorize"),
        Field::new(TOKEN_URL, FieldKind::Url, "Token address", "ที่อยู่ขอโทเคน")
            .about(
                "Where tokens are got and renewed, if there is no issuer that tells it.",
                "ที่อยู่สำหรับขอและต่ออายุโทเคน หากไม่มีผู้ออกโทเคนที่บอกได้",
            )
            .example("https://id.example.com/token"),
        Field::new(connector::oauth2::CLIENT_ID, FieldKind::Text, "Client id", "Client id")
            .about(
                "Of the app that was registered for Khlong at the provider. Its redirect address is Khlong's own with \
                 /connections/signed-in behind it.",
                "ของแอปที่ลงทะเบียนให้ Khlong ไว้กับผู้ให้บริการ ที่อยู่ redirect คือที่อยู่ของ Khlong ตามด้วย /connections/signed-in",
            )
            .example("khlong"),
        Field::new(connector::oauth2::CLIENT_SECRET, FieldKind::Secret, "Client secret", "Client secret")
            .about("Belongs to the client id; a public app has none.", "รหัสลับคู่กับ client id แอปแบบสาธารณะไม่มี"),
        Field::new("scope", FieldKind::Text, "Scopes", "สิทธิ์")
            .about(
                "What is asked for, with spaces between. Many providers renew tokens only with offline_access.",
                "สิทธิ์ที่ขอ คั่นด้วยช่องว่าง ผู้ให้บริการหลายรายต่ออายุโทเคนให้เฉพาะเมื่อขอ offline_access",
            )
            .example("openid offline_access orders"),
        Field::choice(
            "client_auth",
            &[("header", "In a header", "ในเฮดเดอร์"), ("form", "In the form", "ในฟอร์ม")],
            "Client secret goes",
            "วิธีส่ง client secret",
        )
        .about(
            "How the provider takes client id and secret; every provider should take the header.",
            "วิธีที่ผู้ให้บริการรับ client id และ client secret ตามมาตรฐานทุกรายควรรับแบบเฮดเดอร์",
        )
        .default("header")
        .example("header")
        .advanced(),
        Field::new(CONSENT_PARAMETERS, FieldKind::Map, "Consent page's parameters", "พารามิเตอร์ของหน้าขออนุญาต")
            .about(
                "Further names and values in the consent page's address.",
                "ชื่อและค่าเพิ่มเติมในที่อยู่หน้าขออนุญาต",
            )
            .example(json!({"prompt": "consent"}))
            .advanced(),
        Field::new(TOKEN_PARAMETERS, FieldKind::Map, "Token requests' parameters", "พารามิเตอร์ของคำขอโทเคน")
            .about("Further names and values in every request for tokens.", "ชื่อและค่าเพิ่มเติมในทุกคำขอโทเคน")
            .example(json!({"audience": "https://api.example.com"}))
            .advanced(),
    ]
}
