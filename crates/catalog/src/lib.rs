#![doc = include_str!("../README.md")]

mod address;
mod core;
mod door;
mod erpnext;
mod exact;
mod flash;
mod flowaccount;
mod given;
mod http;
mod hubspot;
pub mod imported;
mod invoice;
mod jt;
mod kex;
mod keyset;
mod lazada;
mod line;
mod line_shopping;
mod market;
mod odoo;
mod office;
mod parcel;
mod peak;
mod pushed;
mod quickbooks;
mod retry_key;
mod salesforce;
mod shopee;
mod shopify;
mod signature;
mod since;
mod slack;
mod thailand_post;
mod tiktok_shop;
mod tryton;
mod unchanged;
mod woocommerce;
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
    [
        core::parts(),
        erpnext::parts(),
        flash::parts(),
        flowaccount::parts(),
        formats::parts(),
        http::parts(),
        hubspot::parts(),
        jt::parts(),
        kex::parts(),
        lazada::parts(),
        line::parts(),
        line_shopping::parts(),
        odoo::parts(),
        peak::parts(),
        quickbooks::parts(),
        salesforce::parts(),
        shopee::parts(),
        shopify::parts(),
        slack::parts(),
        thailand_post::parts(),
        tiktok_shop::parts(),
        wires::parts(),
        tryton::parts(),
        woocommerce::parts(),
        xero::parts(),
    ]
    .into_iter()
    .collect()
}
