//! Orders are read, found, cancelled and refunded.

use super::{lines, page, runner};
use crate::common::STEP_KEY;
use crate::common::fake::Fake;
use connector::Error;
use serde_json::{Value, json};

#[tokio::test]
async fn orders_customers_and_refunds_are_searched_for() {
    let fake = Fake::start().await;
    page(&fake, &[json!({"id": 1}), json!({"id": 2})], 1);
    let with =
        json!({"status": "processing,on-hold", "changed_after": "2026-01-05T10:00:00+07:00", "limit": 1});
    let found = runner("woocommerce/find_orders", &fake).run(with).await.unwrap();
    assert_eq!(found, json!({"orders": [{"id": 1}], "more": true}));
    page(&fake, &[json!({"id": 25})], 1);
    let found =
        runner("woocommerce/find_customers", &fake).run(json!({"email": "a@example.com"})).await.unwrap();
    assert_eq!(found, json!({"customers": [{"id": 25}], "more": false}));
    fake.answers(200, json!({"id": 25})).answers(200, json!({"id": 726}));
    runner("woocommerce/get_customer", &fake).run(json!({"customer_id": 25})).await.unwrap();
    runner("woocommerce/get_refund", &fake).run(json!({"order_id": 727, "refund_id": 726})).await.unwrap();
    page(&fake, &[json!({"id": 726})], 1);
    let found = runner("woocommerce/find_refunds", &fake).run(json!({"order_id": 727})).await.unwrap();
    assert_eq!(found, json!({"refunds": [{"id": 726}]}));
    assert_eq!(
        lines(&fake),
        [
            "GET wc/v3/orders?status=processing%2Con-hold&modified_after=2026-01-05T03%3A00%3A00&dates_are_gmt=true&per_page=100&page=1",
            "GET wc/v3/customers?email=a%40example.com&role=all&orderby=registered_date&order=desc&per_page=100&page=1",
            "GET wc/v3/customers/25",
            "GET wc/v3/orders/727/refunds/726",
            "GET wc/v3/orders/727/refunds?per_page=100&page=1",
        ]
    );
    let guest = runner("woocommerce/get_customer", &fake).run(json!({"customer_id": 0})).await.unwrap_err();
    assert!(guest.advice().contains("billing"), "{guest:?}");
}

#[tokio::test]
async fn a_status_is_set() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"id": 727, "number": "727", "status": "completed", "billing": {}}));
    let output = runner("woocommerce/update_order_status", &fake)
        .run(json!({"order_id": 727, "status": "completed"}))
        .await
        .unwrap();
    assert_eq!(output, json!({"id": 727, "number": "727", "status": "completed"}));
    assert_eq!(fake.asked()[0].json(), json!({"status": "completed"}));
    assert_eq!(lines(&fake), ["PUT wc/v3/orders/727"]);
}

#[tokio::test]
async fn an_order_is_cancelled_unless_it_is_too_late() {
    let fake = Fake::start().await;
    let runner = runner("woocommerce/cancel_order", &fake);
    let order = |status: &str| json!({"id": 727, "number": "727", "status": status});
    fake.answers(200, order("processing")).answers(200, order("cancelled"));
    assert_eq!(runner.run(json!({"order_id": 727})).await.unwrap()["already"], false);
    assert_eq!(fake.asked()[1].json(), json!({"status": "cancelled"}));
    fake.answers(200, order("cancelled"));
    assert_eq!(runner.run(json!({"order_id": 727})).await.unwrap()["already"], true);
    fake.answers(200, order("completed"));
    let error = runner.run(json!({"order_id": 727})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    fake.answers(200, order("completed")).answers(200, order("cancelled"));
    runner.run(json!({"order_id": 727, "even_if_completed": true})).await.unwrap();
}

fn refund(reference: &str) -> Value {
    json!({"id": 726, "amount": "214.00", "meta_data": [{"id": 1, "key": "_khlong_reference", "value": reference}]})
}

#[tokio::test]
async fn a_refund_is_made_once_with_every_digit() {
    let fake = Fake::start().await;
    page(&fake, &[refund("other")], 1);
    fake.answers(201, json!({"id": 726, "amount": "214.00"}));
    let runner = runner("woocommerce/create_refund", &fake);
    let line =
        json!({"line_id": 315, "quantity": 1, "total": "200.00", "taxes": [{"id": 12, "total": "14.00"}]});
    let with = json!({"order_id": 727, "amount": "214.00", "reason": "damaged", "lines": [line], "reference": "RMA-1"});
    let output = runner.run(with.clone()).await.unwrap();
    assert_eq!(output, json!({"id": 726, "amount": "214.00", "created": true}));
    assert_eq!(
        String::from_utf8_lossy(&fake.asked()[1].body),
        "{\"amount\":\"214.00\",\"reason\":\"damaged\",\"api_refund\":false,\"api_restock\":true,\"line_items\":\
         [{\"id\":315,\"quantity\":1,\"refund_total\":200.00,\"refund_tax\":[{\"id\":12,\"refund_total\":14.00}]}],\
         \"meta_data\":[{\"key\":\"_khlong_reference\",\"value\":\"RMA-1\"}]}"
    );
    page(&fake, &[refund("RMA-1")], 1);
    page(&fake, &[refund("RMA-1")], 1);
    page(&fake, &[refund("RMA-2")], 1);
    assert_eq!(runner.run(with.clone()).await.unwrap()["created"], false, "not a second time");
    assert!(runner.probe(with.clone()).await.unwrap().is_some());
    assert!(runner.probe(with).await.unwrap().is_none());
}

#[tokio::test]
async fn a_line_that_comes_back_whole_costs_what_it_cost() {
    let fake = Fake::start().await;
    let order = json!({"id": 727, "line_items": [{"id": 315, "sku": "ABC-1", "quantity": 1, "total": "551.40",
        "taxes": [{"id": 12, "total": "38.60", "subtotal": "38.60"}, {"id": 13, "total": "", "subtotal": ""}]}, {"id": 316, "sku": "CUP", "quantity": 2, "total": "100.00", "taxes": []}]});
    let runner = runner("woocommerce/create_refund", &fake);
    page(&fake, &[], 0);
    fake.answers(200, order.clone()).answers(201, json!({"id": 726}));
    runner
        .run(json!({"order_id": 727, "amount": "590.00", "lines": [{"sku": "ABC-1", "quantity": 1}]}))
        .await
        .unwrap();
    let sent = fake.asked()[2].json();
    assert_eq!(
        sent["line_items"].to_string(),
        "[{\"id\":315,\"quantity\":1,\"refund_total\":551.40,\"refund_tax\":[{\"id\":12,\"refund_total\":38.60},{\"id\":13,\"refund_total\":0}]}]"
    );
    assert_eq!(sent["meta_data"][0]["value"], STEP_KEY, "the step's own reference");
    for line in [json!({"sku": "CUP", "quantity": 1}), json!({"sku": "NONE", "quantity": 1})] {
        page(&fake, &[], 0);
        fake.answers(200, order.clone());
        let error =
            runner.run(json!({"order_id": 727, "amount": "50.00", "lines": [line]})).await.unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{error:?}");
    }
}
