//! What is pushed to the Shopify shop, and what it tells of it.

use serde_json::{Value, json};

use crate::client::{Client, Listener, start};

/// The stock push of the connector's guide, word for word.
const SET: &str = "mutation($i:InventorySetQuantitiesInput!,$k:String!){inventorySetQuantities(input:$i) @idempotent(key:$k){inventoryAdjustmentGroup{id} userErrors{field message code}}}";
const LEVEL: &str = "query($q:String!){productVariants(first:10,query:$q){nodes{id price compareAtPrice product{id} inventoryItem{id inventoryLevel(locationId:\"x\"){location{id} quantities(names:[\"available\"]){name quantity}}}}}}";
const ORDER: &str = "query($id:ID!){order(id:$id){displayFinancialStatus displayFulfillmentStatus cancelledAt totalRefundedSet{shopMoney{amount}} currentTotalPriceSet{shopMoney{amount}}
    lineItems(first:10){nodes{id sku currentQuantity unfulfilledQuantity}} refunds{id totalRefundedSet{shopMoney{amount}}} metafields(first:5){nodes{namespace key value}}
    transactions{id kind} fulfillments{id trackingInfo{company number url}}
    fulfillmentOrders(first:20){nodes{id status assignedLocation{location{id}} lineItems(first:50){nodes{id remainingQuantity lineItem{id sku}}}}}}}";

impl Client {
    async fn shopify(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(self.shop("/admin/api/2026-10/graphql.json")).body(body.to_string());
        let (status, answer) =
            self.send(request.header("X-Shopify-Access-Token", &self.keys.shop_token)).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    async fn shopify_ok(&self, query: &str, variables: Value) -> Value {
        let answer = self.shopify(query, variables).await;
        assert!(answer["errors"].is_null(), "{answer}");
        answer["data"].clone()
    }

    async fn variant(&self, sku: &str) -> Value {
        self.shopify_ok(LEVEL, json!({ "q": format!("sku:{sku}") })).await["productVariants"]["nodes"][0]
            .clone()
    }

    async fn order_of(&self, gid: &Value) -> Value {
        self.shopify_ok(ORDER, json!({ "id": gid })).await["order"].clone()
    }
}

fn level(variant: &Value) -> (Value, i64) {
    let level = &variant["inventoryItem"]["inventoryLevel"];
    (level["location"]["id"].clone(), level["quantities"][0]["quantity"].as_i64().unwrap())
}

fn quantity(variant: &Value, quantity: i64, before: Value) -> Value {
    let row = json!({
        "inventoryItemId": variant["inventoryItem"]["id"], "locationId": level(variant).0,
        "quantity": quantity, "changeFromQuantity": before,
    });
    json!({
        "name": "available", "reason": "correction", "referenceDocumentUri": "khlong://run/42",
        "quantities": [row],
    })
}

#[tokio::test]
async fn stock_is_set_once_per_key() {
    let client = start().await;
    let variant = client.variant("TEA-100").await;
    let input = quantity(&variant, 12, Value::Null);
    let first = client.shopify_ok(SET, json!({ "i": input, "k": "one" })).await;
    assert_eq!(first["inventorySetQuantities"]["userErrors"], json!([]));
    let again = client.shopify_ok(SET, json!({ "i": input, "k": "one" })).await;
    assert_eq!(first, again);
    let other = client.shopify_ok(SET, json!({ "i": quantity(&variant, 13, Value::Null), "k": "one" })).await;
    assert_eq!(
        other["inventorySetQuantities"]["userErrors"][0]["code"],
        "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    );
    assert_eq!(level(&client.variant("TEA-100").await).1, 12);
    assert_eq!(client.received("shop", "stock").await.len(), 1);
}

#[tokio::test]
async fn a_stock_push_needs_a_key_and_a_word_about_the_figure_before() {
    let client = start().await;
    let variant = client.variant("TEA-100").await;
    let bare = SET.replace("@idempotent(key:$k)", "");
    let answer = client.shopify(&bare, json!({ "i": quantity(&variant, 12, Value::Null), "k": "one" })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_REQUEST");
    let mut input = quantity(&variant, 12, Value::Null);
    input["quantities"][0].as_object_mut().unwrap().remove("changeFromQuantity");
    let answer = client.shopify(SET, json!({ "i": input, "k": "two" })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "missingRequiredInputObjectAttribute");
    let stale = client.shopify_ok(SET, json!({ "i": quantity(&variant, 12, json!(99)), "k": "three" })).await;
    assert_eq!(stale["inventorySetQuantities"]["userErrors"][0]["code"], "CHANGE_FROM_QUANTITY_STALE");
    let fits = client.shopify_ok(SET, json!({ "i": quantity(&variant, 12, json!(100)), "k": "three" })).await;
    assert_eq!(fits["inventorySetQuantities"]["userErrors"], json!([]), "what failed did not use up its key");
}

#[tokio::test]
async fn a_price_is_pushed_to_a_variant() {
    let client = start().await;
    let variant = client.variant("TEA-100").await;
    let query = "mutation($p:ID!,$v:[ProductVariantsBulkInput!]!){productVariantsBulkUpdate(productId:$p,variants:$v){productVariants{id price} userErrors{field message code}}}";
    let push = async |price: &str| {
        let variants = json!([{ "id": variant["id"], "price": price, "compareAtPrice": "300.00" }]);
        client
            .shopify_ok(
                query,
                json!({
                    "p": variant["product"]["id"], "v": variants,
                }),
            )
            .await["productVariantsBulkUpdate"]
            .clone()
    };
    assert_eq!(push("260.00").await["productVariants"][0]["price"], "260.00");
    assert!(!push("cheap").await["userErrors"].as_array().unwrap().is_empty());
    let variant = client.variant("TEA-100").await;
    assert_eq!((&variant["price"], &variant["compareAtPrice"]), (&json!("260.00"), &json!("300.00")));
}

#[tokio::test]
async fn a_product_is_put_whole_and_found_by_its_handle() {
    let client = start().await;
    let query = "mutation($i:ProductSetInput!,$h:ProductSetIdentifiers){productSet(synchronous:true,identifier:$h,input:$i){product{id title handle variants(first:1){nodes{sku price}}} userErrors{message}}}";
    let input = |price: &str| {
        json!({
            "title": "ชาใหม่", "status": "ACTIVE",
            "variants": [{ "price": price, "inventoryItem": { "sku": "NEW-1" } }],
        })
    };
    let made =
        client.shopify_ok(query, json!({ "i": input("99.00") })).await["productSet"]["product"].clone();
    let again = client
        .shopify_ok(query, json!({ "i": input("89.00"), "h": { "handle": made["handle"] } }))
        .await["productSet"]["product"]
        .clone();
    assert_eq!(
        (&again["id"], &again["variants"]["nodes"][0]),
        (&made["id"], &json!({ "sku": "NEW-1", "price": "89.00" }))
    );
}

#[tokio::test]
async fn an_order_goes_out_in_two_parcels() {
    let client = start().await;
    let gid = client
        .sell(json!({
            "overrides": { "lines": 1, "quantity": 3 },
        }))
        .await["orders"][0]["admin_graphql_api_id"]
        .clone();
    let open = client.order_of(&gid).await["fulfillmentOrders"]["nodes"][0].clone();
    assert_eq!(
        (&open["status"], &open["lineItems"]["nodes"][0]["remainingQuantity"]),
        (&json!("OPEN"), &json!(3))
    );
    let query = "mutation($f:FulfillmentInput!){fulfillmentCreate(fulfillment:$f){fulfillment{id status} userErrors{field message}}}";
    let send = async |lines: Value, number: &str| {
        let part = json!({ "fulfillmentOrderId": open["id"], "fulfillmentOrderLineItems": lines });
        let tracking = json!({ "company": "Kerry Express", "number": number, "url": "https://example.com" });
        let input = json!({
            "lineItemsByFulfillmentOrder": [part], "trackingInfo": tracking,
            "notifyCustomer": true,
        });
        client.shopify_ok(query, json!({ "f": input })).await["fulfillmentCreate"].clone()
    };
    let some = json!([{ "id": open["lineItems"]["nodes"][0]["id"], "quantity": 1 }]);
    let first = send(some, "KEX0001").await;
    assert_eq!(first["fulfillment"]["status"], "SUCCESS");
    assert_eq!(client.order_of(&gid).await["displayFulfillmentStatus"], "PARTIALLY_FULFILLED");
    send(json!([]), "KEX0002").await;
    let order = client.order_of(&gid).await;
    assert_eq!(
        (&order["displayFulfillmentStatus"], &order["fulfillmentOrders"]["nodes"][0]["status"]),
        (&json!("FULFILLED"), &json!("CLOSED"))
    );
    assert!(
        !send(json!([]), "KEX0003").await["userErrors"].as_array().unwrap().is_empty(),
        "nothing is left"
    );
    let query = "mutation($id:ID!,$t:FulfillmentTrackingInput!){fulfillmentTrackingInfoUpdate(fulfillmentId:$id,trackingInfoInput:$t){fulfillment{trackingInfo{number}} userErrors{message}}}";
    let changed = client
        .shopify_ok(query, json!({ "id": first["fulfillment"]["id"], "t": { "number": "KEX0009" } }))
        .await;
    assert_eq!(
        changed["fulfillmentTrackingInfoUpdate"]["fulfillment"]["trackingInfo"][0]["number"],
        "KEX0009"
    );
    assert_eq!(client.received("shop", "fulfilment").await.len(), 2);
}

#[tokio::test]
async fn a_part_and_then_the_rest_is_refunded() {
    let client = start().await;
    let gid =
        client.sell(json!({ "overrides": { "sku": "TEA-100", "lines": 1, "quantity": 2 } })).await["orders"]
            [0]["admin_graphql_api_id"]
            .clone();
    let before = client.order_of(&gid).await;
    let query = "mutation($i:RefundInput!,$k:String!){refundCreate(input:$i) @idempotent(key:$k){refund{id totalRefundedSet{shopMoney{amount}}} userErrors{field message}}}";
    let give = async |amount: &str, key: &str| {
        let line = json!({
            "lineItemId": before["lineItems"]["nodes"][0]["id"], "quantity": 1,
            "restockType": "RETURN",
        });
        let money = json!({
            "orderId": gid, "parentId": before["transactions"][0]["id"], "kind": "REFUND",
            "gateway": "manual", "amount": amount,
        });
        let input = json!({
            "orderId": gid, "note": "damaged", "notify": false, "refundLineItems": [line],
            "transactions": [money],
        });
        client.shopify_ok(query, json!({ "i": input, "k": key })).await["refundCreate"].clone()
    };
    let first = give("250.00", "one").await;
    assert_eq!(first["refund"]["totalRefundedSet"]["shopMoney"]["amount"], "250.0");
    assert_eq!(give("250.00", "one").await, first, "the same key gives no more money");
    let order = client.order_of(&gid).await;
    assert_eq!(
        (&order["displayFinancialStatus"], &order["currentTotalPriceSet"]["shopMoney"]["amount"]),
        (&json!("PARTIALLY_REFUNDED"), &json!("250.0"))
    );
    assert_eq!(order["lineItems"]["nodes"][0]["currentQuantity"], 1);
    assert!(give("250.01", "two").await["refund"].is_null(), "more than was paid");
    give("250.00", "three").await;
    assert_eq!(client.order_of(&gid).await["displayFinancialStatus"], "REFUNDED");
    assert_eq!(level(&client.variant("TEA-100").await).1, 100, "both pieces are back");
}

#[tokio::test]
async fn an_order_is_cancelled_once_and_its_job_is_done() {
    let client = start().await;
    let gid = client.sell(json!({})).await["orders"][0]["admin_graphql_api_id"].clone();
    let query = "mutation($id:ID!){orderCancel(orderId:$id,refundMethod:{originalPaymentMethodsRefund:true},restock:true,reason:INVENTORY,notifyCustomer:false){job{id done} orderCancelUserErrors{code message}}}";
    let first = client.shopify_ok(query, json!({ "id": gid })).await["orderCancel"].clone();
    assert_eq!(first["orderCancelUserErrors"], json!([]));
    let job =
        client.shopify_ok("query($id:ID!){job(id:$id){done}}", json!({ "id": first["job"]["id"] })).await;
    assert_eq!(job["job"]["done"], true);
    let order = client.order_of(&gid).await;
    assert_eq!(
        (&order["displayFinancialStatus"], &order["cancelledAt"]),
        (&json!("REFUNDED"), &json!("2026-11-20T03:10:00Z"))
    );
    let again = client.shopify_ok(query, json!({ "id": gid })).await["orderCancel"].clone();
    assert_eq!((&again["job"], again["orderCancelUserErrors"].as_array().unwrap().len()), (&Value::Null, 1));
}

#[tokio::test]
async fn an_invoice_number_is_written_back() {
    let client = start().await;
    let gid = client.sell(json!({})).await["orders"][0]["admin_graphql_api_id"].clone();
    let query = "mutation($m:[MetafieldsSetInput!]!){metafieldsSet(metafields:$m){metafields{key value} userErrors{field message}}}";
    let field = json!({
        "ownerId": gid, "namespace": "khlong", "key": "tax_invoice_no",
        "type": "single_line_text_field", "value": "INV6901-0001",
    });
    for _ in 0..2 {
        client.shopify_ok(query, json!({ "m": [field] })).await;
    }
    let order = client.order_of(&gid).await;
    assert_eq!(
        order["metafields"]["nodes"],
        json!([{ "namespace": "khlong", "key": "tax_invoice_no", "value": "INV6901-0001" }])
    );
}

#[tokio::test]
async fn customers_and_the_location_are_asked_for() {
    let client = start().await;
    client.sell(json!({ "count": 3 })).await;
    let query = "query($q:String){customers(first:10,query:$q){nodes{id firstName email defaultAddress{zip}}} locations(first:5){nodes{id name}}}";
    let all = client.shopify_ok(query, json!({ "q": "updated_at:>=2026-11-20" })).await;
    let customers = all["customers"]["nodes"].as_array().unwrap();
    assert!(!customers.is_empty() && all["locations"]["nodes"].as_array().unwrap().len() == 1);
    let one = client
        .shopify_ok("query($id:ID!){customer(id:$id){email}}", json!({ "id": customers[0]["id"] }))
        .await;
    assert_eq!(one["customer"]["email"], customers[0]["email"]);
    let none = client.shopify_ok(query, json!({ "q": "updated_at:>2026-11-21" })).await;
    assert_eq!(none["customers"]["nodes"], json!([]));
}

#[tokio::test]
async fn a_subscription_hears_of_its_topic_and_is_gone_after_eight_failures() {
    let client = Client::start(|options| options.retry_gaps = Vec::new()).await;
    let mut listener = Listener::answering(&[200, 500, 500, 500, 500, 500, 500, 500, 500]).await;
    let query = "mutation($t:WebhookSubscriptionTopic!,$w:WebhookSubscriptionInput!){webhookSubscriptionCreate(topic:$t,webhookSubscription:$w){webhookSubscription{id topic uri} userErrors{field message}}}";
    let hook = json!({ "uri": listener.url, "format": "JSON" });
    let made = client
        .shopify_ok(
            query,
            json!({
                "t": "ORDERS_CREATE", "w": hook,
            }),
        )
        .await["webhookSubscriptionCreate"]
        .clone();
    assert_eq!(made["webhookSubscription"]["topic"], "ORDERS_CREATE");
    let twice = client
        .shopify_ok(
            query,
            json!({
                "t": "ORDERS_CREATE", "w": hook,
            }),
        )
        .await["webhookSubscriptionCreate"]
        .clone();
    assert_eq!(twice["userErrors"].as_array().unwrap().len(), 1, "an address is taken once per topic");
    let sold = client.sell(json!({})).await;
    let first = listener.next().await;
    assert_eq!(
        first.header("x-shopify-hmac-sha256"),
        sandbox::sign(&client.keys.webhook_secret, &first.body)
    );
    assert_eq!(
        (first.header("x-shopify-topic"), &first.json()["id"]),
        ("orders/create", &sold["orders"][0]["id"])
    );
    for _ in 0..8 {
        client.sell(json!({})).await;
        client.handle().settled().await;
    }
    let list = "{webhookSubscriptions(first:10){nodes{id topic}}}";
    assert_eq!(client.shopify_ok(list, json!({})).await["webhookSubscriptions"]["nodes"], json!([]));
}

#[tokio::test]
async fn a_mutation_is_told_to_the_target_of_the_sandbox_as_well() {
    let client = start().await;
    let mut listener = Listener::answering(&[]).await;
    let target = json!({ "url": listener.url, "topics": ["orders/cancelled"] });
    client.send(client.http.put(client.shop("/_sandbox/webhooks")).body(target.to_string())).await;
    let gid = client.sell(json!({ "topics": ["orders/create"] })).await["orders"][0]["admin_graphql_api_id"]
        .clone();
    listener.next().await;
    let query = "mutation($id:ID!){orderCancel(orderId:$id,restock:false,reason:CUSTOMER){orderCancelUserErrors{message}}}";
    client.shopify_ok(query, json!({ "id": gid })).await;
    let hook = listener.next().await;
    assert_eq!(
        (hook.header("x-shopify-topic"), &hook.json()["cancel_reason"]),
        ("orders/cancelled", &json!("customer"))
    );
}

#[tokio::test]
async fn a_token_of_the_app_is_fetched_refreshed_and_ends() {
    let client = start().await;
    let ask = async |body: Value| {
        let mut body = body;
        body["client_id"] = json!(client.keys.shop_client_id);
        body["client_secret"] = json!(client.keys.webhook_secret);
        let request = client
            .http
            .post(client.shop("/admin/oauth/access_token"))
            .header("content-type", "application/json");
        client.send(request.body(body.to_string())).await
    };
    let status = async |token: &Value| {
        let request = client
            .http
            .post(client.shop("/admin/api/2026-10/graphql.json"))
            .body(r#"{"query":"{shop{name}}"}"#);
        client.send(request.header("X-Shopify-Access-Token", token.as_str().unwrap())).await.0
    };
    let day = ask(json!({ "grant_type": "client_credentials" })).await.1;
    assert_eq!(status(&day["access_token"]).await, 200);
    let code =
        client.post(client.shop("/_sandbox/tokens"), &json!({ "do": "consent" })).await.1["code"].clone();
    let pair = ask(json!({ "code": code, "expiring": 1 })).await.1;
    assert_eq!((status(&pair["access_token"]).await, &pair["expires_in"]), (200, &json!(3_600)));
    client.post(client.shop("/_sandbox/tokens"), &json!({ "do": "expire" })).await;
    assert_eq!(status(&pair["access_token"]).await, 401);
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": pair["refresh_token"] });
    assert_eq!(status(&ask(refresh).await.1["access_token"]).await, 200);
    assert_eq!(
        ask(json!({ "grant_type": "refresh_token" })).await.0,
        400,
        "an empty token refreshes nothing"
    );
    assert_eq!(status(&json!("")).await, 401);
}

#[tokio::test]
async fn a_fault_can_be_for_one_mutation_only() {
    let client = start().await;
    let plan = json!({ "kind": "429", "times": 1, "match": { "body": "inventorySetQuantities" } });
    client.vendor_fault("shop", plan).await;
    let variant = client.variant("TEA-100").await;
    let push = json!({ "i": quantity(&variant, 12, Value::Null), "k": "one" });
    let throttled = client.shopify(SET, push.clone()).await;
    assert_eq!(throttled["errors"][0]["extensions"]["code"], "THROTTLED");
    assert_eq!(client.shopify_ok(SET, push).await["inventorySetQuantities"]["userErrors"], json!([]));
}
