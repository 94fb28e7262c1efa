//! Secrets stay secret.

use crate::khlong::{Khlong, ORDER_TO_ERP, PASSWORD};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const SECRETS: [&str; 3] = ["hmac-key-of-the-shop", "api-key-of-the-erp", "token-of-the-shop"];

async fn furnished() -> (Khlong, crate::khlong::Asker) {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let secrets = json!({ "webhook_secret": SECRETS[0], "access_token": SECRETS[2] });
    owner.connect("shop", "shopify", json!({}), secrets).await;
    let erp = json!({ "url": "http://127.0.0.1:9", "database": "d", "username": "u" });
    owner.connect("erp", "odoo", erp, json!({ "api_key": SECRETS[1] })).await;
    assert_eq!(owner.import(ORDER_TO_ERP).await.status(), StatusCode::OK);
    (khlong, owner)
}

#[tokio::test]
async fn no_answer_holds_a_secret() {
    let (khlong, owner) = furnished().await;
    let program = khlong.program(&owner, "owner").await;
    let test = |name| api::path::CONNECTION_TEST.replace("{name}", name);
    let mut answers = vec![
        owner.post(&test("shop"), &json!({})).await.text().await.unwrap(),
        owner.post(&test("erp"), &json!({})).await.text().await.unwrap(),
    ];
    let one = |path: &str| path.replace("{id}", "order-to-erp").replace("{name}", "erp");
    for path in [
        api::path::SESSION,
        api::path::SPECS,
        api::path::FLOWS,
        &one(api::path::FLOW),
        &one(api::path::FLOW_EXPORT),
        api::path::RUNS,
        api::path::CONNECTIONS,
        &one(api::path::CONNECTION),
        api::path::TOKENS,
        api::path::AUDIT,
        "/metrics",
    ] {
        answers.push(owner.get(path).await.text().await.unwrap());
    }
    for answer in answers {
        for secret in SECRETS.iter().chain([&PASSWORD, &program.token()]) {
            assert!(!answer.contains(*secret), "{answer}");
        }
    }
    let shop = owner.get_json(&api::path::CONNECTION.replace("{name}", "shop")).await;
    assert_eq!(shop["secrets"], json!(["access_token", "webhook_secret"]));
}

#[tokio::test]
async fn the_data_folder_holds_secrets_only_sealed() {
    let (khlong, owner) = furnished().await;
    let program = khlong.program(&owner, "viewer").await;
    program.get(api::path::FLOWS).await;
    let folder = khlong.stop().await;
    let hot = fs::read_dir(folder.path()).unwrap();
    let history = fs::read_dir(folder.path().join("history")).into_iter().flatten();
    for path in hot.chain(history).map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = fs::read(path).unwrap();
        for secret in SECRETS.iter().chain([&PASSWORD, &program.token()]) {
            assert!(!holds(&bytes, secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn a_secret_left_out_stays_and_an_empty_one_is_removed() {
    let (khlong, owner) = furnished().await;
    owner.connect("shop", "shopify", json!({}), json!({})).await;
    let shop = api::path::CONNECTION.replace("{name}", "shop");
    assert_eq!(owner.get_json(&shop).await["secrets"], json!(["access_token", "webhook_secret"]));
    owner.connect("shop", "shopify", json!({}), json!({ "access_token": "" })).await;
    assert_eq!(owner.get_json(&shop).await["secrets"], json!(["webhook_secret"]));
    drop(khlong);
}

#[tokio::test]
async fn secrets_do_not_go_to_an_address_that_was_not_there_when_they_were_given() {
    let (_khlong, owner) = furnished().await;
    let shop = api::path::CONNECTION.replace("{name}", "shop");
    let save = |address: &str, secrets: &Value| json!({ "connector": "shopify", "fields": { "shop_url": address }, "secrets": secrets });
    let given = json!({ "access_token": SECRETS[2], "webhook_secret": SECRETS[0] });
    let nothing = json!({});
    for (address, secrets, expected) in [
        ("https://evil.example", &nothing, StatusCode::UNPROCESSABLE_ENTITY),
        ("https://shop.example.com", &given, StatusCode::OK),
        ("https://evil.example", &nothing, StatusCode::UNPROCESSABLE_ENTITY),
        // Taken away and given anew is no way around it.
        ("", &nothing, StatusCode::OK),
        ("https://evil.example", &nothing, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = owner.put(&shop, &save(address, secrets)).await;
        assert_eq!(answer.status(), expected, "{address}: {}", answer.text().await.unwrap());
    }
}

#[tokio::test]
async fn a_password_does_not_go_to_another_server_nor_in_clear_where_it_went_encrypted() {
    let (_khlong, owner) = furnished().await;
    let files = api::path::CONNECTION.replace("{name}", "files");
    let fields = json!({ "host": "ftp.example.com", "username": "shop", "base_folder": "out" });
    let with = |name: &str, value: Value| {
        let mut fields = fields.clone();
        fields[name] = value;
        fields
    };
    let save =
        |fields: Value, secrets: Value| json!({ "connector": "ftp", "fields": fields, "secrets": secrets });
    let first = owner.put(&files, &save(fields.clone(), json!({ "password": SECRETS[0] }))).await;
    assert_eq!(first.status(), StatusCode::OK, "{}", first.text().await.unwrap());
    for (name, value) in [
        ("host", json!("evil.example")),
        ("port", json!(2121)),
        ("security", json!("none")),
        ("plain_password", json!(true)),
        ("ca_pem", json!("-----BEGIN CERTIFICATE-----")),
    ] {
        let changed = with(name, value);
        let alone = owner.put(&files, &save(changed.clone(), json!({}))).await;
        assert_eq!(alone.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let answer = alone.text().await.unwrap();
        assert!(answer.contains(name) && answer.contains("password"), "{answer}");
    }
    let elsewhere = with("base_folder", json!("in"));
    assert_eq!(owner.put(&files, &save(elsewhere, json!({}))).await.status(), StatusCode::OK);
    let moved = save(with("host", json!("ftp.example.net")), json!({ "password": SECRETS[1] }));
    assert_eq!(owner.put(&files, &moved).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn secrets_are_there_after_a_restart_and_after_a_new_key() {
    let (khlong, _) = furnished().await;
    let folder = khlong.stop().await;
    let before = fs::read_to_string(folder.path().join("master.key")).unwrap();
    {
        let store = settings(folder.path()).open_store().await.unwrap().store();
        assert_eq!(server::vault::rotate(&*store, folder.path()).await.unwrap(), 2);
    }
    assert_ne!(fs::read_to_string(folder.path().join("master.key")).unwrap(), before);
    let khlong = Khlong::start_in(folder, |_| {}).await;
    let body = br#"{"id":1}"#;
    let hook = reqwest::Client::new()
        .post(format!("{}/hooks/shopify/order-created", khlong.url))
        .header("content-type", "application/json")
        .header("x-shopify-topic", "orders/create")
        .header("x-shopify-webhook-id", "1")
        .header("x-shopify-hmac-sha256", sandbox::sign(SECRETS[0], body))
        .body(body.to_vec());
    assert_eq!(hook.send().await.unwrap().status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn another_master_key_opens_nothing() {
    let (khlong, _) = furnished().await;
    let folder = khlong.stop().await;
    fs::write(folder.path().join("master.key"), "00".repeat(32)).unwrap();
    let error = server::App::open(&settings(folder.path())).await.err().expect("refused");
    assert!(error.to_string().contains("master key"), "{error:#}");
}

fn settings(folder: &Path) -> server::Settings {
    let mut settings = server::Settings::new(folder, "");
    settings.allow_network_dir = true;
    settings
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_folder_without_its_master_key_is_given_no_other() {
    let folder = Khlong::start().await.stop().await;
    let key = folder.path().join("master.key");
    fs::remove_file(&key).unwrap();
    let mut settings = server::Settings::new(folder.path(), "");
    settings.allow_network_dir = true;
    let refused = server::App::open(&settings).await.err().expect("refused").to_string();
    assert!(refused.contains("there is no master key"), "{refused}");
    assert!(!key.exists(), "nobody is to take another one for it");
}
