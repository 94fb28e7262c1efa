#![doc = include_str!("../README.md")]

mod address;
mod core;
mod door;
mod exact;
mod flowaccount;
mod http;
mod hubspot;
mod invoice;
mod keyset;
mod line;
mod odoo;
mod operation;
mod pushed;
mod shopify;
mod signature;
mod since;
mod unchanged;
mod woocommerce;
mod peak;
mod quickbooks;
mod retry_key;
mod salesforce;
mod shopify;
mod signature;
mod since;
mod slack;
mod flash;
mod given;
mod http;
mod jt;
mod kex;
mod line_shopping;
mod odoo;
mod operation;
mod parcel;
mod shopify;
mod signature;
mod since;
mod thailand_post;
mod lazada;
mod market;
mod odoo;
mod operation;
mod shopee;
mod shopify;
mod signature;
mod since;
mod tiktok_shop;
mod words;
mod written;
mod xero;

#[cfg(test)]
mod conformance;

use connector::{Catalog, Parts};

/// Every connector and operation that is built in.
pub fn all() -> Catalog {
    Catalog::new(parts())
}

/// The same, for whoever adds to it or takes from it.
pub fn parts() -> Parts {
    [core::parts(), http::parts(), odoo::parts(), shopify::parts(), woocommerce::parts()]
        .into_iter()
        .collect()
    [
        core::parts(),
        flowaccount::parts(),
        http::parts(),
        hubspot::parts(),
        line::parts(),
        odoo::parts(),
        peak::parts(),
        quickbooks::parts(),
        salesforce::parts(),
        shopify::parts(),
        slack::parts(),
        xero::parts(),
    [
        core::parts(),
        flash::parts(),
        http::parts(),
        jt::parts(),
        kex::parts(),
        line_shopping::parts(),
        odoo::parts(),
        shopify::parts(),
        thailand_post::parts(),
    [
        core::parts(),
        http::parts(),
        lazada::parts(),
        odoo::parts(),
        shopee::parts(),
        shopify::parts(),
        tiktok_shop::parts(),
    ]
    .into_iter()
    .collect()
}
