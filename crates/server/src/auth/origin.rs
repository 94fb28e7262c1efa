//! Whether a browser's request comes from Khlong's own pages.

use crate::App;
use crate::codes;
use crate::failure::Failure;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use url::{Host, Url};

/// Methods that change something.
pub fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// For the requests that come before there is a session: the custom header alone keeps other sites out, because a
/// browser asks before it sends one across sites, and nobody answers that question here.
pub struct SameSite;

impl FromRequestParts<App> for SameSite {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        check(&parts.headers, app.base_url())?;
        check_host(&parts.headers, app.base_url())?;
        match parts.headers.contains_key(api::CSRF_HEADER) {
            true => Ok(Self),
            false => Err(forged(format!("the header {} is missing", api::CSRF_HEADER))),
        }
    }
}

/// Refuses what a browser says comes from elsewhere. Programs send neither header.
pub fn check(headers: &HeaderMap, base_url: &str) -> Result<(), Failure> {
    let text = |name| headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap_or("?"));
    if let Some(site) = text(http::HeaderName::from_static("sec-fetch-site"))
        && !matches!(site, "same-origin" | "none")
    {
        return Err(forged("the request comes from another site"));
    }
    let Some(origin) = text(header::ORIGIN) else { return Ok(()) };
    let host = text(header::HOST).unwrap_or_default();
    let (_, origin_host) = origin.split_once("://").unwrap_or_default();
    if origin == base_url || (!host.is_empty() && origin_host == host) {
        return Ok(());
    }
    Err(forged(format!("the request comes from {origin}")))
}

/// A name that somebody else owns may be made to point here (DNS rebinding), and then their page has our origin. An
/// address or our own name cannot be theirs.
fn check_host(headers: &HeaderMap, base_url: &str) -> Result<(), Failure> {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let parse = |url: &str| Url::parse(url).ok()?.host().map(|host| host.to_owned());
    let own = parse(base_url);
    let is_ours = match parse(&format!("http://{asked}")) {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => name == "localhost" || own == Some(Host::Domain(name)),
        None => false,
    };
    match is_ours {
        true => Ok(()),
        false => Err(forged(format!("the request is for the host {asked:?}, which is not this server's"))),
    }
}

pub fn forged(message: impl Into<String>) -> Failure {
    Failure::new(StatusCode::FORBIDDEN, codes::FORGED, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(headers: &[(&'static str, &str)]) -> bool {
        let headers =
            headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()));
        check(&headers.collect(), "https://khlong.example").is_ok()
    }

    #[test]
    fn own_pages_and_programs_are_let_in_and_other_sites_are_not() {
        assert!(allowed(&[]));
        assert!(allowed(&[("origin", "https://khlong.example")]));
        assert!(allowed(&[("origin", "http://127.0.0.1:8686"), ("host", "127.0.0.1:8686")]));
        assert!(allowed(&[("sec-fetch-site", "same-origin")]));
        assert!(!allowed(&[("origin", "https://evil.example"), ("host", "khlong.example")]));
        assert!(!allowed(&[("origin", "null"), ("host", "khlong.example")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn only_this_servers_own_names_are_signed_in_to() {
        let for_host = |host: &str| {
            let headers = [(header::HOST, host.parse().unwrap())].into_iter().collect();
            check_host(&headers, "https://khlong.example").is_ok()
        };
        for ours in ["khlong.example", "Khlong.example:443", "localhost:8686", "127.0.0.1:8686", "[::1]:8686"]
        {
            assert!(for_host(ours), "{ours}");
        }
        for theirs in
            ["evil.example", "khlong.example.evil.example", "localhost.evil.example:8686", "", "a b"]
        {
            assert!(!for_host(theirs), "{theirs}");
        }
    }
}
