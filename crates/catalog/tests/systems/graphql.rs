//! GraphQL: against a shop that nobody here wrote (Vendure), and against answers that it never gives.

use crate::common::fake::Fake;
use crate::common::{Runner, STEP_KEY, connection, http, http_at, look, name};
use connector::lookup::Wanted;
use connector::{Connection, Error};
use model::EffectRule;
use serde_json::{Value, json};
use testkit_servers::{Vendure, here};

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;
const TOKEN: &str = "S3CRET-TOKEN";

fn at(url: &str, token: Option<&str>) -> Connection {
    let auth = if token.is_some() { "bearer" } else { "none" };
    let fields = json!({"base_url": url, "auth": auth, "headers": {"x-channel": "bkk"}});
    connection("graphql", fields, &[("token", token.unwrap_or_default())])
}

fn runner(operation: &str, connection: Connection) -> Runner {
    Runner { http: http(4 << 20), ..Runner::new(&format!("graphql/{operation}"), Some(connection)) }
}

fn fake_runner(operation: &str, fake: &Fake) -> Runner {
    runner(operation, at(&fake.url, Some(TOKEN)))
}

/// A session of the shop's administrator.
async fn administrator(shop: &Vendure) -> Connection {
    let login =
        "mutation ($password: String!) { login(username: \"admin\", password: $password) { __typename } }";
    let body = json!({"query": login, "variables": {"password": Vendure::PASSWORD}});
    let answer = http(1 << 20).post(&shop.admin_url()).json(&body).send().await.unwrap();
    at(&shop.admin_url(), Some(answer.header("vendure-auth-token").expect("a session")))
}

const PAGES: &str = "query ($skip: Int, $take: Int) { products(options: {skip: $skip, take: $take, sort: {id: ASC}}) { items { id name } totalItems } }";

#[tokio::test]
async fn a_real_shop_s_products_are_read_at_once_and_in_pages() {
    let Some(shop) = here::<Vendure>() else { return };
    let connection = at(&shop.shop_url(), None);
    let input = json!({"query": PAGES, "variables": {"take": 100}, "field": "products"});
    let all = runner("query", connection.clone()).run(input).await.unwrap();
    assert_eq!((&all["data"]["totalItems"], &all["errors"]), (&json!(10), &json!([])));
    let input = json!({"query": PAGES, "list": "/products/items", "pages": "offset", "size": 4});
    let paged = runner("query_pages", connection.clone()).run(input.clone()).await.unwrap();
    assert_eq!(paged["records"], all["data"]["items"]);
    assert_eq!((&paged["count"], &paged["pages"]), (&json!(10), &json!(4)), "the last one is empty");
    let mut few = input;
    few["pages_max"] = 2.into();
    let error = runner("query_pages", connection).run(few).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused { .. }) && error.to_string().contains("more than 2 pages"),
        "{error}"
    );
}

#[tokio::test]
async fn a_real_shop_s_own_words_say_what_is_wrong_and_where() {
    let Some(shop) = here::<Vendure>() else { return };
    let run = async |input: Value| runner("query", at(&shop.shop_url(), None)).run(input).await.unwrap_err();
    let error = run(json!({"query": "{\n  products { items { nam } }\n}"})).await;
    assert_eq!(error.code(), "E0301", "{error}");
    assert!(
        error.to_string().contains("\"nam\"") && error.to_string().contains("(line 2, column 22)"),
        "{error}"
    );
    let error = run(json!({"query": "{ products { items { id }"})).await;
    assert!(error.code() == "E0301" && error.to_string().contains("line 1"), "{error}");
    let orders = json!({"query": "{ orders { totalItems } }"});
    let error = runner("query", at(&shop.admin_url(), None)).run(orders).await.unwrap_err();
    assert_eq!(error.code(), "E0302", "{error}");
}

#[tokio::test]
async fn a_customer_is_made_in_a_real_shop_and_its_refusal_is_no_success() {
    let Some(shop) = here::<Vendure>() else { return };
    let connection = administrator(&shop).await;
    let text = "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
        ... on Customer { id emailAddress } ... on ErrorResult { errorCode message } } }";
    let customer = json!({"firstName": "สมชาย", "lastName": "ใจดี", "emailAddress": "somchai@example.com"});
    let input = json!({"mutation": text, "variables": {"input": customer}, "refused_at": "/createCustomer/errorCode"});
    let made = runner("mutate", connection.clone()).run(input.clone()).await.unwrap();
    assert_eq!(made["data"]["createCustomer"]["emailAddress"], "somchai@example.com");
    let error = runner("mutate", connection.clone()).run(input).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused { .. }) && error.to_string().contains("EMAIL_ADDRESS_CONFLICT"),
        "{error}"
    );
    let found = json!({"query": "{ customers { items { firstName } } }"});
    let found = runner("query", connection).run(found).await.unwrap();
    assert_eq!(found["data"]["customers"]["items"], json!([{"firstName": "สมชาย"}]));
}

#[tokio::test]
async fn what_changes_in_a_real_shop_becomes_events_once() {
    let Some(shop) = here::<Vendure>() else { return };
    let connection = administrator(&shop).await;
    let query =
        "query ($since: DateTime!, $take: Int) { customers(options: {filter: {updatedAt: {after: $since}},
        sort: {updatedAt: ASC}, take: $take}) { items { id firstName updatedAt } } }";
    let with = json!({"query": query, "list": "/customers/items", "since": "2026-01-01", "size": 2});
    let http = http(1 << 20);
    let empty = look(&http, "graphql/changed", with.clone(), &connection, None).await.unwrap();
    assert_eq!((empty.deliveries.len(), empty.more), (0, false));
    let add = "mutation ($e: String!) { createCustomer(input: {firstName: $e, lastName: \"x\", emailAddress: $e}) { __typename } }";
    for name in ["a@example.com", "b@example.com", "c@example.com"] {
        let input = json!({"mutation": add, "variables": {"e": name}});
        runner("mutate", connection.clone()).run(input).await.unwrap();
    }
    let (mut cursor, mut seen, mut more) = (empty.cursor, Vec::new(), true);
    while more {
        // Three within one second are more than two: this shop is fast.
        let with = json!({"size": 10, "query": query, "list": "/customers/items"});
        let polled = look(&http, "graphql/changed", with, &connection, Some(&cursor)).await.unwrap();
        seen.extend(polled.deliveries.into_iter().map(|one| one.id.unwrap()));
        (cursor, more) = (polled.cursor, polled.more);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[tokio::test]
async fn a_real_shop_tells_what_it_offers_and_that_it_is_there() {
    let Some(shop) = here::<Vendure>() else { return };
    let all = catalog::all();
    let (connector, http, connection) =
        (all.connector("graphql").unwrap(), http(4 << 20), at(&shop.shop_url(), None));
    let told = connector.test(&http, &connection).await.unwrap();
    assert!(told.contains("Query"), "{told}");
    let wanted =
        |kind: &str, text: &str| Wanted { kind: kind.into(), text: text.into(), ..Wanted::default() };
    let page = connector.look_up(&http, &connection, &wanted("query", "products")).await.unwrap();
    assert_eq!(page.records[0].label, "products(options: ProductListOptions): ProductList!");
    let all = connector.look_up(&http, &connection, &wanted("mutation", "")).await.unwrap();
    let after = Wanted { after: all.next.clone(), ..wanted("mutation", "") };
    let rest = connector.look_up(&http, &connection, &after).await.unwrap();
    assert!(all.next.is_some() && rest.records[0].label > all.records[24].label);
}

#[tokio::test]
async fn a_mutation_carries_the_step_s_key_where_the_node_says() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"data": {"make": {"id": 9_007_199_254_740_993_u64}}}));
    let input = json!({
        "mutation": "mutation M($key: String!) { make(key: $key) { id } }", "operation_name": "M",
        "key_variable": "key", "key_header": "Idempotency-Key"
    });
    let runner = fake_runner("mutate", &fake);
    let output = runner.run(input).await.unwrap();
    assert_eq!(output["data"]["make"]["id"].to_string(), "9007199254740993");
    let asked = &fake.asked()[0];
    assert_eq!((asked.header("idempotency-key"), asked.header("x-channel")), (STEP_KEY, "bkk"));
    assert_eq!(asked.header("authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(asked.json()["variables"], json!({"key": STEP_KEY}));
    assert_eq!(asked.json()["operationName"], "M");
    assert_eq!(runner.action.effect(&json!({})), EffectRule::Ask);
    assert_eq!(runner.action.effect(&json!({"repeats": "send"})), EffectRule::Idempotent);
    let missing = json!({"mutation": "mutation { make { id } }", "key_variable": "key"});
    assert_eq!(runner.run(missing).await.unwrap_err().code(), "E0301");
    assert_eq!(fake.asked().len(), 1, "nothing was sent");
}

#[tokio::test]
async fn a_query_never_sends_what_changes_something() {
    let fake = Fake::start().await;
    let error = fake_runner("query", &fake).run(json!({"query": "mutation { drop }"})).await.unwrap_err();
    assert_eq!((error.code(), fake.asked().len()), ("E0301", 0));
}

#[tokio::test]
async fn a_part_of_the_data_is_kept_or_refused_as_the_node_says() {
    let fake = Fake::start().await;
    let body = json!({"data": {"a": 1, "b": null}, "errors": [{"message": "No b", "path": ["b"]}]});
    for _ in 0..4 {
        fake.answers(200, body.clone());
    }
    let query = |on: &str| json!({"query": "{ a b }", "on_errors": on});
    let kept = fake_runner("query", &fake).run(query("keep")).await.unwrap();
    assert_eq!((&kept["data"]["a"], &kept["errors"][0]["message"]), (&json!(1), &json!("No b")));
    let error = fake_runner("query", &fake).run(query("fail")).await.unwrap_err();
    assert!(!error.may_have_happened() && error.to_string().contains("No b [b]"), "{error}");
    let mutation = |on: &str| json!({"mutation": "mutation { a b }", "on_errors": on});
    let error = fake_runner("mutate", &fake).run(mutation("fail")).await.unwrap_err();
    assert!(error.may_have_happened() && error.to_string().contains("a was done"), "{error}");
    assert!(fake_runner("mutate", &fake).run(mutation("keep")).await.is_ok());
}

#[tokio::test]
async fn pages_are_followed_by_their_cursors_until_there_is_none() {
    let fake = Fake::start().await;
    let page = |ids: [u32; 2], end: &str, more: bool| {
        let edges: Vec<Value> = ids.iter().map(|id| json!({"node": {"id": id}})).collect();
        json!({"data": {"orders": {"edges": edges, "pageInfo": {"hasNextPage": more, "endCursor": end}}}})
    };
    fake.answers(200, page([1, 2], "c1", true)).answers(200, page([3, 4], "c2", false));
    let query = "query ($first: Int, $after: String) { orders(first: $first, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }";
    let input = json!({"query": query, "list": "/orders", "size": 2});
    let output = fake_runner("query_pages", &fake).run(input.clone()).await.unwrap();
    assert_eq!(
        output,
        json!({"records": [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}], "count": 4, "pages": 2})
    );
    assert_eq!(fake.asked()[0].json()["variables"], json!({"first": 2, "after": null}));
    assert_eq!(fake.asked()[1].json()["variables"]["after"], "c1");
    fake.answers(200, page([1, 2], "c1", true)).answers(200, page([1, 2], "c1", true));
    let error = fake_runner("query_pages", &fake).run(input).await.unwrap_err();
    assert!(error.to_string().contains("the same page came again"), "{error}");
}

#[tokio::test]
async fn a_query_that_does_not_take_the_place_is_refused_before_it_is_sent() {
    let fake = Fake::start().await;
    let input = json!({"query": "{ orders { id } }", "list": "/orders", "pages": "offset"});
    let error = fake_runner("query_pages", &fake).run(input).await.unwrap_err();
    assert!(error.code() == "E0301" && error.to_string().contains("$skip"), "{error}");
    let with = json!({"query": "query ($take: Int) { orders(take: $take) { id } }", "list": "/orders"});
    let connection = at(&fake.url, None);
    let error = look(&http_at(NOW), "graphql/changed", with, &connection, None).await.unwrap_err();
    assert!(error.to_string().contains("$since") && fake.asked().is_empty(), "{error}");
}

#[tokio::test]
async fn full_pages_of_changes_are_gone_on_from_at_once_and_disorder_is_told() {
    let fake = Fake::start().await;
    let records = |times: &[&str]| {
        let record = |time: &&str| json!({"id": time, "updatedAt": format!("2026-11-20T03:{time}.000Z")});
        json!({"data": {"orders": times.iter().map(record).collect::<Vec<_>>()}})
    };
    let query =
        "query ($since: DateTime, $take: Int) { orders(since: $since, take: $take) { id updatedAt } }";
    let with = json!({"query": query, "list": "/orders", "size": 2, "since": "2026-11-20T03:00:00Z"});
    let connection = at(&fake.url, None);
    let http = http_at(NOW);
    let ask = async |cursor: Option<&Value>| {
        look(&http, "graphql/changed", with.clone(), &connection, cursor).await
    };
    fake.answers(200, records(&["01:00", "02:00"]));
    let first = ask(None).await.unwrap();
    assert!(first.more);
    assert_eq!(name(&first.deliveries[1]), "02:00@2026-11-20T03:02:00.000Z");
    fake.answers(200, records(&["02:00"]));
    let second = ask(Some(&first.cursor)).await.unwrap();
    assert!(!second.more);
    assert_eq!(second.deliveries[0].id, first.deliveries[1].id, "it is the same event");
    assert_eq!(fake.asked()[1].json()["variables"]["since"], "2026-11-20T03:02:00Z");
    fake.answers(200, json!({"data": {"orders": []}}));
    ask(Some(&second.cursor)).await.unwrap();
    assert_eq!(fake.asked()[2].json()["variables"]["since"], "2026-11-20T03:01:00Z", "a minute earlier");
    // A server that gives fewer than it was asked for has perhaps more.
    fake.answers(200, records(&["06:00"]));
    let capped = ask(Some(&second.cursor)).await.unwrap();
    assert!(capped.more);
    fake.answers(200, records(&["06:00"]));
    assert!(!ask(Some(&capped.cursor)).await.unwrap().more);
    fake.answers(200, records(&["05:00", "04:00"]));
    let error = ask(Some(&second.cursor)).await.unwrap_err();
    assert!(error.to_string().contains("order of their time"), "{error}");
    fake.answers(200, records(&["01:00", "01:00"]));
    let error = ask(Some(&json!({"at": 0, "from": 1_795_143_660_000_i64}))).await.unwrap_err();
    assert!(error.to_string().contains("within one second"), "{error}");
}

#[tokio::test]
async fn a_token_that_is_told_back_is_in_no_error_s_words_of_ours() {
    let fake = Fake::start().await;
    fake.answers(401, json!({"errors": [{"message": "expired"}]}));
    let connection = at(&fake.url, Some(TOKEN));
    let error = runner("query", connection).run(json!({"query": "{ a }"})).await.unwrap_err();
    assert!(error.code() == "E0302" && !format!("{error:?}").contains(TOKEN), "{error:?}");
}
