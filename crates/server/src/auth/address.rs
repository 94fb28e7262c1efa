//! Where a request comes from.

use crate::App;
use crate::failure::Failure;
use crate::serve::Peer;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use std::net::IpAddr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of whoever asks.
pub struct Address(pub IpAddr);

impl FromRequestParts<App> for Address {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let peer = parts.extensions.get::<Peer>().copied();
        let Peer(peer) = peer.ok_or_else(|| Failure::internal("a request without a connection"))?;
        let told = app.is_behind_proxy().then(|| told(&parts.headers)).flatten();
        Ok(Self(told.unwrap_or(peer.ip())))
    }
}

/// The last entry is the one our own proxy wrote; those before it may be made up by the sender.
fn told(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_proxys_own_entry_counts() {
        let headers =
            |values: &[&str]| values.iter().map(|value| (FORWARDED_FOR, value.parse().unwrap())).collect();
        let last = told(&headers(&["1.1.1.1", "2.2.2.2, 3.3.3.3"]));
        assert_eq!(last, Some(IpAddr::from([3, 3, 3, 3])));
        assert_eq!(told(&headers(&["unknown"])), None);
        assert_eq!(told(&HeaderMap::new()), None);
    }
}
