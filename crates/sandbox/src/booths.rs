//! The vendors' stand-ins beside the shop and the ERP.

use tokio_util::sync::CancellationToken;

use crate::stand::Booth;
use crate::{Error, Options, lazada, line_shopping, shopee, tiktok_shop, woocommerce};

/// Every one of them, each served under its name below `url`.
pub(crate) fn all(options: &Options, url: &str, stop: &CancellationToken) -> Result<Vec<Booth>, Error> {
    Ok(vec![
        woocommerce::booth(options, url, stop)?,
        lazada::booth(options, stop)?,
        shopee::booth(options, stop)?,
        line_shopping::booth(options, stop)?,
        tiktok_shop::booth(options, stop)?,
    ])
}
