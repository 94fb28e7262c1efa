//! Sales orders over JSON-2.

use sandbox::WhenFull;
use serde_json::json;

use crate::client::{Client, start, start_odoo_17};

#[tokio::test]
async fn an_order_with_nested_lines_gets_a_number_amounts_and_names() {
    let client = start().await;
    let body = client.order("SHOPIFY-1001").await;
    let id = client.ask("sale.order", "create", body).await;
    assert_eq!(id, json!([1]));
    let fields = json!([
        "name",
        "state",
        "client_order_ref",
        "partner_id",
        "date_order",
        "amount_untaxed",
        "amount_tax",
        "amount_total",
        "note",
        "locked",
        "currency_id"
    ]);
    let order = client.ask("sale.order", "read", json!({ "ids": id, "fields": fields })).await;
    let expected = json!([{
        "id": 1, "name": "S00001", "state": "draft", "client_order_ref": "SHOPIFY-1001",
        "partner_id": [7, "สมชาย ใจดี"], "date_order": "2026-11-20 03:10:00", "amount_untaxed": 467.29,
        "amount_tax": 32.71, "amount_total": 500.0, "note": false, "locked": false, "currency_id": [135, "THB"],
    }]);
    assert_eq!(order, expected);
}

#[tokio::test]
async fn a_line_takes_name_price_unit_and_taxes_from_its_product() {
    let client = start().await;
    let (partner, product) = (client.partner().await, client.product("TEA-102").await);
    let vals = json!({ "partner_id": partner, "order_line": [[0, 0, { "product_id": product }]] });
    let id = client.ask("sale.order", "create", json!({ "vals_list": vals })).await;
    let lines = client
        .ask(
            "sale.order",
            "read",
            json!({ "ids": id, "fields": ["order_line"] }),
        )
        .await[0]["order_line"]
        .clone();
    let fields = json!([
        "name",
        "product_uom_qty",
        "price_unit",
        "price_total",
        "product_uom_id",
        "tax_ids",
        "order_id"
    ]);
    let line = client.ask("sale.order.line", "read", json!({ "ids": lines, "fields": fields })).await;
    assert_eq!(
        line,
        json!([{
            "id": 1, "name": "[TEA-102] ชาดำเชียงใหม่ 200 กรัม", "product_uom_qty": 1.0, "price_unit": 320.5,
            "price_total": 320.5, "product_uom_id": [1, "Units"], "tax_ids": [1], "order_id": [1, "S00001"],
        }])
    );
}

#[tokio::test]
async fn the_same_reference_twice_makes_two_orders_as_in_odoo() {
    let client = start().await;
    let body = client.order("SHOPIFY-1001").await;
    for key in ["run-1", "run-1"] {
        let request = client.json2_request("sale.order", "create", &body).header("Idempotency-Key", key);
        assert_eq!(client.send(request).await.0, 200);
    }
    client.ask("sale.order", "create", client.order("SHOPIFY-1002").await).await;
    let count = client.get(client.erp("/_sandbox/orders?count_only=1")).await;
    assert_eq!(count, json!({ "count": 3, "rest": 0, "references": 2 }));
    let twice = client.get(client.erp("/_sandbox/orders?reference=SHOPIFY-1001")).await;
    assert_eq!(twice.as_array().unwrap().len(), 2);
    assert_eq!(twice[0]["idempotency_key"], "run-1");
    assert_eq!(client.orders().await[2]["idempotency_key"], json!(null));
}

#[tokio::test]
async fn the_list_shows_what_a_crash_test_wants_to_know() {
    let client = start().await;
    client.ask("sale.order", "create", client.order("SHOPIFY-1001").await).await;
    let line = json!({ "sku": "TEA-100", "name": "[TEA-100] ชาอู่หลงดอยแม่สลอง 100 กรัม", "quantity": 2.0, "price": 250.0, "total": 500.0 });
    assert_eq!(
        client.orders().await,
        [json!({
            "source": "odoo", "id": 1, "name": "S00001", "reference": "SHOPIFY-1001", "origin": null, "state": "draft",
            "customer": "สมชาย ใจดี", "warehouse": "คลังบางนา", "lines": [line], "total": 500.0, "idempotency_key": null,
            "time": "2026-11-20T03:10:00.000Z",
        })]
    );
}

#[tokio::test]
async fn the_list_is_paged_and_emptied_but_numbers_go_on() {
    let client = start().await;
    let order = client.order("A").await["vals_list"][0].clone();
    let many = json!({ "vals_list": vec![order.clone(); 1_203] });
    client.ask("sale.order", "create", many).await;
    assert_eq!(client.orders().await.len(), 1_203);
    let page = client.get(client.erp("/_sandbox/orders?offset=1200&limit=10")).await;
    assert_eq!(
        page.as_array().unwrap().iter().map(|order| order["id"].as_u64().unwrap()).collect::<Vec<_>>(),
        [1_201, 1_202, 1_203]
    );
    client.http.delete(client.erp("/_sandbox/orders")).send().await.unwrap();
    assert_eq!((client.count().await, client.orders().await.len()), (0, 0));
    assert_eq!(client.ask("sale.order", "create", json!({ "vals_list": order })).await, json!([1_204]));
}

#[tokio::test]
async fn confirming_needs_a_quotation_and_cancelling_an_unlocked_order() {
    let client = start().await;
    let ids = client.ask("sale.order", "create", client.order("A").await).await;
    let call = json!({ "ids": ids });
    assert_eq!(client.ask("sale.order", "action_confirm", call.clone()).await, json!(true));
    assert_eq!(client.orders().await[0]["state"], "sale");
    let (status, error) = client.json2("sale.order", "action_confirm", call.clone()).await;
    assert_eq!((status, error["name"].as_str().unwrap()), (422, "odoo.exceptions.UserError"));
    client.ask("sale.order", "write", json!({ "ids": ids, "vals": { "locked": true } })).await;
    assert_eq!(client.json2("sale.order", "action_cancel", call.clone()).await.0, 422);
    client.ask("sale.order", "write", json!({ "ids": ids, "vals": { "locked": false } })).await;
    client.ask("sale.order", "action_cancel", call).await;
    assert_eq!(client.orders().await[0]["state"], "cancel");
}

#[tokio::test]
async fn release_17_asks_before_it_cancels_and_has_its_own_field_names() {
    let client = start_odoo_17().await;
    let partner = client
        .execute("res.partner", "create", json!([{ "name": "A", "mobile": "081" }]), json!({}))
        .await["result"]
        .clone();
    let line =
        json!([0, 0, { "product_id": 31, "product_uom": 1, "tax_id": [[6, 0, [2]]], "price_unit": 100 }]);
    let vals = json!({ "partner_id": partner, "order_line": [line] });
    let id = client.execute("sale.order", "create", json!([vals]), json!({})).await["result"].clone();
    assert_eq!(client.orders().await[0]["total"], 107.0);
    client.execute("sale.order", "action_confirm", json!([[id]]), json!({})).await;
    let wizard = client.execute("sale.order", "action_cancel", json!([[id]]), json!({})).await;
    assert_eq!(wizard["result"]["res_model"], "sale.order.cancel");
    assert_eq!(client.orders().await[0]["state"], "sale");
    let sure = json!({ "context": { "disable_cancel_warning": true } });
    assert_eq!(client.execute("sale.order", "action_cancel", json!([[id]]), sure).await["result"], true);
    assert_eq!(client.orders().await[0]["state"], "cancel");
    assert_eq!(client.json2("sale.order", "search", json!({ "domain": [] })).await.0, 404);
}

#[tokio::test]
async fn lines_are_added_changed_and_removed_by_commands_and_the_total_follows() {
    let client = start().await;
    let ids = client.ask("sale.order", "create", client.order("A").await).await;
    let write = |commands| json!({ "ids": ids, "vals": { "order_line": commands } });
    client.ask("sale.order", "write", write(json!([[0, 0, { "product_id": 32 }]]))).await;
    assert_eq!(client.orders().await[0]["total"], 689.0);
    client.ask("sale.order", "write", write(json!([[1, 1, { "product_uom_qty": 1 }], [2, 2, 0]]))).await;
    assert_eq!(client.orders().await[0]["total"], 250.0);
    client.ask("sale.order.line", "write", json!({ "ids": [1], "vals": { "discount": 10 } })).await;
    assert_eq!(client.orders().await[0]["total"], 225.0);
    client.ask("sale.order", "action_confirm", json!({ "ids": ids })).await;
    assert_eq!(client.json2("sale.order", "write", write(json!([[2, 1, 0]]))).await.0, 422);
    assert_eq!(client.json2("sale.order", "write", write(json!([[1, 99, {}]]))).await.0, 404);
}

#[tokio::test]
async fn a_mistake_in_one_order_leaves_none_behind() {
    let client = start().await;
    let good = client.order("A").await["vals_list"][0].clone();
    let mistakes = [
        (json!({ "wrong": 1 }), 500, "builtins.ValueError"),
        (json!({ "partner_id": false }), 422, "odoo.exceptions.ValidationError"),
        (json!({ "partner_id": 999 }), 404, "odoo.exceptions.MissingError"),
        (json!({ "partner_id": 820_982_911_946_154_508_i64 }), 500, "psycopg2.errors.NumericValueOutOfRange"),
        (json!({ "order_line": [[0, 0, { "product_id": 999 }]] }), 404, "odoo.exceptions.MissingError"),
        (json!({ "order_line": [[0, 0, { "name": "x" }]] }), 422, "odoo.exceptions.ValidationError"),
        (
            json!({ "order_line": [[0, 0, { "product_id": 31, "price_unit": "x" }]] }),
            500,
            "builtins.ValueError",
        ),
        (json!({ "date_order": "2026-11-20T03:10:00Z" }), 500, "builtins.ValueError"),
        (json!({ "state": "done" }), 500, "builtins.ValueError"),
    ];
    for (mistake, status, name) in mistakes {
        let mut bad = good.clone();
        bad.as_object_mut().unwrap().extend(mistake.as_object().unwrap().clone());
        let (got, error) = client.json2("sale.order", "create", json!({ "vals_list": [good, bad] })).await;
        assert_eq!((got, error["name"].as_str().unwrap()), (status, name), "{mistake}: {error}");
    }
    assert_eq!(client.count().await, 0);
}

#[tokio::test]
async fn an_unknown_field_is_named_as_odoo_names_it() {
    let client = start().await;
    let (_, error) = client.json2("sale.order", "create", json!({ "vals_list": [{ "tax_id": 1 }] })).await;
    assert_eq!(error["message"], "Invalid field 'tax_id' on model 'sale.order'");
    let (_, error) = client.json2("sale.order", "search", json!({ "domain": [["nope", "=", 1]] })).await;
    assert_eq!(error["message"], r#"Invalid field sale.order.nope in condition ["nope","=",1]"#);
}

#[tokio::test]
async fn a_wrong_key_a_wrong_call_and_a_wrong_name_have_their_statuses() {
    let client = start().await;
    let url = client.erp("/json/2/sale.order/search");
    let (status, error) = client.send(client.http.post(&url).bearer_auth("wrong")).await;
    assert_eq!((status, error["message"].as_str().unwrap()), (401, "Invalid apikey"));
    assert_eq!(error["arguments"], json!(["Invalid apikey", 401]));
    assert_eq!(client.send(client.http.post(&url)).await.0, 401);
    let other =
        client.http.post(&url).bearer_auth(&client.keys.erp_api_key).header("x-odoo-database", "other");
    assert_eq!(client.send(other).await.0, 404);
    for (model, method, body, status) in [
        ("sale.orders", "search", json!({ "domain": [] }), 404),
        ("sale.order", "no_such", json!({}), 404),
        ("sale.order", "_create_invoices", json!({ "ids": [1] }), 403),
        ("res.country", "create", json!({ "vals_list": [{ "name": "X" }] }), 403),
        ("sale.order", "search", json!({}), 422),
        ("sale.order", "search", json!({ "domain": [], "ids": [1] }), 422),
        ("sale.order", "search", json!({ "domain": [], "args": 1 }), 422),
        ("sale.order", "write", json!({ "ids": [9], "vals": { "note": "x" } }), 404),
        ("sale.order", "read", json!({ "ids": [9] }), 200),
    ] {
        let (got, answer) = client.json2(model, method, body).await;
        assert_eq!(got, status, "{model}.{method}: {answer}");
    }
    let broken = client.json2_request("sale.order", "search", &json!({})).body("{");
    assert_eq!(client.send(broken).await.0, 400);
    assert_eq!(client.send(client.http.get(client.erp("/json/2/sale.order/search"))).await.0, 404);
    assert_eq!(client.get(client.erp("/web/version")).await["version"], "19.0");
}

#[tokio::test]
async fn a_full_erp_refuses_as_a_full_disk_does_or_forgets_the_oldest() {
    for (when_full, status, left) in
        [(WhenFull::Refuse, 500, ["A", "B"]), (WhenFull::DropOldest, 200, ["B", "C"])]
    {
        let client = Client::start(|options| (options.orders_max, options.when_full) = (2, when_full)).await;
        for (reference, expected) in [("A", 200), ("B", 200), ("C", status)] {
            let order = client.order(reference).await;
            assert_eq!(client.json2("sale.order", "create", order).await.0, expected, "{reference}");
        }
        let held = client.orders().await;
        assert_eq!(held.iter().map(|order| order["reference"].as_str().unwrap()).collect::<Vec<_>>(), left);
        assert_eq!(
            client.get(client.erp("/_sandbox/orders?reference=A&count_only=1")).await["count"] == 1,
            status == 500
        );
    }
}

#[tokio::test]
async fn a_request_beyond_the_limit_is_refused_before_it_is_read() {
    let client = start().await;
    let request = client.json2_request("sale.order", "create", &json!("x".repeat(9 << 20)));
    assert_eq!(client.send(request).await.0, 413);
}
