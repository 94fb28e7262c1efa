//! The plain REST target.

use sandbox::WhenFull;
use serde_json::json;

use crate::client::{Client, start};

#[tokio::test]
async fn any_json_is_an_order_and_each_post_is_one_more() {
    let client = start().await;
    let order = json!({ "ref": "R-1", "lines": [{ "sku": "TEA-100", "qty": 2 }], "total": "500.00" });
    assert_eq!(
        client.post(client.erp("/rest/orders"), &order).await,
        (201, json!({ "id": 1, "reference": "R-1", "created": true }))
    );
    assert_eq!(client.post(client.erp("/rest/orders"), &order).await.0, 201);
    assert_eq!(
        client.post(client.erp("/rest/orders"), &json!({ "name": "#1001" })).await.1["reference"],
        "#1001"
    );
    assert_eq!(client.post(client.erp("/rest/orders"), &json!([1])).await.1["reference"], json!(null));
    let held = client.orders().await;
    assert_eq!(
        (held.len(), &held[0]["reference"], &held[0]["total"], &held[0]["lines"]),
        (4, &json!("R-1"), &json!("500.00"), &order["lines"])
    );
    assert_eq!(
        client.get(client.erp("/_sandbox/orders?reference=R-1&count_only=1")).await,
        json!({ "count": 2 })
    );
    assert_eq!(client.http.post(client.erp("/rest/orders")).body("{").send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn an_idempotency_key_counts_only_where_it_is_asked_to() {
    let client = start().await;
    for (path, created) in [("/rest/orders", 2), ("/rest/orders?idempotent=1", 3)] {
        for _ in 0..2 {
            let request = client.http.post(client.erp(path)).header("Idempotency-Key", "k-1").body("{}");
            client.send(request).await;
        }
        assert_eq!(client.count().await, created);
    }
    assert_eq!(client.orders().await[0]["reference"], "k-1");
    assert_eq!(client.orders().await[0]["idempotency_key"], "k-1");
}

#[tokio::test]
async fn it_stands_under_the_same_faults() {
    let client = start().await;
    client.fault(json!([{ "kind": "429", "times": 1 }, { "kind": "timeout_after_work", "close": true, "times": 1 }])).await;
    assert_eq!(client.post(client.erp("/rest/orders"), &json!({})).await.0, 429);
    assert!(client.http.post(client.erp("/rest/orders")).body("{}").send().await.is_err());
    assert_eq!(client.count().await, 1);
}

#[tokio::test]
async fn a_full_one_refuses_or_forgets_the_oldest() {
    for (when_full, status, first) in [(WhenFull::Refuse, 507, "A"), (WhenFull::DropOldest, 201, "B")] {
        let client = Client::start(|options| (options.orders_max, options.when_full) = (2, when_full)).await;
        for (reference, expected) in [("A", 201), ("B", 201), ("C", status)] {
            assert_eq!(
                client.post(client.erp("/rest/orders"), &json!({ "ref": reference })).await.0,
                expected
            );
        }
        let held = client.orders().await;
        assert_eq!((held.len(), &held[0]["reference"]), (2, &json!(first)));
    }
}
