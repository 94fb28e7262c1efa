//! Each fault, as a caller feels it.

use serde_json::json;

use crate::client::{Client, start};

async fn search(client: &Client) -> (u16, serde_json::Value) {
    client.json2("sale.order", "search", json!({ "domain": [] })).await
}

#[tokio::test]
async fn too_many_requests_say_when_to_come_back_and_stop_after_so_many_times() {
    let client = start().await;
    client.fault(json!({ "kind": "429", "retry_after": 2, "times": 3 })).await;
    for _ in 0..3 {
        let request = client.json2_request("sale.order", "search", &json!({ "domain": [] }));
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "2"));
    }
    assert_eq!(search(&client).await.0, 200);
    assert_eq!(client.get(client.erp("/_sandbox/faults")).await, json!([]), "a spent plan is gone");
}

#[tokio::test]
async fn a_500_does_nothing_in_either_protocol() {
    let client = start().await;
    let body = client.order("A").await;
    client.fault(json!({ "kind": 500, "times": 2 })).await;
    let (status, error) = client.json2("sale.order", "create", body).await;
    assert_eq!((status, error["name"].as_str().unwrap()), (500, "psycopg2.errors.SerializationFailure"));
    let request = client
        .http
        .post(client.erp("/jsonrpc"))
        .body(r#"{"params":{"service":"common","method":"version"}}"#);
    assert_eq!(client.send(request).await.0, 500);
    assert_eq!(client.count().await, 0);
}

#[tokio::test]
async fn a_lock_is_a_409_in_json2_and_an_error_inside_a_200_in_jsonrpc() {
    let client = start().await;
    client.fault(json!([{ "kind": "409", "times": 2 }])).await;
    let (status, error) = search(&client).await;
    assert_eq!((status, error["name"].as_str().unwrap()), (409, "odoo.exceptions.LockError"));
    let answer = client.rpc("common", "version", json!([])).await;
    assert_eq!(answer["error"]["data"]["name"], "psycopg2.errors.SerializationFailure");
}

#[tokio::test]
async fn a_closed_connection_after_the_work_leaves_the_order_behind() {
    let client = start().await;
    let body = client.order("A").await;
    client.fault(json!({ "kind": "timeout_after_work", "close": true, "times": 1 })).await;
    assert!(client.json2_request("sale.order", "create", &body).send().await.is_err());
    assert_eq!(client.count().await, 1);
}

#[tokio::test]
async fn an_answer_that_never_comes_after_the_work_leaves_the_order_behind() {
    let client = start().await;
    let body = client.order("A").await;
    client.fault(json!({ "kind": "timeout_after_work", "times": 1 })).await;
    let waiting = tokio::spawn(client.json2_request("sale.order", "create", &body).send());
    let mut looks = 0;
    while client.count().await == 0 {
        looks += 1;
        assert!(looks < 10_000, "the work is never done");
    }
    assert!(!waiting.is_finished());
    client.running.shutdown().await.unwrap();
    assert!(waiting.await.unwrap().is_err(), "stopping ends the wait");
}

#[tokio::test]
async fn a_timeout_and_a_reset_do_nothing() {
    let client = start().await;
    let body = client.order("A").await;
    for plan in
        [json!({ "kind": "timeout", "close": true, "times": 1 }), json!({ "kind": "reset", "times": 1 })]
    {
        client.fault(plan.clone()).await;
        assert!(client.json2_request("sale.order", "create", &body).send().await.is_err(), "{plan}");
    }
    assert_eq!(client.count().await, 0);
    assert_eq!(search(&client).await.0, 200);
}

#[tokio::test]
async fn a_reset_is_told_apart_from_a_close() {
    let client = start().await;
    for (plan, reset) in
        [(json!({ "kind": "reset" }), true), (json!({ "kind": "timeout", "close": true }), false)]
    {
        client.http.delete(client.erp("/_sandbox/faults")).send().await.unwrap();
        client.fault(plan).await;
        let address = client.running.url.trim_start_matches("http://").to_owned();
        let mut tcp = tokio::net::TcpStream::connect(address).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut tcp, b"GET /erp/web/version HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut answer = Vec::new();
        let end = tokio::io::AsyncReadExt::read_to_end(&mut tcp, &mut answer).await;
        assert_eq!((end.is_err(), answer.is_empty()), (reset, true));
    }
}

#[tokio::test]
async fn a_slow_erp_answers_in_the_end_and_may_then_fail() {
    let client = start().await;
    client.fault(json!([{ "kind": "slow", "ms": 1, "times": 2 }, { "kind": "429", "times": 1 }])).await;
    assert_eq!((search(&client).await.0, search(&client).await.0), (429, 200));
}

#[tokio::test]
async fn an_erp_that_is_down_stays_down_until_it_is_cleared() {
    let client = start().await;
    client.fault(json!({ "kind": "down" })).await;
    for _ in 0..5 {
        assert_eq!(search(&client).await.0, 503);
    }
    assert_eq!(client.count().await, 0, "the controls still answer");
    let plans = client.get(client.erp("/_sandbox/faults")).await;
    assert_eq!((&plans[0]["fired"], &plans[0]["plan"]["kind"]), (&json!(5), &json!("down")));
    client.http.delete(client.erp("/_sandbox/faults")).send().await.unwrap();
    assert_eq!(search(&client).await.0, 200);
    client.fault(json!({ "kind": "down", "status": 502, "seconds": 0 })).await;
    assert_eq!(search(&client).await.0, 200, "its time is over");
}

#[tokio::test]
async fn a_plan_may_be_about_certain_calls_only() {
    let client = start().await;
    let body = client.order("A").await;
    client.fault(json!({ "kind": "429", "match": { "model": "sale.order", "method": "create" } })).await;
    assert_eq!(search(&client).await.0, 200);
    assert_eq!(client.json2("sale.order", "create", body).await.0, 429);
    let rpc = json!([client.keys.erp_database, 2, client.keys.erp_api_key, "sale.order", "create", [[]]]);
    let envelope = json!({ "id": 1, "params": { "service": "object", "method": "execute_kw", "args": rpc } });
    assert_eq!(client.post(client.erp("/jsonrpc"), &envelope).await.0, 429);
}

#[tokio::test]
async fn the_dice_fall_the_same_for_the_same_seed() {
    let mut rolls = Vec::new();
    for _ in 0..2 {
        let client = start().await;
        client.fault(json!({ "kind": "429", "rate": 0.3 })).await;
        let mut statuses = Vec::new();
        for _ in 0..200 {
            statuses.push(search(&client).await.0);
        }
        rolls.push(statuses);
    }
    assert_eq!(rolls[0], rolls[1]);
    let failed = rolls[0].iter().filter(|status| **status == 429).count();
    assert!((30..=90).contains(&failed), "{failed}");
}

#[tokio::test]
async fn a_plan_that_makes_no_sense_is_refused_with_advice() {
    let client = start().await;
    for plan in [
        json!({ "kind": "explode" }),
        json!({ "kind": "429", "rate": 2 }),
        json!({ "kind": "429", "tmies": 2 }),
        json!({ "kind": "down", "status": 200 }),
        json!({ "kind": "down", "seconds": -1 }),
        json!([{ "kind": "429" }, {}]),
    ] {
        let (status, answer) = client.post(client.erp("/_sandbox/faults"), &plan).await;
        assert_eq!(status, 422, "{plan}");
        assert!(answer["error"].is_string());
    }
    assert_eq!(client.get(client.erp("/_sandbox/faults")).await, json!([]), "all or none");
}
