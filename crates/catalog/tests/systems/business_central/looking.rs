//! What is read from Business Central, and what has changed there.

use super::{COMPANY, NOW, asked, company, list, runner};
use crate::common::fake::Fake;
use crate::common::{Knock, connection, http_at, look, name, names};
use connector::lookup::Wanted;
use connector::{Error, Refusal};
use serde_json::{Value, json};

fn row(number: usize) -> Value {
    json!({"id": format!("id-{number:03}"), "number": format!("SO-{number}"), "lastModifiedDateTime": "2026-11-20T03:11:09.12Z"})
}

#[tokio::test]
async fn stock_is_read_over_all_locations() {
    let fake = Fake::start().await;
    fake.answers(200, list(json!([{"number": "TEA-100", "displayName": "ชาเขียว 100 g", "inventory": 40}])));
    let levels = runner(&fake, "stock_levels");
    let output = levels.run(json!({"items": [{"sku": "TEA-100"}, {"sku": "NEW"}]})).await.unwrap();
    assert_eq!((&output["levels"][0]["free"], &output["unknown"]), (&json!(40), &json!(["NEW"])));
    assert_eq!(fake.asked()[0].pair("$filter").as_deref(), Some("number eq 'TEA-100' or number eq 'NEW'"));
    let by_location =
        levels.run(json!({"items": [{"sku": "TEA-100"}], "warehouse": "MAIN"})).await.unwrap_err();
    assert!(matches!(by_location, Error::Input { .. }), "{by_location:?}");
}

#[tokio::test]
async fn changed_orders_come_page_by_page_and_the_next_look_overlaps() {
    let fake = Fake::start().await;
    let company = company(&fake);
    let page = |from: usize, to: usize| list((from..to).map(row).collect());
    fake.answers(200, page(0, 100))
        .answers(200, page(0, 100))
        .answers(200, page(100, 103))
        .answers(200, page(0, 0));
    let with = json!({"since": "2026-11-20T03:11:09Z"});
    let (mut cursor, mut seen) = (None, Vec::new());
    for _ in 0..4 {
        let operation = "business_central/orders_changed";
        let polled = look(&http_at(NOW), operation, with.clone(), &company, cursor.as_ref()).await.unwrap();
        seen.push((polled.deliveries.len(), polled.more));
        cursor = Some(polled.cursor);
    }
    assert_eq!(seen, [(100, true), (100, true), (3, true), (0, false)]);
    let all = fake.asked();
    assert_eq!(all[0].pair("$filter").as_deref(), Some("lastModifiedDateTime ge 2026-11-20T03:11:09Z"));
    assert_eq!(
        (all[0].pair("$orderby").as_deref(), all[0].pair("$expand").as_deref(), all[0].header("prefer")),
        (Some("lastModifiedDateTime,id"), Some("salesOrderLines"), "odata.maxpagesize=100")
    );
    let second =
        "lastModifiedDateTime ge 2026-11-20T03:11:09Z and lastModifiedDateTime lt 2026-11-20T03:11:10Z";
    assert_eq!(
        (all[2].pair("$filter").as_deref(), all[2].pair("$skip").as_deref()),
        (Some(second), Some("100"))
    );
    // A minute before the last change that was seen.
    fake.answers(200, page(0, 1));
    let polled = look(&http_at(NOW), "business_central/orders_changed", with, &company, cursor.as_ref())
        .await
        .unwrap();
    assert_eq!(name(&polled.deliveries[0]), "id-000@2026-11-20T03:11:09.12Z");
    let again = fake.asked().last().unwrap().pair("$filter").unwrap();
    assert_eq!(again, "lastModifiedDateTime ge 2026-11-20T03:10:09Z");
}

#[tokio::test]
async fn a_server_s_own_pages_are_followed_and_a_second_one_that_fails_fails_the_look() {
    let fake = Fake::start().await;
    let company = company(&fake);
    let link =
        format!("{}/v2.0/1234/Production/api/v2.0/companies({COMPANY})/items?$skiptoken=abc", fake.url);
    let first = json!({"value": [row(1)], "@odata.nextLink": link});
    let operation = "business_central/products_changed";
    fake.answers(200, first.clone()).answers(200, list(json!([row(2)])));
    let polled = look(&http_at(NOW), operation, json!({}), &company, None).await.unwrap();
    assert_eq!(polled.deliveries.len(), 2);
    assert_eq!(fake.asked()[1].query, "$skiptoken=abc");
    fake.answers(200, first).answers(503, json!({}));
    assert!(look(&http_at(NOW), operation, json!({}), &company, None).await.is_err());
    fake.answers(200, json!({"value": [row(1)], "@odata.nextLink": "https://elsewhere.example/items"}));
    let elsewhere = look(&http_at(NOW), operation, json!({}), &company, None).await.unwrap_err();
    assert!(matches!(elsewhere, Error::Unreadable { .. }) && fake.asked().len() == 5, "{elsewhere:?}");
}

#[tokio::test]
async fn shipments_come_with_their_lines() {
    let fake = Fake::start().await;
    fake.answers(200, list(json!([row(1)])));
    let polled = look(&http_at(NOW), "business_central/shipments_changed", json!({}), &company(&fake), None)
        .await
        .unwrap();
    assert_eq!(polled.deliveries.len(), 1);
    let told = &fake.asked()[0];
    assert_eq!(
        (asked(told), told.pair("$expand").as_deref()),
        ("GET salesShipments".into(), Some("salesShipmentLines"))
    );
}

#[tokio::test]
async fn stock_that_moved_is_found_in_the_item_ledger() {
    let fake = Fake::start().await;
    let company = company(&fake);
    let operation = "business_central/stock_changed";
    fake.answers(200, list(json!([{"entryNumber": 3214, "itemNumber": "CUP"}])));
    let first = look(&http_at(NOW), operation, json!({}), &company, None).await.unwrap();
    assert_eq!((first.deliveries.len(), &first.cursor), (0, &json!({"entry": 3214})));
    assert_eq!(fake.asked()[0].pair("$orderby").as_deref(), Some("entryNumber desc"));
    let entries = json!([{"entryNumber": 3215, "itemNumber": "TEA-100"}, {"entryNumber": 3216, "itemNumber": "CUP"}, {"entryNumber": 3217, "itemNumber": "TEA-100"}]);
    fake.answers(200, list(entries)).answers(
        200,
        list(json!([{"number": "CUP", "inventory": 5}, {"number": "TEA-100", "inventory": 38}])),
    );
    let moved = look(&http_at(NOW), operation, json!({}), &company, Some(&first.cursor)).await.unwrap();
    let ids = names(&moved);
    assert_eq!((ids, &moved.cursor), (vec!["CUP@3216", "TEA-100@3217"], &json!({"entry": 3217})));
    assert_eq!(fake.asked()[1].pair("$filter").as_deref(), Some("entryNumber gt 3214"));
    fake.answers(200, list(json!([])));
    let nothing = look(&http_at(NOW), operation, json!({}), &company, Some(&moved.cursor)).await.unwrap();
    assert_eq!((nothing.deliveries.len(), nothing.more, fake.asked().len()), (0, false, 4));
}

#[tokio::test]
async fn records_are_chosen_by_name() {
    let fake = Fake::start().await;
    let central = catalog::all().connector("business_central").unwrap().clone();
    let rows: Vec<Value> = (0..26)
        .map(|number| json!({"id": "x", "number": format!("C{number}"), "displayName": "ร้าน O'Neil"}))
        .collect();
    fake.answers(200, list(json!(rows)));
    let wanted = Wanted { kind: "customer".into(), text: "O'Neil".into(), ..Wanted::default() };
    let page = central.look_up(&http_at(NOW), &company(&fake), &wanted).await.unwrap();
    assert_eq!(
        (page.records.len(), page.next.as_deref(), page.records[0].id.clone()),
        (25, Some("25"), json!("C0"))
    );
    assert_eq!(fake.asked()[0].pair("$filter").as_deref(), Some("contains(displayName,'O''Neil')"));
    fake.answers(200, list(json!([{"id": "x", "code": "MAIN", "displayName": "MAIN"}])));
    let wanted = Wanted { kind: "warehouse".into(), after: Some("25".into()), ..Wanted::default() };
    let page = central.look_up(&http_at(NOW), &company(&fake), &wanted).await.unwrap();
    assert_eq!((page.records[0].detail.as_str(), fake.asked()[1].pair("$skip").as_deref()), ("", Some("25")));
}

/// A connection that Business Central can tell of changes.
fn told(fake: &Fake) -> connector::Connection {
    let mut told = company(fake);
    told.fields.insert("public_url".into(), "https://khlong.example.com/".into());
    told.secrets.insert("client_state".into(), "S3CRET-STATE".to_owned().into());
    told
}

#[tokio::test]
async fn a_subscription_is_made_kept_and_renewed_while_the_trigger_asks() {
    let fake = Fake::start().await;
    let (told, operation) = (told(&fake), "business_central/orders_changed");
    let with = json!({"path": "bc/orders"});
    let look = async |now: i64, cursor: Option<&Value>| {
        look(&http_at(now), operation, with.clone(), &told, cursor).await.unwrap().cursor
    };
    let body = json!({"notificationUrl": "https://khlong.example.com/hooks/bc/orders",
                      "resource": format!("/api/v2.0/companies({COMPANY})/salesOrders"), "clientState": "S3CRET-STATE"});
    fake.answers(200, list(json!([])))
        .answers(200, list(json!([])))
        .answers(201, json!({"subscriptionId": "s1", "expirationDateTime": "2026-11-23T03:20:00Z"}));
    let first = look(NOW, None).await;
    let all = fake.asked();
    assert_eq!(
        (all[2].path.as_str(), all[2].json()),
        ("/v2.0/contoso/Production/api/v2.0/subscriptions", body.clone())
    );
    assert!(!first.to_string().contains("S3CRET"), "{first}");
    // It is good for some days.
    fake.answers(200, list(json!([])));
    let day = 24 * 3_600_000;
    let second = look(NOW + day, Some(&first)).await;
    assert_eq!(fake.asked().len(), 4);
    // And renewed before it ends; where that fails, asking goes on.
    let standing = json!({"@odata.etag": "W/\"3\"", "subscriptionId": "s1", "notificationUrl": "https://khlong.example.com/hooks/bc/orders",
                          "resource": format!("companies({COMPANY})/salesOrders")});
    fake.answers(200, list(json!([]))).answers(200, list(json!([standing]))).answers(400, json!({}));
    let third = look(NOW + 3 * day - 1, Some(&second)).await;
    let renewal = fake.asked()[6].clone();
    assert_eq!(
        (renewal.method.as_str(), renewal.header("if-match"), renewal.json()),
        ("PATCH", "W/\"3\"", body)
    );
    assert!(renewal.path.ends_with("/subscriptions('s1')"), "{}", renewal.path);
    fake.answers(200, list(json!([])));
    look(NOW + 3 * day, Some(&third)).await;
    assert_eq!(fake.asked().len(), 8, "it is tried again after an hour, not at once");
}

#[test]
fn business_central_hears_its_own_question_back_and_hints_carry_the_secret() {
    let all = catalog::all();
    let mut told = connection("business_central", json!({}), &[("client_state", "S3CRET-STATE")]);
    let nudge = |knock: &Knock, told: &connector::Connection| {
        knock.nudges(&all, "business_central/orders_changed", json!({"path": "bc"}), Some(told))
    };
    let asked = Knock { query: Some("validationToken=46fb-9a%2Bb"), ..Knock::post("") };
    assert_eq!(nudge(&asked, &told), Err(Refusal::Say("46fb-9a+b".into())));
    let markup = Knock { query: Some("validationToken=%3Cb%3E%20x"), ..Knock::post("") };
    assert!(matches!(nudge(&markup, &told), Err(Refusal::Malformed(_))));
    let hint = |state: &str| {
        Knock::post(json!({"value": [{"subscriptionId": "s1", "clientState": state, "changeType": "updated", "resource": "x"}]}).to_string())
    };
    assert_eq!(nudge(&hint("S3CRET-STATE"), &told), Ok(()));
    assert_eq!(nudge(&hint("guessed"), &told), Err(Refusal::Unauthorized));
    assert_eq!(nudge(&Knock::post(r#"{"value": []}"#), &told), Err(Refusal::Unauthorized));
    told.secrets.clear();
    assert!(matches!(nudge(&hint(""), &told), Err(Refusal::NotSetUp(_))));
}
