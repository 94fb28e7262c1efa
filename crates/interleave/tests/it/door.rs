//! Events at the door.

use crate::explore::explore_async;
use crate::world::{World, calls, rest};
use interleave::{DoorError, Engine};
use model::FlowDocument;
use serde_json::json;
use shuttle::future::spawn;
use testkit::flow;

fn orders() -> FlowDocument {
    let erp = json!({"use": "erp/write", "with": {"to": "erp", "n": "${input.n}"}});
    flow("orders", json!({"in": "core/manual", "erp": erp}), "in -> erp")
}

/// An event whose body has so many bytes.
async fn send(engine: &Engine, n: i64, bytes: usize) -> Result<(), DoorError> {
    let fill = "x".repeat(bytes - json!({"n": n, "fill": ""}).to_string().len());
    engine.start_run(&"orders".into(), None, json!({"n": n, "fill": fill})).await.map(drop)
}

async fn narrow() -> World {
    let mut world = World::new(&orders()).await;
    world.options.accept_bytes_max = 100;
    world
}

#[test]
fn an_event_that_fits_is_not_sent_away_because_a_larger_one_is() {
    explore_async(300, async || {
        let engine = narrow().await.start().await;
        // Two of the large ones do not fit, and the small one fits beside either.
        let sent = [(1, 60), (2, 60), (3, 30)].map(|(n, bytes)| {
            let engine = engine.clone();
            spawn(async move { (n, send(&engine, n, bytes).await) })
        });
        let mut accepted = 0;
        for sent in sent {
            let (n, told) = sent.await.unwrap();
            accepted += usize::from(told.is_ok());
            assert!(n != 3 || told.is_ok(), "the small one was told {told:?}");
        }
        rest(engine).await;
        assert_eq!(calls().len(), accepted);
    });
}

#[test]
fn an_event_larger_than_the_room_goes_in_alone() {
    explore_async(300, async || {
        let engine = narrow().await.start().await;
        let sent = [(1, 300), (2, 300), (3, 50)].map(|(n, bytes)| {
            let engine = engine.clone();
            spawn(async move {
                let told = send(&engine, n, bytes).await;
                let [accepting, ..] = engine.bytes_held();
                assert!(accepting <= 300, "{accepting} bytes at once");
                told.is_ok()
            })
        });
        let mut accepted = 0;
        for sent in sent {
            accepted += usize::from(sent.await.unwrap());
        }
        assert!(accepted > 0, "nobody got in");
        rest(engine).await;
        assert_eq!(calls().len(), accepted);
    });
}

#[test]
fn a_sender_that_hangs_up_takes_no_room_with_it_and_its_event_is_whole_or_nothing() {
    explore_async(300, async || {
        let engine = narrow().await.start().await;
        let sent = [1, 2].map(|n| {
            let engine = engine.clone();
            spawn(async move { send(&engine, n, 50).await })
        });
        sent[0].abort();
        let [first, second] = sent;
        let first = first.await;
        assert!(second.await.unwrap().is_ok(), "there is room for both");
        rest(engine).await;
        let first_done = calls().iter().any(|call| call.n == 1);
        assert!(first_done || !matches!(first, Ok(Ok(()))), "it was acknowledged and not done");
    });
}
