//! Customers, orders and stock in Odoo: what is asked over JSON-2, and what comes of the answers.

use crate::common::fake::{Asked, Fake};
use crate::common::{Runner, connection};
use connector::{Connection, Error, Retry};
use serde_json::{Value, json};

pub fn erp(fake: &Fake) -> Connection {
    let fields = json!({"url": fake.url, "database": "shop", "username": "khlong", "protocol": "json2"});
    connection("odoo", fields, &[("api_key", "S3CRET-KEY")])
}

pub fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("odoo/{operation}"), Some(erp(fake)))
}

pub fn paths(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|asked| asked.path.trim_start_matches("/json/2/")).collect()
}

pub fn an_order() -> Value {
    json!([{
        "id": 120, "name": "S00120", "client_order_ref": "SHOPIFY-1001", "state": "sale", "partner_id": [57, "สมชาย ใจดี"],
        "amount_total": 1070.00, "note": false, "write_date": "2026-11-20 03:11:09"
    }])
}

#[tokio::test]
async fn a_customer_is_made_or_changed_by_external_id_in_one_call() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"ids": [57], "messages": [], "nextrow": 0}));
    let customer = json!({"ref": "shopify_cust_8891", "name": "สมชาย ใจดี", "email": "somchai@example.com",
        "phone": "+66810000001", "vat": "1103700000001", "street": "99 ถ.สุขุมวิท", "city": "กรุงเทพมหานคร", "zip": 10110});
    let output = runner(&fake, "upsert_customer").run(json!({"customer": customer})).await.unwrap();
    assert_eq!(output, json!({"id": 57, "created": null}));
    let asked = fake.asked();
    assert_eq!(paths(&asked), ["res.partner/load"]);
    assert_eq!(
        (asked[0].header("authorization"), asked[0].header("x-odoo-database")),
        ("Bearer S3CRET-KEY", "shop")
    );
    assert_eq!(
        asked[0].json(),
        json!({
            "fields": ["id", "name", "ref", "email", "phone", "vat", "street", "city", "zip"],
            "data": [["__import__.khlong_partner_shopify_5fcust_5f8891", "สมชาย ใจดี", "shopify_cust_8891", "somchai@example.com",
                      "+66810000001", "1103700000001", "99 ถ.สุขุมวิท", "กรุงเทพมหานคร", "10110"]]
        })
    );
}

#[tokio::test]
async fn a_customer_with_the_same_tax_id_is_changed_and_not_made_again() {
    let fake = Fake::start().await;
    fake.answers(200, json!([{"id": 5}])).answers(200, json!(true));
    let input = json!({"customer": {"ref": 1, "vat": "1103700000001", "email": "new@example.com"}, "match_by": "vat"});
    let output = runner(&fake, "upsert_customer").run(input).await.unwrap();
    assert_eq!(output, json!({"id": 5, "created": false}));
    let asked = fake.asked();
    assert_eq!(asked[0].json()["domain"], json!([["vat", "=", "1103700000001"]]));
    let vals = json!({"ref": "1", "email": "new@example.com", "vat": "1103700000001"});
    assert_eq!(asked[1].json(), json!({"ids": [5], "vals": vals}));
}

#[tokio::test]
async fn a_row_that_odoo_refuses_is_told_although_it_answers_200() {
    let fake = Fake::start().await;
    fake.answers(
        200,
        json!({"ids": false, "messages": [{"type": "error", "message": "The VAT number is wrong"}]}),
    );
    let input = json!({"customer": {"ref": "1", "name": "Mali"}});
    let error = runner(&fake, "upsert_customer").run(input).await.unwrap_err();
    assert!(error.to_string().contains("The VAT number is wrong"), "{error}");
    let nobody =
        runner(&fake, "upsert_customer").run(json!({"customer": {"name": "Mali"}})).await.unwrap_err();
    assert!(matches!(nobody, Error::Input { .. }), "{nobody:?}");
}

#[tokio::test]
async fn an_order_is_read_with_its_lines_and_skus_and_without_odoo_s_word_for_nothing() {
    let fake = Fake::start().await;
    fake.answers(200, an_order())
        .answers(
            200,
            json!([{"id": 1, "order_id": [120, "S00120"], "product_id": [31, "ชา"], "product_uom_qty": 2.0}]),
        )
        .answers(200, json!([{"id": 31, "default_code": "TEA-100"}]));
    let order = runner(&fake, "get_order").run(json!({"order": "SHOPIFY-1001"})).await.unwrap();
    assert_eq!((&order["lines"][0]["sku"], &order["note"]), (&json!("TEA-100"), &Value::Null));
    assert_eq!(order["amount_total"].to_string(), "1070.0");
    let asked = fake.asked();
    assert_eq!(asked[0].json()["domain"], json!([["client_order_ref", "=", "SHOPIFY-1001"]]));
    assert_eq!(paths(&asked)[1..], ["sale.order.line/search_read", "product.product/search_read"]);
}

#[tokio::test]
async fn an_order_that_is_not_there_fails_or_is_nothing_and_two_are_not_mixed_up() {
    let fake = Fake::start().await;
    fake.answers(200, json!([])).answers(200, json!([])).answers(200, json!([{"id": 1}, {"id": 2}]));
    let get = runner(&fake, "get_order");
    assert!(matches!(get.run(json!({"order": "X"})).await.unwrap_err(), Error::Refused { .. }));
    let nothing = get.run(json!({"order": "X", "if_missing": "nothing"})).await.unwrap();
    assert_eq!(nothing, json!({"id": null}));
    assert!(matches!(get.run(json!({"order": "X"})).await.unwrap_err(), Error::Refused { .. }));
    let error = get.run(json!({"order": "S1", "by": "id"})).await.unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
}

#[tokio::test]
async fn orders_are_found_by_state_customer_and_date() {
    let fake = Fake::start().await;
    fake.answers(200, json!([]));
    let input = json!({"state": "sale", "customer": "57", "ordered_from": "2026-11-20", "limit": 900});
    assert_eq!(runner(&fake, "find_orders").run(input).await.unwrap(), json!({"orders": []}));
    let asked = fake.asked()[0].json();
    let domain =
        json!([["partner_id", "=", 57], ["state", "=", "sale"], ["date_order", ">=", "2026-11-19 17:00:00"]]);
    assert_eq!((&asked["domain"], &asked["limit"]), (&domain, &json!(100)));
}

#[tokio::test]
async fn an_order_is_cancelled_once_and_one_that_odoo_keeps_is_told() {
    let fake = Fake::start().await;
    // An Odoo without stock has no deliveries.
    let no_stock = json!({});
    fake.answers(200, an_order())
        .answers(200, no_stock.clone())
        .answers(200, json!(true))
        .answers(200, json!([{"id": 120, "state": "cancel"}]));
    let cancel = runner(&fake, "cancel_sales_order");
    let output = cancel.run(json!({"order": "SHOPIFY-1001"})).await.unwrap();
    assert_eq!(output, json!({"id": 120, "name": "S00120", "cancelled_now": true}));
    let cancelled = json!([{"id": 120, "name": "S00120", "state": "cancel"}]);
    fake.answers(200, cancelled);
    assert_eq!(cancel.run(json!({"order": "SHOPIFY-1001"})).await.unwrap()["cancelled_now"], false);
    fake.answers(200, an_order())
        .answers(200, no_stock.clone())
        .answers(200, json!({"res_model": "sale.order.cancel", "type": "ir.actions.act_window"}));
    let asks = cancel.run(json!({"order": "SHOPIFY-1001"})).await.unwrap_err();
    assert!(asks.to_string().contains("sale.order.cancel"), "{asks}");
    fake.answers(200, an_order())
        .answers(200, no_stock)
        .answers(200, json!(true))
        .answers(200, json!([{"id": 120, "state": "sale"}]));
    let kept = cancel.run(json!({"order": "SHOPIFY-1001"})).await.unwrap_err();
    assert!(matches!(kept, Error::Refused { .. }), "{kept:?}");
}

#[tokio::test]
async fn an_order_whose_goods_have_left_is_not_cancelled_unless_that_is_wished() {
    let fake = Fake::start().await;
    let cancel = runner(&fake, "cancel_sales_order");
    let stock = json!({"picking_ids": {"type": "one2many"}});
    let shipped = json!([{"id": 120, "picking_ids": [210, 211]}]);
    fake.answers(200, an_order())
        .answers(200, stock.clone())
        .answers(200, shipped.clone())
        .answers(200, json!([{"id": 210, "name": "BNA/OUT/00210"}]));
    let error = cancel.run(json!({"order": "SHOPIFY-1001"})).await.unwrap_err();
    assert!(error.to_string().contains("S00120 was shipped (BNA/OUT/00210)"), "{error}");
    let asked = fake.asked();
    assert_eq!(asked.len(), 4, "nothing is cancelled");
    assert_eq!(
        asked[3].json()["domain"],
        json!([
            ["id", "in", [210, 211]],
            ["state", "=", "done"],
            ["picking_type_code", "not in", ["incoming", "internal"]]
        ])
    );
    let done = || fake.answers(200, json!(true)).answers(200, json!([{"id": 120, "state": "cancel"}]));
    fake.answers(200, an_order()).answers(200, stock).answers(200, shipped).answers(200, json!([]));
    done();
    assert_eq!(cancel.run(json!({"order": "SHOPIFY-1001"})).await.unwrap()["cancelled_now"], true);
    fake.answers(200, an_order());
    done();
    let sure = json!({"order": "SHOPIFY-1001", "if_shipped": "cancel"});
    assert_eq!(cancel.run(sure).await.unwrap()["cancelled_now"], true);
}

#[tokio::test]
async fn stock_is_read_for_each_warehouse_in_the_words_of_every_release() {
    let fake = Fake::start().await;
    let row = json!([{"id": 31, "default_code": "TEA-100", "display_name": "ชา", "free_qty": 38.0, "qty_available": 40.0,
        "virtual_available": 38.0}]);
    fake.answers(
        200,
        json!([{"id": 1, "code": "BNA", "name": "คลังบางนา"}, {"id": 2, "code": "CNX", "name": "คลังเชียงใหม่"}]),
    )
    .answers(200, row)
    .answers(200, json!([]));
    let input = json!({"items": [{"sku": "TEA-100"}, {"sku": "COFFEE"}], "per_warehouse": true});
    let output = runner(&fake, "stock_levels").run(input).await.unwrap();
    assert_eq!(output["levels"][0]["free"].to_string(), "38.0");
    assert_eq!(
        (&output["levels"][0]["warehouse"]["code"], &output["unknown"]),
        (&json!("BNA"), &json!(["COFFEE"]))
    );
    let asked = fake.asked();
    assert_eq!(asked[1].json()["context"], json!({"warehouse": 1, "warehouse_id": 1}));
    assert_eq!(asked[1].json()["domain"], json!([["default_code", "in", ["TEA-100", "COFFEE"]]]));
}

#[tokio::test]
async fn counts_are_written_where_a_quant_is_made_where_none_is_and_applied_together() {
    let fake = Fake::start().await;
    fake.answers(200, json!([{"id": 31, "default_code": "TEA-100"}, {"id": 32, "default_code": "TEA-103"}]))
        .answers(200, json!([{"id": 900, "product_id": [31, "ชา"]}]))
        .answers(200, json!(true))
        .answers(200, json!([901]))
        .answers(200, json!(true));
    let items = json!([{"sku": "TEA-100", "quantity": 40}, {"sku": "TEA-103", "quantity": "7.5"}]);
    let output = runner(&fake, "set_stock_count").run(json!({"location": 8, "items": items})).await.unwrap();
    assert_eq!(output, json!({"updated": 2, "failed": []}));
    let asked = fake.asked();
    let counting = json!({"inventory_mode": true});
    assert_eq!(
        asked[2].json(),
        json!({"ids": [900], "vals": {"inventory_quantity": 40}, "context": counting})
    );
    let made = json!([{"product_id": 32, "location_id": 8, "inventory_quantity": 7.5}]);
    assert_eq!((&asked[3].json()["vals_list"], &asked[3].json()["context"]), (&made, &counting));
    assert_eq!(paths(&asked)[4], "stock.quant/action_apply_inventory");
    assert_eq!(asked[4].json()["ids"], json!([900, 901]));
}

#[tokio::test]
async fn an_unknown_sku_keeps_all_counts_back_unless_it_is_only_to_be_reported() {
    let fake = Fake::start().await;
    let known = json!([{"id": 31, "default_code": "TEA-100"}]);
    let mut input =
        json!({"location": 8, "items": [{"sku": "TEA-100", "quantity": 1}, {"sku": "GONE", "quantity": 2}]});
    fake.answers(200, known.clone());
    let error = runner(&fake, "set_stock_count").run(input.clone()).await.unwrap_err();
    assert!(error.to_string().contains("GONE") && fake.asked().len() == 1, "{error}");
    input["on_failure"] = "report".into();
    fake.answers(200, known).answers(200, json!([{"id": 900, "product_id": [31, "ชา"]}]));
    fake.answers(200, json!(true)).answers(200, json!(true));
    let output = runner(&fake, "set_stock_count").run(input).await.unwrap();
    assert_eq!((&output["updated"], &output["failed"][0]["code"]), (&json!(1), &json!("unknown")));
}

#[tokio::test]
async fn a_throttle_a_refusal_and_a_page_of_html_are_told_apart_and_show_no_key() {
    let fake = Fake::start().await;
    let get = runner(&fake, "get_order");
    fake.answers_with(429, &[("retry-after", "7")], "slow down");
    let busy = get.run(json!({"order": "A"})).await.unwrap_err();
    assert_eq!(busy.retry(), Retry::After(model::Span::from_secs(7)));
    fake.answers(422, json!({"name": "odoo.exceptions.UserError", "message": "S3CRET is not shown"}));
    assert!(matches!(get.run(json!({"order": "A"})).await.unwrap_err(), Error::Refused { .. }));
    fake.answers_with(200, &[("content-type", "text/html")], "<html>Maintenance</html>");
    let html = get.run(json!({"order": "A"})).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
    fake.answers(401, json!({"message": "Invalid apikey"}));
    let ended = get.run(json!({"order": "A"})).await.unwrap_err();
    assert!(matches!(ended, Error::Connection { .. }), "{ended:?}");
    assert!(!format!("{busy:?} {html:?} {ended:?}").contains("S3CRET-KEY"));
}
