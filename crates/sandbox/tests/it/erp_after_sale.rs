//! What follows an order in the ERP: its delivery, its invoice, and what cancelling leaves of them.

use serde_json::{Value, json};

use crate::client::{Client, start};

/// An order that is confirmed.
async fn confirmed(client: &Client, reference: &str) -> i64 {
    let ids = client.ask("sale.order", "create", client.order(reference).await).await;
    client.ask("sale.order", "action_confirm", json!({ "ids": ids })).await;
    ids[0].as_i64().unwrap()
}

async fn read(client: &Client, model: &str, id: i64, fields: &[&str]) -> Value {
    client.ask(model, "read", json!({ "ids": [id], "fields": fields })).await[0].clone()
}

async fn delivery_of(client: &Client, order: i64) -> i64 {
    read(client, "sale.order", order, &["picking_ids"]).await["picking_ids"][0].as_i64().unwrap()
}

#[tokio::test]
async fn a_confirmed_order_has_a_delivery_that_is_done_once_it_is_validated() {
    let client = start().await;
    let quotation = client.ask("sale.order", "create", client.order("A").await).await[0].as_i64().unwrap();
    assert_eq!(read(&client, "sale.order", quotation, &["picking_ids"]).await["picking_ids"], json!([]));
    let order = confirmed(&client, "B").await;
    let picking = delivery_of(&client, order).await;
    let fields = ["name", "origin", "state", "picking_type_code", "sale_id", "date_done"];
    assert_eq!(
        read(&client, "stock.picking", picking, &fields).await,
        json!({"id": 1, "name": "WH/OUT/00001", "origin": "S00002", "state": "assigned", "picking_type_code": "outgoing",
               "sale_id": [2, "S00002"], "date_done": false})
    );
    let validate = json!({ "ids": [picking] });
    assert_eq!(client.ask("stock.picking", "button_validate", validate.clone()).await, json!(true));
    assert_eq!(client.ask("stock.picking", "button_validate", validate).await, json!(true));
    let done = read(&client, "stock.picking", picking, &["state", "date_done"]).await;
    assert_eq!(done, json!({"id": 1, "state": "done", "date_done": "2026-11-20 03:10:00"}));
    let moves =
        json!({ "domain": [["picking_id", "=", picking]], "fields": ["product_uom_qty", "quantity"] });
    let moves = client.ask("stock.move", "search_read", moves).await;
    assert_eq!((&moves[0]["product_uom_qty"], &moves[0]["quantity"]), (&json!(2.0), &json!(2.0)));
    let lines = json!({ "domain": [["order_id", "=", order]], "fields": ["qty_delivered"] });
    assert_eq!(client.ask("sale.order.line", "search_read", lines).await[0]["qty_delivered"], 2.0);
}

#[tokio::test]
async fn an_order_whose_goods_have_left_is_cancelled_without_a_word_as_in_odoo() {
    let client = start().await;
    let (shipped, waiting) = (confirmed(&client, "A").await, confirmed(&client, "B").await);
    let (left, open) = (delivery_of(&client, shipped).await, delivery_of(&client, waiting).await);
    client.ask("stock.picking", "button_validate", json!({ "ids": [left] })).await;
    let both = json!({ "ids": [shipped, waiting] });
    assert_eq!(client.ask("sale.order", "action_cancel", both).await, json!(true));
    for order in client.orders().await {
        assert_eq!(order["state"], "cancel");
    }
    assert_eq!(read(&client, "stock.picking", left, &["state"]).await["state"], "done");
    assert_eq!(read(&client, "stock.picking", open, &["state"]).await["state"], "cancel");
    let (status, error) = client.json2("stock.picking", "button_validate", json!({ "ids": [open] })).await;
    assert_eq!((status, error["name"].as_str().unwrap()), (422, "odoo.exceptions.UserError"));
}

#[tokio::test]
async fn an_order_is_invoiced_by_the_window_once_and_posting_gives_number_and_dates() {
    let client = start().await;
    let order = confirmed(&client, "SHOPIFY-1001").await;
    let context = json!({ "active_model": "sale.order", "active_ids": [order], "active_id": order });
    let vals = json!([{ "advance_payment_method": "delivered" }]);
    let window = json!({ "vals_list": vals, "context": context });
    let window = client.ask("sale.advance.payment.inv", "create", window).await;
    let call = json!({ "ids": window, "context": context });
    client.ask("sale.advance.payment.inv", "create_invoices", call.clone()).await;
    let (status, again) = client.json2("sale.advance.payment.inv", "create_invoices", call).await;
    assert_eq!(status, 422, "nothing is left to invoice: {again}");
    let fields = ["name", "state", "ref", "invoice_origin", "amount_total", "invoice_date"];
    assert_eq!(
        read(&client, "account.move", 1, &fields).await,
        json!({"id": 1, "name": false, "state": "draft", "ref": "SHOPIFY-1001", "invoice_origin": "S00001",
               "amount_total": 500.0, "invoice_date": false})
    );
    client.ask("account.move", "action_post", json!({ "ids": [1] })).await;
    assert_eq!(client.json2("account.move", "action_post", json!({ "ids": [1] })).await.0, 422);
    let fields = ["name", "state", "invoice_date", "invoice_date_due", "amount_residual"];
    assert_eq!(
        read(&client, "account.move", 1, &fields).await,
        json!({"id": 1, "name": "INV/2026/00001", "state": "posted", "invoice_date": "2026-11-20",
               "invoice_date_due": "2026-11-20", "amount_residual": 500.0})
    );
    let of_day = json!({ "domain": [["invoice_date", "=", "2026-11-20"]] });
    assert_eq!(client.ask("account.move", "search", of_day).await, json!([1]));
    assert_eq!(
        read(&client, "sale.order", order, &["invoice_status"]).await["invoice_status"],
        json!("invoiced")
    );
}

#[tokio::test]
async fn a_credit_note_is_a_draft_of_its_own_lines() {
    let client = start().await;
    let line = json!([0, 0, { "product_id": 31, "quantity": 2, "price_unit": 250 }]);
    let off = json!([0, 0, { "name": "ส่วนลด", "quantity": 1, "price_unit": -50, "tax_ids": [[6, 0, [1]]] }]);
    let partner = client.partner().await;
    let vals = json!([{ "move_type": "out_refund", "partner_id": partner, "ref": "R-1", "invoice_line_ids": [line, off] }]);
    assert_eq!(client.ask("account.move", "create", json!({ "vals_list": vals })).await, json!([1]));
    let made =
        read(&client, "account.move", 1, &["amount_untaxed", "amount_total", "invoice_line_ids"]).await;
    assert_eq!(
        made,
        json!({"id": 1, "amount_untaxed": 420.56, "amount_total": 450.0, "invoice_line_ids": [1, 2]})
    );
    client.ask("account.move", "action_post", json!({ "ids": [1] })).await;
    assert_eq!(read(&client, "account.move", 1, &["name"]).await["name"], "RINV/2026/00001");
}

#[tokio::test]
async fn asking_for_fields_tells_which_of_them_there_are() {
    let client = start().await;
    let asked = json!({ "allfields": ["quantity", "quantity_done"], "attributes": ["type"] });
    let told = client.ask("stock.move", "fields_get", asked).await;
    assert_eq!(told.as_object().unwrap().keys().collect::<Vec<_>>(), ["quantity"]);
    let none = json!({ "allfields": ["carrier_id"] });
    assert_eq!(client.ask("stock.picking", "fields_get", none).await, json!({}));
}

#[tokio::test]
async fn what_followed_orders_is_forgotten_with_them() {
    let client = start().await;
    confirmed(&client, "A").await;
    client.http.delete(client.erp("/_sandbox/orders")).send().await.unwrap();
    assert_eq!(client.ask("stock.picking", "search", json!({ "domain": [] })).await, json!([]));
    assert_eq!(client.ask("stock.move", "search", json!({ "domain": [] })).await, json!([]));
}
