//! A shop of LINE SHOPPING (MyShop): one key, no signatures, webhooks that carry the whole order.

mod call;
mod keys;
mod order;
mod orders;
mod product;
mod products;
mod refused;
mod ship;
mod stock;
mod told;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use axum::routing::any;
use tokio_util::sync::CancellationToken;

use crate::market::{Book, Shelf, order_control};
use crate::seal::{base64, hmac_sha256};
use crate::stand::{Booth, Manners, Sealed, Stand, Vendor, lock, router};
use crate::{Error, Options};
pub use keys::Keys;
use order::Order;
use refused::Refused;

pub(crate) const NAME: &str = "line_shopping";

const TIMEOUT: Duration = Duration::from_secs(5);
/// Nine more attempts within an hour, further and further apart.
const GAPS: [Duration; 9] = [
    Duration::from_secs(10),
    Duration::from_secs(20),
    Duration::from_secs(40),
    Duration::from_secs(80),
    Duration::from_secs(160),
    Duration::from_secs(320),
    Duration::from_secs(640),
    Duration::from_secs(900),
    Duration::from_secs(1_200),
];

struct State {
    book: Book<Order>,
    shelf: Shelf,
}

/// The shop's state; every handler holds one.
pub(crate) struct LineShopping {
    stand: Stand,
    keys: Keys,
    state: Mutex<State>,
    requests: AtomicU64,
}

/// `x-myshop-signature`: base64 of the HMAC-SHA256 of the raw body.
fn signature(secret: &str, body: &[u8]) -> String {
    base64(hmac_sha256(secret, &[body]))
}

impl LineShopping {
    fn new(options: &Options, stop: CancellationToken) -> Result<Self, Error> {
        let keys = options.keys.line_shopping.clone();
        let secret = keys.webhook_secret.clone();
        let manners = Manners {
            user_agent: "LINE-MyShop",
            timeout: TIMEOUT.min(options.webhook_timeout),
            gaps: options.hurried(&GAPS),
            taken: |status| status == 200,
            failures_max: None,
            sign: Box::new(move |sealed: &Sealed<'_>| {
                let secret = sealed.target.secret.as_deref().unwrap_or(&secret);
                vec![("x-myshop-signature", signature(secret, &sealed.parcel.body))]
            }),
        };
        let stand = Stand::new(NAME, options, manners, stop)?;
        let state = State { book: Book::starting_at(options.first_order), shelf: Shelf::full(stand.now()) };
        Ok(Self { stand, keys, state: Mutex::new(state), requests: AtomicU64::new(0) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn request_id(&self) -> String {
        format!("oap-{:012}", self.requests.fetch_add(1, Ordering::Relaxed))
    }

    fn refuse(&self, refused: Refused, left: u64) -> Response {
        let mut response = refused.at(self.stand.now().timestamp());
        call::describe(&mut response, &self.request_id(), left);
        response
    }
}

impl Vendor for LineShopping {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    /// The headers count; none says how long to wait.
    fn throttled(&self, _retry_after: u64) -> Response {
        self.refuse(Refused::too_many(), 0)
    }

    fn failed(&self) -> Response {
        self.refuse(Refused::broken(), call::PER_SECOND - 1)
    }

    /// Keys do not end; somebody deleted it.
    fn token_expired(&self) -> Option<Response> {
        Some(self.refuse(Refused::key(), call::PER_SECOND - 1))
    }
}

/// The shop under its name.
pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let line = Arc::new(LineShopping::new(options, stop.clone())?);
    let api = Router::new().route("/myshop/v1/{*path}", any(call::answer));
    Ok(Booth { name: NAME, router: router(line.clone(), api, order_control()), vendor: line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhooks_signature_is_the_known_one() {
        for (secret, body, expected) in [
            ("secret-token", r#"{"orderNumber":"LMS-1"}"#, "4AB3VQYn3gtaGoiTPeDCYeL6++UHAIaA8IBXxQWSe9o="),
            (
                "myshop-webhook-secret",
                r#"{"orderNumber":"2026010500001","orderStatus":"FINALIZED","paymentStatus":"PAID","event":{"name":"ORDER.READY_TO_SHIP","timestamp":"2026-01-05T03:21:12Z"}}"#,
                "AXxnti0+sBto5sMfXDNY0FBMnKH8Nd5xtztPnbpVmEM=",
            ),
        ] {
            assert_eq!(signature(secret, body.as_bytes()), expected);
        }
    }

    #[test]
    fn the_retries_fit_into_an_hour_and_grow() {
        assert!(GAPS.is_sorted());
        assert!(GAPS.iter().sum::<Duration>() <= Duration::from_secs(3_600));
    }
}
