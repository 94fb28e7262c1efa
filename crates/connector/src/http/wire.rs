//! The pooled client under `Http`: TLS, name resolution, the time a connection may take, and what its failures mean.

use super::guard::{Blocked, Resolver, check_host};
use super::{HttpPolicy, host_of};
use crate::Error;
use crate::transport::{Transport, unusable};
use ::http::header::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::ExposeSecret;
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

pub type Wire = Client<Timed<HttpsConnector<Route>>, Full<Bytes>>;

pub fn wire(policy: &HttpPolicy, transport: &Transport) -> Result<Wire, Error> {
    let mut tcp = HttpConnector::new_with_resolver(Resolver { allow_private: policy.allow_private });
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(tls(policy, transport)?)
        .https_or_http()
        .enable_all_versions()
        .wrap_connector(Route::of(tcp, policy, transport)?);
    let client = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
        .build(Timed(https));
    Ok(client)
}

type Direct = HttpConnector<Resolver>;

/// The way to a host: directly, or through a proxy, which then resolves its name.
#[derive(Clone)]
pub enum Route {
    Direct(Direct),
    Proxy(Box<Tunnel<Direct>>),
}

impl Route {
    fn of(tcp: Direct, policy: &HttpPolicy, transport: &Transport) -> Result<Self, Error> {
        let Some(proxy) = &transport.proxy else { return Ok(Self::Direct(tcp)) };
        let url = super::read_url(proxy).map_err(|error| unusable("proxy", &error))?;
        check_host(&url, policy.allow_private).map_err(|blocked| unusable("proxy", &blocked))?;
        let uri = url.as_str().parse().map_err(|error| unusable("proxy", &error))?;
        let tunnel = Tunnel::new(uri, tcp);
        let Some(login) = &transport.proxy_login else { return Ok(Self::Proxy(Box::new(tunnel))) };
        let value = format!("Basic {}", STANDARD.encode(login.expose_secret()));
        let value = HeaderValue::from_str(&value).map_err(|error| unusable("proxy", &error))?;
        Ok(Self::Proxy(Box::new(tunnel.with_auth(value))))
    }
}

impl Service<::http::Uri> for Route {
    type Response = <Direct as Service<::http::Uri>>::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Self::Direct(tcp) => tcp.poll_ready(cx).map_err(Into::into),
            Self::Proxy(tunnel) => tunnel.poll_ready(cx).map_err(Into::into),
        }
    }

    fn call(&mut self, uri: ::http::Uri) -> Self::Future {
        match self {
            Self::Direct(tcp) => {
                let connecting = tcp.call(uri);
                Box::pin(async move { connecting.await.map_err(Into::into) })
            }
            Self::Proxy(tunnel) => {
                let connecting = tunnel.call(uri);
                Box::pin(async move { connecting.await.map_err(Into::into) })
            }
        }
    }
}

fn tls(policy: &HttpPolicy, transport: &Transport) -> Result<rustls::ClientConfig, Error> {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    trust(&mut roots, policy.ca_pem.as_deref()).map_err(|error| bad_ca(&error))?;
    trust(&mut roots, transport.ca_pem.as_deref())
        .map_err(|error| unusable("certificate authority", &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad_ca(&error))?
        .with_root_certificates(roots);
    let Some(pem) = &transport.client_pem else { return Ok(builder.with_no_client_auth()) };
    let bad = |error: &dyn std::fmt::Display| unusable("own certificate", error);
    let chain = CertificateDer::pem_slice_iter(pem.expose_secret().as_bytes());
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(|error| bad(&error))?;
    let key = PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()).map_err(|error| bad(&error))?;
    builder.with_client_auth_cert(chain, key).map_err(|error| bad(&error))
}

fn trust(roots: &mut rustls::RootCertStore, pem: Option<&str>) -> Result<(), BoxError> {
    for certificate in CertificateDer::pem_slice_iter(pem.unwrap_or_default().as_bytes()) {
        roots.add(certificate?)?;
    }
    Ok(())
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
