//! Orders pulled over GraphQL.

use serde_json::{Value, json};

use crate::client::{Client, start};

/// The pull of the connector's guide, word for word.
const PULL: &str = r#"query($c:String,$n:Int!){orders(first:$n, after:$c, sortKey:UPDATED_AT, query:"updated_at:>='2026-01-05T00:00:00Z'"){
    pageInfo{hasNextPage endCursor} nodes{id name createdAt updatedAt cancelledAt displayFinancialStatus displayFulfillmentStatus
    taxesIncluded currencyCode currentTotalPriceSet{shopMoney{amount currencyCode}} shippingAddress{name address1 city province zip}
    lineItems(first:100){nodes{id sku quantity currentQuantity originalUnitPriceSet{shopMoney{amount}}
    discountedTotalSet{shopMoney{amount}} taxLines{rate priceSet{shopMoney{amount}}}}}}}}"#;

async fn ask(client: &Client, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "variables": variables });
    let request = client.http.post(client.shop("/admin/api/2026-10/graphql.json")).body(body.to_string());
    let (status, answer) =
        client.send(request.header("X-Shopify-Access-Token", &client.keys.shop_token)).await;
    assert_eq!(status, 200);
    answer
}

#[tokio::test]
async fn a_pull_goes_through_all_pages_and_gets_each_order_once() {
    let client = start().await;
    client.sell(json!({ "count": 7 })).await;
    let (mut cursor, mut names) = (Value::Null, Vec::new());
    loop {
        let answer = ask(&client, PULL, json!({ "n": 3, "c": cursor })).await;
        let orders = &answer["data"]["orders"];
        names.extend(
            orders["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|order| order["name"].as_str().unwrap().to_owned()),
        );
        if orders["pageInfo"]["hasNextPage"] == false {
            break;
        }
        cursor = orders["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(names, ["#1001", "#1002", "#1003", "#1004", "#1005", "#1006", "#1007"]);
}

#[tokio::test]
async fn a_pulled_order_says_the_same_as_its_webhook_in_graphqls_words() {
    let client = start().await;
    client.sell(json!({ "overrides": { "sku": "TEA-100", "quantity": 2, "lines": 1 } })).await;
    let order = ask(&client, PULL, json!({ "n": 1 })).await["data"]["orders"]["nodes"][0].clone();
    let webhook = client.get(client.shop("/_sandbox/orders?full=1")).await[0].clone();
    assert_eq!(order["id"], webhook["admin_graphql_api_id"]);
    assert_eq!(order["updatedAt"], "2026-11-20T03:10:00Z");
    assert_eq!(webhook["updated_at"], "2026-11-20T10:10:00+07:00");
    assert_eq!(order["displayFinancialStatus"], "PAID");
    assert_eq!(
        order["currentTotalPriceSet"]["shopMoney"],
        json!({ "amount": "500.0", "currencyCode": "THB" })
    );
    assert_eq!(order["shippingAddress"]["zip"], webhook["shipping_address"]["zip"]);
    let line = &order["lineItems"]["nodes"][0];
    assert_eq!((&line["sku"], &line["quantity"]), (&json!("TEA-100"), &json!(2)));
    assert_eq!(line["taxLines"][0]["priceSet"]["shopMoney"]["amount"], "32.71");
}

#[tokio::test]
async fn a_search_finds_by_time_status_and_name() {
    let client = start().await;
    client.sell(json!({ "count": 2 })).await;
    client.sell(json!({ "overrides": { "financial_status": "pending" } })).await;
    for (search, count) in [
        ("", 3),
        ("updated_at:>'2026-11-20T03:10:00Z'", 0),
        ("updated_at:>=2026-11-20T03:10:00Z", 3),
        ("created_at:<2026-11-20", 0),
        ("financial_status:pending", 1),
        ("name:#1002 AND financial_status:paid", 1),
    ] {
        let query = "query($q:String){orders(first:10,query:$q){edges{cursor node{id}}}}";
        let answer = ask(&client, query, json!({ "q": search })).await;
        assert_eq!(answer["data"]["orders"]["edges"].as_array().unwrap().len(), count, "{search}");
    }
}

#[tokio::test]
async fn one_order_and_the_shop_are_asked_by_name() {
    let client = start().await;
    let gid = client.sell(json!({})).await["orders"][0]["admin_graphql_api_id"].clone();
    let query = "query($id:ID!){order(id:$id){name} none:order(id:\"gid://shopify/Order/1\"){name} shop{myshopifyDomain currencyCode}}";
    let answer = ask(&client, query, json!({ "id": gid })).await;
    let expected = json!({
        "order": { "name": "#1001" }, "none": null,
        "shop": { "myshopifyDomain": "khlong-tea.myshopify.com", "currencyCode": "THB" },
    });
    assert_eq!(answer["data"], expected);
}

#[tokio::test]
async fn mistakes_are_errors_inside_a_200() {
    let client = start().await;
    client.sell(json!({})).await;
    for (query, code) in [
        ("{orders(first:1){nodes{nope}}}", "undefinedField"),
        ("{orders(first:1){nodes{lineItems{nodes{id}}}}}", "BAD_REQUEST"),
        ("{orders(first:251){nodes{id}}}", "BAD_USER_INPUT"),
        ("{orders(first:1,after:\"x\"){nodes{id}}}", "BAD_USER_INPUT"),
        ("{orders(first:1){nodes{customer}}}", "selectionMismatch"),
        ("mutation{x}", "undefinedField"),
        ("subscription{x}", "parseError"),
        ("{", "parseError"),
    ] {
        let answer = ask(&client, query, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}: {answer}");
    }
}

#[tokio::test]
async fn points_are_counted_and_a_greedy_client_is_throttled() {
    let client = start().await;
    let mut throttled = None;
    for _ in 0..200 {
        let answer = ask(&client, PULL, json!({ "n": 250 })).await;
        if answer["errors"][0]["extensions"]["code"] == "THROTTLED" {
            throttled = Some(answer);
            break;
        }
    }
    let cost = &throttled.expect("2,000 points are used up some time")["extensions"]["cost"];
    let available = cost["throttleStatus"]["currentlyAvailable"].as_u64().unwrap();
    assert!(available < cost["requestedQueryCost"].as_u64().unwrap());
    assert_eq!(cost["throttleStatus"]["restoreRate"].as_f64(), Some(100.0));
}

#[tokio::test]
async fn without_the_token_nobody_is_let_in() {
    let client = start().await;
    let url = client.shop("/admin/api/2026-10/graphql.json");
    let body = json!({ "query": "{shop{name}}" });
    assert_eq!(client.post(url.clone(), &body).await.0, 401);
    let wrong = client.http.post(&url).header("X-Shopify-Access-Token", "shpat_wrong").body(body.to_string());
    assert_eq!(client.send(wrong).await.0, 401);
    let lost = client.http.post(client.shop("/admin/api/latest/graphql.json"));
    let lost = lost.header("X-Shopify-Access-Token", &client.keys.shop_token).body(body.to_string());
    assert_eq!(client.send(lost).await.0, 404);
}
