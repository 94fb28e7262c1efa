//! The stand-ins as a client sees them: over HTTP, in the vendors' words.

mod booth;
mod client;
mod erp_jsonrpc;
mod erp_orders;
mod erp_search;
mod faults;
mod flash;
mod flowaccount;
mod hubspot;
mod jt;
mod kex;
mod lazada;
mod line_messaging;
mod line_shopping;
mod peak;
mod rest;
mod seal;
mod shop_pull;
mod shop_push;
mod shop_webhooks;
mod shopee;
mod speed;
mod stand;
mod thailand_post;
mod tiktok_shop;
mod woocommerce;
