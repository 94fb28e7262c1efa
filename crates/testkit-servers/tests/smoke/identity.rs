use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use testkit_process::http::{Answer, ask};
use testkit_servers::{Identity, Settings, here, here_with};

const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard";
const BACK: &str = "http://127.0.0.1:8686/oauth/callback";

fn post(provider: &Identity, path: &str, form: &str) -> Answer {
    let known = format!("{}:{}", Identity::BASIC, provider.client_secret());
    let basic = format!("Basic {}", BASE64_STANDARD.encode(known));
    let kind = ("content-type", "application/x-www-form-urlencoded");
    ask(provider.port(), &format!("POST {path}"), &[kind, ("authorization", &basic)], form)
        .expect("an answer")
}

fn token(provider: &Identity, form: &str) -> Value {
    let answer = post(provider, "/token", form);
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.body).expect("JSON")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().expect("a text")
}

/// Signs somebody in and gives their tokens.
fn signed_in(provider: &Identity) -> Value {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let link = format!(
        "{}/auth?client_id={}&response_type=code&redirect_uri={BACK}&scope=openid+offline_access+orders\
         &prompt=consent&state=s1&code_challenge={challenge}&code_challenge_method=S256",
        provider.issuer(),
        Identity::BASIC
    );
    let back = provider.sign_in(&link, "somchai").expect("they are sent back");
    let query = back.strip_prefix(&format!("{BACK}?")).expect("the client's address");
    assert!(query.contains("state=s1"), "{query}");
    let code = query.split('&').find_map(|pair| pair.strip_prefix("code=")).expect("a code");
    let form = "grant_type=authorization_code";
    token(provider, &format!("{form}&code={code}&redirect_uri={BACK}&code_verifier={VERIFIER}"))
}

fn who_is(provider: &Identity, access: &str) -> Answer {
    ask(provider.port(), "GET /me", &[("authorization", &format!("Bearer {access}"))], "").expect("an answer")
}

#[test]
fn a_refresh_token_that_is_used_twice_ends_what_came_of_the_sign_in() {
    let Some(provider) = here::<Identity>() else { return };
    let first = signed_in(&provider);
    let refresh = format!("grant_type=refresh_token&refresh_token={}", text(&first, "refresh_token"));
    let second = token(&provider, &refresh);
    assert_ne!(text(&first, "refresh_token"), text(&second, "refresh_token"));
    assert_eq!(who_is(&provider, text(&second, "access_token")).body, r#"{"sub":"somchai"}"#);
    assert_eq!(post(&provider, "/token", &refresh).status, 400);
    let refresh = format!("grant_type=refresh_token&refresh_token={}", text(&second, "refresh_token"));
    assert_eq!(post(&provider, "/token", &refresh).status, 400);
    assert_eq!(who_is(&provider, text(&second, "access_token")).status, 401);
}

#[test]
fn a_token_of_a_client_itself_is_good_until_it_is_revoked() {
    let Some(provider) = here::<Identity>() else { return };
    let given = token(&provider, "grant_type=client_credentials&scope=orders");
    assert_eq!(given["expires_in"], 60);
    let form = format!("token={}", text(&given, "access_token"));
    let is_active = || post(&provider, "/token/introspection", &form).body.contains(r#""active":true"#);
    assert!(is_active());
    assert_eq!(post(&provider, "/token/revocation", &form).status, 200);
    assert!(!is_active());
}

#[test]
fn a_code_is_worth_nothing_without_its_verifier() {
    let Some(provider) = here::<Identity>() else { return };
    let link = format!(
        "{}/auth?client_id={}&response_type=code&redirect_uri={BACK}&scope=openid",
        provider.issuer(),
        Identity::BASIC
    );
    let back = provider.sign_in(&link, "somchai").expect("they are sent back");
    assert!(back.contains("error=invalid_request"), "{back}");
}

#[test]
fn tokens_live_as_long_as_the_test_wants_them_to() {
    let settings = Settings { access_token_seconds: 7, ..Settings::default() };
    let Some(provider) = here_with(|| Identity::start_with(settings)) else { return };
    assert_eq!(token(&provider, "grant_type=client_credentials&scope=orders")["expires_in"], 7);
    assert_eq!(signed_in(&provider)["expires_in"], 7);
}
