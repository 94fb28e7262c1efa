//! Each connector against the stand-in of its vendor. The two were written by different hands from the vendors' facts alone.

#[path = "../systems/common/mod.rs"]
mod common;
mod courier;
mod flash;
mod flowaccount;
mod follow;
mod hubspot;
mod jt;
mod kex;
mod keys;
mod lazada;
mod line;
mod line_shopping;
mod odoo;
mod peak;
mod receiver;
mod secrets;
mod shop;
mod shopee;
mod shopify;
mod storm;
mod thailand_post;
mod tiktok_shop;
mod woocommerce;
mod world;
