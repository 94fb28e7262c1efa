//! Any system that speaks HTTP.

pub(crate) mod authorize;
pub(crate) mod body;
mod pages;
pub mod request;
mod sign_in;

use async_trait::async_trait;
use connector::http::Call;
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};
use url::Url;

pub struct HttpConnector;

#[async_trait]
impl Connector for HttpConnector {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("http", Purpose::Data, "HTTP", "HTTP")
            .about("Any system that can be called over the web.", "ระบบใดก็ได้ที่เรียกผ่านเว็บได้")
            .connection(fields())
            .step(
                "With a key or password: choose under Sign in with how the system takes it, and enter it.",
                "หากใช้คีย์หรือรหัสผ่าน: เลือกวิธียืนยันตัวตนที่ระบบรองรับ แล้วใส่ค่า",
            )
            .step(
                "With OAuth 2.0: register Khlong at the provider as an app, with Khlong's address and /connections/signed-in behind it \
                 as redirect address. Enter client id, client secret and the issuer, save, and press Sign in.",
                "หากใช้ OAuth 2.0: ลงทะเบียน Khlong เป็นแอปกับผู้ให้บริการ โดยใช้ที่อยู่ของ Khlong ตามด้วย /connections/signed-in เป็นที่อยู่ redirect \
                 จากนั้นใส่ client id, client secret และผู้ออกโทเคน บันทึก แล้วกดลงชื่อเข้าใช้",
            )
    }

    fn token_rule(&self, connection: &Connection) -> TokenRule {
        sign_in::rule(connection)
    }

    async fn find_consent_url(
        &self,
        http: &Http,
        connection: &Connection,
        consent: &Consent<'_>,
    ) -> Result<Url, Error> {
        sign_in::consent_url(http, connection, consent).await
    }

    async fn tokens(&self, http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        sign_in::tokens(http, connection, grant).await
    }

    fn can_test(&self, connection: &Connection) -> bool {
        connection.text("test_url").is_some()
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        // Without calling anything, this finds secrets that are missing.
        let Some(url) = connection.text("test_url") else {
            let base = authorize::base(connection)?;
            let _unsent = authorize::authorize(http.get(base.as_str()), connection)?;
            return Ok("Complete. Enter a test address to try it.".into());
        };
        let answer = authorize::authorize(http.get(url), connection)?.send().await?;
        let answer = authorize::with_good_token(answer, connection)?.error_for_status(|_| None)?;
        Ok(format!("{} answered {}", answer.host(), answer.status.as_u16()))
    }
}

pub fn parts() -> Parts {
    Parts::of(HttpConnector).action(request::Request)
}

fn fields() -> Vec<Field> {
    let mut fields = vec![base()];
    fields.extend(by_one_of(&[OWN.as_slice(), &OAUTH].concat()));
    fields.extend(sign_in::fields());
    fields.extend(trying_fields());
    fields
}

fn base() -> Field {
    Field::new("base_url", FieldKind::Url, "Base address", "ที่อยู่หลัก")
        .about(
            "Where the system is. What is kept here is sent there and to no other host, whatever a node's address says.",
            "ที่อยู่ของระบบ ข้อมูลยืนยันตัวตนจะส่งไปที่โฮสต์นี้เท่านั้น ไม่ว่าที่อยู่ในโหนดจะเป็นอะไร",
        )
        .required()
        .example("https://api.example.com")
}

/// How a call may say whom it is from with what the connection holds itself.
const OWN: [(&str, &str, &str); 4] = [
    ("none", "None", "ไม่มี"),
    ("basic", "User name and password", "ชื่อผู้ใช้และรหัสผ่าน"),
    ("bearer", "Bearer token", "Bearer token"),
    ("header", "A key in a header", "คีย์ในเฮดเดอร์"),
];

/// And with tokens of a provider.
const OAUTH: [(&str, &str, &str); 2] = [
    (sign_in::CONSENT, "OAuth 2.0: a person signs in", "OAuth 2.0: ให้คนลงชื่อเข้าใช้"),
    (sign_in::KEYS, "OAuth 2.0: client credentials", "OAuth 2.0: ใช้ client credentials"),
];

/// How calls say whom they are from, as `authorize` reads it: for connections to anybody's system.
pub(crate) fn signing_in() -> [Field; 5] {
    by_one_of(&OWN)
}

fn by_one_of(ways: &[(&str, &str, &str)]) -> [Field; 5] {
    [
        Field::choice("auth", ways, "Sign in with", "วิธียืนยันตัวตน")
            .about("How the target knows who calls.", "วิธีที่ปลายทางรู้ว่าใครเรียก")
            .default("none")
            .example("bearer"),
        username(),
        password(),
        Field::new("header", FieldKind::Text, "Header's name", "ชื่อเฮดเดอร์")
            .about("With a key in a header.", "เมื่อใช้คีย์ในเฮดเดอร์")
            .default("x-api-key")
            .example("x-api-key"),
        Field::new("token", FieldKind::Secret, "Token or key", "โทเคนหรือคีย์")
            .about("The bearer token, or the key in the header.", "Bearer token หรือคีย์ในเฮดเดอร์"),
    ]
}

fn trying_fields() -> Vec<Field> {
    vec![
        Field::new("test_url", FieldKind::Url, "Test address", "ที่อยู่สำหรับทดสอบ")
            .about(
                "An address on the base address's host that can be read without changing anything, to try the connection.",
                "ที่อยู่ในโฮสต์เดียวกับที่อยู่หลัก ซึ่งอ่านได้โดยไม่เปลี่ยนแปลงข้อมูล ใช้ทดสอบการเชื่อมต่อ",
            )
            .example("https://api.example.com/me"),
        Field::rate(None),
    ]
}

pub(crate) fn username() -> Field {
    Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
        .about("With a user name and a password.", "เมื่อใช้ชื่อผู้ใช้และรหัสผ่าน")
        .example("khlong")
}

pub(crate) fn password() -> Field {
    Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
        .about("Belongs to the user name.", "รหัสผ่านที่คู่กับชื่อผู้ใช้")
}

/// Further headers that the connection's system wants with every call.
pub(crate) fn headers() -> Field {
    Field::new(HEADERS, FieldKind::Map, "Headers", "เฮดเดอร์")
        .about(
            "Headers that go along with every call, such as the shop's or the channel's. They are not secret: keys belong into the fields above.",
            "เฮดเดอร์ที่ส่งไปกับทุกการเรียก เช่น รหัสร้านหรือช่องทาง ค่าที่นี่ไม่เป็นความลับ คีย์ให้ใส่ในช่องด้านบน",
        )
        .at_most(20)
        .example(serde_json::json!({"x-shop": "bangkok"}))
        .advanced()
}

/// Adds the connection's own headers.
pub(crate) fn with_headers<'a>(call: Call<'a>, connection: &Connection) -> Call<'a> {
    let headers = connection.fields.get(HEADERS).and_then(serde_json::Value::as_object);
    let headers = headers.into_iter().flatten();
    headers.fold(call, |call, (name, value)| call.header(name, &body::as_text(value)))
}

const HEADERS: &str = "headers";
