#![doc = include_str!("../README.md")]

mod core;
mod door;
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
        flash::parts(),
        http::parts(),
        jt::parts(),
        kex::parts(),
        line_shopping::parts(),
        odoo::parts(),
        shopify::parts(),
        thailand_post::parts(),
    ]
    .into_iter()
    .collect()
}
