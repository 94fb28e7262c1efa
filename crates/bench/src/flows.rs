//! The flows that are measured, and the order that goes through them.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::load::FIRST_NUMBER;

/// Stands in the prepared order where each sender writes its number.
pub const NUMBER: &str = "99999999";

const MAP: &str = "#{ ref: input.id, name: input.name, total: input.total_price, \
                   lines: input.line_items.map(|l| #{ sku: l.sku, qty: l.quantity, price: l.price }) }";

/// A shop's order of 2 KB.
pub fn order() -> String {
    let line = |n: u32| {
        json!({
            "id": 866_550_311_766_439_020_u64 + u64::from(n), "sku": format!("KL-TEA-{n:04}"), "quantity": n + 1,
            "title": "Jasmine tea, loose leaves, 250 g, harvested in Chiang Rai", "price": "199.00",
            "taxable": true, "requires_shipping": true, "grams": 250, "vendor": "Khlong Tea",
        })
    };
    let lines: Vec<_> = (0..7).map(line).collect();
    let number: u64 = NUMBER.parse().unwrap_or_default();
    json!({
        "id": number, "name": "#1042", "currency": "THB", "total_price": "4179.00", "financial_status": "paid",
        "customer": {"id": 115_310_627_314_723_954_u64, "email": "somchai@example.com", "first_name": "สมชาย"},
        "shipping_address": {"address1": "123 ถนนสุขุมวิท", "city": "กรุงเทพมหานคร", "zip": "10110", "country": "TH"},
        "note": "Please call before delivery; the gate is on the canal's side, not on the road's. Thank you very much.",
        "line_items": lines,
    })
    .to_string()
}

pub fn small_order() -> String {
    let number: u64 = NUMBER.parse().unwrap_or_default();
    json!({"id": number, "name": "#1042", "total_price": "4179.00", "financial_status": "paid"}).to_string()
}

/// An order with so many lines that it has about this many bytes.
pub fn order_of(bytes: usize) -> String {
    let number: u64 = NUMBER.parse().unwrap_or_default();
    let mut order = json!({"id": number, "name": "#1042", "line_items": []});
    let line = |n: usize| {
        json!({"id": 866_550_311_766_439_020_u64 + n as u64, "sku": format!("KL-TEA-{n:06}"), "quantity": n % 9 + 1,
               "title": "Jasmine tea, loose leaves, 250 g, harvested in Chiang Rai", "price": "199.00"})
    };
    let lines = bytes / (line(0).to_string().len() + 1);
    order["line_items"] = (0..lines).map(line).collect();
    order.to_string()
}

pub fn to_an_action(sink: SocketAddr) -> Value {
    flow("bench-w1", json!({"path": "bench-w1"}), vec![map(), send(sink)])
}

pub fn to_an_answer() -> Value {
    flow("bench-w2", json!({"path": "bench-w2", "answer": "result"}), vec![map(), respond()])
}

pub fn to_an_answer_after_an_action(sink: SocketAddr) -> Value {
    let door = json!({"path": "bench-w2-action", "answer": "result"});
    flow("bench-w2-action", door, vec![map(), send(sink), respond()])
}

/// One run at a time for each of so many keys.
pub fn in_order(id: &str, keys: u32, sink: SocketAddr) -> Value {
    let mut flow = flow(id, json!({"path": id}), vec![small_map(), send(sink)]);
    flow["settings"]["order_by"] = one_of(keys).into();
    flow
}

/// Whose target may take its time.
pub fn patient(id: &str, sink: SocketAddr) -> Value {
    let mut send = send(sink);
    send["timeout"] = "10m".into();
    send["retry"] = json!({"attempts": 50, "first": "1s", "max": "5s"});
    let mut flow = flow(id, json!({"path": id}), vec![small_map(), send]);
    flow["settings"]["timeout"] = "2h".into();
    flow
}

/// Both.
pub fn patient_in_order(id: &str, keys: u32, sink: SocketAddr) -> Value {
    let mut flow = patient(id, sink);
    flow["settings"]["order_by"] = one_of(keys).into();
    flow
}

/// An order's key when there are so many.
fn one_of(keys: u32) -> String {
    format!("${{trigger.body.id % {keys}}}")
}

/// Takes bodies of megabytes and sends a few bytes on.
pub fn of_any_size(id: &str, sink: SocketAddr) -> Value {
    let count = "#{ ref: input.id, lines: input.line_items.len() }";
    let map = json!({"id": "map", "use": "core/script", "with": {"script": count}});
    flow(id, json!({"path": id, "body_bytes_max": 8 << 20}), vec![map, send(sink)])
}

pub fn over_each_element() -> Value {
    let nodes = json!([
        {"id": "start", "use": "core/manual"},
        {"id": "each", "use": "core/for_each", "with": {"items": "${input.items}"}},
        {"id": "body", "use": "core/script", "with": {"script": "#{ n: input.n, twice: input.n * 2 }"}},
        {"id": "count", "use": "core/script", "with": {"script": "input.len()"}},
    ]);
    let edges = json!([
        {"from": "start", "to": "each"}, {"from": "each.item", "to": "body"}, {"from": "each.done", "to": "count"},
    ]);
    json!({"khlong": 1, "id": "bench-w3", "name": "bench-w3", "nodes": nodes, "edges": edges})
}

/// A script for each element of the body, and a count of what came out.
pub fn over_each_row(id: &str, format: &str) -> Value {
    over(
        id,
        format,
        vec![
            json!({"id": "row", "use": "core/script", "with": {"script": "#{ n: item.n, twice: parse_number(`${item.n}`) * 2 }"}}),
        ],
    )
}

/// A call for each element.
pub fn over_each_row_to_an_action(id: &str, sink: SocketAddr) -> Value {
    let mut send = send(sink);
    send["with"]["body"] = json!({"ref": format!("${{parse_number(item.n) + {FIRST_NUMBER}}}")});
    over(id, "csv", vec![send])
}

fn over(id: &str, format: &str, body: Vec<Value>) -> Value {
    let items = json!({"items": "${trigger.body}", "format": format});
    let mut nodes = vec![
        json!({"id": "in", "use": "core/webhook", "with": {"path": id, "body_bytes_max": 256 << 20}}),
        json!({"id": "each", "use": "core/for_each", "with": items}),
        json!({"id": "count", "use": "core/script", "with": {"script": "input.len()"}}),
    ];
    let first = body[0]["id"].clone();
    nodes.extend(body);
    let edges = json!([
        {"from": "in", "to": "each"}, {"from": "each.item", "to": first}, {"from": "each.done", "to": "count"},
    ]);
    json!({"khlong": 1, "id": id, "name": id, "nodes": nodes, "edges": edges})
}

/// Rows of a table, each of about so many bytes.
pub fn table(rows: u32, bytes: usize) -> Vec<u8> {
    let mut text = b"n,sku,note\n".to_vec();
    for n in 0..rows {
        let note = note(n, bytes.saturating_sub(24));
        text.extend_from_slice(format!("{n},TEA-{},{note}\n", n % 9_973).as_bytes());
    }
    text
}

/// The same as a JSON list.
pub fn list(rows: u32, bytes: usize) -> Vec<u8> {
    let mut text = b"[".to_vec();
    for n in 0..rows {
        let (comma, note) = (if n == 0 { "" } else { "," }, note(n, bytes.saturating_sub(44)));
        text.extend_from_slice(
            format!(r#"{comma}{{"n":{n},"sku":"TEA-{}","note":"{note}"}}"#, n % 9_973).as_bytes(),
        );
    }
    text.push(b']');
    text
}

/// Text that packs about as well as what people write.
fn note(n: u32, bytes: usize) -> String {
    const WORDS: [&str; 8] = ["oolong", "jasmine", "white", "pu-erh", "matcha", "first", "flush", "tin"];
    let (mut note, mut seed) = (String::with_capacity(bytes + 8), n.wrapping_mul(2_654_435_761) | 1);
    while note.len() < bytes {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        note.push_str(WORDS[seed as usize % WORDS.len()]);
        note.push(' ');
    }
    note.truncate(bytes);
    note
}

/// The elements that go through it.
pub fn elements(count: u32) -> Value {
    json!({"items": (0..count).map(|n| json!({"n": n})).collect::<Vec<_>>()})
}

fn flow(id: &str, door: Value, steps: Vec<Value>) -> Value {
    let mut nodes = vec![json!({"id": "in", "use": "core/webhook", "with": door})];
    nodes.extend(steps);
    let edges: Vec<_> =
        nodes.windows(2).map(|pair| json!({"from": pair[0]["id"], "to": pair[1]["id"]})).collect();
    json!({
        "khlong": 1, "id": id, "name": id, "settings": {"concurrency": 64}, "nodes": nodes, "edges": edges,
    })
}

fn map() -> Value {
    json!({"id": "map", "use": "core/script", "with": {"script": MAP}})
}

fn small_map() -> Value {
    let script = "#{ ref: input.id, name: input.name, total: input.total_price }";
    json!({"id": "map", "use": "core/script", "with": {"script": script}})
}

fn send(sink: SocketAddr) -> Value {
    let with = json!({
        "method": "POST", "url": format!("http://{sink}/orders"), "body": "${nodes.map}", "on_unknown": "send_again",
    });
    json!({"id": "send", "use": "http/request", "with": with})
}

fn respond() -> Value {
    json!({"id": "answer", "use": "core/respond", "with": {"body": "${nodes.map}"}})
}
