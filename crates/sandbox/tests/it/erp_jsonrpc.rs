//! The same over JSON-RPC, in its own manners.

use serde_json::{Value, json};

use crate::client::start;

#[tokio::test]
async fn a_client_asks_for_the_version_and_signs_in_before_it_calls() {
    let client = start().await;
    let version = client.rpc("common", "version", json!([])).await;
    assert_eq!(version["result"]["server_version"], "19.0");
    assert_eq!((&version["jsonrpc"], &version["id"]), (&json!("2.0"), &json!(7)));
    let (database, login, key) =
        (&client.keys.erp_database, &client.keys.erp_login, &client.keys.erp_api_key);
    let uid = client.rpc("common", "authenticate", json!([database, login, key, {}])).await;
    assert_eq!(uid["result"], 2);
    assert_eq!(client.rpc("common", "login", json!([database, login, "wrong"])).await["result"], false);
    let nowhere = client.rpc("common", "login", json!(["other", login, key])).await;
    assert_eq!(nowhere["error"]["data"]["name"], "psycopg2.OperationalError");
    let me = client.execute("res.users", "context_get", json!([]), json!({})).await;
    assert_eq!(me["result"]["uid"], 2);
}

#[tokio::test]
async fn an_order_is_made_confirmed_and_read_with_positional_arguments() {
    let client = start().await;
    let partner = client.execute("res.partner", "create", json!([{ "name": "สมหญิง" }]), json!({})).await;
    assert_eq!(partner["result"], 7, "one dictionary gives one id");
    let domain = json!([[["default_code", "=", "TEA-100"]]]);
    let product = client
        .execute("product.product", "search_read", domain, json!({ "fields": ["id"], "limit": 1 }))
        .await;
    let line = json!([0, 0, { "product_id": product["result"][0]["id"], "product_uom_qty": 3 }]);
    let vals = json!([[{ "partner_id": 7, "client_order_ref": "R-1", "order_line": [line] }]]);
    let order = client.execute("sale.order", "create", vals, json!({})).await;
    assert_eq!(order["result"], json!([1]), "a list gives a list");
    assert_eq!(client.execute("sale.order", "action_confirm", json!([[1]]), json!({})).await["result"], true);
    let read = client.execute("sale.order", "read", json!([[1], ["state", "amount_total"]]), json!({})).await;
    assert_eq!(read["result"], json!([{ "id": 1, "state": "sale", "amount_total": 750.0 }]));
    let written = client.execute("sale.order", "write", json!([1, { "note": "x" }]), json!({})).await;
    assert_eq!(written["result"], true);
}

#[tokio::test]
async fn whatever_goes_wrong_the_status_is_200_and_the_error_inside() {
    let client = start().await;
    let name = |answer: &Value| answer["error"]["data"]["name"].as_str().unwrap_or_default().to_owned();
    for (model, method, args, exception) in [
        ("sale.orders", "search", json!([[]]), "odoo.exceptions.UserError"),
        ("sale.order", "no_such", json!([[]]), "builtins.AttributeError"),
        ("sale.order", "_secret", json!([[]]), "odoo.exceptions.AccessError"),
        ("sale.order", "search", json!([]), "builtins.TypeError"),
        ("sale.order", "search", json!([[["nope", "=", 1]]]), "builtins.ValueError"),
        ("sale.order", "create", json!([{ "partner_id": 999 }]), "odoo.exceptions.MissingError"),
        ("sale.order", "action_confirm", json!([[9]]), "odoo.exceptions.MissingError"),
    ] {
        let answer = client.execute(model, method, args, json!({})).await;
        assert_eq!(name(&answer), exception, "{answer}");
        assert_eq!(
            (&answer["error"]["code"], &answer["error"]["message"]),
            (&json!(200), &json!("Odoo Server Error"))
        );
    }
    let wrong = json!([client.keys.erp_database, 2, "wrong", "sale.order", "search", [[]]]);
    assert_eq!(name(&client.rpc("object", "execute_kw", wrong).await), "odoo.exceptions.AccessDenied");
}
