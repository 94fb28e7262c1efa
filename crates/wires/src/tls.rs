//! Whom a connection trusts.

use crate::failure;
use crate::place::Place;
use connector::{Connection, Error};
use model::{Field, FieldKind};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

pub const CA_PEM: &str = "ca_pem";

/// The public authorities, and those of the connection's own field.
pub fn config(connection: &Connection) -> Result<ClientConfig, Error> {
    config_of(connection, rustls::DEFAULT_VERSIONS)
}

/// The same, for these versions of TLS.
pub fn config_of(
    connection: &Connection,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<ClientConfig, Error> {
    let roots = roots(connection)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions);
    Ok(builder.map_err(|error| unusable(&error))?.with_root_certificates(roots).with_no_client_auth())
}

pub fn roots(connection: &Connection) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in certificates(connection)? {
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    Ok(roots)
}

/// The connection's own authorities, which are certificates.
pub fn certificates(connection: &Connection) -> Result<Vec<CertificateDer<'static>>, Error> {
    let Some(pem) = connection.text(CA_PEM) else { return Ok(Vec::new()) };
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match read {
        Ok(read) if read.is_empty() => Err(unusable(&"there is no certificate in it")),
        read => read.map_err(|error| unusable(&error)),
    }
}

pub fn unusable(why: &dyn std::fmt::Display) -> Error {
    Error::Connection {
        message: format!("the connection's certificate authority cannot be used: {why}"),
        advice: "Paste it as PEM text, from -----BEGIN CERTIFICATE----- on.".into(),
    }
}

/// The switch for a connection with TLS.
pub fn switch() -> Field {
    Field::new("tls", FieldKind::Bool, "TLS", "TLS")
        .about(
            "Encrypts the connection. Switch it off only inside a network that nobody else is in.",
            "เข้ารหัสการเชื่อมต่อ ปิดได้เฉพาะในเครือข่ายภายในที่ไม่มีผู้อื่นใช้",
        )
        .default(true)
        .example(true)
}

pub fn authority() -> Field {
    Field::new(CA_PEM, FieldKind::LongText, "Certificate authority", "ผู้ออกใบรับรอง")
        .about(
            "Certificates (PEM) that are trusted besides the public ones, such as a company's own.",
            "ใบรับรอง (PEM) ที่เชื่อถือเพิ่มเติม เช่น ของบริษัทเอง",
        )
        .example("-----BEGIN CERTIFICATE-----")
        .advanced()
}

/// What the switch says; on where it says nothing.
pub fn is_on(connection: &Connection) -> bool {
    connection.fields.get("tls").is_none_or(|tls| tls != &serde_json::Value::Bool(false) && tls != "false")
}

/// Encrypts what leads to a place, once that has shown that it is who it should be.
pub async fn encrypted<T: AsyncRead + AsyncWrite + Unpin>(
    connection: &Connection,
    place: &Place,
    wire: T,
) -> Result<tokio_rustls::client::TlsStream<T>, Error> {
    let name =
        ServerName::try_from(place.host.clone()).map_err(|error| failure::unreachable(place, &error))?;
    let connector = TlsConnector::from(Arc::new(config(connection)?));
    connector.connect(name, wire).await.map_err(|error| failure::connecting(place, &failure::chain(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn with(pem: &str) -> Connection {
        let fields = json!({"ca_pem": pem}).as_object().cloned().expect("fields");
        Connection::new("c".into(), "nats".into(), fields, BTreeMap::new())
    }

    #[test]
    fn an_authority_that_is_none_is_said_to_be_none() {
        assert!(config(&with("")).is_ok());
        assert_eq!(config(&with("my certificate")).map(drop).map_err(|error| error.code()), Err("E0302"));
        let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(config(&with(cut)).map(drop).map_err(|error| error.code()), Err("E0302"));
    }
}
