//! Cases are walked as a run goes.

use crate::{check, flow, orders};
use expect_test::expect;
use serde_json::json;

#[test]
fn a_refusal_goes_on_at_the_port_error_and_was_sent_all_the_same() {
    let mut flow = orders();
    flow["edges"].as_array_mut().expect("edges").push(json!({"from": "erp.error", "to": "late"}));
    flow["nodes"].as_array_mut().expect("nodes").push(
        json!({"id": "late", "use": "line/push", "with": {"text": "${input.node} says ${input.code}: ${input.message}"}}),
    );
    check(
        &flow,
        json!([{
            "name": "somebody is told", "event": {"id": 1, "sku": "TEA", "total": "1"},
            "answers": {"erp": {"refuses": {"code": "E0307", "message": "out of order"}}},
            "effects": [{"node": "erp"}, {"node": "late", "sends": {"text": "erp says E0307: out of order"}}],
            "gives": {"erp": {"code": "E0307", "node": "erp"}}
        }]),
        &expect![[r#"
            somebody is told: passed
        "#]],
    );
}

#[test]
fn each_step_of_a_for_each_has_its_answer() {
    let flow = flow(
        json!([
            {"id": "in", "use": "core/webhook"},
            {"id": "each", "use": "core/for_each", "with": {"items": "${input.lines}", "on_item_error": "collect"}},
            {"id": "find", "use": "erp/find", "with": {"sku": "${item}"}},
            {"id": "erp", "use": "erp/create", "with": {"order": {"product": "${input.id}"}}},
            {"id": "all", "use": "core/set", "with": {"value": "${input}"}}
        ]),
        json!([
            {"from": "in", "to": "each"}, {"from": "each.item", "to": "find"}, {"from": "find", "to": "erp"},
            {"from": "each.done", "to": "all"}
        ]),
    );
    let answers = json!({"find": [{"gives": {"id": 1}}, {"gives": {"id": 2}}], "erp": [{"gives": "a"}, {"refuses": {"message": "no"}}, {"gives": "c"}]});
    let event = json!({"lines": ["TEA", "MUG", "CUP"]});
    let effects = json!([
        {"node": "erp", "sends": {"order": {"product": 1}}}, {"node": "erp", "sends": {"order": {"product": 2}}},
        {"node": "erp", "sends": {"order": {"product": 2}}}
    ]);
    check(
        &flow,
        json!([
            {"name": "three lines", "event": event, "answers": answers, "effects": effects,
             "gives": {"find": [{"id": 1}, {"id": 2}, {"id": 2}], "each": ["a", {"error": {"message": "no", "node": "erp"}}, "c"]}},
            {"name": "other lines", "event": event, "answers": answers, "gives": {"find": [{"id": 1}, {"id": 3}], "all": ["a"]}},
            {"name": "no line", "event": {"lines": []}, "effects": [], "gives": {"find": null, "all": []}}
        ]),
        &expect![[r#"
            three lines: passed
            other lines: failed
              /gives/all: `all` gives: expected 1 entry, found 3 entries
              /gives/find: `find` gives: expected 2 entries, found 3 entries
              /gives/find/1/id: `find` gives: [1].id: expected 3, found 2
            no line: passed
        "#]],
    );
}

#[test]
fn a_for_each_that_stops_fails_as_in_a_run() {
    let flow = flow(
        json!([
            {"id": "in", "use": "core/webhook"},
            {"id": "each", "use": "core/for_each", "with": {"items": "${input}"}},
            {"id": "erp", "use": "erp/create", "with": {"order": "${item}"}}
        ]),
        json!([{"from": "in", "to": "each"}, {"from": "each.item", "to": "erp"}]),
    );
    check(
        &flow,
        json!([{
            "name": "the second is refused", "event": [1, 2, 3],
            "answers": {"erp": [{"gives": 1}, {"refuses": {"message": "no"}}]},
            "effects": [{"node": "erp"}, {"node": "erp", "sends": {"order": 2}}],
            "ends": {"fails": {"node": "each", "says": "item 1 failed at erp: no"}}
        }]),
        &expect![[r#"
            the second is refused: passed
        "#]],
    );
}

#[test]
fn branches_beside_a_refusal_are_gone_through_and_what_waits_for_it_is_not() {
    let flow = flow(
        json!([
            {"id": "in", "use": "core/webhook"},
            {"id": "erp", "use": "erp/create", "with": {"order": 1}},
            {"id": "line", "use": "line/push", "with": {"text": "in"}},
            {"id": "both", "use": "core/merge"},
            {"id": "end", "use": "line/push", "with": {"text": "end"}}
        ]),
        json!([
            {"from": "in", "to": "erp"}, {"from": "in", "to": "line"}, {"from": "erp", "to": "both"},
            {"from": "line", "to": "both"}, {"from": "both", "to": "end"}
        ]),
    );
    check(
        &flow,
        json!([
            {"name": "all is well", "effects": [{"node": "erp"}, {"node": "line"}, {"node": "end"}]},
            {"name": "one refuses", "answers": {"erp": {"refuses": {"message": "no"}}},
             "effects": [{"node": "erp"}, {"node": "line"}], "ends": {"fails": {"node": "erp"}}}
        ]),
        &expect![[r#"
            all is well: passed
            one refuses: passed
        "#]],
    );
}

#[test]
fn waits_calls_and_answers_to_the_sender_are_as_in_a_run() {
    let flow = flow(
        json!([
            {"id": "in", "use": "core/webhook"},
            {"id": "ok", "use": "core/wait", "with": {"callback": true, "timeout": "1d"}},
            {"id": "night", "use": "core/wait", "with": {"for": "8h"}},
            {"id": "other", "use": "core/call", "with": {"flow": "crm"}},
            {"id": "respond", "use": "core/respond", "with": {"body": {"customer": "${input.id}"}}},
            {"id": "late", "use": "line/push", "with": {"text": "nobody answered"}}
        ]),
        json!([
            {"from": "in", "to": "ok"}, {"from": "ok", "to": "night"}, {"from": "night", "to": "other"},
            {"from": "other", "to": "respond"}, {"from": "ok.timeout", "to": "late"}
        ]),
    );
    check(
        &flow,
        json!([
            {"name": "somebody approves", "answers": {"ok": {"gives": {"approved": true, "by": "Nok"}}, "other": {"gives": {"id": 9}}},
             "effects": [{"node": "other", "sends": {"flow": "crm", "input": null}}],
             "gives": {"ok": {"by": "Nok"}, "night": null, "respond": {"customer": 9}}},
            {"name": "nobody does", "answers": {"ok": {"port": "timeout"}}, "effects": [{"node": "late"}]},
            {"name": "the examples are the answers", "gives": {"ok": {"approved": true}, "other": {"id": 57}}}
        ]),
        &expect![[r#"
            somebody approves: passed
            nobody does: passed
            the examples are the answers: passed
        "#]],
    );
}

#[test]
fn cross_references_variables_and_the_time_are_those_of_the_case() {
    let fields = json!({
        "partner": {"from": "${input.customer}", "as": {"xref": {"entity": "customer", "from": "shopify"}}},
        "company": "${vars.company}", "at": "${now()}"
    });
    let flow = flow(
        json!([
            {"id": "in", "use": "core/webhook"}, {"id": "map", "use": "core/map", "with": {"fields": fields}},
            {"id": "erp", "use": "erp/create", "with": {"order": "${input}"}}
        ]),
        json!([{"from": "in", "to": "map"}, {"from": "map", "to": "erp"}]),
    );
    let known = json!([{"system": "shopify", "entity": "customer", "external": "8231", "own": "17"}]);
    check(
        &flow,
        json!([
            {"name": "a known customer", "event": {"customer": 8231}, "references": known, "vars": {"company": "Khlong"},
             "now": "2026-04-13T08:00:00+07:00", "gives": {"map": {"partner": "17", "company": "Khlong"}},
             "effects": [{"node": "erp", "sends": {"order": {"partner": "17"}}}]},
            {"name": "an unknown customer", "event": {"customer": 1}, "references": known}
        ]),
        &expect![[r#"
            a known customer: passed
            an unknown customer: failed
              /ends: the run was to end well, and fails at `map`: E0217 partner: no customer 1 of shopify is in the cross-references, from input.customer. Add it under Settings, Cross-references, or say what stands for what is not found
        "#]],
    );
}

#[test]
fn a_run_begins_with_the_event_and_its_head_or_with_the_triggers_sample() {
    let mut flow = flow(
        json!([{"id": "in", "use": "core/webhook"},
               {"id": "line", "use": "line/push", "with": {"text": "${input.id} of ${trigger.headers?[\"x-shop\"] ?? \"no shop\"}"}}]),
        json!([{"from": "in", "to": "line"}]),
    );
    let said = |name: &str, text: &str| json!({"name": name, "effects": [{"node": "line", "sends": {"text": text}}]});
    check(
        &flow,
        json!([said("the operation's example", "1001 of no shop")]),
        &expect![[r#"
        the operation's example: passed
    "#]],
    );
    flow["samples"] = json!({"in": {"id": 7}});
    check(
        &flow,
        json!([said("a sample that is a body", "7 of no shop")]),
        &expect![[r#"
        a sample that is a body: passed
    "#]],
    );
    flow["samples"] = json!({"in": {"body": {"id": 8}, "headers": {"x-shop": "tea"}}});
    let mut headed = said("an event with a head", "9 of mug");
    headed["event"] = json!({"id": 9});
    headed["head"] = json!({"headers": {"x-shop": "mug"}});
    check(
        &flow,
        json!([said("a sample with a head", "8 of tea"), headed]),
        &expect![[r#"
        a sample with a head: passed
        an event with a head: passed
    "#]],
    );
}
