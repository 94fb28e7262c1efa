//! What each connector says and understands, against stand-ins of its system, and against servers that misbehave.

mod common;
mod flash;
mod flowaccount;
mod hubspot;
mod jt;
mod kex;
mod lazada;
mod line;
mod line_shopping;
mod odoo;
mod odoo_changes;
mod odoo_invoices;
mod odoo_lookup;
mod odoo_office;
mod peak;
mod quickbooks;
mod request;
mod salesforce;
mod shopee;
mod shopify;
mod slack;
mod thailand_post;
mod tiktok_shop;
mod webhook;
mod woocommerce;
mod xero;
