//! The keys of the TikTok shop and the app.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::chance::hex_from_system;

/// What signs a call, and the tokens of a seller who has agreed already.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    pub app_key: String,
    pub app_secret: String,
    /// Of the consent link.
    pub service_id: String,
    pub access_token: String,
    pub refresh_token: String,
    pub shop_id: String,
    pub shop_cipher: String,
}

impl Keys {
    pub(crate) fn random() -> Result<Self, Error> {
        Ok(Self {
            app_secret: hex_from_system::<20>()?,
            access_token: format!("ROW_{}", hex_from_system::<16>()?),
            refresh_token: format!("ROW_{}", hex_from_system::<24>()?),
            ..Self::default()
        })
    }
}

impl Default for Keys {
    /// The keys of a file that was written before this shop was there. They guard nothing.
    fn default() -> Self {
        Self {
            app_key: "29a39d".to_owned(),
            app_secret: "e59af819cc".to_owned(),
            service_id: "7430000000000000001".to_owned(),
            access_token: "ROW_test".to_owned(),
            refresh_token: "ROW_again".to_owned(),
            shop_id: "7495540735365777507".to_owned(),
            shop_cipher: "ROW_cipherTH".to_owned(),
        }
    }
}
