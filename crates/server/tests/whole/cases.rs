//! `khlong test` as an administrator calls it, who keeps flows and their cases in a folder.

use crate::command_line::khlong;
use crate::khlong::ORDER_TO_ERP;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// The order goes to the ERP under its reference; the second is refused there.
fn orders(reference: &str) -> Value {
    json!({"cases": [
        {"name": "an order is a sales order",
         "effects": [{"node": "erp", "sends": {"confirm": true, "order": {"reference": reference, "currency": "THB"}}}]},
        {"name": "a SKU that is not known fails the run",
         "answers": {"erp": {"refuses": {"message": "the product TEA-100 is not known"}}},
         "ends": {"fails": {"node": "erp", "says": "TEA-100"}}}
    ]})
}

fn folder(cases: &Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("shop")).unwrap();
    write(&folder, "shop/order-to-erp.json", ORDER_TO_ERP);
    write(&folder, "shop/order-to-erp.test.json", &cases.to_string());
    folder
}

fn write(folder: &TempDir, file: &str, text: &str) {
    std::fs::write(folder.path().join(file), text).unwrap();
}

/// The exit code, and what is printed.
fn test(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = khlong(folder, &[&["test"], args].concat());
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn cases_beside_flows_are_found_and_pass() {
    let folder = folder(&orders("SHOPIFY-820982911946154508"));
    let passed =
        (Some(0), "shop/order-to-erp.test.json: 2 passed, 0 failed\n2 passed, 0 failed\n".into(), "".into());
    for path in ["shop/order-to-erp.test.json", "shop/order-to-erp.json", "shop"] {
        assert_eq!(test(folder.path(), &[path]), passed, "{path}");
    }
    let (code, said, _) = test(folder.path(), &["."]);
    assert!(code == Some(0) && said.ends_with("\n2 passed, 0 failed\n"), "{said}");
}

#[test]
fn a_case_that_differs_is_told_and_gives_another_exit_code() {
    let folder = folder(&orders("SHOPIFY-1"));
    let (code, said, _) = test(folder.path(), &["shop"]);
    let told = "shop/order-to-erp.test.json: 1 passed, 1 failed\n  FAILED an order is a sales order\n    \
                effect 1, `erp` sends: order.reference: expected \"SHOPIFY-1\", found \"SHOPIFY-820982911946154508\"\n\
                1 passed, 1 failed\n";
    assert_eq!((code, &*said), (Some(3), told));
    let (code, said, _) = test(folder.path(), &["shop", "--name", "SKU"]);
    assert!(code == Some(0) && said.ends_with("\n1 passed, 0 failed\n"), "{said}");
    let (code, said, _) = test(folder.path(), &["shop", "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    let case = &said["files"][0]["cases"][0];
    assert_eq!((code, &said["passed"], &said["failed"]), (Some(3), &json!(1), &json!(1)));
    assert_eq!((&case["name"], &case["passed"]), (&json!("an order is a sales order"), &json!(false)));
    assert_eq!(case["differences"][0]["at"], "/cases/0/effects/0/sends/order/reference");
}

#[test]
fn what_cannot_be_tested_is_told_with_its_place_and_what_to_do() {
    let mut cases = orders("SHOPIFY-820982911946154508");
    cases["cases"][1]["answer"] = json!({});
    let folder = folder(&cases);
    write(&folder, "alone.test.json", r#"{"cases": []}"#);
    write(&folder, "broken.json", r#"{"khlong": 1, "id": "broken", "name": "Broken", "nodes": []}"#);
    write(&folder, "broken.test.json", r#"{"cases": [{"name": "a"}]}"#);
    write(&folder, "notes.txt", "");
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let told = |args: &[&str], all: &[&str]| {
        let (code, _, told) = test(folder.path(), args);
        assert_eq!(code, Some(1), "{args:?}: {told}");
        all.iter().for_each(|words| assert!(told.contains(words), "{args:?}: {words:?} in {told}"));
    };
    told(&["shop"], &["order-to-erp.test.json: error E0105 at /cases/1/answer", "Did you mean \"answers\"?"]);
    told(&["alone.test.json"], &["reading alone.json", "alone.test.json has the cases of that flow"]);
    told(&["broken.json"], &["broken.json: error E01"]);
    told(&["empty"], &["there is no file *.test.json in empty"]);
    told(&["nowhere.json"], &["reading nowhere.test.json"]);
    told(&["notes.txt"], &["notes.txt is neither a file of cases (*.test.json) nor a flow (*.json)"]);
    let (code, said, _) = test(folder.path(), &[".", "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, said["files"].as_array().unwrap().len()), (Some(1), 3));
    assert_eq!(said["files"][2]["problems"][0]["at"], "/cases/1/answer");
}

#[test]
fn a_name_that_no_case_has_is_no_success() {
    let folder = folder(&orders("SHOPIFY-820982911946154508"));
    let (code, _, told) = test(folder.path(), &["shop", "--name", "invoice"]);
    assert!(code == Some(1) && told.contains("no case's name holds \"invoice\""), "{told}");
}
