//! What the shops' stand-ins share before any of them words it: sales, goods on a shelf, tokens, signatures.

mod book;
mod consent;
mod mask;
mod overrides;
mod query;
mod sale;
mod seller;
mod shelf;
mod tokens;
mod wish;

pub(crate) use book::Book;
pub(crate) use consent::{Consenting, send_back};
pub(crate) use mask::{masked_name, masked_phone};
pub(crate) use overrides::{Overrides, merge};
pub(crate) use query::{Asked, form};
pub(crate) use sale::{Line, Sale, article_number, customer, lines};
pub(crate) use seller::{Seller, Told};
pub(crate) use shelf::{Good, Shelf};
pub(crate) use tokens::{Pair, Rotation, Rules, Stale, Tokens};
pub(crate) use wish::Wish;

/// The controls of a vendor whose access tokens end.
pub(crate) use consent::control as token_control;
/// The controls of a shop.
pub(crate) use seller::control as order_control;

use chrono::{DateTime, FixedOffset, Utc};

/// The offset of Thailand, which knows no summer time.
const BANGKOK_SECONDS: i32 = 7 * 3_600;

/// The same moment on a clock in Bangkok.
pub(crate) fn bangkok(time: DateTime<Utc>) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(BANGKOK_SECONDS) {
        Some(zone) => time.with_timezone(&zone),
        None => time.fixed_offset(),
    }
}
