//! What browsers are told of the catalog, and of what would come into it.

use crate::khlong::{Asker, Khlong, code};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

const TEA: &str = "/api/v1/connectors/tea";

fn document() -> String {
    json!({
        "openapi": "3.0.3", "info": { "title": "Tea" }, "servers": [{ "url": "https://tea.example/v1" }],
        "security": [{ "login": ["orders"] }],
        "components": { "securitySchemes": { "login": { "type": "oauth2", "flows": { "authorizationCode": {
            "authorizationUrl": "https://tea.example/auth", "tokenUrl": "https://tea.example/token",
            "scopes": { "orders": "Orders" } } } } } },
        "paths": {
            "/pots/{id}": { "get": { "operationId": "getPot", "parameters": [
                { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } } ] } },
            "/pots": { "post": { "operationId": "makePot" } },
        },
    })
    .to_string()
}

async fn take(owner: &Asker, body: Value) {
    let answer = owner.put(TEA, &body).await;
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
}

#[tokio::test]
async fn the_specs_are_compressed_and_sent_anew_only_when_they_have_changed() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let ask = |encoding: &'static str, known: Option<String>| {
        let request = owner.ask(Method::GET, api::path::SPECS).header(header::ACCEPT_ENCODING, encoding);
        let request =
            known.into_iter().fold(request, |request, tag| request.header(header::IF_NONE_MATCH, tag));
        async { request.send().await.unwrap() }
    };
    let plain = ask("identity", None).await;
    let tag = plain.headers()[header::ETAG].to_str().unwrap().to_owned();
    let plain = plain.bytes().await.unwrap();
    for encoding in ["br", "gzip"] {
        let packed = ask(encoding, None).await;
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], encoding);
        assert!(packed.bytes().await.unwrap().len() * 3 < plain.len(), "{encoding}");
    }
    assert_eq!(ask("br", Some(tag.clone())).await.status(), StatusCode::NOT_MODIFIED);
    take(&owner, json!({ "document": document() })).await;
    let changed = ask("identity", Some(tag)).await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert!(changed.text().await.unwrap().contains("tea/get_pot"));
}

#[tokio::test]
async fn a_preview_tells_calls_servers_and_ways_in_and_who_uses_what_is_there() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    take(&owner, json!({ "document": document() })).await;
    owner.connect("pots", "tea", json!({}), json!({})).await;
    let flow = json!({
        "khlong": 1, "id": "ask", "name": "Ask", "edges": [{ "from": "start", "to": "pot" }],
        "nodes": [
            { "id": "start", "use": "core/manual" },
            { "id": "pot", "use": "tea/get_pot", "connection": "pots", "with": { "id": "1" } },
        ],
    });
    let imported = owner.import(&flow.to_string()).await;
    assert_eq!(imported.status(), StatusCode::OK, "{}", imported.text().await.unwrap());
    let asked = json!({ "document": document(), "id": "tea" });
    let preview: Value = owner.post(api::path::CONNECTORS_PREVIEW, &asked).await.json().await.unwrap();
    assert_eq!(preview["calls"], json!({ "tea/get_pot": "GET /pots/{id}", "tea/make_pot": "POST /pots" }));
    assert_eq!(
        (&preview["servers"], &preview["sign_in"]),
        (&json!(["https://tea.example/v1"]), &json!(["oauth_person"]))
    );
    let uses = json!([{ "flow": "ask", "name": "Ask", "operations": ["tea/get_pot"] }]);
    assert_eq!((&preview["flows"], &preview["connections"]), (&uses, &json!(["pots"])));

    let list = owner.get_json(&format!("{}?imported=true", api::path::CONNECTORS)).await;
    let all = list["connectors"].as_array().unwrap();
    assert_eq!((all.len(), &all[0]["flows"], &all[0]["connections"]), (1, &uses, &json!(["pots"])));
    let built_in = json!({ "document": document(), "id": "odoo" });
    assert_eq!(code(owner.post(api::path::CONNECTORS_PREVIEW, &built_in).await).await, (409, "E0409".into()));
}

#[tokio::test]
async fn some_of_a_document_is_taken_under_a_name_of_ones_own() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    take(&owner, json!({ "document": document(), "title": "The tea house", "operations": ["make_pot"] }))
        .await;
    let list = owner.get_json(&format!("{}?imported=true", api::path::CONNECTORS)).await;
    let tea = &list["connectors"][0];
    assert_eq!(
        (&tea["title"]["th"], tea["operations"].as_array().unwrap().len()),
        (&json!("The tea house"), 1)
    );
    let nothing = json!({ "document": document(), "operations": ["burn_pot"] });
    assert_eq!(code(owner.put(TEA, &nothing).await).await, (400, "E0410".into()));
}

#[tokio::test]
async fn a_trigger_that_asks_its_system_is_told_to_ask_at_once_and_another_is_not() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let fields = json!({ "url": "http://127.0.0.1:9", "database": "tea", "username": "somchai" });
    owner.connect("erp", "odoo", fields, json!({ "api_key": "S3CRET" })).await;
    let flow = json!({
        "khlong": 1, "id": "changes", "name": "Changes", "edges": [{ "from": "changed", "to": "keep" }],
        "nodes": [
            { "id": "changed", "use": "odoo/products_changed", "connection": "erp", "with": { "every": "1h" } },
            { "id": "keep", "use": "core/script", "with": { "script": "input" } },
        ],
    });
    let imported = owner.import(&flow.to_string()).await;
    assert_eq!(imported.status(), StatusCode::OK, "{}", imported.text().await.unwrap());
    let look = |node: &str| {
        let (path, body) = (api::path::FLOW_LOOK.replace("{id}", "changes"), json!({ "node": node }));
        let owner = owner.clone();
        async move { owner.post(&path, &body).await }
    };
    // It is served a moment after the flow is there.
    let answer = loop {
        let answer = look("changed").await;
        if answer.status() == StatusCode::OK {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(answer.json::<Value>().await.unwrap()["node"], "changed");
    assert_eq!(code(look("keep").await).await, (409, "E0409".into()));
    let viewer = khlong.program(&owner, "viewer").await;
    let path = api::path::FLOW_LOOK.replace("{id}", "changes");
    assert_eq!(code(viewer.post(&path, &json!({ "node": "changed" })).await).await, (403, "E0403".into()));
}

#[tokio::test]
async fn a_group_of_failures_names_its_node_as_people_do() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let flow = json!({
        "khlong": 1, "id": "fails", "name": "Fails", "edges": [{ "from": "start", "to": "n1" }],
        "nodes": [
            { "id": "start", "use": "core/manual" },
            { "id": "n1", "title": "Add it up", "use": "core/script", "with": { "script": "throw \"no\"" } },
        ],
    });
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);
    let answer = owner.post("/api/v1/flows/fails/runs", &json!({})).await;
    let started: api::Started = answer.json().await.unwrap();
    assert_eq!(khlong.settled(&owner, &started.run).await["run"]["state"], "failed");
    let groups = owner.get_json(api::path::ERRORS).await;
    assert_eq!(
        (&groups["groups"][0]["node"], &groups["groups"][0]["node_title"]),
        (&json!("n1"), &json!("Add it up"))
    );
}
