//! Whom a connection to SQL Server trusts.

use crate::sql::words::{self, Tls};
use crate::tls;
use connector::{Connection, Error};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::sync::Arc;

/// Nothing where it is not to be encrypted. The protocol's own handshake ends with TLS 1.2.
pub fn config(connection: &Connection) -> Result<Option<ClientConfig>, Error> {
    let mode = words::tls(connection)?;
    if mode == Tls::Off {
        return Ok(None);
    }
    let roots = Arc::new(tls::roots(connection)?);
    let provider = Arc::new(default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone());
    let builder =
        builder.with_protocol_versions(&[&rustls::version::TLS12]).map_err(|error| tls::unusable(&error))?;
    if mode == Tls::Full {
        return Ok(Some(builder.with_root_certificates(roots).with_no_client_auth()));
    }
    let strict = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
    let strict = strict.map_err(|error| tls::unusable(&error))?;
    let verifier = Arc::new(AnyName(strict));
    Ok(Some(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()))
}

/// Everything about a certificate is looked at, but for whom it was made out.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
