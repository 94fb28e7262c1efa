//! The vendors' stand-ins beside the shop and the ERP.

use tokio_util::sync::CancellationToken;

use crate::stand::Booth;
use crate::{Error, Options};

/// Every one of them, each served under its name.
pub(crate) fn all(options: &Options, stop: &CancellationToken) -> Result<Vec<Booth>, Error> {
    Ok(vec![
        crate::flash::booth(options, stop)?,
        crate::kex::booth(options, stop)?,
        crate::jt::booth(options, stop)?,
        crate::line_messaging::booth(options, stop)?,
        crate::flowaccount::booth(options, stop)?,
        crate::peak::booth(options, stop)?,
        crate::hubspot::booth(options, stop)?,
        crate::thailand_post::booth(options, stop)?,
    ])
}
