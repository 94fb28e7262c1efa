//! Tryton: what is sent, as it was tried against the real one; and the real one itself, where it is installed.

use crate::common::fake::Fake;
use crate::common::{Runner, connection, http, http_at, look};
use connector::lookup::Wanted;
use connector::{Connection, Error};
use serde_json::{Value, json};
use testkit_servers::{Tryton, here};

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;
const PASSWORD: &str = "S3CRET-TRYTON";

fn database(fake: &Fake) -> Connection {
    connection(
        "tryton",
        json!({"url": fake.url, "database": "demo", "username": "admin"}),
        &[("password", PASSWORD)],
    )
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("tryton/{operation}"), Some(database(fake)))
}

fn result(value: Value) -> Value {
    json!({"id": 1, "result": value})
}

#[tokio::test]
async fn a_session_is_kept_and_one_that_has_ended_is_renewed_once() {
    let fake = Fake::start().await;
    fake.answers(200, result(json!([1, "t0ken", null])))
        .answers(200, result(json!([{"id": 2}])))
        .answers(200, result(json!(null)))
        .answers_with(401, &[], "")
        .answers(200, result(json!([1, "t0ken2", null])))
        .answers(200, result(json!([])))
        .answers(200, result(json!([3])));
    let upsert = runner(&fake, "upsert_customer");
    let buyer = json!({"buyer": {"code": "shopify:8891", "name": "สมชาย ใจดี", "email": "somchai@example.com", "address": "99 ถ.สุขุมวิท",
                                 "zip": "10110"}});
    assert_eq!(upsert.run(buyer.clone()).await.unwrap(), json!({"id": 2, "created": false}));
    assert_eq!(upsert.run(buyer).await.unwrap(), json!({"id": 3, "created": true}));
    let asked = fake.asked();
    assert!(asked.iter().all(|asked| asked.path == "/demo/rpc/"), "{:?}", asked[0].path);
    assert_eq!(
        asked[0].json(),
        json!({"id": 1, "method": "common.db.login", "params": ["admin", {"password": PASSWORD}]})
    );
    // admin:1:t0ken
    assert_eq!(asked[1].header("authorization"), "Session YWRtaW46MTp0MGtlbg==");
    assert_eq!(
        asked[1].json()["params"],
        json!([[["identifiers.code", "=", "shopify:8891"]], 0, 1, [["id", "ASC"]], ["id", "name", "addresses", "contact_mechanisms"], {"company": 1}])
    );
    assert_eq!(asked[5].header("authorization"), "Session YWRtaW46MTp0MGtlbjI=");
    assert_eq!(asked[6].json()["method"], "model.party.party.create");
    assert_eq!(
        asked[6].json()["params"][0],
        json!([{"name": "สมชาย ใจดี", "identifiers": [["create", [{"type": null, "code": "shopify:8891"}]]],
                "contact_mechanisms": [["create", [{"type": "email", "value": "somchai@example.com"}]]],
                "addresses": [["create", [{"street": "99 ถ.สุขุมวิท", "postal_code": "10110"}]]]}])
    );
}

#[tokio::test]
async fn an_older_series_is_called_at_its_own_path() {
    let fake = Fake::start().await;
    fake.answers_with(405, &[], "")
        .answers(200, result(json!([1, "t0ken", null])))
        .answers(200, result(json!([{"rec_name": "Khlong"}])));
    let said =
        catalog::all().connector("tryton").unwrap().test(&http(10_000), &database(&fake)).await.unwrap();
    assert_eq!(said, "Tryton, Khlong");
    let paths: Vec<String> = fake.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/demo/rpc/", "/demo/", "/demo/"]);
}

#[tokio::test]
async fn errors_inside_a_success_and_refused_sign_ins_are_told_apart() {
    let fake = Fake::start().await;
    let get = runner(&fake, "get_order");
    let input = json!({"order": "SHOPIFY-1001"});
    fake.answers_with(401, &[("content-type", "text/html")], "<html>no</html>");
    let error = get.run(input.clone()).await.unwrap_err();
    assert!(
        matches!(error, Error::Connection { .. }) && !format!("{error:?}").contains(PASSWORD),
        "{error:?}"
    );
    fake.answers_with(429, &[], "");
    assert!(matches!(get.run(input.clone()).await, Err(Error::RateLimited { .. })));
    fake.answers(200, result(json!([1, "t0ken", null])))
        .answers(200, json!({"id": 1, "error": ["UserError", ["The period is closed.", "", null]]}));
    let error = get.run(input.clone()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { message, .. } if message.contains("The period is closed.")),
        "{error:?}"
    );
    fake.answers(
        200,
        json!({"id": 1, "error": ["ConcurrencyException", "Records were modified in the meanwhile"]}),
    );
    assert!(matches!(get.run(input.clone()).await, Err(Error::Status { status: 409, .. })));
    fake.answers_with(403, &[], "<html>").answers_with(200, &[], "<html>");
    assert!(matches!(get.run(input.clone()).await, Err(Error::Refused { .. })));
    assert!(matches!(get.run(input).await, Err(Error::Unreadable { .. })));
}

#[tokio::test]
async fn an_order_is_sent_with_all_that_its_form_would_fill_in() {
    let fake = Fake::start().await;
    let draft = json!({"id": 1, "state": "draft", "reference": "SHOPIFY-1001", "total_amount": {"__class__": "Decimal", "decimal": "267.50"}});
    fake.answers(200, result(json!([1, "t0ken", null])))
        .answers(200, result(json!([])))
        .answers(200, result(json!([{"id": 2, "addresses": [2]}])))
        .answers(200, result(json!([{"id": 1}])))
        .answers(200, result(json!([{"id": 1, "code": "TEA-001", "sale_uom": 1, "account_category.": {"id": 1, "customer_taxes_used": [1]}}])))
        .answers(200, result(json!([1])))
        .answers(200, result(json!([draft])));
    let input = json!({"sale": sale("SHOPIFY-1001"), "warehouse": 5});
    let output = runner(&fake, "create_sales_order").run(input).await.unwrap();
    assert_eq!(
        output.to_string(),
        r#"{"id":1,"number":null,"status":"draft","total":267.50,"created":true}"#
    );
    let create = fake.asked()[5].json();
    assert_eq!(create["method"], "model.sale.sale.create");
    assert_eq!(
        create["params"],
        json!([[{
            "company": 1, "party": 2, "invoice_address": 2, "shipment_address": 2, "currency": 1, "warehouse": 5, "reference": "SHOPIFY-1001",
            "sale_date": {"__class__": "date", "year": 2026, "month": 11, "day": 20},
            "lines": [["create", [{"type": "line", "product": 1, "quantity": 2, "unit": 1, "description": "ชาไทย",
                                   "unit_price": {"__class__": "Decimal", "decimal": "125"}, "taxes": [["add", [1]]]}]]]
        }], {"company": 1}])
    );
    // Whoever asks whether it was done is told so; a draft that is to be confirmed is not done.
    let confirm = json!({"sale": sale("SHOPIFY-1001"), "warehouse": 5, "confirm": true});
    fake.answers(200, result(json!([draft])));
    assert_eq!(runner(&fake, "create_sales_order").probe(confirm).await.unwrap(), None);
}

#[tokio::test]
async fn stock_is_asked_for_by_warehouse_and_day() {
    let fake = Fake::start().await;
    fake.answers(200, result(json!([1, "t0ken", null])))
        .answers(200, result(json!([{"id": 1, "code": "TEA-001", "rec_name": "ชาไทย", "quantity": 38.0, "forecast_quantity": 36.0}])));
    let mut levels = runner(&fake, "stock_levels");
    levels.http = http_at(NOW);
    let output = levels.run(json!({"items": [{"sku": "TEA-001"}], "warehouse": 5})).await.unwrap();
    assert_eq!(
        output["levels"],
        json!([{"product_id": 1, "sku": "TEA-001", "name": "ชาไทย", "on_hand": 38.0, "free": 36.0, "warehouse": 5}])
    );
    let context = json!({"locations": [5], "stock_date_end": {"__class__": "date", "year": 2026, "month": 11, "day": 20}, "company": 1});
    assert_eq!(fake.asked()[1].json()["params"][5], context);
}

#[tokio::test]
async fn another_password_does_not_get_into_a_session_that_is_open() {
    let fake = Fake::start().await;
    let stock = json!({"items": [{"sku": "TEA-001"}], "warehouse": 5});
    fake.answers(200, result(json!([1, "t0ken", null]))).answers(200, result(json!([]))).answers_with(
        401,
        &[],
        "",
    );
    assert_eq!(
        runner(&fake, "stock_levels").run(stock.clone()).await.unwrap()["unknown"],
        json!(["TEA-001"])
    );
    let mut stranger = database(&fake);
    stranger.secrets.insert("password".into(), "guessed".to_owned().into());
    let refused = Runner::new("tryton/stock_levels", Some(stranger)).run(stock).await;
    assert!(matches!(refused, Err(Error::Connection { .. })), "{refused:?}");
    assert_eq!(fake.asked()[2].json()["method"], "common.db.login");
}

fn real(server: &Tryton) -> Connection {
    let fields = json!({"url": server.url(), "database": Tryton::DATABASE, "username": Tryton::USER, "payment_term": "1"});
    connection("tryton", fields, &[("password", Tryton::PASSWORD)])
}

async fn run(server: &Tryton, operation: &str, input: Value) -> Result<Value, Error> {
    let mut runner = Runner::new(&format!("tryton/{operation}"), Some(real(server)));
    runner.http = http(1 << 20);
    runner.run(input).await
}

fn sale(reference: &str) -> Value {
    json!({
        "reference": reference, "date": "2026-11-20", "prices_include_vat": true, "total": "267.50",
        "buyer": {"code": "shopify:8891", "name": "วิภา ดีงาม", "email": "wipha@example.com", "address": "1 ถ.สีลม", "zip": "10500"},
        "lines": [{"sku": "TEA-001", "name": "ชาไทย", "quantity": 2, "price": "133.75"}]
    })
}

#[tokio::test]
async fn the_real_one_takes_a_customer_an_order_an_invoice_and_a_credit_note_once() {
    let Some(server) = here::<Tryton>() else { return };
    let buyer = json!({"buyer": sale("A")["buyer"]});
    let made = run(&server, "upsert_customer", buyer.clone()).await.unwrap();
    let again = run(&server, "upsert_customer", buyer).await.unwrap();
    assert_eq!((&made["id"], &again["created"]), (&again["id"], &json!(false)));
    let order = json!({"sale": sale("SHOPIFY-1001"), "confirm": true});
    let sold = run(&server, "create_sales_order", order.clone()).await.unwrap();
    assert_eq!((&sold["status"], sold["total"].to_string().as_str()), (&json!("processing"), "267.50"));
    let again = run(&server, "create_sales_order", order).await.unwrap();
    assert_eq!((&again["id"], &again["created"]), (&sold["id"], &json!(false)));
    let read = run(&server, "get_order", json!({"order": "SHOPIFY-1001"})).await.unwrap();
    assert_eq!(read["lines"][0]["product."]["code"], "TEA-001");
    let refused = run(&server, "cancel_order", json!({"order": "SHOPIFY-1001"})).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    let invoice = json!({"order": "SHOPIFY-1001", "post": true});
    let posted = run(&server, "create_invoice", invoice.clone()).await.unwrap();
    assert_eq!((&posted["status"], posted["total"].to_string().as_str()), (&json!("posted"), "267.50"));
    assert_eq!(run(&server, "create_invoice", invoice).await.unwrap()["created"], json!(false));
    let back = json!({"invoice": posted["id"], "reference": "R-1", "lines": [{"sku": "TEA-001", "quantity": 1}], "post": true});
    let note = run(&server, "create_credit_note", back.clone()).await.unwrap();
    assert_eq!((&note["status"], note["total"].to_string().as_str()), (&json!("posted"), "-133.75"));
    assert_eq!(run(&server, "create_credit_note", back).await.unwrap()["id"], note["id"]);
}

#[tokio::test]
async fn the_real_one_cancels_a_draft_and_keeps_a_wrong_total_from_being_confirmed() {
    let Some(server) = here::<Tryton>() else { return };
    run(&server, "upsert_customer", json!({"buyer": sale("A")["buyer"]})).await.unwrap();
    let mut wrong = sale("SHOPIFY-1002");
    wrong["prices_include_vat"] = false.into();
    wrong["lines"][0]["no_vat"] = true.into();
    run(&server, "create_sales_order", json!({"sale": wrong})).await.unwrap();
    let other = json!({"sale": sale("SHOPIFY-1003")});
    run(&server, "create_sales_order", other).await.unwrap();
    let mut changed = sale("SHOPIFY-1003");
    changed["total"] = "535.00".into();
    changed["lines"][0]["quantity"] = 4.into();
    let refused = run(&server, "create_sales_order", json!({"sale": changed, "confirm": true})).await;
    assert!(
        matches!(&refused, Err(Error::Refused { message, .. }) if message.contains("267.50")),
        "{refused:?}"
    );
    let cancelled = run(&server, "cancel_order", json!({"order": "SHOPIFY-1003"})).await.unwrap();
    assert_eq!(cancelled["cancelled_now"], json!(true));
    let again = run(&server, "cancel_order", json!({"order": "SHOPIFY-1003"})).await.unwrap();
    assert_eq!(again["cancelled_now"], json!(false));
}

#[tokio::test]
async fn the_real_one_tells_stock_products_shipments_and_records_to_choose() {
    let Some(server) = here::<Tryton>() else { return };
    let items = json!({"items": [{"sku": "TEA-001"}, {"sku": "NONE"}]});
    let stock = run(&server, "stock_levels", items).await.unwrap();
    assert_eq!(stock["levels"][0]["on_hand"].as_f64(), Some(40.0));
    assert_eq!(stock["unknown"], json!(["NONE"]));
    run(&server, "upsert_customer", json!({"buyer": sale("A")["buyer"]})).await.unwrap();
    run(&server, "create_sales_order", json!({"sale": sale("SHOPIFY-1004"), "confirm": true})).await.unwrap();
    let connection = real(&server);
    let http = http(1 << 20);
    let with = json!({"since": "2020-01-01"});
    for (operation, count, field) in
        [("products_changed", 3, "code"), ("stock_changed", 3, "sku"), ("shipments_changed", 1, "lines")]
    {
        let operation = format!("tryton/{operation}");
        let mut ids = std::collections::BTreeSet::new();
        let mut cursor: Option<Value> = None;
        loop {
            let polled = look(&http, &operation, with.clone(), &connection, cursor.as_ref()).await.unwrap();
            for delivery in polled.deliveries {
                ids.insert(delivery.id.clone().unwrap());
                assert!(!delivery.body.into_value()[field].is_null(), "{operation}");
            }
            cursor = Some(polled.cursor);
            if !polled.more {
                break;
            }
        }
        assert_eq!(ids.len(), count, "{operation}: {ids:?}");
        if field == "lines" {
            let shipment = ids.first().and_then(|id| id.split('@').next()).unwrap().to_owned();
            run(&server, "set_tracking", json!({"shipment": shipment, "number": "TH0123"})).await.unwrap();
            let polled = look(&http, &operation, with.clone(), &connection, cursor.as_ref()).await.unwrap();
            assert_eq!(polled.deliveries[0].body.clone().into_value()["reference"], "TH0123");
        }
    }
    for (kind, label) in [("customer", "วิภา ดีงาม"), ("warehouse", "Warehouse"), ("item", "[TEA-001] ชาไทย")]
    {
        let wanted = Wanted {
            kind: kind.into(),
            text: label.chars().rev().take(4).collect::<Vec<_>>().iter().rev().collect(),
            ..Wanted::default()
        };
        let all = catalog::all();
        let page = all.connector("tryton").unwrap().look_up(&http, &connection, &wanted).await.unwrap();
        assert!(page.records.iter().any(|record| record.label.contains(label)), "{kind}: {:?}", page.records);
    }
    assert!(
        catalog::all()
            .connector("tryton")
            .unwrap()
            .test(&http_at(NOW), &connection)
            .await
            .unwrap()
            .contains("คลอง")
    );
}
