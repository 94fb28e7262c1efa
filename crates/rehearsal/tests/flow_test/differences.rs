//! What is not as a case says is told in words.

use crate::{check, flow, orders};
use expect_test::expect;
use rehearsal::flow_test;
use serde_json::{Value, json};

#[test]
fn a_case_that_says_what_happens_passes() {
    check(
        &orders(),
        json!([
            {"name": "an order goes to the ERP", "event": {"id": 9007199254740993_i64, "sku": "TEA", "total": "10.50"},
             "effects": [{"node": "erp", "sends": {"order": {"reference": "SHOP-9007199254740993", "total": 10.5}}}],
             "gives": {"erp": {"id": 57}, "tell": null, "map": {"lines": []}}},
            {"name": "somebody is told of a SKU that is not known", "event": {"sku": "MUG"},
             "answers": {"find": {"port": "none", "gives": {}}},
             "effects": [{"node": "tell", "sends": {"text": "MUG: not known"}}]}
        ]),
        &expect![[r#"
            an order goes to the ERP: passed
            somebody is told of a SKU that is not known: passed
        "#]],
    );
}

#[test]
fn what_is_sent_otherwise_is_told_by_its_path() {
    check(
        &orders(),
        json!([{
            "name": "an order", "event": {"id": 1, "sku": "TEA", "total": "10.50", "lines": [{"sku": "TEA", "qty": 2}]},
            "effects": [{"node": "erp", "sends": {"order": {
                "reference": "SHOP-2", "total": "10.50", "note": "gift", "date": null,
                "lines": [{"sku": "TEA", "qty": 3}, {"sku": "MUG"}]
            }}}]
        }]),
        &expect![[r#"
            an order: failed
              /effects/0/sends/order/reference: effect 1, `erp` sends: order.reference: expected "SHOP-2", found "SHOP-1"
              /effects/0/sends/order/total: effect 1, `erp` sends: order.total: expected "10.50", found 10.50
              /effects/0/sends/order/note: effect 1, `erp` sends: order.note is missing; expected "gift"
              /effects/0/sends/order/lines: effect 1, `erp` sends: order.lines: expected 2 entries, found 1 entry
              /effects/0/sends/order/lines/0/qty: effect 1, `erp` sends: order.lines[0].qty: expected 3, found 2
        "#]],
    );
}

#[test]
fn effects_that_are_missing_too_many_or_others_are_told() {
    let event = json!({"id": 1, "sku": "TEA", "total": "1"});
    check(
        &orders(),
        json!([
            {"name": "one is missing", "event": event, "effects": [{"node": "erp"}, {"node": "tell", "sends": {"text": "done"}}]},
            {"name": "one is too many", "event": event, "effects": []},
            {"name": "another one", "event": event, "effects": [{"node": "tell"}]},
            {"name": "not looked at", "event": event}
        ]),
        &expect![[r#"
            one is missing: failed
              /effects/1: effect 2 is missing: `tell` was to send {"text":"done"}
            one is too many: failed
              /effects: effect 1 was not expected: `erp` sends {"order":{"lines":[],"reference":"SHOP-1","total":1}}
            another one: failed
              /effects/0/node: effect 1 was to be sent by `tell`; `erp` sends {"order":{"lines":[],"reference":"SHOP-1","total":1}}
            not looked at: passed
        "#]],
    );
}

#[test]
fn how_a_run_ends_is_compared() {
    let refuses =
        json!({"erp": {"refuses": {"message": "SKU TEA is not for sale", "advice": "Put it on sale."}}});
    let event = json!({"id": 1, "sku": "TEA", "total": "1"});
    let case =
        |name: &str, ends: Value| json!({"name": name, "event": event, "answers": refuses, "ends": ends});
    check(
        &orders(),
        json!([
            case("fails as it is to", json!({"fails": {"node": "erp", "says": "not for sale"}})),
            case("by its code", json!({"fails": {"says": "E0308"}})),
            case("fails and was not to", json!("done")),
            case("fails elsewhere", json!({"fails": {"node": "map"}})),
            case("says something else", json!({"fails": {"node": "erp", "says": "no such customer"}})),
            {"name": "ends well and was not to", "event": event, "ends": {"fails": {"node": "erp", "says": "TEA"}}},
            {"name": "a script that fails", "event": {"id": 1, "sku": "TEA", "total": "much"}, "effects": [{"node": "erp"}]}
        ]),
        &expect![[r#"
            fails as it is to: passed
            by its code: passed
            fails and was not to: failed
              /ends: the run was to end well, and fails at `erp`: E0308 SKU TEA is not for sale. Put it on sale
            fails elsewhere: failed
              /ends/fails/node: the run was to fail at `map`, and fails at `erp`: E0308 SKU TEA is not for sale. Put it on sale
            says something else: failed
              /ends/fails/says: the run fails at `erp` as it was to, but does not say "no such customer": E0308 SKU TEA is not for sale. Put it on sale
            ends well and was not to: failed
              /ends: the run was to fail at `erp` with "TEA", and ends well
            a script that fails: failed
              /ends: the run was to end well, and fails at `map`: E0206 Line 1, column 49: This text is no number. `parse_number` reads numbers with commas and currency signs
        "#]],
    );
}

#[test]
fn only_the_first_differences_are_told() {
    let many: serde_json::Map<String, Value> = (0..15).map(|at| (format!("f{at}"), json!(at))).collect();
    check(
        &orders(),
        json!([{"name": "an order", "event": {"id": 1, "sku": "TEA", "total": "1"}, "effects": [{"node": "erp", "sends": {"order": many}}]}]),
        &expect![[r#"
            an order: failed
              /effects/0/sends/order/f0: effect 1, `erp` sends: order.f0 is missing; expected 0
              /effects/0/sends/order/f1: effect 1, `erp` sends: order.f1 is missing; expected 1
              /effects/0/sends/order/f2: effect 1, `erp` sends: order.f2 is missing; expected 2
              /effects/0/sends/order/f3: effect 1, `erp` sends: order.f3 is missing; expected 3
              /effects/0/sends/order/f4: effect 1, `erp` sends: order.f4 is missing; expected 4
              /effects/0/sends/order/f5: effect 1, `erp` sends: order.f5 is missing; expected 5
              /effects/0/sends/order/f6: effect 1, `erp` sends: order.f6 is missing; expected 6
              /effects/0/sends/order/f7: effect 1, `erp` sends: order.f7 is missing; expected 7
              /effects/0/sends/order/f8: effect 1, `erp` sends: order.f8 is missing; expected 8
              /effects/0/sends/order/f9: effect 1, `erp` sends: order.f9 is missing; expected 9
              and 5 more
        "#]],
    );
}

#[test]
fn more_steps_than_a_test_takes_fail_it() {
    let flow = flow(
        json!([
            {"id": "in", "use": "core/webhook"},
            {"id": "each", "use": "core/for_each", "with": {"items": "${input}"}},
            {"id": "line", "use": "core/set", "with": {"value": 1}}
        ]),
        json!([{"from": "in", "to": "each"}, {"from": "each.item", "to": "line"}]),
    );
    let lines: Vec<usize> = (0..=flow_test::CASE_ITEMS_MAX).collect();
    check(
        &flow,
        json!([{"name": "a long list", "event": lines}]),
        &expect![[r#"
        a long list: failed
          /event: the run has more than 20000 steps, or a for-each more than 5000 elements: too much for a test
    "#]],
    );
}
