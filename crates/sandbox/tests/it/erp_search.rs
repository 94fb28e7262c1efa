//! Searching, reading, and `load`.

use serde_json::{Value, json};

use crate::client::{Client, start};

/// Five contacts to search among; their ids are 7 to 11.
async fn with_contacts() -> Client {
    let client = start().await;
    let contacts = json!([
        { "name": "กนกวรรณ ใจดี", "ref": "C-1", "zip": "10110", "customer_rank": 1 },
        { "name": "Somchai Jaidee", "ref": "C-2", "zip": "50200", "customer_rank": 2, "country_id": 217 },
        { "name": "somsri", "ref": "C-3", "email": "s@example.com", "customer_rank": 3, "country_id": 129 },
        { "name": "บริษัท ทดสอบ จำกัด", "is_company": true, "country_id": 217 },
        { "name": "Old", "ref": "C-5", "active": false },
    ]);
    client.ask("res.partner", "create", json!({ "vals_list": contacts })).await;
    client
}

async fn found(client: &Client, domain: Value) -> Vec<i64> {
    let body = json!({ "domain": domain, "order": "id" });
    let ids = client.ask("res.partner", "search", body).await;
    // The company itself is contact 1.
    ids.as_array().unwrap().iter().filter_map(Value::as_i64).filter(|id| *id > 6).collect()
}

#[tokio::test]
async fn every_operator_finds_what_odoo_finds() {
    let client = with_contacts().await;
    for (domain, ids) in [
        (json!([]), vec![7, 8, 9, 10]),
        (json!([["ref", "=", "C-2"]]), vec![8]),
        (json!([["ref", "!=", "C-2"]]), vec![7, 9, 10]),
        (json!([["ref", "=", false]]), vec![10]),
        (json!([["ref", "in", ["C-1", "C-3", "C-9"]]]), vec![7, 9]),
        (json!([["ref", "not in", ["C-1", "C-3"]]]), vec![8, 10]),
        (json!([["ref", "in", ["C-1", false]]]), vec![7, 10]),
        (json!([["name", "like", "som"]]), vec![9]),
        (json!([["name", "ilike", "SOM"]]), vec![8, 9]),
        (json!([["name", "not ilike", "som"]]), vec![7, 10]),
        (json!([["name", "ilike", "ใจ"]]), vec![7]),
        (json!([["name", "=like", "som%"]]), vec![9]),
        (json!([["name", "=ilike", "som_hai%"]]), vec![8]),
        (json!([["customer_rank", ">", 1]]), vec![8, 9]),
        (json!([["customer_rank", ">=", 2], ["customer_rank", "<", 3]]), vec![8]),
        (json!([["customer_rank", "<=", 1]]), vec![7, 10]),
        (json!(["|", ["ref", "=", "C-1"], ["zip", "=", "50200"]]), vec![7, 8]),
        (json!(["!", "|", ["ref", "=", "C-1"], ["zip", "=", "50200"]]), vec![9, 10]),
        (json!(["&", ["is_company", "=", true], ["country_id", "=", 217]]), vec![10]),
        (json!([["country_id", "=", "Thailand"]]), vec![8, 10]),
        (json!([["country_id.code", "=", "LA"]]), vec![9]),
        (json!([["country_id", "=", false]]), vec![7]),
        (json!([["active", "=", false]]), vec![11]),
        (json!([["id", "in", [8, 9]], ["ref", "=", "C-3"]]), vec![9]),
        (json!([[0, "=", 1]]), vec![]),
        (json!([["write_date", ">", "2026-11-20 03:09:59"]]), vec![7, 8, 9, 10]),
        (json!([["write_date", ">", "2026-11-20 03:10:00"]]), vec![]),
        (
            json!([
                "|",
                ["write_date", ">", "2026-11-20 03:10:00"],
                "&",
                ["write_date", "=", "2026-11-20 03:10:00"],
                ["id", ">", 8]
            ]),
            vec![9, 10],
        ),
    ] {
        assert_eq!(found(&client, domain.clone()).await, ids, "{domain}");
    }
    let all = json!({ "domain": [["ref", "=", "C-5"]], "context": { "active_test": false } });
    assert_eq!(client.ask("res.partner", "search_count", all).await, json!(1));
}

#[tokio::test]
async fn a_malformed_domain_is_an_error_and_not_everything() {
    let client = start().await;
    for domain in [
        json!(["&", ["id", "=", 1]]),
        json!(["id", "=", 1]),
        json!([["id", "~", 1]]),
        json!("x"),
        json!([["ref.x", "=", 1]]),
    ] {
        assert_eq!(
            client.json2("res.partner", "search", json!({ "domain": domain })).await.0,
            500,
            "{domain}"
        );
    }
}

#[tokio::test]
async fn orders_are_found_through_their_lines() {
    let client = start().await;
    client.ask("sale.order", "create", client.order("A").await).await;
    let ask = |sku| json!({ "domain": [["order_line.product_id.default_code", "=", sku]] });
    assert_eq!(client.ask("sale.order", "search", ask("TEA-100")).await, json!([1]));
    assert_eq!(client.ask("sale.order", "search", ask("TEA-101")).await, json!([]));
}

#[tokio::test]
async fn results_are_sorted_cut_and_paged() {
    let client = with_contacts().await;
    let ask = |order: &str, offset: u64, limit: u64| json!({ "domain": [["ref", "!=", false]], "fields": ["ref"], "order": order, "offset": offset, "limit": limit });
    let page = client.ask("res.partner", "search_read", ask("customer_rank desc, id", 1, 2)).await;
    assert_eq!(page, json!([{ "id": 8, "ref": "C-2" }, { "id": 7, "ref": "C-1" }]));
    assert_eq!(client.json2("res.partner", "search_read", ask("nope", 0, 1)).await.0, 500);
    assert_eq!(client.json2("res.partner", "search_read", ask("id upwards", 0, 1)).await.0, 422);
}

#[tokio::test]
async fn empty_values_read_as_false_and_a_relation_as_id_and_name() {
    let client = with_contacts().await;
    let fields = json!(["email", "country_id", "customer_rank", "is_company", "display_name"]);
    let read = client.ask("res.partner", "read", json!({ "ids": [8], "fields": fields })).await;
    let expected = json!([{
        "id": 8, "email": false, "country_id": [217, "Thailand"], "customer_rank": 2, "is_company": false,
        "display_name": "Somchai Jaidee",
    }]);
    assert_eq!(read, expected);
    let bare =
        client.ask("res.partner", "read", json!({ "ids": [8], "fields": ["country_id"], "load": "" })).await;
    assert_eq!(bare, json!([{ "id": 8, "country_id": 217 }]));
}

#[tokio::test]
async fn the_erp_sells_what_the_shop_sells_but_for_one_article() {
    let client = start().await;
    let ask = |sku: &str| json!({ "domain": [["default_code", "=", sku]], "fields": ["id", "default_code", "lst_price", "taxes_id"], "limit": 1 });
    let tea = client.ask("product.product", "search_read", ask("TEA-100")).await;
    assert_eq!(tea, json!([{ "id": 31, "default_code": "TEA-100", "lst_price": 250.0, "taxes_id": [1] }]));
    assert_eq!(client.ask("product.product", "search_read", ask(sandbox::UNKNOWN_TO_ERP)).await, json!([]));
}

#[tokio::test]
async fn loading_the_same_external_id_again_updates_instead_of_creating() {
    let client = start().await;
    let load = |name: &str| {
        let row = json!(["__import__.shopify_cust_8891", name, "s@example.com", "Thailand"]);
        json!({ "fields": ["id", "name", "email", "country_id"], "data": [row] })
    };
    let first = client.ask("res.partner", "load", load("สมชาย")).await;
    assert_eq!(first, json!({ "ids": [7], "messages": [], "nextrow": 0 }));
    assert_eq!(client.ask("res.partner", "load", load("สมชาย ใจดี")).await["ids"], json!([7]));
    let read =
        client.ask("res.partner", "read", json!({ "ids": [7], "fields": ["name", "country_id"] })).await;
    assert_eq!(read, json!([{ "id": 7, "name": "สมชาย ใจดี", "country_id": [217, "Thailand"] }]));
}

#[tokio::test]
async fn a_load_that_fails_answers_200_with_messages_and_stores_nothing() {
    let client = start().await;
    let data = json!([["a", "Good", "Thailand"], ["b", "", "Thailand"], ["c", "Bad", "Atlantis"]]);
    let answer = client
        .ask("res.partner", "load", json!({ "fields": ["id", "name", "country_id"], "data": data }))
        .await;
    assert_eq!(answer["ids"], json!(false));
    let rows: Vec<_> =
        answer["messages"].as_array().unwrap().iter().map(|message| &message["record"]).collect();
    assert_eq!(rows, [1, 2]);
    assert!(answer["messages"][0]["message"].as_str().unwrap().contains("Contacts require a name"));
    assert_eq!(found(&client, json!([])).await, [0i64; 0]);
}
