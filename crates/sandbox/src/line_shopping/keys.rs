//! The keys of the LINE SHOPPING shop.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::chance::hex_from_system;

/// What a client needs to be let in, and what signs the webhooks.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    pub api_key: String,
    pub webhook_secret: String,
}

impl Keys {
    pub(crate) fn random() -> Result<Self, Error> {
        Ok(Self { api_key: hex_from_system::<16>()?, webhook_secret: hex_from_system::<16>()? })
    }
}

impl Default for Keys {
    /// The keys of a file that was written before this shop was there. They guard nothing.
    fn default() -> Self {
        Self { api_key: "api-key".to_owned(), webhook_secret: "secret-token".to_owned() }
    }
}
