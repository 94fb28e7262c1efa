//! Where calls go and what they sign in with, by what a connection holds.

mod common;

use common::{import, operation, read};
use openapi::Imported;
use openapi::access::{GrantKind, Scheme};
use serde_json::{Value, json};

fn address(imported: &Imported, id: &str, connection: Value) -> String {
    let connection = connection.as_object().cloned().unwrap_or_default();
    let found = imported.access.address(operation(imported, id), &connection);
    found.unwrap_or_else(|problem| problem.to_string())
}

#[test]
fn a_connection_s_own_address_goes_before_the_document_s() {
    let imported = import("courier.yaml");
    let ping = |connection: Value| address(&imported, "reo_express_open_api/ping", connection);
    assert_eq!(ping(json!({})), "https://api.reo-express.example/open");
    assert_eq!(
        ping(json!({"server": "https://training.reo-express.example/open"})),
        "https://training.reo-express.example/open"
    );
    assert_eq!(ping(json!({"server": "https://elsewhere.example"})), "https://api.reo-express.example/open");
    assert_eq!(ping(json!({"base_url": " https://proxy.example/reo/?x=1#y "})), "https://proxy.example/reo");
    assert!(ping(json!({"base_url": "ftp://x.example"})).contains("no http or https address"));
    assert!(
        ping(json!({"base_url": "https://me:secret@x.example"}))
            .contains("has a user name or password in it")
    );
}

#[test]
fn parts_of_an_address_come_from_the_connection_and_stay_parts() {
    let imported = import("shop-admin.json");
    let list = |connection: Value| address(&imported, "talad_shop_admin_api/products_list", connection);
    assert_eq!(list(json!({"shop": "tea"})), "https://tea.talad.example/admin/api/2026-10");
    assert!(
        list(json!({})).starts_with("/shop: The connection has no \"shop\", which is a part of the address")
    );
    assert!(list(json!({"shop": "tea@evil.example"})).contains("cannot be called"));
    let imported = import("pets-openapi-3.1.yaml");
    let rooms = |connection: Value| address(&imported, "pet_hotel/list_rooms", connection);
    assert_eq!(rooms(json!({})), "https://th.pet-hotel.example/v1");
    assert_eq!(rooms(json!({"region": "sg", "port": "8443"})), "https://sg.pet-hotel.example:8443/v1");
}

#[test]
fn a_server_without_a_host_is_where_the_document_was() {
    let imported = import("pets-openapi-3.0.yaml");
    assert_eq!(address(&imported, "pets_friends/pets_list", json!({})), "https://docs.example/api/v3");
    let unknown = openapi::read(&common::text("pets-openapi-3.0.yaml"), &openapi::Wanted::default())
        .expect("it is read");
    assert!(
        address(&unknown, "pets_friends/pets_list", json!({}))
            .starts_with("/base_url: The connection has no base address.")
    );
    assert!(unknown.notes.iter().any(|note| note.code == "no-server"));
    let connection = unknown.spec.connection.expect("a connection");
    assert!(connection.fields.iter().any(|field| field.name == "base_url" && field.required));
}

#[test]
fn an_operation_may_be_at_a_server_of_its_own() {
    let imported = import("payments.yaml");
    assert_eq!(
        address(&imported, "siam_pay_api/post_files", json!({"base_url": "https://proxy.example"})),
        "https://files.siam-pay.example"
    );
    assert_eq!(address(&imported, "siam_pay_api/get_charges", json!({})), "https://api.siam-pay.example");
}

/// The schemes that an operation signs in with, where a connection has these fields.
fn signs_in(imported: &Imported, id: &str, filled: &[&str]) -> Result<Vec<String>, String> {
    let found = imported.access.credentials(operation(imported, id), |field| filled.contains(&field));
    let name = |scheme: &Scheme| match scheme {
        Scheme::Key { name, .. } => name.clone(),
        Scheme::Basic { .. } => "basic".to_owned(),
        Scheme::Bearer { .. } => "bearer".to_owned(),
        Scheme::OAuth(_) => "oauth".to_owned(),
    };
    found
        .map(|all| all.iter().map(|(scheme, _)| name(scheme)).collect())
        .map_err(|problem| problem.message.en)
}

#[test]
fn the_first_way_to_sign_in_that_is_complete_is_taken() {
    let imported = import("crm.yaml");
    let search = |filled: &[&str]| signs_in(&imported, "customer_desk/contacts_search", filled);
    assert_eq!(search(&["key", "account", "oauth_token"]), Ok(vec!["oauth".to_owned()]));
    assert_eq!(search(&["oauth_client_id", "oauth_client_secret"]), Ok(vec!["oauth".to_owned()]));
    assert_eq!(
        search(&["oauth_client_id", "key", "account"]),
        Ok(vec!["X-Api-Key".to_owned(), "X-Account".to_owned()])
    );
    assert_eq!(
        search(&["key"]),
        Err("The connection lacks what this operation signs in with: oauth_client_id, oauth_client_secret."
            .to_owned())
    );
    let imported = import("courier.yaml");
    assert_eq!(signs_in(&imported, "reo_express_open_api/ping", &["merchant_key"]), Ok(Vec::new()));
}

#[test]
fn where_nothing_is_needed_what_there_is_is_sent_all_the_same() {
    let document = json!({"openapi": "3.0.0", "info": {"title": "Sloppy"}, "paths": {"/a": {"get": {}}},
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}}});
    let imported = read(&document.to_string());
    assert!(imported.notes.iter().any(|note| note.code == "unused-schemes"));
    assert_eq!(signs_in(&imported, "sloppy/get_a", &["key"]), Ok(vec!["X-Key".to_owned()]));
    assert_eq!(signs_in(&imported, "sloppy/get_a", &[]), Ok(Vec::new()));
}

#[test]
fn client_credentials_know_where_their_token_comes_from() {
    let imported = import("accounting-th.yaml");
    let Some(Scheme::OAuth(oauth)) = imported.access.schemes.get("oauth") else { panic!("no OAuth") };
    let [grant] = oauth.grants.as_slice() else { panic!("one grant") };
    assert_eq!(grant.kind, GrantKind::ClientCredentials);
    assert_eq!(grant.token_url, "https://api.banchi-ngai.example/v1/token");
    let need = &operation(&imported, "accounting_api/attach").call.sign_in[0][0];
    assert_eq!(need.scopes, ["accounting"]);
}

#[test]
fn a_token_s_address_without_a_host_is_the_system_s_own() {
    let flows = json!({"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}});
    let document = json!({"openapi": "3.0.0", "info": {"title": "Own"}, "servers": [{"url": "https://x.example/api"}],
        "paths": {"/a": {"get": {"security": [{"o": []}]}}},
        "components": {"securitySchemes": {"o": {"type": "oauth2", "flows": flows}}}});
    let imported = read(&document.to_string());
    let Some(Scheme::OAuth(oauth)) = imported.access.schemes.get("o") else { panic!("no OAuth") };
    assert_eq!(oauth.grants[0].token_url, "https://x.example/oauth/token");
}

#[test]
fn the_connection_asks_for_what_is_needed_and_a_secret_has_no_example() {
    for path in common::documents() {
        let imported = import(&path.file_name().unwrap_or_default().to_string_lossy());
        let connection = imported.spec.connection.as_ref().expect("a connection");
        let mut names = std::collections::BTreeSet::new();
        for field in &connection.fields {
            assert!(common::is_snake(&field.name) && names.insert(&field.name), "{}", field.name);
            assert!(!field.about.en.is_empty() && !field.about.th.is_empty(), "{}", field.name);
            if field.kind == model::FieldKind::Secret {
                assert!(field.default.is_null() && field.example.is_null(), "{}", field.name);
            }
        }
        for operation in &imported.operations {
            let is_secret = |field: &model::Field| field.kind == model::FieldKind::Secret;
            assert!(!operation.spec.fields.iter().any(is_secret), "{}", operation.spec.id);
        }
    }
}

#[test]
fn what_the_vendor_grants_is_the_connection_s_rate() {
    let rate = |name: &str| {
        import(name).spec.connection.and_then(|connection| connection.rate(&serde_json::Map::new()))
    };
    let shop = rate("shop-admin.json").expect("a rate");
    assert_eq!((shop.calls, shop.per.as_ms(), shop.burst), (2, 1_000, 40));
    assert_eq!(rate("courier.yaml"), None);
}
