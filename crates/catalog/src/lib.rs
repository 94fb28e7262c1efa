#![doc = include_str!("../README.md")]

mod core;
mod door;
mod http;
mod odoo;
mod operation;
mod shopify;
mod signature;
mod since;
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
    [core::parts(), http::parts(), odoo::parts(), shopify::parts(), wires::parts()].into_iter().collect()
}
