//! FlowAccount: tokens, documents with all their totals, and answers that say "no" with 200.

use crate::common::fake::Fake;
use crate::common::{Runner, connection, http, http_at, sign_in};
use connector::lookup::Wanted;
use connector::sign_in::{Grant, Tokens};
use connector::{Connection, Error, Retry};
use serde_json::{Value, json};

fn company(fake: &Fake) -> Connection {
    let fields = json!({"api_url": format!("{}/v1", fake.url), "client_id": "shop"});
    let mut company = connection("flowaccount", fields, &[("client_secret", "S3CRET-FLOW")]);
    company.tokens = Some(Tokens::new("T0KEN-FLOW".to_owned()));
    company
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("flowaccount/{operation}"), Some(company(fake)))
}

fn data(data: Value) -> Value {
    json!({"status": true, "message": "ok", "code": 200, "data": data})
}

fn none() -> Value {
    data(json!({"total": 0, "list": []}))
}

fn sale() -> Value {
    json!({
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "prices_include_vat": true, "total": "267.50",
        "buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "address": "99 ถ.สุขุมวิท กรุงเทพมหานคร 10110",
                  "tax_id": "1103700000001", "branch": "00000", "zip": "10110"},
        "lines": [{"name": "ชาเขียว 100 g", "quantity": 1, "unit": "ถุง", "price": "267.50"}]
    })
}

fn made(total: f64) -> Value {
    data(
        json!({"recordId": 881, "documentId": 881, "documentSerial": "CA2026110001", "status": "paid", "grandTotal": total}),
    )
}

#[tokio::test]
async fn a_token_is_got_with_the_company_s_keys() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"access_token": "N3W", "expires_in": 86400, "token_type": "Bearer"}));
    let mut company = company(&fake);
    company.tokens = None;
    let tokens = sign_in(&http_at(1_000), &mut company, Grant::Keys).await.unwrap();
    assert_eq!(tokens.expires_at, Some(86_401_000));
    let asked = &fake.asked()[0];
    let pair = |name: &str| asked.pair(name).unwrap_or_default();
    assert_eq!((asked.path.as_str(), pair("grant_type").as_str()), ("/v1/token", "client_credentials"));
    assert_eq!(
        (pair("scope").as_str(), pair("client_id").as_str(), pair("client_secret").as_str()),
        ("flowaccount-api", "shop", "S3CRET-FLOW")
    );
}

#[tokio::test]
async fn a_paid_sale_becomes_a_cash_invoice_whose_totals_are_all_told() {
    let fake = Fake::start().await;
    let accounts = data(
        json!({"list": [{"bankAccountId": 1201, "bankAccountName": "ร้านชา", "bankAccountNumber": "0048620000", "bankId": 2}]}),
    );
    fake.answers(200, none()).answers(200, accounts).answers(200, made(267.5));
    let input = json!({"kind": "cash_invoice", "sale": sale(), "paid_by": "transfer", "bank_account": 1201, "goods": "inventory"});
    let output = runner(&fake, "create_document").run(input).await.unwrap();
    assert_eq!(
        output,
        json!({"id": 881, "number": "CA2026110001", "status": "paid", "grand_total": 267.5, "created": true})
    );
    let asked = fake.asked();
    assert_eq!(
        (asked[2].path.as_str(), asked[2].header("authorization")),
        ("/v1/cash-invoices/inline/with-payment", "Bearer T0KEN-FLOW")
    );
    let text = String::from_utf8_lossy(&asked[2].body).into_owned();
    for part in [
        r#""subTotal":267.50"#,
        r#""total":267.50"#,
        r#""totalAfterDiscount":267.50"#,
        r#""exemptAmount":0.00"#,
        r#""vatableAmount":250.00"#,
        r#""vatAmount":17.50"#,
        r#""grandTotal":267.50"#,
        r#""collected":267.50"#,
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let body = asked[2].json();
    for (name, value) in [
        ("contactCode", json!("SHOP-8891")),
        ("contactName", json!("สมชาย ใจดี")),
        ("contactTaxId", json!("1103700000001")),
        ("contactBranch", json!("สำนักงานใหญ่")),
        ("contactZipCode", json!("10110")),
        ("contactGroup", json!(1)),
        ("publishedOn", json!("2026-11-20")),
        ("creditType", json!(3)),
        ("creditDays", json!(0)),
        ("dueDate", json!("2026-11-20")),
        ("reference", json!("SHOPIFY-1001")),
        ("isVat", json!(true)),
        ("isVatInclusive", json!(true)),
        ("useInlineVat", json!(true)),
        ("useInlineDiscount", json!(true)),
        ("paymentMethod", json!(5)),
        ("paymentDate", json!("2026-11-20")),
        ("documentPaymentStructureType", json!("InlineDocumentWithPaymentReceivingTransfer")),
        ("transferBankAccountId", json!(2)),
        ("bankAccountId", json!(1201)),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
    let item = &body["items"][0];
    assert_eq!((&item["type"], &item["vatRate"], &item["unitName"]), (&json!(5), &json!(7), &json!("ถุง")));
    assert!(text.contains(r#""pricePerUnit":267.50"#), "{text}");
}

#[tokio::test]
async fn the_buyer_s_documents_are_searched_for_the_reference_before_anything_is_made() {
    let fake = Fake::start().await;
    let document = |reference: &str, status: &str| json!({"recordId": 7, "documentSerial": "CA7", "reference": reference, "statusString": status});
    fake.answers(
        200,
        data(json!({"list": [document("SHOPIFY-10", "paid"), document("SHOPIFY-1001", "paid")]})),
    );
    let create = runner(&fake, "create_document");
    let output = create.run(json!({"sale": sale()})).await.unwrap();
    assert_eq!((&output["id"], &output["created"]), (&json!(7), &json!(false)));
    let asked = &fake.asked()[0];
    assert_eq!(
        asked.pair("filter").as_deref(),
        Some(
            "[{'columnName':'Contact.NameLocal','columnValue':'สมชาย ใจดี','columnPredicateOperator':'And'}]"
        )
    );
    assert_eq!(asked.pair("sortBy").as_deref(), Some("[{'name':'documentSerial','sortOrder':'desc'}]"));
    assert_eq!(
        (asked.pair("currentPage").as_deref(), asked.pair("pageSize").as_deref()),
        (Some("1"), Some("100"))
    );
    // One that was voided does not count.
    fake.answers(200, data(json!({"list": [document("SHOPIFY-1001", "void")]})));
    assert_eq!(create.probe(json!({"sale": sale()})).await.unwrap(), None);
    fake.answers(200, data(json!({"list": [document("SHOPIFY-1001", "awaiting")]})));
    assert_eq!(create.probe(json!({"sale": sale()})).await.unwrap().unwrap()["id"], 7);
}

#[tokio::test]
async fn a_search_goes_through_the_pages_and_ends() {
    let fake = Fake::start().await;
    let page = data(json!({"list": vec![json!({"reference": "other"}); 100]}));
    for _ in 0..10 {
        fake.answers(200, page.clone());
    }
    let found = runner(&fake, "create_document").probe(json!({"sale": sale()})).await.unwrap();
    assert_eq!((found, fake.asked().len()), (None, 10));
    assert_eq!(fake.asked()[9].pair("currentPage").as_deref(), Some("10"));
}

#[tokio::test]
async fn a_sale_that_does_not_add_up_is_refused_before_flowaccount_is_asked() {
    let fake = Fake::start().await;
    let mut wrong = sale();
    wrong["total"] = "267.49".into();
    let error = runner(&fake, "create_document").run(json!({"sale": wrong})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }) && error.to_string().contains("0.01"), "{error:?}");
    let mut dollars = sale();
    dollars["currency"] = "USD".into();
    let error = runner(&fake, "create_document").run(json!({"sale": dollars})).await.unwrap_err();
    assert!(matches!(error, Error::Input { .. }) && fake.asked().is_empty(), "{error:?}");
}

#[tokio::test]
async fn a_document_that_was_made_with_another_total_is_for_a_person() {
    let fake = Fake::start().await;
    fake.answers(200, none()).answers(200, made(267.49));
    let error = runner(&fake, "create_document").run(json!({"sale": sale()})).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused { .. }) && error.to_string().contains("CA2026110001"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_discount_vat_on_top_and_credit_are_told_line_by_line() {
    let fake = Fake::start().await;
    fake.answers(200, none()).answers(200, data(json!({"recordId": 9, "documentSerial": "INV9"})));
    let sale = json!({
        "reference": "B-1", "date": "2026-11-20", "due_date": "2026-12-20", "discount": "10", "total": "419.12",
        "lines": [{"name": "ชา", "quantity": 2, "price": "145", "discount": "10"}, {"name": "หนังสือ", "quantity": 1, "price": "130", "no_vat": true}]
    });
    runner(&fake, "create_document").run(json!({"kind": "tax_invoice", "sale": sale})).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[1].path, "/v1/tax-invoices/inline");
    let body = asked[1].json();
    assert_eq!(
        (&body["creditType"], &body["creditDays"], &body["dueDate"]),
        (&json!(1), &json!(30), &json!("2026-12-20"))
    );
    assert_eq!(
        (&body["documentStructureType"], &body["contactName"]),
        (&json!("InlineDocument"), &json!("ลูกค้าทั่วไป"))
    );
    let told = |name: &str| body[name].to_string();
    let amounts = ["subTotal", "exemptAmount", "vatableAmount", "vatAmount", "grandTotal"].map(told);
    assert_eq!(amounts, ["400.00", "126.83", "273.17", "19.12", "419.12"]);
    assert_eq!(
        (&body["items"][1]["vatRate"], body["items"][0]["discountAmount"].to_string()),
        (&json!(-1), "16.83".to_owned())
    );
}

#[tokio::test]
async fn a_transfer_without_an_account_is_not_guessed() {
    let fake = Fake::start().await;
    fake.answers(200, none());
    let error = runner(&fake, "create_document")
        .run(json!({"sale": sale(), "paid_by": "transfer"}))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
    fake.answers(200, none()).answers(200, data(json!({"list": []})));
    let input = json!({"sale": sale(), "paid_by": "transfer", "bank_account": 5});
    let error = runner(&fake, "create_document").run(input).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn a_contact_is_found_by_name_and_number_and_changed_else_made() {
    let fake = Fake::start().await;
    let buyer = json!({"buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "tax_id": "1103700000001", "phone": "0810000001", "company": true}});
    let other = json!({"id": 1, "contactCode": "OTHER"});
    let same = json!({"id": 4211, "contactCode": null, "contactTaxId": 1103700000001u64});
    fake.answers(200, data(json!({"list": [other, same]}))).answers(200, data(json!({})));
    let upsert = runner(&fake, "upsert_contact");
    assert_eq!(upsert.run(buyer.clone()).await.unwrap(), json!({"id": 4211, "created": false}));
    let asked = fake.asked();
    assert_eq!((asked[1].method.as_str(), asked[1].path.as_str()), ("PUT", "/v1/contacts/4211"));
    assert_eq!(
        asked[1].json(),
        json!({"contactCode": "SHOP-8891", "contactTaxId": "1103700000001", "contactGroup": 3, "contactName": "สมชาย ใจดี",
               "contactType": 3, "contactMobile": "0810000001"})
    );
    fake.answers(200, none()).answers(200, data(json!({"id": 4212})));
    assert_eq!(upsert.run(buyer.clone()).await.unwrap(), json!({"id": 4212, "created": true}));
    fake.answers(200, none());
    assert_eq!(upsert.probe(buyer).await.unwrap(), None);
}

#[tokio::test]
async fn products_are_read_a_page_at_a_time_or_by_sku() {
    let fake = Fake::start().await;
    let tea = json!({"id": 71, "code": "TEA-100", "name": "ชา", "sellPrice": 267.5, "remainingStock": 38, "unitName": "ถุง"});
    let other = json!({"id": 72, "code": "TEA-1000"});
    fake.answers(200, data(json!({"list": [tea, other]})));
    let output = runner(&fake, "find_products").run(json!({"sku": "TEA-100"})).await.unwrap();
    assert_eq!(
        output,
        json!({"products": [{"id": 71, "sku": "TEA-100", "name": "ชา", "price": 267.5, "stock": 38, "unit": "ถุง"}], "more": false})
    );
    assert!(
        fake.asked()[0]
            .pair("filter")
            .unwrap()
            .contains("'columnName':'productCode','columnValue':'TEA-100'")
    );
}

#[tokio::test]
async fn a_document_is_shared_mailed_and_voided() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({"link": "https://share.flowaccount.com/881"})))
        .answers(200, data(json!({})))
        .answers(200, data(json!({})));
    let shared = runner(&fake, "share_document").run(json!({"document": 881})).await.unwrap();
    assert_eq!(shared, json!({"link": "https://share.flowaccount.com/881"}));
    let mail =
        json!({"document": "881", "from": "shop@example.com", "to": "somchai@example.com", "subject": "CA1"});
    runner(&fake, "email_document").run(mail).await.unwrap();
    runner(&fake, "void_document").run(json!({"kind": "tax_invoice", "document": 881})).await.unwrap();
    let asked = fake.asked();
    let paths: Vec<&str> = asked.iter().map(|asked| asked.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/v1/cash-invoices/sharedocument",
            "/v1/cash-invoices/email-document",
            "/v1/tax-invoices/881/status/void"
        ]
    );
    assert_eq!(asked[0].json(), json!({"documentId": 881}));
    assert_eq!(asked[1].json()["toemail"], "somchai@example.com");
}

#[tokio::test]
async fn a_payment_is_recorded_unless_the_document_is_paid() {
    let fake = Fake::start().await;
    let input = json!({"kind": "tax_invoice", "document": 881, "paid_by": "cash", "amount": "267.50", "date": "2026-11-20T20:00:00Z"});
    fake.answers(200, data(json!({"statusString": "awaiting"}))).answers(200, data(json!({})));
    let pay = runner(&fake, "record_payment");
    assert_eq!(pay.run(input.clone()).await.unwrap(), json!({"document": 881, "paid": true}));
    let asked = fake.asked();
    assert_eq!(asked[1].path, "/v1/tax-invoices/881/payment");
    let text = String::from_utf8_lossy(&asked[1].body).into_owned();
    assert_eq!(
        text,
        r#"{"paymentStructureType":"PaymentReceivingCash","documentId":881,"paymentMethod":1,"paymentDate":"2026-11-21","collected":267.50}"#
    );
    fake.answers(200, data(json!({"statusString": "paid"})));
    assert_eq!(pay.probe(input.clone()).await.unwrap(), Some(json!({"document": 881, "paid": true})));
    fake.answers(200, data(json!({"statusString": "Paid"})));
    pay.run(input).await.unwrap();
    assert_eq!(fake.asked().len(), 4, "nothing was sent a second time");
}

#[tokio::test]
async fn each_failure_is_what_its_body_says_also_with_200() {
    let fake = Fake::start().await;
    let cases = [
        (
            200,
            json!({"status": false, "message": "reference is too long", "code": 400}),
            "E0308",
            Retry::Never,
        ),
        (200, json!({"status": false, "message": "busy", "code": 500}), "E0307", Retry::Backoff),
        (200, json!({"status": false, "message": "slow", "code": 429}), "E0306", Retry::Backoff),
        (200, json!({"status": false, "message": "token", "code": 401}), "E0311", Retry::Backoff),
        (200, json!({"hello": "there"}), "E0309", Retry::Never),
        (401, json!({"message": "expired"}), "E0311", Retry::Backoff),
        (403, json!({"message": "no"}), "E0302", Retry::Never),
        (400, json!({"status": false, "message": "bad"}), "E0308", Retry::Never),
        (429, json!({}), "E0306", Retry::Backoff),
        (503, json!({}), "E0307", Retry::Backoff),
    ];
    for (status, body, code, retry) in cases {
        fake.answers(status, body.clone());
        let error = runner(&fake, "share_document").run(json!({"document": 1})).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{status} {body}: {error:?}");
        assert!(!format!("{error:?}").contains("T0KEN-FLOW"));
    }
    fake.answers_with(200, &[("content-type", "text/html")], "<html>");
    let html = runner(&fake, "share_document").run(json!({"document": 1})).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
}

#[tokio::test]
async fn a_test_names_the_company_and_bank_accounts_are_there_to_choose_from() {
    let fake = Fake::start().await;
    let flowaccount = catalog::all().connector("flowaccount").unwrap().clone();
    fake.answers(200, data(json!({"companyName": "บริษัท ร้านชา จำกัด"})));
    assert_eq!(flowaccount.test(&http(10_000), &company(&fake)).await.unwrap(), "บริษัท ร้านชา จำกัด");
    let list = json!({"list": [{"bankAccountId": 1201, "bankAccountName": "กสิกร", "bankAccountNumber": 48620000}, {"bankAccountId": 1202, "bankAccountName": "กรุงไทย"}]});
    fake.answers(200, data(list.clone())).answers(200, data(list));
    let wanted = Wanted { kind: "bank_account".into(), text: "0000".into(), ..Wanted::default() };
    let page = flowaccount.look_up(&http(10_000), &company(&fake), &wanted).await.unwrap();
    assert_eq!((page.records.len(), page.records[0].label.as_str()), (1, "กสิกร"));
    let by_id = Wanted { kind: "bank_account".into(), id: Some(json!("1202")), ..Wanted::default() };
    let page = flowaccount.look_up(&http(10_000), &company(&fake), &by_id).await.unwrap();
    assert_eq!((page.records.len(), page.records[0].label.as_str()), (1, "กรุงไทย"));
}
