//! What is made in SAP Business One, and what is asked before it.

use super::{asked, failed, list, runner};
use crate::common::fake::Fake;
use connector::{Error, Retry};
use serde_json::{Value, json};

pub fn sale() -> Value {
    json!({
        "reference": "shopify:1001", "date": "2026-11-20", "total": "535.00", "prices_include_vat": true,
        "buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี"},
        "lines": [{"sku": "TEA-100", "name": "ชาเขียว 100 g", "quantity": 2, "price": "267.50"}]
    })
}

pub fn made(total: f64, confirmed: &str) -> Value {
    json!({"DocEntry": 5012, "DocNum": 260001234, "DocTotal": total, "DocTotalFc": 0.0, "DocumentStatus": "bost_Open", "Cancelled": "tNO",
           "Confirmed": confirmed, "CardCode": "SHOP-8891", "NumAtCard": "shopify:1001"})
}

#[tokio::test]
async fn an_order_is_made_as_the_facts_show_and_approved_once_its_total_is_right() {
    let fake = Fake::start().await;
    fake.answers(200, list(json!([])))
        .answers(200, json!({"CardCode": "SHOP-8891", "BPAddresses": []}))
        .answers(201, made(535.0, "tNO"))
        .answers_with(204, &[], "");
    let input = json!({"sale": sale(), "delivery_date": "2026-11-23", "confirm": true});
    let output = runner(&fake, "create_sales_order").run(input).await.unwrap();
    assert_eq!(
        output,
        json!({"id": 5012, "number": 260001234, "status": "bost_Open", "total": 535.0, "created": true})
    );
    let all = fake.asked();
    assert_eq!(all[0].pair("$filter").as_deref(), Some("U_KhlongId eq 'shopify:1001'"));
    assert!(all[0].query.contains("$filter=U_KhlongId%20eq%20"), "{}", all[0].query);
    assert_eq!(asked(&all[1]), "GET BusinessPartners('SHOP-8891')");
    assert_eq!(asked(&all[2]), "POST Orders");
    assert_eq!(
        all[2].json(),
        json!({
            "CardCode": "SHOP-8891", "DocDate": "2026-11-20", "DocDueDate": "2026-11-23", "NumAtCard": "shopify:1001",
            "U_KhlongId": "shopify:1001", "Confirmed": "tNO",
            "DocumentLines": [{"ItemCode": "TEA-100", "ItemDescription": "ชาเขียว 100 g", "Quantity": 2,
                               "PriceAfterVAT": json!(267.5), "VatGroup": "SO7", "WarehouseCode": "01"}]
        })
    );
    assert_eq!((asked(&all[3]), all[3].json()), ("PATCH Orders(5012)".into(), json!({"Confirmed": "tYES"})));
}

#[tokio::test]
async fn an_order_sent_twice_is_one_and_a_wrong_total_is_not_approved() {
    let fake = Fake::start().await;
    fake.answers(200, list(json!([made(535.0, "tYES")]))).answers(200, list(json!([made(534.99, "tNO")])));
    let create = runner(&fake, "create_sales_order");
    let input = json!({"sale": sale(), "confirm": true});
    let output = create.run(input.clone()).await.unwrap();
    assert_eq!((&output["created"], fake.asked().len()), (&json!(false), 1));
    let error = create.run(input).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { message, .. } if message.contains("534.99") && message.contains("260001234")),
        "{error:?}"
    );
    assert_eq!(fake.asked().len(), 2, "nothing was approved");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_by_the_shop_s_number() {
    let fake = Fake::start().await;
    let create = runner(&fake, "create_sales_order");
    let input = json!({"sale": sale(), "confirm": true});
    fake.answers(200, list(json!([]))).answers(200, json!({"CardCode": "SHOP-8891"})).answers(502, json!({}));
    let lost = create.run(input.clone()).await.unwrap_err();
    assert!(lost.may_have_happened() && lost.retry() == Retry::Backoff, "{lost:?}");
    fake.answers(200, list(json!([made(535.0, "tYES")]))).answers(200, list(json!([made(535.0, "tNO")])));
    assert_eq!(create.probe(input.clone()).await.unwrap().unwrap()["id"], 5012);
    assert_eq!(create.probe(input.clone()).await.unwrap(), None, "it still has to be approved");
    // The field is the connection's own.
    let mut by_number = runner(&fake, "create_sales_order");
    by_number.connection.as_mut().unwrap().fields.insert("reference_field".into(), "NumAtCard".into());
    fake.answers(200, list(json!([])));
    assert_eq!(by_number.probe(input).await.unwrap(), None);
    assert_eq!(fake.asked().last().unwrap().pair("$filter").as_deref(), Some("NumAtCard eq 'shopify:1001'"));
}

#[tokio::test]
async fn what_a_document_is_first_asked_by_leaves_no_doubt_behind() {
    let fake = Fake::start().await;
    fake.answers(500, json!({}));
    let error = runner(&fake, "create_sales_order").run(json!({"sale": sale()})).await.unwrap_err();
    assert!(!error.may_have_happened() && error.retry() == Retry::Backoff, "{error:?}");
}

#[tokio::test]
async fn prices_discounts_and_addresses_are_told_in_sap_s_terms() {
    let fake = Fake::start().await;
    fake.answers(200, list(json!([]))).answers(201, made(500.0, "tNO"));
    let mut sale = sale();
    sale["discount"] = "35.00".into();
    sale["total"] = "500.00".into();
    sale["currency"] = "thb".into();
    sale["note"] = "Gift".into();
    sale["buyer"] = json!({"name": "สมชาย ใจดี", "address": "99 ถ.สุขุมวิท", "zip": 10110});
    let create = runner(&fake, "create_sales_order");
    create.run(json!({"sale": sale, "customer": "WEB", "warehouse": "02"})).await.unwrap();
    let body = fake.asked()[1].json();
    assert_eq!(body["DocumentLines"][0]["PriceAfterVAT"].to_string(), "250");
    assert_eq!(
        (&body["CardCode"], &body["DocumentLines"][0]["WarehouseCode"]),
        (&json!("WEB"), &json!("02"))
    );
    assert_eq!(
        (&body["DocCurrency"], &body["Comments"], &body["Address2"]),
        (&Value::Null, &json!("Gift"), &json!("สมชาย ใจดี\r99 ถ.สุขุมวิท\r10110"))
    );
    // Without VAT inside, and in another currency.
    let net = json!({"reference": "A-2", "date": "2026-11-20", "currency": "USD", "lines": [
        {"sku": "TEA-100", "name": "ชา", "quantity": 3, "price": "100", "discount": "10"}]});
    let mut foreign = made(0.0, "tNO");
    foreign["DocTotalFc"] = json!(310.3);
    fake.answers(200, list(json!([]))).answers(201, foreign);
    let output = create.run(json!({"sale": net, "customer": "WEB"})).await.unwrap();
    assert_eq!(output["total"], json!(310.3));
    let body = fake.asked()[3].json();
    assert_eq!(
        (body["DocumentLines"][0]["UnitPrice"].to_string().as_str(), &body["DocCurrency"]),
        ("96.6667", &json!("USD"))
    );
    // A line without VAT needs its own group.
    let mut exempt = sale.clone();
    exempt["lines"][0]["no_vat"] = true.into();
    fake.answers(200, list(json!([])));
    let error = create.run(json!({"sale": exempt, "customer": "WEB"})).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
}

#[tokio::test]
async fn a_draft_that_waits_for_approval_is_told_and_not_sent_again() {
    let fake = Fake::start().await;
    fake.answers(200, list(json!([]))).answers(200, json!({"CardCode": "SHOP-8891"})).answers_with(
        204,
        &[],
        "",
    );
    let error = runner(&fake, "create_sales_order").run(json!({"sale": sale()})).await.unwrap_err();
    assert_eq!((error.code(), error.retry(), error.may_have_happened()), ("E0308", Retry::Never, false));
}

#[tokio::test]
async fn a_customer_is_made_by_the_shop_s_number_and_its_address_changed_in_place() {
    let fake = Fake::start().await;
    let upsert = runner(&fake, "upsert_customer");
    let buyer = json!({"code": "SHOP-8891", "name": "สมชาย ใจดี", "tax_id": "1103700000001", "phone": "0810000001",
                       "email": "somchai@example.com", "address": "99 ถ.สุขุมวิท", "zip": 10110});
    let absent = || failed("-2028", "No matching records found (ODBC -2028)");
    fake.answers(404, absent()).answers(201, json!({"CardCode": "SHOP-8891"}));
    assert_eq!(
        upsert.run(json!({"buyer": buyer})).await.unwrap(),
        json!({"id": "SHOP-8891", "created": true})
    );
    assert_eq!(
        fake.asked()[1].json(),
        json!({
            "CardName": "สมชาย ใจดี", "FederalTaxID": "1103700000001", "Cellular": "0810000001", "EmailAddress": "somchai@example.com",
            "BPAddresses": [{"AddressName": "Ship", "AddressType": "bo_ShipTo", "Street": "99 ถ.สุขุมวิท", "Country": "TH", "ZipCode": "10110"}],
            "CardCode": "SHOP-8891", "CardType": "cCustomer"
        })
    );
    let standing = json!({"CardCode": "SHOP-8891", "BPAddresses": [
        {"AddressName": "Bill", "AddressType": "bo_BillTo", "RowNum": 0}, {"AddressName": "Ship", "AddressType": "bo_ShipTo", "RowNum": 1}]});
    fake.answers(200, standing.clone()).answers_with(204, &[], "");
    assert_eq!(upsert.run(json!({"buyer": buyer})).await.unwrap()["created"], json!(false));
    let change = fake.asked()[3].clone();
    assert_eq!(asked(&change), "PATCH BusinessPartners('SHOP-8891')");
    assert_eq!(change.json()["BPAddresses"][0]["RowNum"], json!(1));
    // Somebody was faster.
    fake.answers(404, absent())
        .answers(400, failed("1320000140", "Business partner code 'SHOP-8891' already assigned"))
        .answers(200, standing)
        .answers_with(204, &[], "");
    assert_eq!(upsert.run(json!({"buyer": buyer})).await.unwrap()["created"], json!(false));
}

#[tokio::test]
async fn a_key_with_a_quote_or_a_slash_stays_one_key() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"CardCode": "O'Neil/1"})).answers_with(204, &[], "");
    let buyer = json!({"code": "O'Neil/1", "name": "O'Neil"});
    runner(&fake, "upsert_customer").run(json!({"buyer": buyer})).await.unwrap();
    assert_eq!(asked(&fake.asked()[1]), "PATCH BusinessPartners('O''Neil%2F1')");
}

#[tokio::test]
async fn an_order_is_read_short_and_cancelled_once() {
    let fake = Fake::start().await;
    let whole = |cancelled: &str| {
        let mut order = made(535.0, "tYES");
        order["Cancelled"] = cancelled.into();
        order["DocumentLines"] = json!([{"LineNum": 0, "ItemCode": "TEA-100", "Quantity": 2.0, "U_Unknown": "x", "Address": null}]);
        order
    };
    fake.answers(200, list(json!([whole("tNO")]))).answers(200, whole("tNO"));
    let order = runner(&fake, "get_order").run(json!({"order": "shopify:1001"})).await.unwrap();
    assert_eq!(order["DocumentLines"], json!([{"LineNum": 0, "ItemCode": "TEA-100", "Quantity": 2.0}]));
    let cancel = runner(&fake, "cancel_order");
    let by_id = json!({"order": "5012", "by": "id"});
    fake.answers(200, whole("tNO")).answers_with(204, &[], "");
    assert_eq!(cancel.run(by_id.clone()).await.unwrap(), json!({"id": 5012, "cancelled_now": true}));
    assert_eq!(asked(fake.asked().last().unwrap()), "POST Orders(5012)/Cancel");
    fake.answers(200, whole("tYES"));
    assert_eq!(cancel.run(by_id).await.unwrap()["cancelled_now"], json!(false));
    let missing = cancel.run(json!({"order": "SO-1", "by": "id"})).await.unwrap_err();
    assert!(matches!(missing, Error::Refused { .. }), "{missing:?}");
}

#[tokio::test]
async fn what_is_left_of_an_order_is_invoiced_once_by_order_or_delivery() {
    let fake = Fake::start().await;
    let mut order = made(535.0, "tYES");
    order["U_KhlongId"] = "shopify:1001".into();
    order["DocumentLines"] =
        json!([{"LineNum": 0, "LineStatus": "bost_Open"}, {"LineNum": 1, "LineStatus": "bost_Close"}]);
    let note = json!({"DocEntry": 6101, "DocumentLines": [
        {"LineNum": 3, "BaseType": 17, "BaseEntry": 5012, "BaseLine": 1, "LineStatus": "bost_Open"},
        {"LineNum": 4, "BaseType": 17, "BaseEntry": 9, "LineStatus": "bost_Open"}]});
    let invoice = json!({"DocEntry": 7001, "DocNum": 77, "DocTotal": 535.0, "DocumentStatus": "bost_Open", "Cancelled": "tNO"});
    fake.answers(200, order.clone())
        .answers(200, list(json!([])))
        .answers(200, list(json!([note])))
        .answers(201, invoice.clone());
    let create = runner(&fake, "create_invoice");
    let input = json!({"order": "5012", "by": "id", "post": true});
    let output = create.run(input.clone()).await.unwrap();
    assert_eq!((&output["id"], &output["created"]), (&json!(7001), &json!(true)));
    let all = fake.asked();
    assert_eq!(
        all[1].pair("$filter").as_deref(),
        Some("U_KhlongId eq 'shopify:1001' and Cancelled eq 'tNO'")
    );
    assert_eq!(
        all[3].json(),
        json!({"CardCode": "SHOP-8891", "NumAtCard": "shopify:1001", "U_KhlongId": "shopify:1001", "DocumentLines": [
            {"BaseType": 17, "BaseEntry": 5012, "BaseLine": 0}, {"BaseType": 15, "BaseEntry": 6101, "BaseLine": 3}]})
    );
    fake.answers(200, order.clone()).answers(200, list(json!([invoice.clone()])));
    assert_eq!(create.run(input.clone()).await.unwrap()["created"], json!(false));
    fake.answers(200, order).answers(200, list(json!([invoice])));
    assert_eq!(create.probe(input).await.unwrap().unwrap()["id"], json!(7001));
    let draft = create.run(json!({"order": "5012", "by": "id"})).await.unwrap_err();
    assert!(matches!(draft, Error::Input { .. }), "{draft:?}");
    assert_eq!(fake.asked().len(), 8, "nothing was asked for a draft");
}

#[tokio::test]
async fn an_invoice_is_taken_back_in_part_and_alone_where_it_is_paid() {
    let fake = Fake::start().await;
    let invoice = |status: &str| {
        json!({"DocEntry": 7001, "DocNum": 77, "CardCode": "SHOP-8891", "DocumentStatus": status, "DocumentLines": [
            {"LineNum": 0, "ItemCode": "TEA-100", "Quantity": 2.0, "UnitPrice": 250.0, "VatGroup": "SO7", "WarehouseCode": "01", "LineStatus": status},
            {"LineNum": 1, "ItemCode": "CUP", "Quantity": 1.0, "LineStatus": status}]})
    };
    let note = json!({"DocEntry": 311, "DocNum": 31, "DocTotal": 267.5, "DocumentStatus": "bost_Open"});
    let back = json!({"invoice": "7001", "reference": "R-1", "date": "2026-11-25", "lines": [{"sku": "TEA-100", "quantity": 1}], "post": true});
    let create = runner(&fake, "create_credit_note");
    fake.answers(200, list(json!([]))).answers(200, invoice("bost_Open")).answers(201, note.clone());
    assert_eq!(create.run(back.clone()).await.unwrap()["id"], json!(311));
    assert_eq!(
        fake.asked()[2].json(),
        json!({"CardCode": "SHOP-8891", "NumAtCard": "R-1", "U_KhlongId": "R-1", "DocDate": "2026-11-25",
               "DocumentLines": [{"BaseType": 13, "BaseEntry": 7001, "BaseLine": 0, "Quantity": 1}]})
    );
    fake.answers(200, list(json!([]))).answers(200, invoice("bost_Close")).answers(201, note.clone());
    create.run(back.clone()).await.unwrap();
    let alone = fake.asked()[5].json();
    assert_eq!(
        alone["DocumentLines"],
        json!([{"ItemCode": "TEA-100", "UnitPrice": 250.0, "VatGroup": "SO7", "WarehouseCode": "01", "Quantity": 1}])
    );
    assert_eq!(alone["Comments"], "Invoice 77");
    fake.answers(200, list(json!([note])));
    assert_eq!(create.run(back).await.unwrap()["created"], json!(false));
    fake.answers(200, list(json!([]))).answers(200, invoice("bost_Open"));
    let strange = json!({"invoice": "7001", "reference": "R-2", "lines": [{"sku": "NONE", "quantity": 1}], "post": true});
    assert!(matches!(create.run(strange).await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn a_payment_is_recorded_once_as_the_facts_show() {
    let fake = Fake::start().await;
    let pay = runner(&fake, "record_payment");
    let input = json!({"invoice": "7001", "reference": "P-1", "account": "111200", "amount": "549.99", "date": "2026-11-20"});
    fake.answers(200, list(json!([])))
        .answers(200, json!({"DocEntry": 7001, "CardCode": "SHOP-8891"}))
        .answers(201, json!({"DocEntry": 9001, "DocNum": 90}));
    assert_eq!(
        pay.run(input.clone()).await.unwrap(),
        json!({"id": 9001, "number": 90, "amount": "549.99", "created": true})
    );
    assert_eq!(
        fake.asked()[2].json(),
        json!({"CardCode": "SHOP-8891", "DocDate": "2026-11-20", "CashSum": 0, "TransferSum": 549.99, "TransferDate": "2026-11-20",
               "TransferAccount": "111200", "CounterReference": "P-1",
               "PaymentInvoices": [{"DocEntry": 7001, "SumApplied": 549.99, "InvoiceType": "it_Invoice"}]})
    );
    fake.answers(200, list(json!([{"DocEntry": 9001, "DocNum": 90}])));
    assert_eq!(pay.run(input).await.unwrap()["created"], json!(false));
}

#[tokio::test]
async fn a_tracking_number_is_written_onto_the_delivery_note() {
    let fake = Fake::start().await;
    let mut track = runner(&fake, "set_tracking");
    track.connection.as_mut().unwrap().fields.insert("carrier_field".into(), "U_Carrier".into());
    fake.answers_with(204, &[], "");
    track.run(json!({"shipment": "6101", "number": "TH0123", "carrier": "Flash Express"})).await.unwrap();
    let told = &fake.asked()[0];
    assert_eq!(asked(told), "PATCH DeliveryNotes(6101)");
    assert_eq!(told.json(), json!({"TrackingNumber": "TH0123", "U_Carrier": "Flash Express"}));
}
