use super::*;
use serde_json::json;
use store::Retried;

const BEGAN: Ms = 1_000_000;

fn document() -> FlowDocument {
    let flow = json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            { "id": "in", "title": "Order paid", "use": "shopify/order_paid", "connection": "shop", "with": { "path": "p" } },
            { "id": "map", "use": "core/script", "with": { "script": "input" } },
            { "id": "erp", "title": "Sales order", "use": "odoo/create_sales_order", "connection": "erp" },
            { "id": "tell", "title": "Tell the shop", "use": "http/request" },
        ],
        "edges": [{ "from": "in", "to": "map" }, { "from": "map", "to": "erp" }, { "from": "erp", "to": "tell" }],
    });
    serde_json::from_value(flow).expect("a flow")
}

fn summary(status: Option<Status>) -> RunSummaryRow {
    RunSummaryRow {
        id: 7,
        flow: 1,
        version: 1,
        event: 7,
        key: Some("1042".into()),
        status,
        wake_at: None,
        started_at: BEGAN,
        finished_at: status.map(|_| BEGAN + 9_000),
        steps: 3,
        error_node: None,
        error_code: None,
        error: None,
        lineage: 7,
    }
}

fn step(fields: model::Value) -> StepDoc {
    serde_json::from_value(fields).expect("a step")
}

/// What is told, each event as `time what title reference|message`.
fn told(run: &Run<'_>) -> Vec<String> {
    let line = |event: StoryEvent| {
        let after = event.at.map_or("-".into(), |at| (at - BEGAN).to_string());
        let more = event.reference.or(event.message).or(event.by).unwrap_or_default();
        let line = format!("{after} {} {} {more}", event.what.as_str(), event.title);
        let inbox = if event.fingerprint.is_some() { " (in the inbox)" } else { "" };
        format!("{}{inbox}", line.trim())
    };
    run.tell(catalog::all().specs()).into_iter().map(line).collect()
}

fn of<'a>(
    summary: &'a RunSummaryRow,
    document: &'a FlowDocument,
    trigger: &'a model::Value,
    steps: &'a [StepDoc],
) -> Run<'a> {
    let trigger_node = &document.nodes[0].id;
    Run { summary, trigger_node, trigger, steps, document, retries: None, record: None }
}

fn error(message: &str) -> model::Value {
    json!({ "code": "E0207", "message": message, "advice": "" })
}

fn record(state: InboxState, by: &str) -> InboxRow {
    InboxRow {
        run: 7,
        flow: 1,
        fingerprint: 1,
        at: BEGAN + 9_000,
        key: None,
        node: "erp".into(),
        code: "E0207".into(),
        message: "refused".into(),
        state,
        changed_at: BEGAN + 50_000,
        changed_by: by.into(),
        reason: "the customer cancelled".into(),
    }
}

#[test]
fn an_order_that_went_well_is_told_by_what_others_see_of_it() {
    let (summary, document) = (summary(Some(Status::Done)), document());
    let steps = [
        step(
            json!({ "node": "map", "state": "done", "output": { "name": "x" }, "finished_at": BEGAN + 100 }),
        ),
        step(
            json!({ "node": "erp", "state": "done", "output": { "id": 9, "name": "S00891" }, "finished_at": BEGAN + 800 }),
        ),
        step(json!({ "node": "tell", "state": "skipped" })),
    ];
    let trigger = json!({ "body": { "name": "#1042" } });
    assert_eq!(
        told(&of(&summary, &document, &trigger, &steps)),
        ["0 received Order paid #1042", "800 done Sales order S00891"]
    );
}

#[test]
fn a_refusal_says_why_and_that_it_waits_for_a_person() {
    let (summary, document) = (summary(Some(Status::Failed)), document());
    let again = json!({ "number": 1, "started_at": BEGAN + 100, "ended_at": BEGAN + 200, "error": error("busy"), "retry_at": BEGAN + 300 });
    let last = json!({ "number": 2, "started_at": BEGAN + 300, "ended_at": BEGAN + 400, "error": error("no such SKU") });
    let steps = [step(json!({
        "node": "erp", "state": "failed", "error": error("no such SKU"), "attempts": [again, last],
        "finished_at": BEGAN + 400,
    }))];
    let null = model::Value::Null;
    let waits = record(InboxState::Open, "");
    let run = Run { record: Some(&waits), ..of(&summary, &document, &null, &steps) };
    let expected = [
        "0 received Order paid",
        "200 tried_again Sales order busy",
        "400 failed Sales order no such SKU (in the inbox)",
    ];
    assert_eq!(told(&run), expected);
    let ignored = record(InboxState::Ignored, "nok@example.com");
    let run = Run { record: Some(&ignored), ..of(&summary, &document, &null, &steps) };
    assert_eq!(
        told(&run)[2..],
        ["400 failed Sales order no such SKU", "50000 ignored  the customer cancelled"]
    );
}

#[test]
fn a_retry_tells_only_what_it_did_itself_and_who_wanted_it() {
    let (mut summary, document) = (summary(Some(Status::Done)), document());
    (summary.id, summary.started_at) = (8, BEGAN + 60_000);
    let steps = [
        step(
            json!({ "node": "erp", "state": "done", "output": { "name": "S00891" }, "finished_at": BEGAN + 800 }),
        ),
        step(
            json!({ "node": "tell", "state": "done", "output": { "body": { "id": 5 } }, "finished_at": BEGAN + 61_000 }),
        ),
    ];
    let retried = Retried { run: 7, at: BEGAN, who: "nok@example.com".into(), what: "{}".into() };
    let retry = RetryRow { retried, by_run: 8 };
    let null = model::Value::Null;
    let run = Run { retries: Some(&retry), ..of(&summary, &document, &null, &steps) };
    assert_eq!(told(&run), ["60000 retried Order paid nok@example.com", "61000 done Tell the shop 5"]);
}

#[test]
fn what_has_still_to_come_stands_last() {
    let (summary, document) = (summary(None), document());
    let steps = [
        step(json!({ "node": "tell", "state": "pending" })),
        step(json!({ "node": "erp", "state": "unknown", "effect": { "key": "k", "rule": "ask" } })),
    ];
    let null = model::Value::Null;
    let run = of(&summary, &document, &null, &steps);
    assert_eq!(told(&run), ["0 received Order paid", "- to_come Tell the shop", "- unknown Sales order"]);
}

#[test]
fn a_run_that_was_replaced_says_so() {
    let (mut summary, document) = (summary(Some(Status::Cancelled)), document());
    summary.error = Some("replaced by run 9".into());
    let null = model::Value::Null;
    let told = told(&of(&summary, &document, &null, &[]));
    assert_eq!(told, ["0 received Order paid", "9000 cancelled  replaced by run 9"]);
}
