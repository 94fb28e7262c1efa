//! WooCommerce: its webhooks, its keys on three ways, and its REST API as the vendor shows it.

mod calls;
mod looks;
mod orders;
mod products;
mod sending;
mod webhooks;

use crate::common::fake::Fake;
use crate::common::{Runner, connection};
use connector::Connection;
use serde_json::{Value, json};

pub const KEY: &str = "ck_0123456789abcdef";
pub const SECRET: &str = "cs_0123456789abcdef";
pub const WEBHOOK_SECRET: &str = "test0woocommerce0secret0key";
/// `ck_0123456789abcdef:cs_0123456789abcdef`
pub const BASIC: &str = "Basic Y2tfMDEyMzQ1Njc4OWFiY2RlZjpjc18wMTIzNDU2Nzg5YWJjZGVm";

pub fn store_with(fake: &Fake, more: Value) -> Connection {
    let mut fields = json!({"store_url": fake.url, "keys_in": "header"});
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    let secrets = [("consumer_key", KEY), ("consumer_secret", SECRET), ("webhook_secret", WEBHOOK_SECRET)];
    connection("woocommerce", fields, &secrets)
}

pub fn store(fake: &Fake) -> Connection {
    store_with(fake, json!({}))
}

pub fn runner(operation: &str, fake: &Fake) -> Runner {
    Runner::new(operation, Some(store(fake)))
}

/// A page of a list of so many pages.
pub fn page(fake: &Fake, rows: &[Value], pages: usize) {
    let pages = pages.to_string();
    let headers = [("content-type", "application/json"), ("x-wp-totalpages", pages.as_str())];
    fake.answers_with(200, &headers, &json!(rows).to_string());
}

/// Each call as one line: the verb, the route, and the query.
pub fn lines(fake: &Fake) -> Vec<String> {
    let line = |asked: &crate::common::fake::Asked| {
        let query = if asked.query.is_empty() { String::new() } else { format!("?{}", asked.query) };
        format!("{} {}{query}", asked.method, asked.path.trim_start_matches("/wp-json/"))
    };
    fake.asked().iter().map(line).collect()
}
