//! What each connector says and understands, against stand-ins of its system, and against servers that misbehave.

mod common;
mod lazada;
mod odoo;
mod odoo_lookup;
mod request;
mod shopee;
mod shopify;
mod tiktok_shop;
mod webhook;
