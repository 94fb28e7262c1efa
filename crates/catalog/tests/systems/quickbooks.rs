//! QuickBooks Online: the company of a sign-in, documents under a request id, faults inside a 200, and signed hints.

use crate::common::fake::Fake;
use crate::common::{Knock, Runner, connection, http, http_at, look, name, sign_in};
use connector::sign_in::{Grant, Return, Tokens};
use connector::{Connection, Error, Refusal, Retry};
use model::Span;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;
const VERIFIER: &str = "b5771f19b12ddb4bcdb9f08bdc50bc63878a";

fn app(fake: &Fake) -> Connection {
    let fields =
        json!({"api_url": fake.url, "token_url": format!("{}/tokens", fake.url), "client_id": "app"});
    connection("quickbooks", fields, &[("client_secret", "S3CRET-QBO"), ("verifier_token", VERIFIER)])
}

fn company(fake: &Fake) -> Connection {
    let mut tokens = Tokens::new("T0KEN-QBO".to_owned());
    tokens.facts.insert("realm_id".into(), "1185883450".into());
    let mut company = app(fake);
    company.tokens = Some(tokens);
    company
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("quickbooks/{operation}"), Some(company(fake)))
}

fn sale() -> Value {
    json!({"customer": "58", "sale": {
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "prices_include_vat": true, "total": "267.50",
        "lines": [{"sku": "TEA-100", "name": "ชาเขียว 100 g", "quantity": 1, "price": "267.50"}]
    }})
}

fn found(name: &str, rows: Value) -> Value {
    json!({"QueryResponse": {name: rows}, "time": "2026-11-20T10:00:00.000+07:00"})
}

#[tokio::test]
async fn the_company_of_a_sign_in_is_kept_when_the_token_is_renewed() {
    let fake = Fake::start().await;
    let mut qbo = app(&fake);
    let verifier = "v".to_owned().into();
    let mut query = BTreeMap::from([
        ("code".to_owned(), "C0DE".to_owned()),
        ("realmId".to_owned(), "1185883450".to_owned()),
    ]);
    let answer = |access: &str, refresh: &str| json!({"access_token": access, "refresh_token": refresh, "expires_in": 3600, "x_refresh_token_expires_in": 8_726_400});
    fake.answers(200, answer("A1", "R1")).answers(200, answer("A2", "R2"));
    let back = Return { redirect_uri: "https://khlong.example.com/back", verifier: &verifier, query: &query };
    let old = sign_in(&http_at(NOW), &mut qbo, Grant::Code(back)).await.unwrap();
    sign_in(&http_at(NOW), &mut qbo, Grant::Refresh(&old)).await.unwrap();
    assert_eq!(qbo.fact("realm_id"), Some("1185883450"));
    let asked = fake.asked();
    assert!(asked[0].header("authorization").starts_with("Basic "));
    assert_eq!(asked[1].pair("refresh_token").as_deref(), Some("R1"));
    query.remove("realmId");
    let back = Return { redirect_uri: "https://khlong.example.com/back", verifier: &verifier, query: &query };
    let error = sign_in(&http_at(NOW), &mut qbo, Grant::Code(back)).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
}

#[tokio::test]
async fn an_invoice_is_made_as_intuit_s_sample_shows_it() {
    let fake = Fake::start().await;
    let made =
        json!({"Invoice": {"Id": "145", "SyncToken": "0", "DocNumber": "SHOPIFY-1001", "TotalAmt": 267.5}});
    fake.answers(200, found("Item", json!([{"Id": "31", "Sku": "TEA-100"}]))).answers(200, made);
    let output = runner(&fake, "create_sale").run(sale()).await.unwrap();
    assert_eq!(output, json!({"id": "145", "number": "SHOPIFY-1001", "total": 267.5, "created": true}));
    let asked = fake.asked();
    assert_eq!(
        asked[0].pair("query").unwrap(),
        "select Id, Sku from Item where Sku in ('TEA-100') maxresults 1000"
    );
    assert_eq!(asked[1].path, "/v3/company/1185883450/invoice");
    assert_eq!(
        (asked[1].pair("minorversion").as_deref(), asked[1].pair("requestid").map(|id| id.len())),
        (Some("75"), Some(36))
    );
    assert_eq!(
        String::from_utf8_lossy(&asked[1].body),
        "{\"DocNumber\":\"SHOPIFY-1001\",\"TxnDate\":\"2026-11-20\",\"CustomerRef\":{\"value\":\"58\"},\
         \"CurrencyRef\":{\"value\":\"THB\"},\"GlobalTaxCalculation\":\"TaxInclusive\",\
         \"Line\":[{\"DetailType\":\"SalesItemLineDetail\",\"Amount\":250.00,\"Description\":\"ชาเขียว 100 g\",\
         \"SalesItemLineDetail\":{\"ItemRef\":{\"value\":\"31\"},\"Qty\":1,\"UnitPrice\":250.00,\"TaxCodeRef\":{\"value\":\"5\"}}}]}"
    );
}

#[tokio::test]
async fn what_lines_come_to_without_vat_adds_up_to_the_document() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"SalesReceipt": {"Id": "1", "TotalAmt": 29.97}}));
    let line = json!({"name": "ชา", "quantity": 1, "price": "9.99"});
    let three = json!({"kind": "sales_receipt", "customer": "58", "sale": {
        "reference": "B", "date": "2026-11-20", "prices_include_vat": true, "lines": [line, line, line]}});
    runner(&fake, "create_sale").run(three).await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!(asked.path, "/v3/company/1185883450/salesreceipt");
    let body = asked.json();
    let amounts: Vec<String> = (0..3).map(|index| body["Line"][index]["Amount"].to_string()).collect();
    assert_eq!(amounts, ["9.34", "9.34", "9.33"], "28.01 together");
}

#[tokio::test]
async fn a_number_that_is_taken_is_the_same_document_and_another_total_is_for_a_person() {
    let fake = Fake::start().await;
    let taken = json!({"Fault": {"Error": [{"Message": "Duplicate Document Number Error", "Detail": "", "code": "6140"}], "type": "ValidationFault"}});
    let invoice = |total: f64| json!([{"Id": "145", "DocNumber": "SHOPIFY-1001", "TotalAmt": total}]);
    fake.answers(200, found("Item", json!([])))
        .answers(400, taken.clone())
        .answers(200, found("Invoice", invoice(267.5)));
    let output = runner(&fake, "create_sale").run(sale()).await.unwrap();
    assert_eq!((&output["id"], &output["created"]), (&json!("145"), &json!(false)));
    assert_eq!(
        fake.asked()[2].pair("query").unwrap(),
        "select * from Invoice where DocNumber = 'SHOPIFY-1001'"
    );
    fake.answers(200, found("Item", json!([])))
        .answers(400, taken)
        .answers(200, found("Invoice", invoice(250.0)));
    let error = runner(&fake, "create_sale").run(sale()).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }) && error.to_string().contains("267.50"), "{error:?}");
}

#[tokio::test]
async fn a_customer_is_found_by_name_and_number_and_changed_else_made() {
    let fake = Fake::start().await;
    let customer = json!({"Customer": {"Id": "58"}});
    fake.answers(200, found("Customer", json!([{"Id": "58", "SyncToken": "3"}])))
        .answers(200, customer.clone());
    let buyer = json!({"buyer": {"code": "8891", "name": "O'Neil: Tea", "email": "a@example.com"}});
    let output = runner(&fake, "upsert_customer").run(buyer.clone()).await.unwrap();
    assert_eq!(output, json!({"id": "58", "name": "O'Neil  Tea (8891)", "created": false}));
    let asked = fake.asked();
    assert_eq!(
        asked[0].pair("query").unwrap(),
        r"select Id, SyncToken from Customer where DisplayName = 'O\'Neil  Tea (8891)'"
    );
    assert_eq!(
        asked[1].json(),
        json!({"DisplayName": "O'Neil  Tea (8891)", "PrimaryEmailAddr": {"Address": "a@example.com"}, "Id": "58", "SyncToken": "3", "sparse": true})
    );
    fake.answers(200, json!({"QueryResponse": {}})).answers(200, customer);
    assert_eq!(runner(&fake, "upsert_customer").run(buyer).await.unwrap()["created"], true);
}

#[tokio::test]
async fn a_payment_is_linked_to_its_invoice_and_items_are_read() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"Payment": {"Id": "146"}})).answers(
        200,
        found("Item", json!([{"Id": "31", "Sku": "TEA-100", "UnitPrice": 250, "QtyOnHand": 38}])),
    );
    let pay = json!({"customer": "58", "invoice": "145", "amount": "267.50", "date": "2026-11-20"});
    assert_eq!(
        runner(&fake, "record_payment").run(pay).await.unwrap(),
        json!({"id": "146", "amount": "267.50"})
    );
    assert!(
        String::from_utf8_lossy(&fake.asked()[0].body)
            .contains(r#""Line":[{"Amount":267.50,"LinkedTxn":[{"TxnId":"145","TxnType":"Invoice"}]}]"#)
    );
    let items = runner(&fake, "find_items").run(json!({"sku": "TEA-100", "page": 2})).await.unwrap();
    assert_eq!((&items["items"][0]["stock"], &items["more"]), (&json!(38), &json!(false)));
    assert_eq!(
        fake.asked()[1].pair("query").unwrap(),
        "select * from Item where Sku = 'TEA-100' startposition 501 maxresults 500"
    );
}

#[tokio::test]
async fn changed_items_come_in_order_and_a_full_second_is_counted_through() {
    let fake = Fake::start().await;
    let company = company(&fake);
    let row = |id: usize| json!({"Id": id.to_string(), "MetaData": {"LastUpdatedTime": "2026-11-20T10:00:00+07:00"}});
    let full: Vec<Value> = (0..200).map(row).collect();
    fake.answers(200, found("Item", json!(full)))
        .answers(200, found("Item", json!(full)))
        .answers(200, json!({"QueryResponse": {}}));
    let with = json!({"since": "2026-11-20T03:00:00Z"});
    let first =
        look(&http_at(NOW), "quickbooks/products_changed", with.clone(), &company, None).await.unwrap();
    let second =
        look(&http_at(NOW), "quickbooks/products_changed", with.clone(), &company, Some(&first.cursor))
            .await
            .unwrap();
    let third = look(&http_at(NOW), "quickbooks/products_changed", with, &company, Some(&second.cursor))
        .await
        .unwrap();
    assert_eq!(name(&first.deliveries[7]), "7@2026-11-20T10:00:00+07:00");
    let query = |index: usize| fake.asked()[index].pair("query").unwrap();
    assert_eq!(
        query(0),
        "select * from Item where MetaData.LastUpdatedTime >= '2026-11-20T03:00:00Z' orderby MetaData.LastUpdatedTime \
         startposition 1 maxresults 200"
    );
    assert!(
        query(1).contains("< '2026-11-20T03:00:01Z' orderby MetaData.LastUpdatedTime startposition 1 "),
        "{}",
        query(1)
    );
    assert!(query(2).contains("startposition 201 "), "{}", query(2));
    assert_eq!((third.more, &third.cursor["from"]), (true, &json!(1_795_143_601_000u64)));
}

#[test]
fn the_signature_of_intuit_s_own_test_is_known() {
    let all = catalog::all();
    let body = r#"{"eventNotifications":[{"realmId":"1185883450","dataChangeEvent":{"entities":[{"name":"Customer","id":"1","operation":"Create","lastUpdated":"2015-10-05T14:42:19-0700"}]}}]}"#;
    let qbo = connection("quickbooks", json!({}), &[("verifier_token", VERIFIER)]);
    let nudge = |body: &str, signature: &str| {
        let knock = Knock::post(body.to_owned()).header("intuit-signature", signature);
        knock.nudges(&all, "quickbooks/customers_changed", json!({}), Some(&qbo))
    };
    assert_eq!(nudge(body, "JC2GUwciPmRBwEO7WvrRmKqu9tGOKL8FFallocTFi8Q="), Ok(()));
    assert_eq!(nudge("[]", "JC2GUwciPmRBwEO7WvrRmKqu9tGOKL8FFallocTFi8Q="), Err(Refusal::Unauthorized));
    assert_eq!(nudge(body, ""), Err(Refusal::Unauthorized));
}

#[tokio::test]
async fn each_fault_is_told_apart_also_inside_a_success() {
    let fake = Fake::start().await;
    let fault = |code: &str| json!({"Fault": {"Error": [{"Message": "said", "Detail": "", "code": code}], "type": "ValidationFault"}});
    let cases = [
        (200, fault("610"), "E0308", Retry::Never),
        (400, fault("6240"), "E0308", Retry::Never),
        (400, fault("120"), "E0302", Retry::Never),
        (403, fault("6190"), "E0302", Retry::Never),
        (400, fault("5010"), "E0307", Retry::Backoff),
        (400, fault("500"), "E0308", Retry::Never),
        (401, json!({"fault": {"error": [{"message": "token expired"}]}}), "E0311", Retry::Backoff),
        (429, json!({}), "E0306", Retry::After(Span::from_secs(60))),
        (500, json!({}), "E0307", Retry::Backoff),
        (503, json!({}), "E0307", Retry::Backoff),
    ];
    let pay = json!({"customer": "58", "invoice": "145", "amount": "1", "date": "2026-11-20"});
    for (status, body, code, retry) in cases {
        fake.answers(status, body.clone());
        let error = runner(&fake, "record_payment").run(pay.clone()).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{status} {body}: {error:?}");
        assert!(!format!("{error:?}").contains("T0KEN-QBO"));
    }
    fake.answers_with(200, &[("content-type", "text/html")], "<html>");
    let html = runner(&fake, "record_payment").run(pay).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
}

#[tokio::test]
async fn a_test_names_the_company() {
    let fake = Fake::start().await;
    fake.answers(200, found("CompanyInfo", json!([{"CompanyName": "Tea Shop"}])));
    let all = catalog::all();
    let said = all.connector("quickbooks").unwrap().test(&http(10_000), &company(&fake)).await.unwrap();
    assert_eq!(said, "Tea Shop");
}

#[tokio::test]
async fn a_record_without_its_id_or_time_is_no_record_to_go_on_behind() {
    let fake = Fake::start().await;
    let connection = company(&fake);
    fake.answers(200, found("Item", json!([{"Id": "5", "MetaData": {}}])));
    let looked =
        look(&http_at(NOW), "quickbooks/products_changed", json!({}), &connection, Some(&json!({"at": NOW})))
            .await;
    assert!(matches!(looked, Err(Error::Unreadable { .. })), "{looked:?}");
}
