//! Cross-references: put by people and programs, read by mappings.

use crate::khlong::{Asker, Khlong, code};
use reqwest::StatusCode;
use serde_json::{Value, json};

const XREFS: &str = "/api/v1/xrefs";

fn customer(external: &str, own: &str) -> Value {
    json!({"entity": "customer", "system": "shopify", "external": external, "own": own})
}

async fn put(asker: &Asker, xrefs: Vec<Value>) {
    let answer = asker.put(XREFS, &json!({ "xrefs": xrefs })).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
}

fn ids(list: &Value) -> Vec<(&str, &str)> {
    let xrefs = list["xrefs"].as_array().unwrap();
    xrefs.iter().map(|xref| (xref["external"].as_str().unwrap(), xref["own"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn an_editor_puts_searches_goes_on_and_removes() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let editor = khlong.program(&owner, "editor").await;
    put(&editor, vec![customer("8231", "17"), customer("8232", "18"), customer("ก/1", "19")]).await;
    put(&editor, vec![json!({"entity": "product", "system": "lazada", "external": "A", "own": "8231"})])
        .await;
    let first = editor.get_json(&format!("{XREFS}?limit=2")).await;
    assert_eq!(ids(&first), [("8231", "17"), ("8232", "18")]);
    assert!(first["xrefs"][0]["changed_by"].as_str().unwrap().starts_with("token:"));
    let next = urlencoded(first["next"].as_str().unwrap());
    let rest = editor.get_json(&format!("{XREFS}?limit=3&after={next}")).await;
    assert_eq!((ids(&rest), rest.get("next")), (vec![("ก/1", "19"), ("A", "8231")], None));
    let found = editor.get_json(&format!("{XREFS}?text=8231")).await;
    assert_eq!(ids(&found), [("8231", "17"), ("A", "8231")], "by either id");
    let of_customers = editor.get_json(&format!("{XREFS}?entity=customer&system=shopify&text=1")).await;
    assert_eq!(ids(&of_customers), [("8231", "17"), ("8232", "18"), ("ก/1", "19")]);
    let kinds = editor.get_json("/api/v1/xrefs/kinds").await;
    let kind = |entity: &str, system: &str| json!({"entity": entity, "system": system});
    assert_eq!(kinds["kinds"], json!([kind("customer", "shopify"), kind("product", "lazada")]));

    let one = format!("{XREFS}?entity=customer&system=shopify&external={}", urlencoded("ก/1"));
    assert_eq!(editor.delete(&one).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(code(editor.delete(&one).await).await, (404, "E0404".into()));
    let trail = owner.get_json(api::path::AUDIT).await;
    let told: Vec<_> =
        trail["entries"].as_array().unwrap().iter().map(|entry| (&entry["what"], &entry["on"])).collect();
    assert_eq!(told[0], (&json!("xref.remove"), &json!("customer shopify ก/1")));
    assert_eq!(told[2], (&json!("xref.put"), &json!("customer shopify 8231 = 17 +2")));
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn a_mapping_in_the_making_asks_for_all_its_keys_at_once() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    put(&owner, vec![customer("8231", "17"), customer("8232", "17")]).await;
    let viewer = khlong.program(&owner, "viewer").await;
    let key = |way: &str, id: &str| json!({"entity": "customer", "system": "shopify", "way": way, "id": id});
    let keys = json!({"keys": [key("to_own", "8232"), key("to_own", "9"), key("to_system", "17")]});
    let answer: Value = viewer.post("/api/v1/xrefs/find", &keys).await.json().await.unwrap();
    assert_eq!(answer["found"], json!([{"one": "17"}, "nothing", {"several": 2}]));
}

#[tokio::test]
async fn who_may_not_edit_changes_no_cross_reference() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    put(&owner, vec![customer("8231", "17")]).await;
    for role in ["viewer", "operator"] {
        let program = khlong.program(&owner, role).await;
        let refused = program.put(XREFS, &json!({"xrefs": [customer("1", "2")]})).await;
        assert_eq!(code(refused).await, (403, "E0403".into()), "{role}");
        let one = format!("{XREFS}?entity=customer&system=shopify&external=8231");
        assert_eq!(code(program.delete(&one).await).await, (403, "E0403".into()), "{role}");
        assert_eq!(ids(&program.get_json(XREFS).await), [("8231", "17")]);
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_of_it_is_put() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let many: Vec<Value> = (0..1_001).map(|n| customer(&n.to_string(), "1")).collect();
    for (xrefs, named) in [
        (vec![], "nothing"),
        (many, "1001"),
        (vec![customer("1", "2"), customer("", "2")], "xrefs[1].external"),
        (
            vec![
                customer("1", "2"),
                json!({"entity": " customer", "system": "s", "external": "1", "own": "2"}),
            ],
            "xrefs[1].entity",
        ),
        (vec![customer("1", &"x".repeat(201))], "xrefs[0].own"),
    ] {
        let answer = owner.put(XREFS, &json!({ "xrefs": xrefs })).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{named}");
        let said: Value = answer.json().await.unwrap();
        assert!(said["message"].as_str().unwrap().contains(named), "{said}");
    }
    assert_eq!(ids(&owner.get_json(XREFS).await), []);
    assert_eq!(code(owner.get(&format!("{XREFS}?after=8231")).await).await, (400, "E0410".into()));
}
