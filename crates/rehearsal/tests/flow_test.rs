//! Cases that whoever keeps a flow writes for it: the flow's file and the cases' file in, what differs out.

use expect_test::{Expect, expect};
use model::{EffectRule, Field, FieldKind, FlowDocument, OperationSpec, Specs};
use rehearsal::flow_test::{self, Subject};
use script::{Clock, Engine, Limits};
use serde_json::{Value, json};
use std::sync::Arc;

struct Still;

impl Clock for Still {
    fn now_ms(&self) -> u64 {
        0
    }
}

fn specs() -> Specs {
    let json = |name: &str| Field::new(name, FieldKind::Json, name, name);
    let operations = vec![
        OperationSpec::trigger("core/webhook", "Webhook", "เว็บฮุค").example(json!({}), json!({"id": 1001})),
        OperationSpec::trigger("core/manual", "By hand", "เริ่มด้วยมือ"),
        OperationSpec::transform("core/script", "Script", "สคริปต์"),
        OperationSpec::transform("core/set", "Set", "กำหนดค่า"),
        OperationSpec::transform("core/map", "Map fields", "จับคู่ฟิลด์"),
        OperationSpec::control("core/switch", "Switch", "แยกทาง").ports_from_cases(),
        OperationSpec::control("core/merge", "Merge", "รวมเส้นทาง").inputs(model::Inputs::Many),
        OperationSpec::control("core/for_each", "For each", "ทุกรายการ").ports(&["item", "done", "error"]),
        OperationSpec::control("core/wait", "Wait", "รอ")
            .ports(&["out", "timeout"])
            .example(json!({}), json!({"approved": true})),
        OperationSpec::control("core/call", "Call", "เรียกโฟลว์อื่น")
            .ports(&["out", "error"])
            .example(json!({}), json!({"id": 57})),
        OperationSpec::control("core/respond", "Respond", "ตอบกลับ").ports(&["out", "error"]),
        OperationSpec::action("erp/find", "Find", "ค้นหา")
            .effect(EffectRule::Read)
            .ports(&["out", "none", "error"])
            .field(json("sku"))
            .example(json!({}), json!({"id": 3})),
        OperationSpec::action("erp/create", "Create", "สร้าง")
            .field(json("order"))
            .example(json!({}), json!({"id": 57})),
        OperationSpec::action("line/push", "Push", "ส่งข้อความ").field(json("text")),
    ];
    Specs::new(Vec::new(), operations)
}

/// A shop's orders, which the back office gets when it knows their SKU; else somebody is told.
fn orders() -> Value {
    json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            {"id": "ordered", "use": "core/webhook"},
            {"id": "find", "use": "erp/find", "with": {"sku": "${input.sku}"}},
            {"id": "map", "use": "core/script",
             "with": {"script": "#{ reference: `SHOP-${trigger.body.id}`, total: decimal(trigger.body.total), lines: trigger.body.lines ?? [] }"}},
            {"id": "erp", "use": "erp/create", "with": {"order": "${input}"}},
            {"id": "tell", "use": "line/push", "with": {"text": "${trigger.body.sku}: ${input.message ?? \"not known\"}"}}
        ],
        "edges": [
            {"from": "ordered", "to": "find"}, {"from": "find", "to": "map"}, {"from": "map", "to": "erp"},
            {"from": "find.none", "to": "tell"}
        ],
        "samples": {"map": {"reference": "a pin of the editor, which no run sees"}}
    })
}

fn flow(nodes: Value, edges: Value) -> Value {
    json!({"khlong": 1, "id": "flow", "name": "Flow", "nodes": nodes, "edges": edges})
}

/// Walks the cases and shows what an administrator is told.
fn check(flow: &Value, cases: Value, expected: &Expect) {
    expected.assert_eq(&report(flow, &json!({"cases": cases}).to_string()));
}

fn report(flow: &Value, cases: &str) -> String {
    let doc: FlowDocument = serde_json::from_value(flow.clone()).expect("the test's flow is well formed");
    let (specs, scripts) = (specs(), Engine::new(Limits::default(), Arc::new(Still)));
    let subject = Subject { doc: &doc, specs: &specs, scripts: &scripts };
    let cases = match flow_test::read(cases.as_bytes(), &subject) {
        Ok(cases) => cases,
        Err(problems) => {
            let told = problems
                .iter()
                .map(|problem| format!("{}: {}. {}\n", problem.at, problem.message, problem.advice));
            return told.collect();
        }
    };
    let mut said = String::new();
    for case in &cases {
        let verdict = flow_test::check(case, &subject);
        said += &format!("{}: {}\n", case.name, if verdict.passed() { "passed" } else { "failed" });
        for difference in &verdict.differences {
            said += &format!("  {}: {}\n", difference.at, difference.message);
        }
        if verdict.more > 0 {
            said += &format!("  and {} more\n", verdict.more);
        }
    }
    said
}

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

#[test]
fn a_file_that_is_wrong_is_told_at_each_place() {
    let case = |more: Value| {
        let mut case = json!({"name": "a case"});
        case.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        json!({"cases": [case]}).to_string()
    };
    let told = [
        "{".to_owned(),
        json!({"cases": []}).to_string(),
        json!({"case": []}).to_string(),
        json!({"cases": [{"event": 1}, {"name": " "}, {"name": "a"}, {"name": "a"}]}).to_string(),
        r#"{"cases": [{"name": "a", "event": 1, "event": 2}]}"#.to_owned(),
        case(json!({"events": {}, "answers": [], "ends": "fails"})),
        case(json!({"effects": [{"node": "erp", "send": {}}, {"sends": {}}], "ends": {"fail": {}}})),
        case(json!({"trigger": "orderd", "now": "today"})),
        case(json!({"answers": {"fnd": {"gives": 1}, "map": {"gives": 1}, "erp": [], "find": {}}})),
        case(
            json!({"answers": {"find": [{"gives": 1, "refuses": {"message": "no"}}, {"gives": 1, "port": "nun"}, {"give": 1}, {"refuses": {"code": "E0308"}}]}}),
        ),
        case(
            json!({"answers": {"find": [{"gives": 1, "refuses": {"message": "no"}}, {"gives": 1, "port": "nun"}]}}),
        ),
        case(
            json!({"effects": [{"node": "map"}, {"node": "find"}, {"node": "er"}], "gives": {"mp": 1}, "ends": {"fails": {"node": "x"}}}),
        ),
    ];
    let told: String = told.iter().map(|file| report(&orders(), file) + "\n").collect();
    expect![[r#"
        : The file is not JSON: EOF while parsing an object at line 1 column 1. Look there and shortly before for a missing comma, quote or bracket, or for a comment.

        /cases: there is no case. Write one: it has a name and an event.

        : The field "cases" is missing. Add "cases". What is tested, one event each.
        /case: There is no field "case" here. Did you mean "cases"?

        /cases/0: The field "name" is missing. Add "name". What is tested, as a sentence; no two cases of a file have the same.

        /cases/0/event: The key "event" is written twice. Remove one of the two, or rename it.

        /cases/0/answers: Here belongs an object, not a list. Write an object. What other systems answer, by node; without one, the node's sample or its operation's example.
        /cases/0/ends: "fails" is none of the choices. Write one of done.
        /cases/0/events: There is no field "events" here. Did you mean "event"?

        /cases/0/effects/0/send: There is no field "send" here. Did you mean "sends"?
        /cases/0/effects/1: The field "node" is missing. Add "node". The node that sends it.
        /cases/0/ends: The field "fails" is missing. Add "fails". Where it fails, and with what.
        /cases/0/ends/fail: There is no field "fail" here. Did you mean "fails"?

        /cases/0/trigger: the flow has no trigger `orderd`. Did you mean "ordered"?
        /cases/0/now: "today" is not a time. Write it like 2026-01-05T08:00:00+07:00.

        /cases/0/answers/erp: the list has no answer. Write one, or take the list away.
        /cases/0/answers/find: the answer says nothing. Write "gives" with what the node gives, or "refuses".
        /cases/0/answers/fnd: the flow has no node `fnd`. Did you mean "find"?
        /cases/0/answers/map: `map` asks no other system: it gives what it makes itself. Take the answer away; look at what the node gives with "gives".

        /cases/0/answers/find/2/give: There is no field "give" here. Did you mean "gives"?
        /cases/0/answers/find/3/refuses: The field "message" is missing. Add "message". What the system says.

        /cases/0/answers/find/0: the answer both gives and refuses. Keep one of the two.
        /cases/0/answers/find/1/port: `find` has no way out `nun`. Its ways out are out, none, error.

        /cases/0/effects/0/node: `map` sends nothing, so it has no effect. Take the entry away; look at what the node gives with "gives".
        /cases/0/effects/1/node: `find` only looks, so it has no effect. Take the entry away; look at what the node gives with "gives".
        /cases/0/effects/2/node: the flow has no node `er`. Did you mean "erp"?
        /cases/0/gives/mp: the flow has no node `mp`. Did you mean "map"?
        /cases/0/ends/fails/node: the flow has no node `x`. The nodes are ordered, find, map, erp, tell.

    "#]].assert_eq(&told);
}

#[test]
fn where_a_flow_has_several_triggers_a_case_names_one() {
    let flow = flow(
        json!([
            {"id": "in", "use": "core/webhook"}, {"id": "hand", "use": "core/manual"},
            {"id": "any", "use": "core/merge", "with": {"mode": "any"}}, {"id": "line", "use": "line/push", "with": {"text": "${input}"}}
        ]),
        json!([{"from": "in", "to": "any"}, {"from": "hand", "to": "any"}, {"from": "any", "to": "line"}]),
    );
    check(
        &flow,
        json!([{"name": "by hand", "trigger": "hand", "event": "go", "effects": [{"node": "line", "sends": {"text": "go"}}]}]),
        &expect![[r#"
            by hand: passed
        "#]],
    );
    check(
        &flow,
        json!([{"name": "which?", "event": "go"}]),
        &expect![[r#"
        /cases/0/trigger: the flow has several triggers, and the case names none. Add "trigger" with one of in, hand.
    "#]],
    );
}
