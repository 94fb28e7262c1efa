//! The keys of the Lazada seller and his app.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::chance::hex_from_system;

/// What signs a call, and the tokens of a seller who has agreed already.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    pub app_key: String,
    pub app_secret: String,
    pub access_token: String,
    pub refresh_token: String,
    pub seller_id: String,
}

impl Keys {
    pub(crate) fn random() -> Result<Self, Error> {
        Ok(Self {
            app_secret: hex_from_system::<16>()?,
            access_token: format!("500001{}", hex_from_system::<16>()?),
            refresh_token: format!("500011{}", hex_from_system::<16>()?),
            ..Self::default()
        })
    }
}

impl Default for Keys {
    /// The keys of a file that was written before this shop was there. They guard nothing.
    fn default() -> Self {
        Self {
            app_key: "123456".to_owned(),
            app_secret: "helloworld".to_owned(),
            access_token: "test".to_owned(),
            refresh_token: "50001101200".to_owned(),
            seller_id: "100191234567".to_owned(),
        }
    }
}
