//! Who is asking: Basic, keys in the query, or a signed query.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::oauth::{Method, base_string, sign};
use super::refused::Refused;
use super::{NAME, Woo};
use crate::market::Asked;
use crate::seal::same;

/// A signed request is good for so long, in both directions of the clock.
const WINDOW_SECONDS: i64 = 15 * 60;
/// Nonces remembered; a store forgets the ones that are older than the window.
const NONCES_MAX: usize = 100_000;

/// Lets only those through who have the keys, and only readers if the keys may only read.
pub(super) async fn check(State(woo): State<Arc<Woo>>, request: Request, next: Next) -> Response {
    match admit(&woo, &request) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

fn admit(woo: &Woo, request: &Request) -> Result<(), Refused> {
    let asked = Asked::of(request.uri());
    if asked.get("oauth_consumer_key").is_some() {
        // The path has lost the name of the stand-in on its way here; the client signed it with the name.
        let url = format!("http://{}/{NAME}{}", host(request.headers()), request.uri().path());
        signed(woo, request.method().as_str(), &url, &asked)?;
    } else {
        let (key, secret) = basic(request.headers())
            .or_else(|| {
                Some((asked.get("consumer_key")?.to_owned(), asked.get("consumer_secret")?.to_owned()))
            })
            .ok_or_else(|| Refused::keys("Sorry, you cannot list resources."))?;
        known(woo, &key)?;
        if !same(&secret, &woo.keys.consumer_secret) {
            return Err(Refused::keys("Consumer secret is invalid."));
        }
    }
    let writes = !request.method().is_safe();
    if writes && woo.state().site.read_only {
        return Err(Refused::keys("The API key provided does not have write permissions."));
    }
    Ok(())
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let bytes = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let (key, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((key.to_owned(), secret.to_owned()))
}

fn known(woo: &Woo, key: &str) -> Result<(), Refused> {
    match same(key, &woo.keys.consumer_key) {
        true => Ok(()),
        false => Err(Refused::keys("Consumer key is invalid.")),
    }
}

fn signed(woo: &Woo, verb: &str, url: &str, asked: &Asked) -> Result<(), Refused> {
    known(woo, asked.text("oauth_consumer_key"))?;
    let method = Method::named(asked.text("oauth_signature_method"))
        .ok_or_else(|| Refused::keys("Invalid signature - signature method is invalid."))?;
    let right = sign(method, &woo.keys.consumer_secret, &base_string(verb, url, &asked.0));
    if !same(asked.text("oauth_signature"), &right) {
        return Err(Refused::keys("Invalid signature - provided signature does not match."));
    }
    let now = woo.stand.now().timestamp();
    let at = asked.number("oauth_timestamp", 0).unwrap_or(0);
    if (now - at).abs() > WINDOW_SECONDS {
        return Err(Refused::keys("Invalid timestamp."));
    }
    fresh(woo, asked.text("oauth_nonce"), now)
}

/// A nonce is good once.
fn fresh(woo: &Woo, nonce: &str, now: i64) -> Result<(), Refused> {
    let nonces = &mut woo.state().nonces;
    if nonces.len() >= NONCES_MAX {
        nonces.retain(|_, seen| now - *seen <= WINDOW_SECONDS);
    }
    let again = nonces.insert(nonce.to_owned(), now).is_some();
    match nonce.is_empty() || again || nonces.len() > NONCES_MAX {
        true => Err(Refused::keys("Invalid nonce - nonce has already been used.")),
        false => Ok(()),
    }
}
