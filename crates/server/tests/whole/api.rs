//! The API as programs see it.

use crate::khlong::{Khlong, ORDER_TO_ERP, code, hook_flow};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn a_flow_with_mistakes_is_refused_with_all_of_them_and_nothing_is_saved() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let flow = json!({
        "khlong": 1, "id": "broken", "name": "Broken",
        "nodes": [
            { "id": "in", "use": "core/webhook", "with": { "path": "in", "colour": "red" } },
            { "id": "map", "use": "core/script", "with": { "script": "let x = " } },
            { "id": "erp", "use": "odoo/create_sales_ordr", "connection": "nowhere" },
        ],
        "edges": [{ "from": "in", "to": "map" }, { "from": "map", "to": "nobody" }],
    });
    for path in [api::path::FLOWS, api::path::FLOW_CHECK] {
        let answer = owner.post(path, &flow).await;
        let saved = path == api::path::FLOWS;
        assert_eq!(answer.status().as_u16(), if saved { 422 } else { 200 });
        let body: Value = answer.json().await.unwrap();
        let problems = if saved { body["problems"].clone() } else { body };
        let codes: BTreeSet<_> =
            problems.as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap().to_owned()).collect();
        for code in ["E0121", "E0130", "E0150", "E0160"] {
            assert!(codes.contains(code), "{code} is missing in {codes:?}");
        }
        let placed =
            |problem: &Value| problem["at"].as_str().is_some() && problem["advice"].as_str().is_some();
        assert!(problems.as_array().unwrap().iter().all(placed), "{problems}");
    }
    assert_eq!(owner.get_json(api::path::FLOWS).await["flows"], json!([]));
}

#[tokio::test]
async fn what_is_exported_can_be_imported_and_is_the_same() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.connect("shop", "shopify", json!({}), json!({ "webhook_secret": "s" })).await;
    let erp = json!({ "url": "https://erp.example.com", "database": "d", "username": "u" });
    owner.connect("erp", "odoo", erp, json!({ "api_key": "k" })).await;
    let first: api::Imported = owner.import(ORDER_TO_ERP).await.json().await.unwrap();
    assert!(first.created && first.version == 1);

    let export = api::path::FLOW_EXPORT.replace("{id}", "order-to-erp");
    let exported = owner.get(&export).await.text().await.unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&exported).unwrap()["samples"]["ordered"]["id"].to_string(),
        "820982911946154508"
    );
    let again: api::Imported = owner.import(&exported).await.json().await.unwrap();
    assert_eq!((again.version, again.created, again.changed), (1, false, false));
    assert_eq!(owner.get(&export).await.text().await.unwrap(), exported);
}

#[tokio::test]
async fn one_path_has_one_flow() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    assert_eq!(owner.import(&hook_flow("first", "orders")).await.status(), StatusCode::OK);
    let second = owner.import(&hook_flow("second", "orders")).await;
    let body: Value = second.json().await.unwrap();
    assert_eq!(body["problems"][0]["code"], "E0124");
    owner.delete(&api::path::FLOW.replace("{id}", "first")).await;
    assert_eq!(owner.import(&hook_flow("second", "orders")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_connection_in_use_stays_and_one_with_a_mistake_is_not_saved() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let shop = api::path::CONNECTION.replace("{name}", "shop");
    for mistake in [
        json!({ "connector": "odoo", "fields": {} }),
        json!({ "connector": "shopify", "fields": { "color": "red" }, "secrets": { "webhook_secret": "s" } }),
        json!({ "connector": "shopify", "fields": { "shop_url": "shop" }, "secrets": { "webhook_secret": "s" } }),
        json!({ "connector": "nobody", "fields": {} }),
    ] {
        assert_eq!(code(owner.put(&shop, &mistake).await).await, (422, "E0414".into()), "{mistake}");
    }
    assert_eq!(owner.get(&shop).await.status(), StatusCode::NOT_FOUND);
    owner.connect("shop", "shopify", json!({}), json!({ "webhook_secret": "s" })).await;
    let erp = json!({ "url": "https://erp.example.com", "database": "d", "username": "u" });
    owner.connect("erp", "odoo", erp, json!({ "api_key": "k" })).await;
    owner.import(ORDER_TO_ERP).await;
    assert_eq!(code(owner.delete(&shop).await).await, (409, "E0409".into()));
}

#[tokio::test]
async fn a_connection_in_use_stays_with_its_connector_and_keeps_its_secrets() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let shop = api::path::CONNECTION.replace("{name}", "shop");
    let tea = json!({ "shop_url": "https://tea.myshopify.com" });
    owner.connect("shop", "shopify", tea.clone(), json!({ "webhook_secret": "s" })).await;
    let erp = json!({ "url": "https://erp.example.com", "database": "d", "username": "u" });
    owner.connect("erp", "odoo", erp.clone(), json!({ "api_key": "k" })).await;
    owner.import(ORDER_TO_ERP).await;

    let other = json!({ "connector": "odoo", "fields": erp, "secrets": { "api_key": "k" } });
    let refused: Value = owner.put(&shop, &other).await.json().await.unwrap();
    assert_eq!(refused["code"], "E0409", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("order-to-erp"), "{refused}");
    let same = json!({ "connector": "shopify", "fields": tea });
    assert_eq!(owner.put(&shop, &same).await.status(), StatusCode::OK);
    let kept = owner.get_json(&shop).await;
    assert_eq!((&kept["connector"], &kept["secrets"]), (&json!("shopify"), &json!(["webhook_secret"])));

    owner.delete(&api::path::FLOW.replace("{id}", "order-to-erp")).await;
    let changed: Value = owner.put(&shop, &other).await.json().await.unwrap();
    assert_eq!((&changed["connector"], &changed["secrets"]), (&json!("odoo"), &json!(["api_key"])));
}

#[tokio::test]
async fn secrets_do_not_follow_an_address_to_another_server() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let erp = api::path::CONNECTION.replace("{name}", "erp");
    let fields = |url: &str| json!({ "url": url, "database": "d", "username": "u" });
    owner.connect("erp", "odoo", fields("https://erp.example.com"), json!({ "api_key": "k" })).await;

    let elsewhere = json!({ "connector": "odoo", "fields": fields("https://erp.example.com:8443") });
    let refused: Value = owner.put(&erp, &elsewhere).await.json().await.unwrap();
    assert_eq!(refused["code"], "E0414", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("api_key"), "{refused}");
    assert_eq!(owner.get_json(&erp).await["fields"]["url"], "https://erp.example.com");

    let below = json!({ "connector": "odoo", "fields": fields("https://erp.example.com/odoo") });
    assert_eq!(owner.put(&erp, &below).await.status(), StatusCode::OK);
    let mut given = elsewhere;
    given["secrets"] = json!({ "api_key": "k2" });
    assert_eq!(owner.put(&erp, &given).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_failed_run_says_why_and_can_be_tried_again() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let flow = json!({
        "khlong": 1, "id": "fails", "name": "Fails",
        "nodes": [
            { "id": "go", "use": "core/manual" },
            { "id": "map", "use": "core/script", "with": { "script": "throw \"the postcode is missing\"" } },
        ],
        "edges": [{ "from": "go", "to": "map" }],
    });
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);
    let started: api::Started = owner
        .post(&api::path::FLOW_RUNS.replace("{id}", "fails"), &json!({ "input": { "id": 1 } }))
        .await
        .json()
        .await
        .unwrap();
    let run = khlong.settled(&owner, &started.run).await;
    assert_eq!((&run["run"]["state"], &run["run"]["error_node"]), (&json!("failed"), &json!("map")));
    assert!(run["run"]["error"].as_str().unwrap().contains("postcode"), "{run}");
    assert_eq!(run["edges"][0]["count"], 1);

    let retried: api::Started = owner
        .post(&api::path::RUN_RETRY.replace("{id}", &started.run), &json!({}))
        .await
        .json()
        .await
        .unwrap();
    let run = khlong.settled(&owner, &retried.run).await;
    assert_eq!(run["run"]["retry_of"], json!(started.run));
    let cancel = api::path::RUN_CANCEL.replace("{id}", &started.run);
    assert_eq!(code(owner.post(&cancel, &json!({})).await).await, (409, "E0412".into()));
    let failed = owner.get_json(&format!("{}?state=failed&flow=fails", api::path::RUNS)).await;
    assert_eq!(failed["runs"].as_array().unwrap().len(), 2);
    assert_eq!(owner.get_json(&format!("{}?state=done", api::path::RUNS)).await["runs"], json!([]));
}

/// The paths are written in the crate `api`, for clients; the description comes from the handlers.
#[test]
fn the_description_has_every_path_and_no_other() {
    let written = include_str!("../../../api/src/path.rs").lines();
    let written: BTreeSet<_> = written
        .filter_map(|line| line.trim().strip_prefix("pub const ")?.split_once(": &str = \"/"))
        .map(|(_, rest)| format!("/{}", rest.trim_end_matches("\";")))
        .collect();
    let described: BTreeSet<_> = server::openapi().paths.paths.keys().cloned().collect();
    assert!(written.len() > 20);
    assert_eq!(described, written);
}

#[tokio::test]
async fn the_description_can_be_read_by_programs_and_people() {
    let khlong = Khlong::start().await;
    let visitor = khlong.visitor();
    let openapi = visitor.get_json(api::path::OPENAPI).await;
    assert!(openapi["openapi"].as_str().unwrap().starts_with("3."));
    assert!(openapi["paths"][api::path::FLOWS]["post"]["summary"].as_str().is_some());
    let page = visitor.get(api::path::DOCS).await;
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    let page = page.text().await.unwrap();
    assert!(page.contains("POST /api/v1/flows") && !page.contains("<script") && !page.contains("style="));
}

#[tokio::test]
async fn pages_are_strict_and_unknown_addresses_of_the_api_are_errors_not_pages() {
    let khlong = Khlong::start().await;
    let visitor = khlong.visitor();
    for path in ["/", "/runs/123"] {
        let page = visitor.get(path).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert_eq!(page.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(page.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(
            page.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
    }
    assert_eq!(code(visitor.get("/api/v1/nothing").await).await, (404, "E0404".into()));
    assert_eq!(code(visitor.delete(api::path::FLOWS).await).await, (405, "E0405".into()));
    assert_eq!(visitor.get("/assets/nothing.js").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    for delivery in ["a", "a", "b"] {
        let hook = reqwest::Client::new().post(format!("{}/hooks/orders", khlong.url));
        hook.header("x-delivery", delivery).body("{}").send().await.unwrap();
    }
    let metrics = owner.get("/metrics").await.text().await.unwrap();
    for line in [
        "khlong_events_accepted_total{flow=\"orders\"} 2",
        "khlong_events_duplicate_total{flow=\"orders\"} 1",
        "khlong_accept_seconds_count 2",
        "khlong_http_answers_total{area=\"hooks\",class=\"2xx\"} 3",
    ] {
        assert!(metrics.lines().any(|have| have == line), "{line} is missing in\n{metrics}");
    }
    assert_eq!(owner.get("/health/ready").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_address_that_ends_a_wait_is_not_for_those_who_only_watch() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let flow = json!({
        "khlong": 1, "id": "asks", "name": "Asks",
        "nodes": [
            { "id": "go", "use": "core/manual" },
            { "id": "wait", "use": "core/wait", "with": { "callback": true } },
        ],
        "edges": [{ "from": "go", "to": "wait" }],
    });
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);
    let start = api::path::FLOW_RUNS.replace("{id}", "asks");
    let mut changes = khlong.app.engine().watch();
    let started: api::Started = owner.post(&start, &json!({})).await.json().await.unwrap();
    let path = api::path::RUN.replace("{id}", &started.run);
    let (viewer, operator) =
        (khlong.program(&owner, "viewer").await, khlong.program(&owner, "operator").await);
    while !operator.get_json(&path).await.to_string().contains("/hooks/resume/") {
        changes.recv().await.unwrap();
    }
    let watched = viewer.get_json(&path).await;
    assert_eq!(watched["steps"][0]["node"], "wait", "{watched}");
    assert!(!watched.to_string().contains("/hooks/resume/"), "{watched}");
}

#[tokio::test]
async fn failures_are_listed_by_kind_and_a_repaired_event_mends_them() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let flow = json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            { "id": "in", "use": "core/webhook", "with": { "path": "orders" } },
            { "id": "map", "use": "core/script", "with": { "script": "if input.n > 1 { throw `order ${input.n} is wrong` } input.n" } },
        ],
        "edges": [{ "from": "in", "to": "map" }],
    });
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);
    let hook = format!("{}/hooks/orders", khlong.url);
    let sent = reqwest::Client::new().post(hook).body(r#"{"n": 7}"#).send().await.unwrap();
    let started: api::Started = sent.json().await.unwrap();
    let group = loop {
        let list = owner.get_json(api::path::ERRORS).await;
        if let Some(group) = list["groups"].as_array().and_then(|groups| groups.first()) {
            break group.clone();
        }
    };
    assert_eq!((&group["node"], &group["runs"], &group["open"]), (&json!("map"), &json!(1), &json!(1)));
    let retry = api::path::RUN_RETRY.replace("{id}", &started.run);
    let both = json!({ "trigger": { "n": 1 }, "input": 1 });
    assert_eq!(owner.post(&retry, &both).await.status(), StatusCode::BAD_REQUEST);
    let again = owner.post(&retry, &json!({ "trigger": { "n": 1 } })).await;
    assert_eq!(again.status(), StatusCode::ACCEPTED);
    while owner.get_json(api::path::ERRORS).await["groups"][0]["open"] != json!(0) {}
    let open = owner.get_json(&format!("{}?open=true", api::path::ERRORS)).await;
    assert_eq!(open, json!({ "groups": [], "next": null }));
}
