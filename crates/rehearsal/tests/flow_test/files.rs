//! Files of cases that do not fit their flow.

use crate::{check, flow, orders, report};
use expect_test::expect;
use serde_json::{Value, json};

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
