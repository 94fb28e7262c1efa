//! Any system that speaks HTTP.

mod body;
mod pages;
pub mod request;

use async_trait::async_trait;
use connector::http::Call;
use connector::{Connection, Connector, Error, Http};
use model::{ConnectionSpec, ConnectorSpec, Field, FieldKind, Words};

pub struct HttpConnector;

#[async_trait]
impl Connector for HttpConnector {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec {
            id: "http".into(),
            title: Words::new("HTTP", "HTTP"),
            about: Words::new("Any system that can be called over the web.", "ระบบใดก็ได้ที่เรียกผ่านเว็บได้"),
            connection: Some(ConnectionSpec { fields: fields() }),
        }
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        // Without calling anything, this finds secrets that are missing.
        let Some(url) = connection.text("test_url") else {
            let _unsent = authorize(http.get("http://localhost/"), connection)?;
            return Ok("Complete. Enter a test address to try it.".into());
        };
        let answer = authorize(http.get(url), connection)?.send().await?.error_for_status(|_| None)?;
        Ok(format!("{} answered {}", answer.host(), answer.status.as_u16()))
    }
}

/// Adds what the connection holds to a call.
pub fn authorize<'a>(call: Call<'a>, connection: &Connection) -> Result<Call<'a>, Error> {
    let secret = |name: &str| {
        connection.secret(name).ok_or_else(|| Error::Connection {
            message: format!("the connection \"{}\" has no {name}", connection.name),
            advice: "Complete the connection.".into(),
        })
    };
    match connection.text("auth").unwrap_or("none") {
        "basic" => Ok(call.basic(connection.text("username").unwrap_or_default(), secret("password")?)),
        "bearer" => Ok(call.bearer(secret("token")?)),
        "header" => {
            let name = connection.text("header").unwrap_or("x-api-key");
            Ok(call.secret_header(name, secret("token")?))
        }
        _ => Ok(call),
    }
}

fn fields() -> Vec<Field> {
    vec![
        Field::choice(
            "auth",
            &[
                ("none", "None", "ไม่มี"),
                ("basic", "User name and password", "ชื่อผู้ใช้และรหัสผ่าน"),
                ("bearer", "Bearer token", "Bearer token"),
                ("header", "A key in a header", "คีย์ในเฮดเดอร์"),
            ],
            "Sign in with",
            "วิธียืนยันตัวตน",
        )
        .about("How the target knows who calls.", "วิธีที่ปลายทางรู้ว่าใครเรียก")
        .default("none")
        .example("bearer"),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("With a user name and a password.", "เมื่อใช้ชื่อผู้ใช้และรหัสผ่าน")
            .example("khlong"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Belongs to the user name.", "รหัสผ่านที่คู่กับชื่อผู้ใช้"),
        Field::new("header", FieldKind::Text, "Header's name", "ชื่อเฮดเดอร์")
            .about("With a key in a header.", "เมื่อใช้คีย์ในเฮดเดอร์")
            .default("x-api-key")
            .example("x-api-key"),
        Field::new("token", FieldKind::Secret, "Token or key", "โทเคนหรือคีย์")
            .about("The bearer token, or the key in the header.", "Bearer token หรือคีย์ในเฮดเดอร์"),
        Field::new("test_url", FieldKind::Url, "Test address", "ที่อยู่สำหรับทดสอบ")
            .about(
                "An address that can be read without changing anything, to try the connection.",
                "ที่อยู่ที่อ่านได้โดยไม่เปลี่ยนแปลงข้อมูล ใช้ทดสอบการเชื่อมต่อ",
            )
            .example("https://api.example.com/me"),
    ]
}
