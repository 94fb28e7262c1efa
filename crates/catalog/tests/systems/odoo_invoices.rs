//! Invoices, credit notes and deliveries in Odoo.

use crate::common::fake::Fake;
use crate::odoo_office::{an_order, paths, runner};
use connector::Error;
use serde_json::{Value, json};

fn invoice(state: &str) -> Value {
    json!([{
        "id": 88, "name": if state == "draft" { "/" } else { "INV/2026/00088" }, "move_type": "out_invoice", "state": state,
        "ref": "SHOPIFY-1001", "invoice_origin": "S00120", "partner_id": [57, "สมชาย ใจดี"], "currency_id": [1, "THB"],
        "invoice_date": if state == "draft" { json!(false) } else { json!("2026-11-20") }, "invoice_date_due": "2026-12-20",
        "amount_untaxed": 1000.00, "amount_tax": 70.00, "amount_total": 1070.00, "amount_residual": 1070.00,
        "payment_state": "not_paid", "invoice_line_ids": [501, 502]
    }])
}

#[tokio::test]
async fn an_order_is_invoiced_by_odoo_s_own_window_and_posted() {
    let fake = Fake::start().await;
    fake.answers(200, an_order())
        .answers(200, json!([]))
        .answers(200, json!([4]))
        .answers(200, json!({"type": "ir.actions.act_window"}))
        .answers(200, invoice("draft"))
        .answers(200, json!(true))
        .answers(200, invoice("posted"));
    let input = json!({"order": "SHOPIFY-1001", "post": true, "total": "1070"});
    let output = runner(&fake, "create_invoice").run(input).await.unwrap();
    assert_eq!((&output["number"], &output["created"]), (&json!("INV/2026/00088"), &json!(true)));
    let asked = fake.asked();
    assert_eq!(
        asked[1].json()["domain"],
        json!([
            ["move_type", "=", "out_invoice"],
            ["state", "!=", "cancel"],
            "|",
            ["invoice_origin", "=", "S00120"],
            ["ref", "=", "SHOPIFY-1001"]
        ])
    );
    assert_eq!(
        asked[2].json(),
        json!({"vals_list": [{"advance_payment_method": "delivered"}],
               "context": {"active_model": "sale.order", "active_ids": [120], "active_id": 120}})
    );
    assert_eq!(asked[3].json()["context"]["active_id"], 120);
    let called = ["sale.advance.payment.inv/create", "sale.advance.payment.inv/create_invoices"];
    assert_eq!((&paths(&asked)[2..4], paths(&asked)[5]), (&called[..], "account.move/action_post"));
}

#[tokio::test]
async fn an_order_is_invoiced_once_and_a_lost_answer_is_found_by_asking() {
    let fake = Fake::start().await;
    let create = runner(&fake, "create_invoice");
    let input = json!({"order": "SHOPIFY-1001", "post": true});
    fake.answers(200, an_order()).answers(200, json!([]));
    assert_eq!(create.probe(input.clone()).await.unwrap(), None);
    fake.answers(200, an_order()).answers(200, invoice("draft"));
    assert_eq!(create.probe(input.clone()).await.unwrap(), None, "it still has to be posted");
    fake.answers(200, an_order()).answers(200, invoice("posted"));
    assert_eq!(create.probe(input.clone()).await.unwrap().unwrap()["id"], 88);
    fake.answers(200, an_order()).answers(200, invoice("posted"));
    assert_eq!(create.run(input).await.unwrap()["created"], false);
    assert_eq!(create.action.settle(None), model::Span::from_secs(120));
}

#[tokio::test]
async fn an_invoice_with_another_total_is_not_posted() {
    let fake = Fake::start().await;
    fake.answers(200, an_order()).answers(200, invoice("draft"));
    let input = json!({"order": "SHOPIFY-1001", "post": true, "total": "1070.01"});
    let error = runner(&fake, "create_invoice").run(input).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }) && fake.asked().len() == 2, "{error:?}");
}

#[tokio::test]
async fn a_quotation_is_not_invoiced() {
    let fake = Fake::start().await;
    let mut draft = an_order();
    draft[0]["state"] = "draft".into();
    fake.answers(200, draft).answers(200, json!([]));
    let error = runner(&fake, "create_invoice").run(json!({"order": "SHOPIFY-1001"})).await.unwrap_err();
    assert!(error.to_string().contains("not confirmed"), "{error}");
}

#[tokio::test]
async fn a_posted_invoice_stays_as_it_is() {
    let fake = Fake::start().await;
    fake.answers(200, invoice("posted"));
    let output = runner(&fake, "post_invoice").run(json!({"invoice": 88})).await.unwrap();
    assert_eq!((&output["state"], fake.asked().len()), (&json!("posted"), 1));
    fake.answers(200, invoice("cancel"));
    let error = runner(&fake, "post_invoice").run(json!({"invoice": 88})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

fn lines() -> Value {
    let line = |id: i64, product: i64, price: f64| {
        json!({"id": id, "product_id": [product, "ชา"], "name": "ชา", "quantity": 2.0, "price_unit": price, "discount": 0.0,
               "tax_ids": [7], "account_id": [400, "Sales"]})
    };
    let note = json!({"id": 503, "product_id": false, "name": "ขอบคุณ", "quantity": 0.0, "account_id": false});
    json!([line(501, 31, 250.0), line(502, 32, 285.0), note])
}

#[tokio::test]
async fn a_refund_of_some_lines_names_the_invoice_and_is_made_once() {
    let fake = Fake::start().await;
    let mut refund = invoice("draft");
    refund[0]["id"] = 91.into();
    fake.answers(200, json!([]))
        .answers(200, invoice("posted"))
        .answers(200, lines())
        .answers(200, json!([{"id": 31, "default_code": "TEA-100"}, {"id": 32, "default_code": "TEA-103"}]))
        .answers(200, json!([91]))
        .answers(200, refund);
    let lines = json!([{"sku": "TEA-103", "quantity": 1}]);
    let input = json!({"invoice": "88", "reference": "SHOPIFY-1001-R1", "reason": "คืนสินค้า", "lines": lines});
    let output = runner(&fake, "create_credit_note").run(input).await.unwrap();
    assert_eq!(
        (&output["id"], &output["number"], &output["created"]),
        (&json!(91), &Value::Null, &json!(true))
    );
    let made = fake.asked()[4].json()["vals_list"][0].clone();
    assert_eq!((&made["reversed_entry_id"], &made["move_type"]), (&json!(88), &json!("out_refund")));
    assert_eq!(
        made["invoice_line_ids"],
        json!([[0, 0, {"product_id": 32, "name": "ชา", "quantity": 1, "price_unit": 285.0, "discount": 0.0, "tax_ids": [[6, 0, [7]]]}]])
    );
}

#[tokio::test]
async fn a_refund_in_full_has_all_lines_but_notes_and_a_line_that_is_not_there_is_told() {
    let fake = Fake::start().await;
    fake.answers(200, json!([])).answers(200, invoice("posted")).answers(200, lines());
    fake.answers(200, json!([91])).answers(200, invoice("draft"));
    let mut input = json!({"invoice": "88", "reference": "R1"});
    runner(&fake, "create_credit_note").run(input.clone()).await.unwrap();
    assert_eq!(fake.asked()[3].json()["vals_list"][0]["invoice_line_ids"].as_array().unwrap().len(), 2);
    input["lines"] = json!([{"sku": "OTHER", "quantity": 1}]);
    fake.answers(200, json!([]))
        .answers(200, invoice("posted"))
        .answers(200, lines())
        .answers(200, json!([]));
    let error = runner(&fake, "create_credit_note").run(input).await.unwrap_err();
    assert!(error.to_string().contains("OTHER"), "{error}");
}

#[tokio::test]
async fn a_sku_that_is_named_twice_is_refunded_at_both_prices_and_no_more_than_was_invoiced() {
    let fake = Fake::start().await;
    let refund = |lines: Value| json!({"invoice": "88", "reference": "R1", "lines": lines});
    let skus = json!([{"id": 31, "default_code": "TEA-100"}, {"id": 32, "default_code": "TEA-100"}]);
    let asked = || {
        fake.answers(200, json!([]))
            .answers(200, invoice("posted"))
            .answers(200, lines())
            .answers(200, skus.clone());
    };
    asked();
    fake.answers(200, json!([91])).answers(200, invoice("draft"));
    let twice =
        json!([{"sku": "TEA-100", "quantity": 1}, {"sku": "TEA-100", "quantity": 2, "price": "200.00"}]);
    runner(&fake, "create_credit_note").run(refund(twice)).await.unwrap();
    let made = fake.asked()[4].json()["vals_list"][0]["invoice_line_ids"].clone();
    let told = |line: &Value| {
        (line[2]["product_id"].as_i64(), line[2]["quantity"].as_f64(), line[2]["price_unit"].to_string())
    };
    assert_eq!(
        made.as_array().unwrap().iter().map(told).collect::<Vec<_>>(),
        [
            (Some(31), Some(1.0), "250.0".to_owned()),
            (Some(31), Some(1.0), "200.00".to_owned()),
            (Some(32), Some(1.0), "200.00".to_owned())
        ]
    );
    asked();
    let much = json!([{"sku": "TEA-100", "quantity": 5}]);
    let error = runner(&fake, "create_credit_note").run(refund(much)).await.unwrap_err();
    assert!(error.to_string().contains("1 more of TEA-100 than was invoiced"), "{error}");
}

#[tokio::test]
async fn a_discount_is_a_line_of_the_note_with_the_taxes_of_the_others() {
    let fake = Fake::start().await;
    let input = json!({"invoice": "88", "reference": "R1", "discount": "35.00", "total": "1070"});
    fake.answers(200, json!([])).answers(200, invoice("posted")).answers(200, lines());
    fake.answers(200, json!([91])).answers(200, invoice("draft"));
    runner(&fake, "create_credit_note").run(input.clone()).await.unwrap();
    let made = fake.asked()[3].json()["vals_list"][0]["invoice_line_ids"].clone();
    let off = &made[2][2];
    assert_eq!((off["price_unit"].to_string(), &off["quantity"]), ("-35.00".to_owned(), &json!(1)));
    assert_eq!((&off["tax_ids"], &off["product_id"]), (&json!([[6, 0, [7]]]), &Value::Null));
    let mut mixed = lines();
    mixed[1]["tax_ids"] = json!([8]);
    fake.answers(200, json!([])).answers(200, invoice("posted")).answers(200, mixed);
    let error = runner(&fake, "create_credit_note").run(input).await.unwrap_err();
    assert!(error.to_string().contains("different taxes"), "{error}");
}

#[tokio::test]
async fn a_refund_with_another_total_stays_a_draft_and_an_empty_list_takes_nothing_back() {
    let fake = Fake::start().await;
    let mut input = json!({"invoice": "88", "reference": "R1", "post": true, "total": "1070.01"});
    fake.answers(200, invoice("draft"));
    let error = runner(&fake, "create_credit_note").run(input.clone()).await.unwrap_err();
    assert!(error.to_string().contains("comes to 1070.0 in Odoo, and 1070.01 was expected"), "{error}");
    assert_eq!(fake.asked().len(), 1, "it is not posted");
    for nothing in [json!([]), Value::Null] {
        input["lines"] = nothing;
        let error = runner(&fake, "create_credit_note").run(input.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{error:?}");
    }
    assert_eq!(fake.asked().len(), 1, "Odoo is not even asked");
}

#[tokio::test]
async fn an_invoice_is_found_by_reference_order_number_and_id() {
    let fake = Fake::start().await;
    let get = runner(&fake, "get_invoice");
    fake.answers(200, an_order()).answers(200, invoice("posted"));
    let output = get.run(json!({"invoice": "SHOPIFY-1001"})).await.unwrap();
    assert_eq!(
        output,
        json!({"id": 88, "number": "INV/2026/00088", "type": "out_invoice", "state": "posted", "customer": {"id": 57, "name": "สมชาย ใจดี"},
               "reference": "SHOPIFY-1001", "date": "2026-11-20", "due_date": "2026-12-20", "amount_untaxed": 1000.0,
               "amount_tax": 70.0, "amount_total": 1070.0, "amount_due": 1070.0, "currency": "THB", "payment_state": "not_paid",
               "created": false})
    );
    let ours = json!([
        ["state", "!=", "cancel"],
        ["move_type", "=", "out_invoice"],
        "|",
        ["invoice_origin", "=", "S00120"],
        ["ref", "=", "SHOPIFY-1001"]
    ]);
    assert_eq!(fake.asked()[1].json()["domain"], ours);
    fake.answers(200, json!([])).answers(200, invoice("draft"));
    let draft = get.run(json!({"invoice": "SHOPIFY-7"})).await.unwrap();
    assert_eq!((&draft["number"], &draft["date"]), (&Value::Null, &Value::Null));
    let own =
        json!([["state", "!=", "cancel"], ["move_type", "=", "out_invoice"], ["ref", "=", "SHOPIFY-7"]]);
    assert_eq!(fake.asked()[3].json()["domain"], own, "it was made without an order");
    fake.answers(200, invoice("posted")).answers(200, invoice("posted"));
    get.run(json!({"invoice": "INV/2026/00088", "by": "number"})).await.unwrap();
    get.run(json!({"invoice": 88, "by": "id"})).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[4].json()["domain"][2], json!(["name", "=", "INV/2026/00088"]));
    assert_eq!(asked[5].json()["domain"][2], json!(["id", "=", 88]));
    assert_eq!(asked[5].json()["domain"][1], json!(["move_type", "in", ["out_invoice", "out_refund"]]));
}

#[tokio::test]
async fn several_invoices_are_not_guessed_among_and_an_order_that_is_not_there_has_none() {
    let fake = Fake::start().await;
    let get = runner(&fake, "get_invoice");
    let mut two = invoice("posted");
    two.as_array_mut().unwrap().push(json!({"id": 89, "name": "INV/2026/00089", "state": "posted"}));
    fake.answers(200, an_order()).answers(200, two.clone()).answers(200, an_order()).answers(200, two);
    let mut input = json!({"invoice": "S00120", "by": "order"});
    let error = get.run(input.clone()).await.unwrap_err();
    assert!(error.to_string().contains("INV/2026/00088, INV/2026/00089"), "{error}");
    input["if_several"] = "latest".into();
    assert_eq!(get.run(input.clone()).await.unwrap()["id"], 89);
    fake.answers(200, json!([])).answers(200, json!([]));
    assert!(matches!(get.run(input.clone()).await, Err(Error::Refused { .. })));
    input["if_missing"] = "nothing".into();
    assert_eq!(get.run(input).await.unwrap(), json!({"id": null}));
}

#[tokio::test]
async fn a_tracking_number_goes_to_the_open_delivery_which_is_validated() {
    let fake = Fake::start().await;
    let pickings = json!([{"id": 209, "name": "BNA/OUT/209", "state": "done"}, {"id": 210, "name": "BNA/OUT/210", "state": "assigned"}]);
    fake.answers(200, an_order())
        .answers(200, pickings.clone())
        .answers(200, json!(true))
        .answers(200, json!(true));
    let mut input = json!({"order": "SHOPIFY-1001", "tracking": "TH01234567890", "validate": true});
    let output = runner(&fake, "set_tracking").run(input.clone()).await.unwrap();
    assert_eq!(output, json!({"id": 210, "name": "BNA/OUT/210", "validated": true}));
    let asked = fake.asked();
    assert_eq!(asked[2].json(), json!({"ids": [210], "vals": {"carrier_tracking_ref": "TH01234567890"}}));
    assert_eq!(paths(&asked)[3], "stock.picking/button_validate");
    // A window in place of a result is "not done".
    fake.answers(200, an_order()).answers(200, pickings.clone()).answers(200, json!(true));
    fake.answers(200, json!({"res_model": "stock.backorder.confirmation"}));
    let asks = runner(&fake, "set_tracking").run(input.clone()).await.unwrap_err();
    assert!(asks.to_string().contains("stock.backorder.confirmation"), "{asks}");
    input["delivery"] = "BNA/OUT/209".into();
    fake.answers(200, an_order()).answers(200, pickings).answers(200, json!(true));
    assert_eq!(runner(&fake, "set_tracking").run(input).await.unwrap()["id"], 209);
}

#[tokio::test]
async fn several_open_deliveries_are_not_guessed_among() {
    let fake = Fake::start().await;
    let pickings =
        json!([{"id": 1, "name": "A", "state": "assigned"}, {"id": 2, "name": "B", "state": "waiting"}]);
    fake.answers(200, an_order()).answers(200, pickings);
    let input = json!({"order": "SHOPIFY-1001", "tracking": "TH1"});
    let error = runner(&fake, "set_tracking").run(input).await.unwrap_err();
    assert!(error.advice().contains("WH/OUT"), "{error:?}");
}
