//! How quick it is: not a test but a measurement, so it runs on demand only.
//! `cargo nextest run -p sandbox --run-ignored only --no-capture`

use std::time::Instant;

use futures::{StreamExt, stream};
use sandbox::Webhook;
use serde_json::json;

use crate::client::{Listener, start};

const ORDERS: usize = 20_000;
const CONNECTIONS: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn calls_a_second_with_64_connections() {
    let client = start().await;
    let order = client.order("X").await["vals_list"][0].clone();
    let start = Instant::now();
    let creates = stream::iter(0..ORDERS).map(|number| {
        let mut vals = order.clone();
        vals["client_order_ref"] = json!(format!("R-{number}"));
        client.json2("sale.order", "create", json!({ "vals_list": [vals] }))
    });
    creates
        .buffer_unordered(CONNECTIONS)
        .for_each(|(status, _)| async move { assert_eq!(status, 200) })
        .await;
    println!("create:  {:.0}/s", ORDERS as f64 / start.elapsed().as_secs_f64());
    print_peak();

    let start = Instant::now();
    let finds = stream::iter(0..ORDERS).map(|number| {
        let domain = json!([["client_order_ref", "=", format!("R-{number}")]]);
        client.json2(
            "sale.order",
            "search_read",
            json!({ "domain": domain, "fields": ["id", "name"], "limit": 1 }),
        )
    });
    finds.buffer_unordered(CONNECTIONS).for_each(|(status, _)| async move { assert_eq!(status, 200) }).await;
    println!("find:    {:.0}/s", ORDERS as f64 / start.elapsed().as_secs_f64());

    let start = Instant::now();
    let body = json!({ "ref": "x", "filler": "x".repeat(2_000) });
    let posts = stream::iter(0..ORDERS).map(|_| client.post(client.erp("/rest/orders"), &body));
    posts.buffer_unordered(CONNECTIONS).for_each(|(status, _)| async move { assert_eq!(status, 201) }).await;
    println!("rest:    {:.0}/s", ORDERS as f64 / start.elapsed().as_secs_f64());
    print_peak();

    let start = Instant::now();
    let listed = client.orders().await.len();
    println!("list:    {listed} orders in {:.2} s", start.elapsed().as_secs_f64());

    let listener = Listener::answering(&[]).await;
    client.handle().send_webhooks_to(Webhook::new(&listener.url)).unwrap();
    let start = Instant::now();
    client.sell(json!({ "count": 5_000, "at_once": CONNECTIONS })).await;
    println!("webhook: {:.0}/s", 5_000.0 / start.elapsed().as_secs_f64());
}

/// The most this process has held so far, client and server together.
fn print_peak() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}
