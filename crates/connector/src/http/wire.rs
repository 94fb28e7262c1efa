//! The pooled client under `Http`: TLS, name resolution, the time a connection may take, and what its failures mean.

use super::guard::{Blocked, Resolver};
use super::{HttpPolicy, host_of};
use crate::Error;
use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower_service::Service;
use url::Url;

/// Name, connection and TLS handshake together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Shorter than what servers commonly allow (Node.js closes after 5 s): a request sent just as the other side hangs up
/// fails as "perhaps done", and then a person may have to look.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);
const IDLE_PER_HOST_MAX: usize = 64;

pub type Wire = Client<Timed<HttpsConnector<HttpConnector<Resolver>>>, Full<Bytes>>;

pub fn wire(policy: &HttpPolicy) -> Result<Wire, Error> {
    let mut tcp = HttpConnector::new_with_resolver(Resolver { allow_private: policy.allow_private });
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(tls(policy)?)
        .https_or_http()
        .enable_all_versions()
        .wrap_connector(tcp);
    let client = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
        .build(Timed(https));
    Ok(client)
}

fn tls(policy: &HttpPolicy) -> Result<rustls::ClientConfig, Error> {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let pem = policy.ca_pem.as_deref().unwrap_or_default();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| bad_ca(&error))?;
        roots.add(certificate).map_err(|error| bad_ca(&error))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad_ca(&error))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn bad_ca(error: &dyn std::fmt::Display) -> Error {
    Error::Input {
        message: format!("the additional certificate authorities cannot be read: {error}"),
        advice: "Give them as PEM text, one certificate after the other.".into(),
    }
}

/// A connector that gives up after `CONNECT_TIMEOUT`. Nothing was sent then, so the failure is harmless.
#[derive(Clone)]
pub struct Timed<C>(C);

#[derive(Debug, thiserror::Error)]
#[error("no connection within {} s", CONNECT_TIMEOUT.as_secs())]
struct TooSlow;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl<C> Service<::http::Uri> for Timed<C>
where
    C: Service<::http::Uri>,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: ::http::Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move {
            match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => Err(TooSlow.into()),
            }
        })
    }
}

/// What a failed call means: blocked, never arrived, or perhaps arrived.
pub fn failed(url: &Url, error: &legacy::Error) -> Error {
    let host = host_of(url);
    if let Some(Blocked(message)) = find(error) {
        return Error::Forbidden { host, message: (*message).into() };
    }
    let message = root_cause(error);
    if error.is_connect() {
        Error::Unreachable { host, message }
    } else {
        Error::Unanswered { host, message }
    }
}

/// The innermost cause: the one that says something, such as "connection refused".
pub fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

fn find<'a, E: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
