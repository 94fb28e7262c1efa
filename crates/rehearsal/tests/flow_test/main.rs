//! Cases that whoever keeps a flow writes for it: the flow's file and the cases' file in, what differs out.

mod differences;
mod files;
mod walks;

use expect_test::Expect;
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
