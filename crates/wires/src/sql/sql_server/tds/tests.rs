//! A server that shakes hands within packets, and then hears a client that knows of nothing.

use super::*;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::DuplexStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};

const ANSWERED: [u8; 26] =
    [4, 1, 0, 26, 0, 0, 1, 0, 0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 1];

fn certified() -> (CertificateDer<'static>, ServerConfig) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate").der().clone();
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions");
    let config =
        builder.with_no_client_auth().with_single_cert(vec![certificate.clone()], private).expect("a pair");
    (certificate, config)
}

fn trusting(certificate: Option<CertificateDer<'static>>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    certificate.into_iter().for_each(|certificate| roots.add(certificate).expect("a root"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS12]);
    builder.expect("a version").with_root_certificates(roots).with_no_client_auth()
}

/// The first packet, hands shaken, and what comes then; it is sent back.
async fn serve(mut stream: DuplexStream, config: ServerConfig) -> io::Result<Vec<u8>> {
    let mut first = [0; 26];
    stream.read_exact(&mut first).await?;
    assert_eq!((first[0], first[25]), (PRELOGIN, ENCRYPT_ON));
    stream.write_all(&ANSWERED).await?;
    let packets = Packets { stream, within: true, read: Vec::new(), left: 0, written: Vec::new() };
    let mut encrypted = TlsAcceptor::from(Arc::new(config)).accept(packets).await?;
    encrypted.get_mut().0.within = false;
    let mut login = vec![0; 12];
    encrypted.read_exact(&mut login).await?;
    encrypted.write_all(&login).await?;
    encrypted.flush().await?;
    Ok(login)
}

#[tokio::test]
async fn a_client_that_knows_of_nothing_is_encrypted() {
    let (certificate, server) = certified();
    // Small pieces: a header comes in parts.
    let (here, there) = tokio::io::duplex(5);
    let serving = tokio::spawn(serve(there, server));
    let name = ServerName::try_from("localhost").expect("a name");
    let mut client = encrypted(here, name, trusting(Some(certificate))).await.expect("encrypted");
    client.write_all(&packet(PRELOGIN, &asking())).await.expect("its first packet");
    let mut answer = [0; 26];
    client.read_exact(&mut answer).await.expect("an answer");
    assert_eq!((&answer[..25], answer[25]), (&ANSWERED[..25], NOT_SUPPORTED));
    let login = packet(0x10, b"user");
    client.write_all(&login).await.expect("written");
    client.flush().await.expect("sent");
    let mut echo = vec![0; login.len()];
    client.read_exact(&mut echo).await.expect("read");
    assert_eq!(echo, login);
    assert_eq!(
        serving.await.expect("it served").expect("without an error"),
        login,
        "nothing but the login came"
    );
}

#[tokio::test]
async fn a_stranger_s_certificate_is_not_trusted_and_one_for_another_name_neither() {
    for (trusted, name) in [(false, "localhost"), (true, "other.example.com")] {
        let (certificate, server) = certified();
        let (here, there) = tokio::io::duplex(4_096);
        let serving = tokio::spawn(serve(there, server));
        let name = ServerName::try_from(name).expect("a name");
        let error = encrypted(here, name, trusting(trusted.then_some(certificate)))
            .await
            .map(drop)
            .expect_err("not trusted");
        assert!(error.to_string().contains("certificate"), "{error}");
        assert!(serving.await.expect("it served").is_err());
    }
}

#[tokio::test]
async fn a_server_without_tls_and_one_that_is_another_system_are_refused() {
    let mut without = ANSWERED;
    without[25] = NOT_SUPPORTED;
    for (answer, wanted) in
        [(without, "does not support TLS"), (*b"HTTP/1.1 400 Bad Request\r\n", "as SQL Server does")]
    {
        let (here, mut there) = tokio::io::duplex(4_096);
        let name = ServerName::try_from("localhost").expect("a name");
        there.write_all(&answer).await.expect("written");
        let error = encrypted(here, name, trusting(None)).await.map(drop).expect_err("refused");
        assert!(error.to_string().contains(wanted), "{error}");
    }
}
