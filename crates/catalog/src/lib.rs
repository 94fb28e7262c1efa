#![doc = include_str!("../README.md")]

mod address;
mod business_central;
mod core;
mod door;
mod erpnext;
mod failure;
mod flash;
mod flowaccount;
mod google_sheets;
mod graphql;
mod http;
mod hubspot;
pub mod imported;
mod invoice;
mod json_web_token;
mod jt;
mod kex;
mod keyset;
mod lazada;
mod line;
mod line_shopping;
mod market;
mod odata;
mod odoo;
mod office;
mod parcel;
mod peak;
mod pushed;
mod quickbooks;
mod retry_key;
mod s3;
mod salesforce;
mod sap_business_one;
mod shopee;
mod shopify;
mod signature;
mod since;
mod slack;
mod soap;
mod thailand_post;
mod tiktok_shop;
mod tryton;
mod unchanged;
mod values;
mod woocommerce;
mod words;
mod xero;

#[cfg(test)]
mod conformance;

use connector::{Catalog, Parts};

pub use wires::allow_sqlite_below;

/// Every connector and operation that is built in.
pub fn all() -> Catalog {
    Catalog::new(parts())
}

/// The same, for whoever adds to it or takes from it.
pub fn parts() -> Parts {
    [
        business_central::parts(),
        core::parts(),
        erpnext::parts(),
        flash::parts(),
        flowaccount::parts(),
        formats::parts(),
        google_sheets::parts(),
        graphql::parts(),
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
        s3::parts(),
        salesforce::parts(),
        sap_business_one::parts(),
        shopee::parts(),
        shopify::parts(),
        slack::parts(),
        soap::parts(),
        thailand_post::parts(),
        tiktok_shop::parts(),
        tryton::parts(),
        wires::parts(),
        woocommerce::parts(),
        xero::parts(),
    ]
    .into_iter()
    .collect()
}
