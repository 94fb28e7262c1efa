#![doc = include_str!("../README.md")]

mod core;
mod door;
mod http;
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
