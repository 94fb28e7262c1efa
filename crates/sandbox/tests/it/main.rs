//! The stand-ins as a client sees them: over HTTP, in the vendors' words.

mod client;
mod erp_jsonrpc;
mod erp_orders;
mod erp_search;
mod faults;
mod lazada;
mod line_shopping;
mod rest;
mod seal;
mod shop_pull;
mod shop_push;
mod shop_webhooks;
mod shopee;
mod speed;
mod stand;
mod tiktok_shop;
mod woocommerce;
