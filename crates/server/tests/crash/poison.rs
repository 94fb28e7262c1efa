//! An order that ends the program each time its run is begun.

use crate::desk::Desk;
use crate::orders::{FLOW, body};
use crate::process::{Process, text};
use crate::{AGAIN, Chance, World, choices};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const AFTER: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_under_which_the_program_dies_is_set_aside_and_a_person_retries_it() {
    let mut sandbox = Process::spawn(&["sandbox", "--json", "--seed", "1"]);
    let stand_ins = sandbox.ready().expect("the stand-ins are ready");
    let folder = tempfile::tempdir().unwrap();
    let (_, seed) = choices(0);
    let mut world = World::new(text(&stand_ins, "url"), folder.path().to_str().unwrap(), &mut Chance(seed));
    world.poison_after = "5";
    let (mut first, ready) = world.start();
    first.kill();
    let mut khlong = world.spawn(Some("walk:1"));
    khlong.ready().expect("nothing is to be done yet");
    send(&world, &ready).await;
    let mut deaths = 0;
    while set_aside(&world, &ready, &mut khlong).await.is_none() {
        deaths += 1;
        assert!(deaths <= AFTER + 1, "it goes on and on");
        khlong = world.spawn(Some("walk:1"));
    }
    assert_eq!(deaths, AFTER + 1, "the first one, in the life that took it, is not counted");
    khlong.kill();
    let (_khlong, ready) = world.start();
    let run = failed(&world, &ready).await.expect("it is in the list");
    let retry = api::path::RUN_RETRY.replace("{id}", &run);
    let desk = Desk::of(&ready);
    desk.ask(reqwest::Method::POST, &retry, None).await;
    desk.settled(&[FLOW]).await;
    let url = format!("{}/erp/_sandbox/orders", world.stand_ins);
    let held: Vec<Value> = world.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(held.len(), 1);
}

/// The program takes the order and dies of it, perhaps before it says so.
async fn send(world: &World, ready: &Value) {
    let body = body(1);
    let request = world
        .http
        .post(text(ready, "webhook_url"))
        .header("content-type", "application/json")
        .header("x-shopify-topic", "orders/create")
        .header("x-shopify-webhook-id", "delivery-1")
        .header("x-shopify-hmac-sha256", sandbox::sign(text(ready, "webhook_secret"), body.as_bytes()))
        .body(body);
    drop(request.send().await);
}

/// Waits until the program has died, which is nothing, or has set the run aside.
async fn set_aside(world: &World, ready: &Value, khlong: &mut Process) -> Option<()> {
    let until = Instant::now() + PATIENCE;
    while khlong.0.try_wait().unwrap().is_none() {
        if failed(world, ready).await.is_some() {
            return Some(());
        }
        assert!(Instant::now() < until, "it neither dies nor sets the run aside");
        tokio::time::sleep(AGAIN).await;
    }
    None
}

/// The run that was set aside, where the program is there to be asked.
async fn failed(world: &World, ready: &Value) -> Option<String> {
    let url = format!("{}{}?state=failed", text(ready, "url"), api::path::RUNS);
    let answer = world.http.get(url).bearer_auth(text(ready, "api_token")).send().await.ok()?;
    let list: Value = answer.json().await.ok()?;
    let run = list["runs"].as_array()?.first()?;
    assert_eq!(run["error_code"], json!("E0512"), "{run}");
    Some(text(run, "id").to_owned())
}
