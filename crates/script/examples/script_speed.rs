//! How long one transform takes: `cargo run --release -p script --example script_speed`.

use script::{Clock, Engine, Limits, NoNodes, RunInfo, Scope};
use serde_json::{Value, json};
use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

/// Each measurement goes on for so long, after a tenth of it to warm up.
const MEASURED: Duration = Duration::from_millis(500);

struct Monotonic(Instant);

impl Clock for Monotonic {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn main() {
    let engine = Engine::new(Limits::default(), Arc::new(Monotonic(Instant::now())));
    let order = order(6);
    let trigger = json!({"body": order});
    println!("an order of {} bytes", order.to_string().len());
    let scripts = [
        ("path", "input.line_items[0].sku"),
        ("path compared", "trigger.body.financial_status == \"paid\""),
        ("arithmetic", "trigger.body.id + 1"),
        ("coalesce", "input.note ?? \"none\""),
        ("map", "#{ ref: input.name, lines: input.line_items.map(|l| #{ sku: l.sku, qty: l.quantity }) }"),
        (
            "map with money",
            "#{ ref: input.name, email: input.customer.email, lines: input.line_items.map(|l| #{ sku: l.sku, qty: l.quantity, price: decimal(l.price), total: money(decimal(l.price) * l.quantity, \"THB\") }) }",
        ),
        ("whole order", "let o = input; o.source = \"web\"; o"),
        ("sum", "sum(input.line_items, |l| decimal(l.price) * l.quantity)"),
    ];
    for (name, source) in scripts {
        let script = engine.compile(source).expect("it compiles");
        measure(name, || with_scope(&order, &trigger, |scope| engine.run(&script, scope).expect("it runs")));
    }
    let fields = json!({"to": "${trigger.body.customer.email}", "text": "Order ${trigger.body.name}: ${trigger.body.total_price} THB", "order": {"id": "${input.id}", "kind": "web"}});
    let template = engine.template(&fields).expect("it compiles");
    measure("template of four", || {
        with_scope(&order, &trigger, |scope| engine.render(&template, scope).expect("it renders"))
    });
    measure("compile, known", || engine.compile(scripts[4].1).map(|_| Value::Null).expect("it compiles"));
    let first = Instant::now();
    std::thread::scope(|threads| threads.spawn(|| engine.compile("1 + 1").map(|_| ())).join())
        .expect("it compiles")
        .expect("it compiles");
    std::thread::scope(|threads| {
        threads
            .spawn(|| with_scope(&order, &trigger, |scope| engine.run(&*engine.compile("1 + 1")?, scope)))
            .join()
    })
    .expect("it runs")
    .expect("it runs");
    println!("{:<18} {:>9.2} µs", "first on a thread", first.elapsed().as_secs_f64() * 5e5);
    for lines in [10_000, 100_000] {
        let large = self::order(lines);
        let script = engine
            .compile("input.line_items.map(|l| #{ sku: l.sku, total: decimal(l.price) * l.quantity })")
            .expect("it compiles");
        let start = Instant::now();
        let result = with_scope(&large, &trigger, |scope| engine.run(&script, scope));
        println!("{lines} lines: {:?}, {}", start.elapsed(), if result.is_ok() { "done" } else { "refused" });
    }
}

fn measure(name: &str, mut work: impl FnMut() -> Value) {
    let warm = Instant::now();
    while warm.elapsed() < MEASURED / 10 {
        black_box(work());
    }
    let (start, busy, mut runs) = (Instant::now(), on_cpu(), 0_u32);
    while start.elapsed() < MEASURED {
        black_box(work());
        runs += 1;
    }
    let spent = on_cpu().zip(busy).map_or(start.elapsed(), |(now, before)| now - before);
    println!("{name:<18} {:>9.2} µs", spent.as_secs_f64() * 1e6 / f64::from(runs));
}

/// What this thread had of a processor, where Linux tells: on a busy machine the clock says nothing.
fn on_cpu() -> Option<Duration> {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    schedule.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn with_scope<T>(order: &Value, trigger: &Value, then: impl FnOnce(&Scope) -> T) -> T {
    let run = RunInfo { id: 1, flow: "order-to-erp".into(), ..RunInfo::default() };
    then(&Scope {
        input: order,
        trigger,
        nodes: &NoNodes,
        item: None,
        index: None,
        vars: &Value::Null,
        run: &run,
        until: None,
    })
}

/// An order with so many lines; six make two kilobytes.
fn order(lines: usize) -> Value {
    let line = |n: usize| json!({"id": 866550311766439000_i64 + n as i64, "sku": format!("IPOD-{n}"), "title": "IPod Nano - 8GB", "quantity": 1 + n % 3, "price": "199.00", "grams": 200, "requires_shipping": true, "taxable": true, "vendor": null});
    json!({
        "id": 450789469, "name": "#1001", "email": "bob.norman@mail.example.com", "financial_status": "paid", "currency": "THB",
        "total_price": "598.94", "subtotal_price": "597.00", "total_tax": "11.94", "created_at": "2026-01-10T11:00:00+07:00",
        "customer": {"id": 207119551, "email": "bob.norman@mail.example.com", "first_name": "Bob", "last_name": "Norman", "phone": "+66812345678"},
        "shipping_address": {"name": "Bob Norman", "address1": "123 Sukhumvit", "city": "Bangkok", "zip": "10110", "country_code": "TH"},
        "line_items": (0..lines).map(line).collect::<Vec<_>>(),
    })
}
