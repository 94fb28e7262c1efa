#![doc = include_str!("../README.md")]

mod core;
mod door;
mod http;
mod odoo;
mod shopify;

#[cfg(test)]
mod conformance;

use connector::{Action, Catalog, Connector, Webhook};
use std::sync::Arc;

/// Every connector and operation that is built in.
pub fn all() -> Catalog {
    let odoo_sessions = odoo::Sessions::default();
    let connectors: Vec<Arc<dyn Connector>> = vec![
        Arc::new(core::Core),
        Arc::new(http::HttpConnector),
        Arc::new(odoo::Odoo(odoo_sessions.clone())),
        Arc::new(shopify::Shopify),
    ];
    let builtin = vec![
        core::called::spec(),
        core::manual::spec(),
        core::map::spec(),
        core::schedule::spec(),
        core::script::spec(),
        core::set::spec(),
        core::call::spec(),
        core::filter::spec(),
        core::for_each::spec(),
        core::merge::spec(),
        core::respond::spec(),
        core::switch::spec(),
        core::wait::spec(),
    ];
    let actions: Vec<Arc<dyn Action>> = vec![
        Arc::new(http::request::Request),
        Arc::new(odoo::create_sales_order::CreateSalesOrder(odoo_sessions)),
    ];
    let webhooks: Vec<Arc<dyn Webhook>> = vec![
        Arc::new(core::webhook::ReceiveRequest),
        Arc::new(shopify::orders::ORDER_CANCELLED),
        Arc::new(shopify::orders::ORDER_CREATED),
        Arc::new(shopify::orders::ORDER_PAID),
        Arc::new(shopify::orders::ORDER_UPDATED),
    ];
    Catalog::new(connectors, builtin, actions, webhooks)
}
