//! LINE.

use crate::common::sign_in;
use crate::world::World;
use connector::sign_in::Grant;
use connector::{Error, Refusal};
use model::Span;
use serde_json::json;

async fn friend(world: &World) -> String {
    let settings = world.ask("line", "settings").await;
    settings["friends"].as_object().unwrap().keys().next().unwrap().clone()
}

#[tokio::test]
async fn a_message_whose_answer_got_lost_is_delivered_once() {
    let world = World::start().await;
    let channel = world.connect("line").await;
    let input = json!({"to": friend(&world).await, "text": "ร้านได้รับคำสั่งซื้อแล้ว"});
    world.fault("line", json!({"kind": "timeout_after_work", "close": true, "times": 1})).await;
    let runner = world.runner("line/push_message", &channel);
    let lost = runner.run_within(Span::from_secs(20), input.clone()).await.unwrap_err();
    assert!(lost.may_have_happened());
    runner.run(input).await.unwrap();
    let counts = world.ask("line", "received?counts=1").await;
    assert_eq!(counts["push"], 1, "{counts}");
    let quota = world.does("line/quota", &channel, json!({})).await;
    assert_eq!(quota["used"], 1, "{quota}");
}

#[tokio::test]
async fn what_a_person_writes_is_let_in_and_answered_once() {
    let world = World::start().await;
    let (channel, door) = (world.connect("line").await, world.listen("line").await);
    world
        .tell("line", "events", json!({"events": [{"text": "สวัสดี"}], "duplicates": 1, "redelivery": true}))
        .await;
    world.settled().await;
    let (sent, catalog) = (door.all(), catalog::all());
    assert_eq!(sent.len(), 2);
    let at =
        |knock: crate::common::Knock| knock.at(&catalog, "line/event_received", json!({}), Some(&channel));
    let (first, again) = (at(sent[0].knock()).unwrap(), at(sent[1].knock()).unwrap());
    assert!(first.id.is_some() && first.id == again.id, "a redelivery is the same event");
    assert_eq!(at(sent[0].forged()).map(|_| ()), Err(Refusal::Unauthorized));
    let body = first.body.into_value();
    let reply = json!({"reply_token": body["events"][0]["replyToken"], "text": "ขอบคุณค่ะ"});
    world.does("line/reply", &channel, reply.clone()).await;
    let error = world.fails("line/reply", &channel, reply).await;
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn the_channel_s_keys_get_a_token_of_a_quarter_of_an_hour() {
    let world = World::start().await;
    let mut channel = world.entered("line");
    channel.secrets.remove("channel_access_token");
    sign_in(&world.http(), &mut channel, Grant::Keys).await.unwrap();
    let user = json!({"user": friend(&world).await});
    world.does("line/get_profile", &channel, user.clone()).await;
    world.pass(901);
    let error = world.fails("line/get_profile", &channel, user.clone()).await;
    assert!(matches!(error, Error::TokenEnded { .. }), "{error:?}");
    sign_in(&world.http(), &mut channel, Grant::Keys).await.unwrap();
    world.does("line/get_profile", &channel, user).await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    let world = World::start().await;
    let channel = world.connect("line").await;
    let input = json!({"to": friend(&world).await, "text": "สวัสดี"});
    for (plan, fits) in [
        (json!({"kind": "429", "retry_after": 7, "times": 1}), "E0306"),
        (json!({"kind": "html", "times": 1}), "E0309"),
        (json!({"kind": "down", "times": 1}), "E0307"),
        (json!({"kind": "token_expired", "times": 1}), "E0302 E0311"),
    ] {
        world.fault("line", plan.clone()).await;
        let error = world.fails("line/push_message", &channel, input.clone()).await;
        assert!(fits.contains(error.code()), "{plan}: {error:?}");
    }
    world.set("line", json!({"quota": 0})).await;
    let error = world.fails("line/push_message", &channel, input).await;
    assert!(matches!(error, Error::Refused { .. } | Error::RateLimited { .. }), "{error:?}");
}
