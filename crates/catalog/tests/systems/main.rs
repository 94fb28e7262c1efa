//! What each connector says and understands, against stand-ins of its system, and against servers that misbehave.

mod common;
mod flash;
mod jt;
mod kex;
mod line_shopping;
mod odoo;
mod odoo_lookup;
mod request;
mod shopify;
mod thailand_post;
mod webhook;
