//! `odoo/create_sales_order` against the stand-in, which speaks Odoo's own wire formats.

use crate::common::erp::Erp;
use crate::common::fake::Fake;
use crate::common::{Runner, STEP_KEY, connection};
use connector::{Error, Retry};
use model::Span;
use sandbox::Series;
use serde_json::{Value, json};

fn order(reference: &str) -> Value {
    json!({
        "order": {
            "reference": reference, "date": "2026-11-20T10:10:00+07:00", "currency": "THB",
            "partner": {"ref": 8891, "name": "สมชาย ใจดี", "email": "somchai@example.com", "phone": "+66810000001",
                        "street": "99 ถ.สุขุมวิท", "city": "กรุงเทพมหานคร", "zip": "10110"},
            "lines": [
                {"sku": "TEA-100", "quantity": 2, "price": "250.00", "tax_included": true},
                {"sku": "TEA-103", "name": "ชามะลิ", "quantity": "1", "price": 149.25}
            ],
            "note": "ส่งด่วน"
        },
        "confirm": true
    })
}

/// Both protocols, and finding out which.
const WAYS: [(Series, &str); 4] =
    [(Series::V19, "auto"), (Series::V19, "json2"), (Series::V19, "jsonrpc"), (Series::V17, "auto")];

#[tokio::test]
async fn an_order_arrives_with_its_customer_and_lines_over_either_protocol() {
    for (series, protocol) in WAYS {
        let erp = Erp::start(series).await;
        let output = erp.runner(protocol).run(order("SHOPIFY-1001")).await.unwrap();
        assert_eq!(output["created"], true);
        assert_eq!(
            output["amount_total"].to_string().parse::<f64>().unwrap(),
            649.25,
            "{series:?} {protocol}"
        );
        let orders = erp.orders().await;
        assert_eq!(orders.len(), 1);
        assert_eq!(orders[0]["reference"], "SHOPIFY-1001");
        assert_eq!(orders[0]["idempotency_key"], STEP_KEY);
        assert_eq!(orders[0]["lines"].as_array().unwrap().len(), 2);
        assert_eq!(orders[0]["state"], "sale");
    }
}

#[tokio::test]
async fn a_connection_that_names_another_protocol_than_one_before_it_speaks_its_own() {
    let fake = Fake::start().await;
    let runner = |protocol: &str| {
        let fields = json!({"url": fake.url, "database": "demo", "username": "khlong", "protocol": protocol});
        Runner::new("odoo/get_order", Some(connection("odoo", fields, &[("api_key", "S3CRET")])))
    };
    for (protocol, path) in [("json2", "/json/2/sale.order/search_read"), ("jsonrpc", "/jsonrpc")] {
        fake.answers(500, json!({}));
        runner(protocol).run(json!({"order": "SHOPIFY-1001"})).await.unwrap_err();
        assert_eq!(fake.asked().last().unwrap().path, path);
    }
}

#[tokio::test]
async fn the_same_order_twice_is_one_order_and_one_customer() {
    let erp = Erp::start(Series::V19).await;
    let runner = erp.runner("auto");
    let first = runner.run(order("SHOPIFY-1001")).await.unwrap();
    let again = runner.run(order("SHOPIFY-1001")).await.unwrap();
    assert_eq!(again["created"], false);
    assert_eq!(again["id"], first["id"]);
    let other = runner.run(order("SHOPIFY-1002")).await.unwrap();
    assert_ne!(other["id"], first["id"]);
    assert_eq!(other["partner_id"], first["partner_id"]);
    assert_eq!(erp.orders().await.len(), 2);
}

#[tokio::test]
async fn a_customer_without_a_reference_is_found_by_e_mail_and_one_without_both_is_made_once() {
    let erp = Erp::start(Series::V19).await;
    let runner = erp.runner("auto");
    let with_partner = |reference: &str, partner: Value| {
        let mut input = order(reference);
        input["order"]["partner"] = partner;
        input
    };
    let mail = json!({"name": "Mali", "email": "mali@example.com"});
    let one = runner.run(with_partner("A-1", mail.clone())).await.unwrap();
    let two = runner.run(with_partner("A-2", mail)).await.unwrap();
    assert_eq!(one["partner_id"], two["partner_id"]);
    let bare = runner.run(with_partner("A-3", json!({"name": "Walk-in"}))).await.unwrap();
    assert_ne!(bare["partner_id"], one["partner_id"]);
    let nameless = runner.run(with_partner("A-4", json!({"ref": "new"}))).await.unwrap_err();
    assert!(matches!(nameless, Error::Input { .. }), "{nameless:?}");
}

#[tokio::test]
async fn an_order_is_booked_to_the_customer_and_warehouse_that_were_chosen() {
    let erp = Erp::start(Series::V19).await;
    let runner = erp.runner("auto");
    let own = runner.run(order("A-1")).await.unwrap();
    let mut chosen = order("A-2");
    // An expression may give an id as text.
    (chosen["customer"], chosen["warehouse"]) = (json!(1), json!("2"));
    let booked = runner.run(chosen.clone()).await.unwrap();
    assert_ne!(own["partner_id"], booked["partner_id"]);
    assert_eq!(booked["partner_id"], 1);
    let orders = erp.orders().await;
    assert_eq!(
        (&orders[0]["warehouse"], &orders[1]["warehouse"]),
        (&json!("คลังบางนา"), &json!("คลังเชียงใหม่"))
    );
    chosen["customer"] = json!("the best one");
    assert!(matches!(runner.run(chosen).await.unwrap_err(), Error::Input { .. }));
}

#[tokio::test]
async fn two_first_orders_of_a_customer_at_once_make_one_customer() {
    let erp = Erp::start(Series::V19).await;
    let runner = erp.runner("auto");
    let (one, two) = tokio::join!(runner.run(order("A-1")), runner.run(order("A-2")));
    assert_eq!(one.unwrap()["partner_id"], two.unwrap()["partner_id"]);
    assert_eq!(erp.orders().await.len(), 2);
}

#[tokio::test]
async fn an_answer_lost_after_the_work_is_found_by_asking() {
    for (series, protocol) in WAYS {
        let erp = Erp::start(series).await;
        let runner = erp.runner(protocol);
        assert_eq!(runner.probe(order("SHOPIFY-1001")).await.unwrap(), None);
        let only = json!({"model": "sale.order", "method": "create"});
        erp.fault(json!({"kind": "timeout_after_work", "close": true, "times": 1, "match": only})).await;
        let error = runner.run(order("SHOPIFY-1001")).await.unwrap_err();
        assert!(error.may_have_happened(), "{error:?}");
        assert_eq!(erp.orders().await.len(), 1);
        // It still has to be confirmed, so it is not done: the next attempt finds it and goes on.
        assert_eq!(runner.probe(order("SHOPIFY-1001")).await.unwrap(), None);
        let output = runner.run(order("SHOPIFY-1001")).await.unwrap();
        assert_eq!(output["created"], false);
        let done = runner.probe(order("SHOPIFY-1001")).await.unwrap().unwrap();
        assert_eq!(done["id"], output["id"]);
        assert_eq!(erp.orders().await.len(), 1, "{series:?} {protocol}");
    }
}

#[tokio::test]
async fn a_failure_before_the_order_is_made_is_one_where_nothing_happened() {
    let erp = Erp::start(Series::V19).await;
    let runner = erp.runner("auto");
    for kind in [
        json!({"kind": "timeout", "close": true}),
        json!({"kind": "down", "status": 502}),
        json!({"kind": "500"}),
    ] {
        let mut plan = kind;
        plan["times"] = 1.into();
        plan["match"] = json!({"model": "product.product"});
        erp.fault(plan.clone()).await;
        let error = runner.run(order("SHOPIFY-1001")).await.unwrap_err();
        assert!(!error.may_have_happened(), "{plan}: {error:?}");
        assert_eq!(error.retry(), Retry::Backoff, "{plan}: {error:?}");
    }
    assert_eq!(runner.run(order("SHOPIFY-1001")).await.unwrap()["created"], true);
}

#[tokio::test]
async fn a_busy_or_locked_odoo_is_tried_again() {
    for (series, protocol) in WAYS {
        let erp = Erp::start(series).await;
        let runner = erp.runner(protocol);
        let only = json!({"model": "sale.order", "method": "create"});
        erp.fault(json!({"kind": "429", "retry_after": 7, "times": 1, "match": only})).await;
        let busy = runner.run(order("SHOPIFY-1001")).await.unwrap_err();
        assert_eq!(busy.retry(), Retry::After(Span::from_secs(7)), "{busy:?}");
        erp.fault(json!({"kind": "lock", "times": 1, "match": only})).await;
        let locked = runner.run(order("SHOPIFY-1001")).await.unwrap_err();
        assert_eq!(
            (locked.retry(), locked.may_have_happened()),
            (Retry::Backoff, false),
            "{protocol} {locked:?}"
        );
        assert!(erp.orders().await.is_empty());
    }
}

#[tokio::test]
async fn an_unknown_sku_is_named_with_what_to_do() {
    let erp = Erp::start(Series::V19).await;
    let mut input = order("SHOPIFY-1001");
    input["order"]["lines"][1]["sku"] = sandbox::UNKNOWN_TO_ERP.into();
    let error = erp.runner("auto").run(input).await.unwrap_err();
    assert_eq!(error.code(), "E0308");
    assert!(error.to_string().contains(sandbox::UNKNOWN_TO_ERP), "{error}");
    assert!(error.advice().contains("internal reference"), "{}", error.advice());
    assert!(erp.orders().await.is_empty());
}

#[tokio::test]
async fn a_price_that_odoo_would_read_otherwise_is_refused() {
    let erp = Erp::start(Series::V19).await;
    let mut input = order("SHOPIFY-1001");
    input["order"]["lines"][0]["tax_included"] = false.into();
    let error = erp.runner("auto").run(input).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert!(erp.orders().await.is_empty());
}

#[tokio::test]
async fn an_order_in_another_currency_is_not_confirmed() {
    let erp = Erp::start(Series::V19).await;
    let mut input = order("SHOPIFY-1001");
    input["order"]["currency"] = "USD".into();
    let error = erp.runner("auto").run(input).await.unwrap_err();
    assert!(error.to_string().contains("THB"), "{error}");
    assert_eq!(erp.orders().await[0]["state"], "draft");
}

#[tokio::test]
async fn an_order_is_confirmed_where_its_total_is_right_to_the_satang() {
    let erp = Erp::start(Series::V19).await;
    let runner = erp.runner("auto");
    let mut input = order("SHOPIFY-1001");
    input["total"] = "649.26".into();
    let error = runner.run(input.clone()).await.unwrap_err().to_string();
    assert!(error.contains("649.25") && error.contains("649.26"), "{error}");
    assert_eq!(erp.orders().await[0]["state"], "draft");
    // Whoever corrects it tries again, and the order that is there is the one that is confirmed.
    input["total"] = "649.250".into();
    runner.run(input).await.unwrap();
    let orders = erp.orders().await;
    assert_eq!((orders.len(), &orders[0]["state"]), (1, &json!("sale")));
}

#[tokio::test]
async fn data_that_is_no_order_is_refused_before_odoo_is_called() {
    let erp = Erp::start(Series::V19).await;
    erp.fault(json!({"kind": "down"})).await;
    let runner = erp.runner("auto");
    let changes: [fn(&mut Value); 6] = [
        |order| order["reference"] = "".into(),
        |order| order["lines"] = json!([]),
        |order| order["lines"][0]["sku"] = " ".into(),
        |order| order["lines"][0]["price"] = "cheap".into(),
        |order| order["partner"] = Value::Null,
        |order| order["lines"][0]["quantity"] = Value::Null,
    ];
    for change in changes {
        let mut input = order("SHOPIFY-1001");
        change(&mut input["order"]);
        let error = runner.run(input.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{input}: {error:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_an_error_of_the_connection_and_is_not_repeated() {
    for (series, protocol) in WAYS {
        let erp = Erp::start(series).await;
        let mut runner = erp.runner(protocol);
        let connection = runner.connection.as_mut().unwrap();
        connection.secrets.insert("api_key".into(), "wr0ng".to_owned().into());
        let error = runner.run(order("SHOPIFY-1001")).await.unwrap_err();
        assert!(matches!(error, Error::Connection { .. }), "{series:?} {protocol}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("wr0ng"));
    }
}

#[tokio::test]
async fn a_wrong_database_is_told_with_where_to_correct_it() {
    for (series, protocol) in WAYS {
        let erp = Erp::start(series).await;
        let mut runner = erp.runner(protocol);
        let fields = &mut runner.connection.as_mut().unwrap().fields;
        fields.insert("database".into(), "elsewhere".into());
        let error = runner.run(order("SHOPIFY-1001")).await.unwrap_err();
        assert_eq!((error.retry(), error.may_have_happened()), (Retry::Never, false), "{error:?}");
        assert!(error.advice().contains("database"), "{series:?} {protocol}: {error:?}");
    }
}

#[tokio::test]
async fn an_odoo_that_is_not_there_can_be_tried_again() {
    let mut runner = Erp::start(Series::V19).await.runner("auto");
    let fields = &mut runner.connection.as_mut().unwrap().fields;
    fields.insert("url".into(), "http://127.0.0.1:9".into());
    let error = runner.run(order("SHOPIFY-1001")).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn testing_a_connection_says_what_is_there() {
    let all = catalog::all();
    let odoo = all.connector("odoo").unwrap();
    for (series, protocol) in WAYS {
        let erp = Erp::start(series).await;
        let http = erp.runner(protocol).http;
        let said = odoo.test(&http, &erp.connection(protocol)).await.unwrap();
        assert!(said.contains("Khlong"), "{said}");
        let mut wrong = erp.connection(protocol);
        wrong.secrets.insert("api_key".into(), "wrong".to_owned().into());
        assert!(odoo.test(&http, &wrong).await.is_err());
    }
}

#[test]
fn a_lost_answer_is_waited_for_as_long_as_the_connection_says() {
    let runner = Runner::new("odoo/create_sales_order", None);
    assert_eq!(runner.action.settle(None), Span::from_secs(120));
    let quick = connection("odoo", json!({"settle": "5s"}), &[]);
    assert_eq!(runner.action.settle(Some(&quick)), Span::from_secs(5));
}
