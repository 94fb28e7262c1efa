//! Invoices and credit notes in ERPNext: found again, made once, and compared before they are posted.

use crate::common::fake::Fake;
use crate::erpnext::{asked, data, runner};
use connector::Error;
use serde_json::{Value, json};

#[tokio::test]
async fn an_invoice_is_found_by_the_shop_s_order_by_the_order_and_by_its_name() {
    let fake = Fake::start().await;
    let invoice = json!({"name": "ACC-SINV-1", "docstatus": 1, "status": "Unpaid", "customer": "สมชาย ใจดี", "po_no": "shopify:1001",
        "posting_date": "2026-11-20", "due_date": "2026-12-20", "currency": "THB", "grand_total": 535.0, "outstanding_amount": 535.0});
    let get = runner(&fake, "get_invoice");
    let order = json!({"name": "SAL-ORD-1", "docstatus": 1});
    // With its lines asked about, an invoice comes once for each of them.
    fake.answers(200, data(json!([order]))).answers(200, data(json!([invoice, invoice])));
    let output = get.run(json!({"invoice": "shopify:1001"})).await.unwrap();
    assert_eq!(
        output,
        json!({"id": "ACC-SINV-1", "number": "ACC-SINV-1", "status": "Unpaid", "customer": "สมชาย ใจดี", "reference": "shopify:1001",
               "date": "2026-11-20", "due_date": "2026-12-20", "currency": "THB", "total": 535.0, "outstanding": 535.0, "created": false})
    );
    let of_order =
        r#"[["Sales Invoice Item","sales_order","=","SAL-ORD-1"],["docstatus","!=",2],["is_return","=",0]]"#;
    assert_eq!(fake.asked()[1].pair("filters").as_deref(), Some(of_order));
    fake.answers(200, data(json!([invoice])));
    get.run(json!({"invoice": "SAL-ORD-1", "by": "order"})).await.unwrap();
    assert_eq!(fake.asked()[2].pair("filters").as_deref(), Some(of_order));
    fake.answers(200, data(json!([invoice])));
    get.run(json!({"invoice": "ACC-SINV-1", "by": "number"})).await.unwrap();
    assert_eq!(
        fake.asked()[3].pair("filters").as_deref(),
        Some(r#"[["name","=","ACC-SINV-1"],["docstatus","!=",2]]"#)
    );
    // One that was made without an order has the shop's number itself.
    fake.answers(200, data(json!([]))).answers(200, data(json!([invoice])));
    get.run(json!({"invoice": "shopify:1001"})).await.unwrap();
    let own = r#"[["custom_external_id","=","shopify:1001"],["docstatus","!=",2],["is_return","=",0]]"#;
    assert_eq!(fake.asked()[5].pair("filters").as_deref(), Some(own));
}

#[tokio::test]
async fn several_invoices_of_an_order_are_not_guessed_among_and_none_may_be_an_answer() {
    let fake = Fake::start().await;
    let get = runner(&fake, "get_invoice");
    let invoice = |name: &str, date: &str| json!({"name": name, "posting_date": date});
    let two = data(json!([invoice("ACC-SINV-2", "2026-11-25"), invoice("ACC-SINV-1", "2026-11-20")]));
    fake.answers(200, two.clone()).answers(200, two).answers(200, data(json!([])));
    let mut input = json!({"invoice": "SAL-ORD-1", "by": "order"});
    let error = get.run(input.clone()).await.unwrap_err();
    assert!(error.to_string().contains("ACC-SINV-1, ACC-SINV-2"), "{error}");
    input["if_several"] = "latest".into();
    assert_eq!(get.run(input.clone()).await.unwrap()["id"], "ACC-SINV-2");
    input["if_missing"] = "nothing".into();
    assert_eq!(get.run(input).await.unwrap(), json!({"id": null}));
    fake.answers(200, data(json!([])));
    let error = get.run(json!({"invoice": "SAL-ORD-1", "by": "order"})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert!(matches!(get.run(json!({"invoice": " "})).await, Err(Error::Input { .. })));
}

#[tokio::test]
async fn an_order_is_invoiced_once_and_taken_back_with_negative_quantities() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({"name": "SAL-ORD-2026-00012", "docstatus": 1})))
        .answers(200, data(json!([])))
        .answers(200, json!({"message": {"doctype": "Sales Invoice", "customer": "สมชาย ใจดี"}}))
        .answers(
            200,
            data(json!({"name": "ACC-SINV-1", "docstatus": 1, "status": "Unpaid", "grand_total": 535.0})),
        );
    let by_id = json!({"order": "SAL-ORD-2026-00012", "by": "id", "post": true});
    let output = runner(&fake, "create_invoice").run(by_id).await.unwrap();
    assert_eq!((&output["id"], &output["created"]), (&json!("ACC-SINV-1"), &json!(true)));
    let all = fake.asked();
    assert_eq!(
        asked(&all[2]),
        "POST /api/method/erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice"
    );
    assert_eq!(all[2].json(), json!({"source_name": "SAL-ORD-2026-00012"}));
    assert_eq!(all[3].json(), json!({"doctype": "Sales Invoice", "customer": "สมชาย ใจดี", "docstatus": 1}));
    let invoice = data(json!({
        "name": "ACC-SINV-1", "customer": "สมชาย ใจดี", "company": "Khlong Demo", "currency": "THB",
        "items": [{"name": "row1", "item_code": "TEA-100", "qty": 2.0, "rate": 250.0, "uom": "Nos", "warehouse": null},
                  {"name": "row2", "item_code": "CUP", "qty": 1.0, "rate": 90.0}],
        "taxes": [{"charge_type": "On Net Total", "account_head": "VAT - KD", "description": "VAT 7%", "rate": 7.0, "tax_amount": 41.3}]
    }));
    fake.answers(200, data(json!([]))).answers(200, invoice.clone()).answers(
        200,
        data(json!({"name": "ACC-SINV-2", "docstatus": 0, "status": "Draft", "grand_total": -267.5})),
    );
    let back = json!({"invoice": "ACC-SINV-1", "reference": "R-1", "date": "2026-11-25", "lines": [{"sku": "TEA-100", "quantity": 1}]});
    let note = runner(&fake, "create_credit_note");
    assert_eq!(note.run(back).await.unwrap()["id"], "ACC-SINV-2");
    assert_eq!(
        fake.asked().last().unwrap().json(),
        json!({
            "customer": "สมชาย ใจดี", "company": "Khlong Demo", "currency": "THB", "is_return": 1, "return_against": "ACC-SINV-1",
            "custom_external_id": "R-1", "posting_date": "2026-11-25", "set_posting_time": 1, "docstatus": 0,
            "items": [{"item_code": "TEA-100", "rate": 250.0, "uom": "Nos", "qty": -1, "sales_invoice_item": "row1"}],
            "taxes": [{"charge_type": "On Net Total", "account_head": "VAT - KD", "description": "VAT 7%", "rate": 7.0}]
        })
    );
    fake.answers(200, data(json!([]))).answers(200, invoice);
    let strange =
        json!({"invoice": "ACC-SINV-1", "reference": "R-2", "lines": [{"sku": "NONE", "quantity": 1}]});
    assert!(matches!(note.run(strange).await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn a_sku_on_two_lines_of_an_invoice_is_taken_back_once_and_no_more_than_was_invoiced() {
    let fake = Fake::start().await;
    let invoice = data(json!({
        "name": "ACC-SINV-1", "docstatus": 1, "customer": "สมชาย ใจดี",
        "items": [{"name": "row1", "item_code": "TEA-100", "qty": 2.0}, {"name": "row2", "item_code": "TEA-100", "qty": 1.0}]
    }));
    let note = runner(&fake, "create_credit_note");
    let made = data(json!({"name": "ACC-SINV-2", "docstatus": 0, "status": "Draft", "grand_total": -1}));
    for (lines, taken) in [
        (json!([{"sku": "TEA-100", "quantity": 1}]), json!([["row1", -1]])),
        (
            json!([{"sku": "TEA-100", "quantity": 1}, {"sku": "TEA-100", "quantity": 2}]),
            json!([["row1", -2.0], ["row2", -1.0]]),
        ),
    ] {
        fake.answers(200, data(json!([]))).answers(200, invoice.clone()).answers(200, made.clone());
        note.run(json!({"invoice": "ACC-SINV-1", "reference": "R-1", "lines": lines})).await.unwrap();
        let body = fake.asked().last().unwrap().json();
        let items = body["items"].as_array().unwrap().iter();
        let told: Vec<(&Value, f64)> =
            items.map(|item| (&item["sales_invoice_item"], item["qty"].as_f64().unwrap())).collect();
        let taken = taken.as_array().unwrap().iter();
        assert_eq!(told, taken.map(|row| (&row[0], row[1].as_f64().unwrap())).collect::<Vec<_>>());
    }
    fake.answers(200, data(json!([]))).answers(200, invoice);
    let lines = json!([{"sku": "TEA-100", "quantity": 4}]);
    let error =
        note.run(json!({"invoice": "ACC-SINV-1", "reference": "R-2", "lines": lines})).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { message, .. } if message == "1 more of TEA-100 than was invoiced"),
        "{error:?}"
    );
}

/// An invoice of 1,070 before and 1,000 after its discount, with shipping as a charge.
fn discounted() -> Value {
    data(json!({
        "name": "ACC-SINV-1", "docstatus": 1, "customer": "สมชาย ใจดี", "apply_discount_on": "Grand Total", "discount_amount": 70.0,
        "items": [{"name": "row1", "item_code": "TEA-100", "qty": 3.0, "rate": 300.0}, {"name": "row2", "item_code": "CUP", "qty": 1.0, "rate": 170.0}],
        "taxes": [{"charge_type": "On Net Total", "account_head": "VAT - KD", "rate": 7.0, "included_in_print_rate": 1},
                  {"charge_type": "Actual", "account_head": "Freight - KD", "description": "ค่าส่ง", "rate": 0.0, "tax_amount": 50.0}]
    }))
}

/// What is sent for a credit note of that invoice.
async fn noted(with: Value) -> Value {
    let fake = Fake::start().await;
    let made = json!({"name": "ACC-SINV-2", "docstatus": 0, "status": "Draft", "grand_total": -1});
    fake.answers(200, data(json!([]))).answers(200, discounted()).answers(200, data(made));
    let mut input = json!({"invoice": "ACC-SINV-1", "reference": "R-1"});
    input.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    runner(&fake, "create_credit_note").run(input).await.unwrap();
    fake.asked().last().unwrap().json()
}

fn off(body: &Value) -> (Value, String) {
    (body["apply_discount_on"].clone(), body["discount_amount"].to_string())
}

#[tokio::test]
async fn a_credit_note_pays_back_no_more_than_was_paid_after_the_discount() {
    let whole = noted(json!({"reason": " ลูกค้าคืนสินค้า "})).await;
    assert_eq!(off(&whole), (json!("Grand Total"), "-70.0".into()));
    assert_eq!(whole["taxes"][1]["tax_amount"].to_string(), "-50.0", "shipping goes back with the whole");
    assert_eq!(whole["remarks"], "ลูกค้าคืนสินค้า");
    let one = json!([{"sku": "TEA-100", "quantity": 1}]);
    let part = noted(json!({"lines": one})).await;
    assert_eq!(off(&part), (json!("Grand Total"), "-19.63".into()), "300 of 1,070");
    assert_eq!(part["taxes"].as_array().unwrap().len(), 1);
    // A price that is given is what was paid, and a discount that is given is the one.
    let priced = noted(json!({"lines": [{"sku": "TEA-100", "quantity": 2, "price": "280.37"}]})).await;
    assert_eq!(priced["items"][0]["rate"].to_string(), "280.37");
    assert_eq!(priced["discount_amount"], Value::Null);
    let given = noted(json!({"lines": one, "discount": "20.00"})).await;
    assert_eq!(off(&given), (json!("Grand Total"), "-20.00".into()));
    assert_eq!(noted(json!({"lines": one, "discount": 0})).await["discount_amount"], Value::Null);
}

#[tokio::test]
async fn a_credit_note_with_another_total_stays_a_draft_and_is_posted_once_it_is_right() {
    let fake = Fake::start().await;
    let note = |docstatus: i64, total: f64| {
        let status = if docstatus == 0 { "Draft" } else { "Return" };
        json!({"name": "ACC-SINV-2", "docstatus": docstatus, "status": status, "grand_total": total, "posting_date": "2026-11-25"})
    };
    let create = runner(&fake, "create_credit_note");
    let input = json!({"invoice": "ACC-SINV-1", "reference": "R-1", "lines": [{"sku": "TEA-100", "quantity": 1}],
        "total": "280.37", "post": true});
    fake.answers(200, data(json!([]))).answers(200, discounted()).answers(200, data(note(0, -300.0)));
    let error = create.run(input.clone()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { message, .. } if message.contains("comes to 300.0 in ERPNext, and 280.37 was expected")),
        "{error:?}"
    );
    let made = fake.asked();
    assert_eq!((made.len(), &made[2].json()["docstatus"]), (3, &json!(0)), "nothing is posted");
    fake.answers(200, data(json!([note(0, -300.0)])));
    assert!(create.run(input.clone()).await.is_err(), "the draft that stands is compared as well");
    fake.answers(200, data(json!([note(0, -280.37)])));
    assert_eq!(create.probe(input.clone()).await.unwrap(), None);
    fake.answers(200, data(json!([note(0, -280.37)]))).answers(200, data(note(1, -280.37)));
    let output = create.run(input).await.unwrap();
    assert_eq!((&output["status"], &output["date"]), (&json!("Return"), &json!("2026-11-25")));
    assert_eq!(fake.asked().last().unwrap().json(), json!({"docstatus": 1}));
}

#[tokio::test]
async fn a_list_of_lines_that_turns_out_empty_takes_nothing_back() {
    let fake = Fake::start().await;
    let create = runner(&fake, "create_credit_note");
    for nothing in [json!([]), Value::Null] {
        let input = json!({"invoice": "ACC-SINV-1", "reference": "R-1", "lines": nothing});
        let error = create.run(input).await.unwrap_err();
        assert!(
            matches!(&error, Error::Input { .. }) && error.advice().contains("leave the field out"),
            "{error:?}"
        );
    }
    assert!(fake.asked().is_empty(), "ERPNext is not even asked");
}
