//! `POST /_sandbox/orders`: orders on demand.

use serde::Deserialize;

use super::Overrides;

/// Orders of one request.
const COUNT_MAX: usize = 5_000;
/// Copies of one delivery a caller may ask for.
const DUPLICATES_MAX: u32 = 10;

/// What shall be made and sent. Everything may be left out: then it is one ordinary order.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wish {
    pub count: Option<usize>,
    pub overrides: Overrides,
    /// Tells about an order again that is there already, by its id or number, instead of making one.
    pub order: Option<String>,
    /// Further copies of each webhook, byte for byte.
    pub duplicates: u32,
    /// Makes the orders and tells nobody: a webhook that got lost.
    pub quiet: bool,
}

impl Wish {
    pub(crate) fn read(body: &[u8]) -> Result<Self, String> {
        let wish: Self = match body {
            [] => Self::default(),
            body => serde_json::from_slice(body).map_err(|error| error.to_string())?,
        };
        if wish.count.is_some_and(|count| !(1..=COUNT_MAX).contains(&count)) {
            return Err(format!("`count` is from 1 to {COUNT_MAX}"));
        }
        if wish.duplicates > DUPLICATES_MAX {
            return Err(format!("`duplicates` is at most {DUPLICATES_MAX}"));
        }
        wish.overrides.check()?;
        Ok(wish)
    }

    pub(crate) fn count(&self) -> usize {
        self.count.unwrap_or(1)
    }
}
