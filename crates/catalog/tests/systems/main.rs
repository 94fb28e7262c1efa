//! What each connector says and understands, against stand-ins of its system, and against servers that misbehave.

mod common;
mod flowaccount;
mod hubspot;
mod line;
mod flash;
mod jt;
mod kex;
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
mod shopify;
mod slack;
mod thailand_post;
mod webhook;
mod woocommerce;
mod xero;
