//! A mapping keeps what is written in it, whatever that is.

use model::mapping::{Conversion, Mapping};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Words that mean something in a mapping, and some that do not.
fn word() -> impl Strategy<Value = String> {
    let known = [
        "from", "as", "each", "when", "fields", "lookup", "else", "keep", "read", "yes", "lines", "a.b", "",
        "a..b", "xref", "entity", "to",
    ];
    let conversions = Conversion::NAMES.to_vec();
    prop_oneof![
        proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        proptest::sample::select(conversions).prop_map(str::to_owned),
        "[a-z${}.]{0,6}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (0_u64..200).prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec((word(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_read_is_written_and_read_the_same(fields in value()) {
        let (read, _) = Mapping::read(&fields);
        let written = read.write();
        prop_assert_eq!(Mapping::read(&written).0, read, "{}", written);
    }
}

#[test]
fn what_is_short_is_written_short() {
    for fields in [
        json!({"a": "${input.a}", "b": 1, "c": null}),
        json!({"a": {"from": "${input.a}", "as": "trim"}}),
        json!({"a": {"from": ["x", "y"], "as": ["trim", {"round": 2}]}}),
        json!({"a": {"each": "${input.a}", "when": "${item.x}", "fields": {"b": "${item.b}"}}}),
        json!({"a": {"from": "x", "as": {"lookup": {"x": "y"}, "else": null}}}),
        json!({"a": {"from": "x", "as": {"xref": {"entity": "customer", "from": "shopify"}, "else": null}}}),
        json!({"a": {"from": "x", "as": ["trim", {"xref": {"entity": "customer", "to": "odoo"}, "keep": true}]}}),
        json!({"a": {"from": "x", "as": {"date": {"read": "%d", "zone": "UTC"}}}}),
    ] {
        let (read, slips) = Mapping::read(&fields);
        assert_eq!((read.write(), slips), (fields, Vec::new()));
    }
}
