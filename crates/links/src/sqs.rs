//! The HTTP client that SQS is called with.

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Trusts whom the machine trusts, and besides them the authorities in `ca_pem`. An authority that cannot be read is refused.
pub fn http_client(ca_pem: Option<&str>) -> Result<SharedHttpClient, String> {
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    let Some(pem) = ca_pem else { return Ok(builder.build_https()) };
    let trusted = TrustStore::default().with_pem_certificate(pem);
    let context = TlsContext::builder().with_trust_store(trusted).build();
    Ok(builder.tls_context(context.map_err(|error| error.to_string())?).build_https())
}
