//! What is made in Business Central, and what is asked before it.

use super::{ORDER, asked, failed, list, runner};
use crate::common::fake::Fake;
use connector::{Error, Retry};
use serde_json::{Value, json};

const CUSTOMER: &str = "6a1d2c3b-5d4e-ed11-946f-000d3a2feca1";
const INVOICE: &str = "8c2e4d5a-5d4e-ed11-946f-000d3a2feca1";

fn sale() -> Value {
    json!({
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "total": "535.00", "prices_include_vat": true,
        "buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "address": "99 ถ.สุขุมวิท", "zip": 10110},
        "lines": [{"sku": "TEA-100", "name": "ชาเขียว 100 g", "quantity": 2, "price": "267.50"}]
    })
}

fn made(total: f64, gross: bool) -> Value {
    json!({"@odata.etag": "W/\"1\"", "id": ORDER, "number": "SO-101005", "status": "Draft", "pricesIncludeTax": gross,
           "totalAmountIncludingTax": total})
}

fn customer() -> Value {
    list(json!([{"@odata.etag": "W/\"7\"", "id": CUSTOMER, "number": "SHOP-8891"}]))
}

#[tokio::test]
async fn an_order_is_made_with_its_lines_in_one_call_and_its_total_compared() {
    let fake = Fake::start().await;
    let nothing = || list(json!([]));
    fake.answers(200, nothing()).answers(200, nothing()).answers(200, customer());
    fake.answers(200, list(json!([{"id": "loc-1", "code": "MAIN"}]))).answers(201, made(535.0, false));
    let create = runner(&fake, "create_sales_order");
    let input = json!({"sale": sale(), "warehouse": "MAIN", "delivery_date": "2026-11-23", "confirm": true});
    let output = create.run(input).await.unwrap();
    assert_eq!(
        output,
        json!({"id": ORDER, "number": "SO-101005", "status": "Draft", "total": 535.0, "created": true})
    );
    let all = fake.asked();
    assert_eq!(all[0].pair("$filter").as_deref(), Some("externalDocumentNumber eq 'SHOPIFY-1001'"));
    assert_eq!(asked(&all[1]), "GET salesInvoices");
    assert_eq!(all[2].pair("$filter").as_deref(), Some("number eq 'SHOP-8891'"));
    assert_eq!(all[3].pair("$filter").as_deref(), Some("code eq 'MAIN'"));
    assert_eq!(asked(&all[4]), "POST salesOrders");
    assert_eq!(
        all[4].json(),
        json!({
            "customerNumber": "SHOP-8891", "externalDocumentNumber": "SHOPIFY-1001", "orderDate": "2026-11-20",
            "requestedDeliveryDate": "2026-11-23",
            "salesOrderLines": [{"lineType": "Item", "lineObjectNumber": "TEA-100", "description": "ชาเขียว 100 g", "quantity": 2,
                                 "unitPrice": 250, "locationId": "loc-1"}],
            "shipToName": "สมชาย ใจดี", "shipToAddressLine1": "99 ถ.สุขุมวิท", "shipToPostCode": "10110", "shipToCountry": "TH"
        })
    );
}

#[tokio::test]
async fn an_order_sent_twice_is_one_also_after_it_was_invoiced() {
    let fake = Fake::start().await;
    let create = runner(&fake, "create_sales_order");
    let input = json!({"sale": sale()});
    fake.answers(200, list(json!([made(535.0, false)])));
    assert_eq!(create.run(input.clone()).await.unwrap()["created"], json!(false));
    let invoice = list(
        json!([{"id": INVOICE, "number": "PSI-1", "orderId": ORDER, "orderNumber": "SO-101005", "totalAmountIncludingTax": 535.0}]),
    );
    fake.answers(200, list(json!([]))).answers(200, invoice.clone());
    let output = create.run(input.clone()).await.unwrap();
    assert_eq!(
        (&output["number"], &output["status"], &output["created"]),
        (&json!("SO-101005"), &json!("Invoiced"), &json!(false))
    );
    assert!(fake.asked().iter().all(|asked| asked.method == "GET"));
    // A lost answer is looked up in both places.
    fake.answers(200, list(json!([]))).answers(200, invoice);
    assert_eq!(create.probe(input.clone()).await.unwrap().unwrap()["id"], json!(ORDER));
    fake.answers(200, list(json!([]))).answers(200, list(json!([])));
    assert_eq!(create.probe(input).await.unwrap(), None);
}

#[tokio::test]
async fn another_total_or_other_prices_than_were_meant_are_told() {
    let fake = Fake::start().await;
    let create = runner(&fake, "create_sales_order");
    fake.answers(200, list(json!([made(534.99, false)]))).answers(200, list(json!([made(572.45, true)])));
    let total = create.run(json!({"sale": sale()})).await.unwrap_err();
    assert!(total.to_string().contains("SO-101005") && total.to_string().contains("534.99"), "{total:?}");
    let prices = create.run(json!({"sale": sale()})).await.unwrap_err();
    assert!(
        matches!(&prices, Error::Refused { message, .. } if message.contains("include VAT")),
        "{prices:?}"
    );
    // Customers whose prices include VAT are told gross prices.
    let mut gross = runner(&fake, "create_sales_order");
    gross.connection.as_mut().unwrap().fields.insert("prices".into(), "gross".into());
    let nothing = || list(json!([]));
    fake.answers(200, nothing()).answers(200, nothing()).answers(201, made(535.0, true));
    gross.run(json!({"sale": sale(), "customer": "WEB"})).await.unwrap();
    assert_eq!(fake.asked().last().unwrap().json()["salesOrderLines"][0]["unitPrice"], json!(267.5));
}

#[tokio::test]
async fn a_lost_answer_leaves_a_doubt_and_a_failed_look_none() {
    let fake = Fake::start().await;
    let create = runner(&fake, "create_sales_order");
    fake.answers(504, json!({}));
    let looked = create.run(json!({"sale": sale()})).await.unwrap_err();
    assert!(!looked.may_have_happened() && looked.retry() == Retry::Backoff, "{looked:?}");
    let nothing = || list(json!([]));
    fake.answers(200, nothing()).answers(200, nothing()).answers(200, customer()).answers(504, json!({}));
    let lost = create.run(json!({"sale": sale()})).await.unwrap_err();
    assert!(lost.may_have_happened(), "{lost:?}");
}

#[tokio::test]
async fn a_customer_is_made_by_number_and_changed_only_as_it_was_read() {
    let fake = Fake::start().await;
    let upsert = runner(&fake, "upsert_customer");
    let buyer = json!({"code": "SHOP-8891", "name": "สมชาย ใจดี", "email": "somchai@example.com", "phone": "0810000001",
                       "address": "99 ถ.สุขุมวิท", "zip": "10110", "tax_id": "1103700000001"});
    fake.answers(200, list(json!([]))).answers(201, json!({"id": CUSTOMER}));
    assert_eq!(upsert.run(json!({"buyer": buyer})).await.unwrap(), json!({"id": CUSTOMER, "created": true}));
    assert_eq!(
        fake.asked()[1].json(),
        json!({"number": "SHOP-8891", "displayName": "สมชาย ใจดี", "type": "Person", "email": "somchai@example.com", "phoneNumber": "0810000001",
               "addressLine1": "99 ถ.สุขุมวิท", "postalCode": "10110", "country": "TH", "taxRegistrationNumber": "1103700000001"})
    );
    // Somebody else changed the customer between reading and writing.
    fake.answers(200, customer())
        .answers(409, failed("Request_EntityChanged", "Another user has already changed the record."));
    let stale = upsert.run(json!({"buyer": buyer})).await.unwrap_err();
    assert_eq!((stale.code(), stale.retry(), stale.may_have_happened()), ("E0307", Retry::Backoff, false));
    assert!(stale.to_string().contains("somebody else changed"), "{stale}");
    let change = &fake.asked()[3];
    assert_eq!(
        (asked(change), change.header("if-match")),
        (format!("PATCH customers({CUSTOMER})"), "W/\"7\"")
    );
    // Somebody else made it first.
    fake.answers(200, list(json!([])))
        .answers(400, failed("Internal_EntityWithSameKeyExists", "The record already exists."))
        .answers(200, customer())
        .answers(200, json!({"id": CUSTOMER}));
    assert_eq!(upsert.run(json!({"buyer": buyer})).await.unwrap()["created"], json!(false));
}

#[tokio::test]
async fn a_long_address_goes_on_in_the_second_line() {
    let fake = Fake::start().await;
    let long = format!("{}{}", "ก".repeat(100), "ข".repeat(60));
    fake.answers(200, list(json!([]))).answers(201, json!({"id": CUSTOMER}));
    let buyer = json!({"code": "A", "name": "B", "address": long});
    runner(&fake, "upsert_customer").run(json!({"buyer": buyer})).await.unwrap();
    let body = fake.asked()[1].json();
    assert_eq!(
        (&body["addressLine1"], &body["addressLine2"]),
        (&json!("ก".repeat(100)), &json!("ข".repeat(50)))
    );
}

#[tokio::test]
async fn an_order_is_read_with_its_lines_and_deleted_to_be_cancelled() {
    let fake = Fake::start().await;
    fake.answers(200, list(json!([made(535.0, false)])))
        .answers(200, json!({"id": ORDER, "salesOrderLines": []}));
    runner(&fake, "get_order").run(json!({"order": "SO-101005", "by": "id"})).await.unwrap();
    let all = fake.asked();
    assert_eq!(all[0].pair("$filter").as_deref(), Some("number eq 'SO-101005'"));
    assert_eq!(
        (asked(&all[1]), all[1].pair("$expand").as_deref()),
        (format!("GET salesOrders({ORDER})"), Some("salesOrderLines"))
    );
    let cancel = runner(&fake, "cancel_order");
    let input = json!({"order": "SHOPIFY-1001"});
    fake.answers(200, list(json!([made(535.0, false)]))).answers_with(204, &[], "");
    assert_eq!(cancel.run(input.clone()).await.unwrap(), json!({"id": ORDER, "cancelled_now": true}));
    let told = fake.asked().last().unwrap().clone();
    assert_eq!((asked(&told), told.header("if-match")), (format!("DELETE salesOrders({ORDER})"), "W/\"1\""));
    // After a lost answer, an order that is gone was deleted; without one, nobody knows it.
    fake.answers(200, list(json!([]))).answers(200, list(json!([])));
    assert_eq!(cancel.probe(input.clone()).await.unwrap().unwrap()["cancelled_now"], json!(true));
    assert!(matches!(cancel.run(input).await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn an_order_is_shipped_and_invoiced_once() {
    let fake = Fake::start().await;
    let create = runner(&fake, "create_invoice");
    let invoice =
        list(json!([{"id": INVOICE, "number": "PSI-1", "status": "Open", "totalAmountIncludingTax": 535.0}]));
    fake.answers(200, list(json!([made(535.0, false)])))
        .answers_with(204, &[], "")
        .answers(200, invoice.clone());
    let input = json!({"order": "SHOPIFY-1001", "post": true});
    let output = create.run(input.clone()).await.unwrap();
    assert_eq!((&output["number"], &output["created"]), (&json!("PSI-1"), &json!(true)));
    let all = fake.asked();
    assert_eq!(asked(&all[1]), format!("POST salesOrders({ORDER})/Microsoft.NAV.shipAndInvoice"));
    assert!(all[1].body.is_empty());
    assert_eq!(all[2].pair("$filter").as_deref(), Some("orderNumber eq 'SO-101005'"));
    // The order is gone then.
    fake.answers(200, list(json!([]))).answers(200, invoice.clone());
    assert_eq!(create.run(input.clone()).await.unwrap()["created"], json!(false));
    fake.answers(200, list(json!([]))).answers(200, invoice);
    assert!(create.probe(input.clone()).await.unwrap().is_some());
    fake.answers(200, list(json!([made(535.0, false)])));
    assert_eq!(create.probe(input).await.unwrap(), None);
    let draft = create.run(json!({"order": "SHOPIFY-1001"})).await.unwrap_err();
    assert!(matches!(draft, Error::Input { .. }), "{draft:?}");
}

#[tokio::test]
async fn an_invoice_is_taken_back_in_part_and_posted_when_it_is_wanted() {
    let fake = Fake::start().await;
    let invoice = json!({"id": INVOICE, "number": "PSI-1", "customerNumber": "SHOP-8891", "currencyCode": "", "salesInvoiceLines": [
        {"lineType": "Comment", "lineObjectNumber": "", "description": "Thanks", "quantity": 0},
        {"lineType": "Item", "lineObjectNumber": "TEA-100", "description": "ชา", "quantity": 2, "unitPrice": 250, "taxCode": "VAT7", "shipmentDate": "0001-01-01"},
        {"lineType": "Item", "lineObjectNumber": "CUP", "quantity": 1, "unitPrice": 90}]});
    let memo = |status: &str, number: &str| json!({"id": "memo", "number": number, "status": status, "totalAmountIncludingTax": 267.5});
    fake.answers(200, list(json!([])))
        .answers(200, list(json!([{"id": INVOICE}])))
        .answers(200, invoice)
        .answers(201, memo("Draft", "CM-1"))
        .answers_with(204, &[], "")
        .answers(200, memo("Open", "PSCM-1"));
    let create = runner(&fake, "create_credit_note");
    let input = json!({"invoice": "PSI-1", "reference": "R-1", "date": "2026-11-25", "lines": [{"sku": "TEA-100", "quantity": 1}], "post": true});
    let output = create.run(input.clone()).await.unwrap();
    assert_eq!(
        (&output["number"], &output["status"], &output["created"]),
        (&json!("PSCM-1"), &json!("Open"), &json!(true))
    );
    let all = fake.asked();
    assert_eq!(
        all[3].json(),
        json!({"customerNumber": "SHOP-8891", "externalDocumentNumber": "R-1", "invoiceNumber": "PSI-1", "creditMemoDate": "2026-11-25",
               "salesCreditMemoLines": [{"lineType": "Item", "lineObjectNumber": "TEA-100", "description": "ชา", "unitPrice": 250,
                                         "taxCode": "VAT7", "quantity": 1}]})
    );
    assert_eq!(asked(&all[4]), "POST salesCreditMemos(memo)/Microsoft.NAV.post");
    // A draft that was left behind is posted, not made again.
    fake.answers(200, list(json!([memo("Draft", "CM-1")])));
    assert_eq!(create.probe(input.clone()).await.unwrap(), None);
    fake.answers(200, list(json!([memo("Draft", "CM-1")])))
        .answers_with(204, &[], "")
        .answers(200, memo("Open", "PSCM-1"));
    assert_eq!(create.run(input).await.unwrap()["created"], json!(false));
}
