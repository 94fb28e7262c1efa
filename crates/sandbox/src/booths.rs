//! The vendors' stand-ins beside the shop and the ERP.

use tokio_util::sync::CancellationToken;

use crate::stand::Booth;
use crate::{
    Error, Options, flash, flowaccount, hubspot, jt, kex, lazada, line_messaging, line_shopping, peak,
    shopee, thailand_post, tiktok_shop, woocommerce,
};

/// Every one of them, each served under its name below `url`.
pub(crate) fn all(options: &Options, url: &str, stop: &CancellationToken) -> Result<Vec<Booth>, Error> {
    Ok(vec![
        woocommerce::booth(options, url, stop)?,
        lazada::booth(options, stop)?,
        shopee::booth(options, stop)?,
        line_shopping::booth(options, stop)?,
        tiktok_shop::booth(options, url, stop)?,
        flash::booth(options, stop)?,
        kex::booth(options, stop)?,
        jt::booth(options, stop)?,
        line_messaging::booth(options, stop)?,
        flowaccount::booth(options, stop)?,
        peak::booth(options, stop)?,
        hubspot::booth(options, stop)?,
        thailand_post::booth(options, stop)?,
    ])
}
