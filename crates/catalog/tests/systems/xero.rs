//! Xero: signing in to an organisation, documents under a key, what has changed, and signed hints.

use crate::common::fake::Fake;
use crate::common::{Knock, Runner, STEP_KEY, connection, http, http_at, look, sign_in};
use connector::sign_in::{Grant, Return, Tokens};
use connector::{Connection, Error, Refusal, Retry};
use model::Span;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;

fn app(fake: &Fake) -> Connection {
    let fields =
        json!({"api_url": fake.url, "token_url": format!("{}/connect/token", fake.url), "client_id": "app"});
    connection("xero", fields, &[("client_secret", "S3CRET-XERO"), ("webhook_key", "xero-webhook-key-demo")])
}

fn organisation(fake: &Fake) -> Connection {
    let mut tokens = Tokens::new("T0KEN-XERO".to_owned());
    tokens.facts.insert("tenant_id".into(), "tenant-1".into());
    let mut xero = app(fake);
    xero.tokens = Some(tokens);
    xero
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("xero/{operation}"), Some(organisation(fake)))
}

fn sale() -> Value {
    json!({
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "prices_include_vat": true, "total": "267.50",
        "buyer": {"code": "shopify:8891", "name": "สมชาย ใจดี (8891)"},
        "lines": [{"name": "ชาเขียว 100 g", "quantity": 1, "price": "267.50"}]
    })
}

fn made(total: f64) -> Value {
    json!({"Invoices": [{"InvoiceID": "guid", "InvoiceNumber": "SHOPIFY-1001", "Status": "AUTHORISED", "Total": total, "TotalTax": 17.5, "HasErrors": false}]})
}

#[tokio::test]
async fn a_sign_in_finds_out_the_organisation_and_a_renewal_keeps_it() {
    let fake = Fake::start().await;
    let mut xero = app(&fake);
    xero.fields.insert("organisation".into(), "tea shop".into());
    let tenants =
        json!([{"tenantId": "t-1", "tenantName": "Coffee"}, {"tenantId": "t-2", "tenantName": "Tea Shop"}]);
    fake.answers(200, json!({"access_token": "A1", "refresh_token": "R1", "expires_in": 1800}))
        .answers(200, tenants.clone());
    let query = BTreeMap::from([("code".to_owned(), "C0DE".to_owned())]);
    let verifier = "v".to_owned().into();
    let back = Return { redirect_uri: "https://khlong.example.com/back", verifier: &verifier, query: &query };
    let old = sign_in(&http_at(NOW), &mut xero, Grant::Code(back)).await.unwrap();
    assert_eq!(xero.fact("tenant_id"), Some("t-2"));
    let asked = fake.asked();
    assert!(asked[0].header("authorization").starts_with("Basic "));
    assert_eq!((asked[1].path.as_str(), asked[1].header("authorization")), ("/connections", "Bearer A1"));
    fake.answers(200, json!({"access_token": "A2", "refresh_token": "R2", "expires_in": 1800}));
    sign_in(&http_at(NOW), &mut xero, Grant::Refresh(&old)).await.unwrap();
    assert_eq!((xero.fact("tenant_id"), fake.asked().len()), (Some("t-2"), 3));
    // Nobody guesses among several.
    let mut unnamed = app(&fake);
    let error = {
        fake.answers(200, json!({"access_token": "A1", "refresh_token": "R1", "expires_in": 1800}))
            .answers(200, tenants);
        let query = BTreeMap::from([("code".to_owned(), "C0DE".to_owned())]);
        let back =
            Return { redirect_uri: "https://khlong.example.com/back", verifier: &verifier, query: &query };
        sign_in(&http_at(NOW), &mut unnamed, Grant::Code(back)).await.unwrap_err()
    };
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
}

#[tokio::test]
async fn a_refused_renewal_asks_somebody_to_sign_in() {
    let fake = Fake::start().await;
    let mut xero = organisation(&fake);
    let mut old = xero.tokens.clone().unwrap();
    old.refresh = Some("R1".to_owned().into());
    fake.answers(400, json!({"error": "invalid_grant"}));
    let error = sign_in(&http_at(NOW), &mut xero, Grant::Refresh(&old)).await.unwrap_err();
    assert!(
        matches!(error, Error::SignedOut { .. }) && error.advice().to_lowercase().contains("sign in"),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_invoice_is_made_under_the_step_s_key_and_its_total_compared() {
    let fake = Fake::start().await;
    fake.answers(200, made(267.5)).answers(200, made(267.49));
    let create = runner(&fake, "create_invoice");
    let output = create.run(json!({"sale": sale()})).await.unwrap();
    assert_eq!(
        output,
        json!({"id": "guid", "number": "SHOPIFY-1001", "status": "AUTHORISED", "total": 267.5, "tax": 17.5, "created": true})
    );
    let asked = &fake.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("PUT", "/api.xro/2.0/Invoices"));
    assert_eq!((asked.header("idempotency-key"), asked.header("xero-tenant-id")), (STEP_KEY, "tenant-1"));
    assert_eq!(
        (asked.pair("summarizeErrors").as_deref(), asked.pair("unitdp").as_deref()),
        (Some("false"), Some("4"))
    );
    let text = String::from_utf8_lossy(&asked.body).into_owned();
    assert!(text.contains(r#""UnitAmount":267.50"#), "{text}");
    let mut body = asked.json()["Invoices"][0].clone();
    body["LineItems"][0]["UnitAmount"] = json!(1);
    assert_eq!(
        body,
        json!({"Contact": {"ContactNumber": "shopify:8891"}, "Reference": "SHOPIFY-1001", "Date": "2026-11-20", "CurrencyCode": "THB",
               "LineAmountTypes": "Inclusive",
               "LineItems": [{"Description": "ชาเขียว 100 g", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200", "TaxType": "OUTPUT"}],
               "Type": "ACCREC", "Status": "AUTHORISED", "InvoiceNumber": "SHOPIFY-1001", "DueDate": "2026-11-20"})
    );
    let error = create.run(json!({"sale": sale()})).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused { .. }) && error.to_string().contains("SHOPIFY-1001"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_number_that_is_taken_is_the_same_invoice() {
    let fake = Fake::start().await;
    let taken = json!({"Invoices": [{"HasErrors": true, "StatusAttributeString": "ERROR",
        "ValidationErrors": [{"Message": "Invoice # must be unique."}]}]});
    fake.answers(200, taken).answers(200, made(267.5));
    let output = runner(&fake, "create_invoice").run(json!({"sale": sale()})).await.unwrap();
    assert_eq!((&output["id"], &output["created"]), (&json!("guid"), &json!(false)));
    assert_eq!(fake.asked()[1].pair("InvoiceNumbers").as_deref(), Some("SHOPIFY-1001"));
}

#[tokio::test]
async fn a_contact_a_payment_and_a_credit_note_are_written() {
    let fake = Fake::start().await;
    fake.answers(
        200,
        json!({"Contacts": [{"ContactID": "c", "ContactNumber": "shopify:8891", "Name": "สมชาย"}]}),
    )
    .answers(200, json!({"Payments": [{"PaymentID": "p"}]}))
    .answers(
        200,
        json!({"CreditNotes": [{"CreditNoteID": "n", "CreditNoteNumber": "SHOPIFY-1001", "Total": 267.5}]}),
    )
    .answers(200, json!({"Allocations": [{}]}));
    let buyer = json!({"buyer": {"code": "shopify:8891", "name": "สมชาย ใจดี (8891)", "email": "somchai@example.com", "tax_id": "1103700000001"}});
    assert_eq!(runner(&fake, "upsert_contact").run(buyer).await.unwrap()["id"], "c");
    let pay = json!({"invoice": "guid", "account": "090", "amount": "267.50", "date": "2026-11-20"});
    assert_eq!(
        runner(&fake, "record_payment").run(pay).await.unwrap(),
        json!({"id": "p", "amount": "267.50"})
    );
    let note =
        runner(&fake, "create_credit_note").run(json!({"sale": sale(), "invoice": "guid"})).await.unwrap();
    assert_eq!(note["id"], "n");
    let asked = fake.asked();
    assert_eq!(
        asked[0].json(),
        json!({"Contacts": [{"ContactNumber": "shopify:8891", "Name": "สมชาย ใจดี (8891)", "EmailAddress": "somchai@example.com",
                             "TaxNumber": "1103700000001"}]})
    );
    assert_eq!(
        String::from_utf8_lossy(&asked[1].body),
        r#"{"Invoice":{"InvoiceID":"guid"},"Account":{"Code":"090"},"Date":"2026-11-20","Amount":267.50}"#
    );
    let methods: Vec<String> = asked
        .iter()
        .map(|asked| format!("{} {}", asked.method, asked.path.trim_start_matches("/api.xro/2.0/")))
        .collect();
    assert_eq!(
        methods,
        ["POST Contacts", "PUT Payments", "PUT CreditNotes", "PUT CreditNotes/n/Allocations"]
    );
    assert_ne!(asked[2].header("idempotency-key"), asked[3].header("idempotency-key"));
}

#[tokio::test]
async fn changed_invoices_come_page_by_page_and_the_next_look_overlaps() {
    let fake = Fake::start().await;
    let xero = organisation(&fake);
    let row =
        |id: usize| json!({"InvoiceID": id.to_string(), "UpdatedDateUTC": "/Date(1795144269000+0000)/"});
    let full = json!({"Invoices": (0..100).map(row).collect::<Vec<Value>>()});
    fake.answers(200, full.clone())
        .answers(200, full)
        .answers(200, json!({"Invoices": [row(100)]}))
        .answers(200, json!({"Invoices": []}));
    let with = json!({"since": "2026-11-20T03:00:00Z"});
    let (mut cursor, mut seen) = (None, Vec::new());
    for _ in 0..4 {
        let polled =
            look(&http_at(NOW), "xero/invoices_changed", with.clone(), &xero, cursor.as_ref()).await.unwrap();
        seen.push((polled.deliveries.len(), polled.more));
        cursor = Some(polled.cursor);
    }
    assert_eq!(seen, [(100, true), (100, true), (1, false), (0, false)]);
    let asked = fake.asked();
    let told = |index: usize| {
        (asked[index].header("if-modified-since").to_owned(), asked[index].pair("page").unwrap())
    };
    assert_eq!(told(0), ("2026-11-20T03:00:00".into(), "1".into()));
    assert_eq!(told(1), ("2026-11-20T03:11:09".into(), "1".into()), "from the last second seen");
    assert_eq!(told(2), ("2026-11-20T03:11:09".into(), "2".into()), "that second fills a page");
    assert_eq!(told(3), ("2026-11-20T03:10:09".into(), "1".into()), "a minute before the last change");
    assert_eq!(asked[0].pair("order").as_deref(), Some("UpdatedDateUTC"));
}

#[test]
fn the_signature_of_a_hint_is_checked_also_where_nothing_is_told() {
    let all = catalog::all();
    let body = r#"{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}"#;
    let xero = connection("xero", json!({}), &[("webhook_key", "xero-webhook-key-demo")]);
    let nudge = |body: &str, signature: &str| {
        let knock = Knock::post(body.to_owned()).header("x-xero-signature", signature);
        knock.nudges(&all, "xero/invoices_changed", json!({}), Some(&xero))
    };
    assert_eq!(nudge(body, "xcubZK4DnnKYranU+HKgp1MjWGekMprmWRrKk2KELqs="), Ok(()));
    assert_eq!(nudge(body, "AAAA"), Err(Refusal::Unauthorized));
    assert_eq!(nudge("{}", "xcubZK4DnnKYranU+HKgp1MjWGekMprmWRrKk2KELqs="), Err(Refusal::Unauthorized));
}

#[tokio::test]
async fn each_failure_says_whether_trying_again_can_help() {
    let fake = Fake::start().await;
    let validation = json!({"ErrorNumber": 10, "Type": "ValidationException", "Elements": [{"ValidationErrors": [{"Message": "Account code is wrong"}]}]});
    let cases = [
        (401, json!({"Detail": "TokenExpired"}), "E0311", Retry::Backoff),
        (403, json!({"Detail": "AuthenticationUnsuccessful"}), "E0302", Retry::Never),
        (400, validation, "E0308", Retry::Never),
        (412, json!({}), "E0308", Retry::Never),
        (429, json!({}), "E0306", Retry::After(Span::from_secs(60))),
        (500, json!({}), "E0307", Retry::Backoff),
        (503, json!({}), "E0307", Retry::Backoff),
    ];
    for (status, body, code, retry) in cases {
        fake.answers(status, body.clone());
        let error = runner(&fake, "create_invoice").run(json!({"sale": sale()})).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{status} {body}: {error:?}");
        assert!(!format!("{error:?}").contains("T0KEN-XERO"));
    }
    fake.answers_with(429, &[("retry-after", "12")], "");
    let busy = runner(&fake, "create_invoice").run(json!({"sale": sale()})).await.unwrap_err();
    assert_eq!(busy.retry(), Retry::After(Span::from_secs(12)));
    fake.answers_with(200, &[("content-type", "text/html")], "<html>");
    let html = runner(&fake, "create_invoice").run(json!({"sale": sale()})).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
}

#[tokio::test]
async fn a_test_names_the_organisation() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"Organisations": [{"Name": "Tea Shop"}]}));
    let all = catalog::all();
    let said = all.connector("xero").unwrap().test(&http(10_000), &organisation(&fake)).await.unwrap();
    assert_eq!(said, "Tea Shop");
}

#[tokio::test]
async fn a_record_without_its_id_or_time_is_no_record_to_go_on_behind() {
    let fake = Fake::start().await;
    let connection = organisation(&fake);
    fake.answers(200, json!({"Invoices": [{"InvoiceID": "guid"}]}));
    let looked =
        look(&http_at(NOW), "xero/invoices_changed", json!({}), &connection, Some(&json!({"at": NOW}))).await;
    assert!(matches!(looked, Err(Error::Unreadable { .. })), "{looked:?}");
}
