//! The credentials of the stand-ins: made at random, or handed in to stay the same over restarts.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::chance::hex_from_system;
use crate::seal::hmac_sha256;
use crate::{Error, lazada, line_shopping, shopee, tiktok_shop, woocommerce};

/// What a client needs to be let in, and what a webhook is signed with.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    /// Signs webhooks; Shopify calls it the app's client secret.
    pub webhook_secret: String,
    /// `X-Shopify-Access-Token`
    pub shop_token: String,
    /// Of the app; its secret is `webhook_secret`.
    #[serde(default = "client_id")]
    pub shop_client_id: String,
    /// The bearer token of JSON-2, the password of JSON-RPC.
    pub erp_api_key: String,
    pub erp_database: String,
    pub erp_login: String,
    #[serde(default)]
    pub woocommerce: woocommerce::Keys,
    #[serde(default)]
    pub lazada: lazada::Keys,
    #[serde(default)]
    pub shopee: shopee::Keys,
    #[serde(default)]
    pub line_shopping: line_shopping::Keys,
    #[serde(default)]
    pub tiktok_shop: tiktok_shop::Keys,
}

impl Keys {
    /// New keys from the system's randomness.
    pub fn random() -> Result<Self, Error> {
        Ok(Self {
            webhook_secret: hex_from_system::<32>()?,
            shop_token: format!("shpat_{}", hex_from_system::<16>()?),
            shop_client_id: client_id(),
            erp_api_key: hex_from_system::<20>()?,
            erp_database: "teashop".to_owned(),
            erp_login: "khlong".to_owned(),
            woocommerce: woocommerce::Keys::random()?,
            lazada: lazada::Keys::random()?,
            shopee: shopee::Keys::random()?,
            line_shopping: line_shopping::Keys::random()?,
            tiktok_shop: tiktok_shop::Keys::random()?,
        })
    }

    /// A further secret, always the same for the same keys: a vendor that comes later needs no field of its own here.
    pub fn derived(&self, what: &str) -> String {
        hex::encode(hmac_sha256(&self.webhook_secret, &[what.as_bytes()]))
    }
}

fn client_id() -> String {
    "b1e9f4a2c7d84c35a6f0e1d2c3b4a596".to_owned()
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (database, login) = (&self.erp_database, &self.erp_login);
        f.debug_struct("Keys")
            .field("erp_database", database)
            .field("erp_login", login)
            .finish_non_exhaustive()
    }
}
