//! The program as an administrator starts it.

use crate::khlong::{ORDER_TO_ERP, hook_flow};
use crate::process::{KHLONG, Process, text};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

pub fn khlong(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(KHLONG);
    command.args(args).current_dir(folder).env("KHLONG_DATA", folder.join("data"));
    command.env("KHLONG_ALLOW_NETWORK_DIR", "true").output().unwrap()
}

fn out(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    out.into_owned()
}

#[test]
fn validate_names_the_problems_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.json"), ORDER_TO_ERP).unwrap();
    std::fs::write(
        folder.path().join("bad.json"),
        r#"{"khlong": 1, "id": "bad", "name": "Bad", "nodes": []}"#,
    )
    .unwrap();
    out(&khlong(folder.path(), &["validate", "good.json"]));
    let bad = khlong(folder.path(), &["validate", "good.json", "bad.json"]);
    assert_eq!(bad.status.code(), Some(1));
    let told = String::from_utf8_lossy(&bad.stderr);
    assert!(told.contains("bad.json: error E01") && !told.contains("good.json: error"), "{told}");
}

#[test]
fn a_schedule_in_a_time_zone_that_there_is_not_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (zone, is_there) in
        [("Asia/Bangkok", true), ("UTC", true), ("Mars/Base", false), ("Asia/Bang kok", false)]
    {
        let flow = json!({
            "khlong": 1, "id": "nightly", "name": "Nightly",
            "nodes": [{ "id": "at", "use": "core/schedule", "with": { "cron": "0 2 * * *", "time_zone": zone } },
                      { "id": "map", "use": "core/script", "with": { "script": "input" } }],
            "edges": [{ "from": "at", "to": "map" }],
        });
        std::fs::write(folder.path().join("flow.json"), flow.to_string()).unwrap();
        let validated = khlong(folder.path(), &["validate", "flow.json"]);
        let told = String::from_utf8_lossy(&validated.stderr).into_owned();
        assert_eq!(
            (validated.status.success(), told.matches("E0137").count()),
            (is_there, usize::from(!is_there)),
            "{told}"
        );
        assert!(
            is_there || told.contains("/nodes/0/with/time_zone") && told.contains("Asia/Bangkok"),
            "{told}"
        );
    }
}

#[test]
fn the_doctor_does_not_advise_a_new_store_where_one_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let advice = || {
        let report = khlong(folder.path(), &["doctor", "--json"]).stdout;
        found(&serde_json::from_slice(&report).unwrap(), "store").1
    };
    assert!(advice().contains("khlong serve"), "there is none yet");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("khlong.db"), "not what it was").unwrap();
    assert!(advice().contains("khlong restore") && !advice().contains("khlong serve"), "{}", advice());
}

#[test]
fn a_folder_that_was_typed_wrong_does_not_become_a_store() {
    let folder = tempfile::tempdir().unwrap();
    for command in
        [&["export", "a"][..], &["export", "--all", "all.khlong"], &["flow", "hold", "a"], &["key", "rotate"]]
    {
        let refused = khlong(folder.path(), &[command, &["--data", "nowhere"]].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && told.contains("there is no store in nowhere"),
            "{command:?}: {told}"
        );
        assert!(!folder.path().join("nowhere").exists(), "{command:?}");
    }
}

#[test]
fn run_runs_a_flow_once_and_prints_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let flow = json!({
        "khlong": 1, "id": "double", "name": "Double",
        "nodes": [
            { "id": "go", "use": "core/manual" },
            { "id": "map", "use": "core/script", "with": { "script": "#{ id: input.id, twice: input.price * 2 }" } },
        ],
        "edges": [{ "from": "go", "to": "map" }],
    });
    std::fs::write(folder.path().join("flow.json"), flow.to_string()).unwrap();
    std::fs::write(folder.path().join("in.json"), r#"{"id": 9007199254740993, "price": 0.10}"#).unwrap();
    let printed = out(&khlong(folder.path(), &["run", "flow.json", "--input", "in.json"]));
    let outcome: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(outcome["state"], "done");
    let step = outcome["steps"].as_array().unwrap().iter().find(|step| step["node"] == "map").unwrap();
    assert_eq!(step["output"].to_string(), r#"{"id":9007199254740993,"twice":0.20}"#);
}

#[test]
fn an_n8n_workflow_becomes_a_draft_with_a_report_and_never_a_flow() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let workflow = include_str!("../../../n8n/tests/workflows/code-that-needs-a-person.json");
    std::fs::write(at.join("w.json"), workflow).unwrap();
    let said = out(&khlong(at, &["import", "w.json"]));
    assert!(said.contains("code-that-stays: a draft") && said.contains("needs a person (3)"), "{said}");
    let again = out(&khlong(at, &["import", "w.json"]));
    assert!(again.contains("code-that-stays-2: a draft"), "nothing is overwritten: {again}");
    let exported = khlong(at, &["export"]);
    assert!(String::from_utf8_lossy(&exported.stderr).contains("there are 0 flows"), "{exported:?}");
}

#[test]
fn flows_accounts_and_keys_are_looked_after_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("a.json"), hook_flow("a", "one")).unwrap();
    std::fs::write(at.join("b.json"), hook_flow("b", "one")).unwrap();
    assert!(out(&khlong(at, &["import", "a.json"])).contains("a: version 1, new"));
    let taken = khlong(at, &["import", "b.json"]);
    assert!(String::from_utf8_lossy(&taken.stderr).contains("E0124"), "one path, one flow");
    let exported = out(&khlong(at, &["export", "a"]));
    out(&khlong(at, &["export", "--out", "flows"]));
    assert_eq!(std::fs::read_to_string(at.join("flows/a.json")).unwrap(), exported);
    assert!(out(&khlong(at, &["import", "flows/a.json"])).contains("a: version 1, as it was"));

    let password =
        out(&khlong(at, &["user", "add", "--email", "o@example.com", "--name", "O", "--role", "owner"]));
    assert!(password.trim().len() >= 20);
    assert_ne!(out(&khlong(at, &["user", "password", "o@example.com"])), password);
    assert!(out(&khlong(at, &["token", "create", "--name", "ci"])).starts_with("khl_"));
    out(&khlong(at, &["key", "rotate"]));
    let report = out(&khlong(at, &["doctor"]));
    assert!(report.contains("ok    flow a") && !report.contains("BAD"), "{report}");
    let found: Value = serde_json::from_str(&out(&khlong(at, &["doctor", "--json"]))).unwrap();
    assert_eq!(found["ok"], true, "{found:#}");
    out(&khlong(at, &["backup", "copy"]));
    out(&khlong(at, &["restore", "copy", "--data", "new"]));
    assert!(at.join("new/khlong.db").exists());
}

#[tokio::test]
async fn the_demo_is_ready_with_one_line_and_goes_on_at_the_second_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let args = ["demo", "--json", "--port", "0", "--orders", "0", "--data", data];
    let mut first = Process::spawn(&args);
    let ready = first.ready().expect("one line of JSON");
    let fields: Vec<_> = ready.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "url",
            "owner_email",
            "owner_password",
            "api_token",
            "webhook_url",
            "webhook_secret",
            "shop_url",
            "erp_url",
        ]
    );
    let http = reqwest::Client::new();
    let made = http
        .post(format!("{}/_sandbox/orders", text(&ready, "shop_url")))
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert!(made.status().is_success());
    wait_for_orders(&http, text(&ready, "erp_url"), 1).await;
    first.kill();

    let mut second = Process::spawn(&args);
    let again = second.ready().expect("ready again");
    for same in ["owner_email", "owner_password", "api_token", "webhook_secret"] {
        assert_eq!(ready[same], again[same], "{same}");
    }
    let flows: Value = http
        .get(format!("{}{}", text(&again, "url"), api::path::FLOWS))
        .bearer_auth(text(&again, "api_token"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let totals = &flows["flows"][0]["totals"];
    assert_eq!(totals["done"].as_u64().unwrap() + totals["open"].as_u64().unwrap(), 1, "{flows}");
}

async fn wait_for_orders(http: &reqwest::Client, erp: &str, count: u64) {
    loop {
        let asked = http.get(format!("{erp}/_sandbox/orders?count_only=1")).send().await.unwrap();
        if asked.json::<Value>().await.unwrap()["count"].as_u64() >= Some(count) {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// What the doctor says of a check: its level, and everything about it.
fn found(report: &Value, check: &str) -> (String, String) {
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["check"] == check);
    let finding = finding.unwrap_or_else(|| panic!("nothing about {check}: {report:#}"));
    (text(finding, "level").to_owned(), finding.to_string())
}

#[test]
fn the_doctor_looks_while_a_server_works_and_says_what_to_do() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("a.json"), hook_flow("a", "one")).unwrap();
    out(&khlong(at, &["import", "a.json"]));
    let data = at.join("data");
    let mut server = Process::spawn(&["serve", "--json", "--port", "0", "--data", data.to_str().unwrap()]);
    let url = text(&server.ready().unwrap(), "url").to_owned();
    let port = url.rsplit_once(':').unwrap().1;
    let key = data.join("master.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let looked = khlong(at, &["doctor", "--json", "--port", port]);
    assert!(!looked.status.success(), "others can read the key");
    let report: Value = serde_json::from_slice(&looked.stdout).unwrap();
    assert_eq!(found(&report, "server").0, "ok", "{report:#}");
    assert_eq!(found(&report, "store").0, "ok", "{report:#}");
    let (level, about) = found(&report, "files");
    assert!(level == "bad" && about.contains("chmod 600"), "{about}");

    server.kill();
    std::fs::remove_file(&key).unwrap();
    let report: Value = serde_json::from_slice(&khlong(at, &["doctor", "--json"]).stdout).unwrap();
    assert!(found(&report, "server").1.contains("no server"), "{report:#}");
    assert_eq!(found(&report, "secrets").0, "bad", "{report:#}");
    assert!(!key.exists(), "it makes nothing");
}
