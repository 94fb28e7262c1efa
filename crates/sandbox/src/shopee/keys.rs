//! The keys of the Shopee shop and its partner app.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::chance::hex_from_system;

/// What signs a call, and the tokens of a seller who has agreed already.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    pub partner_id: u64,
    /// Looks like hex and is used as text.
    pub partner_key: String,
    pub shop_id: u64,
    pub access_token: String,
    pub refresh_token: String,
}

impl Keys {
    pub(crate) fn random() -> Result<Self, Error> {
        Ok(Self {
            partner_key: hex_from_system::<32>()?,
            access_token: hex_from_system::<16>()?,
            refresh_token: hex_from_system::<16>()?,
            ..Self::default()
        })
    }
}

impl Default for Keys {
    /// The keys of a file that was written before this shop was there. They guard nothing.
    fn default() -> Self {
        Self {
            partner_id: 2_001_887,
            partner_key: "test_partner_key".to_owned(),
            shop_id: 14_701_711,
            access_token: "59777174636562737266615546704c6d".to_owned(),
            refresh_token: "6d4c704655616672736265637471775959".to_owned(),
        }
    }
}
