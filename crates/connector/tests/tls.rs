//! Certificates are checked, always; a company's own authority is trusted when it is named.

use connector::{Error, Http, HttpPolicy};
use rcgen::CertifiedKey;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A server that is `localhost` by its own word, and its certificate.
async fn serve() -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".into()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust the certificate hangs up here.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let asked = stream.read(&mut [0; 4_096]).await.unwrap();
            assert!(asked > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    (format!("https://localhost:{port}/"), cert.pem())
}

fn client(ca_pem: Option<String>) -> Http {
    let policy = HttpPolicy { allow_private: true, ca_pem, ..HttpPolicy::default() };
    Http::new(policy).unwrap()
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused_before_anything_is_sent() {
    let (url, _) = serve().await;
    let error = client(None).post(&url).text("secret".into()).send().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[tokio::test]
async fn an_authority_that_the_administrator_names_is_trusted_for_its_own_names_only() {
    let (url, pem) = serve().await;
    let http = client(Some(pem));
    assert_eq!(http.get(&url).send().await.unwrap().text().unwrap(), "ok");
    let by_address = url.replace("localhost", "127.0.0.1");
    let error = http.get(&by_address).send().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_authority_that_cannot_be_read_is_told_at_the_start() {
    let broken = "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n";
    let policy = HttpPolicy { ca_pem: Some(broken.into()), ..HttpPolicy::default() };
    assert!(Http::new(policy).is_err());
}
