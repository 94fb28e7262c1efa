//! OAuth 2.0 from end to end, with a provider that nobody here wrote: the npm package `oidc-provider`.

mod world;

use crate::khlong::{Asker, Khlong, code};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit_postgres::Database;
use testkit_servers::Identity;
use world::{World, order_flow, start, start_all, tokens, waits_for_sign_in};

async fn shop(asker: &Asker) -> Value {
    asker.get_json(&api::path::CONNECTION.replace("{name}", "shop")).await
}

fn each_once(numbers: std::ops::Range<i64>) -> BTreeMap<i64, usize> {
    numbers.map(|n| (n, 1)).collect()
}

async fn all_done(khlong: &Khlong, owner: &Asker, runs: &[String]) {
    for run in runs {
        let ended = khlong.settled(owner, run).await;
        assert_eq!(ended["run"]["state"], "done", "{ended}");
    }
}

/// A server, its owner, who has signed in to the shop, and a flow that sends orders there.
async fn signed_in() -> Option<(World, Khlong, Asker)> {
    let world = World::start().await?;
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    world.connect(&owner).await;
    order_flow(&owner).await;
    world.sign_in(&owner).await;
    Some((world, khlong, owner))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_and_flows_call_in_their_name() {
    let Some(world) = World::start().await else { return };
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    world.connect(&owner).await;
    order_flow(&owner).await;
    // What comes before somebody has signed in waits, and is lost no more than what comes after.
    let early = start(&owner, 0).await;
    let step = waits_for_sign_in(&khlong, &owner, &early).await;
    assert_eq!(step["state"], "waiting", "{step}");
    assert_eq!(shop(&owner).await["sign_in"]["signed_in"], false);

    world.sign_in(&owner).await;
    let late = start(&owner, 1).await;
    all_done(&khlong, &owner, &[early, late]).await;
    assert_eq!(world.orders(), each_once(0..2));
    let shown = shop(&owner).await;
    assert_eq!((&shown["sign_in"]["signed_in"], &shown["sign_in"]["ended"]), (&json!(true), &json!(false)));
    let held = tokens(&khlong);
    let text = shown.to_string();
    for secret in [&held.access, held.refresh.as_ref().unwrap()] {
        assert!(!text.contains(secret.expose_secret()), "a token is shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_taken_once_from_whoever_began_and_unchanged() {
    let Some(world) = World::start().await else { return };
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    world.connect(&owner).await;
    let refused = async |asker: &Asker, query: &BTreeMap<String, String>| {
        let answer = asker.post(api::path::SIGN_IN_RETURN, &json!({ "query": query })).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        answer.json::<Value>().await.unwrap()["message"].as_str().unwrap().to_owned()
    };
    let good = world.consent(world.begin(&owner).await).await;

    let mut forged = good.clone();
    let state = forged.get_mut("state").unwrap();
    let other = if state.ends_with("AA") { "BB" } else { "AA" };
    state.replace_range(state.len() - 2.., other);
    assert!(refused(&owner, &forged).await.contains("not begun here"));
    let editor = khlong.program(&owner, "editor").await;
    assert!(refused(&editor, &good).await.contains("not begun here"), "it was the owner who began");
    let without = good.iter().filter(|(name, _)| *name != "state");
    assert!(
        refused(&owner, &without.map(|(k, v)| (k.clone(), v.clone())).collect()).await.contains("not begun")
    );

    let answer = owner.post(api::path::SIGN_IN_RETURN, &json!({ "query": good })).await;
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
    assert!(refused(&owner, &good).await.contains("has come back before"));
    assert!(tokens(&khlong).refresh.is_some(), "and what came first stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_consent_is_told_so_and_may_try_again() {
    let Some(world) = World::start().await else { return };
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    world.connect(&owner).await;
    let link: url::Url = world.begin(&owner).await.parse().unwrap();
    let state = link.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let query = json!({ "error": "access_denied", "error_description": "End-User aborted interaction", "state": state });
    let answer = owner.post(api::path::SIGN_IN_RETURN, &json!({ "query": query })).await;
    let told: Value = answer.json().await.unwrap();
    assert_eq!(told["code"], "E0414", "{told}");
    assert!(told["message"].as_str().unwrap().contains("End-User aborted interaction"), "{told}");
    world.sign_in(&owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_tells_where_its_pages_are() {
    let Some(world) = World::start().await else { return };
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let fields = |issuer: String| {
        json!({ "auth": "oauth2", "issuer": issuer, "client_id": Identity::POST, "client_auth": "form",
                "scope": "openid orders" })
    };
    world.connect_with(&owner, fields(world.provider.issuer())).await;
    world.sign_in(&owner).await;
    let tested = owner.post(&api::path::CONNECTION_TEST.replace("{name}", "shop"), &json!({})).await;
    let tested: Value = tested.json().await.unwrap();
    assert_eq!(tested["ok"], true, "{tested}");
    // Somebody else's address that leads there calls itself otherwise.
    world.connect_with(&owner, fields(world.provider.issuer().replace("127.0.0.1", "localhost"))).await;
    let path = api::path::CONNECTION_SIGN_IN.replace("{name}", "shop");
    assert_eq!(code(owner.post(&path, &json!({})).await).await, (422, "E0414".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_s_own_keys_get_tokens_in_both_ways_and_get_others_where_one_is_refused() {
    let Some(world) = World::start().await else { return };
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    order_flow_after(&world, &owner, Identity::BASIC, "header").await;
    all_done(&khlong, &owner, &[start(&owner, 0).await]).await;
    world.refuse_tokens(&khlong);
    all_done(&khlong, &owner, &[start(&owner, 1).await]).await;
    order_flow_after(&world, &owner, Identity::POST, "form").await;
    all_done(&khlong, &owner, &[start(&owner, 2).await]).await;
    assert_eq!((world.orders(), world.refreshes()), (each_once(0..3), 0));
}

async fn order_flow_after(world: &World, owner: &Asker, client: &str, way: &str) {
    let fields = json!({ "auth": "oauth2_keys", "issuer": world.provider.issuer(), "client_id": client,
                         "client_auth": way, "scope": "orders" });
    world.connect_with(owner, fields).await;
    order_flow(owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_runs_with_a_token_that_has_ended_get_one_new_one_and_each_of_them_rotates() {
    let Some((world, khlong, owner)) = signed_in().await else { return };
    let first = tokens(&khlong).refresh.unwrap();
    world.refuse_tokens(&khlong);
    let runs = start_all(&owner, 0..20).await;
    all_done(&khlong, &owner, &runs).await;
    assert_eq!((world.orders(), world.refreshes()), (each_once(0..20), 1));
    let second = tokens(&khlong).refresh.unwrap();
    assert_ne!(first.expose_secret(), second.expose_secret(), "the provider gives another one each time");
    world.refuse_tokens(&khlong);
    let runs = start_all(&owner, 20..40).await;
    all_done(&khlong, &owner, &runs).await;
    assert_eq!((world.orders(), world.refreshes()), (each_once(0..40), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_renewed_before_the_call_where_its_time_is_over() {
    let Some(world) = World::start().await else { return };
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    world.connect(&owner).await;
    order_flow(&owner).await;
    world.set(|seen| seen.short = true);
    world.sign_in(&owner).await;
    let runs = start_all(&owner, 0..20).await;
    all_done(&khlong, &owner, &runs).await;
    assert_eq!((world.orders(), world.refreshes()), (each_once(0..20), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_with_ten_runs_each_get_one_new_token() {
    let Some(world) = World::start().await else { return };
    let database = Database::create().await.unwrap();
    let key = SecretString::from("5b".repeat(32));
    let beside = |settings: &mut server::Settings| {
        settings.database = Some(database.url().into());
        settings.master_key = Some(key.clone());
    };
    let one = Khlong::start_in(tempfile::tempdir().unwrap(), beside).await;
    let owner = one.owner().await;
    world.connect(&owner).await;
    order_flow(&owner).await;
    world.sign_in(&owner).await;
    let other = Khlong::start_in(tempfile::tempdir().unwrap(), beside).await;
    let token = one.program(&owner, "owner").await.token().to_owned();
    let there = Asker::with_token(&other.url, &token);
    let before = tokens(&one).refresh.unwrap();
    assert_eq!(before.expose_secret(), tokens(&other).refresh.unwrap().expose_secret());

    world.refuse_tokens(&one);
    let (here, runs) = tokio::join!(start_all(&owner, 0..10), start_all(&there, 10..20));
    // Whoever holds a run may be either.
    for run in here.iter().chain(&runs) {
        let done =
            async || owner.get_json(&api::path::RUN.replace("{id}", run)).await["run"]["state"] == "done";
        while !done().await {
            tokio::time::sleep(crate::khlong::A_MOMENT).await;
        }
    }
    assert_eq!((world.orders(), world.refreshes()), (each_once(0..20), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_whose_answer_is_lost_costs_a_sign_in_and_no_order() {
    let Some((world, khlong, owner)) = signed_in().await else { return };
    world.refuse_tokens(&khlong);
    world.set(|seen| seen.lose = true);
    // The provider has given away the new token, and takes the old one for stolen when it comes again.
    let runs = start_all(&owner, 0..1).await;
    for run in &runs {
        waits_for_sign_in(&khlong, &owner, run).await;
    }
    assert_eq!(world.orders(), BTreeMap::new());
    world.sign_in(&owner).await;
    all_done(&khlong, &owner, &runs).await;
    assert_eq!(
        world.orders(),
        each_once(0..1),
        "nobody was asked whether an order was sent, and none was twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_wait_where_a_sign_in_was_revoked_and_go_on_after_the_next() {
    let Some((world, khlong, owner)) = signed_in().await else { return };
    world.revoke(&khlong).await;
    world.refuse_tokens(&khlong);
    let runs = start_all(&owner, 0..20).await;
    for run in &runs {
        waits_for_sign_in(&khlong, &owner, run).await;
    }
    assert_eq!(world.refreshes(), 1, "it is asked once, and not again before somebody signs in");
    let shown = shop(&owner).await;
    assert_eq!((&shown["sign_in"]["ended"], &shown["waiting"]), (&json!(true), &json!(20)), "{shown}");
    let tested = owner.post(&api::path::CONNECTION_TEST.replace("{name}", "shop"), &json!({})).await;
    let tested: Value = tested.json().await.unwrap();
    assert!(tested["advice"].as_str().unwrap().contains("Sign in"), "{tested}");
    let metrics = owner.get(api::path::METRICS).await.text().await.unwrap();
    for metric in
        ["khlong_connection_up{connection=\"shop\"} 0", "khlong_connection_blocked{connection=\"shop\"} 1"]
    {
        assert!(metrics.contains(metric), "{metric} is not in {metrics}");
    }
    let inbox = owner.get_json(&format!("{}?state=open", api::path::INBOX)).await;
    assert_eq!(inbox["records"], json!([]), "none of them has failed");

    // A restart changes nothing: the store knows.
    let token = khlong.program(&owner, "owner").await.token().to_owned();
    let khlong = Khlong::start_in(khlong.stop().await, |_| {}).await;
    let owner = Asker::with_token(&khlong.url, &token);
    waits_for_sign_in(&khlong, &owner, &runs[0]).await;
    world.sign_in(&owner).await;
    all_done(&khlong, &owner, &runs).await;
    assert_eq!(world.orders(), each_once(0..20));
    assert_eq!(shop(&owner).await["sign_in"]["ended"], false);
}
