//! What every connection that speaks HTTP may have: a proxy, a company's own certificate authority, a certificate of its own.

use crate::{Connection, Error};
use model::{Field, FieldKind};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const PROXY: &str = "proxy";
const PROXY_LOGIN: &str = "proxy_login";
const CA_PEM: &str = "ca_pem";
const CLIENT_PEM: &str = "client_pem";

pub fn fields() -> Vec<Field> {
    vec![
        Field::new(PROXY, FieldKind::Url, "Proxy", "พร็อกซี")
            .about(
                "Calls go through this HTTP proxy. Empty: directly.",
                "การเรียกจะผ่านพร็อกซี HTTP นี้ หากเว้นว่างจะเรียกโดยตรง",
            )
            .example("http://proxy.example.com:3128")
            .advanced(),
        Field::new(PROXY_LOGIN, FieldKind::Secret, "Proxy's login", "ชื่อผู้ใช้และรหัสผ่านของพร็อกซี")
            .about(
                "User name and password with a colon between them, where the proxy asks for them.",
                "ชื่อผู้ใช้และรหัสผ่าน คั่นด้วยเครื่องหมายทวิภาค หากพร็อกซีต้องการ",
            )
            .advanced(),
        Field::new(CA_PEM, FieldKind::LongText, "Certificate authority", "ผู้ออกใบรับรอง")
            .about(
                "Certificates (PEM) that are trusted besides the public ones, such as a company's own.",
                "ใบรับรอง (PEM) ที่เชื่อถือเพิ่มเติม เช่น ของบริษัทเอง",
            )
            .example("-----BEGIN CERTIFICATE-----")
            .advanced(),
        Field::new(CLIENT_PEM, FieldKind::Secret, "Own certificate and key", "ใบรับรองและคีย์ของเรา")
            .about(
                "Certificate and private key (PEM, one after the other), where the system asks for one (mutual TLS).",
                "ใบรับรองและคีย์ส่วนตัว (PEM ต่อกัน) หากระบบปลายทางต้องการ (mutual TLS)",
            )
            .advanced(),
    ]
}

/// How a connection's calls travel; the default is directly, trusting whom everybody trusts.
#[derive(Clone, Debug, Default)]
pub struct Transport {
    pub proxy: Option<String>,
    pub proxy_login: Option<SecretString>,
    pub ca_pem: Option<String>,
    pub client_pem: Option<SecretString>,
}

impl Transport {
    pub fn of(connection: &Connection) -> Self {
        Self {
            proxy: connection.text(PROXY).map(str::to_owned),
            proxy_login: connection.secret(PROXY_LOGIN).cloned(),
            ca_pem: connection.text(CA_PEM).map(str::to_owned),
            client_pem: connection.secret(CLIENT_PEM).cloned(),
        }
    }

    pub fn is_usual(&self) -> bool {
        self.proxy.is_none() && self.ca_pem.is_none() && self.client_pem.is_none()
    }

    /// The same for the same settings. It tells nothing of the key.
    pub fn key(&self) -> [u8; 32] {
        let secret =
            |secret: &'_ Option<SecretString>| secret.as_ref().map(|text| text.expose_secret().to_owned());
        let (proxy, ca) = (self.proxy.clone(), self.ca_pem.clone());
        let parts = [proxy, secret(&self.proxy_login), ca, secret(&self.client_pem)];
        let hash = parts.into_iter().fold(Sha256::new(), |hash, part| {
            let length = part.as_ref().map_or(u64::MAX, |part| part.len() as u64);
            hash.chain_update(length.to_be_bytes()).chain_update(part.unwrap_or_default())
        });
        hash.finalize().into()
    }
}

pub(crate) fn unusable(what: &str, why: &dyn std::fmt::Display) -> Error {
    Error::Connection {
        message: format!("the connection's {what} cannot be used: {why}"),
        advice: "Correct it in the connection, under More settings.".into(),
    }
}
