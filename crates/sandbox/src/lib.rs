#![doc = include_str!("../README.md")]

mod booths;
mod chance;
mod clock;
mod courier;
mod erp;
mod flash;
mod flowaccount;
mod goods;
mod hubspot;
mod jt;
mod kex;
mod keys;
mod lazada;
mod line;
mod line_messaging;
mod line_shopping;
mod market;
mod money;
mod peak;
mod seal;
mod service;
mod settings;
mod shop;
mod shopee;
mod stand;
mod thailand_post;
mod tiktok_shop;
mod woocommerce;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

pub use clock::Clock;
pub use erp::{ORDERS_MAX, Series, WhenFull};
pub use goods::UNKNOWN_TO_ERP;
pub use keys::Keys;
pub use lazada::Keys as LazadaKeys;
pub use line_shopping::Keys as LineShoppingKeys;
pub use service::{Handle, Running, Sandbox};
pub use shop::{SHOPIFY_RETRY_GAPS, Webhook, sign};
pub use shopee::Keys as ShopeeKeys;
pub use tiktok_shop::Keys as TikTokShopKeys;
pub use woocommerce::Keys as WooCommerceKeys;

/// Why the stand-ins could not start, or do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for a free one")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the server stopped: {0}")]
    Serve(#[from] std::io::Error),
    #[error("the system gives no randomness: {0}")]
    Random(getrandom::Error),
    #[error("cannot make an HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    #[error("the webhook target is not usable: {0}")]
    Webhook(String),
}

/// How the stand-ins shall be. The default listens on a free loopback port and makes no orders on its own.
#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    pub keys: Keys,
    /// The same seed makes the same orders, ids and dice.
    pub seed: u64,
    /// The number after the `#` of the first order. Hand in a higher one after a restart: an id is never reused.
    pub first_order: u64,
    /// Orders that arrive on their own, per minute; 0 for none.
    pub orders_per_minute: u32,
    /// Every so many of those has something wrong (no postcode, or an article the ERP lacks); 0 for none.
    pub trouble_every: u64,
    pub webhook: Option<Webhook>,
    /// The wait before each further attempt; when it is used up, the delivery is given up.
    pub retry_gaps: Vec<Duration>,
    /// A shop waits this long for a webhook's answer.
    pub webhook_timeout: Duration,
    pub shop_domain: String,
    pub series: Series,
    /// Sales orders the ERP holds at most, and REST orders as well; never more than [`ORDERS_MAX`].
    pub orders_max: usize,
    pub when_full: WhenFull,
    /// Customers that the ERP has from the beginning.
    pub customers: usize,
    /// The waits between a vendor's attempts to deliver a webhook are divided by this: a demo need not wait for hours.
    pub hurry: u32,
    pub clock: Clock,
}

impl Options {
    pub fn new(keys: Keys) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            keys,
            seed: 1,
            first_order: 1_001,
            orders_per_minute: 0,
            trouble_every: 0,
            webhook: None,
            retry_gaps: SHOPIFY_RETRY_GAPS.to_vec(),
            webhook_timeout: Duration::from_secs(5),
            shop_domain: "khlong-tea.myshopify.com".to_owned(),
            series: Series::default(),
            orders_max: ORDERS_MAX,
            when_full: WhenFull::default(),
            customers: 0,
            hurry: 1,
            clock: Clock::default(),
        }
    }

    /// Every vendor's retry gaps divided by `factor`, so that a demo need not wait four hours.
    pub fn retries_faster(mut self, factor: u32) -> Self {
        self.hurry = factor.max(1);
        self.retry_gaps = self.hurried(&SHOPIFY_RETRY_GAPS);
        self
    }

    /// A vendor's own gaps, as short as these options want them.
    pub(crate) fn hurried(&self, gaps: &[Duration]) -> Vec<Duration> {
        gaps.iter().map(|gap| *gap / self.hurry.max(1)).collect()
    }
}
