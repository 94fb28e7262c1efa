//! PEAK: the signed time, tokens, documents, and answers that say "no" with 200.

use crate::common::fake::Fake;
use crate::common::{Runner, connection, http_at, sign_in};
use connector::lookup::Wanted;
use connector::sign_in::{Grant, Tokens};
use connector::{Connection, Error, Retry};
use serde_json::{Value, json};

/// 23 November 2026, 03:15:00 UTC.
const NOW: i64 = 1_795_403_700_000;
const METHOD: &str = "5f0c2a9e-1111-4222-8333-944455556666";

fn company(fake: &Fake, more: Value) -> Connection {
    let mut fields = json!({"api_url": format!("{}/api/v1", fake.url)});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let secrets =
        [("connect_id", "demo-connect-id"), ("connect_key", "C0NNECT-KEY"), ("user_token", "US3R-TOKEN")];
    let mut company = connection("peak", fields, &secrets);
    company.tokens = Some(Tokens::new("CL1ENT-TOKEN".to_owned()));
    company
}

fn runner_with(fake: &Fake, operation: &str, more: Value) -> Runner {
    let mut runner = Runner::new(&format!("peak/{operation}"), Some(company(fake, more)));
    runner.http = http_at(NOW);
    runner
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    runner_with(fake, operation, json!({}))
}

fn sale() -> Value {
    json!({
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "total": "267.50",
        "lines": [{"sku": "P00003", "name": "ชาเขียว 100 g", "quantity": 1, "price": "250.00"}]
    })
}

fn invoices(list: Value) -> Value {
    json!({"PeakInvoices": {"resCode": "200", "resDesc": "Success", "invoices": list}})
}

#[tokio::test]
async fn a_token_is_asked_for_with_the_time_signed_as_peak_wants_it() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"PeakClientToken": {"resCode": "200", "token": "N3W"}}));
    let mut peak = company(&fake, json!({}));
    peak.tokens = None;
    let tokens = sign_in(&http_at(NOW), &mut peak, Grant::Keys).await.unwrap();
    assert_eq!(tokens.expires_at, Some(NOW + 24 * 3_600_000));
    let asked = &fake.asked()[0];
    assert_eq!((asked.path.as_str(), asked.header("time-stamp")), ("/api/v1/clienttoken", "20261123031500"));
    assert_eq!(asked.header("time-signature"), "9dc463d32c502f078120935828455e19f9b6ef68");
    assert_eq!(
        asked.json(),
        json!({"PeakClientToken": {"connectId": "demo-connect-id", "password": "C0NNECT-KEY"}})
    );
}

#[tokio::test]
async fn the_other_ways_of_peak_s_clients_can_be_set() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"PeakClientToken": {"resCode": 200, "token": "N3W"}}));
    let more = json!({"signature": "base64", "key_name": "connectKey", "application_code": "KHLONG"});
    sign_in(&http_at(NOW), &mut company(&fake, more), Grant::Keys).await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!(
        (asked.header("time-signature"), asked.header("application-code")),
        ("ncRj0yxQLweBIJNYKEVeGfm272g=", "KHLONG")
    );
    assert_eq!(asked.json()["PeakClientToken"]["connectKey"], "C0NNECT-KEY");
}

#[tokio::test]
async fn wrong_keys_are_an_error_of_the_connection_that_shows_none() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"PeakClientToken": {"resCode": "403", "resDesc": "Invalid connectId"}}));
    let error = sign_in(&http_at(NOW), &mut company(&fake, json!({})), Grant::Keys).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
    assert!(
        !format!("{error:?}").contains("C0NNECT-KEY") && !format!("{error:?}").contains("demo-connect-id")
    );
}

#[tokio::test]
async fn a_paid_sale_becomes_an_invoice_as_peak_s_sample_shows_it() {
    let fake = Fake::start().await;
    fake.answers(200, invoices(json!([])))
        .answers(200, invoices(json!([{"resCode": "200", "id": "guid-1", "code": "KHL-SHOPIFY-1001"}])));
    let input = json!({"sale": sale(), "contact": "contact-guid", "payment_method": METHOD, "account_code": "410201", "tax_invoice": true});
    let output = runner(&fake, "create_document").run(input).await.unwrap();
    assert_eq!(
        output,
        json!({"id": "guid-1", "code": "KHL-SHOPIFY-1001", "link": null, "vat": "17.50", "grand_total": "267.50", "created": true})
    );
    let asked = fake.asked();
    assert_eq!(
        (asked[0].path.as_str(), asked[0].pair("code").as_deref()),
        ("/api/v1/invoices", Some("KHL-SHOPIFY-1001"))
    );
    assert_eq!(
        (asked[1].header("client-token"), asked[1].header("user-token")),
        ("CL1ENT-TOKEN", "US3R-TOKEN")
    );
    assert_eq!(
        asked[1].json(),
        json!({"PeakInvoices": {"invoices": [{
            "code": "KHL-SHOPIFY-1001", "issuedDate": "20261120", "dueDate": "20261120", "contactId": "contact-guid", "tags": ["khlong"],
            "istaxInvoice": 1,
            "products": [{"productCode": "P00003", "accountCode": "410201", "description": "ชาเขียว 100 g", "quantity": 1,
                          "price": "250.00", "discount": "0", "vatType": 1}],
            "paidPayments": {"paymentDate": "20261120", "withHoldingTaxAmount": "0",
                             "payments": [{"paymentMethodId": METHOD, "amount": "267.50", "note": "SHOPIFY-1001"}]}
        }]}})
    );
}

#[tokio::test]
async fn a_document_with_this_code_is_not_made_again() {
    let fake = Fake::start().await;
    let standing = invoices(json!([{"id": "guid-1", "code": "KHL-SHOPIFY-1001"}]));
    fake.answers(200, standing.clone()).answers(200, standing);
    let input = json!({"sale": sale(), "contact": "c"});
    let create = runner(&fake, "create_document");
    assert_eq!(create.run(input.clone()).await.unwrap()["created"], false);
    assert_eq!(create.probe(input.clone()).await.unwrap().unwrap()["id"], "guid-1");
    fake.answers(200, json!({"PeakInvoices": {"resCode": "404", "resDesc": "Not found"}}));
    assert_eq!(create.probe(input).await.unwrap(), None);
}

#[tokio::test]
async fn how_a_line_is_taxed_is_what_the_connection_says() {
    let fake = Fake::start().await;
    let mut inside = sale();
    (inside["prices_include_vat"], inside["lines"][0]["price"]) = (true.into(), "267.50".into());
    let receipts = |list: Value| json!({"PeakReceipts": {"resCode": "200", "receipts": list}});
    fake.answers(200, receipts(json!([]))).answers(200, receipts(json!([{"resCode": "200", "id": "r"}])));
    let input = json!({"kind": "receipt", "sale": inside, "contact": "c"});
    runner_with(&fake, "create_document", json!({"vat_type_inside": "7"})).run(input).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[1].json()["PeakReceipts"]["receipts"][0]["products"][0]["vatType"], 7);
    let mut book = sale();
    (book["lines"][0]["no_vat"], book["total"]) = (true.into(), "250".into());
    let error =
        runner(&fake, "create_document").run(json!({"sale": book, "contact": "c"})).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }) && fake.asked().len() == 2, "{error:?}");
}

#[tokio::test]
async fn a_sale_that_does_not_add_up_is_refused_before_peak_is_asked() {
    let fake = Fake::start().await;
    let mut wrong = sale();
    wrong["total"] = "267.51".into();
    let error =
        runner(&fake, "create_document").run(json!({"sale": wrong, "contact": "c"})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }) && fake.asked().is_empty(), "{error:?}");
}

#[tokio::test]
async fn a_contact_is_found_by_code_and_changed_else_made() {
    let fake = Fake::start().await;
    let contacts = |list: Value| json!({"PeakContacts": {"resCode": "200", "contacts": list}});
    let buyer =
        json!({"buyer": {"code": "SHOP-8891", "name": "สมชาย", "tax_id": "1103700000001", "zip": 10110}});
    fake.answers(200, contacts(json!([{"id": "c-1", "code": "SHOP-8891"}])))
        .answers(200, contacts(json!([{"resCode": "200", "id": "c-1"}])));
    let upsert = runner(&fake, "upsert_contact");
    assert_eq!(
        upsert.run(buyer.clone()).await.unwrap(),
        json!({"id": "c-1", "code": "SHOP-8891", "created": false})
    );
    let asked = fake.asked();
    assert_eq!(asked[1].path, "/api/v1/contacts/edit");
    assert_eq!(
        asked[1].json()["PeakContacts"]["contacts"][0],
        json!({"name": "สมชาย", "taxNumber": "1103700000001", "postcode": "10110", "code": "SHOP-8891", "type": 0, "id": "c-1"})
    );
    fake.answers(200, contacts(json!([]))).answers(200, contacts(json!([{"resCode": "200", "id": "c-2"}])));
    assert_eq!(upsert.run(buyer).await.unwrap()["created"], true);
    let nameless = upsert.run(json!({"buyer": {"name": "x"}})).await.unwrap_err();
    assert!(matches!(nameless, Error::Input { .. }), "{nameless:?}");
}

#[tokio::test]
async fn invoices_and_products_are_read_and_payments_recorded_and_voided() {
    let fake = Fake::start().await;
    fake.answers(200, invoices(json!(vec![json!({"id": "x"}); 20])))
        .answers(
            200,
            json!({"PeakProducts": {"resCode": "200", "products": [{"id": "p", "code": "P00003"}]}}),
        )
        .answers(200, invoices(json!([{"resCode": "200"}])))
        .answers(200, json!({"PeakReceipts": {"resCode": "200", "receipts": [{"resCode": "200"}]}}))
        .answers(200, invoices(json!([{"resCode": "200"}])));
    let page = runner(&fake, "find_invoices").run(json!({"page": 2})).await.unwrap();
    assert_eq!((page["invoices"].as_array().unwrap().len(), &page["more"]), (20, &json!(true)));
    let products = runner(&fake, "find_products").run(json!({"code": "P00003"})).await.unwrap();
    assert_eq!(products["products"][0]["id"], "p");
    let pay = json!({"invoice": "i-1", "payment_method": METHOD, "amount": "267.50", "date": "2026-11-20"});
    runner(&fake, "record_payment").run(pay).await.unwrap();
    runner(&fake, "void_document").run(json!({"document": "r-1"})).await.unwrap();
    runner(&fake, "void_document").run(json!({"what": "invoice_payment", "document": "i-1"})).await.unwrap();
    let asked = fake.asked();
    let paths: Vec<&str> = asked.iter().map(|asked| asked.path.trim_start_matches("/api/v1/")).collect();
    assert_eq!(
        paths,
        ["invoices/list", "products", "invoices/paidpayment", "receipts/void", "invoices/voidpayment"]
    );
    assert_eq!(
        (asked[0].pair("limit").as_deref(), asked[0].pair("page").as_deref()),
        (Some("20"), Some("2"))
    );
    let paid = &asked[2].json()["PeakInvoices"]["invoices"][0]["paidPayments"];
    assert_eq!(
        (&paid["paymentDate"], &paid["payments"][0]["amount"]),
        (&json!("20261120"), &json!("267.50"))
    );
}

#[tokio::test]
async fn each_code_is_looked_at_on_every_level() {
    let fake = Fake::start().await;
    let outer = |code: Value| json!({"PeakReceipts": {"resCode": code, "resDesc": "said"}});
    let inner = |code: &str, said: &str| json!({"PeakReceipts": {"resCode": "200", "receipts": [{"resCode": code, "resDesc": said}]}});
    let cases = [
        (200, outer(json!("400")), "E0308", Retry::Never),
        (200, outer(json!(401)), "E0311", Retry::Backoff),
        (200, outer(json!("500")), "E0307", Retry::Backoff),
        (200, inner("400", "contactId is wrong"), "E0308", Retry::Never),
        (200, inner("429", "slow"), "E0306", Retry::Backoff),
        (
            200,
            json!({"peakReceipts": {"resCode": "4001", "resDesc": "Invalid Client Token"}}),
            "E0311",
            Retry::Backoff,
        ),
        (200, inner("301", "Transaction Limit exceeded"), "E0308", Retry::Never),
        (200, json!({"hello": 1}), "E0309", Retry::Never),
        (401, json!({}), "E0311", Retry::Backoff),
        (429, json!({}), "E0306", Retry::Backoff),
        (503, json!({}), "E0307", Retry::Backoff),
    ];
    for (status, body, code, retry) in cases {
        fake.answers(status, body.clone());
        let error = runner(&fake, "void_document").run(json!({"document": "r"})).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{status} {body}: {error:?}");
        assert!(!format!("{error:?}").contains("TOKEN"), "{error:?}");
    }
    fake.answers(200, inner("301", "Transaction Limit exceeded"));
    let quota = runner(&fake, "void_document").run(json!({"document": "r"})).await.unwrap_err();
    assert!(quota.advice().contains("package"), "{quota:?}");
    fake.answers_with(200, &[("content-type", "text/html")], "<html>");
    let html = runner(&fake, "void_document").run(json!({"document": "r"})).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
}

#[tokio::test]
async fn ways_to_be_paid_are_there_to_choose_from() {
    let fake = Fake::start().await;
    let methods = json!({"PeakPaymentMethods": {"resCode": "200", "paymentMethods": [{"id": METHOD, "name": "กสิกร", "code": "BNK001"}, {"id": "x", "name": "เงินสด", "code": "CSH"}]}});
    fake.answers(200, methods.clone()).answers(200, methods);
    let peak = catalog::all().connector("peak").unwrap().clone();
    let said = peak.test(&http_at(NOW), &company(&fake, json!({}))).await.unwrap();
    assert!(said.contains('2'), "{said}");
    let wanted = Wanted { kind: "payment_method".into(), text: "bnk".into(), ..Wanted::default() };
    let page = peak.look_up(&http_at(NOW), &company(&fake, json!({})), &wanted).await.unwrap();
    assert_eq!((page.records.len(), &page.records[0].id), (1, &json!(METHOD)));
}
