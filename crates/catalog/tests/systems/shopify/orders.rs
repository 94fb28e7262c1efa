//! Orders are read, found, cancelled and refunded.

use super::{ORDER_ID, data, runner, shop, variables};
use crate::common::fake::Fake;
use crate::common::{Runner, connection};
use connector::sign_in::Tokens;
use connector::{Error, Retry};
use model::EffectRule;
use serde_json::{Value, json};

fn order(cancelled: Value) -> Value {
    data(json!({"order": {"id": ORDER_ID, "name": "#1001", "cancelledAt": cancelled, "cancelReason": null}}))
}

fn list(root: &str, nodes: Value, more: bool) -> Value {
    data(json!({root: {"pageInfo": {"hasNextPage": more, "endCursor": "c"}, "nodes": nodes}}))
}

#[tokio::test]
async fn an_order_is_found_by_the_number_that_a_webhook_brings() {
    let fake = Fake::start().await;
    let node = json!({"id": ORDER_ID, "displayFinancialStatus": "PAID", "taxesIncluded": true,
        "currentTotalPriceSet": {"shopMoney": {"amount": "1070.0", "currencyCode": "THB"}}, "lineItems": {"nodes": []}});
    fake.answers(200, data(json!({"order": node}))).answers(200, data(json!({"order": null})));
    let runner = runner("shopify/get_order", &fake);
    let order = runner.run(json!({"order_id": 5551})).await.unwrap();
    assert_eq!(
        (&order["currentTotalPriceSet"]["shopMoney"]["amount"], &order["lineItems"]),
        (&json!("1070.0"), &json!([]))
    );
    assert_eq!(variables(&fake.asked()[0]), json!({"id": ORDER_ID}));
    let error = runner.run(json!({"order_id": "820982911946154508"})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert_eq!(variables(&fake.asked()[1])["id"], "gid://shopify/Order/820982911946154508");
}

#[tokio::test]
async fn orders_customers_and_refunds_are_searched_for() {
    let fake = Fake::start().await;
    fake.answers(200, list("orders", json!([{"id": ORDER_ID, "lineItems": {"nodes": []}}]), true));
    let found = runner("shopify/find_orders", &fake).run(json!({"name": "#1001", "limit": 1})).await.unwrap();
    assert_eq!(found, json!({"orders": [{"id": ORDER_ID, "lineItems": []}], "more": true}));
    assert_eq!(
        variables(&fake.asked()[0]),
        json!({"first": 1, "after": null, "query": "name:\"#1001\"", "reverse": true})
    );
    fake.answers(200, list("customers", json!([{"id": "c"}]), false));
    let found = runner("shopify/find_customers", &fake).run(json!({"email": "a@example.com"})).await.unwrap();
    assert_eq!(found, json!({"customers": [{"id": "c"}], "more": false}));
    fake.answers(200, data(json!({"order": {"id": ORDER_ID, "refunds": [{"id": "r"}]}})));
    let found = runner("shopify/find_refunds", &fake).run(json!({"order_id": "5551"})).await.unwrap();
    assert_eq!(found, json!({"refunds": [{"id": "r"}], "more": false}));
    fake.answers(200, data(json!({"customer": {"id": "c"}})))
        .answers(200, data(json!({"refund": {"id": "r"}})));
    assert_eq!(
        runner("shopify/get_customer", &fake).run(json!({"customer_id": 8891})).await.unwrap()["id"],
        "c"
    );
    assert_eq!(runner("shopify/get_refund", &fake).run(json!({"refund_id": 929})).await.unwrap()["id"], "r");
    let last: Vec<Value> = fake.asked()[3..].iter().map(|asked| variables(asked)["id"].clone()).collect();
    assert_eq!(last, ["gid://shopify/Customer/8891", "gid://shopify/Refund/929"]);
}

#[tokio::test]
async fn an_order_is_cancelled_once() {
    let fake = Fake::start().await;
    let told = json!({"orderCancel": {"job": {"id": "gid://shopify/Job/1", "done": false}, "orderCancelUserErrors": []}});
    let after = json!({"order": {"id": ORDER_ID, "name": "#1001", "cancelledAt": "2026-11-20T03:10:00Z", "cancelReason": "INVENTORY"},
        "job": {"id": "gid://shopify/Job/1", "done": true}});
    fake.answers(200, order(json!(null))).answers(200, data(told)).answers(200, data(after));
    let runner = runner("shopify/cancel_order", &fake);
    let with = json!({"order_id": 5551, "reason": "INVENTORY", "refund": true, "note": "ของหมด"});
    let output = runner.run(with.clone()).await.unwrap();
    assert_eq!(
        (&output["done"], &output["already"], &output["name"]),
        (&json!(true), &json!(false), &json!("#1001"))
    );
    assert_eq!(
        variables(&fake.asked()[1]),
        json!({"id": ORDER_ID, "refund": {"originalPaymentMethodsRefund": true}, "restock": true, "reason": "INVENTORY",
            "note": "ของหมด", "notify": false})
    );
    fake.answers(200, order(json!("2026-11-20T03:10:00Z")));
    assert_eq!(runner.run(with.clone()).await.unwrap()["already"], true);
    assert!(runner.action.settle(None).as_ms() > 0, "Shopify takes some seconds");
    fake.answers(200, order(json!("2026-11-20T03:10:00Z"))).answers(200, order(json!(null)));
    assert!(runner.probe(with.clone()).await.unwrap().is_some());
    assert!(runner.probe(with).await.unwrap().is_none());
}

#[tokio::test]
async fn an_order_that_cannot_be_cancelled_says_why_unless_it_is_cancelled_by_then() {
    let fake = Fake::start().await;
    let refusal = || {
        data(
            json!({"orderCancel": {"job": null, "orderCancelUserErrors": [{"code": "INVALID", "message": "Cannot cancel a fulfilled order"}]}}),
        )
    };
    let runner = runner("shopify/cancel_order", &fake);
    fake.answers(200, order(json!(null))).answers(200, refusal()).answers(200, order(json!(null)));
    let error = runner.run(json!({"order_id": 5551})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }) && error.to_string().contains("fulfilled"), "{error}");
    fake.answers(200, order(json!(null)))
        .answers(200, refusal())
        .answers(200, order(json!("2026-11-20T03:10:00Z")));
    assert_eq!(runner.run(json!({"order_id": 5551})).await.unwrap()["already"], true);
}

fn refunds(notes: &[&str]) -> Value {
    let refunds: Vec<Value> = notes
        .iter()
        .map(|note| {
            json!({"id": "gid://shopify/Refund/929", "note": note,
        "totalRefundedSet": {"shopMoney": {"amount": "214.0", "currencyCode": "THB"}}})
        })
        .collect();
    data(json!({"order": {"id": ORDER_ID, "name": "#1001", "refunds": refunds}}))
}

#[tokio::test]
async fn a_refund_is_paid_back_the_way_it_came_with_a_key_and_our_reference() {
    let fake = Fake::start().await;
    let lines = json!({"id": ORDER_ID, "lineItems": {"nodes": [{"id": "gid://shopify/LineItem/315", "sku": "TEA-100"}]}});
    let way = json!({"gateway": "manual", "amountSet": {"shopMoney": {"amount": "214.00"}}, "parentTransaction": {"id": "gid://shopify/OrderTransaction/9"}});
    let made = json!({"refund": {"id": "gid://shopify/Refund/929", "totalRefundedSet": {"shopMoney": {"amount": "214.0", "currencyCode": "THB"}}}, "userErrors": []});
    fake.answers(200, refunds(&["older"]))
        .answers(200, data(json!({"order": lines})))
        .answers(200, data(json!({"order": {"suggestedRefund": {"suggestedTransactions": [way]}}})))
        .answers(200, data(json!({"refundCreate": made})));
    let runner = runner("shopify/create_refund", &fake);
    let with = json!({"order_id": 5551, "lines": [{"sku": "TEA-100", "quantity": 1}], "pay_back": true, "note": "damaged",
        "reference": "RMA-1", "location": 124_656_943, "shipping": "0"});
    let output = runner.run(with.clone()).await.unwrap();
    assert_eq!((&output["id"], &output["created"]), (&json!("gid://shopify/Refund/929"), &json!(true)));
    let sent = variables(&fake.asked()[3]);
    assert_eq!(
        sent["i"],
        json!({"orderId": ORDER_ID, "note": "damaged [RMA-1]", "notify": false, "refundLineItems": [
            {"lineItemId": "gid://shopify/LineItem/315", "quantity": 1, "restockType": "RETURN", "locationId": "gid://shopify/Location/124656943"}],
            "transactions": [{"orderId": ORDER_ID, "parentId": "gid://shopify/OrderTransaction/9", "kind": "REFUND", "gateway": "manual", "amount": "214.00"}],
            "shipping": {"amount": "0"}})
    );
    assert_eq!(sent["k"].as_str().unwrap().len(), 36);
    fake.answers(200, refunds(&["damaged [RMA-1]"]))
        .answers(200, refunds(&["damaged [RMA-1]"]))
        .answers(200, refunds(&["[RMA-12]"]));
    assert_eq!(runner.run(with.clone()).await.unwrap()["created"], false, "not a second time");
    assert!(runner.probe(with.clone()).await.unwrap().is_some());
    assert!(runner.probe(with).await.unwrap().is_none(), "another reference is another refund");
}

#[tokio::test]
async fn a_refund_without_money_moves_none_and_a_line_that_is_not_there_is_told() {
    let fake = Fake::start().await;
    let made = json!({"refund": {"id": "r"}, "userErrors": []});
    fake.answers(200, refunds(&[])).answers(200, data(json!({"refundCreate": made})));
    let runner = runner("shopify/create_refund", &fake);
    runner.run(json!({"order_id": 5551, "lines": [{"line_id": 315, "quantity": 1}]})).await.unwrap();
    assert_eq!(variables(&fake.asked()[1])["i"]["transactions"], json!([]));
    fake.answers(200, refunds(&[]))
        .answers(200, data(json!({"order": {"id": ORDER_ID, "lineItems": {"nodes": []}}})));
    let error =
        runner.run(json!({"order_id": 5551, "lines": [{"sku": "NONE", "quantity": 1}]})).await.unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
}

#[tokio::test]
async fn a_lost_answer_of_a_refund_is_in_doubt_and_a_lost_answer_of_a_question_is_not() {
    let fake = Fake::start().await;
    let runner = runner("shopify/create_refund", &fake);
    fake.answers(502, json!({}));
    let asked = runner.run(json!({"order_id": 5551})).await.unwrap_err();
    assert_eq!((asked.may_have_happened(), asked.retry()), (false, Retry::Backoff));
    fake.answers(200, refunds(&[])).answers(502, json!({}));
    let sent = runner.run(json!({"order_id": 5551})).await.unwrap_err();
    assert!(sent.may_have_happened());
    assert_eq!(runner.action.effect(&json!({})), EffectRule::Probe);
}

#[tokio::test]
async fn an_ended_token_is_got_anew_where_it_can_be_and_is_for_a_person_where_not() {
    let fake = Fake::start().await;
    fake.answers(401, json!({"errors": "Invalid"})).answers(401, json!({"errors": "Invalid"}));
    let mut renewed = connection(
        "shopify",
        json!({"shop_url": fake.url, "sign_in": "keys", "client_id": "a"}),
        &[("client_secret", "hush")],
    );
    renewed.tokens = Some(Tokens::new("shpat_day"));
    let error =
        Runner::new("shopify/get_order", Some(renewed)).run(json!({"order_id": 1})).await.unwrap_err();
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    assert_eq!(fake.asked()[0].header("x-shopify-access-token"), "shpat_day");
    let error =
        Runner::new("shopify/get_order", Some(shop(&fake))).run(json!({"order_id": 1})).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
}
