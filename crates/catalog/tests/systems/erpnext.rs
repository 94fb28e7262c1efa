//! ERPNext: documents that are made once, totals that are compared, changes by time and name, and signed hints.

use crate::common::fake::{Asked, Fake};
use crate::common::{Knock, Runner, connection, http_at, look, name};
use connector::lookup::Wanted;
use connector::{Connection, Error, Refusal, Retry};
use model::Span;
use serde_json::{Value, json};

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;
const SECRET: &str = "S3CRET-ERPNEXT";

pub fn site(fake: &Fake) -> Connection {
    let fields = json!({"url": fake.url, "api_key": "key", "company": "Khlong Demo", "warehouse": "Stores - KD", "vat_account": "VAT - KD"});
    connection("erpnext", fields, &[("api_secret", SECRET), ("webhook_secret", "whsec-demo")])
}

pub fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("erpnext/{operation}"), Some(site(fake)))
}

pub fn data(value: Value) -> Value {
    json!({ "data": value })
}

pub fn asked(asked: &Asked) -> String {
    format!("{} {}", asked.method, asked.path)
}

fn sale() -> Value {
    json!({
        "reference": "shopify:1001", "date": "2026-11-20", "total": "535.00", "buyer": {"code": "shopify:8891", "name": "สมชาย ใจดี"},
        "lines": [{"sku": "TEA-100", "name": "ชาเขียว 100 g", "quantity": 2, "price": "250"}]
    })
}

fn made(total: f64, docstatus: i64) -> Value {
    let status = if docstatus == 0 { "Draft" } else { "To Deliver and Bill" };
    data(
        json!({"name": "SAL-ORD-2026-00012", "docstatus": docstatus, "grand_total": total, "status": status}),
    )
}

#[tokio::test]
async fn an_order_is_made_as_the_facts_show_and_submitted_once_its_total_is_right() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!([])))
        .answers(200, data(json!([{"name": "สมชาย ใจดี"}])))
        .answers(200, made(535.0, 0))
        .answers(200, made(535.0, 1));
    let input = json!({"sale": sale(), "delivery_date": "2026-11-23", "confirm": true});
    let output = runner(&fake, "create_sales_order").run(input).await.unwrap();
    assert_eq!(
        output,
        json!({"id": "SAL-ORD-2026-00012", "number": "SAL-ORD-2026-00012", "status": "To Deliver and Bill", "total": 535.0, "created": true})
    );
    let all = fake.asked();
    assert_eq!(asked(&all[0]), "GET /api/resource/Sales%20Order");
    assert_eq!(all[0].pair("filters").as_deref(), Some(r#"[["custom_external_id","=","shopify:1001"]]"#));
    assert_eq!(all[0].header("authorization"), format!("token key:{SECRET}"));
    assert_eq!(all[1].pair("filters").as_deref(), Some(r#"[["custom_external_id","=","shopify:8891"]]"#));
    assert_eq!(asked(&all[2]), "POST /api/resource/Sales%20Order");
    assert_eq!(
        all[2].json(),
        json!({
            "customer": "สมชาย ใจดี", "company": "Khlong Demo", "transaction_date": "2026-11-20", "delivery_date": "2026-11-23",
            "currency": "THB", "po_no": "shopify:1001", "custom_external_id": "shopify:1001", "ignore_pricing_rule": 1,
            "set_warehouse": "Stores - KD",
            "items": [{"item_code": "TEA-100", "qty": 2, "rate": 250, "description": "ชาเขียว 100 g", "delivery_date": "2026-11-23"}],
            "taxes": [{"charge_type": "On Net Total", "account_head": "VAT - KD", "description": "VAT 7%", "rate": 7, "included_in_print_rate": 0}]
        })
    );
    assert_eq!(asked(&all[3]), "PUT /api/resource/Sales%20Order/SAL-ORD-2026-00012");
    assert_eq!(all[3].json(), json!({"docstatus": 1}));
}

#[tokio::test]
async fn an_order_that_is_there_is_not_made_again_and_a_wrong_total_is_not_submitted() {
    let fake = Fake::start().await;
    let standing = |total: f64| data(json!([made(total, 0)["data"]]));
    fake.answers(200, standing(535.0)).answers(200, made(535.0, 1)).answers(200, standing(534.99));
    let create = runner(&fake, "create_sales_order");
    let input = json!({"sale": sale(), "confirm": true});
    let output = create.run(input.clone()).await.unwrap();
    assert_eq!((&output["created"], fake.asked().len()), (&json!(false), 2));
    let error = create.run(input).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { message, .. } if message.contains("534.99")), "{error:?}");
    assert_eq!(fake.asked().len(), 3);
}

#[tokio::test]
async fn a_draft_that_has_to_be_confirmed_is_not_done() {
    let fake = Fake::start().await;
    let standing = |docstatus: i64| data(json!([made(535.0, docstatus)["data"]]));
    fake.answers(200, standing(0)).answers(200, standing(1)).answers(200, data(json!([])));
    let create = runner(&fake, "create_sales_order");
    let input = json!({"sale": sale(), "confirm": true});
    assert_eq!(create.probe(input.clone()).await.unwrap(), None);
    assert_eq!(create.probe(input.clone()).await.unwrap().unwrap()["id"], "SAL-ORD-2026-00012");
    assert_eq!(create.probe(input).await.unwrap(), None);
}

#[tokio::test]
async fn prices_with_vat_and_discounts_are_told_exactly() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!([]))).answers(200, made(500.0, 0));
    let mut sale = sale();
    sale["prices_include_vat"] = true.into();
    sale["lines"][0]["price"] = "267.50".into();
    sale["discount"] = "35.00".into();
    sale["total"] = "500.00".into();
    let create = runner(&fake, "create_sales_order");
    create.run(json!({"sale": sale, "customer": "Shopee"})).await.unwrap();
    let body = fake.asked()[1].json();
    assert_eq!(
        (&body["customer"], &body["taxes"][0]["included_in_print_rate"]),
        (&json!("Shopee"), &json!(1))
    );
    assert_eq!(body["apply_discount_on"], "Grand Total");
    assert_eq!(body["discount_amount"].to_string(), "35.00");
    assert_eq!(body["items"][0]["rate"].to_string(), "267.50");
}

#[tokio::test]
async fn a_note_goes_with_the_order_as_html_or_into_a_field_of_one_s_own() {
    let fake = Fake::start().await;
    let mut sale = sale();
    sale["note"] = " ฝากป้อมยาม\nโทรก่อนส่ง <ด่วน> ".into();
    let input = json!({"sale": sale, "customer": "Shopee"});
    fake.answers(200, data(json!([]))).answers(200, made(535.0, 0));
    runner(&fake, "create_sales_order").run(input.clone()).await.unwrap();
    assert_eq!(fake.asked()[1].json()["terms"], "ฝากป้อมยาม<br>โทรก่อนส่ง &lt;ด่วน&gt;");
    let mut own = runner(&fake, "create_sales_order");
    own.connection.as_mut().unwrap().fields.insert("note_field".into(), "custom_note".into());
    fake.answers(200, data(json!([]))).answers(200, made(535.0, 0));
    own.run(input.clone()).await.unwrap();
    let body = fake.asked()[3].json();
    assert_eq!((&body["custom_note"], &body["terms"]), (&json!("ฝากป้อมยาม\nโทรก่อนส่ง <ด่วน>"), &Value::Null));
    // An order that is there keeps what people have written since.
    fake.answers(200, data(json!([made(535.0, 1)["data"]])));
    own.run(input).await.unwrap();
    assert_eq!(fake.asked().len(), 5);
}

#[tokio::test]
async fn a_customer_and_its_address_are_made_and_later_changed() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!([])))
        .answers(200, data(json!({"name": "สมชาย ใจดี"})))
        .answers(200, data(json!([])))
        .answers(200, data(json!({"name": "สมชาย ใจดี-Shipping"})));
    let buyer = json!({"code": "shopify:8891", "name": "สมชาย ใจดี", "tax_id": "1103700000001", "address": "99 ถ.สุขุมวิท", "zip": 10110,
                       "phone": "0810000001"});
    let upsert = runner(&fake, "upsert_customer");
    assert_eq!(
        upsert.run(json!({"buyer": buyer})).await.unwrap(),
        json!({"id": "สมชาย ใจดี", "created": true})
    );
    let all = fake.asked();
    assert_eq!(
        all[1].json(),
        json!({"customer_name": "สมชาย ใจดี", "customer_type": "Individual", "customer_group": "Individual", "territory": "Thailand",
               "tax_id": "1103700000001", "custom_external_id": "shopify:8891"})
    );
    assert_eq!(
        all[3].json(),
        json!({"address_title": "สมชาย ใจดี", "address_type": "Shipping", "address_line1": "99 ถ.สุขุมวิท", "city": "-", "pincode": "10110",
               "country": "Thailand", "phone": "0810000001", "links": [{"link_doctype": "Customer", "link_name": "สมชาย ใจดี"}]})
    );
    fake.answers(200, data(json!([{"name": "สมชาย ใจดี"}])))
        .answers(200, data(json!({})))
        .answers(200, data(json!([{"name": "A-1"}])))
        .answers(200, data(json!({})));
    assert_eq!(upsert.run(json!({"buyer": buyer})).await.unwrap()["created"], json!(false));
    let paths: Vec<String> = fake.asked()[4..].iter().map(asked).collect();
    assert!(paths[1].starts_with("PUT /api/resource/Customer/%E0%B8%AA"), "{paths:?}");
    assert_eq!(paths[3], "PUT /api/resource/Address/A-1");
}

#[tokio::test]
async fn an_order_is_read_whole_and_cancelled_by_what_it_is() {
    let fake = Fake::start().await;
    let whole = |docstatus: i64| {
        data(json!({"name": "SO/1", "docstatus": docstatus, "items": [{"item_code": "TEA-100"}]}))
    };
    fake.answers(200, data(json!([{"name": "SO/1"}]))).answers(200, whole(1));
    let order = runner(&fake, "get_order").run(json!({"order": "shopify:1001"})).await.unwrap();
    assert_eq!(order["items"][0]["item_code"], "TEA-100");
    assert_eq!(asked(&fake.asked()[1]), "GET /api/resource/Sales%20Order/SO%2F1");
    let cancel = runner(&fake, "cancel_order");
    let by_id = json!({"order": "SO/1", "by": "id"});
    fake.answers(200, whole(1)).answers(200, whole(2));
    assert_eq!(cancel.run(by_id.clone()).await.unwrap()["cancelled_now"], json!(true));
    assert_eq!(fake.asked()[3].json(), json!({"docstatus": 2}));
    fake.answers(200, whole(2));
    assert_eq!(cancel.run(by_id.clone()).await.unwrap()["cancelled_now"], json!(false));
    fake.answers(200, whole(0)).answers(202, json!({"data": "ok"}));
    assert_eq!(cancel.run(by_id.clone()).await.unwrap()["cancelled_now"], json!(true));
    assert_eq!(asked(fake.asked().last().unwrap()), "DELETE /api/resource/Sales%20Order/SO%2F1");
    fake.answers(
        404,
        json!({"exc_type": "DoesNotExistError", "exception": "frappe.exceptions.DoesNotExistError"}),
    );
    assert!(matches!(cancel.run(by_id).await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn stock_is_what_is_on_hand_less_what_is_reserved() {
    let fake = Fake::start().await;
    fake.answers(
        200,
        data(json!([{"name": "b1", "item_code": "TEA-100", "warehouse": "Stores - KD", "actual_qty": 40.0, "reserved_qty": 2.0,
                     "projected_qty": 38.0, "modified": "2026-11-20 10:11:09.120394"}])),
    );
    let input = json!({"items": [{"sku": "TEA-100"}, {"sku": "NEW"}], "warehouse": "Stores - KD"});
    let output = runner(&fake, "stock_levels").run(input).await.unwrap();
    assert_eq!(output["levels"][0]["free"], json!(38));
    assert_eq!(output["unknown"], json!(["NEW"]));
    let filters = fake.asked()[0].pair("filters").unwrap();
    assert_eq!(filters, r#"[["item_code","in",["TEA-100","NEW"]],["warehouse","=","Stores - KD"]]"#);
}

#[tokio::test]
async fn a_tracking_number_is_written_onto_the_delivery_note() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({})));
    let input = json!({"shipment": "MAT-DN-1", "number": "TH0123", "carrier": "Flash Express"});
    runner(&fake, "set_tracking").run(input).await.unwrap();
    let all = fake.asked();
    assert_eq!(asked(&all[0]), "PUT /api/resource/Delivery%20Note/MAT-DN-1");
    assert_eq!(all[0].json(), json!({"lr_no": "TH0123", "transporter_name": "Flash Express"}));
}

#[tokio::test]
async fn products_come_with_their_prices_also_where_only_a_price_changed() {
    let fake = Fake::start().await;
    let tea = json!({"name": "TEA-100", "item_name": "ชาเขียว 100 g", "standard_rate": 250.0, "modified": "2026-11-19 10:11:09.120394"});
    let price = json!({"name": "p1", "item_code": "TEA-100", "price_list_rate": 260.0, "modified": "2026-11-20 10:11:09.120394"});
    fake.answers(200, data(json!([])))
        .answers(200, data(json!([price])))
        .answers(200, data(json!([tea])))
        .answers(200, data(json!([price])));
    let with = json!({"since": "2026-11-20T10:00:00+07:00"});
    let polled = look(&http_at(NOW), "erpnext/products_changed", with, &site(&fake), None).await.unwrap();
    assert_eq!(polled.deliveries.len(), 1);
    assert_eq!(name(&polled.deliveries[0]), "TEA-100@2026-11-20 10:11:09.120394");
    // Times are in the site's own zone.
    assert_eq!(
        fake.asked()[0].pair("filters").as_deref(),
        Some(r#"[["modified",">=","2026-11-20 10:00:00"]]"#)
    );
    assert_eq!(fake.asked()[0].pair("order_by").as_deref(), Some("modified asc, name asc"));
    assert_eq!(
        fake.asked()[1].pair("filters").as_deref(),
        Some(
            r#"[["price_list","=","Standard Selling"],["customer","is","not set"],["batch_no","is","not set"],["packing_unit","<=",1],["modified",">=","2026-11-20 10:00:00"]]"#
        )
    );
    assert!(!polled.more);
}

#[tokio::test]
async fn what_one_customer_one_batch_or_a_whole_pack_costs_is_no_price_for_everybody() {
    let fake = Fake::start().await;
    let tea = json!({"name": "TEA-100", "modified": "2026-11-19 10:11:09.120394"});
    let price = |name: &str, with: Value| {
        let mut price = json!({"name": name, "item_code": "TEA-100", "price_list_rate": 260.0, "customer": null, "batch_no": "",
                               "packing_unit": 0, "modified": "2026-11-20 10:11:09.120394"});
        price.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        price
    };
    let prices = [
        price("all", json!({})),
        price("single", json!({"packing_unit": 1})),
        price("dealer", json!({"customer": "ร้านค้าส่ง", "modified": "2026-11-20 11:00:00.000000"})),
        price("batch", json!({"batch_no": "B-1"})),
        price("dozen", json!({"packing_unit": 12})),
    ];
    fake.answers(200, data(json!([])))
        .answers(200, data(json!([prices[0]])))
        .answers(200, data(json!([tea])))
        .answers(200, data(json!(prices)));
    let with = json!({"since": "2026-11-20T10:00:00+07:00"});
    let polled = look(&http_at(NOW), "erpnext/products_changed", with, &site(&fake), None).await.unwrap();
    // A customer's own price is no news of the product either.
    assert_eq!(name(&polled.deliveries[0]), "TEA-100@2026-11-20 10:11:09.120394");
    let body = polled.deliveries.into_iter().next().unwrap().body.into_value();
    let names: Vec<&Value> = body["prices"].as_array().unwrap().iter().map(|price| &price["name"]).collect();
    assert_eq!(names, ["all", "single"]);
    let filters = fake.asked()[3].pair("filters").unwrap();
    assert!(filters.contains(r#"["customer","is","not set"],["batch_no","is","not set"]"#), "{filters}");
    assert!(fake.asked()[3].pair("fields").unwrap().contains("packing_unit"));
}

#[tokio::test]
async fn a_full_page_goes_on_behind_its_last_moment_and_nothing_comes_twice() {
    let fake = Fake::start().await;
    let bins = |from: usize, count: usize| {
        let bin = |number: usize| {
            json!({"name": format!("b{number:03}"), "item_code": "TEA-100", "warehouse": "W", "actual_qty": number,
                   "modified": "2026-11-20 10:11:09.120394"})
        };
        data((from..from + count).map(bin).collect())
    };
    let http = http_at(NOW);
    let with = json!({"since": "2026-11-20T10:11:09+07:00"});
    let site = site(&fake);
    fake.answers(200, bins(0, 200))
        .answers(200, bins(0, 200))
        .answers(200, bins(200, 3))
        .answers(200, bins(200, 3));
    let mut ids = std::collections::BTreeSet::new();
    let mut cursor: Option<Value> = None;
    for _ in 0..4 {
        let polled =
            look(&http, "erpnext/stock_changed", with.clone(), &site, cursor.as_ref()).await.unwrap();
        ids.extend(polled.deliveries.into_iter().filter_map(|delivery| delivery.id));
        cursor = Some(polled.cursor);
    }
    assert_eq!(ids.len(), 203);
    let third = fake.asked()[2].pair("filters").unwrap();
    assert_eq!(
        third,
        r#"[["modified",">=","2026-11-20 10:11:09"],["modified","<","2026-11-20 10:11:10"],["name",">","b199"]]"#
    );
}

#[tokio::test]
async fn shipments_come_whole_with_their_lines() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!([{"name": "DN-1", "modified": "2026-11-20 10:11:09.120394"}]))).answers(
        200,
        data(json!({"name": "DN-1", "lr_no": "TH0123", "modified": "2026-11-20 10:11:09.120394", "items": [{"item_code": "TEA-100"}]})),
    );
    let polled =
        look(&http_at(NOW), "erpnext/shipments_changed", json!({}), &site(&fake), None).await.unwrap();
    assert_eq!(name(&polled.deliveries[0]), "DN-1@2026-11-20 10:11:09.120394");
    assert_eq!(asked(&fake.asked()[1]), "GET /api/resource/Delivery%20Note/DN-1");
}

#[tokio::test]
async fn a_hint_is_let_in_by_its_signature_over_the_body_as_sent() {
    let fake = Fake::start().await;
    let body = r#"{"name": "SO-0001", "customer": "\u0e2a\u0e21\u0e0a\u0e32\u0e22", "grand_total": 267.5}"#;
    let hint = |signature: &str| {
        let knock = Knock::post(body).header("x-frappe-webhook-signature", signature);
        knock.nudges(
            &catalog::all(),
            "erpnext/stock_changed",
            json!({"path": "erpnext/changes"}),
            Some(&site(&fake)),
        )
    };
    assert_eq!(hint("UMkMGgAMWuE3+Rex2bllq0onIrPl2PlMJc+7KVmp4pA="), Ok(()));
    assert_eq!(hint("VMkMGgAMWuE3+Rex2bllq0onIrPl2PlMJc+7KVmp4pA="), Err(Refusal::Unauthorized));
    let unsigned = Knock::post(body);
    let refused = unsigned.nudges(&catalog::all(), "erpnext/stock_changed", json!({}), Some(&site(&fake)));
    assert_eq!(refused, Err(Refusal::Unauthorized));
}

#[tokio::test]
async fn every_failure_says_whether_to_try_again() {
    let fake = Fake::start().await;
    let get = runner(&fake, "stock_levels");
    let mut told = Vec::new();
    for (status, kind) in [
        (401, "AuthenticationError"),
        (403, "PermissionError"),
        (404, ""),
        (409, "DuplicateEntryError"),
        (417, "ValidationError"),
        (417, "TimestampMismatchError"),
        (500, "QueryDeadlockError"),
        (500, "TypeError"),
        (503, "SessionStopped"),
    ] {
        fake.answers(status, json!({"exc_type": kind, "exception": format!("frappe.exceptions.{kind}")}));
        let error = get.run(json!({"items": [{"sku": "TEA-100"}]})).await.unwrap_err();
        assert!(!format!("{error:?} {}", error.advice()).contains(SECRET), "{error:?}");
        told.push((error.code(), error.retry() == Retry::Backoff, error.may_have_happened()));
    }
    assert_eq!(
        told,
        [
            ("E0302", false, false),
            ("E0302", false, false),
            ("E0302", false, false),
            ("E0308", false, false),
            ("E0308", false, false),
            ("E0307", true, false),
            ("E0307", true, false),
            ("E0307", true, true),
            ("E0307", true, false),
        ]
    );
    fake.answers_with(429, &[("retry-after", "7")], "{}").answers_with(
        200,
        &[("content-type", "text/html")],
        "<html>",
    );
    let limited = get.run(json!({"items": [{"sku": "TEA-100"}]})).await.unwrap_err();
    assert_eq!(limited.retry(), Retry::After(Span::from_secs(7)));
    let html = get.run(json!({"items": [{"sku": "TEA-100"}]})).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
}

#[tokio::test]
async fn records_are_chosen_by_the_names_that_people_know() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!([{"name": "CUST-1", "customer_name": "สมชาย ใจดี"}, {"name": "Shopee", "customer_name": "Shopee"}])));
    let all = catalog::all();
    let wanted = Wanted { kind: "customer".into(), text: "สม".into(), ..Wanted::default() };
    let page = all.connector("erpnext").unwrap().look_up(&http_at(NOW), &site(&fake), &wanted).await.unwrap();
    let told: Vec<(Value, String, String)> =
        page.records.into_iter().map(|record| (record.id, record.label, record.detail)).collect();
    let (tea, shopee) = (
        (json!("CUST-1"), "สมชาย ใจดี".into(), "CUST-1".into()),
        (json!("Shopee"), "Shopee".into(), String::new()),
    );
    assert_eq!(told, [tea, shopee]);
    assert_eq!(fake.asked()[0].pair("filters").as_deref(), Some(r#"[["customer_name","like","%สม%"]]"#));
    fake.answers(200, json!({"message": "khlong@example.com"}));
    let said = all.connector("erpnext").unwrap().test(&http_at(NOW), &site(&fake)).await.unwrap();
    assert_eq!(said, "ERPNext, as khlong@example.com");
}
