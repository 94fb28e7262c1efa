//! The keys of the WooCommerce store.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::chance::hex_from_system;

/// What a client needs to be let in, and what signs the webhooks that `_sandbox` asked for.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    pub consumer_key: String,
    pub consumer_secret: String,
    pub webhook_secret: String,
}

impl Keys {
    pub(crate) fn random() -> Result<Self, Error> {
        Ok(Self {
            consumer_key: format!("ck_{}", hex_from_system::<20>()?),
            consumer_secret: format!("cs_{}", hex_from_system::<20>()?),
            webhook_secret: hex_from_system::<20>()?,
        })
    }
}

impl Default for Keys {
    /// The keys of a file that was written before this store was there. They guard nothing.
    fn default() -> Self {
        Self {
            consumer_key: "ck_test".to_owned(),
            consumer_secret: "cs_test".to_owned(),
            webhook_secret: "test_woocommerce_secret_key".to_owned(),
        }
    }
}
