//! HubSpot.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::booth::Booth;

struct HubSpot(Booth);

impl HubSpot {
    async fn open() -> Self {
        Self(Booth::open("hubspot").await)
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = self.0.url(&format!("/crm/objects/2026-03{path}"));
        let request = self.0.client.http.request(method.parse().unwrap(), url);
        request.bearer_auth(self.0.key("private_token"))
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.0.client.send(self.request(method, path).body(body.to_string())).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.0.client.send(self.request("GET", path)).await
    }

    async fn upsert(&self, inputs: Value) -> (u16, Value) {
        self.call("POST", "/contacts/batch/upsert", json!({ "inputs": inputs })).await
    }
}

fn somchai() -> Value {
    json!({ "idProperty": "khlong_external_id", "id": "shopify:8891", "objectWriteTraceId": "run77-1",
        "properties": { "khlong_external_id": "shopify:8891", "email": "somchai@example.com", "firstname": "สมชาย" } })
}

#[tokio::test]
async fn a_customer_is_made_once_and_then_changed() {
    let hubspot = HubSpot::open().await;
    let (status, first) = hubspot.upsert(json!([somchai()])).await;
    assert_eq!(
        (status, &first["status"], &first["results"][0]["new"]),
        (200, &json!("COMPLETE"), &json!(true)),
        "{first}"
    );
    let mut changed = somchai();
    changed["properties"]["phone"] = json!("+66810000001");
    let (_, again) = hubspot.upsert(json!([changed])).await;
    assert_eq!(
        (&again["results"][0]["new"], &again["results"][0]["id"]),
        (&json!(false), &first["results"][0]["id"])
    );
    assert_eq!(again["results"][0]["properties"]["firstname"], "สมชาย");
    let (status, found) =
        hubspot.get("/contacts/somchai@example.com?idProperty=email&properties=phone").await;
    assert_eq!((status, &found["properties"]["phone"]), (200, &json!("+66810000001")));
}

#[tokio::test]
async fn a_batch_that_half_fails_says_which_half() {
    let hubspot = HubSpot::open().await;
    let mut wrong = somchai();
    wrong["id"] = json!("shopify:8892");
    wrong["objectWriteTraceId"] = json!("run77-2");
    wrong["properties"] = json!({ "email": "nobody", "colour": "red" });
    let (status, answer) = hubspot.upsert(json!([somchai(), wrong])).await;
    assert_eq!((status, answer["results"].as_array().unwrap().len()), (207, 1), "{answer}");
    assert_eq!(answer["errors"][0]["context"]["objectWriteTraceId"], json!(["run77-2"]));
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("INVALID_EMAIL") && message.contains("PROPERTY_DOESNT_EXIST"), "{message}");
    assert_eq!(hubspot.upsert(json!([somchai(), somchai()])).await.0, 400, "twice in one batch");
    assert_eq!(
        hubspot.upsert(json!([{ "idProperty": "firstname", "id": "a", "properties": {} }])).await.0,
        207
    );
}

#[tokio::test]
async fn a_contact_that_exists_is_a_conflict_that_names_it() {
    let hubspot = HubSpot::open().await;
    let contact = json!({ "properties": { "email": "somchai@example.com" } });
    let (status, made) = hubspot.call("POST", "/contacts", contact.clone()).await;
    assert_eq!(status, 201);
    let (status, refused) = hubspot.call("POST", "/contacts", contact).await;
    assert_eq!((status, &refused["category"]), (409, &json!("CONFLICT")));
    assert!(refused["message"].as_str().unwrap().ends_with(made["id"].as_str().unwrap()));
    assert!(made["id"].as_str().unwrap().parse::<u64>().unwrap() > 1 << 53, "a float would show");
}

#[tokio::test]
async fn a_search_finds_what_changed_page_by_page() {
    let hubspot = HubSpot::open().await;
    for number in 0..3 {
        let contact = json!({ "properties": { "email": format!("c{number}@example.com") } });
        hubspot.call("POST", "/contacts", contact).await;
    }
    let search = |after: &str| {
        json!({ "filterGroups": [{ "filters": [{ "propertyName": "lastmodifieddate", "operator": "GTE", "value": "1795143600000" }] }],
            "sorts": ["-email"], "properties": ["email"], "limit": 2, "after": after })
    };
    let (_, page) = hubspot.call("POST", "/contacts/search", search("0")).await;
    assert_eq!((&page["total"], &page["paging"]["next"]["after"]), (&json!(3), &json!("2")), "{page}");
    assert_eq!(page["results"][0]["properties"]["email"], "c2@example.com");
    let (_, page) = hubspot.call("POST", "/contacts/search", search("2")).await;
    assert_eq!((page["results"].as_array().unwrap().len(), &page["paging"]), (1, &json!(null)));
    assert_eq!(hubspot.call("POST", "/contacts/search", search("9999")).await.0, 400, "ten thousand at most");
}

#[tokio::test]
async fn searches_and_calls_have_limits_and_say_which() {
    let hubspot = HubSpot::open().await;
    for _ in 0..5 {
        assert_eq!(hubspot.call("POST", "/contacts/search", json!({})).await.0, 200);
    }
    let (status, body) = hubspot.call("POST", "/contacts/search", json!({})).await;
    assert_eq!((status, &body["policyName"]), (429, &json!("SECONDLY")));
    hubspot.0.set(json!({ "per_ten_seconds": 6 })).await;
    let answer = hubspot.request("GET", "/contacts").send().await.unwrap();
    assert_eq!(answer.headers()["x-hubspot-ratelimit-remaining"], "0");
    assert_eq!(hubspot.get("/contacts").await.1["policyName"], "TEN_SECONDLY_ROLLING");
    hubspot.0.set(json!({ "per_day": 6 })).await;
    assert_eq!(hubspot.get("/contacts").await.1["policyName"], "DAILY");
}

#[tokio::test]
async fn a_deal_is_linked_to_its_contact_at_once_or_later() {
    let hubspot = HubSpot::open().await;
    let contact =
        hubspot.call("POST", "/contacts", json!({ "properties": { "firstname": "ก" } })).await.1["id"]
            .clone();
    let link = json!({ "to": { "id": contact }, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3 }] });
    let deal =
        json!({ "properties": { "dealname": "SHOPIFY-1001", "amount": "267.50" }, "associations": [link] });
    let (status, deal) = hubspot.call("POST", "/deals", deal).await;
    assert_eq!(status, 201, "{deal}");
    let (_, links) =
        hubspot.get(&format!("/deals/{}/associations/contacts", deal["id"].as_str().unwrap())).await;
    assert_eq!(links["results"][0]["toObjectId"].to_string(), contact.as_str().unwrap());
    let order =
        hubspot.call("POST", "/orders", json!({ "properties": { "hs_order_name": "SHOPIFY-1001" } })).await.1;
    let path = format!(
        "/orders/{}/associations/default/contacts/{}",
        order["id"].as_str().unwrap(),
        contact.as_str().unwrap()
    );
    assert_eq!(hubspot.call("PUT", &path, json!(null)).await.0, 200);
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_a_refreshed_one_taken() {
    let hubspot = HubSpot::open().await;
    let wrong = hubspot.0.client.http.get(hubspot.0.url("/crm/v3/objects/contacts"));
    let (status, body) = hubspot.0.client.send(wrong.bearer_auth("wrong")).await;
    assert_eq!((status, &body["category"]), (401, &json!("INVALID_AUTHENTICATION")));
    let body = format!(
        "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
        hubspot.0.key("client_id"),
        hubspot.0.key("client_secret"),
        hubspot.0.key("refresh_token")
    );
    let token = hubspot
        .0
        .client
        .send(hubspot.0.client.http.post(hubspot.0.url("/oauth/v1/token")).body(body))
        .await
        .1;
    assert_eq!(token["expires_in"], 1_800, "{token}");
    let again = hubspot.0.client.http.get(hubspot.0.url("/crm/v3/objects/contacts"));
    assert_eq!(
        hubspot.0.client.send(again.bearer_auth(token["access_token"].as_str().unwrap())).await.0,
        200
    );
}

#[tokio::test]
async fn what_the_portal_requires_is_checked_from_a_version_on() {
    let hubspot = HubSpot::open().await;
    hubspot.0.set(json!({ "required": { "contacts": ["phone"] } })).await;
    let contact = json!({ "properties": { "firstname": "ก" } });
    assert_eq!(hubspot.call("POST", "/contacts", contact.clone()).await.0, 201);
    let newer =
        hubspot.0.client.http.post(hubspot.0.url("/crm/objects/2026-09/contacts")).body(contact.to_string());
    assert_eq!(hubspot.0.client.send(newer.bearer_auth(hubspot.0.key("private_token"))).await.0, 400);
}

#[tokio::test]
async fn a_webhook_is_signed_over_method_address_body_and_time() {
    let hubspot = HubSpot::open().await;
    let mut listener = hubspot.0.listener().await;
    let public = "https://khlong.example/hooks/hubspot";
    hubspot.0.set(json!({ "public_uri": public })).await;
    let event = json!({ "subscriptionType": "contact.propertyChange", "objectId": 9_007_199_254_741_505_u64,
        "propertyName": "email", "propertyValue": "a@example.com" });
    hubspot.0.control("events", json!({ "events": [event.clone(), event] })).await;
    let hook = listener.next().await;
    let timestamp = hook.header("x-hubspot-request-timestamp");
    let mut mac = Hmac::<Sha256>::new_from_slice(hubspot.0.key("client_secret").as_bytes()).unwrap();
    for part in [&b"POST"[..], public.as_bytes(), &hook.body[..], timestamp.as_bytes()] {
        mac.update(part);
    }
    assert_eq!(hook.header("x-hubspot-signature-v3"), STANDARD.encode(mac.finalize().into_bytes()));
    let events = hook.json();
    assert_eq!((events.as_array().unwrap().len(), &events[1]["propertyName"]), (2, &json!("email")));
}

#[tokio::test]
async fn a_fault_is_told_in_hubspots_words() {
    let hubspot = HubSpot::open().await;
    hubspot.0.fault(json!([{ "kind": "429", "times": 1 }, { "kind": "500", "times": 1 }])).await;
    assert_eq!(hubspot.get("/contacts").await.1["policyName"], "TEN_SECONDLY_ROLLING");
    assert_eq!(
        hubspot.get("/contacts").await,
        (
            500,
            json!({ "status": "error", "message": "internal error",
        "correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf", "category": "INTERNAL_ERROR", "context": {} })
        )
    );
}
