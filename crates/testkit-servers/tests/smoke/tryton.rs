use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use testkit_process::http::ask;
use testkit_servers::{Tryton, here};

fn call(server: &Tryton, session: &str, method: &str, params: Value) -> Value {
    let body = json!({"id": 1, "method": method, "params": params}).to_string();
    let headers = [("content-type", "application/json"), ("authorization", session)];
    let answer = ask(server.port(), &format!("POST /{}/rpc/", Tryton::DATABASE), &headers, &body);
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut answer: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(answer.get("error"), None, "{answer}");
    answer["result"].take()
}

fn session(server: &Tryton) -> String {
    let login = json!([Tryton::USER, {"password": Tryton::PASSWORD}]);
    let known = call(server, "", "common.db.login", login);
    let token = known[1].as_str().expect("a token");
    format!("Session {}", BASE64_STANDARD.encode(format!("{}:{}:{token}", Tryton::USER, known[0])))
}

#[test]
fn tryton_has_a_customer_and_goods_in_stock_and_keeps_what_is_added() {
    let Some(mut server) = here::<Tryton>() else { return };
    let known = session(&server);
    let context = json!({"company": Tryton::COMPANY});
    let find = |model: &str, domain: Value| {
        call(&server, &known, &format!("model.{model}.search"), json!([domain, 0, 10, null, context]))
    };
    assert_eq!(find("party.party", json!([["name", "=", "สมชาย ใจดี"]])).as_array().map(Vec::len), Some(1));
    let warehouse = find("stock.location", json!([["type", "=", "warehouse"]]));
    let goods = find("product.product", json!([["code", "=", "TEA-001"]]));
    let context = json!({"company": Tryton::COMPANY, "locations": warehouse});
    let read = call(&server, &known, "model.product.product.read", json!([goods, ["quantity"], context]));
    assert_eq!(read[0]["quantity"].as_f64(), Some(40.0));
    let created = call(&server, &known, "model.party.party.create", json!([[{"name": "วิภา"}], {}]));
    server.kill().expect("it is killed");
    server.start_again().expect("it starts again");
    let read = call(&server, &session(&server), "model.party.party.read", json!([created, ["name"], {}]));
    assert_eq!(read[0]["name"], "วิภา");
}

#[test]
fn trytons_rest_interface_takes_the_key_and_no_other() {
    let Some(server) = here::<Tryton>() else { return };
    let status = |key: &str| {
        let request = format!("GET /{}/rest/model/party.party?f=name", Tryton::DATABASE);
        let answer = ask(server.port(), &request, &[("authorization", &format!("Bearer {key}"))], "");
        answer.expect("an answer").status
    };
    assert_eq!(status(Tryton::KEY), 200);
    assert_eq!(status("wrong"), 401);
    assert!(server.url().ends_with(&server.port().to_string()));
}
