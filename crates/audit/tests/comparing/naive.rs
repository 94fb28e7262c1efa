//! The same as a comparison that holds everything in memory and looks at every pair.

use crate::common::{compare, config};
use audit::{Compare, Config, Kind, Times, moment, spell};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
struct Order {
    no: u8,
    total: i32,
    minute: u8,
}

fn orders() -> impl Strategy<Value = Vec<Order>> {
    // So few keys that all cases come up.
    let order = (0_u8..12, 0_i32..4, 0_u8..60).prop_map(|(no, total, minute)| Order { no, total, minute });
    prop::collection::vec(order, 0..20)
}

fn lines(orders: &[Order]) -> String {
    let line = |order: &Order| {
        let total: Value =
            serde_json::from_str(&format!("{}.{:02}", order.total / 100, order.total % 100)).unwrap();
        json!({"no": order.no, "total": total, "at": format!("2026-11-20 12:{:02}", order.minute)})
    };
    orders.iter().map(|order| format!("{}\n", line(order))).collect()
}

/// From ten past, up to ten to, and of the last ten minutes nobody knows yet.
fn asked(memory: usize) -> Config {
    let at = |text: &str| moment::read(text).unwrap();
    let times = Times {
        field: "at".parse().unwrap(),
        from: Some(at("2026-11-20 12:10")),
        to: Some(at("2026-11-20 12:50")),
        asked: at("2026-11-20 13:00"),
        cut_off: spell("10m").unwrap(),
    };
    Config { times: Some(times), memory_bytes_max: memory, ..config("no", &["total:0.01"]) }
}

fn naive(left: &[Order], right: &[Order]) -> Vec<(String, Kind)> {
    let mut all: Vec<String> = left.iter().chain(right).map(|order| order.no.to_string()).collect();
    all.sort();
    all.dedup();
    let of = |orders: &[Order], key: &str| -> Vec<Order> {
        orders.iter().filter(|order| order.no.to_string() == key).cloned().collect()
    };
    all.into_iter()
        .filter_map(|key| Some((kind(&of(left, &key), &of(right, &key))?, key)))
        .map(|(k, n)| (n, k))
        .collect()
}

fn kind(left: &[Order], right: &[Order]) -> Option<Kind> {
    if !left.iter().chain(right).any(|order| (10..50).contains(&order.minute)) {
        return None;
    }
    Some(match (left, right) {
        ([one], [other]) => match (one.total - other.total).abs() {
            0 => Kind::Matched,
            1 => Kind::WithinTolerance,
            _ => Kind::Different,
        },
        ([one], []) | ([], [one]) if one.minute >= 40 => Kind::Late,
        ([_], []) => Kind::OnlyLeft,
        ([], [_]) => Kind::OnlyRight,
        _ => Kind::Duplicate,
    })
}

proptest! {
    #[test]
    fn every_key_is_told_as_somebody_would_who_looks_at_all_pairs(
        left in orders(),
        right in orders(),
        memory in prop::sample::select(vec![0_usize, 200, 1 << 20]),
    ) {
        prop_assume!(!left.is_empty() && !right.is_empty());
        let (findings, counts) = compare(asked(memory), &lines(&left), &lines(&right)).unwrap();
        let told: Vec<(String, Kind)> =
            findings.iter().map(|finding| (finding.key()[0].clone(), finding.kind)).collect();
        let wanted = naive(&left, &right);
        for kind in Kind::ALL {
            let many = wanted.iter().filter(|(_, wanted)| *wanted == kind).count() as u64;
            prop_assert_eq!(counts.of(kind), many, "{}", kind.as_str());
        }
        let wanted: Vec<_> = wanted.into_iter().filter(|(_, kind)| *kind != Kind::Matched).collect();
        prop_assert_eq!(told, wanted);
    }

    #[test]
    fn sides_that_change_places_are_told_the_same(one in "[0-9]{1,3}(\\.[0-9]{1,3})?", other in "[ ก-ฮ]{0,3}|[0-9]{1,3}") {
        for compare in ["exact", "number", "0.5", "10%", "money", "50satang", "text"] {
            let compare: Compare = compare.parse().unwrap();
            let (one, other) = (json!(one), json!(other));
            prop_assert_eq!(compare.judge(&one, &other), compare.judge(&other, &one));
            prop_assert_eq!(compare.judge(&one, &one), audit::Verdict::Same);
        }
    }
}
