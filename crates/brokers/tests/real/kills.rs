//! Brokers that are killed: what was confirmed is there afterwards, and what cannot be confirmed is not.

use buffer::contract::{MOST, draw, parcel, put, receipts, texts};
use buffer::{Buffer, Error, Most};
use bytes::Bytes;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use testkit_brokers::{Moto, Nats, Rabbit, here};

const AGAIN: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(120);
const SENDERS: usize = 4;
/// Confirmed parcels before the broker is killed, and again after it came back.
const EACH: usize = 100;

/// Puts parcels in until told to stop; gives those that were confirmed.
async fn send(buffer: Arc<dyn Buffer>, sender: usize, stop: Arc<AtomicBool>) -> BTreeSet<Bytes> {
    let mut kept = BTreeSet::new();
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let parcel = parcel(&format!("s{sender}n{n}"));
        match buffer.put(&parcel).await {
            Ok(()) => drop(kept.insert(parcel.text)),
            Err(error) => {
                assert!(matches!(error, Error::Away(_)), "{error}");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
    kept
}

async fn waits(buffer: &dyn Buffer, count: u64) {
    while buffer.depth().await.ok().and_then(|depth| depth.waiting).is_none_or(|waiting| waiting < count) {
        tokio::time::sleep(AGAIN).await;
    }
}

async fn drawn_in_the_end(buffer: &dyn Buffer, wanted: &BTreeSet<Bytes>) -> BTreeSet<Bytes> {
    let mut came = BTreeSet::new();
    let drawing = async {
        while !came.is_superset(wanted) {
            // A connection that broke is made anew.
            let Ok(drawn) = buffer.draw(Most { parcels: 64, ..MOST }, AGAIN).await else { continue };
            came.extend(texts(&drawn));
            buffer.done(&receipts(&drawn)).await.ok();
        }
    };
    tokio::time::timeout(PATIENCE, drawing).await.ok();
    came
}

async fn loses_nothing_confirmed(url: &str, kill: impl FnOnce()) {
    let buffer = brokers::open("test", url).expect("an address");
    let stop = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> =
        (0..SENDERS).map(|sender| tokio::spawn(send(buffer.clone(), sender, stop.clone()))).collect();
    waits(&*buffer, EACH as u64).await;
    // With parcels on their way.
    tokio::task::block_in_place(kill);
    waits(&*buffer, 2 * EACH as u64).await;
    stop.store(true, Ordering::Relaxed);
    let mut confirmed = BTreeSet::new();
    for sender in senders {
        confirmed.extend(sender.await.expect("a sender ends"));
    }
    let came = drawn_in_the_end(&*buffer, &confirmed).await;
    let lost: Vec<_> = confirmed.difference(&came).collect();
    assert!(lost.is_empty(), "confirmed and lost, of {}: {lost:?}", confirmed.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq_that_is_killed_keeps_what_it_confirmed() {
    let Some(mut rabbit) = here::<Rabbit>() else { return };
    let url = rabbit.url("queue=orders");
    let buffer = brokers::open("test", &url).expect("an address");
    buffer.check().await.expect("the queue is made");
    tokio::task::block_in_place(|| rabbit.settle()).expect("and known for good");
    let kill = || {
        rabbit.kill().expect("it is killed");
        rabbit.start_again().expect("it starts again");
    };
    loses_nothing_confirmed(&url, kill).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jetstream_that_is_killed_keeps_what_it_confirmed() {
    let Some(mut nats) = here::<Nats>() else { return };
    let url = nats.url("stream=orders&again_after_s=1");
    let kill = || {
        nats.kill().expect("it is killed");
        nats.start_again().expect("it starts again");
    };
    loses_nothing_confirmed(&url, kill).await;
}

async fn is_away(buffer: &dyn Buffer) {
    for asked in [buffer.put(&parcel("b")).await.err(), buffer.draw(MOST, AGAIN).await.err()] {
        assert!(matches!(asked, Some(Error::Away(_))), "{asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_gone_confirms_nothing_and_one_that_is_back_goes_on() {
    let Some(mut nats) = here::<Nats>() else { return };
    let buffer = brokers::open("test", &nats.url("")).expect("an address");
    put(&*buffer, &["a"]).await;
    nats.kill().expect("it is killed");
    is_away(&*buffer).await;
    nats.start_again().expect("it starts again");
    let back = async {
        while buffer.put(&parcel("c")).await.is_err() {
            tokio::time::sleep(AGAIN).await;
        }
    };
    tokio::time::timeout(PATIENCE, back).await.expect("it goes on");
    // What was not confirmed may have come all the same, before these.
    let confirmed = ["a", "c"].map(|text| parcel(text).text).into();
    assert!(drawn_in_the_end(&*buffer, &confirmed).await.is_superset(&confirmed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqs_that_cannot_be_reached_confirms_nothing() {
    let Some(mut moto) = here::<Moto>() else { return };
    let buffer =
        brokers::open("test", &moto.queue("orders", true, "").expect("a queue")).expect("an address");
    put(&*buffer, &["a"]).await;
    moto.kill().expect("it is killed");
    is_away(&*buffer).await;
}

/// Draws what another handle drew and never answered for, until all of it has come again.
async fn drawn_by_another(url: &str) -> Vec<Bytes> {
    let died = brokers::open("test", url).expect("an address");
    put(&*died, &["a", "b"]).await;
    assert_eq!(draw(&*died, 2).await.len(), 2);
    drop(died);
    let other = brokers::open("test", url).expect("an address");
    let mut came: Vec<Bytes> = Vec::new();
    while came.len() < 2 {
        for drawn in draw(&*other, 1).await {
            assert!(drawn.times >= 2, "{drawn:?}");
            other.done(std::slice::from_ref(&drawn.receipt)).await.expect("it is forgotten");
            came.push(drawn.text);
        }
    }
    came
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_in_the_hands_of_a_process_that_died_comes_again() {
    let (Some(rabbit), Some(nats), Some(moto)) = (here::<Rabbit>(), here::<Nats>(), here::<Moto>()) else {
        return;
    };
    let both = [parcel("a").text, parcel("b").text];
    assert_eq!(drawn_by_another(&rabbit.url("")).await, both, "in their order");
    assert_eq!(drawn_by_another(&nats.url("again_after_s=2")).await, both, "in their order");
    let mut came = drawn_by_another(&moto.queue("orders", false, "again_after_s=2").expect("a queue")).await;
    came.sort();
    assert_eq!(came, both);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_told_of_without_it() {
    let (Some(rabbit), Some(nats)) = (here::<Rabbit>(), here::<Nats>()) else { return };
    for url in [rabbit.url(""), nats.url("")] {
        let wrong = url.replace("khlong:", "khlong:not-");
        let error = brokers::open("test", &wrong).expect("an address").check().await.expect_err("refused");
        assert!(!error.to_string().contains("not-"), "{error}");
    }
}
