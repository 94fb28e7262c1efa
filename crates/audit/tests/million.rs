//! Many orders on both sides, among them a thousand of each kind that is not simply the same: exactly these are found, and
//! memory does not grow with the number of orders. A file of its own, because the memory is that of the whole process.

use audit::{Audit, Config, Kind, Side, Times, moment, spell};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Instant;

const KINDS: [Kind; 7] = [
    Kind::WithinTolerance,
    Kind::Different,
    Kind::OnlyLeft,
    Kind::OnlyRight,
    Kind::Duplicate,
    Kind::Late,
    Kind::Matched,
];

/// Orders of a day, of which so many are spoiled in each way.
#[derive(Clone, Copy)]
struct Day {
    orders: u64,
    of_each: u64,
}

impl Day {
    /// The spoiled orders lie at even distances, and each is of another kind than the one before it.
    fn kind(self, order: u64) -> Kind {
        let apart = self.orders / (self.of_each * KINDS.len() as u64);
        let place = order / apart;
        match order.is_multiple_of(apart) && place < self.of_each * KINDS.len() as u64 {
            true => KINDS[(place % KINDS.len() as u64) as usize],
            false => Kind::Matched,
        }
    }

    /// Each side has its own order of the orders: a step that has no divisor in common with their number comes by all of them.
    fn push(self, audit: &mut Audit, side: Side) {
        let step = if side == Side::Left { 347_771 } else { 618_031 };
        let mut line = 0;
        for place in 0..self.orders {
            let order = place * step % self.orders;
            let kind = self.kind(order);
            let times = match (kind, side) {
                (Kind::OnlyLeft | Kind::Late, Side::Right) | (Kind::OnlyRight, Side::Left) => 0,
                (Kind::Duplicate, Side::Right) => 2,
                _ => 1,
            };
            for _ in 0..times {
                line += 1;
                audit.push(side, line, &record(order, kind, side)).unwrap();
            }
        }
    }
}

fn record(order: u64, kind: Kind, side: Side) -> Map<String, Value> {
    let satang = match (kind, side) {
        (Kind::WithinTolerance, Side::Right) => 1,
        (Kind::Different, Side::Right) => 100,
        _ => 0,
    } + order % 900_000;
    let minute = if kind == Kind::Late { 55 } else { order % 45 };
    // A shop has text where the ERP has a number.
    let quote = if side == Side::Left { "\"" } else { "" };
    let json = format!(
        r#"{{"no": "SO-{order:08}", "buyer": "สมชาย ใจดี {}", "total": {quote}{}.{:02}{quote}, "status": "ชำระแล้ว", "at": "2026-11-20T23:{minute:02}:00+07:00"}}"#,
        order % 1_000,
        satang / 100,
        satang % 100,
    );
    serde_json::from_str(&json).unwrap()
}

fn asked(memory_bytes_max: usize) -> Config {
    let times = Times {
        field: "at".parse().unwrap(),
        from: moment::read("2026-11-20"),
        to: moment::read_end("2026-11-20"),
        asked: moment::read("2026-11-22").unwrap(),
        cut_off: spell("10m").unwrap(),
    };
    let fields = ["buyer:text", "total:0.01", "status"].map(|field| field.parse().unwrap());
    let by = Config::by(vec!["no".parse().unwrap()]);
    Config { fields: fields.into(), times: Some(times), memory_bytes_max, ..by }
}

/// The most that this process has ever had in memory.
fn most_memory_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The process may take so much more than it had before.
fn finds_exactly_the_spoiled(day: Day, memory_bytes_max: usize, growth_mb_max: u64) {
    let folder = tempfile::tempdir().unwrap();
    let before = most_memory_kb();
    let began = Instant::now();
    let mut audit = Audit::new(asked(memory_bytes_max), folder.path()).unwrap();
    day.push(&mut audit, Side::Left);
    day.push(&mut audit, Side::Right);
    let mut findings = audit.compare().unwrap();
    let mut found: BTreeMap<Kind, u64> = BTreeMap::new();
    let mut last = String::new();
    for finding in &mut findings {
        let finding = finding.unwrap();
        let no = finding.key()[0].clone();
        let order: u64 = no.trim_start_matches("SO-").parse().unwrap();
        assert_eq!(finding.kind, day.kind(order), "{no}");
        assert!(last < no, "{no} comes after {last}");
        last = no;
        *found.entry(finding.kind).or_default() += 1;
    }
    let growth = most_memory_kb() - before;
    let counts = findings.counts();
    eprintln!(
        "{} + {} records: {:.1} s, {:.1} MB more memory than before",
        counts.left,
        counts.right,
        began.elapsed().as_secs_f64(),
        growth as f64 / 1024.0
    );
    let spoiled = KINDS.into_iter().filter(|kind| *kind != Kind::Matched);
    assert_eq!(found, spoiled.map(|kind| (kind, day.of_each)).collect());
    let none_lost: u64 = Kind::ALL.into_iter().map(|kind| counts.of(kind)).sum();
    assert_eq!((none_lost, counts.outside), (day.orders, 0));
    assert!(growth < growth_mb_max << 10, "{growth} KB more than before");
}

/// With so little memory that there are as many runs as a million orders have with the usual.
#[test]
fn a_hundred_thousand_orders_are_compared_without_holding_them() {
    finds_exactly_the_spoiled(Day { orders: 100_100, of_each: 100 }, 2 << 20, 8);
}

/// `cargo test --release -p audit --test million -- --ignored --nocapture`
#[test]
#[ignore = "takes a while where it is not optimised; docs/audits.md tells how to run it"]
fn a_million_orders_are_compared_in_less_than_64_mb() {
    finds_exactly_the_spoiled(Day { orders: 1_001_000, of_each: 1_000 }, audit::MEMORY_BYTES_MAX, 64);
}
