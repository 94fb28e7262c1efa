//! Triggers that ask Odoo what has changed, and hints that make them ask at once.

use crate::common::fake::Fake;
use crate::common::{Knock, http_at, look, names};
use crate::odoo_office::{an_order, erp, paths};
use connector::Refusal;
use serde_json::{Value, json};

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;

#[tokio::test]
async fn orders_come_with_their_lines_and_the_next_look_overlaps() {
    let fake = Fake::start().await;
    let erp = erp(&fake);
    let lines =
        json!([{"id": 1, "order_id": [120, "S00120"], "product_id": [31, "ชา"], "product_uom_qty": 2.0}]);
    let skus = json!([{"id": 31, "default_code": "TEA-100"}]);
    fake.answers(200, an_order()).answers(200, lines).answers(200, skus);
    let with = json!({"since": "2026-11-20T10:00:00+07:00"});
    let first = look(&http_at(NOW), "odoo/orders_changed", with.clone(), &erp, None).await.unwrap();
    assert_eq!(names(&first), ["120@2026-11-20 03:11:09"]);
    assert_eq!(first.deliveries[0].body.clone().into_value()["lines"][0]["sku"], "TEA-100");
    assert!(!first.more);
    let asked = fake.asked()[0].json();
    assert_eq!(asked["domain"], json!([["write_date", ">=", "2026-11-20 03:00:00"]]));
    assert_eq!(
        (&asked["order"], &asked["context"]["active_test"]),
        (&json!("write_date asc, id asc"), &json!(false))
    );
    fake.answers(200, json!([]));
    let next = look(&http_at(NOW), "odoo/orders_changed", with, &erp, Some(&first.cursor)).await.unwrap();
    assert_eq!((next.deliveries.len(), &next.cursor), (0, &first.cursor));
    let domain = fake.asked()[3].json()["domain"].clone();
    assert_eq!(domain, json!([["write_date", ">=", "2026-11-20 03:06:09"]]), "five minutes earlier");
}

#[tokio::test]
async fn a_trigger_that_looks_for_the_first_time_brings_nothing_of_the_past() {
    let fake = Fake::start().await;
    fake.answers(200, json!([]));
    let first = look(&http_at(NOW), "odoo/orders_changed", json!({}), &erp(&fake), None).await.unwrap();
    assert_eq!(first.cursor, json!({"at": NOW}));
    assert_eq!(fake.asked()[0].json()["domain"], json!([["write_date", ">=", "2026-11-20 03:20:00"]]));
}

#[tokio::test]
async fn a_page_that_one_second_fills_is_gone_through_by_id() {
    let fake = Fake::start().await;
    let erp = erp(&fake);
    let rows: Vec<Value> = (1..=200)
        .map(|id| json!({"id": id, "product_id": false, "write_date": "2026-11-20 03:00:00"}))
        .collect();
    let with = json!({"since": "2026-11-20T03:00:00Z"});
    fake.answers(200, json!(rows));
    let first = look(&http_at(NOW), "odoo/stock_changed", with.clone(), &erp, None).await.unwrap();
    assert!(first.more);
    fake.answers(200, json!(rows));
    let within =
        look(&http_at(NOW), "odoo/stock_changed", with.clone(), &erp, Some(&first.cursor)).await.unwrap();
    let asked = fake.asked()[1].json();
    assert_eq!(
        asked["domain"],
        json!([
            ["location_id.usage", "=", "internal"],
            ["write_date", ">=", "2026-11-20 03:00:00"],
            ["write_date", "<", "2026-11-20 03:00:01"],
            ["id", ">", 0]
        ])
    );
    fake.answers(200, json!([])).answers(200, json!([]));
    let rest =
        look(&http_at(NOW), "odoo/stock_changed", with.clone(), &erp, Some(&within.cursor)).await.unwrap();
    assert_eq!(fake.asked()[2].json()["domain"][3], json!(["id", ">", 200]));
    assert!(rest.more);
    let last = look(&http_at(NOW), "odoo/stock_changed", with, &erp, Some(&rest.cursor)).await.unwrap();
    assert_eq!(fake.asked()[3].json()["domain"][1], json!(["write_date", ">=", "2026-11-20 03:00:01"]));
    assert!(!last.more);
}

#[tokio::test]
async fn a_price_that_changed_on_the_template_brings_the_variant() {
    let fake = Fake::start().await;
    let variant = json!([{"id": 31, "default_code": "TEA-100", "lst_price": 259.00, "product_tmpl_id": [18, "ชา"], "active": true,
        "barcode": false, "write_date": "2026-11-01 00:00:00"}]);
    let template = json!([{"id": 18, "write_date": "2026-11-20 03:11:09"}]);
    fake.answers(200, json!([])).answers(200, template.clone()).answers(200, variant).answers(200, template);
    let with = json!({"since": "2026-11-20"});
    let polled = look(&http_at(NOW), "odoo/products_changed", with, &erp(&fake), None).await.unwrap();
    assert_eq!(names(&polled), ["31@2026-11-20 03:11:09"]);
    let body = polled.deliveries[0].body.clone().into_value();
    assert_eq!(
        (&body["sku"], &body["active"], &body["barcode"]),
        (&json!("TEA-100"), &json!(true), &Value::Null)
    );
    assert_eq!(body["lst_price"].to_string(), "259.0");
    let asked = fake.asked();
    assert_eq!(paths(&asked)[..2], ["product.product/search_read", "product.template/search_read"]);
    assert_eq!(asked[2].json()["domain"], json!(["|", ["id", "in", []], ["product_tmpl_id", "in", [18]]]));
    assert!(
        polled.cursor["product.template"]["at"].is_i64() && polled.cursor["product.product"]["at"].is_i64()
    );
}

#[tokio::test]
async fn rules_of_price_lists_come_where_they_are_wanted() {
    let fake = Fake::start().await;
    let rule = json!([{"id": 9, "pricelist_id": [1, "Shopee"], "product_id": [31, "ชา"], "fixed_price": 239.00, "date_end": false,
        "write_date": "2026-11-20 03:12:00"}]);
    fake.answers(200, json!([])).answers(200, json!([])).answers(200, rule);
    let with = json!({"since": "2026-11-20", "price_rules": true});
    let polled = look(&http_at(NOW), "odoo/products_changed", with, &erp(&fake), None).await.unwrap();
    assert_eq!(names(&polled), ["price_rule-9@2026-11-20 03:12:00"]);
    assert_eq!(polled.deliveries[0].body.clone().into_value()["changed"], "price_rule");
}

#[tokio::test]
async fn stock_that_moved_brings_each_product_once_with_what_is_free_now() {
    let fake = Fake::start().await;
    let quant = |id: i64, second: &str| json!({"id": id, "product_id": [31, "ชา"], "write_date": format!("2026-11-20 03:11:{second}")});
    fake.answers(200, json!([quant(1, "05"), quant(2, "09")])).answers(
        200,
        json!([{"id": 31, "default_code": "TEA-100", "display_name": "ชา", "free_qty": 38.0, "qty_available": 40.0,
                "virtual_available": 38.0}]),
    );
    let with = json!({"since": "2026-11-20", "warehouse": 1});
    let polled = look(&http_at(NOW), "odoo/stock_changed", with, &erp(&fake), None).await.unwrap();
    assert_eq!(names(&polled), ["31@2026-11-20 03:11:09"]);
    assert_eq!(polled.deliveries[0].body.clone().into_value()["free"].to_string(), "38.0");
    assert_eq!(fake.asked()[1].json()["context"], json!({"warehouse": 1, "warehouse_id": 1}));
}

#[tokio::test]
async fn a_delivery_that_is_done_comes_with_its_tracking_number_and_what_was_sent() {
    let fake = Fake::start().await;
    let picking = json!([{"id": 210, "name": "BNA/OUT/210", "origin": "S00120", "state": "done", "carrier_tracking_ref": "TH01234567890",
        "write_date": "2026-11-20 03:11:09"}]);
    fake.answers(200, json!({"carrier_tracking_ref": {"type": "char"}, "sale_id": {"type": "many2one"}}))
        .answers(200, picking)
        .answers(200, json!({"quantity": {"type": "float"}}))
        .answers(200, json!([{"id": 1, "picking_id": [210, "x"], "product_id": [31, "ชา"], "product_uom_qty": 2.0, "quantity": 1.0}]))
        .answers(200, json!([{"id": 31, "default_code": "TEA-100"}]))
        .answers(200, json!([{"id": 120, "name": "S00120", "client_order_ref": "SHOPIFY-1001"}]));
    let with = json!({"since": "2026-11-20", "only_tracked": true});
    let polled = look(&http_at(NOW), "odoo/shipments_changed", with, &erp(&fake), None).await.unwrap();
    let body = polled.deliveries[0].body.clone().into_value();
    assert_eq!(
        (&body["client_order_ref"], &body["carrier_tracking_ref"]),
        (&json!("SHOPIFY-1001"), &json!("TH01234567890"))
    );
    assert_eq!(
        (&body["lines"][0]["sku"], body["lines"][0]["done"].to_string().as_str()),
        (&json!("TEA-100"), "1.0")
    );
    let domain = fake.asked()[1].json()["domain"].clone();
    assert_eq!(domain[0], json!(["state", "=", "done"]));
    assert_eq!(domain[2], json!(["carrier_tracking_ref", "!=", false]));
}

#[tokio::test]
async fn an_odoo_without_carriers_says_which_module_is_missing() {
    let fake = Fake::start().await;
    fake.answers(200, json!({}));
    let with = json!({"only_tracked": true});
    let error = look(&http_at(NOW), "odoo/shipments_changed", with, &erp(&fake), None).await.unwrap_err();
    assert!(error.advice().contains("delivery"), "{error:?}");
}

#[test]
fn a_hint_is_taken_at_a_path_that_nobody_guesses() {
    let all = catalog::all();
    let hint = Knock::post(r#"{"_model":"sale.order","_id":120}"#);
    let nudge = |path: &str| hint.nudges(&all, "odoo/orders_changed", json!({"path": path}), None);
    assert_eq!(nudge("odoo/7f3kq9x2m5w8z1hints"), Ok(()));
    assert!(matches!(nudge("odoo/orders"), Err(Refusal::NotSetUp(_))));
    assert!(matches!(nudge(""), Err(Refusal::NotSetUp(_))));
    let large = Knock::post(vec![b'x'; 100_000]);
    let refusal =
        large.nudges(&all, "odoo/orders_changed", json!({"path": "odoo/7f3kq9x2m5w8z1hints"}), None);
    assert!(matches!(refusal, Err(Refusal::TooLarge { .. })), "{refusal:?}");
}
