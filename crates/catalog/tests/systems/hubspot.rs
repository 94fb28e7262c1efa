//! HubSpot: upserts by a unique property, the search for what has changed, and hints that are signed.

use crate::common::fake::Fake;
use crate::common::{Knock, Runner, connection, http, http_at, look, name, sign_in};
use connector::sign_in::{Consent, Grant, Return, TokenRule, Tokens};
use connector::{Connection, Error, Refusal, Retry};
use model::Span;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;

fn portal(fake: &Fake) -> Connection {
    connection(
        "hubspot",
        json!({"api_url": fake.url}),
        &[("token", "PR1VATE-TOKEN"), ("client_secret", "hush")],
    )
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("hubspot/{operation}"), Some(portal(fake)))
}

fn somchai() -> Value {
    json!({"khlong_external_id": "shopify:8891", "email": "somchai@example.com", "firstname": "สมชาย", "phone": null, "age": 41})
}

#[tokio::test]
async fn contacts_are_upserted_by_the_unique_property_in_one_batch() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"status": "COMPLETE", "results": [{"id": "512", "new": true, "properties": {"khlong_external_id": "shopify:8891"}}]}));
    let output = runner(&fake, "upsert_contact").run(json!({"records": somchai()})).await.unwrap();
    assert_eq!(
        output,
        json!({"records": [{"id": "512", "external_id": "shopify:8891", "created": true}], "failed": []})
    );
    let asked = &fake.asked()[0];
    assert_eq!(asked.path, "/crm/objects/2026-03/contacts/batch/upsert");
    assert_eq!(asked.header("authorization"), "Bearer PR1VATE-TOKEN");
    assert_eq!(
        asked.json(),
        json!({"inputs": [{"idProperty": "khlong_external_id", "id": "shopify:8891", "objectWriteTraceId": "0",
            "properties": {"khlong_external_id": "shopify:8891", "email": "somchai@example.com", "firstname": "สมชาย", "age": "41"}}]})
    );
}

#[tokio::test]
async fn what_is_refused_among_others_is_named_by_its_own_id() {
    let fake = Fake::start().await;
    let partly = json!({"status": "COMPLETE", "results": [{"id": "512", "new": false, "properties": {}}],
        "errors": [{"status": "error", "category": "VALIDATION_ERROR", "message": "bad email", "context": {"objectWriteTraceId": ["1"]}}]});
    fake.answers(207, partly.clone()).answers(207, partly);
    let mut input = json!({"records": [{"email": "a@example.com"}, {"email": "b"}], "id_property": "email"});
    let error = runner(&fake, "upsert_contact").run(input.clone()).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused { .. }) && error.to_string().contains("(b): bad email"),
        "{error:?}"
    );
    input["on_failure"] = "report".into();
    let output = runner(&fake, "upsert_contact").run(input).await.unwrap();
    assert_eq!(
        output["failed"],
        json!([{"external_id": "b", "code": "VALIDATION_ERROR", "message": "bad email"}])
    );
}

#[tokio::test]
async fn too_many_records_or_one_without_its_id_are_not_sent() {
    let fake = Fake::start().await;
    for records in [json!([]), json!(vec![somchai(); 101]), json!({"email": "a"}), json!("contact")] {
        let error = runner(&fake, "upsert_contact").run(json!({"records": records})).await.unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{error:?}");
    }
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_deal_is_upserted_and_linked_to_its_contact() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"results": [{"id": "9001", "new": true}]})).answers(200, json!({}));
    let deal = json!({"khlong_external_id": "SHOPIFY-1001", "amount": "1070.00"});
    runner(&fake, "upsert_deal").run(json!({"records": deal})).await.unwrap();
    runner(&fake, "associate").run(json!({"from_id": 9001, "to_id": "512"})).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/crm/objects/2026-03/deals/batch/upsert");
    assert_eq!(
        (asked[1].method.as_str(), asked[1].path.as_str()),
        ("PUT", "/crm/v4/objects/deals/9001/associations/default/contacts/512")
    );
}

#[tokio::test]
async fn contacts_are_found_by_a_property() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"total": 1, "results": [{"id": "512"}]}));
    let output = runner(&fake, "find_contacts")
        .run(json!({"value": "a@example.com", "properties": "email, vat"}))
        .await
        .unwrap();
    assert_eq!(output, json!({"contacts": [{"id": "512"}], "total": 1}));
    let asked = fake.asked()[0].json();
    assert_eq!(
        asked["filterGroups"],
        json!([{"filters": [{"propertyName": "email", "operator": "EQ", "value": "a@example.com"}]}])
    );
    assert_eq!(asked["properties"], json!(["email", "vat", "lastmodifieddate"]));
}

fn contact(id: u64, changed: &str) -> Value {
    json!({"id": id.to_string(), "properties": {"lastmodifieddate": changed}})
}

#[tokio::test]
async fn changed_contacts_come_in_order_and_the_next_look_overlaps_a_minute() {
    let fake = Fake::start().await;
    let portal = portal(&fake);
    fake.answers(200, json!({"results": [contact(512, "2026-11-20T03:11:09.120Z")]}))
        .answers(200, json!({"results": []}));
    let with = json!({"since": "2026-11-20T10:00:00+07:00"});
    let first = look(&http_at(NOW), "hubspot/contacts_changed", with.clone(), &portal, None).await.unwrap();
    assert_eq!(name(&first.deliveries[0]), "512@2026-11-20T03:11:09.120Z");
    let asked = fake.asked()[0].json();
    assert_eq!(
        asked["filterGroups"][0]["filters"],
        json!([{"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1795143600000"}])
    );
    assert_eq!(
        (&asked["sorts"], &asked["limit"], &asked["after"]),
        (&json!(["lastmodifieddate"]), &json!(200), &json!("0"))
    );
    look(&http_at(NOW), "hubspot/contacts_changed", with, &portal, Some(&first.cursor)).await.unwrap();
    let value = fake.asked()[1].json()["filterGroups"][0]["filters"][0]["value"].clone();
    assert_eq!(value, (1_795_144_269_120i64 - 60_000).to_string());
}

#[tokio::test]
async fn an_import_of_thousands_in_one_moment_is_gone_through_by_id() {
    let fake = Fake::start().await;
    let portal = portal(&fake);
    let page: Vec<Value> = (1..=200).map(|id| contact(id, "2026-11-20T03:00:00.000Z")).collect();
    fake.answers(200, json!({"results": page}))
        .answers(200, json!({"results": page}))
        .answers(200, json!({"results": []}));
    let with = json!({"since": "2026-11-20T03:00:00Z"});
    let first = look(&http_at(NOW), "hubspot/contacts_changed", with.clone(), &portal, None).await.unwrap();
    let second = look(&http_at(NOW), "hubspot/contacts_changed", with.clone(), &portal, Some(&first.cursor))
        .await
        .unwrap();
    let third =
        look(&http_at(NOW), "hubspot/contacts_changed", with, &portal, Some(&second.cursor)).await.unwrap();
    assert!(first.more && second.more && third.more, "a moment that is done is followed by the rest");
    let asked = fake.asked()[2].json();
    assert_eq!(
        asked["filterGroups"][0]["filters"],
        json!([{"propertyName": "lastmodifieddate", "operator": "EQ", "value": "1795143600000"},
               {"propertyName": "hs_object_id", "operator": "GT", "value": "200"}])
    );
    assert_eq!(
        (&asked["sorts"], &third.cursor["from"]),
        (&json!(["hs_object_id"]), &json!(1_795_143_600_001u64))
    );
}

#[tokio::test]
async fn deals_have_their_own_name_for_the_time_of_change() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"results": []}));
    look(&http_at(NOW), "hubspot/deals_changed", json!({}), &portal(&fake), None).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/crm/objects/2026-03/deals/search");
    assert_eq!(asked[0].json()["sorts"], json!(["hs_lastmodifieddate"]));
}

#[test]
fn a_hint_is_let_in_with_any_of_hubspot_s_signatures() {
    use sha2::Digest as _;
    let all = catalog::all();
    let (body, with) = (r#"[{"eventId":1,"objectId":512}]"#, json!({"path": "orders"}));
    let hubspot = connection(
        "hubspot",
        json!({"public_url": "https://khlong.example.com/"}),
        &[("client_secret", "hush")],
    );
    let nudge = |knock: Knock| knock.nudges(&all, "hubspot/contacts_changed", with.clone(), Some(&hubspot));
    let v1 = hex::encode(sha2::Sha256::digest(format!("hush{body}")));
    let v2 =
        hex::encode(sha2::Sha256::digest(format!("hushPOSThttps://khlong.example.com/hooks/orders{body}")));
    assert_eq!(nudge(Knock::post(body).header("x-hubspot-signature", &v1)), Ok(()));
    let second =
        Knock::post(body).header("x-hubspot-signature-version", "v2").header("x-hubspot-signature", &v2);
    assert_eq!(nudge(second), Ok(()));
    let third = Knock::post(body)
        .header("x-hubspot-request-timestamp", "1693657560000")
        .header("x-hubspot-signature", &v1)
        .header("x-hubspot-signature-v3", "bm90IGl0");
    assert_eq!(nudge(third), Err(Refusal::Unauthorized), "a wrong newer one is not saved by an older one");
    assert_eq!(nudge(Knock::post("[]").header("x-hubspot-signature", &v1)), Err(Refusal::Unauthorized));
    let signed = format!("POSThttps://khlong.example.com/hooks/orders{body}1693657560000");
    let newest = |at: i64| {
        let signature = sandbox::sign("hush", signed.as_bytes());
        Knock::post(body)
            .header("x-hubspot-request-timestamp", "1693657560000")
            .header("x-hubspot-signature-v3", &signature)
            .at_ms(1_693_657_560_000 + at)
    };
    assert_eq!((nudge(newest(0)), nudge(newest(300_000))), (Ok(()), Ok(())));
    assert_eq!(nudge(newest(300_001)), Err(Refusal::Unauthorized), "somebody may have seen it since");
    assert_eq!(nudge(Knock::post(body)), Err(Refusal::Unauthorized));
}

#[tokio::test]
async fn each_failure_says_whether_and_when_trying_again_can_help() {
    let fake = Fake::start().await;
    let cases = [
        (401, json!({"message": "expired"}), "E0302", Retry::Never),
        (403, json!({"category": "MISSING_SCOPES", "message": "scopes"}), "E0302", Retry::Never),
        (429, json!({"policyName": "TEN_SECONDLY_ROLLING"}), "E0306", Retry::After(Span::from_secs(10))),
        (429, json!({"policyName": "DAILY"}), "E0306", Retry::After(Span::from_secs(3_600))),
        (423, json!({"message": "locked"}), "E0306", Retry::After(Span::from_secs(5))),
        (477, json!({}), "E0306", Retry::After(Span::from_secs(5))),
        (400, json!({"category": "VALIDATION_ERROR", "message": "bad"}), "E0308", Retry::Never),
        (
            409,
            json!({"category": "CONFLICT", "message": "Contact already exists. Existing ID: 512"}),
            "E0308",
            Retry::Never,
        ),
        (404, json!({"message": "no"}), "E0308", Retry::Never),
        (502, json!({}), "E0307", Retry::Backoff),
        (504, json!({}), "E0307", Retry::Backoff),
    ];
    for (status, body, code, retry) in cases {
        fake.answers(status, body.clone());
        let error = runner(&fake, "upsert_contact").run(json!({"records": somchai()})).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{status} {body}: {error:?}");
        assert!(!format!("{error:?}").contains("PR1VATE"));
    }
    fake.answers_with(200, &[("content-type", "text/html")], "<html>");
    let html = runner(&fake, "upsert_contact").run(json!({"records": somchai()})).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
}

#[tokio::test]
async fn without_a_private_token_somebody_signs_in_and_the_token_is_renewed() {
    let fake = Fake::start().await;
    let fields = json!({"api_url": fake.url, "client_id": "app"});
    let mut signed = connection("hubspot", fields, &[("client_secret", "hush")]);
    let hubspot = catalog::all().connector("hubspot").unwrap().clone();
    assert_eq!(
        (hubspot.token_rule(&signed), hubspot.token_rule(&portal(&fake))),
        (TokenRule::Consent, TokenRule::None)
    );
    let consent = Consent { redirect_uri: "https://khlong.example.com/back", state: "s", challenge: "c" };
    let url = hubspot.consent_url(&signed, &consent).unwrap().to_string();
    assert!(
        url.starts_with("https://app.hubspot.com/oauth/authorize?")
            && url.contains("crm.objects.contacts.write"),
        "{url}"
    );
    fake.answers(200, json!({"access_token": "A1", "refresh_token": "R1", "expires_in": 1800}));
    let query = BTreeMap::from([("code".to_owned(), "C0DE".to_owned())]);
    let verifier = "v".to_owned().into();
    let back = Return { redirect_uri: "https://khlong.example.com/back", verifier: &verifier, query: &query };
    sign_in(&http_at(NOW), &mut signed, Grant::Code(back)).await.unwrap();
    fake.answers(200, json!({"access_token": "A2", "refresh_token": "R2", "expires_in": 1800}));
    let old: Tokens = signed.tokens.clone().unwrap();
    let new = sign_in(&http_at(NOW), &mut signed, Grant::Refresh(&old)).await.unwrap();
    assert!(!new.is_same(&old));
    let asked = fake.asked();
    assert_eq!(
        (asked[0].path.as_str(), asked[1].pair("refresh_token").as_deref()),
        ("/oauth/v1/token", Some("R1"))
    );
    fake.answers(401, json!({"message": "expired"})).answers(200, json!({"portalId": 62515}));
    let ended = hubspot.test(&http(10_000), &signed).await.unwrap_err();
    assert!(matches!(ended, Error::TokenEnded { .. }), "{ended:?}");
    assert_eq!(hubspot.test(&http(10_000), &signed).await.unwrap(), "HubSpot account 62515");
}

#[tokio::test]
async fn a_record_without_its_id_or_time_is_no_record_to_go_on_behind() {
    let fake = Fake::start().await;
    let connection = portal(&fake);
    fake.answers(200, json!({"results": [{"id": "512", "properties": {}}]}));
    let looked =
        look(&http_at(NOW), "hubspot/contacts_changed", json!({}), &connection, Some(&json!({"at": NOW})))
            .await;
    assert!(matches!(looked, Err(Error::Unreadable { .. })), "{looked:?}");
}
