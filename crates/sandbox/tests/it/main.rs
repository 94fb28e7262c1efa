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
mod line_messaging;
mod peak;
mod rest;
mod shop_pull;
mod shop_webhooks;
mod speed;
mod thailand_post;
