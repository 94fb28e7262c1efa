//! The first owner, sessions, tokens and roles.

use crate::khlong::{Khlong, OWNER, PASSWORD, code, hook_flow, set_up, sign_in};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use server::auth::Passwords;

#[tokio::test]
async fn the_owner_is_created_once() {
    let khlong = Khlong::start().await;
    let visitor = khlong.visitor();
    assert_eq!(visitor.get_json(api::path::SESSION).await["set_up"], false);
    let owner = khlong.owner().await;
    let session = owner.get_json(api::path::SESSION).await;
    assert_eq!((&session["set_up"], &session["user"]["email"]), (&json!(true), &json!(OWNER)));

    let again = visitor.post(api::path::SET_UP, &set_up()).await;
    assert_eq!(code(again).await, (409, "E0408".into()));
}

#[tokio::test]
async fn of_many_who_set_up_at_once_one_becomes_the_owner() {
    let khlong = Khlong::start().await;
    let tries = (0..8).map(|n| {
        let visitor = khlong.visitor();
        let wanted = api::SetUp { email: format!("{n}@example.com"), ..set_up() };
        async move { visitor.post(api::path::SET_UP, &wanted).await.status() }
    });
    let statuses = futures::future::join_all(tries).await;
    assert_eq!(statuses.iter().filter(|status| status.is_success()).count(), 1, "{statuses:?}");
    assert_eq!(khlong.app.store().users().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_weak_password_is_refused_and_nobody_is_created() {
    let khlong = Khlong::start().await;
    let weak = api::SetUp { password: "short".into(), ..set_up() };
    assert_eq!(code(khlong.visitor().post(api::path::SET_UP, &weak).await).await, (422, "E0415".into()));
    assert!(khlong.app.store().users().await.unwrap().is_empty());
}

#[tokio::test]
async fn where_others_can_come_the_owner_is_who_knows_the_code() {
    let asks = |settings: &mut server::Settings| settings.set_up_code = true;
    let khlong = Khlong::start_in(tempfile::tempdir().unwrap(), asks).await;
    let visitor = khlong.visitor();
    let session = visitor.get_json(api::path::SESSION).await;
    assert_eq!((&session["set_up"], &session["set_up_code"]), (&json!(false), &json!(true)));
    for wrong in ["", "a guess"] {
        let wanted = api::SetUp { code: wrong.into(), ..set_up() };
        assert_eq!(code(visitor.post(api::path::SET_UP, &wanted).await).await, (403, "E0427".into()));
    }
    assert!(khlong.app.store().users().await.unwrap().is_empty());
    let told = khlong.app.set_up_code().unwrap().show().to_owned();
    let right = api::SetUp { code: format!(" {told}\n"), ..set_up() };
    let answer = visitor.post(api::path::SET_UP, &right).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.json::<Value>().await.unwrap()["set_up_code"], false);

    // At the next start there is an owner, and nothing to know.
    let khlong = Khlong::start_in(khlong.stop().await, asks).await;
    assert!(khlong.app.set_up_code().is_none());
}

#[tokio::test]
async fn names_have_no_characters_that_cannot_be_seen() {
    let khlong = Khlong::start().await;
    let visitor = khlong.visitor();
    for (name, email) in [("Som\0chai", OWNER), ("Somchai", "own\0er@example.com")] {
        let wanted = api::SetUp { name: name.into(), email: email.into(), ..set_up() };
        assert_eq!(code(visitor.post(api::path::SET_UP, &wanted).await).await, (422, "E0415".into()));
    }
    let owner = khlong.owner().await;
    let token = owner.post(api::path::TOKENS, &json!({ "name": "c\0i", "role": "viewer" })).await;
    assert_eq!(code(token).await, (400, "E0410".into()));
    let flow =
        json!({ "khlong": 1, "id": "f", "name": "Fl\0w", "nodes": [{ "id": "go", "use": "core/manual" }] });
    assert_eq!(code(owner.import(&flow.to_string()).await).await, (422, "E0411".into()));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_look_alike() {
    let khlong = Khlong::start().await;
    khlong.owner().await;
    let visitor = khlong.visitor();
    let wrong = visitor.post(api::path::SESSION, &sign_in("not the password")).await;
    let unknown = api::SignIn { email: "nobody@example.com".into(), password: PASSWORD.into() };
    let unknown = visitor.post(api::path::SESSION, &unknown).await;
    assert_eq!((wrong.status(), unknown.status()), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    let [mut wrong, mut unknown]: [Value; 2] = [wrong.json().await.unwrap(), unknown.json().await.unwrap()];
    // Each request has a number of its own.
    [&mut wrong, &mut unknown].into_iter().for_each(|told| told["request"] = Value::Null);
    assert_eq!(wrong, unknown);
}

#[tokio::test]
async fn whoever_guesses_has_to_wait_even_with_the_right_password() {
    let khlong = Khlong::start().await;
    khlong.owner().await;
    let visitor = khlong.visitor();
    for _ in 0..6 {
        visitor.post(api::path::SESSION, &sign_in("not the password")).await;
    }
    let right = visitor.post(api::path::SESSION, &sign_in(PASSWORD)).await;
    assert!(right.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(code(right).await, (429, "E0407".into()));
}

#[tokio::test]
async fn a_session_ends_with_signing_out_and_with_a_new_password() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    assert_eq!(owner.get(api::path::FLOWS).await.status(), StatusCode::OK);
    let other = khlong.visitor();
    let answer = other.post(api::path::SESSION, &sign_in(PASSWORD)).await;
    let other = other.signed_in(answer).await;

    assert_eq!(owner.delete(api::path::SESSION).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(code(owner.get(api::path::FLOWS).await).await, (401, "E0401".into()));

    assert_eq!(other.get(api::path::FLOWS).await.status(), StatusCode::OK);
    let user = khlong.app.store().user_by_email(OWNER).await.unwrap().unwrap();
    let hash = Passwords::default().hash("another good password".into()).await.unwrap();
    khlong.app.store().set_password(&user.id, &hash).await.unwrap();
    assert_eq!(code(other.get(api::path::FLOWS).await).await, (401, "E0401".into()));
}

#[tokio::test]
async fn the_cookie_is_for_the_browser_alone_and_the_id_in_it_is_not_in_the_store() {
    let khlong = Khlong::start().await;
    let answer = khlong.visitor().post(api::path::SET_UP, &set_up()).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["khlong=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let id = cookie.trim_start_matches("khlong=").split(';').next().unwrap().to_owned();
    let folder = khlong.stop().await;
    let kept = std::fs::read(folder.path().join("khlong.db")).unwrap();
    assert!(!kept.windows(id.len()).any(|bytes| bytes == id.as_bytes()));
}

#[tokio::test]
async fn a_change_needs_the_sessions_own_csrf_value_and_our_own_site() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let change = |csrf: Option<&str>, origin: Option<&str>, site: Option<&str>| {
        let mut request = owner.http.post(format!("{}{}", khlong.url, api::path::FLOWS)).body("{}");
        for (name, value) in [(api::CSRF_HEADER, csrf), ("origin", origin), ("sec-fetch-site", site)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        async move { code(request.send().await.unwrap()).await }
    };
    let forged = (403, "E0406".to_owned());
    assert_eq!(change(None, None, None).await, forged);
    assert_eq!(change(Some("visitor"), None, None).await, forged);
    let session = owner.get_json(api::path::SESSION).await;
    let csrf = session["csrf"].as_str();
    assert_eq!(change(csrf, Some("https://evil.example"), None).await, forged);
    assert_eq!(change(csrf, None, Some("cross-site")).await, forged);
    // Let in, and refused for what it is: no flow.
    assert_eq!(change(csrf, Some(&khlong.url), Some("same-origin")).await, (422, "E0411".into()));
}

#[tokio::test]
async fn signing_in_from_another_site_is_refused() {
    let khlong = Khlong::start().await;
    khlong.owner().await;
    let bare =
        reqwest::Client::new().post(format!("{}{}", khlong.url, api::path::SESSION)).json(&sign_in(PASSWORD));
    assert_eq!(code(bare.send().await.unwrap()).await, (403, "E0406".into()));
}

#[tokio::test]
async fn a_token_may_do_what_its_role_may() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let flow = hook_flow("orders", "orders");
    let allowed = |status: StatusCode| status != StatusCode::FORBIDDEN;
    for (role, starts, imports, owns) in [
        ("viewer", false, false, false),
        ("operator", true, false, false),
        ("editor", true, true, false),
        ("owner", true, true, true),
    ] {
        let program = khlong.program(&owner, role).await;
        assert_eq!(program.get(api::path::FLOWS).await.status(), StatusCode::OK, "{role}");
        let start = program.post(&api::path::FLOW_RUNS.replace("{id}", "orders"), &json!({})).await;
        assert_eq!(allowed(start.status()), starts, "{role} starts");
        assert_eq!(allowed(program.import(&flow).await.status()), imports, "{role} imports");
        assert_eq!(allowed(program.get(api::path::TOKENS).await.status()), owns, "{role} reads tokens");
    }
}

#[tokio::test]
async fn a_withdrawn_token_is_worth_nothing() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let program = khlong.program(&owner, "viewer").await;
    assert_eq!(program.get(api::path::FLOWS).await.status(), StatusCode::OK);
    let tokens = owner.get_json(api::path::TOKENS).await;
    let id = tokens["tokens"][0]["id"].as_str().unwrap();
    assert!(tokens.to_string().find("khl_").is_none(), "a token is shown once");
    owner.delete(&api::path::TOKEN.replace("{id}", id)).await;
    assert_eq!(code(program.get(api::path::FLOWS).await).await, (401, "E0401".into()));
}

#[tokio::test]
async fn nobody_gets_anywhere_without_credentials() {
    let khlong = Khlong::start().await;
    khlong.owner().await;
    let stranger = reqwest::Client::new();
    let openapi: Value = serde_json::to_value(server::openapi()).unwrap();
    let mut asked = 0;
    for (path, methods) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation.get("security").is_some() {
                continue; // Described as open to everybody: session, set-up, schema and docs.
            }
            let url = format!("{}{}", khlong.url, path.replace("{id}", "1").replace("{name}", "x"));
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = stranger.request(method.clone(), url).json(&json!({})).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 20, "only {asked} endpoints are described");
}

#[tokio::test]
async fn every_change_is_in_the_audit_trail_with_who_made_it() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let editor = khlong.program(&owner, "editor").await;
    editor.import(&hook_flow("orders", "orders")).await;
    let trail = owner.get_json(api::path::AUDIT).await;
    let entries: Vec<String> = trail["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            format!(
                "{} {} {}",
                entry["who"].as_str().unwrap(),
                entry["what"].as_str().unwrap(),
                entry["on"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        entries,
        [
            "token:editor flow.import orders".to_owned(),
            format!("{OWNER} token.create editor"),
            format!("{OWNER} setup {OWNER}"),
        ]
    );
}

#[tokio::test]
async fn nobody_is_set_up_or_signed_in_through_a_name_that_only_points_here() {
    let khlong = Khlong::start().await;
    let visitor = khlong.visitor();
    let as_host = |host: &str| {
        let request = visitor.ask(Method::POST, api::path::SET_UP).json(&set_up());
        request.header(header::HOST, host).send()
    };
    assert_eq!(code(as_host("evil.example").await.unwrap()).await, (403, "E0406".into()));
    assert_eq!(as_host("localhost").await.unwrap().status(), StatusCode::OK);
}
