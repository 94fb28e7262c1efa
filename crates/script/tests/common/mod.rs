//! One order, one engine, and the few ways tests ask it.
#![allow(dead_code)] // Each test file uses its part.

use expect_test::Expect;
use script::{Clock, Engine, Limits, Nodes, RunInfo, Scope, Seen};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// 2026-11-23 06:00:00 UTC.
pub const NOW_MS: i64 = 1_795_413_600_000;

/// A clock that goes on by a little each time it is asked, so that time passes without waiting.
pub struct Ticking {
    now_ms: AtomicU64,
    tick_ms: u64,
}

impl Clock for Ticking {
    fn now_ms(&self) -> u64 {
        self.now_ms.fetch_add(self.tick_ms, Ordering::Relaxed)
    }
}

pub fn engine() -> Engine {
    engine_with(Limits::default(), 0)
}

pub fn engine_with(limits: Limits, tick_ms: u64) -> Engine {
    Engine::new(limits, Arc::new(Ticking { now_ms: AtomicU64::new(0), tick_ms }))
}

pub struct Outputs(pub Value);

impl Nodes for Outputs {
    fn get(&self, id: &str) -> Option<Arc<dyn Seen>> {
        self.0.get(id).cloned().map(|value| Arc::new(value) as Arc<dyn Seen>)
    }
}

pub fn order() -> Value {
    let text = r##"{
        "id": 450789469, "name": "#1001", "financial_status": "paid", "total": 1070.0, "big": 12345678901234567890123456789012345,
        "unsigned": 18446744073709551615, "tiny": 0.1000, "note": null, "tags": ["vip", "thai"],
        "customer": {"first_name": "สมชาย", "email": "somchai@example.com", "default address": {"city": "กรุงเทพ"}},
        "line_items": [
            {"sku": "A-1", "quantity": 2, "price": "1070.00", "tax": 140},
            {"sku": "B-2", "quantity": 1, "price": "99.50", "tax": 7.5}
        ]
    }"##;
    serde_json::from_str(text).expect("the order is JSON")
}

pub fn run_info() -> RunInfo {
    RunInfo { id: 7, key: Some("1001".into()), flow: "order-to-erp".into(), now_ms: NOW_MS, seed: 42 }
}

/// Runs a script on the order, in whichever form the answer comes.
pub fn answer(engine: &Engine, source: &str) -> String {
    with_scope(|scope| match engine.compile(source).and_then(|script| engine.run(&script, scope)) {
        Ok(value) => value.to_string(),
        Err(error) => format!("{} {error}", error.code()),
    })
}

pub fn with_scope<T>(then: impl FnOnce(&Scope) -> T) -> T {
    let (order, run) = (order(), run_info());
    let trigger = json!({"body": order, "headers": {"x-shop": "demo"}});
    let nodes = Outputs(json!({"map": {"ref": "S1", "lines": [1, 2]}, "stock-level": [5]}));
    let vars = json!({"shop": "demo"});
    let item = json!({"sku": "A-1", "quantity": 2});
    let scope = Scope {
        input: &order,
        trigger: &trigger,
        nodes: &nodes,
        item: Some(&item),
        index: Some(3),
        vars: &vars,
        run: &run,
        until: None,
    };
    then(&scope)
}

pub fn check(source: &str, expected: Expect) {
    expected.assert_eq(&answer(&engine(), source));
}

pub fn render(fields: &str, expected: Expect) {
    let engine = engine();
    let fields: Value = serde_json::from_str(fields).expect("the fields are JSON");
    let rendered = with_scope(|scope| {
        match engine.template(&fields).and_then(|template| engine.render(&template, scope)) {
            Ok(value) => value.to_string(),
            Err(error) => format!("{} {error}", error.code()),
        }
    });
    expected.assert_eq(&rendered);
}
