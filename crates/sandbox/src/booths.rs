//! The vendors' stand-ins beside the shop and the ERP.

use tokio_util::sync::CancellationToken;

use crate::stand::Booth;
use crate::{Error, Options};

/// Every one of them, each served under its name.
pub(crate) fn all(_options: &Options, _stop: &CancellationToken) -> Result<Vec<Booth>, Error> {
    Ok(Vec::new())
}
