use serde_json::{Value, json};
use testkit_process::http::ask;
use testkit_servers::{Vendure, here};

/// Asks by GraphQL; gives the answer, and the token of a new session.
fn graphql(server: &Vendure, url: &str, token: &str, query: &str) -> (Value, Option<String>) {
    let path = url.split_once(&server.port().to_string()).expect("its port").1;
    let session = format!("Bearer {token}");
    let mut headers = vec![("content-type", "application/json")];
    if !token.is_empty() {
        headers.push(("authorization", &session));
    }
    let body = json!({"query": query}).to_string();
    let answer = ask(server.port(), &format!("POST {path}"), &headers, &body).expect("an answer");
    let token = answer.header("vendure-auth-token").map(str::to_owned);
    (serde_json::from_str(&answer.body).expect("JSON"), token)
}

#[test]
fn vendure_shows_ten_products_to_everybody_and_orders_to_its_administrator() {
    let Some(server) = here::<Vendure>() else { return };
    let (found, _) = graphql(&server, &server.shop_url(), "", "{products{totalItems}}");
    assert_eq!(found["data"]["products"]["totalItems"], 10);
    let orders = "{orders{totalItems}}";
    let (refused, _) = graphql(&server, &server.admin_url(), "", orders);
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let sign_in = |password: &str| {
        let login =
            format!(r#"mutation{{login(username:"{}",password:"{password}"){{__typename}}}}"#, Vendure::USER);
        graphql(&server, &server.admin_url(), "", &login)
    };
    assert_eq!(sign_in("wrong").0["data"]["login"]["__typename"], "InvalidCredentialsError");
    let token = sign_in(Vendure::PASSWORD).1.expect("a session");
    let (found, _) = graphql(&server, &server.admin_url(), &token, orders);
    assert_eq!(found["data"]["orders"]["totalItems"], 0);
}
